"""Readiness: could the till sell right now? For a load balancer, which asks often and needs no reasons."""

import logging
from collections.abc import Callable

from pos.runtime.single_flight import SingleFlight
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import WalletError

log = logging.getLogger(__name__)

# Anybody may ask; the wallet is not to pay for that.
SECONDS_BETWEEN = 5.0
# For so long an answer is believed by a page that must not wait for the next one.
SECONDS_GOOD = 60.0


class Readiness:
    """The last answer, and when it was given."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._single_flight = SingleFlight()
        self._asked_at = float("-inf")
        self._parts: dict[str, str] = {}
        self._told = False

    def ask(self) -> dict[str, str]:
        """Say "ok" or "failed" for database and wallet; they are asked at most every 5 seconds."""
        if not 0 <= self._shop.clock() - self._asked_at < SECONDS_BETWEEN:
            self._parts = self._single_flight.join("readiness", self._examine)
        return self._parts

    def is_ready(self) -> bool:
        """Tell whether the till could sell right now; asks as `ask` does."""
        return all(word == "ok" for word in self.ask().values())

    def is_known_to_fail(self) -> bool:
        """Tell whether the last answer was that the till cannot sell, unless that is too long ago. Asks nobody."""
        recent = 0 <= self._shop.clock() - self._asked_at < SECONDS_GOOD
        return recent and "failed" in self._parts.values()

    def _examine(self) -> dict[str, str]:
        parts = {"database": _word(self._shop.store.check), "wallet": _word(self._check_wallet)}
        self._asked_at = self._shop.clock()
        return parts

    def _check_wallet(self) -> None:
        """Ask the wallet for itself, and say once in the log what only its answer tells of our keys."""
        advice = self._shop.wallet.advice
        if self._shop.wallet.check_access().spends and not self._told and advice.spends not in advice.warnings:
            self._told = True
            log.warning("wallet: %s", advice.spends)


def _word(check: Callable[[], object]) -> str:
    try:
        check()
    except (StoreError, WalletError) as error:
        log.warning("not ready: %s (%s)", error.sentence, error)
        return "failed"
    return "ok"
