"""The settings: a bad one stops the start with its name, what is wrong and an example."""

import stat
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from pos.settings import Settings, SettingsError
from pos.settings.money import RATE_SOURCES

NO_FILE = Path("/nonexistent/.env")


def read(tmp_path: Path, **settings: str) -> Settings:
    return Settings.from_env({"POS_VAR": str(tmp_path), "POS_WALLET": "sandbox", **settings}, NO_FILE)


def test_without_a_wallet_there_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"POS_WALLET is not set: choose a wallet\. Example: POS_WALLET=sandbox"):
        read(tmp_path, POS_WALLET="")


def test_the_defaults_are_those_of_the_house(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 5000, 1)
    assert (settings.invoice_expiry, settings.max_sat, settings.wallet_timeout) == (600, 10_000_000, 10)
    assert (settings.watch, settings.watch_budget, settings.proxies) == ("server", 5, 0)
    assert (settings.tills, settings.tip_percent, settings.paid_seconds, settings.sound) == (("till",), (), 8, "on")
    assert settings.shop_name == "Lightning Till"
    assert settings.database_url == f"sqlite:///{tmp_path / 'till.db'}"
    assert settings.kiosk_amounts == settings.tip_amounts == (1000, 2100, 5000, 10000)
    assert (
        settings.public_url
        is settings.api_token
        is settings.metrics_token
        is settings.wallet_settings.webhook_secret
        is None
    )
    assert (settings.wallet_settings.url, settings.wallet_settings.invoice_path) == (
        "https://api.lnpay.co/v1",
        "wallet/{key}/invoice",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POS_WALLET", "paypal"),
        ("POS_PORT", "http"),
        ("POS_PORT", "0"),
        ("POS_PORT", "65536"),
        ("POS_WORKERS", "0"),
        ("POS_PROXIES", "10"),
        ("POS_PROXIES", "true"),
        ("POS_TILLS", "Bar"),
        ("POS_TILLS", "bar,bar"),
        ("POS_TILLS", "bar,,door"),
        ("POS_TILLS", "../bar"),
        ("POS_TILLS", "x" * 33),
        ("POS_TIP_PERCENT", "0"),
        ("POS_TIP_PERCENT", "101"),
        ("POS_TIP_PERCENT", "12.5"),
        ("POS_TIP_PERCENT", "-5"),
        ("POS_TIP_PERCENT", "5,10,15,20,25"),
        ("POS_PAID_SECONDS", "601"),
        ("POS_PAID_SECONDS", "-1"),
        ("POS_SOUND", "loud"),
        ("POS_WATCH", "on"),
        ("POS_WATCH_BUDGET", "0"),
        ("POS_WATCH_BUDGET", "101"),
        ("POS_MAX_SAT", "-1"),
        ("POS_MAX_SAT", "1e6"),
        ("POS_INVOICE_EXPIRY", "59"),
        ("POS_INVOICE_EXPIRY", "86401"),
        ("POS_PUBLIC_URL", "till.example.com"),
        ("POS_PUBLIC_URL", "http://[bad"),
        ("POS_DATABASE_URL", "mysql://host/till"),
        ("POS_DATABASE_URL", "postgres://till@db/till"),
        ("POS_DATABASE_URL", "postgresql://till@db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg2://till@db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db/"),
        ("POS_DATABASE_URL", "postgresql+psycopg://db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db:x/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till:a%00b@db/till"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@db/till?options=-cstatement_timeout=0"),
        ("POS_DATABASE_URL", "postgresql+psycopg://till@/till?host=socket"),
        ("POS_DATABASE_URL", "sqlite:///"),
        ("POS_DATABASE_URL", "sqlite://"),
        ("POS_DATABASE_URL", "sqlite:///:memory:"),
        ("POS_DATABASE_URL", "sqlite:///till.db?timeout=abc"),
        ("POS_SHOP_NAME", "Marta\udce9"),
        ("POS_KIOSK_AMOUNTS", "1000,,2000"),
        ("POS_KIOSK_AMOUNTS", "0"),
        ("POS_TIP_AMOUNTS", "a lot"),
        ("POS_TIP_AMOUNTS", "10000001"),
        ("POS_CURRENCY", "EURO"),
        ("POS_CURRENCY", "SAT"),
        ("POS_RATE_SOURCES", "kraken,mtgox"),
        ("POS_RATE_SOURCES", "kraken,,coinbase"),
        ("POS_RATE_SOURCES", "kraken, kraken"),
        ("POS_RATE_FIXED", "50000"),
        ("POS_RATE_SPREAD", "-1"),
        ("POS_RATE_SPREAD", "50.1"),
        ("POS_RATE_SPREAD", "1,5"),
        ("POS_RATE_SPREAD", "NaN"),
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


@pytest.mark.parametrize("price", ["0", "-50000", "fifty", "50,000", "5e4", "Infinity", "٥", "1" + "0" * 16])
def test_a_price_that_no_bitcoin_has_stops_the_start(tmp_path: Path, price: str) -> None:
    with pytest.raises(SettingsError, match=r"^POS_RATE_FIXED .+ Example: POS_RATE_FIXED=.+$"):
        read(tmp_path, POS_CURRENCY="EUR", POS_RATE_FIXED=price)


def test_a_till_without_a_currency_takes_sat_and_one_with_it_asks_every_source(tmp_path: Path) -> None:
    assert read(tmp_path).currency is read(tmp_path).rate_fixed is None
    settings = read(tmp_path, POS_CURRENCY="EUR")
    assert (settings.currency, settings.rate_sources, settings.rate_spread) == ("EUR", RATE_SOURCES, Decimal(0))


def test_the_shop_may_choose_its_sources_its_spread_and_its_own_price(tmp_path: Path) -> None:
    own = {"POS_RATE_SOURCES": "kraken, bitstamp", "POS_RATE_SPREAD": "1.5", "POS_RATE_FIXED": "50000.25"}
    settings = read(tmp_path, POS_CURRENCY="EUR", **own)
    assert settings.rate_sources == ("kraken", "bitstamp")
    assert (settings.rate_spread, settings.rate_fixed) == (Decimal("1.5"), Decimal("50000.25"))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/till.db",
        "postgresql+psycopg://till:p%40ss@db.example.com:5433/till",
        "postgresql+psycopg://till@[::1]/till?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql+psycopg://till@/till?host=/run/postgresql",
        "postgresql+psycopg://till@/till?host=/run/postgresql&port=5433",
    ],
)
def test_the_book_may_be_a_file_or_a_postgresql(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, POS_DATABASE_URL=url).database_url == url


