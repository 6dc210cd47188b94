"""The settings that the office keeps, by their names in `.env`, and their history."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, func, insert, select, text

from pos.domain.event import Event, Kind
from pos.domain.kept_setting import Entered, KeptSetting, SettingChange
from pos.store import events
from pos.store.tables import setting_changes, settings
from pos.store.transactions import Transactions

_VERSION = select(func.max(setting_changes.c.version))
_ALL = select(settings)
_CHANGED = insert(setting_changes).returning(setting_changes.c.version)
_PUT = text("""
    INSERT INTO setting (name, value, picture, version) VALUES (:name, :value, :picture, :version)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, picture = excluded.picture, version = excluded.version
""")
_HISTORY = (
    select(setting_changes)
    .where(setting_changes.c.version < bindparam("before"))
    .order_by(setting_changes.c.version.desc())
    .limit(bindparam("most"))
)
_OF_ONE = _HISTORY.where(setting_changes.c.name == bindparam("name"))
# Who reads need not wait for it; of two who write, one does.
_ONE_AT_A_TIME = text("LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE")


class KeptSettings:
    """What the office keeps. Every method is a transaction and may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def version(self) -> int:
        """Return a number that is another one after each change; 0 before the first."""
        with self._transactions.begin() as connection:
            return _version(connection)

    def read(self) -> tuple[list[KeptSetting], int]:
        """Return every setting that is kept, and the version that it is of."""
        with self._transactions.begin() as connection:
            # The other way round a change in between would have the version of now, and not be seen any more.
            version = _version(connection)
            return _read(connection), version

    def change(self, entered: Mapping[str, Entered], seen: int, at: int, by: str) -> bool:
        """Keep what was entered at `at` (unix seconds), unless anything was changed after a version. Tell whether."""
        with self._transactions.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_ONE_AT_A_TIME)
            if _version(connection) != seen:
                return False
            before = {it.name: it.entered for it in _read(connection)}
            for name, new in entered.items():
                old = before.get(name, Entered(""))
                if old != new:
                    told = {"at": at, "name": name, "old": old.text, "new": new.text, "by": by}
                    number = connection.execute(_CHANGED, told).scalar_one()
                    kept = {"name": name, "value": new.text, "picture": new.picture, "version": number}
                    connection.execute(_PUT, kept)
                    event = Event(Kind.SETTING_CHANGED, name, at, {"by": by, "version": number})
                    events.add(connection, self._network, event)
            return True

    def history(self, name: str, before: int, most: int) -> list[SettingChange]:
        """Return so many changes of a setting, or of all (""), those of before a version, the newest first."""
        about = {"before": before, "most": most, "name": name}
        with self._transactions.begin() as connection:
            return [SettingChange(*row) for row in connection.execute(_OF_ONE if name else _HISTORY, about)]


def _version(connection: Connection) -> int:
    return connection.execute(_VERSION).scalar() or 0


def _read(connection: Connection) -> list[KeptSetting]:
    return [KeptSetting(row.name, Entered(row.value, row.picture), row.version) for row in connection.execute(_ALL)]
