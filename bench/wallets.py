"""How long a payment takes to the screen, with each wallet, before a double of its other end on this machine."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.invoice import Invoice
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.settle import refresh
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import pushes
from tests.fakes import FakeClock
from tests.wallets.doubles.backend import Ledger
from tests.wallets.subjects import DOUBLES, Subject, subject_of

_PAYMENTS = 8
# Seconds. Longer than any payment may take, so that one that is missed is seen.
_PATIENCE = 30
_PRICE = 2100

Pay = Callable[[Ledger, Invoice], object]


class _Now(FakeClock):
    """The clock of this machine, by which doubles sign."""

    def __call__(self) -> float:
        return time.time()


def wallets() -> Iterator[tuple[str, str]]:
    """Measure each wallet by its questions alone; and once more with what it tells by itself, if it does."""
    logging.disable(logging.WARNING)
    for name in sorted(DOUBLES):
        yield f"Payment to screen, {name}, asked alone", _measured(name, Ledger.pay)
        if _tells(name):
            yield f"Payment to screen, {name}, with its hints", _measured(name, None)


def _tells(name: str) -> bool:
    with _subject(name) as subject:
        return pushes(subject.wallet)


@contextmanager
def _subject(name: str) -> Iterator[Subject]:
    with TemporaryDirectory(prefix="bench-") as folder, subject_of(name, _Now(), Path(folder)) as subject:
        yield subject


def _measured(name: str, pay: Pay | None) -> str:
    """Sell and pay, one after the other. `pay` takes the place of the double's own payment, which may tell the till."""
    with _subject(name) as subject, TemporaryDirectory(prefix="bench-") as var, _watched(subject, Path(var)) as shop:
        seconds = [_seconds(shop, subject, pay, number) for number in range(_PAYMENTS)]
    return f"p50 {median(seconds) * 1000:.0f} ms, max {max(seconds) * 1000:.0f} ms"


@contextmanager
def _watched(subject: Subject, var: Path) -> Iterator[Shop]:
    settings = Settings(
        wallet="lnpay",
        secret_key="a secret of the bench",
        var=var,
        database_url=f"sqlite:///{var / 'till.db'}",
        network="bcrt",
    )
    app = create_app(settings, wallet=subject.wallet)
    ended = Event()
    watching = Thread(target=app.extensions["watch"].run, args=(ended.wait,))
    watching.start()
    try:
        yield app.extensions["shop"]
    finally:
        ended.set()
        watching.join()
        close(app)


def _seconds(shop: Shop, subject: Subject, pay: Pay | None, number: int) -> float:
    made = charge(shop, Channel.TILL, Sale(Money(_PRICE, SAT), ""), f"bench-{number}")
    with shop.broker.subscribe(made.id) as news:
        # As a screen does that shows it.
        refresh(shop, made)
        # Not always at the same place between two questions.
        time.sleep(1.5 + number / _PAYMENTS)
        refresh(shop, made)
        began = time.monotonic()
        if pay and subject.backend:
            pay(subject.backend, made.invoice)
        else:
            subject.pay(made.invoice)
        while not _is_paid(shop, made):
            if not news.wait(_PATIENCE):
                raise SystemExit(f"the till did not notice a payment within {_PATIENCE} s")
        return time.monotonic() - began


def _is_paid(shop: Shop, made: Charge) -> bool:
    stored = shop.store.get(made.id)
    return stored is not None and stored.payment is not None