@pytest.mark.parametrize("name", ["LNPAY_API_KEY", "LNPAY_WALLET_KEY"])
def test_a_real_wallet_needs_its_keys(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} is not set"):
        read(tmp_path, POS_WALLET="lnpay")


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"POS_PORT.*\n.*LNPAY_TIMEOUT"):
        read(tmp_path, POS_PORT="x", LNPAY_TIMEOUT="y")


@pytest.mark.parametrize("name", ["POS_API_TOKEN", "POS_METRICS_TOKEN", "POS_SECRET_KEY", "LNPAY_WEBHOOK_SECRET"])
def test_a_secret_is_never_repeated_in_a_message(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, **{name: "hunter2"})
    assert name in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgres://till:hunter2@db/till", "postgresql+psycopg://till:hunter2@db"])
def test_a_databases_password_is_never_repeated_in_a_message(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, POS_DATABASE_URL=url)
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


def test_the_sandbox_is_always_on_regtest_and_lnpay_on_mainnet_unless_said(tmp_path: Path) -> None:
    keys = {"POS_WALLET": "lnpay", "LNPAY_API_KEY": "pak_1", "LNPAY_WALLET_KEY": "waki_1"}
    assert read(tmp_path, POS_NETWORK="bc").network == "bcrt"
    assert read(tmp_path, **keys).network == "bc"
    assert read(tmp_path, **keys, POS_NETWORK="tbs").network == "tbs"
    with pytest.raises(SettingsError, match="POS_NETWORK must be one of"):
        read(tmp_path, **keys, POS_NETWORK="mainnet")


