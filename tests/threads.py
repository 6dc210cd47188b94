"""A machine on which no thread can be begun for a while, as in a container that is allowed a few and has them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def none_left() -> Iterator[None]:
    """Let nothing of this process begin a thread in the block: each would need more room than any machine has."""
    usual = threading.stack_size(2**47)
    try:
        yield
    finally:
        threading.stack_size(usual)
