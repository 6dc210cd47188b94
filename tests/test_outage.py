"""A wallet that fails for ten seconds while a customer pays: no page waits for it, and the payment is seen soon after.

The wire is real, and so are the threads that ask. Time is the test's own: it passes from tick to tick of the watch, and
stands still while a page is made or an answer is on its way. So it does not matter how busy this machine is.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread, current_thread

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Settlement
from pos.domain.invoice import Invoice
from pos.lnpay import LNPay
from pos.runtime.watch import TICK
from pos.sandbox import Sandbox
from pos.services.charge import charge
from pos.services.watch import open_watch
from pos.shop import Shop
from pos.transport import Transport
from tests.conftest import in_sat
from tests.fakes import FakeClock
from tests.faulty import (
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
    health,
    lose,
    refuse,
    reset,
    slow,
    truncate,
)
from tests.processes import until

# Seconds of the shop's time.
HELD = 10
SEEN_WITHIN = 10
NEVER = float("inf")
# Seconds of this machine: what no answer takes, and what no test does.
PATIENCE, FOREVER = 20, 120

pytestmark = pytest.mark.only_on("sqlite", reason="it is about the wallet")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls the wallet while a block runs, and after how many seconds of the shop's time a question ends.

    The till waits `timeout` seconds of this machine for an answer.
    """

    outage: Callable[[FaultyLNPay], AbstractContextManager[None]]
    ends_after: float = 0
    timeout: float = FOREVER


def suffers(fault: Fault) -> Callable[[FaultyLNPay], AbstractContextManager[None]]:
    @contextmanager
    def outage(lnpay: FaultyLNPay) -> Iterator[None]:
        lnpay.fault(Kind.LOOK_UP, fault)
        yield
        lnpay.heal()

    return outage


@contextmanager
def goes_on_hanging(lnpay: FaultyLNPay) -> Iterator[None]:
    """Answer new questions after the outage, and those that were asked meanwhile never."""
    lnpay.fault(Kind.LOOK_UP, hang)
    yield
    lnpay.fault(Kind.LOOK_UP, health)


TROUBLES = {
    "slow": Trouble(suffers(slow(0.1)), ends_after=3),
    "hangs": Trouble(suffers(hang), ends_after=2 * HELD),
    "hangs until the till gives up": Trouble(suffers(hang), ends_after=5, timeout=3),
    "hangs, and goes on hanging": Trouble(goes_on_hanging, ends_after=NEVER),
    "refuses connections": Trouble(FaultyLNPay.away),
    "resets the connection": Trouble(suffers(reset)),
    "loses its answer": Trouble(suffers(lose)),
    "refuses the key": Trouble(suffers(refuse(401))),
    "busy": Trouble(suffers(refuse(429))),
    "busy for two seconds": Trouble(suffers(refuse(429, Retry_After="2"))),
    "fails inside": Trouble(suffers(refuse(500))),
    "behind a proxy that fails": Trouble(suffers(bad_gateway)),
    "hangs up in the middle": Trouble(suffers(cut_off)),
    "sends half a document": Trouble(suffers(truncate)),
    "no id": Trouble(suffers(drop("id"))),
    "another id": Trouble(suffers(change(id="lntx_another"))),
    "another hash": Trouble(suffers(change(r_hash_decoded="00" * 32))),
    "settled is a word": Trouble(suffers(change(settled="maybe"))),
    "takes its word back": Trouble(suffers(flap())),
}


class Overheard(LNPay):
    """LNPay's client, and the threads that asked it whether something is paid."""

    def __init__(self, transport: Transport, lnpay: FaultyLNPay, timeout: float) -> None:
        keys = lnpay.sandbox.keys
        super().__init__(
            transport, url=lnpay.url, api_key=keys.public_key, wallet_key=keys.invoice_key, timeout=timeout
        )
        self.asked_by: list[Thread] = []

    def look_up(self, invoice: Invoice) -> Settlement | None:
        self.asked_by.append(current_thread())
        return super().look_up(invoice)


