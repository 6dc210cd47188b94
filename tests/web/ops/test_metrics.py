"""The figures, as Prometheus asks for them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.exceptions import Unauthorized

from pos import create_app
from pos.domain.charge import Channel
from pos.runtime.metrics import Unwatched
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import KeyRefused
from pos.web.auth import authorize
from tests.conftest import TOKEN, Cashier, stored
from tests.fakes import FakeClock, FakeWallet

METRICS_TOKEN = "another-token-for-the-tests"
AUTH = {"Authorization": f"Bearer {METRICS_TOKEN}"}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, metrics_token=METRICS_TOKEN)


def figures(client: FlaskClient) -> dict[str, float]:
    """Read the figures as Prometheus would: `name{label=value}` and the number."""
    text = client.get("/metrics", headers=AUTH).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        sample.name + "".join(f"{{{name}={value}}}" for name, value in sorted(sample.labels.items())): sample.value
        for sample in samples
    }


def test_the_answer_is_in_the_text_format_of_prometheus(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers=AUTH)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE till_charges_total counter\n" in answer.text


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", f"Bearer {TOKEN}", METRICS_TOKEN, f"Basic {METRICS_TOKEN}", "Bearer ä"]
)
def test_without_its_own_token_nothing_is_told(client: FlaskClient, header: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.mimetype == "application/problem+json"
    assert "POS_METRICS_TOKEN" in answer.text
    assert "till_" not in answer.text


def test_a_setting_without_a_token_lets_nobody_in(app: Flask) -> None:
    with app.test_request_context(headers={"Authorization": "Bearer None"}), pytest.raises(Unauthorized):
        authorize(None, "POS_METRICS_TOKEN")


def test_without_a_token_in_the_settings_there_are_no_figures(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    app = create_app(replace(settings, metrics_token=None), wallet=wallet, clock=clock)
    for headers in ({}, AUTH, {"Authorization": "Bearer None"}):
        assert app.test_client().get("/metrics", headers=headers).status_code == 404
    shop = app.extensions["shop"]
    assert shop.wallet is wallet
    shop.metrics.called("look_up", 1)
    shop.metrics.failed("look_up", "WalletTimeout")
    shop.metrics.screens(1)
    shop.metrics.lag(1)
    assert isinstance(shop.metrics, Unwatched)
    assert shop.metrics.text(shop.store.tally(shop.now())) == ""


@pytest.mark.real_time
def test_a_till_that_nobody_watches_over_does_not_even_load_the_library(tmp_path: Path) -> None:
    settings = "wallet='sandbox', secret_key='x', network='bcrt', wallet_settings=SandboxSettings()"
    folder = f"var=Path({str(tmp_path)!r}), database_url='sqlite:///{tmp_path / 'till.db'}'"
    program = (
        "import sys; from pathlib import Path; from pos import create_app; from pos.settings import Settings; "
        "from pos.sandbox.settings import SandboxSettings\n"
        f"for token in (None, {METRICS_TOKEN!r}): "
        f"create_app(Settings({settings}, {folder}, metrics_token=token)); print('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\nTrue\n", done.stderr


def test_a_shop_that_has_not_sold_yet_says_nought_and_not_nothing(client: FlaskClient) -> None:
    told = figures(client)
    for name in ("charges_total", "charges_paid_total", "charges_late_total", "charges_open", "received_sat_total"):
        assert [told[f"till_{name}{{channel={channel.value}}}"] for channel in Channel] == [0] * len(Channel)


def test_what_the_book_says_is_told_for_each_face(
    client: FlaskClient, cashier: Cashier, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    sold = [cashier.sell(2100), cashier.sell(700), cashier.sell(5)]
    wallet.settle(stored(shop, sold[0]).invoice, 2100)
    cashier.status(sold[0])
    clock.move(1000)
    wallet.settle(stored(shop, sold[1]).invoice, 699)
    cashier.status(sold[1])
    cashier.sell(8)
    told = figures(client)
    assert told["till_charges_total{channel=till}"] == 4
    assert told["till_charges_paid_total{channel=till}"] == 2
    assert told["till_charges_late_total{channel=till}"] == 1
    assert told["till_charges_open{channel=till}"] == 1
    assert told["till_received_sat_total{channel=till}"] == 2799
    assert told["till_charges_total{channel=kiosk}"] == 0


def test_calls_to_the_wallet_are_told_and_so_are_its_failures(
    client: FlaskClient, cashier: Cashier, wallet: FakeWallet
) -> None:
    cashier.sell(2100)
    wallet.fail_with = KeyRefused("no")
    assert cashier.send(amount="5").status_code == 502
    told = figures(client)
    assert told["till_wallet_seconds_count{call=create_invoice}"] == 2
    assert told["till_wallet_errors_total{call=create_invoice}{kind=KeyRefused}"] == 1


def test_no_secret_and_no_sale_is_told(client: FlaskClient, cashier: Cashier, shop: Shop, settings: Settings) -> None:
    invoice = stored(shop, charge_id := cashier.sell(2100, "Lavender soap")).invoice
    text = client.get("/metrics", headers=AUTH).text
    for private in (charge_id, "Lavender", invoice.id, invoice.payment_hash, settings.secret_key, METRICS_TOKEN, TOKEN):
        assert private not in text


def test_a_book_that_cannot_be_read_is_a_failed_answer_and_not_a_wrong_figure(client: FlaskClient, shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    assert client.get("/metrics", headers=AUTH).status_code == 503
