"""What browsers may become: the pairings that the owner offers, and the devices that they make."""

from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, insert, or_, select, update

from pos.domain.device import Device, Face
from pos.domain.event import Event, Kind
from pos.domain.owner import Owner
from pos.domain.pairing import Pairing, device_id_of
from pos.store import events
from pos.store.holding import hold
from pos.store.tables import devices, owner_sessions, pairings
from pos.store.transactions import Transactions

_IS_GOOD = (
    or_(pairings.c.digest == bindparam("of_digest"), pairings.c.code_digest == bindparam("of_digest")),
    pairings.c.used_at.is_(None),
    pairings.c.expires_at > bindparam("now"),
)
_PAIRING = (
    pairings.c.digest,
    pairings.c.face,
    pairings.c.name,
    pairings.c.place,
    pairings.c.expires_at,
    pairings.c.made_by,
)
_FIND: Select[Any] = select(*_PAIRING).where(*_IS_GOOD)
_USE = update(pairings).where(*_IS_GOOD).values(used_at=bindparam("now"))
_END_OLD = delete(pairings).where(pairings.c.expires_at <= bindparam("now"))
_SESSION = select(owner_sessions.c.digest).where(
    owner_sessions.c.digest == bindparam("session"),
    owner_sessions.c.owner_id == bindparam("owner_id"),
    owner_sessions.c.expires_at > bindparam("now"),
)
_MADE_BEFORE = select(devices.c.id).where(devices.c.digest == bindparam("digest"), devices.c.revoked_at.is_(None))


class Pairings:
    """The pairings. Every method is a transaction and may raise StoreError. Times in unix seconds.

    Each is known by two digests: of its link's token, and of its code.
    """

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def add(self, pairing: Pairing, digest: str, code_digest: str, owner: Owner, session: str, now: int) -> bool:
        """Write a pairing down, and forget those that are too old; False if its owner's `session` has ended by now."""
        values = {"digest": digest, "code_digest": code_digest, "made_at": now, "expires_at": pairing.expires_at}
        of_device = {"face": pairing.face.value, "name": pairing.name, "place": pairing.place, "made_by": pairing.by}
        with self._transactions.write() as connection:
            # In that order: whoever ends sessions holds their owner first, and then voids what was offered.
            hold(connection, owner)
            if connection.execute(_SESSION, {"session": session, "owner_id": owner.id, "now": now}).first() is None:
                return False
            connection.execute(_END_OLD, {"now": now})
            connection.execute(insert(pairings), {**values, **of_device})
        return True

    def find(self, digest: str, now: int) -> Pairing | None:
        """Return a pairing that is unused and not too old."""
        with self._transactions.begin() as connection:
            row = connection.execute(_FIND, {"of_digest": digest, "now": now}).one_or_none()
        return _read(row) if row else None

    def use(self, digest: str, device_digest: str, now: int) -> bool:
        """Use a pairing up, and write down the device that it makes: it has the token of `device_digest`.

        The same device may ask for it again. False if the pairing is not good, or somebody else was quicker.
        """
        asked = {"of_digest": digest, "now": now}
        with self._transactions.write() as connection:
            row = connection.execute(_FIND, asked).one_or_none()
            if row is None or connection.execute(_USE, asked).rowcount != 1:
                return connection.execute(_MADE_BEFORE, {"digest": device_digest}).first() is not None
            pairing = _read(row)
            device = Device(device_id_of(row.digest), pairing.face, pairing.name, pairing.place, now, now)
            connection.execute(insert(devices), _values(device, device_digest))
            told: dict[str, str | int] = {
                "by": pairing.by,
                "name": device.name,
                "face": device.face.value,
                "place": device.place,
            }
            events.add(connection, self._network, Event(Kind.DEVICE_PAIRED, device.id, now, told))
        return True


def _read(row: Row[Any]) -> Pairing:
    return Pairing(Face(row.face), row.name, row.place, row.expires_at, row.made_by)


def _values(device: Device, digest: str) -> dict[str, object]:
    return {
        "id": device.id,
        "face": device.face.value,
        "name": device.name,
        "place": device.place,
        "digest": digest,
        "paired_at": device.paired_at,
        "seen_at": device.seen_at,
    }
