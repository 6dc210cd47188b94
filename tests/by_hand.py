"""What a test writes into the database of a shop past the shop, which may be selling at that moment."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection

from pos.store import Store
from pos.store.file import PATIENCE
from pos.store.transactions import Transactions


def write(store: Store) -> AbstractContextManager[Connection]:
    """Begin a transaction that waits its turn like every other program's: an engine's own gives up after 20 ms."""
    return Transactions(store.engine, PATIENCE).write()
