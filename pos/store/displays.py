"""The customers' displays: when one was there last, and what its customer is asked."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select, text, update

from pos.domain.draft import till_topic
from pos.domain.question import Question
from pos.store import drafts, notify
from pos.store.tables import displays
from pos.store.transactions import Transactions

_SEE = text("""
    INSERT INTO display (network, till, seen_at) VALUES (:network, :till, :now)
    ON CONFLICT (network, till) DO UPDATE SET seen_at = excluded.seen_at
""")
_OF_TILL = (displays.c.network == bindparam("of_network"), displays.c.till == bindparam("of_till"))
_SEEN_AT = select(displays.c.seen_at).where(*_OF_TILL)
_ASK = (
    update(displays)
    .where(*_OF_TILL)
    .values(token=bindparam("token"), idempotency_key=bindparam("idempotency_key"), asked_at=bindparam("asked_at"))
)
_TAKE_BACK = update(displays).where(*_OF_TILL, displays.c.token == bindparam("of_token")).values(token="")
_QUESTION = select(displays.c.token, displays.c.idempotency_key, displays.c.asked_at).where(
    *_OF_TILL, displays.c.token != ""
)


class Displays:
    """The displays of one network's tills. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def see(self, till: str, now: int) -> None:
        """Write down that a till's display is there now (unix seconds)."""
        with self._transactions.write() as connection:
            connection.execute(_SEE, {"network": self._network, "till": till, "now": now})

    def seen_at(self, till: str) -> int | None:
        """Return when a till's display was there last (unix seconds); None if it never was."""
        with self._transactions.begin() as connection:
            return connection.execute(_SEEN_AT, self._named(till)).scalar_one_or_none()

    def ask(self, till: str, question: Question) -> None:
        """Ask something on a till's display, which was there, in the place of what was asked before."""
        asked = {
            "token": question.token,
            "idempotency_key": question.idempotency_key,
            "asked_at": question.asked_at,
        }
        with self._transactions.write() as connection:
            connection.execute(_ASK, {**self._named(till), **asked})
            notify.tell(connection, till_topic(till))

    def take_back(self, till: str, token: str) -> None:
        """Ask nothing more on a till's display about the sale of a token."""
        with self._transactions.write() as connection:
            connection.execute(_TAKE_BACK, {**self._named(till), "of_token": token})
            notify.tell(connection, till_topic(till))

    def question(self, till: str) -> Question | None:
        """Return what was asked last on a till's display, unless it was taken back."""
        with self._transactions.begin() as connection:
            return self._question(connection, till)

    def versions(self, tills: Collection[str]) -> dict[str, object]:
        """Return for each of these tills what is another one as soon as there is news for its customer's display."""
        with self._transactions.begin() as connection:
            return {it: (drafts.version(connection, self._network, it), self._question(connection, it)) for it in tills}

    def _question(self, connection: Connection, till: str) -> Question | None:
        row = connection.execute(_QUESTION, self._named(till)).one_or_none()
        return Question(*row) if row else None

    def _named(self, till: str) -> dict[str, str]:
        return {"of_network": self._network, "of_till": till}
