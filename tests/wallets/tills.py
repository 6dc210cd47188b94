"""What a till has for a wallet, as the tests of wallets hand it in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pos.wallets.base import Till
from tests.fakes import NOON


def till_with(
    transport: Any,
    *,
    clock: Callable[[], float] = lambda: NOON,
    timeout: float = 10,
    folder: Path = Path("/nowhere"),
    hooks_address: str = "http://till.example/hooks",
) -> Till:
    """Make it with a transport, real or canned."""
    return Till(
        transport=transport,
        timeout=timeout,
        clock=clock,
        folder=folder,
        max_sat=10_000_000,
        hooks_address=hooks_address,
    )
