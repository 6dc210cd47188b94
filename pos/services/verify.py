"""Verifying: whether the reports of all shifts are as they were written, and their payments as they were counted."""

from collections.abc import Iterator
from dataclasses import dataclass

from pos.domain.money import SAT, Money, format_money
from pos.domain.report import GivenBack, Part
from pos.domain.shift import Takings, digest, given_back, list_of, takings
from pos.domain.z_report import Kept, NotAReport, read_report
from pos.shop import Shop

# So many payments of a report are named one by one; whoever changed more of them changed it all.
_NAMED = 10
_PARTS = {
    "late": "late",
    "less": "less than asked",
    "more": "more than asked",
    "unproven": "not proven",
    "surplus": "paid twice",
}


@dataclass(frozen=True, slots=True)
class Verified:
    """One report that was looked at, so many payments that it counts, and a sentence for all that is wrong with it."""

    report: str
    payments: int
    wrong: tuple[str, ...] = ()


def verify(shop: Shop) -> Iterator[Verified]:
    """Look at each report in its turn, and in the end at what names one that is not there. Raises StoreError.

    Between two reports no transaction is open: the till goes on selling, and closing.
    """
    # Asked for first: of what is closed meanwhile the report is looked at, and no event is waited for.
    told = shop.store.shifts.told()
    before: Kept | None = None
    last: dict[str, int] = {}
    while kept := shop.store.shifts.following((before.till, before.number) if before else ("", 0)):
        of_till = before if before and before.till == kept.till else None
        wrong = [*_missing(kept, of_till), *_rewritten(kept, of_till)]
        payments = 0
        try:
            taken, returned = shop.store.shifts.counted(kept.id), shop.store.shifts.returned(kept.id)
        except (ValueError, TypeError) as error:
            wrong.append(f"Charges of {_name(kept)} cannot be read any more ({error}).")
        else:
            payments = len(taken)
            wrong += [
                *_changed(kept, list_of(taken, returned)),
                *_other_sums(kept, takings(taken), given_back(returned)),
            ]
        yield Verified(_name(kept), payments, tuple(wrong))
        before, last[kept.till] = kept, kept.number
    for till, number in sorted(told.items()):
        if number > last.get(till, 0):
            yield Verified("", 0, (_gap(till, last.get(till, 0) + 1, number),))
    lost, refunds_lost = shop.store.shifts.count_lost()
    if lost:
        yield Verified("", lost, (f"{_many(lost, 'payment')} of a report that is not there any more.",))
    if refunds_lost:
        yield Verified("", 0, (f"{_many(refunds_lost, 'refund')} of a report that is not there any more.",))


def _missing(kept: Kept, before: Kept | None) -> Iterator[str]:
    first = before.number + 1 if before else 1
    if kept.number > first:
        yield _gap(kept.till, first, kept.number - 1)


def _gap(till: str, first: int, last: int) -> str:
    numbers = str(first) if first == last else f"{first} to {last}"
    return f"Report {numbers} of {till} is missing."


def _rewritten(kept: Kept, before: Kept | None) -> Iterator[str]:
    """Say whether the text of a report is the one that was written, and follows on the one before."""
    if digest(kept.text) != kept.sha256:
        yield f"{_name(kept)} was changed after it was written: its text has another hash than was kept with it."
    try:
        report = read_report(kept.text)
    except NotAReport as error:
        yield f"{_name(kept)} cannot be read any more ({error})."
        return
    if (report.network, report.shift.till, report.shift.number) != (kept.network, kept.till, kept.number):
        yield f"{_name(kept)} calls itself report {report.shift.number} of {report.shift.till}."
    if report.before != (before.sha256 if before else ""):
        yield f"{_name(kept)} does not follow on the report before: it names another hash as the one of that."
    if digest(kept.sales) != report.sales_sha256:
        yield f"{_name(kept)} has another list of payments than it was made from."


def _changed(kept: Kept, listed: str) -> Iterator[str]:
    """Name the payments and refunds that are not as they were counted."""
    then, now = (dict(line.partition(" ")[::2] for line in it.splitlines()) for it in (kept.sales, listed))
    wrong = [f"{_what(it)} {it}, which {_name(kept)} counts, is not in it any more." for it in then if it not in now]
    wrong += [f"{_what(it)} {it} was put into {_name(kept)} after it was written." for it in now if it not in then]
    wrong += [
        f"{_what(it)} {it} was changed after {_name(kept)} had counted it."
        for it in now
        if it in then and now[it] != then[it]
    ]
    yield from wrong[:_NAMED]
    if len(wrong) > _NAMED:
        yield f"So it is with {len(wrong) - _NAMED} more of {_name(kept)}."


def _what(name: str) -> str:
    return "Refund" if ".R" in name else "Charge"


def _other_sums(kept: Kept, now: Takings, returned: tuple[GivenBack, ...]) -> Iterator[str]:
    try:
        shift = read_report(kept.text).shift
    except NotAReport:
        return
    said = shift.takings
    yield from _differs(kept, "given back", _returned(shift.given_back), _returned(returned))
    yield from _differs(kept, "sales", said.count, now.count)
    yield from _differs(kept, "sat received", said.received_sat, now.received_sat)
    for currency in sorted({it.currency for it in (*said.books, *now.books)}):
        yield from _differs(kept, f"in {currency}", _told(said, currency), _told(now, currency))
    for name, words in _PARTS.items():
        yield from _differs(kept, words, _part(getattr(said, name)), _part(getattr(now, name)))
    # What they are called may change.
    if _by_id(said) != _by_id(now):
        yield from _differs(kept, "by cashier", _by_cashier(said), _by_cashier(now))
    yield from _differs(
        kept, "from the first payment to the last", said.ended_at - said.began_at, now.ended_at - now.began_at
    )


def _differs(kept: Kept, what: str, said: object, now: object) -> Iterator[str]:
    if said != now:
        yield f"{_name(kept)} says, {what}: {said}. Its payments come to: {now}."


def _told(it: Takings, currency: str) -> str:
    return (
        "; ".join(
            f"{book.count} sales, price {_money(book.price, currency)}, tips {_money(book.tip, currency)}, tax "
            + (", ".join(f"{tax.rate} % {_money(tax.tax, currency)}" for tax in book.taxes) or "none")
            for book in it.books
            if book.currency == currency
        )
        or "nothing"
    )


def _by_id(it: Takings) -> set[tuple[str, str, str, int, int, int]]:
    return {
        (seller.staff, seller.channel, seller.currency, seller.count, seller.total, seller.total_sat)
        for seller in it.sellers
    }


def _by_cashier(it: Takings) -> str:
    return "; ".join(
        f"{seller.name or seller.channel.value}: {seller.count} sales, {_money(seller.total, seller.currency)}"
        for seller in it.sellers
    )


def _returned(of: tuple[GivenBack, ...]) -> str:
    return "; ".join(f"{it.count}, {_money(it.minor, it.currency)}, {_money(it.sat, SAT)}" for it in of) or "nothing"


def _part(it: Part) -> str:
    return f"{it.count}, {_money(it.sat, SAT)}"


def _money(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency), "en")


def _name(kept: Kept) -> str:
    return f"report {kept.number} of {kept.till}"


def _many(count: int, what: str) -> str:
    return f"1 {what} is" if count == 1 else f"{count} {what}s are"
