"""The reader's language: which it is, and sentences, amounts and times written in it.

What is said lies in pos/translations, one file a language; English is what stands in the code and the templates.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_datetime_format
from babel.support import NullTranslations
from flask import Flask, Response, current_app, g, has_request_context, request
from markupsafe import Markup

from pos.domain.money import SAT, Money, format_money, format_number, format_percent, unbroken
from pos.domain.number import Number
from pos.domain.sentence import Sentence
from pos.translations.languages import LANGUAGES, best, catalog, tag
from pos.web import cookies
from pos.web.context import channel_of_charge, current_shop

COOKIE = "language"
_CHOSEN = "till.language"
# Which face a browser shows, and by which first part of an address it is known.
_FACE = "face"
_FACES = {"": "till", "till": "till", "tip": "till", "kiosk": "kiosk", "screen": "display", "tips": "tips"}
# What a page of it asks for elsewhere, and reads and writes amounts as that page does.
_ASKED = {"quote": "till", "recent": "till"}
# From these one comes to a page of another address. The display sells nothing, and stands beside a till in one browser.
_KEPT = ("till", "kiosk", "tips")


def init_app(app: Flask) -> None:
    """Let the pages of an app be in the language of whoever reads them."""
    app.extensions["catalogs"] = catalog
    app.after_request(_keep_face)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, _plural, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters |= {
        "money": write_money,
        "number": write_number,
        "counted": write_count,
        "clock_time": write_time,
        "clock_seconds": write_seconds,
        "moment": write_moment,
        "percent": write_percent,
        "numbered": write_sale_number,
        "day": write_day,
        "tag": tag,
    }
    # Jinja's own `_` looks the other up by name and formats each text, in four calls for one. Its `ngettext` writes
    # 1234, as no language does.
    app.jinja_env.globals |= {
        "_": _in_page,
        "ngettext": _plural_in_page,
        "language": language,
        "direction": direction,
        "in_sat": in_sat,
    }


def language() -> str:
    """Return the code of the language that the answer to this request is in."""
    if not has_request_context():
        return str(g.language)
    # A page asks some fifty times.
    code: str | None = request.environ.get(_CHOSEN)
    if code is None:
        code = request.environ[_CHOSEN] = _chosen()
    return code


@contextmanager
def speaking(app: Flask, code: str) -> Iterator[None]:
    """Write in a language in the block, where there is no request of a reader: for what goes to many who wait."""
    with app.app_context():
        g.language = code
        yield


def use_opening() -> None:
    """Answer this request in the language that its face opens in, whatever somebody chose."""
    request.environ[_CHOSEN] = _opening()


def use(code: str | None) -> None:
    """Answer this request in that language, if it is one of ours: where its address says which."""
    if code in LANGUAGES:
        request.environ[_CHOSEN] = code


def direction() -> str:
    """Say which way that language is written: "ltr" or "rtl"."""
    return _direction(language())


def gettext(words: str, **values: object) -> str:
    """Return words in the reader's language, with `values` in the places that are written `%(name)s`."""
    said = _spoken().gettext(words)
    return said % values if values else said


def ngettext(one: str, many: str, number: int) -> str:
    """Return the words for so many, with the number in the place of `%(num)s`."""
    return _plural(one, many, number) % {"num": write_count(number)}


def say(sentence: Sentence) -> str:
    """Return a sentence in the reader's language, with its values as that language writes them."""
    return gettext(sentence.words).format_map({name: _write(it) for name, it in sentence.values.items()})


def write_money(money: Money) -> str:
    """Write an amount with its unit, on the same line as that."""
    if money.currency == SAT:
        return unbroken(gettext("{number} sat")).format(number=write_number(money))
    return _written(money, language())


def write_sale_number(number: Number) -> str:
    """Write the number of a sale as it is said today."""
    shop = current_shop()
    return number.within(shop.day(shop.now()).year)


def write_number(money: Money) -> str:
    """Write an amount without its unit."""
    return _number(money, language())


def write_count(count: int) -> str:
    """Write how many there are of something."""
    return write_number(in_sat(count))


def in_sat(amount: int) -> Money:
    """Return so many sat as an amount that can be written."""
    return Money(amount, SAT)


def write_time(at: int) -> str:
    """Write the time of day (`at` in unix seconds) in the shop's time zone."""
    return _clock_time(current_shop().local_time(at).time().replace(second=0), language())


def write_seconds(at: int) -> str:
    """Write the time of day to the second (`at` in unix seconds) in the shop's time zone."""
    return str(format_time(current_shop().local_time(at), "medium", locale=language()))


def write_moment(at: int) -> str:
    """Write day and time of day (`at` in unix seconds) with the zone, for who may be elsewhere: ..., 10:45 (UTC+1)."""
    pattern = str(get_datetime_format("medium", locale=language()))
    local = current_shop().local_time(at)
    day = str(format_date(local, "medium", locale=language()))
    return f"{pattern.replace('{1}', day).replace('{0}', write_time(at))} ({write_zone(local)})"


def write_percent(percent: Decimal) -> str:
    """Write so many percent, with all their decimals."""
    return _percent(percent, language())


