"""What a charge costs LNPay: the calls that a till makes for it, counted there; those of a whole day are computed."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.clients import ApiClient, WrongAnswer
from bench.crowd import Crowd, crowd
from bench.server import served
from pos.domain.due import WATCHED_FOR, Unpaid, interval
from pos.sandbox import Sandbox
from tests.faulty import FaultyLNPay, Kind, faulty_lnpay

# Few enough that the watch's budget lets it ask whenever it wants to.
_CHARGES = 3
_SECRET = "a secret for webhooks"
# Seconds.
_PAYS_AFTER = 10
_EXPIRY = 60
_USUAL_EXPIRY = 600
_PATIENCE = 20
# What comes within so many seconds after the last event belongs to it.
_AFTER = 2

Row = tuple[str, object]
Charge = dict[str, Any]
# Lives through a charge's life: with its charges, its LNPay, the screens, and the webhook's secret if there is one.
Story = Callable[[list[Charge], FaultyLNPay, Crowd, str], None]


def calls() -> Iterator[Row]:
    """Let several tills live through a story each, at the same time, and count."""
    stories: dict[str, tuple[Story, str]] = {
        f"paid after {_PAYS_AFTER} s before an open screen, webhook": (_paid, _SECRET),
        f"paid after {_PAYS_AFTER} s before an open screen, no webhook": (_paid, ""),
        f"not paid, screen open until the expiry after {_EXPIRY} s": (_watched, ""),
        f"not paid, screen left at once, until the expiry after {_EXPIRY} s": (_left, ""),
    }
    with ThreadPoolExecutor(len(stories)) as threads:
        runs = {name: threads.submit(_count, *story) for name, story in stories.items()}
        for name, run in runs.items():
            made, looked_up = run.result()
            yield f"Calls to LNPay for a charge, {name}", f"{made:.1f} to make it, {looked_up:.1f} to look it up"
    for name, until in (("screen open until the expiry", _USUAL_EXPIRY), ("screen left at once", 0)):
        before, after = _computed(until)
        what = f"Look-ups of a charge, not paid, {name} after {_USUAL_EXPIRY} s, computed"
        yield what, f"{before} until then, {after} in the {WATCHED_FOR // 3600} h after"


def _count(story: Story, secret: str) -> tuple[float, float]:
    """Return how many calls each charge took: to make it, and to look it up."""
    with _shop(secret) as (lnpay, port), crowd(port) as people:
        with closing(ApiClient(port)) as seller:
            charges = [seller.charge() for _ in range(_CHARGES)]
        story(charges, lnpay, people, secret)
        # At its start a till asks once whether LNPay takes its keys.
        if len(lnpay.calls(Kind.OTHER)) > 1:
            raise WrongAnswer("LNPay was asked for something else")
        return len(lnpay.calls(Kind.MAKE)) / _CHARGES, len(lnpay.calls(Kind.LOOK_UP)) / _CHARGES


@contextmanager
def _shop(secret: str) -> Iterator[tuple[FaultyLNPay, int]]:
    with TemporaryDirectory(prefix="till-bench-") as name, faulty_lnpay(Sandbox(Path(name) / "wallet")) as lnpay:
        settings = {**lnpay.settings, "LNPAY_WEBHOOK_SECRET": secret, "POS_INVOICE_EXPIRY": str(_EXPIRY)}
        with served(Path(name), settings) as server:
            yield lnpay, server.port


def _paid(charges: list[Charge], lnpay: FaultyLNPay, people: Crowd, secret: str) -> None:
    people.open_all(charges)
    _wait(people, _PAYS_AFTER)
    for charge in charges:
        lntx = lnpay.sandbox.pay(charge["payment_request"])
        if secret:
            people.announce(lntx, secret)
    _wait_for(people, "paid")


def _watched(charges: list[Charge], _lnpay: FaultyLNPay, people: Crowd, _secret: str) -> None:
    people.open_all(charges)
    _wait(people, _EXPIRY - _AFTER)
    _wait_for(people, "expired")


def _left(charges: list[Charge], _lnpay: FaultyLNPay, people: Crowd, _secret: str) -> None:
    people.open_all(charges)
    for screen in people.screens:
        people.close(screen)
    time.sleep(_EXPIRY)


def _wait(people: Crowd, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        for screen in people.turn(left):
            raise WrongAnswer(f"charge {screen.charge['id']} is shown as {screen.status}")


def _wait_for(people: Crowd, status: str) -> None:
    until = time.monotonic() + _PATIENCE
    left = set(people.screens)
    while left:
        left -= {screen for screen in people.turn(1) if screen.status == status}
        if time.monotonic() > until:
            raise WrongAnswer(f"{len(left)} screens were never sent {status}")
    if status == "paid":
        _wait(people, _AFTER)


def _computed(looked_until: int) -> tuple[int, int]:
    """Return the look-ups before and after the expiry, if the budget allows all that are due."""
    times, at = list[float](), 0.0
    while at < _USUAL_EXPIRY + WATCHED_FOR:
        times.append(at)
        at += interval(Unpaid("", 0, _USUAL_EXPIRY, 0), int(at), max(at - looked_until, 0))
    before = sum(at < _USUAL_EXPIRY for at in times)
    return before, len(times) - before
