"""Every SQL statement of the till. Takes and returns domain values; what they mean is not decided here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from pos.database import open_engine, reason
from pos.domain.charge import Charge, Face, Payment
from pos.domain.invoice import Invoice

metadata = MetaData()

charges = Table(
    "charge",
    metadata,
    Column("id", Text, primary_key=True),
    # Play money and real money may share a book: one is nothing to the other.
    Column("network", Text, nullable=False),
    Column("face", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("amount_sat", BigInteger, nullable=False),
    Column("memo", Text, nullable=False),
    Column("invoice_id", Text, nullable=False, unique=True),
    Column("payment_request", Text, nullable=False),
    # Unique: a wallet that answers with the same invoice twice would let one payment settle two charges.
    Column("payment_hash", Text, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("paid_at", BigInteger),
    Column("received_sat", BigInteger),
    Column("preimage", Text),
    Column("proven", Boolean),
    # Each face has keys of its own, so that nobody at the public tip jar can take one that a program will use.
    UniqueConstraint("network", "face", "key"),
)


# Made once: to build a statement takes longer than to run it.
_ADD = insert(charges)
_OURS = charges.c.network == bindparam("network")
_BY_ID = select(charges).where(_OURS, charges.c.id == bindparam("id"))
_BY_KEY = select(charges).where(_OURS, charges.c.face == bindparam("face"), charges.c.key == bindparam("key"))
_BY_INVOICE = select(charges).where(_OURS, charges.c.invoice_id == bindparam("invoice_id"))
_MARK_PAID = update(charges).where(charges.c.id == bindparam("charge_id"), charges.c.paid_at.is_(None))


class StoreError(Exception):
    """The database did not take or give what was asked: locked, full, gone. The text is for the log."""


class InvoiceTaken(Exception):
    """Another charge already has this invoice."""


class Store:
    """The till's book, as far as it is about one network (its BOLT 11 prefix). Every method may raise StoreError."""

    def __init__(self, url: str, network: str) -> None:
        self._network = network
        self.engine = open_engine(url)

    def add(self, charge: Charge) -> Charge:
        """Write a charge down, and return the one that holds its key: this one, or the one that was there first.

        Raises InvoiceTaken.
        """
        try:
            with self._begin() as connection:
                connection.execute(_ADD, {"network": self._network, **_values(charge)})
        except IntegrityError as error:
            first = self.find_by_key(charge.face, charge.key)
            if first is None:
                raise InvoiceTaken(charge.invoice.id) from error
            return first
        return charge

    def get(self, charge_id: str) -> Charge | None:
        """Return a charge by its id."""
        return self._one(_BY_ID, id=charge_id)

    def find_by_key(self, face: Face, key: str) -> Charge | None:
        """Return the charge that was made with an idempotency key of that face."""
        return self._one(_BY_KEY, face=face.value, key=key)

    def find_by_invoice(self, invoice_id: str) -> Charge | None:
        """Return the charge that has an invoice, by the wallet's id of it."""
        return self._one(_BY_INVOICE, invoice_id=invoice_id)

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
            return changed.rowcount == 1

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
        return _charge(row) if row else None

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise StoreError(reason(error)) from error


def _can_be_written(text: str) -> bool:
    """Tell whether a database takes a text: PostgreSQL knows no NUL, and half of a surrogate pair is no UTF-8."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _values(charge: Charge) -> dict[str, object]:
    return {
        "id": charge.id,
        "key": charge.key,
        "face": charge.face.value,
        "amount_sat": charge.amount_sat,
        "memo": charge.memo,
        "invoice_id": charge.invoice.id,
        "payment_request": charge.invoice.payment_request,
        "payment_hash": charge.invoice.payment_hash,
        "created_at": charge.created_at,
        "expires_at": charge.invoice.expires_at,
    }


def _charge(row: Row[Any]) -> Charge:
    paid = row.paid_at is not None
    return Charge(
        id=row.id,
        key=row.key,
        face=Face(row.face),
        amount_sat=row.amount_sat,
        memo=row.memo,
        invoice=Invoice(row.invoice_id, row.payment_request, row.payment_hash, row.expires_at),
        created_at=row.created_at,
        payment=Payment(row.paid_at, row.received_sat, row.preimage, row.proven) if paid else None,
    )
