"""What the settings of the office are called there, and in which order they stand. A new one needs none of this."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.dates import get_timezone_location

from pos.domain.money import CURRENCIES
from pos.domain.sentence import Sentence
from pos.domain.tax import parse_tax_rate
from pos.services.office_settings import OfficeSetting
from pos.translations.languages import LANGUAGES
from pos.web.context import current_shop
from pos.web.i18n import gettext, in_sat, language, ngettext, say, write_money, write_percent, write_zone

# How each is typed, where it is not a line of text.
LINES, COLOUR, CURRENCY, PLACES, OPENING, ZONE = "lines", "colour", "currency", "places", "opening", "zone"
# Figures, each on a line of its own: where a comma stands before decimals, 8,1 on one line would be two of them.
FIGURES = "figures"
# What the names of time zones begin with that are of a place. There are others, of times gone by, and shorter ones.
_PARTS_OF_THE_WORLD = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a setting is called, what it is without one, and a hint for who types it."""

    label: Sentence
    unset: Sentence
    hint: Sentence | None = None
    typed: str = "line"


_NONE = Sentence("none")
_GROUPS: tuple[tuple[Sentence, Mapping[str, Words]], ...] = (
    (
        Sentence("Shop"),
        {
            "shop_name": Words(Sentence("Name of the shop"), Sentence("not set")),
            "logo": Words(Sentence("Logo"), _NONE, Sentence("A PNG, JPEG or WebP of up to 10 MB.")),
            "accent": Words(
                Sentence("Colour"),
                Sentence("the till's own blue"),
                Sentence("Light text stands on it, so it has to be dark enough to read that."),
                COLOUR,
            ),
            "timezone": Words(
                Sentence("Time zone"),
                _NONE,
                Sentence("All times and days go by it, also of what was sold before."),
                ZONE,
            ),
            "sound": Words(Sentence("Sound when a sale is paid"), _NONE),
            "lock_after": Words(
                Sentence("A till locks after"),
                _NONE,
                Sentence("Seconds without a touch, in a shop whose staff have PINs. With 0 it does not by itself."),
            ),
        },
    ),
    (
        Sentence("Money"),
        {
            "currency": Words(
                Sentence("Currency"),
                Sentence("sat only"),
                Sentence("Sales that are under way keep theirs. A till page that is open has to be loaded again."),
                CURRENCY,
            ),
            "leading_unit": Words(Sentence("Large on pay pages"), _NONE),
            "tip_percent": Words(
                Sentence("Tips, in percent"),
                Sentence("not asked for"),
                Sentence("Up to four whole numbers, each on a line of its own."),
                FIGURES,
            ),
            "tip_at": Words(Sentence("Where a tip is asked for"), _NONE, typed=PLACES),
            "kiosk_amounts": Words(
                Sentence("On offer at the kiosk"),
                Sentence("round amounts"),
                Sentence(
                    "Each on a line of its own, such as Wash:4.00. A dot stands before decimals. A whole number alone"
                    " is sat."
                ),
                FIGURES,
            ),
            "kiosk_other_amount": Words(Sentence("Other amounts at the kiosk"), _NONE),
            "tip_amounts": Words(
                Sentence("Amounts of the tip jar, in sat"),
                _NONE,
                Sentence("Whole numbers, each on a line of its own."),
                FIGURES,
            ),
        },
    ),
    (
        Sentence("Tax"),
        {
            "tax_rates": Words(
                Sentence("Rates of tax, in percent"),
                _NONE,
                Sentence(
                    "Each on a line of its own, the usual one first. A dot stands before decimals: 8.1. A + before one"
                    " puts it on top of the price: +8.25."
                ),
                FIGURES,
            ),
            "tax_id": Words(Sentence("Tax number"), _NONE),
        },
    ),
    (
        Sentence("Words"),
        {
            "shop_address": Words(Sentence("Address on receipts"), _NONE, typed=LINES),
            "receipt_footer": Words(Sentence("Foot of receipts"), _NONE, typed=LINES),
            "receipt_cashier": Words(
                Sentence("Cashier's name on receipts"), _NONE, Sentence("Of sales that were made under a PIN.")
            ),
            "opening_languages": Words(
                Sentence("Opening languages"),
                Sentence("the browser's own"),
                Sentence("Until somebody chooses another there."),
                OPENING,
            ),
            "language": Words(Sentence("Language of printed receipts"), _NONE),
        },
    ),
)
# What opens in a language of its own.
FACES = {
    "till": Sentence("Till"),
    "kiosk": Sentence("Kiosk"),
    "display": Sentence("Customer display"),
    "tips": Sentence("Tip jar"),
}
_KNOWN = {field: words for _, group in _GROUPS for field, words in group.items()}
_ON_OR_OFF = {"on": Sentence("on"), "off": Sentence("off")}
_CHOICES: Mapping[str, Mapping[str, Sentence]] = {
    "sound": _ON_OR_OFF,
    "receipt_cashier": _ON_OR_OFF,
    "kiosk_other_amount": _ON_OR_OFF,
    "leading_unit": {"typed": Sentence("what was typed"), "sat": Sentence("always sat")},
    "tip_at": {
        "till": Sentence("at the till"),
        "kiosk": Sentence("at the kiosk"),
        "display": Sentence("on the customer's display"),
    },
}


def in_groups(settings: Mapping[str, OfficeSetting]) -> list[tuple[str, list[OfficeSetting]]]:
    """Return the settings under the headings that they stand under."""
    groups = [(say(title), [settings[field] for field in fields if field in settings]) for title, fields in _GROUPS]
    further = [it for field, it in settings.items() if field not in _KNOWN]
    return [*groups, (gettext("More"), further)] if further else groups


