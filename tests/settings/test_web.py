"""The settings of serving."""

from pathlib import Path

import pytest

from pos.settings import SettingsError
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_PORT", "http"),
        ("POS_PORT", "0"),
        ("POS_PORT", "65536"),
        ("POS_WORKERS", "0"),
        ("POS_PROXIES", "10"),
        ("POS_PROXIES", "true"),
        ("POS_PUBLIC_URL", "till.example.com"),
        ("POS_PUBLIC_URL", "http://[bad"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "127.0.0.1:5000"), ("::1", "[::1]:5000")])
def test_an_ipv6_host_stands_in_brackets(tmp_path: Path, host: str, address: str) -> None:
    assert read(tmp_path, POS_HOST=host).address == address
