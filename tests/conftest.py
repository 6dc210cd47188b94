"""What most tests start from: a shop with a fake wallet and a clock that stands still, and the people who use it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from xdist.remote import Producer

from pos import close, create_app
from pos.domain.charge import Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.lnpay.settings import LNPaySettings
from pos.settings import Settings
from pos.shop import Shop
from tests.databases import Postgres, postgres_server
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.parallel import Turns

DATABASES = ("sqlite", "postgresql")
# The fixtures that a test with a book has.
BOOKS = {"database_url", "postgres"}
TOKEN = "a-token-for-the-tests"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, default="sqlite", help="what the till keeps its book in")


def pytest_xdist_auto_num_workers() -> int:
    # One more than there are cores, as tests wait, too. With more, those of real time would wait for a core.
    return len(os.sched_getaffinity(0)) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Turns:
    return Turns(config, log)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(database, reason): the test is about one database's own ways")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, on the second database, what has no book: it was run on the first, and would be no different."""
    if config.getoption("--database") == DATABASES[0]:
        return
    kept = [it for it in items if BOOKS.intersection(getattr(it, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[it for it in items if it not in set(kept)])
    items[:] = kept


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("only_on"):
        if item.config.getoption("--database") not in mark.args:
            pytest.skip(f"only on {mark.args[0]}: {mark.kwargs['reason']}")


def hidden_fields(page: str) -> dict[str, str]:
    """Read what a page's form would send besides what is typed."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if 'type="hidden"' in tag and name and value:
            fields.setdefault(name[1], unescape(value[1]))
    return fields


@dataclass
class Cashier:
    """Somebody with a browser, who opens a page with a form and sends it."""

    client: FlaskClient

    def open(self, path: str = "/") -> dict[str, str]:
        return hidden_fields(self.client.get(path).text)

    def send(self, path: str = "/", fields: dict[str, str] | None = None, **typed: str) -> TestResponse:
        return self.client.post(path, data={**(fields or self.open(path)), **typed})

    def sell(self, amount: int | str, memo: str = "") -> str:
        """Make a sale and return its charge's id."""
        answer = self.send(amount=str(amount), memo=memo)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].rsplit("/", 1)[1]

    def status(self, charge_id: str) -> Any:
        return self.client.get(f"/pay/{charge_id}/status").get_json()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def wallet(clock: FakeClock) -> FakeWallet:
    return FakeWallet(clock)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this session, started when the first test asks for it."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which nothing is yet."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path / 'till.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        wallet="lnpay",
        secret_key="a secret for the tests",
        var=tmp_path,
        database_url=database_url,
        shop_name="Marta's Stall",
        network="bcrt",
        api_token=TOKEN,
        wallet_settings=LNPaySettings(),
    )


@pytest.fixture
def rates() -> FakeRates | None:
    """Most shops of the tests have no currency; a test file that wants one says so."""
    return None


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates | None) -> Iterator[Flask]:
    app = create_app(settings, wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


@pytest.fixture
def shop(app: Flask) -> Shop:
    shop: Shop = app.extensions["shop"]
    return shop


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def cashier(client: FlaskClient) -> Cashier:
    return Cashier(client)


def in_sat(amount: int, memo: str = "") -> Sale:
    """What somebody asks to charge, in sat and without a tip."""
    return Sale(Money(amount, SAT), memo)


def stored(shop: Shop, charge_id: str) -> Charge:
    """Read a charge that has to be there."""
    charge = shop.store.get(charge_id)
    assert charge is not None
    return charge
