"""What the address of the sales' page asks for: which days, whose sales, and what somebody searches for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pos.domain.charge import Channel
from pos.domain.memo import on_one_line
from pos.domain.money import SAT, AmountError, Money, parse_money
from pos.domain.number import read_number
from pos.domain.refusal import Refusal
from pos.domain.report import Place, Search, Selection, State
from pos.domain.sentence import Sentence
from pos.domain.span import Span, Unit, read_day, span_from, span_of
from pos.services.books import times_of
from pos.shop import Shop
from pos.web.i18n import gettext, language
from pos.web.place import read_place

# As many characters as a memo has at most.
MOST_TEXT = 200
Kind = TypeVar("Kind", bound=StrEnum)
_HASH = re.compile(r"[0-9a-f]{8,64}")


class NoSuchDays(Refusal):
    """Days that there are not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `text` is the search as it was typed; `after` is the place in the list to go on from."""

    span: Span
    channel: Channel | None = None
    till: str | None = None
    state: State | None = None
    text: str = ""
    after: Place | None = None
    staff: str | None = None

    @property
    def is_much(self) -> bool:
        """Tell whether more may have to be looked through than what a shop sells in a day."""
        return self.span.first != self.span.last or self.text != "" or self.staff is not None

    def selection(self, shop: Shop) -> Selection:
        """Return the sales that are asked for."""
        since, until = times_of(shop, self.span)
        return Selection(since, until, self.channel, self.till, self.state, self._search(shop), self.staff)

    def query(self, today: date | None = None) -> dict[str, Any]:
        """Return what stands in the address of the first page of it; today, if it is given, is what needs no words."""
        texts = {
            **_days(self.span, today),
            "channel": self.channel or "",
            "till": self.till or "",
            "staff": self.staff or "",
            "show": self.state or "",
            "q": self.text,
        }
        return {name: str(text) for name, text in texts.items() if text}

    def _search(self, shop: Shop) -> Search | None:
        if not self.text:
            return None
        digits = self.text.lower()
        return Search(
            self.text,
            read_number(_without_words(self.text), shop.day(shop.now()).year),
            tuple(_amounts(self.text, shop)),
            digits if _HASH.fullmatch(digits) else "",
            shop.store.staff.called(self.text),
        )


def read_asked(shop: Shop, words: Mapping[str, str]) -> Asked:
    """Read what an address asks for; a word that it knows nothing of asks for nothing. Raises NoSuchDays."""
    return _read(words, _span(words, shop.day(shop.now())))


def read_asked_before(shop: Shop, words: Mapping[str, str]) -> Asked:
    """Read the same where there are no such days: of the days that the page before was about, or of today."""
    today = shop.day(shop.now())
    first, last = read_day(words.get("was_from", "")), read_day(words.get("was_to", ""))
    return _read(words, span_from(first, last) if first and last and first <= last else span_of(today, Unit.DAY))


def _read(words: Mapping[str, str], span: Span) -> Asked:
    asked = Asked(
        span,
        _member(Channel, words.get("channel")),
        _text(words.get("till", "")) or None,
        _member(State, words.get("show")),
        _text(words.get("q", "")),
        read_place(words.get("after", "")),
        _text(words.get("staff", "")) or None,
    )
    # None but tills and kiosks have names.
    return replace(asked, channel=Channel.TILL) if asked.till and asked.channel is not Channel.KIOSK else asked


def _member(kind: type[Kind], text: str | None) -> Kind | None:
    return next((it for it in kind if it == text), None)


def _span(words: Mapping[str, str], today: date) -> Span:
    first, last = words.get("from", ""), words.get("to", "")
    if first or last:
        span = span_from(_day(first or last), _day(last or first))
        if span.last < span.first:
            raise NoSuchDays(Sentence("The last day is before the first one."))
        return span
    if "month" in words:
        return span_of(_day(words["month"], "-01"), Unit.MONTH)
    if "week" in words:
        return span_of(_day(words["week"]), Unit.WEEK)
    return span_of(_day(words["day"]) if "day" in words else today, Unit.DAY)


def _day(text: str, rest: str = "") -> date:
    day = read_day(text[:MOST_TEXT] + rest)
    if day is None:
        raise NoSuchDays(Sentence("There is no such day: {text}", {"text": _text(text)[:20]}))
    return day


def _days(span: Span, today: date | None) -> dict[str, str]:
    if span.unit is Unit.DAYS:
        return {"from": span.first.isoformat(), "to": span.last.isoformat()}
    if span.unit is Unit.MONTH:
        return {"month": span.first.isoformat()[:7]}
    if span.unit is Unit.WEEK:
        return {"week": span.first.isoformat()}
    return {} if span.first == today else {"day": span.first.isoformat()}


def _text(typed: str) -> str:
    """Return so much of what was typed as a memo may have, cleaned as memos are: else some would never be found."""
    return on_one_line(typed[:MOST_TEXT])


def _without_words(text: str) -> str:
    """Leave out what pages write around the number of a sale: "No. 1047" is typed as it stands on a receipt."""
    for words in (gettext("No. %(number)s"), gettext("Sale %(number)s"), "#%(number)s"):
        before, _, after = (it.strip().casefold() for it in words.partition("%(number)s"))
        typed = text.casefold()
        if typed.startswith(before) and typed.endswith(after):
            return text[len(before) : len(text) - len(after)].strip()
    return text


def _amounts(text: str, shop: Shop) -> list[Money]:
    """Return what a text can mean as an amount: of the shop's currency, and in sat."""
    read = []
    for unit in (shop.rates.currency, SAT):
        try:
            read += [parse_money(text, unit, language())] if unit else []
        except AmountError:
            continue
    return read
