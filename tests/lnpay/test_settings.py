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


@pytest.mark.parametrize(
    ("api_key", "wallet_key", "wrong"),
    [
        ("waki_1", "waki_1", ["LNPAY_API_KEY holds a key of a wallet"]),
        ("pak_1", "pak_1", ["LNPAY_WALLET_KEY holds a key of the account"]),
        ("waki_1", "sak_1", ["LNPAY_API_KEY holds a key of a wallet", "LNPAY_WALLET_KEY holds a key of the account"]),
        ("pak_1", "wakr_1", ["LNPAY_WALLET_KEY holds a key that can only read"]),
        ("pak_1", "wal_1", ["LNPAY_WALLET_KEY holds the wallet's id"]),
    ],
)
def test_a_key_in_the_place_of_another_is_told_before_anybody_is_asked(
    tmp_path: Path, api_key: str, wallet_key: str, wrong: list[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, POS_WALLET="lnpay", LNPAY_API_KEY=api_key, LNPAY_WALLET_KEY=wallet_key)
    assert [line.partition(":")[0] for line in str(caught.value).split("\n")] == wrong


@pytest.mark.parametrize(
    ("api_key", "wallet_key"), [("pak_1", "waki_1"), ("sak_1", "wal_1"), ("pak_1", "wi_1"), ("aB-1", "w_1")]
)
def test_keys_of_all_ages_are_taken(tmp_path: Path, api_key: str, wallet_key: str) -> None:
    assert read(tmp_path, POS_WALLET="lnpay", LNPAY_API_KEY=api_key, LNPAY_WALLET_KEY=wallet_key).wallet_settings
