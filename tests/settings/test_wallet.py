"""The settings of all wallets alike."""

from pathlib import Path

import pytest

from pos.settings import SettingsError
from tests.settings.start import read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_WALLET", "paypal"),
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
