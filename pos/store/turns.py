"""Who has a turn while much is read: all else that the process does, and a sale first of all."""

from collections.abc import Callable
from time import sleep

# A sale needs about so many: to read the request, to get the lock, to write, to answer.
TURNS = 20


def give_way(rest: Callable[[float], object] = sleep) -> None:
    """Let everybody else have some turns, and go on at once where nobody wants any.

    With one turn at a time, whoever needs twenty would wait for twenty parts of what is read.
    """
    for _ in range(TURNS):
        rest(0)
