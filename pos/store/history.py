"""What was done, the newest first. Of sales nothing: those have a list of their own."""

import json

from sqlalchemy import bindparam, select

from pos.domain.written_event import WrittenEvent
from pos.store.tables import NOT_OF_SALES, events, setting_changes
from pos.store.transactions import Transactions

_EVENTS = (
    select(events)
    .where(NOT_OF_SALES, events.c.network == bindparam("network"), events.c.seq < bindparam("before"))
    .order_by(events.c.seq.desc())
    .limit(bindparam("most"))
)
_CHANGES = select(setting_changes).where(setting_changes.c.version.in_(bindparam("versions", expanding=True)))


class History:
    """The list of what was done. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def before(self, number: int, most: int) -> list[WrittenEvent]:
        """Return so many of what was done before an event, by its number; the newest first."""
        asked = {"network": self._network, "before": number, "most": most}
        with self._transactions.begin() as connection:
            rows = [(row, json.loads(row.data)) for row in connection.execute(_EVENTS, asked)]
            versions = [data["version"] for _, data in rows if "version" in data]
            changes = {row.version: row for row in connection.execute(_CHANGES, {"versions": versions})}
        written = []
        for row, data in rows:
            change = changes.get(data.get("version"))
            values = {"old": change.old, "new": change.new} if change else {}
            written.append(WrittenEvent(row.seq, row.at, row.kind, row.subject, data | values))
        return written
