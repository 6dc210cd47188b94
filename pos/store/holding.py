"""An owner's row is held while something is written that depends on it: who changes or removes it waits so long."""

from sqlalchemy import Connection, bindparam, select

from pos.domain.owner import Owner
from pos.store.tables import owners

_HOLD = select(owners.c.password_hash).where(owners.c.id == bindparam("owner_id")).with_for_update()


def hold(connection: Connection, owner: Owner) -> str | None:
    """Hold an owner until the transaction ends, and return the hash of the password; None if there is no such owner.

    Whether a password fits is looked at long before anything is written, and may be another one by then.
    """
    row = connection.execute(_HOLD, {"owner_id": owner.id}).one_or_none()
    return row.password_hash if row else None
