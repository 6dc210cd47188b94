"""How what the doctor finds is written in a terminal."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from pos.services.doctor import Finding, Unreached, Verdict
from pos.transport import Transport, TransportError
from pos.wallets.base import Hinting

MARKS = {Verdict.GOOD: "ok     ", Verdict.WARNING: "warning", Verdict.BAD: "WRONG  "}


def tell(findings: Iterable[Finding]) -> None:
    """Write a line for each."""
    for finding in findings:
        click.echo(f"{MARKS[finding.verdict]}  {finding.part}: {finding.sentence}")


def are_bad(findings: Iterable[Finding]) -> bool:
    """Tell whether anything has to be mended before a sale."""
    return any(finding.verdict is Verdict.BAD for finding in findings)


def ping(wallet: Hinting, address: str) -> int:
    """Send the hook at an address a message about nothing, and return the HTTP status. Raises WalletError."""
    # Over the network even where the wallet is in this process, as its messages come that way.
    return wallet.ping_webhook(Transport(), address)


def get(address: str) -> bytes:
    """Ask an address, as a payer's wallet does, and return what is answered. Raises Unreached."""
    try:
        return Transport().call("GET", address, headers={"Accept": "application/json"}, timeout=10).body
    except TransportError as error:
        raise Unreached(str(error)) from error


@contextmanager
def no_log() -> Iterator[None]:
    """Keep the log silent: what the doctor finds, it says itself, and the same in other words would stand above it."""
    ours = logging.getLogger("pos")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        ours.setLevel(before)