def write_hour(hour: int) -> str:
    """Write a full hour of the clock, as briefly as it can be: 13, or 1 PM."""
    return _full_hour(hour, language())


def write_part(day: date, pattern: str) -> str:
    """Write a part of a day by Unicode's pattern for it: `d` the day of its month, `MMM` the month, `y` the year."""
    return _part(day, pattern, language())


def write_day(day: date) -> str:
    """Write a day: Fri, Nov 27; with its year if that is another one than the shop's."""
    shop = current_shop()
    form = "MMMEd" if day.year == shop.day(shop.now()).year else "yMMMEd"
    return _day(day, form, language())


def write_month(day: date) -> str:
    """Write the month in which a day is: November 2026."""
    return _day(day, "yMMMM", language())


def write_weekday(day: date) -> str:
    """Write which day of the week a day is, as it stands alone."""
    return write_part(day, "cccc")


def write_age(seconds: int) -> str:
    """Write how long ago something was; what is of now was a second ago."""
    return str(format_timedelta(timedelta(seconds=-max(1, seconds)), add_direction=True, locale=language()))


def write_zone(local: datetime) -> str:
    """Name the zone of a time on a clock by what it is ahead: UTC+1, UTC-3:30."""
    # Without a zone it is the machine's.
    ahead = (local if local.tzinfo else local.astimezone()).utcoffset() or timedelta()
    hours, minutes = divmod(abs(ahead) // timedelta(minutes=1), 60)
    sign = "-" if ahead < timedelta() else "+"
    return "UTC" + (f"{sign}{hours}" if ahead else "") + (f":{minutes:02}" if minutes else "")


def _spoken() -> NullTranslations:
    read: Callable[[str], NullTranslations] = current_app.extensions["catalogs"]
    return read(language())


def _in_page(words: str, **values: object) -> Markup:
    """Return words as `gettext` does, for a template: what is theirs is HTML, and `values` are escaped."""
    said = _said(current_app.extensions["catalogs"], language(), words)
    return said % values if values else said


@lru_cache(maxsize=4096)
def _said(catalogs: Callable[[str], NullTranslations], code: str, words: str) -> Markup:
    return Markup(catalogs(code).gettext(words))  # noqa: S704 - they stand in our templates and catalogs


def _plural(one: str, many: str, number: int) -> str:
    return _spoken().ngettext(one, many, number)


def _plural_in_page(one: str, many: str, number: int, **values: object) -> Markup:
    """Return the words for so many as `ngettext` does, for a template: see `_in_page`."""
    return Markup(_plural(one, many, number)) % {"num": write_count(number), **values}  # noqa: S704 - the same


def _write(value: object) -> object:
    match value:
        case Money():
            return write_money(value)
        case int():
            return write_count(value)
    return value


@lru_cache
def _direction(code: str) -> str:
    return str(Locale.parse(code).text_direction)


# A till's page writes the same amounts and times again and again, and each takes Babel a while.
_written = lru_cache(maxsize=1024)(format_money)
_number = lru_cache(maxsize=1024)(format_number)
_percent = lru_cache(maxsize=1024)(format_percent)


@lru_cache
def _day(day: date, form: str, code: str) -> str:
    return str(format_skeleton(form, day, locale=code))


@lru_cache
def _part(day: date, pattern: str, code: str) -> str:
    return str(format_date(day, pattern, locale=code))


@lru_cache
def _full_hour(hour: int, code: str) -> str:
    halves = "a" in str(Locale.parse(code).time_formats["short"].pattern)
    return str(format_time(time(hour), "h a", locale=code)) if halves else str(hour)


@lru_cache(maxsize=24 * 60)
def _clock_time(minute: time, code: str) -> str:
    return str(format_time(minute, "short", locale=code))


def _chosen() -> str:
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else _opening()


def _opening() -> str:
    """Return the language that a face opens in: as the shop has it, or else the browser."""
    return current_shop().settings.opens_in(_face() or "") or _browsers_own()


def _face() -> str | None:
    """Return the face that asks: a cookie tells where an address does not.

    What is paid stands on the face on which it was sold, and a browser may show several. A customer's phone shows none,
    but perhaps the tip jar.
    """
    part, kept = _first_part(), request.cookies.get(_FACE)
    if face := _FACES.get(part) or _ASKED.get(part):
        return face
    if kept not in _KEPT:
        return None
    channel = channel_of_charge()
    if channel not in _KEPT:
        return kept
    return None if kept == "tips" and channel != kept else channel


def _keep_face(response: Response) -> Response:
    """Have a browser keep which face it shows, where the shop has a language for that: none that frames it."""
    is_shown = response.status_code == 200 and not response.cache_control.public
    face = _FACES.get(_first_part()) if is_shown else None
    is_news = face in _KEPT and face != request.cookies.get(_FACE) and response.mimetype == "text/html"
    if face and is_news and current_shop().settings.opens_in(face):
        cookies.keep(response, _FACE, face)
    return response


def _first_part() -> str:
    return request.path.split("/")[1]


def _browsers_own() -> str:
    # Not best_match: it takes the English that comes last before the first of all that is from another country.
    return best([tag for tag, quality in request.accept_languages if quality > 0])
