"""How what the doctor finds is written in a terminal."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from pos.services.doctor import Finding, Verdict

MARKS = {Verdict.GOOD: "ok     ", Verdict.WARNING: "warning", Verdict.BAD: "WRONG  "}


def tell(findings: Iterable[Finding]) -> None:
    """Write a line for each."""
    for finding in findings:
        click.echo(f"{MARKS[finding.verdict]}  {finding.part}: {finding.sentence}")


def are_bad(findings: Iterable[Finding]) -> bool:
    """Tell whether anything has to be mended before a sale."""
    return any(finding.verdict is Verdict.BAD for finding in findings)


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
