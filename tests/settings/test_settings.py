"""The settings all together: a bad one stops the start with its name, what is wrong and an example."""

from pathlib import Path

import pytest

from pos.settings import Settings, SettingsError
from tests.settings.start import read


def test_the_defaults_are_those_of_the_house(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 5000, 1)
    assert (settings.invoice_expiry, settings.max_sat, settings.wallet_timeout) == (600, 10_000_000, 10)
    assert (settings.watch, settings.watch_budget, settings.proxies) == ("server", None, 0)
    assert (settings.tills, settings.tip_percent, settings.paid_seconds, settings.sound) == (("till",), (), 8, "on")
    assert settings.shop_name == "Lightning Till"
    assert settings.database_url == f"sqlite:///{tmp_path / 'till.db'}"
    assert (settings.kiosk_amounts, settings.tip_amounts) == (None, (1000, 2100, 5000, 10000))
    assert settings.public_url is settings.api_token is settings.metrics_token is None


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"POS_PORT.*\n.*LNPAY_TIMEOUT"):
        read(tmp_path, POS_PORT="x", LNPAY_TIMEOUT="y")


@pytest.mark.parametrize("name", ["POS_API_TOKEN", "POS_METRICS_TOKEN", "POS_SECRET_KEY", "LNPAY_WEBHOOK_SECRET"])
def test_a_secret_is_never_repeated_in_a_message(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **{name: "hunter2"})
    assert name in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_no_secret_is_printed_with_the_settings(tmp_path: Path) -> None:
    secrets = {
        "POS_SECRET_KEY": "secret-key-1",
        "POS_API_TOKEN": "secret-key-2",
        "LNPAY_API_KEY": "secret-key-3",
        "LNPAY_WALLET_KEY": "secret-key-4",
        "LNPAY_WEBHOOK_SECRET": "secret-key-5",
        "POS_METRICS_TOKEN": "secret-key-6",
        "POS_DATABASE_URL": "postgresql+psycopg://till:secret-key-7@db/till",
    }
    assert "secret-key" not in repr(read(tmp_path, **secrets))


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text("POS_WALLET=sandbox\nPOS_PORT=7000\nPOS_SHOP_NAME=From the file\n")
    settings = Settings.from_env({"POS_VAR": str(tmp_path), "POS_PORT": "8000"}, file)
    assert (settings.port, settings.shop_name) == (8000, "From the file")


def test_a_settings_file_that_is_not_utf8_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_bytes(b"POS_SHOP_NAME=Caf\xe9\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        Settings.from_env({}, file)


@pytest.mark.parametrize(
    "name",
    [
        "POS_SECRET_KEY",
        "POS_API_TOKEN",
        "POS_METRICS_TOKEN",
        "POS_DATABASE_URL",
        "LNPAY_API_KEY",
        "LNPAY_WALLET_KEY",
        "LNPAY_WEBHOOK_SECRET",
    ],
)
def test_every_secret_may_stand_in_a_file(tmp_path: Path, name: str) -> None:
    values = {"POS_DATABASE_URL": "postgresql+psycopg://till:password@db/till"}
    secret = values.get(name, "out-of-a-file")
    (tmp_path / "secret").write_text(f"{secret}\n")
    settings = read(tmp_path, **{f"{name}_FILE": str(tmp_path / "secret")})
    assert secret in (*vars(settings).values(), *vars(settings.wallet_settings).values())


def test_a_name_that_nobody_reads_is_told_at_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    read(tmp_path, POS_PROT="8080", LNPAY_WEBHOK_SECRET="a-good-secret")
    assert "POS_PROT is not a setting, and nobody reads it: is POS_PORT meant?" in caplog.text
    assert "is LNPAY_WEBHOOK_SECRET meant?" in caplog.text
    assert "a-good-secret" not in caplog.text


def test_what_belongs_to_another_wallet_is_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    read(tmp_path, LNPAY_API_KEY="pak_1", LNPAY_TIMEOUT="5", LNBITS_URL="https://lnbits.example.com")
    assert caplog.text == ""
