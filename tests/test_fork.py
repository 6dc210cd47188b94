"""What gunicorn does: join the parts in one process, fork, and serve in others. No sale may be lost on the way."""

import gc
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pos import close, create_app
from pos.lnpay.settings import LNPaySettings
from pos.sandbox import Sandbox
from pos.settings import Settings
from pos.store import Store, engine
from tests.faulty import faulty_lnpay
from tests.kept_connections import KeptConnection
from tests.processes import until


@pytest.fixture(autouse=True)
def connections_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it counts what is open, and a child must not speak on its parent's."""
    monkeypatch.setattr(engine, "Impatient", KeptConnection.__base__)


def open_files() -> set[str]:
    """Name what is open: files, and sockets, which are no more to be shared than files are."""
    links = (link for link in Path("/dev/fd").iterdir() if link.is_symlink())
    return {name for link in links if (name := str(link.readlink())).startswith(("/", "socket:"))}


def test_a_process_that_is_about_to_fork_holds_no_book_open(settings: Settings) -> None:
    before = open_files()
    app = create_app(replace(settings, wallet="sandbox"))
    app.test_client().get("/")
    app.extensions["shop"].store.check()
    assert open_files() - before != set()
    close(app)
    assert open_files() - before == set()


def test_a_process_that_is_about_to_fork_holds_no_line_to_its_wallet_open(settings: Settings, tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "wallet")
    with faulty_lnpay(sandbox) as lnpay:
        keys = LNPaySettings(
            url=lnpay.settings["LNPAY_URL"], api_key=sandbox.keys.public_key, wallet_key=sandbox.keys.invoice_key
        )
        before = open_files()
        app = create_app(replace(settings, wallet_settings=keys))
        app.extensions["shop"].wallet.check_access()
        assert open_files() - before != set()
        close(app)
        # Its other end is in this process, too, and hears of that.
        until(lambda: open_files() - before == set())


# Python 3.12 warns of every thread. The one that is here belongs to pytest-xdist, and the child does without it.
@pytest.mark.real_time
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_no_sale_of_a_worker_is_lost_when_its_parent_cleans_up(settings: Settings) -> None:
    play = replace(settings, wallet="sandbox")
    parent = create_app(play)
    close(parent)
    go_read, go_write = os.pipe()
    sold_read, sold_write = os.pipe()
    worker = os.fork()
    if worker == 0:
        client = create_app(play).test_client()
        auth = {"Authorization": f"Bearer {settings.api_token}"}
        for number in range(6):
            made = client.post("/api/v1/charges", json={"amount_sat": 5}, headers=auth)
            os.write(sold_write, b"." if made.status_code == 201 else b"x")
            if number == 2:
                os.read(go_read, 1)
        os._exit(0)
    assert os.read(sold_read, 1) + os.read(sold_read, 1) + os.read(sold_read, 1) == b"..."
    del parent
    gc.collect()
    os.write(go_write, b"!")
    os.waitpid(worker, 0)
    book = Store(settings.database_url, settings.network)
    with book.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM charge").scalar() == 6
    book.close()
