"""The shifts: what a till took since the last one was closed, and the reports of those that are.

A payment has no shift until one is closed that counts it; that is one statement, so none is in two, or in none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from pos.domain.due import WATCHED_FOR
from pos.domain.event import Event, Kind
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.shift import (
    NAMED,
    Begun,
    Returned,
    Shift,
    StillOpen,
    Taken,
    carried,
    digest,
    given_back,
    list_of,
    names_counted,
    takings,
)
from pos.domain.z_report import Closed, Closing, Kept, NotAReport, ZReport, read_report
from pos.store import events
from pos.store.charges import OURS
from pos.store.reports import among, names_of
from pos.store.rows import can_be_written
from pos.store.tables import (
    COUNTED,
    KNOWN,
    NOT_OF_SALES,
    REFUND_REPORTED,
    REFUND_UNREPORTED,
    UNCOUNTED,
    UNPAID,
    charges,
    refunds,
    sales,
    shifts,
)
from pos.store.tables import events as told
from pos.store.taken import by_ids, by_shift, refunds_by_ids, refunds_by_shift
from pos.store.transactions import Transactions

# What a database takes for a number.
_MOST_NUMBER = 2**63 - 1

_OURS = shifts.c.network == bindparam("network")
_OUR_REFUNDS = refunds.c.network == bindparam("network")
_OF_TILL = select(shifts).where(_OURS, shifts.c.till == bindparam("till"))
_LAST = _OF_TILL.order_by(shifts.c.number.desc()).limit(1)
_BY_NUMBER = _OF_TILL.where(shifts.c.number == bindparam("number"))
_FOLLOWING = (
    select(shifts)
    .where(
        _OURS,
        shifts.c.till >= bindparam("till"),
        or_(shifts.c.till > bindparam("till"), shifts.c.number > bindparam("number")),
    )
    .order_by(shifts.c.till, shifts.c.number)
    .limit(1)
)
_LOST = select(func.count()).where(COUNTED, OURS, ~exists().where(shifts.c.id == charges.c.shift))
_LOST_REFUNDS = select(func.count()).where(
    REFUND_REPORTED, _OUR_REFUNDS, ~exists().where(shifts.c.id == refunds.c.shift)
)
_TOLD = select(told.c.subject).where(
    NOT_OF_SALES, told.c.network == bindparam("network"), told.c.kind == Kind.SHIFT_CLOSED.value
)
_OF_SALE = (
    select(shifts.c.till, shifts.c.number)
    .join_from(charges, shifts, shifts.c.id == charges.c.shift)
    .where(_OURS, charges.c.sale_id == bindparam("sale_id"))
    .distinct()
    .order_by(shifts.c.till, shifts.c.number)
)
_BEGIN = insert(shifts).returning(shifts.c.id)
_WRITE = (
    update(shifts)
    .where(shifts.c.id == bindparam("of_shift"))
    .values(sha256=bindparam("digest"), report=bindparam("text"), sales=bindparam("list"))
)
# To the next name by the index: a shop has a few, however many charges have each of them.
_NEXT_NAME = (
    select(charges.c.till).where(OURS, UNCOUNTED, charges.c.till > bindparam("name")).order_by(charges.c.till).limit(1)
)
_UNCOUNTED = (
    select(charges.c.paid_at, charges.c.id)
    .where(OURS, UNCOUNTED, charges.c.till == bindparam("name"))
    .order_by(charges.c.paid_at)
    .limit(bindparam("most"))
)
_NEXT_NAME_OF_REFUND = (
    select(refunds.c.till)
    .where(_OUR_REFUNDS, REFUND_UNREPORTED, refunds.c.till > bindparam("name"))
    .order_by(refunds.c.till)
    .limit(1)
)
_UNREPORTED = (
    select(refunds.c.paid_at, refunds.c.id)
    .where(_OUR_REFUNDS, REFUND_UNREPORTED, refunds.c.till == bindparam("name"))
    .order_by(refunds.c.paid_at)
    .limit(bindparam("most"))
)
# So many sales of a shift are counted where nobody needs to know of each, and no further.
_COUNTED_TO = 1000
# A sale that was paid again is no further one.
_SOLD = _UNCOUNTED.where(not_(charges.c.surplus)).subquery()
_BEGAN = select(
    _UNCOUNTED.with_only_columns(charges.c.paid_at).limit(1).scalar_subquery().label("since"),
    select(func.count()).select_from(_SOLD).scalar_subquery().label("sold"),
)
_RETURNED_SINCE = (
    select(refunds.c.paid_at)
    .where(_OUR_REFUNDS, REFUND_UNREPORTED, refunds.c.till == bindparam("name"))
    .order_by(refunds.c.paid_at)
    .limit(1)
)
# So that no index is taken for it: all charges that a till ever made would be walked through.
_NAME = charges.c.till.concat("")
# As `names_counted` says it: what waits may be at a kiosk of which nothing is to be counted yet.
_AT = or_(
    bindparam("till") == _NAME,
    and_(bindparam("is_first", type_=Boolean), _NAME.not_in(bindparam("tills", expanding=True))),
)
_NEVER_PAID = (OURS, UNPAID, charges.c.expires_at > bindparam("since"), _AT)
# One whose wallet was not heard since its end may be paid as well.
_OPEN = (
    select(
        *(sales.c.year, sales.c.number, sales.c.memo, sales.c.currency, sales.c.price, sales.c.tip),
        *(charges.c.amount_sat, charges.c.expires_at),
    )
    .join_from(charges, sales)
    .where(
        *_NEVER_PAID,
        # Nobody waits for a further invoice of a sale that is paid.
        sales.c.paid_at.is_(None),
        charges.c.cancelled_at.is_(None),
        or_(charges.c.expires_at > bindparam("now"), not_(KNOWN)),
    )
    .order_by(charges.c.expires_at, charges.c.id)
)
_CANCELLED = select(func.count()).where(
    *_NEVER_PAID, charges.c.cancelled_at >= bindparam("since"), charges.c.cancelled_at < bindparam("now")
)


class Shifts:
    """The shifts. Every method is a transaction and may raise StoreError. Times in unix seconds.

    Of one network's money; a report has so many payments `at_most`.
    """

    def __init__(self, transactions: Transactions, network: str, at_most: int) -> None:
        self._transactions = transactions
        self._network = network
        self._at_most = at_most

    def open(self, till: str, tills: Sequence[str], now: int) -> Shift:
        """Return a till's shift as it stands. The first of all `tills` counts what is of none of them, too."""
        with self._transactions.begin() as connection:
            before = self._last(connection, till)
            names = self._names(connection, till, tills)
            ids = self._first(connection, _UNCOUNTED, names)
            taken = by_ids(connection, ids[: self._at_most])
            returned = refunds_by_ids(connection, self._first(connection, _UNREPORTED, names))
            shift = self._drawn_up(connection, till, tills, before, taken, returned, now)
            return replace(shift, is_full=len(ids) > self._at_most)

    def begun(self, tills: Sequence[str]) -> list[Begun]:
        """Return the shifts that are open: those in which anything is, of all `tills`. It does not read what it is."""
        with self._transactions.begin() as connection:
            names = {it: self._names(connection, it, tills) for it in tills}
            return [begun for it in tills if (begun := self._begun(connection, it, names[it]))]

    def close(self, till: str, tills: Sequence[str], number: int, closing: Closing) -> Closed | None:
        """Close a till's shift of a number, and return its report, or that of whoever had closed it before.

        None where it is empty, or not there yet: then nothing is written.
        """
        try:
            with self._transactions.write() as connection:
                report = self._close(connection, till, tills, number, closing)
        except IntegrityError:
            # Another process was first by a moment.
            report = None
        if report:
            return Closed(report, now=True)
        kept = self.get(till, number)
        return Closed(read_report(kept.text), now=False) if kept else None

    def get(self, till: str, number: int) -> Kept | None:
        """Return the report of a till's shift."""
        if not can_be_written(till) or number > _MOST_NUMBER:
            return None
        with self._transactions.begin() as connection:
            values = {"network": self._network, "till": till, "number": number}
            row = connection.execute(_BY_NUMBER, values).one_or_none()
        return _kept(row) if row else None

    def listed(self, till: str | None, before: int | None, most: int) -> list[Kept]:
        """Return so many reports, of one till or of all, the newest first: those before one by its id."""
        if till is not None and not can_be_written(till):
            return []
        asked = select(shifts).where(_OURS, shifts.c.id < bindparam("before"))
        newest = max(0, min(before or _MOST_NUMBER, _MOST_NUMBER))
        values: dict[str, object] = {"network": self._network, "before": newest}
        if till is not None:
            asked, values = asked.where(shifts.c.till == bindparam("till")), values | {"till": till}
        with self._transactions.begin() as connection:
            rows = connection.execute(asked.order_by(shifts.c.id.desc()).limit(most), values).all()
        return [_kept(row) for row in rows]

    def following(self, after: tuple[str, int]) -> Kept | None:
        """Return the report that follows on one, by till and number, till after till."""
        till, number = after
        with self._transactions.begin() as connection:
            values = {"network": self._network, "till": till, "number": number}
            row = connection.execute(_FOLLOWING, values).one_or_none()
        return _kept(row) if row else None

    def counted(self, shift_id: int) -> list[Taken]:
        """Return all charges that name a report. Raises ValueError or TypeError where they make no sense any more."""
        with self._transactions.begin() as connection:
            return by_shift(connection, shift_id)

    def returned(self, shift_id: int) -> list[Returned]:
        """Return all refunds that name a report. Raises as `counted` does."""
        with self._transactions.begin() as connection:
            return refunds_by_shift(connection, shift_id)

    def of_sale(self, sale_id: str) -> list[tuple[str, int]]:
        """Return which reports have counted payments of a sale, by till and number."""
        with self._transactions.begin() as connection:
            rows = connection.execute(_OF_SALE, {"network": self._network, "sale_id": sale_id}).all()
        return [(row.till, row.number) for row in rows]

    def told(self) -> dict[str, int]:
        """Return the highest number of each till's shifts of which the events tell that it was closed."""
        highest: dict[str, int] = {}
        with self._transactions.begin() as connection:
            for subject in connection.execute(_TOLD, {"network": self._network}).scalars():
                till, _, number = subject.rpartition("/")
                if number.isdecimal():
                    highest[till] = max(highest.get(till, 0), int(number))
        return highest

    def count_lost(self) -> tuple[int, int]:
        """Count the charges and the refunds that name a report that is not there, among all that were ever counted."""
        values = {"network": self._network}
        with self._transactions.begin() as connection:
            lost, refunds_lost = (connection.execute(it, values).scalar_one() for it in (_LOST, _LOST_REFUNDS))
        return lost, refunds_lost

    def _close(
        self, connection: Connection, till: str, tills: Sequence[str], number: int, closing: Closing
    ) -> ZReport | None:
        """Write the report, and in each of its payments that it is in it. Raises IntegrityError as `close` swallows."""
        before = self._last(connection, till)
        names = self._names(connection, till, tills)
        ids = self._first(connection, _UNCOUNTED, names)
        refund_ids = self._first(connection, _UNREPORTED, names)
        if not (ids or refund_ids) or number != _next(before):
            return None
        # Whoever closes the same shift waits here, until this transaction has an end.
        values = {"network": self._network, "till": till, "number": number, "closed_at": closing.at}
        shift_id = connection.execute(_BEGIN, values).scalar_one()
        counted = names_of(connection, ids[: self._at_most]) | {"of_shift": shift_id}
        connection.execute(_count(connection.dialect.name), counted)
        counted = names_of(connection, refund_ids) | {"of_shift": shift_id}
        connection.execute(_count_refunds(connection.dialect.name), counted)
        taken, returned = by_shift(connection, shift_id), refunds_by_shift(connection, shift_id)
        shift = self._drawn_up(connection, till, tills, before, taken, returned, closing.at)
        shift = replace(shift, is_full=len(ids) > self._at_most)
        sold = list_of(taken, returned)
        report = ZReport(self._network, shift, closing, before.sha256 if before else "", digest(sold))
        written = {"of_shift": shift_id, "digest": report.sha256, "text": report.text, "list": sold}
        connection.execute(_WRITE, written)
        told: dict[str, int | str] = {"number": number, "by": closing.by}
        happened = Event(Kind.SHIFT_CLOSED, f"{till}/{number}", closing.at, told)
        events.add(connection, self._network, happened)
        return report

    def _begun(self, connection: Connection, till: str, names: Iterable[str]) -> Begun | None:
        values = {"network": self._network, "most": _COUNTED_TO + 1}
        rows = [connection.execute(_BEGAN, values | {"name": it}).one() for it in names]
        returned = [connection.scalar(_RETURNED_SINCE, values | {"name": it}) for it in names]
        times = [it for it in (*(row.since for row in rows), *returned) if it is not None]
        count = sum(int(row.sold) for row in rows)
        return Begun(till, min(times), min(count, _COUNTED_TO), count > _COUNTED_TO) if times else None

    def _last(self, connection: Connection, till: str) -> Row[Any] | None:
        return connection.execute(_LAST, {"network": self._network, "till": till}).one_or_none()

    def _names(self, connection: Connection, till: str, tills: Sequence[str]) -> list[str]:
        """Return which names of tills and kiosks count in a till's shift, of those that have anything to be counted."""
        found = self._found(connection) if till == tills[0] else ()
        return sorted(names_counted(till, tills, found))

    def _found(self, connection: Connection) -> Iterator[str]:
        for statement in (_NEXT_NAME, _NEXT_NAME_OF_REFUND):
            name: str | None = ""
            while (name := connection.scalar(statement, {"network": self._network, "name": name})) is not None:
                yield name

    def _first(self, connection: Connection, statement: Select[Any], names: Iterable[str]) -> list[str]:
        """Return what is in no report, the first paid first: as many as go into one, and one more."""
        most = self._at_most + 1
        values = {"network": self._network, "most": most}
        rows = [(row.paid_at, row.id) for it in names for row in connection.execute(statement, values | {"name": it})]
        return [found for _, found in sorted(rows)[:most]]

    def _drawn_up(
        self,
        connection: Connection,
        till: str,
        tills: Sequence[str],
        before: Row[Any] | None,
        taken: list[Taken],
        returned: list[Returned],
        now: int,
    ) -> Shift:
        """Return a shift of these payments and refunds, with what else happened until a time."""
        since = before.closed_at if before else min((it.made_at for it in taken), default=now)
        at = {"till": till, "tills": tills, "is_first": till == tills[0]}
        values = {"network": self._network, "now": now} | at
        still_open = connection.execute(_OPEN, values | {"since": now - WATCHED_FOR}).all()
        return Shift(
            till,
            _next(before),
            takings(taken),
            carried(taken, since, _left_open(before)),
            tuple(_read_open(*row) for row in still_open[:NAMED]),
            len(still_open),
            sum(row.amount_sat for row in still_open),
            connection.execute(_CANCELLED, values | {"since": since}).scalar_one(),
            given_back(returned),
        )


def _next(before: Row[Any] | None) -> int:
    return before.number + 1 if before else 1


def _kept(row: Row[Any]) -> Kept:
    return Kept(row.id, row.network, row.till, row.number, row.sha256, row.report, row.sales)


def _left_open(before: Row[Any] | None) -> set[Number]:
    """Return what was still open when the shift before was closed. One that somebody has spoiled says nothing."""
    try:
        return {it.number for it in read_report(before.report).shift.open} if before else set()
    except NotAReport:
        return set()


def _read_open(
    year: int, count: int, memo: str, currency: str, price: int, tip: int, amount_sat: int, ends_at: int
) -> StillOpen:
    return StillOpen(Number(year, count), memo, Money(price + tip, currency), amount_sat, ends_at)


@cache
def _count(dialect: str) -> Update:
    return update(charges).where(among(dialect, charges.c.id), UNCOUNTED).values(shift=bindparam("of_shift"))


@cache
def _count_refunds(dialect: str) -> Update:
    return update(refunds).where(among(dialect, refunds.c.id), REFUND_UNREPORTED).values(shift=bindparam("of_shift"))
