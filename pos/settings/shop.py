"""The settings of the shop: how it looks, and what its screens offer."""

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import ClassVar
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pos.domain.colour import CREAM, TEXT_CONTRAST, Colour, parse_colour
from pos.domain.picture import NoPicture, Picture, read_picture
from pos.environment import Group, Wrong, setting
from pos.environment.readers import Choice, Number, ZeroOr
from pos.settings.kiosk import MOST_PICTURES, pictures
from pos.translations.languages import LANGUAGES

MAX_TIPS = 4
# What a receipt is given: more is no address.
MOST_LINES = 8
LONGEST_LINE = 100
ON_OR_OFF = ("on", "off")
# Where a customer can be asked for a tip, before the charge is made.
TIP_PLACES = ("till", "kiosk", "display")
TYPED_OR_SAT = ("typed", "sat")
# What can open in a language of its own, until somebody chooses another.
OPENING = ("till", "kiosk", "display", "tips")

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NAME = re.compile(r"[a-z0-9-]{1,32}")


def colour(given: str) -> Colour:
    """Take a colour that cream text can be read on; it then stands out from the paper, too."""
    taken = parse_colour(given)
    if taken is None:
        raise Wrong("must be a colour as #rrggbb", given)
    contrast = taken.contrast(CREAM)
    if contrast < TEXT_CONTRAST:
        figure = f"{given} has a contrast of {contrast:.1f} to the cream text on it"
        raise Wrong(f"is too light: {figure}, and needs {TEXT_CONTRAST}")
    return taken


def picture(given: str) -> Picture:
    """Read the file with a picture."""
    try:
        return read_picture(Path(given).read_bytes())
    except NoPicture as error:
        raise Wrong(f"{error}: {given}") from error
    except (OSError, ValueError) as error:
        raise Wrong(f"cannot be read: {error}") from error


def tills(given: str) -> tuple[str, ...]:
    """Take names that stand in addresses, each once."""
    names = tuple(part.strip() for part in given.split(","))
    if all(map(_NAME.fullmatch, names)) and len(set(names)) == len(names):
        return names
    raise Wrong("must be different names of a-z, 0-9 and -, with commas between", given)


def display_pictures(given: str) -> tuple[Path, ...]:
    """Find the pictures in a folder, in the order of their names."""
    return tuple(pictures(given).values()) if given else ()


def line(given: str) -> str:
    """Take a text that stands on one line."""
    if len(given) <= LONGEST_LINE and not any(category(it) == "Cc" for it in given):
        return given
    raise Wrong(f"must be a text of at most {LONGEST_LINE} characters, without tabs and the like", given)


def lines(given: str) -> tuple[str, ...]:
    """Take lines of text with | between them."""
    taken = tuple(line(part.strip()) for part in given.split("|") if part.strip())
    if len(taken) <= MOST_LINES:
        return taken
    raise Wrong(f"must be at most {MOST_LINES} lines", given)


def opening_languages(given: str) -> tuple[tuple[str, str], ...]:
    """Take faces, each with the language that it opens in; none at all are right, too."""
    parts = [part.partition("=") for part in given.split(",")] if given else []
    taken = tuple((face.strip(), code.strip()) for face, _, code in parts)
    faces = [face for face, _ in taken]
    if set(faces) <= set(OPENING) and len(set(faces)) == len(faces) and {code for _, code in taken} <= set(LANGUAGES):
        return taken
    raise Wrong(
        f"must be some of {', '.join(OPENING)}, each once, with = and one of {', '.join(LANGUAGES)}, with commas"
        " between",
        given,
    )


def time_zone(given: str) -> ZoneInfo:
    """Take the name of a time zone, as IANA lists them."""
    try:
        return ZoneInfo(given)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise Wrong("must be a time zone by its IANA name", given) from error


def time_of_day(given: str) -> time:
    """Take hours and minutes."""
    found = _TIME.fullmatch(given)
    if found:
        return time(int(found[1]), int(found[2]))
    raise Wrong("must be a time of day as 04:00", given)


def percentages(given: str) -> tuple[int, ...]:
    """Take whole percentages, with or without a sign; none at all are right, too."""
    parts = [part.strip().removesuffix("%").rstrip() for part in given.split(",")] if given else []
    if len(parts) <= MAX_TIPS and all(
        part.isascii() and part.isdigit() and 1 <= int(part[:4]) <= 100 for part in parts
    ):
        return tuple(map(int, parts))
    raise Wrong(f"must be at most {MAX_TIPS} whole percentages from 1 to 100", given)


def tip_places(given: str) -> tuple[str, ...]:
    """Take some of the places where a customer can be asked for a tip."""
    places = tuple(part.strip() for part in given.split(","))
    if set(places) <= set(TIP_PLACES) and len(set(places)) == len(places):
        return places
    raise Wrong(f"must be some of {', '.join(TIP_PLACES)}, each once, with commas between", given)


# What a shop is called that nobody has given a name.
NAMELESS = "Lightning Till"


