"""The refunds: what of a sale goes back, the invoices for it, and that it was paid."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from pos.domain.charge import Channel
from pos.domain.event import Event, Kind
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.refund import AtRate, Refund, RefundInvoice, RefundPayment, Rest
from pos.store import events
from pos.store.engine import reason
from pos.store.errors import InvoiceTaken, StoreError
from pos.store.tables import REFUND_DUE, REFUND_ENDED, refund_invoices, refunds, sales
from pos.store.transactions import Transactions

_AND = ","
_OURS = refunds.c.network == bindparam("network")
_ALL = select(refunds, sales.c.year, sales.c.number).join(sales, sales.c.id == refunds.c.sale_id).where(_OURS)
_BY_ID = _ALL.where(refunds.c.id == bindparam("id"))
_OF_SALE = _ALL.where(refunds.c.sale_id == bindparam("sale_id")).order_by(refunds.c.position)
_BY_KEY = _OF_SALE.where(refunds.c.idempotency_key == bindparam("idempotency_key"))
_DUE = (
    _ALL.where(REFUND_DUE)
    .order_by(refunds.c.created_at, sales.c.year, sales.c.number, refunds.c.position)
    .limit(bindparam("most"))
)
_ENDED = (
    _ALL.where(REFUND_ENDED)
    .order_by(refunds.c.created_at.desc(), sales.c.year.desc(), sales.c.number.desc(), refunds.c.position.desc())
    .limit(bindparam("most"))
)
_COUNT_DUE = select(func.count()).where(_OURS, REFUND_DUE)
_INVOICES = (
    select(refund_invoices)
    .where(refund_invoices.c.refund_id.in_(bindparam("ids", expanding=True)))
    .order_by(refund_invoices.c.refund_id, refund_invoices.c.position)
)
# Whoever asks for another refund of the same sale waits for the end of this transaction.
_LOCK_SALE = select(sales.c.id).where(sales.c.id == bindparam("sale_id")).with_for_update()
_COUNTED = select(func.coalesce(func.sum(refunds.c.amount), 0), func.coalesce(func.sum(refunds.c.amount_sat), 0)).where(
    refunds.c.sale_id == bindparam("sale_id"), refunds.c.paid_at.is_not(None) | refunds.c.cancelled_at.is_(None)
)
_LAST = select(func.coalesce(func.max(refunds.c.position), 0)).where(refunds.c.sale_id == bindparam("sale_id"))
_ADD = insert(refunds)
_LOCK_DUE = select(refunds.c.id).where(refunds.c.id == bindparam("id"), REFUND_DUE).with_for_update()
_ADD_INVOICE = insert(refund_invoices)
_LAST_INVOICE = select(func.coalesce(func.max(refund_invoices.c.position), 0)).where(
    refund_invoices.c.refund_id == bindparam("refund_id")
)
_UNPAID = update(refunds).where(refunds.c.id == bindparam("of_refund"), refunds.c.paid_at.is_(None))
_MARK_PAID = _UNPAID.values(paid_at=bindparam("at"), paid_by=bindparam("by"), preimage=bindparam("proof")).returning(
    refunds.c.sale_id, refunds.c.amount, refunds.c.amount_sat
)
_MARK_DUE_PAID = _MARK_PAID.where(refunds.c.cancelled_at.is_(None))
_KEEP_PROOF = (
    update(refunds)
    .where(
        refunds.c.id == bindparam("of_refund"),
        refunds.c.paid_at.is_not(None),
        refunds.c.preimage.is_(None),
        refunds.c.late_preimage.is_(None),
    )
    .values(late_preimage=bindparam("proof"))
)
_PROVEN = select(refunds.c.amount_sat, func.coalesce(refunds.c.preimage, refunds.c.late_preimage).label("proof")).where(
    refunds.c.id == bindparam("of_refund"), refunds.c.paid_at.is_not(None)
)
_MOVE_INVOICE = (
    update(refund_invoices)
    .where(refund_invoices.c.payment_hash == bindparam("paid_hash"))
    .values(refund_id=bindparam("to_refund"), position=1)
)
_CANCEL = _UNPAID.where(refunds.c.cancelled_at.is_(None)).values(cancelled_at=bindparam("at"))
_GIVE_BACK = (
    update(sales)
    .where(sales.c.id == bindparam("of_sale"))
    .values(
        refunded=sales.c.refunded + bindparam("given"),
        refunded_sat=sales.c.refunded_sat + bindparam("given_sat"),
    )
    .returning(sales.c.refunded)
)
_NOTE_BEFORE = update(refunds).where(refunds.c.id == bindparam("of_refund")).values(given_before=bindparam("before"))


class Refunds:
    """The refunds of one network. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def add(
        self, refund: Refund, idempotency_key: str, came: Rest, checked_against: tuple[int, int] | None = None
    ) -> Refund | None:
        """Write a refund down, with its first invoice if it has one, and return what holds the key: it, or the first.

        None, and nothing is written, where it is more than is left of what `came` for its sale, or where by now not as
        much of it goes back as a limit was checked against (as `counted` adds it up). Raises InvoiceTaken.
        """
        with _telling_others(), self._transactions.write() as connection:
            connection.execute(_LOCK_SALE, {"sale_id": refund.sale_id})
            first = self._by_key(connection, refund.sale_id, idempotency_key)
            if first:
                return first
            given, given_sat = map(int, connection.execute(_COUNTED, {"sale_id": refund.sale_id}).one())
            if checked_against not in (None, (given, given_sat)):
                return None
            if given + refund.amount.minor > came.amount.minor or given_sat + refund.amount_sat > came.amount_sat:
                return None
            position = 1 + int(connection.execute(_LAST, {"sale_id": refund.sale_id}).scalar_one())
            values = _values(refund) | {"position": position, "idempotency_key": idempotency_key}
            connection.execute(_ADD, values | {"network": self._network})
            for invoice in refund.invoices:
                _add_invoice(connection, refund.id, invoice)
            told: dict[str, int | str] = {"amount_sat": refund.amount_sat, "by": refund.staff}
            events.add(connection, self._network, Event(Kind.REFUND_MADE, refund.id, refund.created_at, told))
            return self._one(connection, _BY_ID, id=refund.id)

    def find(self, sale_id: str, idempotency_key: str) -> Refund | None:
        """Return the refund of a sale that was asked for with an idempotency key."""
        with self._transactions.begin() as connection:
            return self._by_key(connection, sale_id, idempotency_key)

    def get(self, refund_id: str) -> Refund | None:
        """Return a refund by its id."""
        with self._transactions.begin() as connection:
            return self._one(connection, _BY_ID, id=refund_id)

    def of_sale(self, sale_id: str) -> list[Refund]:
        """Return all refunds of a sale, the first one first."""
        with self._transactions.begin() as connection:
            return self._read(connection, connection.execute(_OF_SALE, self._ours(sale_id=sale_id)).all())

    def due(self, most: int) -> list[Refund]:
        """Return so many refunds that are neither paid nor cancelled, the oldest first."""
        with self._transactions.begin() as connection:
            return self._read(connection, connection.execute(_DUE, self._ours(most=most)).all())

    def ended(self, most: int) -> list[Refund]:
        """Return so many refunds that are paid or cancelled, those asked for last first."""
        with self._transactions.begin() as connection:
            return self._read(connection, connection.execute(_ENDED, self._ours(most=most)).all())

    def count_due(self) -> int:
        """Count the refunds that are neither paid nor cancelled."""
        with self._transactions.begin() as connection:
            return int(connection.execute(_COUNT_DUE, self._ours()).scalar_one())

    def add_invoice(self, refund_id: str, invoice: RefundInvoice, staff: str) -> bool:
        """Write down another invoice of a refund, which is to be paid from now on. Tell whether.

        Not of one that is paid or cancelled. The same invoice once more is nothing new. Raises InvoiceTaken.
        """
        with _telling_others(), self._transactions.write() as connection:
            if connection.execute(_LOCK_DUE, {"id": refund_id}).one_or_none() is None:
                return False
            known = self._one(connection, _BY_ID, id=refund_id)
            if known and known.invoice and known.invoice.payment_hash == invoice.payment_hash:
                return True
            _add_invoice(connection, refund_id, invoice)
            event = Event(Kind.REFUND_INVOICED, refund_id, invoice.given_at, {"by": staff})
            events.add(connection, self._network, event)
            return True

    def mark_paid(self, refund_id: str, payment: RefundPayment) -> bool:
        """Write down that a refund was paid, unless it is written. Tell whether it was this call that did it.

        One that was cancelled is paid by a proof alone.
        """
        values = {
            "of_refund": refund_id,
            "at": payment.paid_at,
            "by": payment.staff,
            "proof": payment.preimage,
        }
        with self._transactions.write() as connection:
            row = connection.execute(_MARK_PAID if payment.proven else _MARK_DUE_PAID, values).one_or_none()
            if row is None:
                return False
            _give_back(connection, refund_id, row.sale_id, row.amount, row.amount_sat)
            told: dict[str, int | str] = {
                "amount_sat": row.amount_sat,
                "proven": int(payment.proven),
                "by": payment.staff,
            }
            events.add(connection, self._network, Event(Kind.REFUND_PAID, refund_id, payment.paid_at, told))
            return True

    def keep_proof(self, refund_id: str, payment: RefundPayment) -> bool:
        """Keep the proof of a refund that is paid, unless it has one. Tell whether this is the one that is kept."""
        values = {"of_refund": refund_id, "proof": payment.preimage}
        with self._transactions.write() as connection:
            is_first = connection.execute(_KEEP_PROOF, values).rowcount == 1
            row = connection.execute(_PROVEN, {"of_refund": refund_id}).one()
            if is_first:
                told: dict[str, int | str] = {"amount_sat": row.amount_sat, "by": payment.staff}
                event = Event(Kind.REFUND_PROVEN, refund_id, payment.paid_at, told)
                events.add(connection, self._network, event)
            return is_first or row.proof == payment.preimage

    def add_second(self, first_id: str, second: Refund, idempotency_key: str) -> bool:
        """Write the second payment of a refund down: as another one of its sale, that is paid, and has the invoice.

        What left is given back, be it more than came. Tell whether: the same payment once more is nothing new.
        """
        payment, invoice = second.payment, second.invoice
        if payment is None or invoice is None:
            raise ValueError(f"refund {second.id} is no payment of refund {first_id}")
        with _telling_others(), self._transactions.write() as connection:
            connection.execute(_LOCK_SALE, {"sale_id": second.sale_id})
            if self._by_key(connection, second.sale_id, idempotency_key):
                return False
            position = 1 + int(connection.execute(_LAST, {"sale_id": second.sale_id}).scalar_one())
            values = _values(second) | {"position": position, "idempotency_key": idempotency_key}
            paid = {"paid_at": payment.paid_at, "paid_by": payment.staff, "preimage": payment.preimage}
            connection.execute(_ADD, values | paid | {"network": self._network})
            connection.execute(_MOVE_INVOICE, {"paid_hash": invoice.payment_hash, "to_refund": second.id})
            _give_back(connection, second.id, second.sale_id, second.amount.minor, second.amount_sat)
            told: dict[str, int | str] = {"amount_sat": second.amount_sat, "by": payment.staff}
            events.add(connection, self._network, Event(Kind.REFUND_PAID_TWICE, first_id, payment.paid_at, told))
            return True

    def cancel(self, refund_id: str, now: int, staff: str) -> bool:
        """Write down that a refund is not to be paid any more, unless it is. Tell whether."""
        with self._transactions.write() as connection:
            if connection.execute(_CANCEL, {"of_refund": refund_id, "at": now}).rowcount != 1:
                return False
            events.add(connection, self._network, Event(Kind.REFUND_CANCELLED, refund_id, now, {"by": staff}))
            return True

    def _ours(self, **values: object) -> dict[str, object]:
        return {"network": self._network, **values}

    def _by_key(self, connection: Connection, sale_id: str, idempotency_key: str) -> Refund | None:
        return self._one(connection, _BY_KEY, sale_id=sale_id, idempotency_key=idempotency_key)

    def _one(self, connection: Connection, query: Select[Any], **values: object) -> Refund | None:
        found = self._read(connection, connection.execute(query, self._ours(**values)).all())
        return found[0] if found else None

    def _read(self, connection: Connection, rows: Iterable[Row[Any]]) -> list[Refund]:
        rows = list(rows)
        invoices: dict[str, list[RefundInvoice]] = {row.id: [] for row in rows}
        for it in connection.execute(_INVOICES, {"ids": list(invoices)}) if invoices else ():
            invoices[it.refund_id].append(
                RefundInvoice(it.payment_request, it.payment_hash, it.expires_at, it.given_at)
            )
        return [_refund(row, tuple(invoices[row.id])) for row in rows]


