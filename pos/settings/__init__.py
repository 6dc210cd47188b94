"""The settings: read once from the environment and `.env`, checked, frozen. Wrong or missing means no start."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from pos.domain.colour import CREAM, TEXT_CONTRAST, Colour, parse_colour
from pos.domain.money import is_currency
from pos.domain.picture import NoPicture, Picture, read_picture
from pos.domain.rate import HIGHEST_PRICE, LOWEST_PRICE

NETWORKS = ("bc", "tb", "tbs", "bcrt")
WALLETS = ("sandbox", "lnpay")
WATCHES = ("server", "off")
SOUNDS = ("on", "off")
RATE_SOURCES = ("coinbase", "kraken", "coingecko", "bitstamp", "blockchain", "bitpay")
MAX_SPREAD = 50
MAX_SUPPLY_SAT = 21_000_000 * 100_000_000
MAX_PROXIES = 9
MAX_TIPS = 4

_NAME = re.compile(r"[a-z0-9-]{1,32}")

_DECIMAL = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,8})?")
_POSTGRESQL = re.compile(
    r"""postgresql\+psycopg://
        # Who: what the address itself has a sign for is written %XX.
        (?:[^\s:/?#@%]|%(?!00)[0-9a-f]{2})+ (?::(?:[^\s:/?#@%]|%(?!00)[0-9a-f]{2})+)? @
        (?: # A server and its database, or a database and the folder of its server's socket.
            (?:[^\s:/?#@%\[\]]+|\[[0-9a-f:.]+\]) (?::[0-9]{1,5})? /[^\s/?#@%]+
            (?:\?ssl\w+=[^\s&#]+ (?:&ssl\w+=[^\s&#]+)*)?
          | /[^\s/?#@%]+ \?host=/[^\s&#]+ (?:&port=[0-9]{1,5})?
        )""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)


class SettingsError(Exception):
    """Settings that the till cannot start with; its text has a line for each: name, problem, example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of the till. Amounts in sat, times in seconds; secrets stay out of `repr`."""

    wallet: str
    secret_key: str = field(repr=False)
    var: Path = Path("var")
    # It may hold a password.
    database_url: str = field(default="sqlite:///var/till.db", repr=False)
    host: str = "127.0.0.1"
    port: int = 5000
    workers: int = 1
    proxies: int = 0
    public_url: str | None = None
    shop_name: str = "Lightning Till"
    # In place of the till's own blue.
    accent: Colour | None = None
    logo: Picture | None = None
    invoice_expiry: int = 600
    max_sat: int = 10_000_000
    network: str = "bc"
    api_token: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    kiosk_amounts: tuple[int, ...] = (1000, 2100, 5000, 10000)
    tip_amounts: tuple[int, ...] = (1000, 2100, 5000, 10000)
    # Without a currency the till takes sat only.
    currency: str | None = None
    rate_sources: tuple[str, ...] = RATE_SOURCES
    rate_fixed: Decimal | None = None
    rate_spread: Decimal = Decimal(0)
    lnpay_url: str = "https://api.lnpay.co/v1"
    lnpay_api_key: str = field(default="", repr=False)
    lnpay_wallet_key: str = field(default="", repr=False)
    lnpay_invoice_path: str = "wallet/{key}/invoice"
    lnpay_webhook_secret: str | None = field(default=None, repr=False)
    lnpay_timeout: int = 10
    tills: tuple[str, ...] = ("till",)
    tip_percent: tuple[int, ...] = ()
    paid_seconds: int = 8
    sound: str = "on"
    watch: str = "server"
    watch_budget: int = 5

    @property
    def address(self) -> str:
        """Host and port as an address has them; an IPv6 host stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def hook_address(self) -> str:
        """Where the wallet finds our webhook."""
        return f"{self.public_url or f'http://{self.address}'}/hooks/lnpay"

    @property
    def sandbox(self) -> bool:
        """Play money: the wallet is the one on this machine."""
        return self.wallet == "sandbox"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, dotenv: Path = Path(".env")) -> "Settings":
        """Read the settings; what the environment says goes before what `.env` says.

        Raises SettingsError, with a line for every setting that is wrong or missing.
        """
        read = _Reader({**_dotenv(dotenv), **environ})
        var = Path(read.text("POS_VAR", "var"))
        wallet = read.choice("POS_WALLET", WALLETS, "sandbox")
        max_sat = read.number("POS_MAX_SAT", 10_000_000, 1, MAX_SUPPLY_SAT)
        currency = read.currency("POS_CURRENCY")
        settings = cls(
            wallet=wallet,
            secret_key=read.secret("POS_SECRET_KEY") or "",
            var=var,
            database_url=read.database_url("POS_DATABASE_URL", f"sqlite:///{var / 'till.db'}"),
            host=read.text("POS_HOST", "127.0.0.1"),
            port=read.number("POS_PORT", 5000, 1, 65535),
            workers=read.number("POS_WORKERS", 1, 1, 64),
            proxies=read.number("POS_PROXIES", 0, 0, MAX_PROXIES),
            public_url=read.url("POS_PUBLIC_URL", "", "https://till.example.com") or None,
            shop_name=read.text("POS_SHOP_NAME", "Lightning Till"),
            accent=read.accent("POS_ACCENT"),
            logo=read.picture("POS_LOGO"),
            invoice_expiry=read.number("POS_INVOICE_EXPIRY", 600, 60, 86400),
            max_sat=max_sat,
            network="bcrt" if wallet == "sandbox" else read.choice("POS_NETWORK", NETWORKS, "bc", "bc"),
            api_token=read.secret("POS_API_TOKEN"),
            metrics_token=read.secret("POS_METRICS_TOKEN"),
            kiosk_amounts=read.amounts("POS_KIOSK_AMOUNTS", (1000, 2100, 5000, 10000), max_sat),
            tip_amounts=read.amounts("POS_TIP_AMOUNTS", (1000, 2100, 5000, 10000), max_sat),
            currency=currency,
            rate_sources=read.names("POS_RATE_SOURCES", RATE_SOURCES),
            rate_fixed=read.price("POS_RATE_FIXED", currency),
            rate_spread=read.decimal("POS_RATE_SPREAD", Decimal(0), Decimal(MAX_SPREAD), "1.5") or Decimal(0),
            lnpay_url=read.url("LNPAY_URL", "https://api.lnpay.co/v1", "https://api.lnpay.co/v1"),
            lnpay_api_key=read.key("LNPAY_API_KEY", "pak_...", needed=wallet == "lnpay"),
            lnpay_wallet_key=read.key("LNPAY_WALLET_KEY", "waki_...", needed=wallet == "lnpay"),
            lnpay_invoice_path=read.path("LNPAY_INVOICE_PATH", "wallet/{key}/invoice"),
            lnpay_webhook_secret=read.secret("LNPAY_WEBHOOK_SECRET"),
            lnpay_timeout=read.number("LNPAY_TIMEOUT", 10, 1, 120),
            tills=read.tills("POS_TILLS", ("till",)),
            tip_percent=read.percentages("POS_TIP_PERCENT"),
            paid_seconds=read.number("POS_PAID_SECONDS", 8, 0, 600),
            sound=read.choice("POS_SOUND", SOUNDS, "on", "on"),
            watch=read.choice("POS_WATCH", WATCHES, "server", "server"),
            watch_budget=read.number("POS_WATCH_BUDGET", 5, 1, 100),
        )
        read.stop_if_wrong()
        return settings if settings.secret_key else _with_kept_secret(settings)


class _Reader:
    """Reads settings one by one, and collects what is wrong with them, so that one start shows all of it."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._wrong: list[str] = []

    def stop_if_wrong(self) -> None:
        if self._wrong:
            raise SettingsError("\n".join(self._wrong))

    def text(self, name: str, default: str) -> str:
        """An empty setting is one that is not set."""
        text = self._values.get(name, "").strip()
        if not _is_utf8(text):
            self._say(name, "is not a text in UTF-8", default or "...")
            return default
        return text or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and low <= int(text[:20]) <= high:
            return int(text)
        self._say(name, f"must be a whole number from {low} to {high}, not {text!r}", str(default))
        return default

    def choice(self, name: str, choices: tuple[str, ...], example: str, default: str = "") -> str:
        text = self.text(name, default)
        if text not in choices:
            problem = f"must be one of {', '.join(choices)}, not {text!r}" if text else "is not set: choose a wallet"
            self._say(name, problem, example)
        return text

    def url(self, name: str, default: str, example: str) -> str:
        text = self.text(name, default).rstrip("/")
        if text and not _is_url(text):
            self._say(name, f"must be an http or https address, not {text!r}", example)
        return text

    def database_url(self, name: str, default: str) -> str:
        text = self.text(name, default)
        file = text.removeprefix("sqlite:///")
        is_file = file not in ("", text, ":memory:") and "?" not in file
        if not is_file and not _POSTGRESQL.fullmatch(text):
            # It may hold a password.
            problem = f"must be an SQLite file ({default}) or a PostgreSQL with user and name, special signs as %XX"
            self._say(name, problem, "postgresql+psycopg://till:password@127.0.0.1:5432/till")
        return text

    def path(self, name: str, default: str) -> str:
        text = self.text(name, default).strip("/")
        if text.count("{key}") != 1:
            # What stands there may be a key.
            self._say(name, "must hold {key} once, in the key's place", default)
        return text

    def amounts(self, name: str, default: tuple[int, ...], max_sat: int) -> tuple[int, ...]:
        text = self.text(name, "")
        if not text:
            return tuple(amount for amount in default if amount <= max_sat) or (max_sat,)
        parts = [part.strip() for part in text.split(",")]
        if all(part.isascii() and part.isdigit() and 1 <= int(part[:20]) <= max_sat for part in parts):
            return tuple(int(part) for part in parts)
        self._say(name, f"must be amounts from 1 to {max_sat} sat with commas between, not {text!r}", "1000,2100")
        return default

    def tills(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Names that stand in addresses, each once."""
        text = self.text(name, "")
        parts = tuple(part.strip() for part in text.split(",")) if text else default
        if all(map(_NAME.fullmatch, parts)) and len(set(parts)) == len(parts):
            return parts
        self._say(name, f"must be different names of a-z, 0-9 and -, with commas between, not {text!r}", "counter,bar")
        return default

    def percentages(self, name: str) -> tuple[int, ...]:
        text = self.text(name, "")
        parts = [part.strip().removesuffix("%").rstrip() for part in text.split(",")] if text else []
        if len(parts) <= MAX_TIPS and all(
            part.isascii() and part.isdigit() and 1 <= int(part[:4]) <= 100 for part in parts
        ):
            return tuple(map(int, parts))
        self._say(name, f"must be at most {MAX_TIPS} whole percentages from 1 to 100, not {text!r}", "5,10,15")
        return ()

    def currency(self, name: str) -> str | None:
        text = self.text(name, "")
        if text and not is_currency(text):
            self._say(name, f"must be the code of a currency (ISO 4217), in capitals, not {text!r}", "EUR")
        return text or None

    def names(self, name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(part.strip() for part in self.text(name, ",".join(choices)).split(","))
        if not set(names) <= set(choices) or len(set(names)) < len(names):
            problem = f"must be some of {', '.join(choices)}, each once, with commas between, not {','.join(names)!r}"
            self._say(name, problem, ",".join(choices[:3]))
        return names

    def price(self, name: str, currency: str | None) -> Decimal | None:
        """The price of one bitcoin."""
        price = self.decimal(name, LOWEST_PRICE, HIGHEST_PRICE, "50000")
        if price is not None and currency is None:
            self._say(name, "is a price, but POS_CURRENCY does not say in which currency", "50000 and POS_CURRENCY=EUR")
        return price

    def decimal(self, name: str, low: Decimal, high: Decimal, example: str) -> Decimal | None:
        text = self.text(name, "")
        if not text or (_DECIMAL.fullmatch(text) and low <= Decimal(text) <= high):
            return Decimal(text) if text else None
        self._say(name, f"must be a number from {low} to {high} with a dot before its decimals, not {text!r}", example)
        return None

    def accent(self, name: str) -> Colour | None:
        """A colour that cream text can be read on; it then stands out from the paper, too."""
        text = self.text(name, "")
        colour = parse_colour(text)
        if text and colour is None:
            self._say(name, f"must be a colour as #rrggbb, not {text!r}", "#0b6e4f")
        elif colour and colour.contrast(CREAM) < TEXT_CONTRAST:
            figure = f"{text} has a contrast of {colour.contrast(CREAM):.1f} to the cream text on it"
            self._say(name, f"is too light: {figure}, and needs {TEXT_CONTRAST}", "#0b6e4f")
        return colour

    def picture(self, name: str) -> Picture | None:
        """The path of a file with a picture."""
        text = self.text(name, "")
        try:
            return read_picture(Path(text).read_bytes()) if text else None
        except OSError as error:
            self._say(name, f"cannot be read: {error}", "var/logo.png")
        except NoPicture as error:
            self._say(name, f"{error}: {text}", "var/logo.png")
        return None

    def key(self, name: str, example: str, *, needed: bool) -> str:
        text = self.text(name, "")
        if needed and not text:
            self._say(name, "is not set, and the wallet lnpay needs it", example)
        elif not all("!" <= character <= "~" for character in text):
            self._say(name, "holds a space or a letter that no key has", example)
        return text

    def secret(self, name: str) -> str | None:
        """A secret has no default, and its value is never repeated in a message."""
        text = self.text(name, "")
        if text and len(text) < 8:
            self._say(name, "is too short to be a secret: at least 8 characters", secrets.token_urlsafe(24))
        return text or None

    def _say(self, name: str, problem: str, example: str) -> None:
        self._wrong.append(f"{name} {problem}. Example: {name}={example}")


def _dotenv(path: Path) -> dict[str, str]:
    try:
        return {name: value for name, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Example: a text file in UTF-8") from error


def _is_utf8(text: str) -> bool:
    """Tell whether the environment's bytes were UTF-8; Python keeps others as halves of surrogate pairs."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _with_kept_secret(settings: Settings) -> Settings:
    return replace(settings, secret_key=kept_secret(settings.var / "secret_key", lambda: secrets.token_urlsafe(32)))


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Read a secret that was made once; make it if it is not there, readable by its owner alone.

    Raises SettingsError if the folder cannot be written to.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, make())
        kept = path.read_text()
    except OSError as error:
        raise SettingsError(f"POS_VAR cannot be used: {error}. Example: POS_VAR=var") from error
    if not kept:
        raise SettingsError(
            f"POS_SECRET_KEY was kept in {path}, which is empty: delete that file, and a new one is made"
        )
    return kept


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link appears whole or not at all, so of several processes that start at once one wins and all read the same.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
