"""What an owner changes about themselves and the others: name, password, second factor and sessions."""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from pos.domain.event import Event, Kind
from pos.domain.owner import Owner, Session, WrongPassword, name_key
from pos.store import events, offers
from pos.store.holding import hold
from pos.store.rows import can_be_written
from pos.store.tables import owner_links, owner_sessions, owners
from pos.store.transactions import Transactions

_OF_OWNER = owners.c.id == bindparam("owner_id")
_SECRETS = select(owners.c.password_hash, owners.c.totp_secret).where(_OF_OWNER)
_SESSIONS = (
    select(owner_sessions)
    .where(owner_sessions.c.owner_id == bindparam("owner_id"), owner_sessions.c.expires_at > bindparam("now"))
    .order_by(owner_sessions.c.seen_at.desc(), owner_sessions.c.digest)
)
_OF_SESSION = owner_sessions.c.owner_id == bindparam("owner_id")
_END_ONE = delete(owner_sessions).where(_OF_SESSION, owner_sessions.c.digest == bindparam("digest"))
_END_OTHERS = delete(owner_sessions).where(_OF_SESSION, owner_sessions.c.digest != bindparam("digest"))
_END_ALL = delete(owner_sessions).where(_OF_SESSION)
_CHANGE = update(owners).where(_OF_OWNER)
# Of two who use the same code at once, one changes a row.
_USE_STEP = _CHANGE.where(owners.c.totp_used < bindparam("step")).values(totp_used=bindparam("step"))
# Two owners who remove each other at once wait for one another here, or none would be left.
_LOCK_ALL = select(owners.c.id, owners.c.name).order_by(owners.c.id).with_for_update()
_REMOVE = delete(owners).where(_OF_OWNER)


class Accounts:
    """The accounts of the owners. Every method is a transaction and may raise StoreError. Times in unix seconds.

    What needs the password gets the hash that it was held against, as `checked`, and raises WrongPassword where it is
    another one by now, or nobody's.
    """

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def secrets(self, owner: Owner) -> tuple[str, str]:
        """Return the hash of an owner's password and the sealed secret of the codes; empty ones if there is no such."""
        with self._transactions.begin() as connection:
            row = connection.execute(_SECRETS, {"owner_id": owner.id}).one_or_none()
        return (row.password_hash, row.totp_secret) if row else ("", "")

    def sessions(self, owner: Owner, now: int) -> list[Session]:
        """Return where an owner is signed in, the last seen first."""
        with self._transactions.begin() as connection:
            rows = connection.execute(_SESSIONS, {"owner_id": owner.id, "now": now})
            return [Session(row.digest, row.browser, row.begun_at, row.seen_at) for row in rows]

    def end_session(self, owner: Owner, session: str, now: int) -> None:
        """Sign an owner out in one of their browsers."""
        if not can_be_written(session):
            return
        with self._transactions.write() as connection:
            if connection.execute(_END_ONE, {"owner_id": owner.id, "digest": session}).rowcount:
                self._tell(connection, Kind.OWNER_SESSIONS_ENDED, owner, now)

    def end_others(self, owner: Owner, kept: str, now: int) -> None:
        """Sign an owner out everywhere but in one browser, and void what was offered there."""
        with self._transactions.write() as connection:
            hold(connection, owner)
            offers.void(connection, now)
            if connection.execute(_END_OTHERS, {"owner_id": owner.id, "digest": kept}).rowcount:
                self._tell(connection, Kind.OWNER_SESSIONS_ENDED, owner, now)

    def change_password(self, owner: Owner, checked: str, password_hash: str, kept: str, now: int) -> None:
        """Give an owner a new password, end all sessions but one, and void what was offered in them."""
        with self._transactions.write() as connection:
            _hold(connection, owner, checked)
            connection.execute(_CHANGE.values(password_hash=password_hash), {"owner_id": owner.id})
            offers.void(connection, now)
            connection.execute(_END_OTHERS, {"owner_id": owner.id, "digest": kept})
            self._tell(connection, Kind.OWNER_NEW_WORD, owner, now)

    def rename(self, owner: Owner, name: str, now: int) -> bool:
        """Give an owner another name; False if somebody has it."""
        try:
            with self._transactions.write() as connection:
                values = {"name": name, "name_key": name_key(name)}
                connection.execute(_CHANGE.values(**values), {"owner_id": owner.id})
                self._tell(connection, Kind.OWNER_RENAMED, owner, now, name=name)
        except IntegrityError:
            return False
        return True

    def invite(self, owner: Owner, checked: str, digest: str, now: int, expires_at: int) -> None:
        """Write down a link that makes another owner."""
        with self._transactions.write() as connection:
            _hold(connection, owner, checked)
            connection.execute(owner_links.insert(), {"digest": digest, "made_at": now, "expires_at": expires_at})
            self._tell(connection, Kind.OWNER_INVITED, owner, now)

    def remove(self, owner_id: str, by: Owner, checked: str, now: int) -> bool:
        """Remove an owner with all sessions, and void what they offered; False where that would be the last one."""
        with self._transactions.write() as connection:
            names = {row.id: row.name for row in connection.execute(_LOCK_ALL)}
            _hold(connection, by, checked)
            if owner_id not in names:
                return True
            if len(names) == 1:
                return False
            offers.void(connection, now)
            connection.execute(_END_ALL, {"owner_id": owner_id})
            connection.execute(_REMOVE, {"owner_id": owner_id})
            self._tell(connection, Kind.OWNER_REMOVED, by, now, name=names[owner_id])
        return True

    def set_code(self, owner: Owner, checked: str, sealed: str, step: int, now: int) -> None:
        """Ask an owner for codes from now on; that of `step` was used to set it up."""
        with self._transactions.write() as connection:
            _hold(connection, owner, checked)
            values = {"totp_secret": sealed, "totp_used": step}
            connection.execute(_CHANGE.values(**values), {"owner_id": owner.id})
            self._tell(connection, Kind.OWNER_CODE_ON, owner, now)

    def forget_code(self, owner: Owner, checked: str, now: int) -> None:
        """Ask an owner for no codes any more."""
        with self._transactions.write() as connection:
            _hold(connection, owner, checked)
            connection.execute(_CHANGE.values(totp_secret=""), {"owner_id": owner.id})
            self._tell(connection, Kind.OWNER_CODE_OFF, owner, now)

    def use_step(self, owner: Owner, step: int) -> bool:
        """Use a code up, by its step of time; False if it, or a later one, was used before."""
        with self._transactions.write() as connection:
            return connection.execute(_USE_STEP, {"owner_id": owner.id, "step": step}).rowcount == 1

    def _tell(self, connection: Connection, kind: Kind, by: Owner, now: int, **data: Any) -> None:
        events.add(connection, self._network, Event(kind, by.id, now, {"by": by.name, **data}))


def _hold(connection: Connection, owner: Owner, checked: str) -> None:
    if hold(connection, owner) != checked:
        raise WrongPassword
