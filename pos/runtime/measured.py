"""A wallet that is measured: how long each call takes, and how it fails. It answers what the wallet in it answers."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.runtime.metrics import Metrics
from pos.wallets.base import Access, Advice, InvoiceRequest, Offer, Wallet, WalletError


class Measured:
    """Satisfies Wallet by its shape. `clock` gives seconds, and is never set back."""

    def __init__(self, wallet: Wallet, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._wallet = wallet
        self._metrics = metrics
        self._clock = clock

    @property
    def advice(self) -> Advice:
        return self._wallet.advice

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        with self._measured("create_invoice"):
            return self._wallet.create_invoice(request)

    def look_up(self, invoice: Invoice) -> Settlement | None:
        with self._measured("look_up"):
            return self._wallet.look_up(invoice)

    def check_access(self) -> Access:
        with self._measured("check_access"):
            return self._wallet.check_access()

    @property
    def identity(self) -> str:
        return self._wallet.identity

    @property
    def questions_per_second(self) -> int:
        return self._wallet.questions_per_second

    def __getattr__(self, name: str) -> Any:
        """Pass on what only some wallets can: it is there, and not measured, if it is there in the wallet within."""
        return getattr(self._wallet, name)

    @contextmanager
    def _measured(self, call: str) -> Iterator[None]:
        began = self._clock()
        try:
            yield
        except WalletError as error:
            self._metrics.failed(call, type(error).__name__)
            raise
        finally:
            self._metrics.called(call, self._clock() - began)
