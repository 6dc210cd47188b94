"""A till that is connected: relays on this machine, the double of a wallet behind them, and what is opened of it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from pos.transport import Transport
from pos.wallets.base import InvoiceRequest
from pos.wallets.nwc.client import NWC
from pos.wallets.nwc.line import Pace
from pos.wallets.nwc.settings import connection
from tests.fakes import FakeClock
from tests.wallets.doubles.nwc import TILL, NWCDouble, url
from tests.wallets.doubles.relay import Relay, relaying
from tests.wallets.tills import till_with

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
# A line that broke is soon there again. How long a relay may be silent is a shop's: a busy machine takes its time.
SOON_AGAIN = Pace(pause=0.02, longest=0.1)


@dataclass
class Connected:
    """The double of a wallet, its relays, and who opens tills on it."""

    backend: NWCDouble
    relays: list[Relay]
    opened: ExitStack = field(default_factory=ExitStack)

    @property
    def relay(self) -> Relay:
        return self.relays[0]

    def wallet(
        self,
        *,
        secret: str = TILL,
        timeout: float = 10,
        pace: Pace = SOON_AGAIN,
        where: Sequence[Relay | str] = (),
        transport: Transport | None = None,
    ) -> NWC:
        """Open the wallet as a till does, whose string has all the relays, or others."""
        till = till_with(transport or Transport(), clock=self.backend.clock, timeout=timeout)
        wallet = NWC(till, connection(url(secret, *(where or self.relays))), pace)
        self.opened.callback(wallet.close)
        return wallet


@contextmanager
def connected(relays: int = 1) -> Iterator[Connected]:
    """Serve a wallet over so many relays."""
    with ExitStack() as stack:
        served = [stack.enter_context(relaying()) for _ in range(relays)]
        all_of_it = Connected(NWCDouble(FakeClock()), served)
        all_of_it.backend.join(*served)
        stack.enter_context(all_of_it.opened)
        yield all_of_it
