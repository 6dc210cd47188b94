"""The settings of the kiosk: what it offers, and whether a customer may type another amount."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar
from unicodedata import category

from pos.domain.jar_picture import open_picture
from pos.domain.kiosk import Offer
from pos.domain.kiosk_picture import plain_name
from pos.domain.money import MOST_SAT, SAT, Money, decimals, is_currency
from pos.domain.picture import NoPicture
from pos.environment import Group, Wrong, setting
from pos.environment.readers import Choice

# Characters.
LONGEST_NAME = 40
# What stands in addresses where the name of a kiosk could.
RESERVED = ("amount", "picture", "quote", "rest", "status", "tip")
MOST_OFFERS = 24
MOST_PICTURES = 60

_ENTRY = re.compile(r"(?:(?P<name>.*):)? *(?P<number>[0-9]{1,16}(?:\.[0-9]{1,4})?)(?: *(?P<unit>[A-Za-z]+))?")
_NOT_SET = "not set (a currency of the office counts for amounts that are set there)"
_KIOSK = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(frozen=True, slots=True)
class Entry:
    """An offer as it is written; what it is in where it does not say so, the shop's currency settles."""

    number: str
    name: str = ""
    unit: str = ""

    @property
    def is_bare(self) -> bool:
        """Tell whether it is a whole number and nothing else: such are sat, with a currency and without."""
        return not self.name and not self.unit and "." not in self.number

    def __str__(self) -> str:
        written = f"{self.name}:{self.number}" if self.name else self.number
        return f"{written} {self.unit}" if self.unit else written

    @property
    def is_in_currency(self) -> bool:
        """Tell whether it is in whatever currency the shop has."""
        return not self.unit and not self.is_bare

    def offer(self, currency: str | None) -> Offer:
        """Return what it offers in a shop of that currency, or of none. Raises Wrong."""
        unit = self.unit or (currency if self.is_in_currency else None) or SAT
        if unit not in (SAT, currency):
            raise Wrong(f"has an amount in {unit}, and POS_CURRENCY is {currency or _NOT_SET}")
        whole, _, fraction = self.number.partition(".")
        places = decimals(unit)
        if fraction and unit == SAT:
            why = "sat have no decimals" if currency else f"sat have no decimals, and POS_CURRENCY is {_NOT_SET}"
            raise Wrong(f"has the amount {self.number}, but {why}")
        if len(fraction) > places:
            raise Wrong(f"has the amount {self.number}, but {unit} has {places} decimals at most")
        minor = int(whole + fraction.ljust(places, "0"))
        if minor < 1 or (unit == SAT and minor > MOST_SAT):
            raise Wrong(f"has the amount {self.number}, for which nothing can be sold")
        return Offer(Money(minor, unit), self.name)


def entries(given: str) -> tuple[Entry, ...]:
    """Take amounts with commas between, each with a name before it or a unit after it if wanted."""
    taken = tuple(_entry(part.strip(), given) for part in given.split(","))
    if len(taken) > MOST_OFFERS:
        raise Wrong(f"must be at most {MOST_OFFERS} amounts", given)
    for before, entry in pairwise(taken):
        # "Wash:4,50" would be a wash for 4, and an amount of 50 sat.
        if entry.is_bare and before.name and not before.unit and "." not in before.number:
            raise Wrong(
                f"has {before.number},{entry.number} after a name: a dot stands before decimals, and what is meant as"
                f" sat is written {entry.number} sat",
                given,
            )
    return taken


def kiosks(given: str) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """Take kiosks with semicolons between, each as its name, an equals sign and what it offers."""
    taken = [part.partition("=") for part in given.split(";") if part.strip()]
    named = tuple((name.strip(), entries(offers)) for name, _, offers in taken)
    names = [name for name, _ in named]
    if not all(map(_KIOSK.fullmatch, names)) or len(set(names)) != len(names):
        raise Wrong("must be different names of a-z, 0-9 and -, each with = and its amounts, with ; between", given)
    for name in names:
        if name in RESERVED:
            raise Wrong(f"has a kiosk of the name {name}, which is taken by an address of the till itself", given)
    return named


