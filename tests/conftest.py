"""What most tests start from: a shop with a fake wallet and a clock that stands still, and the people who use it."""

import gc
import os
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from werkzeug.test import TestResponse
from xdist.remote import Producer

from pos import close, create_app
from pos.domain.charge import Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.lnpay.settings import LNPaySettings
from pos.runtime.leader import Lease, watch_of
from pos.settings import Settings
from pos.shop import Shop
from tests import compiled, warm
from tests.databases import Postgres, bring_up_to_date, postgres_server
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.parallel import Turns, talk_less, waits
from tests.people import People

DATABASES = ("sqlite", "postgresql")
TOKEN = "a-token-for-the-tests"
# A file system in memory, on Linux, and the bytes that have to be free there: a run takes a fifth of them.
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30
# So many things more than before have to be there until Python looks which of the new ones nobody needs.
_RUBBISH = 100_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", action="append", choices=DATABASES, help="a database to run on; may be given twice")


def pytest_xdist_auto_num_workers() -> int:
    # One more than there are cores, as tests wait, too; one of them does little else: the row of real time. Yet another
    # leaves no core idle, and gains nothing: each test then takes the longer for it.
    return len(os.sched_getaffinity(0)) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Turns:
    return Turns(config, log)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or not config.getoption("numprocesses"):
        # Until all tests are collected, which who only shares them out does not do: nothing of that is rubbish.
        gc.disable()
    compiled.keep()
    talk_less(config)
    # Where nobody has chosen a zone that of the machine holds: it is the same for all who run the tests.
    os.environ["TZ"] = "UTC"
    time.tzset()
    warm.keep()
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        # A till waits until each sale is on its disk. What the tests sell need not survive a power cut.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    # How long an example takes, or is in the making, is about the machine and what else it does.
    hypothesis_settings.register_profile(
        "untimed", hypothesis_settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    hypothesis_settings.load_profile("untimed")
    config.addinivalue_line("markers", "only_on(database, reason): the test is about one database's own ways")
    config.addinivalue_line("markers", "asks_the_database: what this browser sees depends on what the database can do")
    config.addinivalue_line("markers", "real_time: it waits in real time, or for real processes")


def databases(config: pytest.Config) -> list[str]:
    """Return what the tests are to run on."""
    return config.getoption("--database") or [DATABASES[0]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that has a database on all that it is about."""
    if "database" not in metafunc.fixturenames:
        return
    about: set[str] = set(DATABASES)
    for mark in metafunc.definition.iter_markers("only_on"):
        about &= set(mark.args)
    # Most of what a browser shows comes out of the store by calls that other tests make on both.
    test = metafunc.definition
    if test.nodeid.startswith("tests/browser/") and not test.get_closest_marker("asks_the_database"):
        about &= {DATABASES[0]}
    metafunc.parametrize("database", [it for it in databases(metafunc.config) if it in about])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the chosen databases have no part in, and mark what takes its time."""
    chosen, dropped = databases(config), []
    for item in items:
        if waits(item.nodeid):
            item.add_marker("real_time")
        assert isinstance(item, pytest.Function)
        names = item.fixturenames
        on = item.callspec.params["database"] if "database" in names else DATABASES["postgres" in names]
        if on not in chosen:
            dropped.append(item)
    config.hook.pytest_deselected(items=dropped)
    gone = set(dropped)
    items[:] = [it for it in items if it not in gone]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave out of a report what nobody reads there: it is sent from process to process."""
    report = yield
    report.keywords = {}
    return report


def pytest_collection_finish() -> None:
    """Let Python look for rubbish less often, and not among all that was loaded: it took an eighth of the time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(_RUBBISH, 50, 100)


def hidden_fields(page: str) -> dict[str, str]:
    """Read what a page's form would send besides what is typed."""
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if 'type="hidden"' in tag and name and value:
            fields.setdefault(name[1], unescape(value[1]))
    return fields


def without_chance(page: str) -> str:
    """Leave out of a page what chance wrote, in which any short word may stand: tokens, keys, ids and invoices."""
    return re.sub(r"(?=[\w.-]*[A-Z0-9])[\w.-]{20,}", "", page)


@dataclass
class Cashier:
    """Somebody with a browser, who opens a page with a form and sends it."""

    client: FlaskClient

    def open(self, path: str = "/") -> dict[str, str]:
        return hidden_fields(self.client.get(path).text)

    def send(self, path: str = "/", fields: dict[str, str] | None = None, /, **typed: str) -> TestResponse:
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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database of today's shape without a sale: to copy it takes a fiftieth of the time to make it."""
    folder = tmp_path_factory.mktemp("migrated")
    bring_up_to_date(f"sqlite:///{folder / 'till.db'}", folder)
    return folder / "till.db"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> Iterator[str]:
    """The address of a database in which nothing was sold yet, as a till's first start leaves it."""
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "till.db")
        yield f"sqlite:///{tmp_path / 'till.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_migrated()
    yield url
    server.forget_sales(url)


@pytest.fixture
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> Iterator[str]:
    """The address of a database in which nothing is, no table either; an SQLite file is not even there."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'till.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tills of one session lay out the static files: they are the same for all."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def settings(tmp_path: Path, database_url: str, shelf: Path) -> Settings:
    (tmp_path / "static").symlink_to(shelf)
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
def people(app: Flask) -> People:
    """Whoever works in the shop, or owns it: with the first owner it is claimed."""
    return People(app)


@pytest.fixture
def cashier(client: FlaskClient) -> Cashier:
    return Cashier(client)


def lease_of_watch(shop: Shop, running: Callable[[], float]) -> Lease:
    """Return a process's own view of who asks a shop's wallet."""
    return Lease(shop.store, running, watch_of(shop.wallet.identity))


def in_sat(amount: int, memo: str = "") -> Sale:
    """What somebody asks to charge, in sat and without a tip."""
    return Sale(Money(amount, SAT), memo)


def stored(shop: Shop, charge_id: str) -> Charge:
    """Read a charge that has to be there."""
    charge = shop.store.get(charge_id)
    assert charge is not None
    return charge
