"""Who sells at which device: let in by a PIN, counted while it is wrong, and locked out again."""

from sqlalchemy import bindparam, select, update

from pos.domain.device import Device
from pos.domain.event import Event, Kind
from pos.domain.pin import Tries, Wrong
from pos.domain.staff import Staff
from pos.store import events
from pos.store.tables import devices, staff
from pos.store.transactions import Transactions

_OF_DEVICE = devices.c.id == bindparam("of_id")
_TRIES = select(devices.c.wrong_pins, devices.c.wrong_at).where(_OF_DEVICE)
# Only whoever has read what stands there now counts: of a thousand at once one does.
_COUNT = (
    update(devices)
    .where(_OF_DEVICE, devices.c.wrong_pins == bindparam("was"), devices.c.wrong_at == bindparam("was_at"))
    .values(wrong_pins=bindparam("wrong"), wrong_at=bindparam("at"))
)
_FORGET = (
    update(devices)
    .where(_OF_DEVICE, devices.c.wrong_pins > 0, devices.c.revoked_at.is_(None))
    .values(wrong_pins=0, wrong_at=0)
)
_LET_IN = update(devices).where(_OF_DEVICE, devices.c.revoked_at.is_(None))
_LET_IN = _LET_IN.values(staff_id=bindparam("seller"), active_at=bindparam("now"))
# Held until it is written that they are let in: of who is given another PIN meanwhile, each device knows the new one.
_HAS_PIN = (
    select(staff.c.id)
    .where(staff.c.id == bindparam("seller"), staff.c.pin_digest == bindparam("pin_digest"))
    .with_for_update(read=True)
)
_LOCK = update(devices).where(_OF_DEVICE, devices.c.staff_id != "").values(staff_id="")
_ACTIVE = update(devices).where(_OF_DEVICE).values(active_at=bindparam("now"))
_WRONG = (
    select(devices.c.id, devices.c.name, devices.c.wrong_pins, devices.c.wrong_at)
    .where(devices.c.wrong_at >= bindparam("since"), devices.c.wrong_pins > 0, devices.c.revoked_at.is_(None))
    .order_by(devices.c.wrong_at.desc())
)


class Pins:
    """Who sells where. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def tries(self, device_id: str) -> Tries:
        """Return the wrong PINs of a device."""
        with self._transactions.begin() as connection:
            row = connection.execute(_TRIES, {"of_id": device_id}).one_or_none()
        return Tries(row.wrong_pins, row.wrong_at) if row else Tries()

    def count(self, device_id: str, before: Tries, after: Tries) -> bool:
        """Count a try in the place of what stood there before. Tell whether nobody else has done so meanwhile."""
        with self._transactions.write() as connection:
            return connection.execute(_COUNT, _counted(device_id, before, after)).rowcount == 1

    def forget(self, device: Device, by: str, now: int) -> None:
        """Forget the wrong PINs of a device, as an owner wants it: the next one is looked at at once."""
        with self._transactions.write() as connection:
            if connection.execute(_FORGET, {"of_id": device.id}).rowcount:
                told = Event(Kind.PINS_FORGOTTEN, device.id, now, {"device": device.name, "by": by})
                events.add(connection, self._network, told)

    def was_wrong(self, device: Device, wrong: int, now: int) -> None:
        """Write down for the owner that a PIN was wrong, the so-manieth one."""
        with self._transactions.write() as connection:
            told = Event(Kind.PIN_WRONG, device.id, now, {"device": device.name, "wrong": wrong})
            events.add(connection, self._network, told)

    def let_in(self, device: Device, seller: Staff, pin_digest: str, counted: Tries, before: Tries, now: int) -> bool:
        """Let somebody sell at a device, and take back that the try was counted as a wrong one.

        Tell whether it is a device of the shop still, and the PIN still theirs.
        """
        with self._transactions.write() as connection:
            if connection.execute(_HAS_PIN, {"seller": seller.id, "pin_digest": pin_digest}).first() is None:
                return False
            values = {"of_id": device.id, "seller": seller.id, "now": now}
            if connection.execute(_LET_IN, values).rowcount != 1:
                return False
            connection.execute(_COUNT, _counted(device.id, counted, before))
            told = Event(Kind.DEVICE_UNLOCKED, device.id, now, {"device": device.name, "by": seller.name})
            events.add(connection, self._network, told)
        return True

    def lock(self, device: Device, by: str, now: int) -> None:
        """Let nobody sell at a device until there is a PIN again."""
        with self._transactions.write() as connection:
            if connection.execute(_LOCK, {"of_id": device.id}).rowcount:
                told = Event(Kind.DEVICE_LOCKED, device.id, now, {"device": device.name, "by": by})
                events.add(connection, self._network, told)

    def note_active(self, device_id: str, now: int) -> None:
        """Write down that somebody does something at a device."""
        with self._transactions.write() as connection:
            connection.execute(_ACTIVE, {"of_id": device_id, "now": now})

    def wrong_since(self, since: int) -> list[Wrong]:
        """Return the devices at which a PIN was wrong since a time, the latest first."""
        with self._transactions.begin() as connection:
            rows = connection.execute(_WRONG, {"since": since}).all()
        return [Wrong(row.id, row.name, Tries(row.wrong_pins, row.wrong_at)) for row in rows]


def _counted(device_id: str, before: Tries, after: Tries) -> dict[str, object]:
    was = {"of_id": device_id, "was": before.wrong, "was_at": before.wrong_at}
    return {**was, "wrong": after.wrong, "at": after.wrong_at}
