"""Every SQL statement of the till. Takes and returns domain values; what they mean is not decided here."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from pos.domain.charge import Channel, Charge, Payment, Tally
from pos.domain.due import Unpaid
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.store import notify
from pos.store.engine import open_engine, reason
from pos.store.rows import charge_values, read_charge, read_tally
from pos.store.tables import UNPAID, charges, leases

# Made once: to build a statement takes longer than to run it.
_ADD = insert(charges)
_OURS = charges.c.network == bindparam("network")
_BY_ID = select(charges).where(_OURS, charges.c.id == bindparam("id"))
_BY_IDEMPOTENCY_KEY = select(charges).where(
    _OURS,
    charges.c.channel == bindparam("channel"),
    charges.c.idempotency_key == bindparam("idempotency_key"),
)
_BY_INVOICE = select(charges).where(_OURS, charges.c.invoice_id == bindparam("invoice_id"))
_BY_PAYMENT_HASH = select(charges).where(_OURS, charges.c.payment_hash == bindparam("payment_hash"))
_MARK_PAID = update(charges).where(charges.c.id == bindparam("charge_id"), UNPAID)
_ENDS_AT = func.coalesce(charges.c.cancelled_at, charges.c.expires_at)
_CANCEL = update(charges).where(
    charges.c.id == bindparam("charge_id"),
    UNPAID,
    charges.c.cancelled_at.is_(None),
    charges.c.expires_at > bindparam("now"),
)
_LIST_UNPAID = select(charges.c.id, charges.c.created_at, _ENDS_AT, charges.c.looks).where(
    _OURS, UNPAID, charges.c.expires_at > bindparam("expires_after")
)
_AT_TILL = (
    select(charges)
    .where(_OURS, charges.c.till == bindparam("till"), charges.c.created_at >= bindparam("since"))
    .order_by(charges.c.created_at.desc(), charges.c.id)
    .limit(bindparam("most"))
)
_THE_LEASE = leases.c.name == bindparam("lease")
_READ_LEASE = select(leases.c.holder, leases.c.beat).where(_THE_LEASE)
_AS_I_SAW_IT = (leases.c.holder == bindparam("seen_holder"), leases.c.beat == bindparam("seen_beat"))
_TAKE_LEASE = update(leases).where(_THE_LEASE, *_AS_I_SAW_IT)
_TALLY = (
    select(
        charges.c.channel,
        func.count().label("made"),
        func.count(charges.c.paid_at).label("paid"),
        func.count().filter(charges.c.paid_at > _ENDS_AT).label("late"),
        func.count().filter(UNPAID, bindparam("now") < _ENDS_AT).label("open"),
        func.coalesce(func.sum(charges.c.received_sat), 0).label("received_sat"),
    )
    .where(_OURS)
    .group_by(charges.c.channel)
)


# Nobody leads, and nobody ever has.
NO_LEASE = ("", 0)


class StoreError(Refusal):
    """The database did not take or give what was asked: locked, full, gone."""

    def __init__(self, reason: str) -> None:
        sentence = Sentence("The till cannot read or write its database right now. Try again in a moment.")
        super().__init__(sentence, 503, reason)


class InvoiceTaken(Exception):
    """Another charge already has this invoice."""


class Store:
    """The till's book, as far as it is about one network (its BOLT 11 prefix). Every method may raise StoreError."""

    def __init__(self, url: str, network: str) -> None:
        self._network = network
        self.engine = open_engine(url)
        among = charges.c.id.in_(_listed(self.engine.dialect.name))
        ended = or_(charges.c.paid_at.is_not(None), charges.c.cancelled_at.is_not(None))
        self._ended_among = select(charges.c.id, charges.c.paid_at.is_not(None)).where(ended, among)
        # Two processes that write down the same looks at once must not wait for each other.
        free = select(charges.c.id).where(UNPAID, among).order_by(charges.c.id).with_for_update(skip_locked=True)
        self._look = update(charges).where(charges.c.id.in_(free)).values(looks=charges.c.looks + 1)

    def add(self, charge: Charge) -> Charge:
        """Write a charge down, and return the one that holds its key: this one, or the one that was there first.

        Raises InvoiceTaken.
        """
        try:
            with self._begin() as connection:
                connection.execute(_ADD, {"network": self._network, **charge_values(charge)})
        except IntegrityError as error:
            first = self.find_by_idempotency_key(charge.channel, charge.idempotency_key)
            if first is None:
                raise InvoiceTaken(charge.invoice.id) from error
            return first
        return charge

    def get(self, charge_id: str) -> Charge | None:
        """Return a charge by its id."""
        return self._one(_BY_ID, id=charge_id)

    def find_by_idempotency_key(self, channel: Channel, idempotency_key: str) -> Charge | None:
        """Return the charge that was made with an idempotency key of that channel."""
        return self._one(_BY_IDEMPOTENCY_KEY, channel=channel.value, idempotency_key=idempotency_key)

    def find_by_invoice(self, invoice_id: str) -> Charge | None:
        """Return the charge that has an invoice, by the wallet's id of it."""
        return self._one(_BY_INVOICE, invoice_id=invoice_id)

    def find_by_payment_hash(self, payment_hash: str) -> Charge | None:
        """Return the charge whose invoice has a payment hash (64 hex digits, lower case)."""
        return self._one(_BY_PAYMENT_HASH, payment_hash=payment_hash)

    def mark_paid(self, charge_id: str, payment: Payment) -> bool:
        """Write a payment down, unless there is one. Tell whether it was this call that did it: the door to "paid"."""
        with self._begin() as connection:
            changed = connection.execute(
                _MARK_PAID,
                {
                    "charge_id": charge_id,
                    "paid_at": payment.paid_at,
                    "received_sat": payment.received_sat,
                    "preimage": payment.preimage,
                    "proven": payment.proven,
                },
            )
            if changed.rowcount == 1:
                notify.tell(connection, charge_id)
            return changed.rowcount == 1

    def cancel(self, charge_id: str, now: int) -> bool:
        """Write down that nobody is to pay a charge any more, if it is open at `now` (unix seconds). Tell whether."""
        with self._begin() as connection:
            changed = connection.execute(_CANCEL, {"charge_id": charge_id, "now": now, "cancelled_at": now})
            if changed.rowcount == 1:
                notify.tell(connection, charge_id)
            return changed.rowcount == 1

    def at_till(self, till: str, since: int, most: int) -> list[Charge]:
        """Return a till's newest charges, the newest first: those made since a time (unix seconds), and so many."""
        with self._begin() as connection:
            rows = connection.execute(_AT_TILL, {"network": self._network, "till": till, "since": since, "most": most})
            return [read_charge(row) for row in rows]

    @contextmanager
    def listen(self) -> Iterator[Callable[[float], None]]:
        """Give a function that waits, so many seconds at most, until any process may have written an end down."""
        with self._errors(), notify.listen(self.engine) as wait:
            yield wait

    def ended_among(self, charge_ids: Collection[str]) -> set[tuple[str, bool]]:
        """Return which of these charges are paid (True), and which are cancelled and not paid (False)."""
        with self._begin() as connection:
            rows = connection.execute(self._ended_among, {"ids": json.dumps(list(charge_ids))})
            return {(row.id, bool(row[1])) for row in rows}

    def unpaid(self, expires_after: int) -> list[Unpaid]:
        """Return every charge without a payment whose invoice expires after that time (unix seconds)."""
        with self._begin() as connection:
            rows = connection.execute(_LIST_UNPAID, {"network": self._network, "expires_after": expires_after})
            return [Unpaid(*row) for row in rows]

    def look(self, charge_ids: Collection[str]) -> None:
        """Write down that screens look at these charges now."""
        with self._begin() as connection:
            connection.execute(self._look, {"ids": json.dumps(list(charge_ids))})

    def read_lease(self) -> tuple[str, int]:
        """Return who leads the watch, and the holder's beat; nobody's name is empty."""
        with self._begin() as connection:
            row = connection.execute(_READ_LEASE, {"lease": self._network}).one_or_none()
        return (row.holder, row.beat) if row else NO_LEASE

    def take_lease(self, holder: str, seen: tuple[str, int]) -> bool:
        """Take, keep or give up (to nobody, "") the lease, unless it is not any more as it was seen. Tell whether."""
        values = {"holder": holder, "beat": seen[1] + 1}
        try:
            with self._begin() as connection:
                if seen == NO_LEASE:
                    connection.execute(insert(leases), {"name": self._network, **values})
                    return True
                names = {"lease": self._network, "seen_holder": seen[0], "seen_beat": seen[1]}
                return connection.execute(_TAKE_LEASE, names | values).rowcount == 1
        except IntegrityError:
            return False

    def tally(self, now: int) -> list[Tally]:
        """Count the charges of each channel, and what they brought; a channel that sold nothing counts, too."""
        with self._begin() as connection:
            rows = connection.execute(_TALLY, {"network": self._network, "now": now}).all()
        tallies = {row.channel: read_tally(row) for row in rows}
        return [tallies.get(channel.value, Tally(channel)) for channel in Channel]

    def close(self) -> None:
        """Let go of every open connection; what is asked next opens new ones."""
        self.engine.dispose()

    def check(self) -> None:
        """Prove that the database takes a write, and leave nothing behind."""
        with self._begin() as connection:
            connection.execute(update(charges).where(charges.c.id == "").values(memo=""))

    def _one(self, query: Select[Any], **values: str) -> Charge | None:
        if not all(map(_can_be_written, values.values())):
            # What cannot be written down was not, whoever asks for it.
            return None
        with self._begin() as connection:
            row = connection.execute(query, {"network": self._network, **values}).one_or_none()
        return read_charge(row) if row else None

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with self._errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, psycopg.Error) as error:
            raise StoreError(reason(error)) from error


def _listed(dialect: str) -> Select[Any]:
    """Select the texts of a JSON list, the parameter `ids`: a thousand of them as one value, not as a thousand."""
    ids: BindParameter[str] = bindparam("ids")
    if dialect == "sqlite":
        return select(func.json_each(ids).table_valued("value").c.value)
    return select(func.jsonb_array_elements_text(cast(ids, JSONB)).table_valued("value").c.value)


def _can_be_written(text: str) -> bool:
    """Tell whether a database takes a text: PostgreSQL knows no NUL, and half of a surrogate pair is no UTF-8."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
