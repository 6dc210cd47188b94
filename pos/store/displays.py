"""The customers' displays: when one was there last, and what its customer is asked."""

from sqlalchemy import Connection, bindparam, select, text, update

from pos.domain.question import Question
from pos.store.tables import displays

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


def see(connection: Connection, network: str, till: str, now: int) -> None:
    """Write down that a till's display is there now."""
    connection.execute(_SEE, {"network": network, "till": till, "now": now})


def seen_at(connection: Connection, network: str, till: str) -> int | None:
    """Return when a till's display was there last; None if it never was."""
    return connection.execute(_SEEN_AT, _named(network, till)).scalar_one_or_none()


def ask(connection: Connection, network: str, till: str, question: Question) -> None:
    """Ask it on a display that was there, in the place of what was asked before."""
    asked = {
        "token": question.token,
        "idempotency_key": question.idempotency_key,
        "asked_at": question.asked_at,
    }
    connection.execute(_ASK, {**_named(network, till), **asked})


def take_back(connection: Connection, network: str, till: str, token: str) -> None:
    """Ask nothing more about a sale."""
    connection.execute(_TAKE_BACK, {**_named(network, till), "of_token": token})


def question(connection: Connection, network: str, till: str) -> Question | None:
    """Return what was asked last, unless it was taken back."""
    row = connection.execute(_QUESTION, _named(network, till)).one_or_none()
    return Question(*row) if row else None


def _named(network: str, till: str) -> dict[str, str]:
    return {"of_network": network, "of_till": till}
