"""What owners have offered and nobody has taken yet: links that make an owner, and pairings that make a device."""

from sqlalchemy import Connection, bindparam, update

from pos.store.tables import owner_links, pairings

# They stay, as used: whether a link was ever made is asked.
_VOID_LINKS = update(owner_links).where(owner_links.c.used_at.is_(None)).values(used_at=bindparam("now"))
_VOID_PAIRINGS = update(pairings).where(pairings.c.used_at.is_(None)).values(used_at=bindparam("now"))


def void(connection: Connection, now: int) -> None:
    """Let no link and no pairing that was offered until now, in unix seconds, make anything any more.

    Of all owners: who was in another's browser has offered them in that one's name. Call it after an owner's row is
    locked and before sessions are ended: whoever has another order waits for who waits for them.
    """
    connection.execute(_VOID_LINKS, {"now": now})
    connection.execute(_VOID_PAIRINGS, {"now": now})
