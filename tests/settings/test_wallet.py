"""The settings of all wallets alike."""

from pathlib import Path

import pytest

from pos.lnpay.settings import LNPaySettings
from pos.sandbox.settings import SandboxSettings
from pos.settings import Settings, SettingsError
from pos.wallets.lnbits import WalletSettings as LNbitsSettings
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_WALLET", "paypal"),
        ("POS_WALLET_TIMEOUT", "0"),
        ("POS_WALLET_TIMEOUT", "121"),
        ("POS_NETWORK", "mainnet"),
        ("POS_WATCH", "on"),
        ("POS_WATCH_BUDGET", "0"),
        ("POS_WATCH_BUDGET", "101"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name_the_problem_and_an_example(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+ Example: {name}=.+$"):
        read(tmp_path, **{name: value})


def test_the_string_of_a_wallet_in_place_of_its_name_is_not_repeated_and_told_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"belongs into POS_WALLET_URL\. Example: POS_WALLET=sandbox") as caught:
        read(tmp_path, POS_WALLET="nostr+walletconnect://key?relay=wss%3A%2F%2Frelay&secret=s3cret")
    assert "s3cret" not in str(caught.value)


def test_without_a_wallet_there_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"POS_WALLET is not set: choose a wallet\. Example: POS_WALLET=sandbox"):
        read(tmp_path, POS_WALLET="")


def test_the_sandbox_is_always_on_regtest_and_lnpay_on_mainnet_unless_said(tmp_path: Path) -> None:
    keys = {"POS_WALLET": "lnpay", "LNPAY_API_KEY": "pak_1", "LNPAY_WALLET_KEY": "waki_1"}
    assert read(tmp_path, POS_NETWORK="bc").network == "bcrt"
    assert read(tmp_path, **keys).network == "bc"
    assert read(tmp_path, **keys, POS_NETWORK="tbs").network == "tbs"
    with pytest.raises(SettingsError, match="POS_NETWORK must be one of"):
        read(tmp_path, **keys, POS_NETWORK="mainnet")


def test_the_time_for_a_question_to_the_wallet_may_have_its_old_name(tmp_path: Path) -> None:
    assert read(tmp_path, POS_WALLET_TIMEOUT="20").wallet_timeout == 20
    assert read(tmp_path, LNPAY_TIMEOUT="30").wallet_timeout == 30


def test_each_wallet_has_its_own_settings_and_only_those_of_the_chosen_one_are_read(tmp_path: Path) -> None:
    keys = {"LNPAY_API_KEY": "pak_1", "LNPAY_WALLET_KEY": "waki_1"}
    assert type(read(tmp_path).wallet_settings) is SandboxSettings
    assert read(tmp_path, POS_WALLET="lnpay", **keys).wallet_settings == LNPaySettings(
        api_key="pak_1", wallet_key="waki_1"
    )


def test_the_sandbox_needs_no_keys(tmp_path: Path) -> None:
    assert read(tmp_path).wallet_settings == SandboxSettings(api_key="", wallet_key="")


KEY = "fedcba9876543210" * 2
STRING = f"https://lnbits.example {KEY}"


def start(tmp_path: Path, **settings: str) -> Settings:
    return read(tmp_path, **{"POS_WALLET": "", **settings})


def test_one_string_chooses_the_wallet_and_stands_for_its_settings(tmp_path: Path) -> None:
    settings = start(tmp_path, POS_WALLET_URL=STRING, LNBITS_INVOICE_KEY="f" * 32)
    assert settings.wallet == "lnbits"
    assert settings.wallet_settings == LNbitsSettings(url="https://lnbits.example", invoice_key=KEY)
    assert settings.network == "bc"
    assert KEY not in repr(settings)


def test_a_string_goes_before_a_file_that_holds_the_same(tmp_path: Path) -> None:
    settings = start(tmp_path, POS_WALLET_URL=STRING, LNBITS_INVOICE_KEY_FILE="/run/secrets/of-another-day")
    assert settings.wallet_settings == LNbitsSettings(url="https://lnbits.example", invoice_key=KEY)


def test_the_wallet_may_be_named_beside_its_string_and_no_other(tmp_path: Path) -> None:
    assert start(tmp_path, POS_WALLET="lnbits", POS_WALLET_URL=STRING).wallet == "lnbits"
    with pytest.raises(SettingsError, match="is of the wallet lnbits, and POS_WALLET is sandbox: leave one") as stopped:
        start(tmp_path, POS_WALLET="sandbox", POS_WALLET_URL=STRING)
    assert KEY not in str(stopped.value)


def test_a_string_of_no_wallet_stops_the_start_with_what_it_looks_like_and_an_example(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"POS_WALLET_URL is a bitcoin address.*Example: POS_WALLET_URL=you@"):
        start(tmp_path, POS_WALLET_URL="bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")


def test_what_is_wrong_in_a_string_is_told_to_stand_there(tmp_path: Path) -> None:
    wrong = f"type=lnbits;server=lnbits.example;api-key={KEY}"
    with pytest.raises(SettingsError, match="POS_WALLET_URL holds a LNBITS_URL that must be an http or https address"):
        start(tmp_path, POS_WALLET_URL=wrong)
