"""What is being typed at the tills, and in which browsers. It is kept for minutes, and nothing is sold from it."""

import json

from sqlalchemy import Connection, bindparam, select, text

from pos.domain.draft import CHARGES_BACK, Draft, till_topic
from pos.domain.money import Money
from pos.domain.sale import Line
from pos.domain.tax import parse_tax_rate
from pos.store import notify
from pos.store.tables import charges, drafts
from pos.store.transactions import Transactions

# Seconds after which nothing is left of a page that is not open any more.
KEPT_FOR = 600
# Of one till. Who has more pages open than that sees the newest.
MOST_BROWSERS = 20

_PUT = text("""
    INSERT INTO draft
        (network, till, browser, version, currency, lines, worth_currency, worth, typed_at, seen_at)
    VALUES (:network, :till, :browser,
        (SELECT coalesce(max(version), 0) + 1 FROM draft WHERE network = :network AND till = :till),
        :currency, :lines, :worth_currency, :worth, :now, :now)
    ON CONFLICT (network, till, browser) DO UPDATE SET version = excluded.version, currency = excluded.currency,
        lines = excluded.lines, worth_currency = excluded.worth_currency, worth = excluded.worth,
        typed_at = excluded.typed_at, seen_at = excluded.seen_at
""")
_SEE = text("UPDATE draft SET seen_at = :now WHERE network = :network AND till = :till AND browser = :browser")
# One that was only seen has typed nothing, and so comes before whatever was typed.
_ADD_SEEN = text("""
    INSERT INTO draft (network, till, browser, version, currency, lines, typed_at, seen_at)
    VALUES (:network, :till, :browser, 0, '', '[]', 0, :now)
    ON CONFLICT (network, till, browser) DO NOTHING
""")
_SWEEP = text("DELETE FROM draft WHERE seen_at < :since")
_BOUND = text("""
    DELETE FROM draft WHERE network = :network AND till = :till AND browser NOT IN (
        SELECT browser FROM draft WHERE network = :network AND till = :till ORDER BY seen_at DESC, browser LIMIT :most)
""")
_AT_TILL = (drafts.c.network == bindparam("network"), drafts.c.till == bindparam("till"))
_LAST = select(drafts).where(*_AT_TILL).order_by(drafts.c.version.desc(), drafts.c.browser).limit(1)
_BROWSERS = select(drafts.c.browser).where(*_AT_TILL, drafts.c.seen_at >= bindparam("since"))
_VERSION = select(drafts.c.browser, drafts.c.version).where(*_AT_TILL)
_CHARGES = (
    select(charges.c.id, charges.c.paid_at, charges.c.cancelled_at)
    .where(charges.c.network == bindparam("network"), charges.c.till == bindparam("till"))
    .order_by(charges.c.created_at.desc())
    .limit(CHARGES_BACK)
)


class Drafts:
    """What is typed at one network's tills. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def put(self, draft: Draft, now: int) -> None:
        """Write down what is typed at a till now (unix seconds), in the place of what this browser typed before."""
        lines = [(it.unit_price, it.quantity, it.text, str(it.tax or "")) for it in draft.lines]
        values = {
            "network": self._network,
            "till": draft.till,
            "browser": draft.browser,
            "currency": draft.currency,
            "lines": json.dumps(lines),
            "worth_currency": draft.worth.currency if draft.worth else None,
            "worth": draft.worth.minor if draft.worth else None,
            "now": now,
        }
        with self._transactions.write() as connection:
            self._see(connection, draft.till, draft.browser, now)
            connection.execute(_PUT, values)
            notify.tell(connection, till_topic(draft.till))

    def see(self, till: str, browser: str, now: int) -> None:
        """Write down that a browser has a till's page open now (unix seconds), whatever was typed there."""
        with self._transactions.write() as connection:
            self._see(connection, till, browser, now)

    def last(self, till: str) -> Draft | None:
        """Return what was typed last at a till, in whichever browser."""
        with self._transactions.begin() as connection:
            row = connection.execute(_LAST, {"network": self._network, "till": till}).one_or_none()
        if row is None:
            return None
        lines = tuple(
            Line(minor, many, words, parse_tax_rate(tax)) for minor, many, words, tax in json.loads(row.lines)
        )
        worth = None if row.worth is None else Money(row.worth, row.worth_currency)
        return Draft(till, row.browser, row.currency, lines, worth, row.version, row.typed_at)

    def browsers_at(self, till: str, since: int) -> set[str]:
        """Return the browsers that had a till's page open since a time (unix seconds)."""
        values = {"network": self._network, "till": till, "since": since}
        with self._transactions.begin() as connection:
            return set(connection.execute(_BROWSERS, values).scalars())

    def _see(self, connection: Connection, till: str, browser: str, now: int) -> None:
        values = {"network": self._network, "till": till, "browser": browser, "now": now}
        if not connection.execute(_SEE, values).rowcount:
            self._make_room(connection, till, now)
            connection.execute(_ADD_SEEN, values)

    def _make_room(self, connection: Connection, till: str, now: int) -> None:
        connection.execute(_SWEEP, {"since": now - KEPT_FOR})
        connection.execute(_BOUND, {"network": self._network, "till": till, "most": MOST_BROWSERS - 1})


def version(connection: Connection, network: str, till: str) -> object:
    """Return what changes with whatever is typed at a till, and with what becomes of its charges."""
    values = {"network": network, "till": till}
    typed = frozenset(map(tuple, connection.execute(_VERSION, values)))
    return typed, frozenset(map(tuple, connection.execute(_CHARGES, values)))
