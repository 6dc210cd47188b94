"""What a memo may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.memo import MAX_BYTES, MAX_CHARACTERS, MemoError, clean_memo


def test_an_emoji_stays() -> None:
    assert clean_memo("Coffee ☕ for 👩‍🌾") == "Coffee ☕ for 👩‍🌾"


@pytest.mark.parametrize("mark", ["\x00", "\n", "\r", "\t", "\x7f", "\x85", "\u202e", "\u2066", "\u2028", "\ud800"])
def test_control_characters_become_spaces(mark: str) -> None:
    assert clean_memo(f"one{mark}two") == "one two"


@pytest.mark.parametrize(
    "card",
    [
        "lnurlw://card.example/tap?p=DEADBEEF&c=0011",
        f"https://card.example/tap?x=1&p={'dead' * 8}&c={'0F' * 8}",
        "lightning:LNURL1DP68GURN8GHJ7",
    ],
)
def test_what_pays_whoever_has_it_is_left_out(card: str) -> None:
    assert clean_memo(f"Tea {card} for two") == "Tea for two"
    assert clean_memo(card) == ""


def test_an_address_that_pays_nobody_stays() -> None:
    assert clean_memo("Shoes https://shop.example/?p=12&c=3 size 40") == "Shoes https://shop.example/?p=12&c=3 size 40"


@pytest.mark.parametrize("word", ["a", "&p=0", "lnurl"])
def test_a_long_text_is_read_as_fast_as_it_is_long(word: str) -> None:
    # By another way this takes longer than all tests together.
    with pytest.raises(MemoError):
        clean_memo(word * 500_000)


def test_a_memo_of_200_characters_fits_and_201_do_not() -> None:
    assert clean_memo("x" * MAX_CHARACTERS) == "x" * MAX_CHARACTERS
    with pytest.raises(MemoError, match="200 characters"):
        clean_memo("x" * (MAX_CHARACTERS + 1))


def test_a_memo_of_600_bytes_fits_and_more_do_not() -> None:
    assert len(clean_memo("日" * 200).encode()) == MAX_BYTES
    with pytest.raises(MemoError, match="shorten"):
        clean_memo("🍅" * 151)


@given(st.text())
def test_a_clean_memo_is_one_line_that_an_invoice_can_carry(text: str) -> None:
    try:
        memo = clean_memo(text)
    except MemoError:
        return
    assert len(memo.encode()) <= MAX_BYTES
    assert memo.splitlines() in ([memo], [])
    assert clean_memo(memo) == memo
