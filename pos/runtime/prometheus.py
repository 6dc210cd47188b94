"""The figures as Prometheus reads them: this till's own, added up over the workers of one host, and the database's.

No label holds a key, a memo or the id of a charge.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from pos.domain.charge import Tally

# Seconds: from the sandbox, which is in the house, to the longest POS_WALLET_TIMEOUT.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Prometheus:
    """Keeps the figures of this process, beside those of the other workers where there are any."""

    def __init__(self) -> None:
        own = CollectorRegistry()
        self._running = _of_all_workers() or own
        self._seconds = Histogram(
            "till_wallet_seconds", "How long the wallet took to answer.", ["call"], buckets=_BUCKETS, registry=own
        )
        self._errors = Counter("till_wallet_errors", "Calls to the wallet that failed.", ["call", "kind"], registry=own)
        self._screens = Gauge(
            "till_open_screens", "Screens that wait for news.", multiprocess_mode="livesum", registry=own
        )
        self._lag = Gauge(
            "till_watch_lag_seconds",
            "How late the look-up is that is most overdue.",
            multiprocess_mode="livemax",
            registry=own,
        )

    def called(self, call: str, seconds: float) -> None:
        self._seconds.labels(call).observe(seconds)

    def failed(self, call: str, kind: str) -> None:
        self._errors.labels(call, kind).inc()

    def screens(self, count: int) -> None:
        self._screens.set(count)

    def lag(self, seconds: float) -> None:
        self._lag.set(seconds)

    def text(self, tallies: Iterable[Tally]) -> str:
        """Return what the database says, and then what the workers counted."""
        return "".join(generate_latest(part).decode() for part in (_Sales(tallies), self._running))


class _Sales(Collector):
    """What the database says, whichever worker or host is asked."""

    def __init__(self, tallies: Iterable[Tally]) -> None:
        self._tallies = list(tallies)

    def collect(self) -> Iterable[Metric]:
        made = CounterMetricFamily("till_charges", "Charges made.", labels=["channel"])
        paid = CounterMetricFamily("till_charges_paid", "Charges paid, the late ones included.", labels=["channel"])
        late = CounterMetricFamily("till_charges_late", "Charges paid after their expiry.", labels=["channel"])
        still_open = GaugeMetricFamily("till_charges_open", "Charges not paid and not expired.", labels=["channel"])
        received = CounterMetricFamily("till_received_sat", "Money received, in sat.", labels=["channel"])
        for tally in self._tallies:
            channel = [tally.channel.value]
            made.add_metric(channel, tally.made)
            paid.add_metric(channel, tally.paid)
            late.add_metric(channel, tally.late)
            still_open.add_metric(channel, tally.open)
            received.add_metric(channel, tally.received_sat)
        return made, paid, late, still_open, received


def _of_all_workers() -> Collector | None:
    """Return what adds up all workers, where gunicorn.conf.py has set the folder of their files.

    From the environment and not from Settings: the library itself reads it there, and the two must not disagree.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return None
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    return MultiProcessCollector(None, folder)  # type: ignore[no-untyped-call]