@contextmanager
def _telling_others() -> Iterator[None]:
    """Turn whatever else stands there already into StoreError: that an invoice does is told where it is written."""
    try:
        yield
    except IntegrityError as error:
        raise StoreError(reason(error)) from error


def _give_back(connection: Connection, refund_id: str, sale_id: str, amount: int, amount_sat: int) -> None:
    """Count a refund that was paid in its sale, and write down what had gone back before it."""
    given = {"of_sale": sale_id, "given": amount, "given_sat": amount_sat}
    # Whoever pays another one of the same sale waits here, until this transaction has an end.
    refunded = int(connection.execute(_GIVE_BACK, given).scalar_one())
    connection.execute(_NOTE_BEFORE, {"of_refund": refund_id, "before": refunded - amount})


def _add_invoice(connection: Connection, refund_id: str, invoice: RefundInvoice) -> None:
    """Write an invoice of a locked refund down: of all that is unique in it only the hash can be another's."""
    values = {
        "payment_hash": invoice.payment_hash,
        "refund_id": refund_id,
        "position": 1 + int(connection.execute(_LAST_INVOICE, {"refund_id": refund_id}).scalar_one()),
        "payment_request": invoice.payment_request,
        "expires_at": invoice.expires_at,
        "given_at": invoice.given_at,
    }
    try:
        connection.execute(_ADD_INVOICE, values)
    except IntegrityError as error:
        raise InvoiceTaken(invoice.payment_hash) from error


