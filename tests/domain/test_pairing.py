"""A pairing code: short enough to be typed, and no letter of it is taken for another."""

import pytest

from pos.domain.pairing import LETTERS, in_groups, new_code, read_code


def test_no_two_letters_look_alike() -> None:
    for alike in ("0OQ", "1IL", "5S", "8B", "2Z"):
        assert len(set(alike) & set(LETTERS)) <= 1, alike
    assert {"0", "O", "1", "I", "L"}.isdisjoint(LETTERS)


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    for typed in (code, code.lower(), in_groups(code), f" {code[:4]}-{code[4:]} "):
        assert read_code(typed) == code


def test_its_figures_are_read_in_any_script() -> None:
    assert read_code("７H٤K 2XM۹") == "7H4K2XM9"


@pytest.mark.parametrize("typed", ["", "7H4K", "7H4K2XM9A", "OOOOOOOO", "7H4K 2XM\x00", "ß" * 4, "7" * 5000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
