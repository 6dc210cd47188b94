"""What a payer's wallet is told of who is paid, and what it may ask for (LUD-06, 12, 16, 20)."""

import json
from hashlib import sha256

import pytest

from pos.domain.lnurl_pay import Terms, metadata, read_amount, read_comment, read_name
from pos.domain.memo import MemoError
from pos.domain.money import AmountError


def test_the_metadata_is_json_in_a_text_with_every_kind_of_entry_once() -> None:
    described = metadata("Café ☕", "For the band.\nThanks!", b"\xff\xd8\xff", "tips@till.example.com")
    assert described == (
        '[["text/plain","Café ☕"],["text/long-desc","For the band.\\nThanks!"],["image/jpeg;base64","/9j/"],'
        '["text/identifier","tips@till.example.com"]]'
    )


def test_what_there_is_not_is_left_out() -> None:
    assert metadata("Tips") == '[["text/plain","Tips"]]'


def test_a_title_is_one_line() -> None:
    assert json.loads(metadata("Tips\nfor\u202eMarta")) == [["text/plain", "Tips for Marta"]]


def test_a_picture_that_wallets_need_not_take_is_left_out() -> None:
    # Three bytes are four characters.
    fits, too_large = b"x" * 102_402, b"x" * 102_403
    assert len(json.loads(metadata("Tips", "", fits))[1][1]) == 136_536
    assert metadata("Tips", "", too_large) == metadata("Tips")


def test_a_callback_names_the_hash_of_what_was_shown() -> None:
    assert Terms("[]é", 1, 2).fingerprint == sha256("[]é".encode()).hexdigest()[:16]


@pytest.mark.parametrize(("amount", "fits"), [(20, False), (21, True), (100, True), (101, False)])
def test_an_amount_is_one_that_was_offered(amount: int, fits: bool) -> None:
    terms = Terms("[]", 21, 100)
    if fits:
        terms.check(amount)
        return
    with pytest.raises(AmountError, match="from 21 sat to 100 sat"):
        terms.check(amount)


def test_a_price_is_said_as_one() -> None:
    with pytest.raises(AmountError, match="has to be 21 sat"):
        Terms("[]", 21, 21).check(22)


@pytest.mark.parametrize("given", [["1000"], ["0001000"]])
def test_an_amount_is_read_in_msat(given: list[str]) -> None:
    assert read_amount(given) == 1


@pytest.mark.parametrize(
    "given",
    [
        *([], [""], ["-1000"], ["+1000"], ["1000.0"], ["1e3"], ["1000", "1000"], ["１０００"], [" 1000"]),
        ["1" + "0" * 16],
    ],
)
def test_what_is_no_amount_or_more_than_one_is_refused(given: list[str]) -> None:
    with pytest.raises(AmountError, match="one amount"):
        read_amount(given)


@pytest.mark.parametrize("given", ["1", "999", "1001", "21500"])
def test_part_of_a_sat_is_never_rounded(given: str) -> None:
    with pytest.raises(AmountError, match="Whole sat only"):
        read_amount([given])


def test_a_comment_is_counted_in_characters_and_not_in_bytes() -> None:
    assert read_comment("☕" * 140) == "☕" * 140
    with pytest.raises(MemoError, match="at most 140 characters"):
        read_comment("x" * 141)


def test_a_comment_is_cleaned() -> None:
    assert read_comment("  Best\ntomatoes\u202e ") == "Best tomatoes"


def test_a_comment_holds_no_link() -> None:
    with pytest.raises(MemoError, match="No links"):
        read_comment("Win at https://evil.example/now")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("tips", "tips"),
        ("TiPS", "tips"),
        ("tips+lunch", "tips"),
        ("tips+" + "a" * 64, "tips"),
        ("tips+" + "a" * 65, None),
        ("tips+", None),
        ("tips+a+b", None),
        ("tips+é", None),
    ],
)
def test_a_name_may_be_typed_in_capitals_and_with_a_tag(asked: str, name: str | None) -> None:
    assert read_name(asked) == name
