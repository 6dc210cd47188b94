"""The settings that the office keeps, by their names in `.env`, and their history."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, func, insert, select, text

from pos.domain.event import Event, Kind
from pos.domain.kept_setting import Entered, KeptSetting, SettingChange
from pos.store import events
from pos.store.tables import setting_changes, settings

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


def version(connection: Connection) -> int:
    """Return the version of the last change; 0 before the first."""
    return connection.execute(_VERSION).scalar() or 0


def read(connection: Connection) -> list[KeptSetting]:
    """Return every setting that is kept."""
    return [KeptSetting(row.name, Entered(row.value, row.picture), row.version) for row in connection.execute(_ALL)]


def change(connection: Connection, network: str, entered: Mapping[str, Entered], seen: int, at: int, by: str) -> bool:
    """Keep what was entered, unless anything was changed after the version `seen`. Tell whether."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    if version(connection) != seen:
        return False
    before = {it.name: it.entered for it in read(connection)}
    for name, new in entered.items():
        old = before.get(name, Entered(""))
        if old != new:
            told = {"at": at, "name": name, "old": old.text, "new": new.text, "by": by}
            number = connection.execute(_CHANGED, told).scalar_one()
            kept = {"name": name, "value": new.text, "picture": new.picture, "version": number}
            connection.execute(_PUT, kept)
            events.add(connection, network, Event(Kind.SETTING_CHANGED, name, at, {"by": by, "version": number}))
    return True


def history(connection: Connection, name: str, before: int, most: int) -> list[SettingChange]:
    """Return so many changes of a setting, or of all (""), of before a version, the newest first."""
    about = {"before": before, "most": most, "name": name}
    return [SettingChange(*row) for row in connection.execute(_OF_ONE if name else _HISTORY, about)]
