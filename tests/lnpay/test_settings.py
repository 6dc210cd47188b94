"""The settings of an LNPay wallet."""

from pathlib import Path

import pytest

from pos.lnpay.settings import LNPaySettings
from pos.sandbox.settings import SandboxSettings
from pos.settings import SettingsError
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LNPAY_URL", "ftp://lnpay.co"),
        ("LNPAY_INVOICE_PATH", "wallet/invoice"),
        ("LNPAY_TIMEOUT", "ten"),
        ("LNPAY_API_KEY", "pak with a space"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize("name", ["LNPAY_API_KEY", "LNPAY_WALLET_KEY"])
def test_a_real_wallet_needs_its_keys(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} is not set"):
        read(tmp_path, POS_WALLET="lnpay")


@pytest.mark.parametrize("url", ["https://pay.example.com/v1", "https://pay.example.com/v1/"])
def test_a_trailing_slash_does_not_matter(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, LNPAY_URL=url).wallet_settings == SandboxSettings(url="https://pay.example.com/v1")


def test_a_key_that_was_pasted_into_the_path_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, LNPAY_INVOICE_PATH="wallet/waki_secret/invoice")
    assert "waki_secret" not in str(caught.value)


def test_the_defaults_are_those_of_the_house() -> None:
    settings = LNPaySettings()
    assert (settings.url, settings.invoice_path) == ("https://api.lnpay.co/v1", "wallet/{key}/invoice")
    assert settings.webhook_secret is None
