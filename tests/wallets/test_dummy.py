"""Adding a wallet: one module, one folder of samples, one line. A till that chooses it sells, and settles."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug import Request, Response

from pos import close, create_app
from pos.settings import Settings
from pos.wallets.registry import WALLETS
from tests.conftest import Cashier
from tests.fakes import NOON, FakeClock
from tests.loopback import served

SAMPLES = Path(__file__).parents[1] / "samples/dummy"
KEY, SECRET = "a key of the dummy's", "a secret of the hook's"
HASH = json.loads((SAMPLES / "made.json").read_text())["hash"]


@dataclass
class Backend:
    """The dummy's other end: it answers with the samples, and remembers what it was asked."""

    paid: bool = False
    asked: list[tuple[str, str, object]] = field(default_factory=list)

    def __call__(self, environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
        request = Request(environ)
        self.asked.append((request.method, request.path, request.get_json(silent=True)))
        return self._answer(request)(environ, start_response)  # type: ignore[arg-type]

    def _answer(self, request: Request) -> Response:
        if request.headers.get("X-Key") != KEY:
            return Response(status=401)
        sample = {
            "POST /invoices": "made",
            "GET /me": "me",
            f"GET /invoices/{HASH}": "paid" if self.paid else "unpaid",
        }[f"{request.method} {request.path}"]
        return Response((SAMPLES / f"{sample}.json").read_text(), content_type="application/json")


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line."""
    monkeypatch.setitem(WALLETS, "dummy", "tests.wallets.dummy")


@pytest.fixture
def environ(tmp_path: Path, database_url: str, backend: Backend) -> Iterator[dict[str, str]]:
    with served(backend) as address:
        yield {
            "POS_WALLET": "dummy",
            "POS_NETWORK": "bcrt",
            "POS_VAR": str(tmp_path),
            "POS_DATABASE_URL": database_url,
            "DUMMY_URL": address,
            "DUMMY_KEY": KEY,
            "DUMMY_HOOK_SECRET": SECRET,
        }


@pytest.fixture
def app(environ: dict[str, str], clock: FakeClock, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Settings.from_env(environ, tmp_path / "no.env"), clock=clock)
    yield app
    close(app)


def tell(client: FlaskClient, secret: str) -> int:
    """Send the hook what the dummy sends when its invoice is paid."""
    with client.post("/hooks/dummy", json={"hash": HASH}, headers={"X-Dummy-Secret": secret}) as answer:
        return answer.status_code


def test_it_sells_and_what_it_says_is_paid_is_paid(cashier: Cashier, backend: Backend, clock: FakeClock) -> None:
    charge_id = cashier.sell(2100, "Coffee")
    assert backend.asked == [("POST", "/invoices", {"sat": 2100, "memo": "Coffee", "for": 600})]
    assert cashier.status(charge_id)["status"] == "open"
    backend.paid = True
    clock.move(10)
    assert tell(cashier.client, SECRET) == 200
    status = cashier.status(charge_id)
    assert (status["status"], status["received_sat"], status["paid_at"]) == ("paid", 2100, NOON + 5)


def test_its_hint_alone_is_no_proof(cashier: Cashier) -> None:
    charge_id = cashier.sell(2100)
    assert tell(cashier.client, SECRET) == 200
    assert cashier.status(charge_id)["status"] == "open"


def test_a_forged_hint_is_refused(cashier: Cashier, backend: Backend) -> None:
    cashier.sell(2100)
    asked = len(backend.asked)
    assert tell(cashier.client, "another secret") == 403
    assert len(backend.asked) == asked


def test_an_invoice_of_it_that_is_not_what_was_asked_for_is_not_shown(cashier: Cashier) -> None:
    answer = cashier.send(amount="2101")
    assert answer.status_code == 502
    assert "wrong invoice" in answer.text


def test_the_doctor_examines_it_in_its_own_words(app: Flask) -> None:
    output = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "in order; the wallet is dummy." in output
    assert "wallet: answers, and takes the till's keys." in output


def test_a_till_without_its_key_does_not_start_and_says_so(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(Exception, match="DUMMY_KEY is not set, and the wallet dummy needs it"):
        Settings.from_env({**environ, "DUMMY_KEY": ""}, tmp_path / "no.env")
