"""The sales' page as its template writes it: its rows, the words above them, and where it leads to."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from flask import url_for

from pos.domain.charge import CALLED, Channel
from pos.domain.report import Entry, State, Sums
from pos.domain.span import EARLIEST, LATEST, Span, Unit, span_of
from pos.services.books import Books
from pos.services.jars import jars
from pos.services.recent import outcome_of
from pos.shop import Shop
from pos.web.i18n import gettext, say, write_day, write_month, write_weekday
from pos.web.place import write_place
from pos.web.sales.asked import Asked


@dataclass(frozen=True, slots=True)
class Row:
    """A sale, who sold it or the jar that it is of, and the one word for what became of it."""

    entry: Entry
    seller: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where one may go, as a chip: `is_here` where one is. `count` is how many are there, if that is known."""

    words: str
    url: str
    is_here: bool = False
    count: int = 0


def url(asked: Asked, today: date) -> str:
    """Return the address of the first page of what is asked for."""
    return url_for("sales.index", **asked.query(today))


def rows(shop: Shop, entries: list[Entry], now: int) -> list[tuple[date, list[Row]]]:
    """Write the sales out, day by day."""
    # The first one is called as the shop is until its owner gives it a name.
    shop_name, has_tips = shop.settings.shop_name, any(it.sale.jar for it in entries)
    titles = {it.name: it.title for it in jars(shop) if it.title != shop_name} if has_tips else {}
    written = (Row(it, titles.get(it.sale.jar) or seller(shop, it), outcome_of(it.charge, now)) for it in entries)
    return [(day, list(of_day)) for day, of_day in groupby(written, lambda it: shop.day(it.entry.at))]


def seller(shop: Shop, entry: Entry) -> str:
    """Name who sold it: the shop's only till by what it is, others and kiosks by their own names, else the channel."""
    if entry.charge.channel is Channel.TILL:
        till = "" if shop.settings.tills == (entry.sale.till,) else entry.sale.till
        name = ", ".join(filter(None, [till, entry.sale.seller]))
    else:
        name = entry.sale.till if entry.charge.channel is Channel.KIOSK else ""
    return name or say(CALLED[entry.charge.channel])


def title(span: Span, today: date) -> str:
    """Name a span by one word."""
    if span == span_of(today, Unit.DAY):
        return gettext("Today")
    if span == span_of(today, Unit.DAY).before:
        return gettext("Yesterday")
    if span.unit is Unit.DAY:
        return write_weekday(span.first)
    if span.first == EARLIEST:
        return gettext("All days")
    return {Unit.WEEK: gettext("Week"), Unit.MONTH: gettext("Month"), Unit.DAYS: gettext("Days")}[span.unit]


def days(span: Span) -> str:
    """Write which days a span has."""
    if span == span_of(span.last, Unit.MONTH):
        return write_month(span.first)
    if span.first == span.last:
        return write_day(span.first)
    # No shop knows its first day, and none sold on the earliest one.
    first = "…" if span.first == EARLIEST else write_day(span.first)
    return f"{first} – {write_day(span.last)}"


def before(asked: Asked, today: date) -> str | None:
    """Return the address of the span before; None where there are no such days any more."""
    return _beside(asked, asked.span.before, today)


def following(asked: Asked, today: date) -> str | None:
    """Return the address of the span that follows; None where there are no such days yet."""
    return _beside(asked, asked.span.after, today)


def _beside(asked: Asked, span: Span, today: date) -> str | None:
    return url(replace(asked, span=span), today) if span.first >= EARLIEST and span.last <= LATEST else None


def units(asked: Asked, today: date) -> list[Link]:
    """Lead to the day, the week and the month in which the last day is, or today if it is in the span."""
    day = today if asked.span.first <= today <= asked.span.last else asked.span.last
    words = {Unit.DAY: gettext("Day"), Unit.WEEK: gettext("Week"), Unit.MONTH: gettext("Month")}
    return [
        Link(words[unit], url(replace(asked, span=span_of(day, unit)), today), asked.span.unit is unit)
        for unit in words
    ]


def filters(shop: Shop, asked: Asked, sums: Sums | None, today: date, own: str | None) -> list[Link]:
    """Lead to all sales of the span, and to some of them; only to those of one's `own` till, if it is named."""
    plain = replace(asked, channel=None, till=None, state=None, staff=None)
    if own is not None:
        plain = replace(plain, channel=Channel.TILL, till=own)
    of_all = [
        (gettext("All"), plain, 0),
        (gettext("Needs a look"), replace(plain, state=State.REVIEW), sums.review if sums else 0),
        (gettext("Not paid"), replace(plain, state=State.UNPAID), 0),
        *(_of_tills(shop, plain) if own is None else ()),
        *((it.name, replace(plain, staff=it.id), 0) for it in shop.store.staff.listed()),
        *(_of_other_faces(shop, plain) if own is None else ()),
    ]
    here = replace(asked, after=None)
    return [Link(words, url(it, today), it == here, count) for words, it, count in of_all]


def _of_tills(shop: Shop, plain: Asked) -> list[tuple[str, Asked, int]]:
    tills = shop.settings.tills if len(shop.settings.tills) > 1 else ()
    return [(it, replace(plain, channel=Channel.TILL, till=it), 0) for it in tills]


def _of_other_faces(shop: Shop, plain: Asked) -> list[tuple[str, Asked, int]]:
    return [
        (gettext("Tips"), replace(plain, channel=Channel.TIPS), 0),
        (gettext("Posters"), replace(plain, channel=Channel.LNURL), 0),
        (gettext("Kiosk"), replace(plain, channel=Channel.KIOSK), 0),
        *((it, replace(plain, channel=Channel.KIOSK, till=it), 0) for it, _ in shop.settings.kiosks),
        (gettext("Programs"), replace(plain, channel=Channel.API), 0),
    ]


def older(asked: Asked, books: Books, today: date) -> str | None:
    """Return the address of the next page, with older sales; None if there are none."""
    if books.page.older is None:
        return None
    return url_for("sales.index", **asked.query(today), after=write_place(books.page.older))


def looked_through(shop: Shop, asked: Asked, books: Books) -> str:
    """Write in which days a search has looked so far."""
    first = shop.day(books.page.older[0]) if books.page.older else asked.span.first
    return days(replace(asked.span, first=first))


def all_days(asked: Asked, today: date) -> str:
    """Return the address of the same search through all days."""
    return url(replace(asked, span=Span(EARLIEST, today)), today)
