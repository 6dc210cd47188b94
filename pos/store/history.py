"""What was done, the newest first. Of sales nothing: those have a list of their own."""

import json
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from pos.domain.told import SETTING, History, Since, Told
from pos.store.tables import NOT_OF_SALES, events, setting_changes
from pos.store.transactions import Transactions

_EVENTS = (
    select(events)
    .where(and_(NOT_OF_SALES, events.c.network == bindparam("network"), events.c.seq < bindparam("before")))
    .order_by(events.c.seq.desc())
    .limit(bindparam("most"))
)
_SETTINGS = (
    select(setting_changes)
    .where(setting_changes.c.version < bindparam("before"))
    .order_by(setting_changes.c.version.desc())
    .limit(bindparam("most"))
)


class HistoryRows:
    """The list of what was done. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def page(self, since: Since, most: int) -> History:
        """Return so many of what was done, the newest first."""
        with self._transactions.begin() as connection:
            asked = {"network": self._network, "before": since.event, "most": most + 1}
            done = connection.execute(_EVENTS, asked).all()
            changed = connection.execute(_SETTINGS, {"before": since.setting, "most": most + 1}).all()
        rows = sorted([*done, *changed], key=lambda row: row.at, reverse=True)
        shown, more = rows[:most], len(rows) > most
        older = Since(_last(shown, "seq", since.event), _last(shown, "version", since.setting)) if more else None
        return History(tuple(map(_read, shown)), older)


def _last(rows: list[Row[Any]], number: str, before: int) -> int:
    return min((getattr(row, number) for row in rows if hasattr(row, number)), default=before)


def _read(row: Row[Any]) -> Told:
    if hasattr(row, "seq"):
        return Told(row.at, row.kind, row.subject, json.loads(row.data))
    return Told(row.at, SETTING, row.name, {"old": row.old, "new": row.new, "by": row.by})
