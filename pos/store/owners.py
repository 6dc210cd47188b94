"""The owners, the links by which somebody becomes one, and the browsers in which they are signed in."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pos.domain.event import Event, Kind
from pos.domain.owner import Owner, name_key
from pos.store import events, offers
from pos.store.holding import hold
from pos.store.tables import owner_links, owner_sessions, owners
from pos.store.transactions import Transactions

_OWNER = (owners.c.id, owners.c.name, owners.c.created_at, (owners.c.totp_secret != "").label("asks_code"))
_ANY = select(owners.c.id).limit(1)
_ALL = select(*_OWNER).order_by(owners.c.created_at, owners.c.id)
_BY_NAME = select(*_OWNER, owners.c.password_hash).where(owners.c.name_key == bindparam("name_key"))
_ANY_LINK = select(owner_links.c.digest).limit(1)
_LINK_IS_GOOD = (
    owner_links.c.digest == bindparam("of_digest"),
    owner_links.c.used_at.is_(None),
    owner_links.c.expires_at > bindparam("now"),
)
_OPEN_LINK = select(owner_links.c.digest).where(*_LINK_IS_GOOD)
_USE_LINK = update(owner_links).where(*_LINK_IS_GOOD).values(used_at=bindparam("now"))
_SESSION = (
    select(*_OWNER, owner_sessions.c.seen_at)
    .join(owner_sessions, owner_sessions.c.owner_id == owners.c.id)
    .where(owner_sessions.c.digest == bindparam("digest"), owner_sessions.c.expires_at > bindparam("now"))
)
_SEE = update(owner_sessions).where(owner_sessions.c.digest == bindparam("of_digest")).values(seen_at=bindparam("now"))
_END = delete(owner_sessions).where(owner_sessions.c.digest == bindparam("digest"))
_END_ALL = delete(owner_sessions).where(owner_sessions.c.owner_id == bindparam("owner_id"))
_END_OLD = delete(owner_sessions).where(owner_sessions.c.expires_at <= bindparam("now"))
# Who comes by a link has lost the phone that shows the codes, or the password, or both.
_SET_PASSWORD = (
    update(owners)
    .where(owners.c.id == bindparam("owner_id"))
    .values(password_hash=bindparam("new_hash"), totp_secret="")
)

# Seconds between two times that it is written down that a session is used.
_SEE_EVERY = 60


class Owners:
    """The owners of the shop. Every method is a transaction and may raise StoreError. Times in unix seconds."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def exist(self) -> bool:
        """Tell whether somebody has claimed the shop."""
        with self._transactions.begin() as connection:
            return connection.execute(_ANY).first() is not None

    def listed(self) -> list[Owner]:
        """Return every owner, in the order in which they came to be."""
        with self._transactions.begin() as connection:
            return [_read(row) for row in connection.execute(_ALL)]

    def find(self, name: str) -> tuple[Owner, str] | None:
        """Return the owner of a name, however it is written, and the hash of the password."""
        with self._transactions.begin() as connection:
            row = connection.execute(_BY_NAME, {"name_key": name_key(name)}).one_or_none()
        return (_read(row), row.password_hash) if row else None

    def was_invited(self) -> bool:
        """Tell whether a link was ever made."""
        with self._transactions.begin() as connection:
            return connection.execute(_ANY_LINK).first() is not None

    def add_link(self, digest: str, now: int, expires_at: int) -> None:
        """Write a new link down."""
        with self._transactions.write() as connection:
            connection.execute(insert(owner_links), {"digest": digest, "made_at": now, "expires_at": expires_at})

    def is_link_good(self, digest: str, now: int) -> bool:
        """Tell whether a link is there, unused and not too old."""
        with self._transactions.begin() as connection:
            return connection.execute(_OPEN_LINK, {"of_digest": digest, "now": now}).first() is not None

    def claim(self, digest: str, new: Owner, password_hash: str, *, renews: bool) -> Owner | None:
        """Use a link up, and return the owner that it made; where it `renews`, one of that name gets the new password.

        All sessions of who was there before end, what was offered is void, and no code is asked for any more. None if
        the link is not good, or somebody else was quicker: with the link, or with a name that it does not renew. Then
        the link stays good.
        """
        try:
            with self._transactions.write() as connection:
                return self._claim(connection, digest, new, password_hash, renews=renews)
        except IntegrityError:
            # Another link with the same new name was first by a moment.
            return None

    def _claim(
        self, connection: Connection, digest: str, new: Owner, password_hash: str, *, renews: bool
    ) -> Owner | None:
        row = connection.execute(_BY_NAME.with_for_update(), {"name_key": name_key(new.name)}).one_or_none()
        owner = _read(row) if row else new
        if row and not renews:
            return None
        if connection.execute(_USE_LINK, {"of_digest": digest, "now": new.created_at}).rowcount != 1:
            return None
        if row:
            connection.execute(_SET_PASSWORD, {"owner_id": owner.id, "new_hash": password_hash})
            offers.void(connection, new.created_at)
            connection.execute(_END_ALL, {"owner_id": owner.id})
        else:
            connection.execute(insert(owners), _values(new, password_hash))
        told = Event(Kind.OWNER_CLAIMED, owner.id, new.created_at, {"by": owner.name})
        events.add(connection, self._network, told)
        return owner

    def begin_session(self, owner: Owner, checked: str, digest: str, browser: str, now: int, expires_at: int) -> bool:
        """Write down that an owner is signed in; False if there is no such owner any more, or another password.

        `checked` is the hash that the password was held against.
        """
        values = {"digest": digest, "owner_id": owner.id, "browser": browser, "begun_at": now, "seen_at": now}
        with self._transactions.write() as connection:
            if hold(connection, owner) != checked:
                return False
            connection.execute(_END_OLD, {"now": now})
            connection.execute(insert(owner_sessions), {**values, "expires_at": expires_at})
            told = Event(Kind.OWNER_SIGNED_IN, owner.id, now, {"by": owner.name})
            events.add(connection, self._network, told)
        return True

    def find_session(self, digest: str, now: int) -> Owner | None:
        """Return who is signed in, and write down that they are seen."""
        with self._transactions.begin() as connection:
            row = connection.execute(_SESSION, {"digest": digest, "now": now}).one_or_none()
        if row and now - row.seen_at >= _SEE_EVERY:
            with self._transactions.write() as connection:
                connection.execute(_SEE, {"of_digest": digest, "now": now})
        return _read(row) if row else None

    def end_session(self, digest: str) -> None:
        """Sign out in one browser."""
        with self._transactions.write() as connection:
            connection.execute(_END, {"digest": digest})


def _read(row: Row[Any]) -> Owner:
    return Owner(row.id, row.name, row.created_at, bool(row.asks_code))


def _values(owner: Owner, password_hash: str) -> dict[str, object]:
    return {
        "id": owner.id,
        "name": owner.name,
        "name_key": name_key(owner.name),
        "password_hash": password_hash,
        "created_at": owner.created_at,
    }