def pictures(given: str) -> dict[str, Path]:
    """Find the pictures in a folder, by the names of what they show."""
    found: dict[str, Path] = {}
    try:
        files = sorted(it for it in Path(given).iterdir() if it.is_file() and not it.name.startswith("."))
        for file in files:
            name = plain_name(file.stem)
            if name in found:
                raise Wrong(f"has two pictures of one name: {found[name].name} and {file.name}")
            open_picture(file.read_bytes()).close()
            found[name] = file
    except NoPicture as error:
        raise Wrong(f"has a file that {error}: {file}") from error
    except (OSError, ValueError) as error:
        raise Wrong(f"cannot be read: {error}") from error
    if len(found) > MOST_PICTURES:
        raise Wrong(f"has more than {MOST_PICTURES} pictures", given)
    return found


def _entry(written: str, given: str) -> Entry:
    found = _ENTRY.fullmatch(written)
    name, unit = (found["name"] or "", (found["unit"] or "").upper()) if found else ("", "")
    if unit == "SATS":
        unit = SAT
    if found is None or (unit and unit != SAT and not is_currency(unit)):
        raise Wrong("must be amounts as 1000, 2.50, Wash:4.00 or Coffee:2100 sat with commas between", given)
    name = name.strip()
    if len(name) > LONGEST_NAME or any(category(it) in ("Cc", "Zl", "Zp") for it in name):
        raise Wrong(f"must have names of at most {LONGEST_NAME} characters, without tabs and the like", given)
    return Entry(found["number"], name, unit)


def offered(written: Iterable[Entry], currency: str | None) -> tuple[Offer, ...]:
    """Return what entries offer in a shop of that currency, or of none. Raises Wrong."""
    offers = tuple(it.offer(currency) for it in written)
    if len({it.key for it in offers}) != len(offers):
        raise Wrong("must have each amount of a name once")
    return offers


@dataclass(frozen=True, kw_only=True)
class KioskSettings(Group):
    """What the kiosk offers: [docs/kiosk.md](kiosk.md)."""

    title: ClassVar[str] = "The kiosk"

    kiosk_amounts: tuple[Entry, ...] | None = setting(
        "POS_KIOSK_AMOUNTS",
        entries,
        default=None,
        example="Wash:4.00,Dry:2.50",
        about="What the kiosk offers: `Wash:4.00` is in POS_CURRENCY, as is `2.50`; `1000` and `Coffee:2100 sat` are in"
        " sat.",
        unset="round amounts in POS_CURRENCY, or 1000, 2100, 5000 and 10000 sat",
        office="text",
    )
    kiosks: tuple[tuple[str, tuple[Entry, ...]], ...] = setting(
        "POS_KIOSKS",
        kiosks,
        default="",
        example="laundry=Wash:4.00,Dry:2.50;bar=Beer:3.00",
        about="Further kiosks, each with its name and what it offers; `laundry` has the address `/kiosk/laundry`.",
        unset="there is one, at `/kiosk`",
    )
    kiosk_other_amount: str = setting(
        "POS_KIOSK_OTHER_AMOUNT",
        Choice(("on", "off")),
        default="on",
        example="off",
        about="Whether a customer of a kiosk may type another amount; with `off` and one thing on offer, a touch of the"
        " resting screen buys it.",
        office="text",
    )
    kiosk_pictures: dict[str, Path] | None = setting(
        "POS_KIOSK_PICTURES",
        pictures,
        default=None,
        example="var/pictures",
        about="A folder of PNG, JPEG or WebP: `wash.jpg` stands on the tile of `Wash`, and `idle.jpg` on the resting"
        " screen; read at the start.",
        unset="tiles have none, and a market stall greets",
    )
