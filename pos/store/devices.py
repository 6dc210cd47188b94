"""The paired devices, and what is kept of each."""

from dataclasses import astuple
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from pos.domain.device import Device, Face, Footprint
from pos.domain.event import Event, Kind
from pos.store import events
from pos.store.rows import can_be_written
from pos.store.tables import devices
from pos.store.transactions import Transactions

_DEVICE = (
    *(devices.c.id, devices.c.face, devices.c.name, devices.c.place, devices.c.paired_at, devices.c.seen_at),
    *(devices.c.revoked_at, devices.c.staff_id, devices.c.active_at, devices.c.shared_at),
)
_FOOTPRINT = (devices.c.seen_as, devices.c.seen_before, devices.c.changed_at, devices.c.changes)
_BY_DIGEST: Select[Any] = select(*_DEVICE, *_FOOTPRINT).where(devices.c.digest == bindparam("digest"))
_ALL: Select[Any] = select(*_DEVICE).where(devices.c.revoked_at.is_(None)).order_by(devices.c.name, devices.c.id)
_IS = (devices.c.id == bindparam("of_id"), devices.c.revoked_at.is_(None))
_BY_ID: Select[Any] = select(*_DEVICE).where(*_IS)
_SEE = (
    update(devices)
    .where(*_IS)
    .values(
        seen_at=bindparam("now"),
        seen_as=bindparam("new_seen_as"),
        seen_before=bindparam("before"),
        changed_at=bindparam("new_changed_at"),
        changes=bindparam("new_changes"),
        shared_at=bindparam("new_shared_at"),
    )
)
_RENAME = update(devices).where(*_IS).values(name=bindparam("new_name"))
# Nobody sells there any more.
_REVOKE = update(devices).where(*_IS).values(revoked_at=bindparam("now"), staff_id="")

# Seconds between two times that it is written down that a device was seen.
_SEE_EVERY = 30


class Devices:
    """The paired devices. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def find(self, digest: str, used_from: str, now: int) -> Device | None:
        """Return the device that has a cookie, one that was taken off, too; and write down that it is seen.

        `used_from` is whatever tells one place from another.
        """
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_DIGEST, {"digest": digest}).one_or_none()
        if row is None:
            return None
        device = _read(row)
        before = Footprint(row.seen_as, row.seen_before, row.changed_at, row.changes, row.shared_at)
        footprint = before.seen(used_from, now)
        if device.revoked_at is None and (footprint != before or now - device.seen_at >= _SEE_EVERY):
            with self._transactions.write() as connection:
                self._see(connection, device, footprint, now)
        return device

    def is_paired(self, digest: str) -> bool:
        """Tell whether a cookie is that of a device of the shop."""
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_DIGEST, {"digest": digest}).one_or_none()
        return row is not None and row.revoked_at is None

    def listed(self) -> list[Device]:
        """Return every device of the shop, by its name."""
        with self._transactions.begin() as connection:
            return [_read(row) for row in connection.execute(_ALL)]

    def get(self, device_id: str) -> Device | None:
        """Return a device of the shop; None if there is none, or no more."""
        if not can_be_written(device_id):
            return None
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_ID, {"of_id": device_id}).one_or_none()
        return _read(row) if row else None

    def rename(self, device_id: str, name: str, by: str, now: int) -> bool:
        """Give a device another name; False if there is none, or no more."""
        with self._transactions.write() as connection:
            was = connection.execute(_BY_ID, {"of_id": device_id}).one_or_none()
            if was is None:
                return False
            connection.execute(_RENAME, {"of_id": device_id, "new_name": name})
            told = {"by": by, "was": was.name, "name": name}
            events.add(connection, self._network, Event(Kind.DEVICE_RENAMED, device_id, now, told))
        return True

    def revoke(self, device_id: str, by: str, now: int) -> bool:
        """Take a device off the shop; False if there is none, or no more."""
        if not can_be_written(device_id):
            return False
        with self._transactions.write() as connection:
            was = connection.execute(_BY_ID, {"of_id": device_id}).one_or_none()
            if was is None or connection.execute(_REVOKE, {"of_id": device_id, "now": now}).rowcount != 1:
                return False
            told = {"by": by, "name": was.name, "face": was.face, "place": was.place}
            events.add(connection, self._network, Event(Kind.DEVICE_REVOKED, device_id, now, told))
        return True

    def _see(self, connection: Connection, device: Device, footprint: Footprint, now: int) -> None:
        seen_as, before, changed_at, changes, shared_at = astuple(footprint)
        values = {"new_seen_as": seen_as, "before": before, "new_changed_at": changed_at, "new_changes": changes}
        connection.execute(_SEE, {"of_id": device.id, "now": now, **values, "new_shared_at": shared_at})
        if shared_at != device.shared_at and not device.is_shared(now):
            # Nobody did it whose name is known.
            told = {"by": "", "name": device.name}
            events.add(connection, self._network, Event(Kind.DEVICE_SHARED, device.id, now, told))


def _read(row: Row[Any]) -> Device:
    return Device(
        row.id,
        Face(row.face),
        row.name,
        row.place,
        row.paired_at,
        row.seen_at,
        revoked_at=row.revoked_at,
        staff=row.staff_id,
        active_at=row.active_at,
        shared_at=row.shared_at,
    )
