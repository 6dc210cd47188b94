"""What strangers may write: never a link, and nothing that turns or hides a text."""

import pytest

from pos.domain.memo import MemoError
from pos.domain.message import clean_message, clean_payer


@pytest.mark.parametrize(
    "link",
    [
        "http://x",
        "evil.example",
        "EVIL.EXAMPLE/path",
        "www.evil.example",
        "ana@evil.example",
        "evil\u200b.example",
        "evil．example",
        "evil。example",
        "evil.\u034fexample",
        "evil\ufe0f.example",
        "evil.\U000e0100example",
        "https:evil",
        "good.Night",
        "lightning:lnbc1",
        "javascript:alert(1)",
        "mailto:ana",
        "tel:+4930",
        "lnbc20u1pvjluezpp5qqqsyqcyq5rqwzqf",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzz",
    ],
)
def test_a_link_is_refused_and_named(link: str) -> None:
    for clean in (clean_message, clean_payer):
        with pytest.raises(MemoError, match="looks like one"):
            clean(f"{link} !")
    with pytest.raises(MemoError, match=r"“[^ ]{3,40}” looks"):
        clean_message(f"Look: {link} and pay")


@pytest.mark.parametrize(
    "text",
    [
        "Play La Bamba, please!",
        "3.50 for you, 1.000 thanks",
        "z.B. this, e.g. that, at 6 p.m.",
        "well...then",
        "ありがとう。また来ます",
        "ビットコイン。OK です",
        "I ❤\ufe0f it",
        "note: data is good, bitcoin: too",
        "Tel Aviv, lightning and Nostradamus :D",
        "👩‍👩‍👧 <b>&amp;</b>",
    ],
)
def test_all_else_is_text(text: str) -> None:
    assert clean_message(text) == text


def test_of_a_long_word_that_is_a_link_the_beginning_is_named() -> None:
    with pytest.raises(MemoError, match=f"“{'x' * 40}” looks"):
        clean_message(f"Look: {'x' * 150}.example !")


def test_a_word_that_is_long_only_once_its_signs_are_written_out_is_text() -> None:
    # Each is written out as six letters, and as eighteen.
    for sign in "㎯ﷺ":
        assert clean_message(sign * 200) == sign * 200
        with pytest.raises(MemoError, match="looks like one"):
            clean_message(f"{sign * 190}://x")


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\u3164 \u2800", "\u202e\n", "\u2800\ufe0f\u034f"])
def test_what_shows_nothing_is_nothing(text: str) -> None:
    assert clean_message(text) == clean_payer(text) == ""


def test_marks_that_end_a_line_or_turn_it_become_spaces() -> None:
    assert clean_message("a\u202eb\nc\u2066") == "a b c"
    assert clean_payer("\u200fAna\u0000B") == "Ana B"


def test_a_message_has_at_most_200_characters_and_a_name_40() -> None:
    assert clean_message("x" * 200) == "x" * 200
    assert clean_payer("x" * 40) == "x" * 40
    for clean, longest in ((clean_message, 200), (clean_payer, 40)):
        with pytest.raises(MemoError, match=f"at most {longest} characters"):
            clean("x" * (longest + 1))
