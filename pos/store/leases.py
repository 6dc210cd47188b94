"""Who leads the watch, or whatever else one process alone does."""

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from pos.store.tables import leases
from pos.store.transactions import Transactions

# Nobody leads, and nobody ever has.
NO_LEASE = ("", 0)

_ADD = insert(leases)
_THE_LEASE = leases.c.name == bindparam("lease")
_READ = select(leases.c.holder, leases.c.heartbeat).where(_THE_LEASE)
_AS_I_SAW_IT = (leases.c.holder == bindparam("seen_holder"), leases.c.heartbeat == bindparam("seen_heartbeat"))
_TAKE = update(leases).where(_THE_LEASE, *_AS_I_SAW_IT)


class Leases:
    """The leases of one network. `of` names one. Every method may raise StoreError."""

    def __init__(self, transactions: Transactions, network: str) -> None:
        self._transactions = transactions
        self._network = network

    def read(self, of: str) -> tuple[str, int]:
        """Return who leads, and the holder's heartbeat; nobody's name is empty."""
        with self._transactions.begin() as connection:
            row = connection.execute(_READ, {"lease": self._network + of}).one_or_none()
        return (row.holder, row.heartbeat) if row else NO_LEASE

    def take(self, holder: str, seen: tuple[str, int], of: str) -> bool:
        """Take, keep or give up (to nobody, "") a lease, unless it is not any more as it was seen. Tell whether."""
        values = {"holder": holder, "heartbeat": seen[1] + 1}
        names = {"lease": self._network + of, "seen_holder": seen[0], "seen_heartbeat": seen[1]}
        try:
            with self._transactions.write() as connection:
                if seen == NO_LEASE:
                    connection.execute(_ADD, {"name": self._network + of, **values})
                    return True
                return connection.execute(_TAKE, names | values).rowcount == 1
        except IntegrityError:
            # Somebody else was the first ever to take it.
            return False
