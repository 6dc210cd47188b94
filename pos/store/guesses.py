"""The wrong passwords and codes of late, as all processes have counted them, by what they were tried for.

For as many as there is room: a flood pushes out who was wrong longest ago.
"""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, delete, select, text

from pos.domain.guesses import FORGOTTEN_AFTER, Guesses
from pos.store.tables import guesses
from pos.store.transactions import Transactions

_REMEMBERED = 10_000
_OF = guesses.c.asked.in_(bindparam("asked", expanding=True))
_KNOWN = select(guesses).where(_OF)
_COUNT = text("""
    INSERT INTO guess (asked, wrong, wrong_at) VALUES (:asked, :wrong, :wrong_at)
    ON CONFLICT (asked) DO UPDATE SET wrong = excluded.wrong, wrong_at = excluded.wrong_at
""")
_FORGET = delete(guesses).where(_OF)
_END_OLD = delete(guesses).where(guesses.c.wrong_at <= bindparam("before"))
_LAST_WITH_ROOM = select(guesses.c.wrong_at).order_by(guesses.c.wrong_at.desc()).limit(1).offset(bindparam("room"))
_MAKE_ROOM = delete(guesses).where(guesses.c.wrong_at < _LAST_WITH_ROOM.scalar_subquery())
# Of two who try at once, in whichever process, the second one is counted after the first.
_ONE_AT_A_TIME = text("LOCK TABLE guess IN SHARE ROW EXCLUSIVE MODE")


class GuessRows:
    """What is counted. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions, remembered: int = _REMEMBERED) -> None:
        self._transactions = transactions
        self._remembered = remembered

    def wait(self, asked: Collection[str], now: int) -> int:
        """Return the seconds until another try is taken for all of these; 0 if it is now."""
        with self._transactions.begin() as connection:
            return _wait(_known(connection, asked), now)

    def count(self, asked: Collection[str], now: int) -> int:
        """Count a try for each of these as a wrong one, unless one has to wait: return the seconds then."""
        with self._transactions.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_ONE_AT_A_TIME)
            known = _known(connection, asked)
            if seconds := _wait(known, now):
                return seconds
            for each in asked:
                more = known.get(each, Guesses()).one_more(now)
                connection.execute(_COUNT, {"asked": each, "wrong": more.wrong, "wrong_at": now})
            if len(known) < len(asked):
                connection.execute(_END_OLD, {"before": now - FORGOTTEN_AFTER})
                connection.execute(_MAKE_ROOM, {"room": self._remembered - 1})
        return 0

    def forget(self, asked: Collection[str]) -> None:
        """Forget the wrong ones of these."""
        with self._transactions.write() as connection:
            connection.execute(_FORGET, {"asked": list(asked)})


def _known(connection: Connection, asked: Collection[str]) -> dict[str, Guesses]:
    rows = connection.execute(_KNOWN, {"asked": list(asked)})
    return {row.asked: Guesses(row.wrong, row.wrong_at) for row in rows}


def _wait(known: dict[str, Guesses], now: int) -> int:
    return max((it.wait(now) for it in known.values()), default=0)
