"""How often a card was tried for a charge, and whether the last try is open. Nothing of a card itself."""

from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from pos.domain.card import MOST_TRIES, OPEN_FOR, CardTry
from pos.store.tables import card_tries

_READ = select(card_tries.c.number, card_tries.c.opened_at).where(card_tries.c.charge_id == bindparam("charge_id"))
_OPEN = text("""
    INSERT INTO card_try (charge_id, number, opened_at) VALUES (:charge_id, 1, :now)
    ON CONFLICT (charge_id) DO UPDATE SET number = card_try.number + 1, opened_at = excluded.opened_at
    WHERE card_try.number < :most AND (card_try.opened_at IS NULL OR card_try.opened_at <= :over)
    RETURNING number
""")
_THE_TRY = update(card_tries).where(
    card_tries.c.charge_id == bindparam("of_charge"), card_tries.c.number == bindparam("of_number")
)
_GO_ON = _THE_TRY.where(card_tries.c.opened_at.is_(None)).values(
    number=card_tries.c.number + 1, opened_at=bindparam("now")
)
_FAIL = _THE_TRY.values(opened_at=None)


def read(connection: Connection, charge_id: str) -> CardTry | None:
    """Return the last try for a charge."""
    row = connection.execute(_READ, {"charge_id": charge_id}).one_or_none()
    return CardTry(*row) if row else None


def begin(connection: Connection, charge_id: str, now: int) -> CardTry | None:
    """Open another try for a charge, unless one is open, or there were enough."""
    asked = {"charge_id": charge_id, "now": now, "most": MOST_TRIES, "over": now - OPEN_FOR}
    number = connection.execute(_OPEN, asked).scalar()
    return None if number is None else CardTry(number, now)


def go_on(connection: Connection, charge_id: str, number: int, now: int) -> CardTry | None:
    """Open the next try in the place of one that waited for a PIN; None where another card was tried since."""
    went_on = connection.execute(_GO_ON, _named(charge_id, number) | {"now": now}).rowcount == 1
    return CardTry(number + 1, now) if went_on else None


def fail(connection: Connection, charge_id: str, number: int) -> None:
    """Write down that a try has failed: the next may begin."""
    connection.execute(_FAIL, _named(charge_id, number))


def _named(charge_id: str, number: int) -> dict[str, Any]:
    return {"of_charge": charge_id, "of_number": number}
