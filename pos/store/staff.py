"""The staff. Who has left stays, as sales name them, and has no PIN."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from pos.domain.event import Event, Kind
from pos.domain.money import Money
from pos.domain.owner import name_key
from pos.domain.staff import PinTaken, Role, Staff, StaffNameTaken
from pos.store import events
from pos.store.rows import can_be_written
from pos.store.tables import devices, sales, staff
from pos.store.transactions import Transactions

_STAFF = [it for it in staff.c if it is not staff.c.pin_digest]
_ANY = select(staff.c.id).where(staff.c.removed_at.is_(None)).limit(1)
_ALL = select(*_STAFF).where(staff.c.removed_at.is_(None)).order_by(staff.c.created_at, staff.c.id)
_NAMES = select(staff.c.id, staff.c.name)
_BY_ID = select(*_STAFF).where(staff.c.id == bindparam("id"))
_BY_PIN = select(*_STAFF).where(staff.c.pin_digest == bindparam("digest"), staff.c.removed_at.is_(None))
_ADD = insert(staff)
_OF_ID = (staff.c.id == bindparam("of_id"), staff.c.removed_at.is_(None))
_CHANGE = (
    update(staff)
    .where(*_OF_ID)
    .values(
        name=bindparam("new_name"),
        role=bindparam("new_role"),
        currency=bindparam("new_currency"),
        sale_limit=bindparam("new_sale_limit"),
        refund_limit=bindparam("new_refund_limit"),
    )
)
# Held until the change is written: of two at once the second one sees what the first has made of somebody.
_ROLE = select(staff.c.role).where(*_OF_ID).with_for_update()
_SET_PIN = update(staff).where(*_OF_ID).values(pin_digest=bindparam("digest"))
_REMOVE = update(staff).where(*_OF_ID).values(removed_at=bindparam("now"), pin_digest=None)
_LOCK = update(devices).where(devices.c.staff_id == bindparam("of_id")).values(staff_id="")
_AT = select(devices.c.staff_id, devices.c.name).where(devices.c.staff_id != "", devices.c.revoked_at.is_(None))
# Who reads need not wait for it; of two who take one name, one does.
_ONE_AT_A_TIME = text("LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE")
_SOLD = (
    select(sales.c.staff, func.count())
    .where(
        sales.c.network == bindparam("network"),
        sales.c.at >= bindparam("since"),
        sales.c.paid_at.is_not(None),
        sales.c.staff != "",
    )
    .group_by(sales.c.staff)
)


class StaffRows:
    """Who sells. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def exist(self) -> bool:
        """Tell whether anybody has a PIN."""
        with self._transactions.begin() as connection:
            return connection.execute(_ANY).first() is not None

    def listed(self) -> list[Staff]:
        """Return who works in the shop, in the order in which they came."""
        with self._transactions.begin() as connection:
            return _all(connection)

    def get(self, staff_id: str) -> Staff | None:
        """Return somebody by the id, whoever has left, too."""
        if not can_be_written(staff_id):
            return None
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_ID, {"id": staff_id}).one_or_none()
        return _read(row) if row else None

    def called(self, words: str) -> frozenset[str]:
        """Return whose names have these words in them, in whichever case, by the ids; also of those who have left."""
        with self._transactions.begin() as connection:
            rows = connection.execute(_NAMES).all()
        return frozenset(row.id for row in rows if words.casefold() in row.name.casefold())

    def find_by_pin(self, digest: str) -> Staff | None:
        """Return whose PIN it is, by what is kept of it."""
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_PIN, {"digest": digest}).one_or_none()
        return _read(row) if row else None

    def add(self, new: Staff, pin_digest: str, by: str) -> None:
        """Write somebody new down. Raises PinTaken or StaffNameTaken."""
        with self._write_or_taken() as connection:
            _check_name(connection, new)
            keys = {"id": new.id, "pin_digest": pin_digest, "created_at": new.created_at}
            connection.execute(_ADD, {**keys, **_values(new)})
            self._tell(connection, Kind.STAFF_ADDED, new, by, new.created_at)

    def change(self, changed: Staff, pin_digest: str | None, by: str, now: int) -> bool:
        """Write down what somebody is now. With another PIN or another role no device knows them any more.

        Tell whether they are there still. Raises PinTaken or StaffNameTaken.
        """
        values = {f"new_{name}": value for name, value in _values(changed).items()}
        with self._write_or_taken() as connection:
            _check_name(connection, changed)
            role = connection.execute(_ROLE, {"of_id": changed.id}).scalar_one_or_none()
            if role is None:
                return False
            connection.execute(_CHANGE, {"of_id": changed.id, **values})
            if pin_digest:
                connection.execute(_SET_PIN, {"of_id": changed.id, "digest": pin_digest})
            if pin_digest or role != changed.role.value:
                connection.execute(_LOCK, {"of_id": changed.id})
            self._tell(connection, Kind.STAFF_CHANGED, changed, by, now)
        return True

    def remove(self, leaving: Staff, by: str, now: int) -> None:
        """Let somebody be one of the staff no more: no device knows them any more."""
        with self._transactions.write() as connection:
            if connection.execute(_REMOVE, {"of_id": leaving.id, "now": now}).rowcount:
                connection.execute(_LOCK, {"of_id": leaving.id})
                self._tell(connection, Kind.STAFF_REMOVED, leaving, by, now)

    def at_devices(self) -> dict[str, str]:
        """Return the names of the devices at which somebody has signed in, by who that is."""
        with self._transactions.begin() as connection:
            return {row.staff_id: row.name for row in connection.execute(_AT)}

    def sold_since(self, since: int) -> dict[str, int]:
        """Count the paid sales since a time, by who made them."""
        with self._transactions.begin() as connection:
            rows = connection.execute(_SOLD, {"network": self._network, "since": since})
            return {row[0]: row[1] for row in rows}

    @contextmanager
    def _write_or_taken(self) -> Iterator[Connection]:
        try:
            with self._transactions.write() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(_ONE_AT_A_TIME)
                yield connection
        except IntegrityError as error:
            raise PinTaken from error

    def _tell(self, connection: Connection, kind: Kind, it: Staff, by: str, now: int) -> None:
        events.add(
            connection, self._network, Event(kind, it.id, now, {"name": it.name, "role": it.role.value, "by": by})
        )


def _all(connection: Connection) -> list[Staff]:
    return [_read(row) for row in connection.execute(_ALL)]


def _check_name(connection: Connection, it: Staff) -> None:
    """Look through the staff, of whom there are few. Raises StaffNameTaken."""
    if any(name_key(other.name) == name_key(it.name) for other in _all(connection) if other.id != it.id):
        raise StaffNameTaken(it.name)


def _values(it: Staff) -> dict[str, object]:
    limits = [limit for limit in (it.sale_limit, it.refund_limit) if limit]
    return {
        "name": it.name,
        "role": it.role.value,
        "currency": limits[0].currency if limits else "",
        "sale_limit": it.sale_limit.minor if it.sale_limit else None,
        "refund_limit": it.refund_limit.minor if it.refund_limit else None,
    }


def _read(row: Row[Any]) -> Staff:
    return Staff(
        row.id,
        row.name,
        Role(row.role),
        row.created_at,
        sale_limit=_limit(row.sale_limit, row.currency),
        refund_limit=_limit(row.refund_limit, row.currency),
        removed_at=row.removed_at,
    )


def _limit(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
