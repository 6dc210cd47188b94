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
        ("POS_PUBLIC_URL", "https://till.example.com?x=1"),
        ("POS_PUBLIC_URL", "https://me:word@till.example.com"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


def test_https_is_https_in_whatever_case_it_is_written(tmp_path: Path) -> None:
    settings = read(tmp_path, POS_PUBLIC_URL="Https://Till.example.com/")
    assert settings.public_url == "https://till.example.com"
    assert settings.is_secure


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1:5000"), ("::1", "[::1]:5000"), ("[::1]", "[::1]:5000")]
)
def test_an_ipv6_host_stands_in_brackets(tmp_path: Path, host: str, address: str) -> None:
    settings = read(tmp_path, POS_HOST=host)
    assert settings.address == address
    assert settings.is_secure