def label(setting: OfficeSetting) -> str:
    """Return what a setting is called; one that nobody has given a word yet goes by its name."""
    known = _KNOWN.get(setting.field)
    return say(known.label) if known else setting.name


def hint(setting: OfficeSetting) -> str:
    """Return what helps to type it, if anything does."""
    known = _KNOWN.get(setting.field)
    return setting.about if known is None else say(known.hint) if known.hint else ""


def typed(setting: OfficeSetting) -> str:
    """Return how it is typed: as one of its choices, or as what it is."""
    if setting.choices:
        return "choice"
    known = _KNOWN.get(setting.field)
    return known.typed if known else "line"


def written(setting: OfficeSetting, text: str) -> str:
    """Write a value for people; empty is what holds without one."""
    text = text or setting.default
    known = _KNOWN.get(setting.field)
    if typed(setting) == ZONE:
        return zone_name(text) if text else _zone_of_machine()
    if not text:
        return say(known.unset) if known else gettext("none")
    if setting.field == "lock_after" and text.isdecimal():
        return ngettext("%(num)s second", "%(num)s seconds", int(text)) if int(text) else gettext("off")
    if setting.field == "currency":
        return f"{text.upper()}, {currency_name(text.upper())}"
    if setting.field in ("kiosk_amounts", "tip_amounts"):
        return " · ".join(_offer(it.strip()) for it in text.split(","))
    if setting.field == "tax_rates":
        return " · ".join(_rate(it.strip()) for it in text.split(","))
    if typed(setting) == LINES:
        return ", ".join(part.strip() for part in text.split("|"))
    if typed(setting) == OPENING:
        return ", ".join(f"{face(one)} {LANGUAGES.get(code, code)}" for one, code in openings(text).items())
    if setting.choices or typed(setting) == PLACES:
        return ", ".join(choice(setting, it.strip()) for it in text.split(","))
    return text.replace(",", ", ") if typed(setting) == "line" and setting.field != "shop_name" else text


def _offer(text: str) -> str:
    """Write an amount as a shop offers it: a whole number alone is sat. Any other stays as somebody typed it."""
    return write_money(in_sat(int(text))) if text.isdecimal() else text


def _rate(text: str) -> str:
    """Write a rate of tax; one that is none stays as somebody typed it."""
    rate = parse_tax_rate(text.removesuffix("%").rstrip())
    return f"{'+' if rate.on_top else ''}{write_percent(rate.percent)}" if rate else text


def in_lines(setting: OfficeSetting, text: str) -> str:
    """Return a value as it is typed in several lines."""
    parts = text.split("," if typed(setting) == FIGURES else "|")
    return "\n".join(it.strip() for it in parts)


def from_lines(setting: OfficeSetting, lines: str) -> str:
    """Return what was typed in several lines as it would stand in `.env`."""
    parts = [it.strip() for it in lines.splitlines() if it.strip()]
    return ("," if typed(setting) == FIGURES else "|").join(parts)


def in_doubt(setting: OfficeSetting, lines: str) -> str:
    """Say of what was typed in several lines if nobody can know what is meant by it; mostly nothing."""
    either = next((it.strip() for it in lines.splitlines() if "," in it), "")
    if typed(setting) != FIGURES or not either:
        return ""
    if setting.field == "kiosk_amounts":
        return gettext(
            "%(typed)s may be one amount or two. Write each on a line of its own, with a dot before decimals.",
            typed=either,
        )
    if setting.field != "tax_rates":
        return gettext("%(typed)s may be one number or two. Write each on a line of its own.", typed=either)
    return gettext(
        "%(typed)s may be one rate or two. Write each on a line of its own, with a dot before decimals.", typed=either
    )


def choice(setting: OfficeSetting, value: str) -> str:
    """Return what one of the choices is called."""
    if setting.field == "language":
        return LANGUAGES.get(value, value)
    known = _CHOICES.get(setting.field, {}).get(value)
    return say(known) if known else value


def face(name: str) -> str:
    """Return what a face is called."""
    return say(FACES[name]) if name in FACES else name


def openings(text: str) -> dict[str, str]:
    """Return the language of each face that has one, as it is written in `.env`."""
    parts = [part.partition("=") for part in text.split(",") if part]
    return {one.strip(): code.strip() for one, _, code in parts}


def languages() -> dict[str, str]:
    """Return every language by its code, in its own words."""
    return LANGUAGES


def currencies() -> list[tuple[str, str]]:
    """Return every currency with its name, in the order of the codes."""
    return [(code, currency_name(code)) for code in sorted(CURRENCIES)]


def zones(chosen: str) -> list[tuple[str, str]]:
    """Return every time zone of a place with what it is called, in the order of the names, and the chosen one."""
    return [(name, zone_name(name)) for name in sorted({*_zones(), chosen} - {""})]


def zone_name(name: str) -> str:
    """Return what a time zone is called: by its name, and its place in the reader's language where that is another."""
    if name not in _zones() or "/" not in name:
        return name
    # Where a word may be broken is no matter of a list.
    place = get_timezone_location(name, locale=language(), return_city=True).replace("\u00ad", "")
    return name if name.replace("_", " ").endswith(place) else f"{name}, {place}"


@cache
def _zones() -> frozenset[str]:
    return frozenset(it for it in available_timezones() if it == "UTC" or it.startswith(_PARTS_OF_THE_WORLD))


def _zone_of_machine() -> str:
    now = datetime.fromtimestamp(current_shop().now())
    return gettext("that of the till's machine, %(zone)s", zone=write_zone(now))


def currency_name(code: str) -> str:
    """Return what a currency is called in the reader's language."""
    return str(Locale.parse(language()).currencies.get(code, code))
