"""How often a card was tried for a charge, and whether the last try is open. Nothing of a card itself."""

from typing import Any

from sqlalchemy import bindparam, select, text, update

from pos.domain.card import MOST_TRIES, OPEN_FOR, CardTry
from pos.store.tables import card_tries
from pos.store.transactions import Transactions

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


class Cards:
    """The tries to pay charges by a card. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def last_try(self, charge_id: str) -> CardTry | None:
        """Return the last try to pay a charge by a card."""
        with self._transactions.begin() as connection:
            row = connection.execute(_READ, {"charge_id": charge_id}).one_or_none()
        return CardTry(*row) if row else None

    def begin(self, charge_id: str, now: int) -> CardTry | None:
        """Open a try for a charge, at `now` (unix seconds), unless one is open, or there were enough."""
        asked = {"charge_id": charge_id, "now": now, "most": MOST_TRIES, "over": now - OPEN_FOR}
        with self._transactions.write() as connection:
            number = connection.execute(_OPEN, asked).scalar()
        return None if number is None else CardTry(number, now)

    def go_on(self, charge_id: str, number: int, now: int) -> CardTry | None:
        """Open a try in the place of one that waited for a PIN; None where another one was opened since."""
        with self._transactions.write() as connection:
            went_on = connection.execute(_GO_ON, _named(charge_id, number) | {"now": now}).rowcount == 1
        return CardTry(number + 1, now) if went_on else None

    def fail(self, charge_id: str, number: int) -> None:
        """Write down that a try has failed: the next may be opened."""
        with self._transactions.write() as connection:
            connection.execute(_FAIL, _named(charge_id, number))


def _named(charge_id: str, number: int) -> dict[str, Any]:
    return {"of_charge": charge_id, "of_number": number}