@pytest.mark.parametrize("url", ["https://pay.example.com/v1", "https://pay.example.com/v1/"])
def test_a_trailing_slash_does_not_matter(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, LNPAY_URL=url).wallet_settings.url == "https://pay.example.com/v1"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text("POS_WALLET=sandbox\nPOS_PORT=7000\nPOS_SHOP_NAME=From the file\n")
    settings = Settings.from_env({"POS_VAR": str(tmp_path), "POS_PORT": "8000"}, file)
    assert (settings.port, settings.shop_name) == (8000, "From the file")


def test_suggested_amounts_keep_to_the_limit(tmp_path: Path) -> None:
    assert read(tmp_path, POS_MAX_SAT="3000").tip_amounts == (1000, 2100)
    assert read(tmp_path, POS_MAX_SAT="10").kiosk_amounts == (10,)
    assert read(tmp_path, POS_KIOSK_AMOUNTS="21, 42").kiosk_amounts == (21, 42)


def test_the_secret_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = read(var).secret_key
    assert len(first) >= 32
    assert read(var).secret_key == first
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_have_the_same_secret_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: read(tmp_path).secret_key, range(8)))) == 1


def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"POS_VAR cannot be used"):
        read(tmp_path / "file")


def test_a_shop_name_may_hold_emoji(tmp_path: Path) -> None:
    assert read(tmp_path, POS_SHOP_NAME="👩\u200d🌾 Marta").shop_name == "👩\u200d🌾 Marta"


def test_a_key_that_was_pasted_into_the_path_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, LNPAY_INVOICE_PATH="wallet/waki_secret/invoice")
    assert "waki_secret" not in str(caught.value)


def test_an_empty_secret_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(SettingsError, match="delete that file"):
        read(tmp_path)


def test_a_settings_file_that_is_not_utf8_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_bytes(b"POS_SHOP_NAME=Caf\xe9\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        Settings.from_env({}, file)


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "127.0.0.1:5000"), ("::1", "[::1]:5000")])
def test_an_ipv6_host_stands_in_brackets(tmp_path: Path, host: str, address: str) -> None:
    assert read(tmp_path, POS_HOST=host).address == address


def test_tills_have_names_that_stand_in_addresses(tmp_path: Path) -> None:
    assert read(tmp_path, POS_TILLS="counter, bar-2").tills == ("counter", "bar-2")


def test_tips_are_whole_percentages_with_or_without_a_sign(tmp_path: Path) -> None:
    assert read(tmp_path, POS_TIP_PERCENT="5, 10 %,100%").tip_percent == (5, 10, 100)


def test_a_shop_has_a_colour_and_a_logo_of_its_own(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    settings = read(tmp_path, POS_ACCENT="#0B6E4F", POS_LOGO=str(logo))
    assert str(settings.accent) == "#0b6e4f"
    assert settings.logo
    assert settings.logo.media_type == "image/svg+xml"
    assert read(tmp_path).accent is read(tmp_path).logo is None


@pytest.mark.parametrize(
    ("colour", "problem"),
    [
        ("green", r"must be a colour as #rrggbb, not 'green'"),
        ("#ffb81c", r"is too light: #ffb81c has a contrast of 1\.6 to the cream text on it, and needs 4\.5"),
        ("#3ccb74", r"is too light: #3ccb74 has a contrast of 2\.0"),
    ],
)
def test_a_colour_that_cannot_be_read_on_stops_the_start(tmp_path: Path, colour: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=rf"POS_ACCENT {problem}.*Example: POS_ACCENT=#0b6e4f"):
        read(tmp_path, POS_ACCENT=colour)


def test_a_logo_that_cannot_be_shown_stops_the_start(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    with pytest.raises(SettingsError, match=r"POS_LOGO cannot be read: .*logo\.png.*Example: POS_LOGO=var/logo\.png"):
        read(tmp_path, POS_LOGO=str(logo))
    logo.write_text("red")
    with pytest.raises(SettingsError, match=r"POS_LOGO is no PNG, JPEG, WebP or SVG: .*logo\.png"):
        read(tmp_path, POS_LOGO=str(logo))
    logo.write_bytes(b"<svg>".ljust(200_001))
    with pytest.raises(SettingsError, match="POS_LOGO is larger than 200 kB"):
        read(tmp_path, POS_LOGO=str(logo))
