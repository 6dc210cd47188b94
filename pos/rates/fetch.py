"""The sources, asked all at the same time. Whom to believe is in consensus.py, for how long in cached.py."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from pos.rates.base import Ignored, Report, SourcePrice
from pos.rates.consensus import ENOUGH, consensus
from pos.rates.sources import BadPrice, Source
from pos.transport import Transport, TransportError, TransportTimeout

log = logging.getLogger(__name__)

DEADLINE = 4
# The version is BitPay's, and the others let it be.
HEADERS = {"Accept": "application/json", "X-Accept-Version": "2.0.0"}

Answer = SourcePrice | Ignored


class Fetcher:
    """Sources for one currency. `deadline` is in seconds, for each, and so for all of them."""

    def __init__(
        self, currency: str, sources: Sequence[Source], transport: Transport, *, deadline: int = DEADLINE
    ) -> None:
        self._currency = currency
        self._sources = sources
        self._transport = transport
        self._deadline = deadline
        self._ignored: dict[str, str] = {}

    def fetch(self) -> Report:
        """Ask all of them, and log whose state has changed."""
        answers = self._answers()
        prices = [answer for answer in answers if isinstance(answer, SourcePrice)]
        silent = tuple(answer for answer in answers if isinstance(answer, Ignored))
        # An owner who names one source alone trusts it.
        report = consensus(prices, min(ENOUGH, len(self._sources)))
        report = Report(report.used, silent + report.ignored)
        self._tell(report.ignored)
        return report

    def _answers(self) -> list[Answer]:
        pool = ThreadPoolExecutor(len(self._sources))
        try:
            asked = [(source, pool.submit(self._ask, source)) for source in self._sources]
        except RuntimeError as error:
            # There is no thread to be had: nobody says anything then.
            pool.shutdown(wait=False, cancel_futures=True)
            return [Ignored(source.name, "cannot be reached", str(error)) for source in self._sources]
        # The call has the same deadline, but it does not hold where the name of a host is looked up.
        wait([future for _, future in asked], timeout=self._deadline)
        pool.shutdown(wait=False)
        return [future.result() if future.done() else self._late(source) for source, future in asked]

    def _ask(self, source: Source) -> Answer:
        address = source.address(self._currency)
        try:
            reply = self._transport.call("GET", address, headers=HEADERS, timeout=self._deadline)
            if reply.status != 200:
                return Ignored(source.name, f"answers HTTP {reply.status}")
            return SourcePrice(source.name, source.read(reply.body, self._currency))
        except TransportTimeout:
            return self._late(source)
        except TransportError as error:
            return Ignored(source.name, "cannot be reached", str(error))
        except BadPrice as error:
            return Ignored(source.name, str(error), error.detail)

    def _late(self, source: Source) -> Ignored:
        return Ignored(source.name, f"does not answer within {self._deadline} s")

    def _tell(self, ignored: Sequence[Ignored]) -> None:
        before, self._ignored = self._ignored, {each.source: each.why for each in ignored}
        for each in ignored:
            if before.get(each.source) != each.why:
                log.warning("rate: %s, and is ignored", each)
        for name in before:
            if name not in self._ignored:
                log.info("rate: %s is used again", name)
