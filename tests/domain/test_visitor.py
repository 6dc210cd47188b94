"""Which addresses are one visitor."""

import pytest

from pos.domain.visitor import visitor


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1"),
        ("2001:db8:1:2:ffff::", "2001:0DB8:0001:0002::"),
        (None, "unix:"),
    ],
)
def test_these_addresses_are_one_visitor(address: str | None, same: str) -> None:
    assert visitor(address) == visitor(same)


@pytest.mark.parametrize(
    ("address", "other"), [("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::1", "2001:db8:1:3::1"), ("192.0.2.1", "::1")]
)
def test_these_are_two(address: str, other: str) -> None:
    assert visitor(address) != visitor(other)
