"""Who leads the watch."""

from sqlalchemy import Connection, bindparam, insert, select, update

from pos.store.tables import leases

# Nobody leads, and nobody ever has.
NO_LEASE = ("", 0)

_ADD = insert(leases)
_THE_LEASE = leases.c.name == bindparam("lease")
_READ = select(leases.c.holder, leases.c.heartbeat).where(_THE_LEASE)
_AS_I_SAW_IT = (leases.c.holder == bindparam("seen_holder"), leases.c.heartbeat == bindparam("seen_heartbeat"))
_TAKE = update(leases).where(_THE_LEASE, *_AS_I_SAW_IT)


def read(connection: Connection, name: str) -> tuple[str, int]:
    """Return who leads, and the holder's heartbeat; nobody's name is empty."""
    row = connection.execute(_READ, {"lease": name}).one_or_none()
    return (row.holder, row.heartbeat) if row else NO_LEASE


def take(connection: Connection, name: str, holder: str, seen: tuple[str, int]) -> bool:
    """Take, keep or give up (to nobody, "") the lease, unless it is not any more as it was seen. Tell whether.

    Raises IntegrityError where somebody else was the first ever to take it.
    """
    values = {"holder": holder, "heartbeat": seen[1] + 1}
    if seen == NO_LEASE:
        connection.execute(_ADD, {"name": name, **values})
        return True
    names = {"lease": name, "seen_holder": seen[0], "seen_heartbeat": seen[1]}
    return connection.execute(_TAKE, names | values).rowcount == 1
