"""A wallet that fails for ten seconds while a customer pays: no page is held up, and the payment is seen soon after.

The time is real here, as the wire is. All wallets fail at once, each before a shop of its own.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import pytest

from pos import close, create_app
from pos.lnpay.settings import LNPaySettings
from pos.sandbox import Sandbox
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.faulty import (
    Call,
    Fault,
    FaultyLNPay,
    Kind,
    bad_gateway,
    change,
    cut_off,
    drop,
    faulty_lnpay,
    flap,
    hang,
    lose,
    refuse,
    reset,
    slow,
    truncate,
)

# Seconds.
HELD = 10
SEEN_WITHIN = 10
# A page is answered from the book, whatever the wallet does.
PAGE_WITHIN = 2

FAULTS: dict[str, Fault] = {
    "slow": slow(3),
    "hangs": hang,
    "resets the connection": reset,
    "loses its answer": lose,
    "refuses the key": refuse(401),
    "busy": refuse(429),
    "busy for two seconds": refuse(429, Retry_After="2"),
    "fails inside": refuse(500),
    "behind a proxy that fails": bad_gateway,
    "hangs up in the middle": cut_off,
    "sends half a document": truncate,
    "no id": drop("id"),
    "another id": change(id="lntx_another"),
    "another hash": change(r_hash_decoded="00" * 32),
    "settled is a word": change(settled="maybe"),
    "takes its word back": flap(),
}
AWAY, STUCK = "refuses connections", "hangs, and goes on hanging"

pytestmark = pytest.mark.only_on("sqlite", reason="it is about the wallet, and every shop has a file of its own")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a customer saw: seconds until the payment showed, and the pages that failed or took too long."""

    seen_after: float | None
    complaints: list[str]


@dataclass(frozen=True, slots=True)
class Stall:
    """A shop, somebody at its counter, and the wallet that is about to fail it."""

    shop: Shop
    cashier: Cashier
    lnpay: FaultyLNPay


@contextmanager
def open_stall(folder: Path) -> Iterator[Stall]:
    with faulty_lnpay(Sandbox(folder / "wallet")) as lnpay:
        settings = Settings(
            wallet="lnpay",
            network="bcrt",
            secret_key="a secret for the tests",
            var=folder,
            database_url=f"sqlite:///{folder / 'till.db'}",
            wallet_settings=LNPaySettings(
                url=lnpay.url,
                api_key=lnpay.sandbox.keys.public_key,
                wallet_key=lnpay.sandbox.keys.invoice_key,
            ),
        )
        app, ended = create_app(settings), Event()
        watching = Thread(target=app.extensions["watch"].run, args=(ended.wait,))
        watching.start()
        try:
            yield Stall(app.extensions["shop"], Cashier(app.test_client()), lnpay)
        finally:
            ended.set()
            watching.join()
            close(app)


def suffer(name: str, stall: Stall, after: float) -> Outcome:
    # Customers of one street do not all look at the same moment.
    time.sleep(after)
    charge_id = stall.cashier.sell(2100)
    while not stall.shop.lease.mine:
        time.sleep(0.01)
    over = Event()

    def stuck(_call: Call) -> None:
        over.wait()

    with stall.lnpay.away() if name == AWAY else nullcontext():
        if name != AWAY:
            stall.lnpay.fault(Kind.LOOK_UP, FAULTS.get(name, stuck))
        stall.lnpay.sandbox.pay(stored(stall.shop, charge_id).invoice.payment_request)
        complaints = look(stall.cashier, charge_id, HELD)
    stall.lnpay.heal()
    healed_at, seen_after = time.monotonic(), None
    while seen_after is None and time.monotonic() - healed_at < 2 * SEEN_WITHIN:
        complaints += look(stall.cashier, charge_id, 0.2)
        if stall.cashier.status(charge_id)["status"] == "paid":
            seen_after = time.monotonic() - healed_at
    over.set()
    return Outcome(seen_after, complaints)


def look(cashier: Cashier, charge_id: str, seconds: float) -> list[str]:
    """Look at the pages for so long; return what was wrong with them."""
    complaints = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("", "/status"):
            began = time.monotonic()
            answer = cashier.client.get(f"/pay/{charge_id}{path}")
            took = time.monotonic() - began
            if answer.status_code != 200 or took > PAGE_WITHIN:
                complaints.append(f"{path}: {answer.status_code} after {took:.1f} s")
        time.sleep(min(1.0, seconds))
    return complaints


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    names = [*FAULTS, AWAY, STUCK]
    with ExitStack() as street, ThreadPoolExecutor(len(names)) as people:
        stalls = [street.enter_context(open_stall(tmp_path_factory.mktemp("stall"))) for _ in names]
        delays = [number / len(names) for number in range(len(names))]
        return dict(zip(names, people.map(suffer, names, stalls, delays), strict=True))


@pytest.mark.parametrize("name", [*FAULTS, AWAY, STUCK])
def test_a_payment_made_while_the_wallet_fails_is_seen_within_ten_seconds(
    outcomes: dict[str, Outcome], name: str
) -> None:
    seen_after = outcomes[name].seen_after
    assert seen_after is not None
    assert seen_after <= SEEN_WITHIN


@pytest.mark.parametrize("name", [*FAULTS, AWAY, STUCK])
def test_no_page_fails_or_waits_because_the_wallet_does(outcomes: dict[str, Outcome], name: str) -> None:
    assert outcomes[name].complaints == []