@dataclass
class Stall:
    """A shop, a customer before it, and its time in the hands of the test."""

    shop: Shop
    customer: FlaskClient
    clock: FakeClock
    lnpay: FaultyLNPay
    # For the next questions: see Trouble.
    ends_after: float = 0
    under_way: list[tuple[float, Thread]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = open_watch(self.shop, running=self.clock, beside=self._ask)

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK)):
            self.watch.tick()
            self.clock.move(TICK)
            self.end_questions(self.clock())

    def end_questions(self, now: float) -> None:
        """Wait for the questions whose time is over by now."""
        for ends_at, question in self.under_way:
            if ends_at <= now:
                question.join(PATIENCE)
                assert not question.is_alive()
        self.under_way = [it for it in self.under_way if it[1].is_alive()]

    def is_paid(self, charge_id: str) -> bool:
        """Look at the charge's page and its status, which are answered while those who ask the wallet still wait."""
        held = [question for ends_at, question in self.under_way if ends_at == NEVER]
        page = self.customer.get(f"/pay/{charge_id}")
        status = self.customer.get(f"/pay/{charge_id}/status")
        assert (page.status_code, status.status_code) == (200, 200)
        assert all(question.is_alive() for question in held)
        return bool(status.get_json()["status"] == "paid")

    def _ask(self, action: Callable[[], None]) -> None:
        question, asked = Thread(target=action), len(self.lnpay.calls(Kind.LOOK_UP))
        question.start()
        if self.ends_after:
            # Before the outage is over. Where the one before it was faster there is nothing left to ask.
            until(lambda: len(self.lnpay.calls(Kind.LOOK_UP)) > asked or not question.is_alive())
        self.under_way.append((self.clock() + self.ends_after, question))
        self.end_questions(self.clock())


def each() -> Iterator[object]:
    for name, trouble in TROUBLES.items():
        yield pytest.param(trouble, id=name, marks=[pytest.mark.real_time] if trouble.timeout < FOREVER else [])


@pytest.fixture(params=each())
def trouble(request: pytest.FixtureRequest) -> Trouble:
    trouble: Trouble = request.param
    return trouble


@pytest.fixture
def lnpay(tmp_path: Path, clock: FakeClock) -> Iterator[FaultyLNPay]:
    with faulty_lnpay(Sandbox(tmp_path / "wallet", clock=clock)) as lnpay:
        yield lnpay


@pytest.fixture
def wallet(lnpay: FaultyLNPay, trouble: Trouble) -> Iterator[Overheard]:
    transport = Transport()
    yield Overheard(transport, lnpay, trouble.timeout)
    transport.close()


@pytest.fixture
def stall(shop: Shop, client: FlaskClient, clock: FakeClock, lnpay: FaultyLNPay) -> Iterator[Stall]:
    stall = Stall(shop, client, clock, lnpay)
    yield stall
    lnpay.heal()
    stall.end_questions(NEVER)


def test_a_payment_made_while_the_wallet_fails_is_seen_within_ten_seconds_and_nobody_waits_for_the_wallet(
    stall: Stall, lnpay: FaultyLNPay, wallet: Overheard, trouble: Trouble
) -> None:
    sold = charge(stall.shop, Channel.TILL, in_sat(2100), "k1")
    stall.pass_time(TICK)
    assert stall.shop.lease.mine

    stall.ends_after = trouble.ends_after
    with trouble.outage(lnpay):
        lnpay.sandbox.pay(sold.invoice.payment_request)
        for _ in range(HELD):
            stall.is_paid(sold.id)
            stall.pass_time(1)
    stall.ends_after, healed_at = 0, stall.clock()

    while not stall.is_paid(sold.id):
        assert stall.clock() - healed_at < SEEN_WITHIN
        stall.pass_time(1)
    # Pages are made in this thread, and the watch ticks in it.
    assert current_thread() not in wallet.asked_by