@dataclass(frozen=True, kw_only=True)
class ShopSettings(Group):
    """How the shop looks, and what its screens offer."""

    title: ClassVar[str] = "The shop"

    shop_name: str = setting(
        "POS_SHOP_NAME",
        line,
        default=NAMELESS,
        example="Marta's Stall",
        about="The name of the shop, on every page.",
        office="text",
    )
    timezone: ZoneInfo | None = setting(
        "POS_TIMEZONE",
        time_zone,
        default=None,
        example="Europe/Berlin",
        about="The time zone (IANA) of all times of day, and of when a day begins.",
        unset="the machine's",
        office="text",
    )
    day_ends: time = setting(
        "POS_DAY_ENDS",
        time_of_day,
        default="00:00",
        example="04:00",
        about="When your day ends: a sale before that time belongs to the day before, also on New Year's morning.",
    )
    accent: Colour | None = setting(
        "POS_ACCENT",
        colour,
        default=None,
        example="#0b6e4f",
        about=f"Your colour; cream text has to be readable on it (a contrast of {TEXT_CONTRAST}).",
        unset="the till's own blue",
        office="text",
    )
    logo: Picture | None = setting(
        "POS_LOGO",
        picture,
        default=None,
        example="var/logo.png",
        about="A file with a PNG, JPEG, WebP or SVG of at most 200 kB, shown beside the name and read at the start.",
        office="picture",
    )
    shop_address: tuple[str, ...] = setting(
        "POS_SHOP_ADDRESS",
        lines,
        default="",
        example="Arch Lane 4|10115 Sampletown",
        about="The shop's address on receipts, its lines with `|` between them.",
        unset="receipts have none",
        office="text",
    )
    tax_id: str | None = setting(
        "POS_TAX_ID",
        line,
        default=None,
        example="DE123456789",
        about="The shop's tax number on receipts.",
        unset="receipts have none",
        office="text",
    )
    receipt_footer: tuple[str, ...] = setting(
        "POS_RECEIPT_FOOTER",
        lines,
        default="",
        example="Thank you, come again.|Returns within 14 days.",
        about="What stands at the foot of receipts, its lines with `|` between them.",
        unset="receipts end without a word",
        office="text",
    )
    receipt_cashier: str = setting(
        "POS_RECEIPT_CASHIER",
        Choice(ON_OR_OFF),
        default="off",
        example="on",
        about="Whether receipts name who sold it, in a shop whose staff have PINs.",
        office="text",
    )
    tills: tuple[str, ...] = setting(
        "POS_TILLS",
        tills,
        default="till",
        example="counter,bar",
        about="The names of your tills: the first has the address `/`, another one `/till/bar`.",
    )
    tip_percent: tuple[int, ...] = setting(
        "POS_TIP_PERCENT",
        percentages,
        default="",
        example="5,10,15",
        about=f"Up to {MAX_TIPS} whole percentages that a customer may add to a sale as a tip.",
        unset="no tips are asked for",
        office="text",
    )
    tip_at: tuple[str, ...] = setting(
        "POS_TIP_AT",
        tip_places,
        default="till",
        example="till,kiosk",
        about="Where a customer is asked for a tip (POS_TIP_PERCENT): on the till itself, the kiosk, the customer's"
        " display.",
        office="text",
    )
    display_pictures: tuple[Path, ...] = setting(
        "POS_DISPLAY_PICTURES",
        display_pictures,
        default="",
        example="var/display",
        about=f"A folder of up to {MOST_PICTURES} PNG, JPEG or WebP that a customer's display shows between two sales,"
        " one after the other; read at the start.",
        unset="a market stall greets",
    )
    leading_unit: str = setting(
        "POS_LEADING_UNIT",
        Choice(TYPED_OR_SAT),
        default="typed",
        example="sat",
        about="Which unit of an amount to pay is the large one: the one that was typed, or sat always.",
        office="text",
    )
    opening_languages: tuple[tuple[str, str], ...] = setting(
        "POS_OPENING_LANGUAGES",
        opening_languages,
        default="",
        example="kiosk=de,display=de",
        about="The languages that `till`, `kiosk`, `display` and `tips` open in, until somebody chooses another there.",
        unset="that of the browser",
        office="text",
    )
    paid_seconds: int = setting(
        "POS_PAID_SECONDS",
        Number(0, 600),
        default="8",
        example="15",
        about="The seconds after which a paid screen goes back to the first one; with 0 it stays.",
    )
    sound: str = setting(
        "POS_SOUND",
        Choice(ON_OR_OFF),
        default="on",
        example="off",
        about="Whether a paid sale makes a sound.",
        office="text",
    )
    lock_after: int = setting(
        "POS_LOCK_AFTER",
        ZeroOr(Number(15, 86400)),
        default="300",
        example="60",
        about="The seconds without a touch after which a till asks for a PIN, in a shop that has staff; with 0 it never"
        " does by itself.",
        office="text",
    )
    card: str = setting(
        "POS_CARD",
        Choice(ON_OR_OFF),
        default="off",
        example="on",
        about="Whether till and kiosk take Lightning cards (LNURL-withdraw); the till then asks whoever issued one.",
    )

    def opens_in(self, face: str) -> str | None:
        """Return the language that a face opens in; None for that of its browser."""
        return dict(self.opening_languages).get(face)

    @property
    def has_default_name(self) -> bool:
        """Whether nobody has given the shop a name of its own."""
        return self.shop_name == NAMELESS

    def asks_for_tip(self, place: str) -> bool:
        """Tell whether customers are asked for a tip at one of these places."""
        return bool(self.tip_percent) and place in self.tip_at
