"""The paired devices, and what is kept of each."""

from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update

from pos.domain.device import Device, Face
from pos.store.tables import devices
from pos.store.transactions import Transactions

_DEVICE = (
    *(devices.c.id, devices.c.face, devices.c.name, devices.c.place, devices.c.paired_at, devices.c.seen_at),
    *(devices.c.revoked_at, devices.c.staff_id, devices.c.active_at),
)
_BY_DIGEST: Select[Any] = select(*_DEVICE).where(devices.c.digest == bindparam("digest"))
_SEE = update(devices).where(devices.c.id == bindparam("of_id")).values(seen_at=bindparam("now"))

# Seconds between two times that it is written down that a device was seen.
_SEE_EVERY = 30


class Devices:
    """The paired devices. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def find(self, digest: str, now: int) -> Device | None:
        """Return the device that has a cookie, one that was taken off, too; and write down that it is seen."""
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_DIGEST, {"digest": digest}).one_or_none()
        if row and now - row.seen_at >= _SEE_EVERY:
            with self._transactions.write() as connection:
                connection.execute(_SEE, {"of_id": row.id, "now": now})
        return _read(row) if row else None


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
    )
