"""A short soak: crashes in every configuration while people sell and pay. `make soak` does the same for longer."""

import secrets
from collections.abc import Iterator, Mapping

import pytest

from bench.soak import Configuration, Database, databases, soak

ROUNDS = 2


@pytest.fixture(scope="module")
def found() -> Iterator[Mapping[str, Database]]:
    with databases() as found:
        yield found


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("database", ["SQLite"])
def test_a_till_that_crashes_loses_no_sale_and_no_payment(
    found: Mapping[str, Database], database: str, workers: int
) -> None:
    seed = secrets.token_hex(4)
    report = soak(Configuration(database, workers), found[database], ROUNDS, seed)
    assert report.verdict, f"seed {seed}: {report.verdict}"
    assert report.kills >= ROUNDS
    assert report.shown >= 4 * ROUNDS
    assert 0 < report.paid < report.shown