def _values(refund: Refund) -> dict[str, object]:
    rate = refund.rate
    return {
        "id": refund.id,
        "sale_id": refund.sale_id,
        "channel": refund.channel.value,
        "till": refund.till,
        "currency": refund.amount.currency,
        "amount": refund.amount.minor,
        "amount_sat": refund.amount_sat,
        "at_rate": refund.at_rate.value,
        "rate": str(rate.price) if rate else None,
        "rate_at": rate.at if rate else None,
        "rate_sources": _AND.join(rate.sources) if rate else None,
        "reason": refund.reason,
        "created_at": refund.created_at,
        "staff": refund.staff,
    }


def _refund(row: Row[Any], invoices: tuple[RefundInvoice, ...]) -> Refund:
    rate = None
    if row.rate is not None:
        rate = Rate(row.currency, Decimal(row.rate), row.rate_at, tuple(row.rate_sources.split(_AND)))
    return Refund(
        id=row.id,
        sale_id=row.sale_id,
        channel=Channel(row.channel),
        till=row.till,
        amount=Money(row.amount, row.currency),
        amount_sat=row.amount_sat,
        reason=row.reason,
        created_at=row.created_at,
        at_rate=AtRate(row.at_rate),
        rate=rate,
        staff=row.staff,
        position=row.position,
        invoices=invoices,
        payment=_payment(row),
        cancelled_at=row.cancelled_at,
        number=Number(row.year, row.number),
    )


def _payment(row: Row[Any]) -> RefundPayment | None:
    if row.paid_at is None:
        return None
    return RefundPayment(row.paid_at, row.paid_by, row.preimage or row.late_preimage)
