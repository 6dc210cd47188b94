"""The JSON API."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos import create_app
from pos.domain.tax import TaxRate
from pos.settings import Settings
from pos.shop import Shop
from pos.wallets.base import WalletBusy, WalletTimeout, WalletUnreachable
from tests.conftest import TOKEN, Cashier, stored
from tests.fakes import FakeClock, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a program sends and reads")

AUTH = {"Authorization": f"Bearer {TOKEN}"}


def create(client: FlaskClient, body: Any, **headers: str) -> TestResponse:
    return client.post("/api/v1/charges", json=body, headers=AUTH | headers)


def problem(answer: TestResponse) -> Any:
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json(force=True)
    assert body["status"] == answer.status_code
    assert body["title"]
    return body


def test_a_charge_is_made_and_found_again(client: FlaskClient, shop: Shop) -> None:
    answer = create(client, {"amount_sat": 2100, "memo": "Coffee"})
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["amount_sat"], made["memo"], made["status"]) == (2100, "Coffee", "open")
    assert made["number"] == str(stored(shop, made["id"]).number)
    assert made["payment_request"] == stored(shop, made["id"]).invoice.payment_request
    assert client.get(answer.headers["Location"], headers=AUTH).get_json() == {**made, "asked_at": made["now"]}


def test_amount_may_be_named_as_in_the_form(client: FlaskClient) -> None:
    assert create(client, {"amount": 2100}).get_json()["amount_sat"] == 2100


def test_a_payment_shows(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    made = create(client, {"amount_sat": 2100}).get_json()
    wallet.settle(stored(shop, made["id"]).invoice, 2100)
    shown = client.get(f"/api/v1/charges/{made['id']}", headers=AUTH).get_json()
    assert (shown["status"], shown["received_sat"]) == ("paid", 2100)


def test_settled_without_money_is_not_paid_for_a_program(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    made = create(client, {"amount_sat": 2100}).get_json()
    wallet.settle(stored(shop, made["id"]).invoice, 0, preimage=None)
    shown = client.get(f"/api/v1/charges/{made['id']}", headers=AUTH).get_json()
    assert (shown["status"], shown["received_sat"], shown["paid_at"]) == ("open", None, None)


def test_a_key_in_body_or_header_makes_one_charge(client: FlaskClient, wallet: FakeWallet) -> None:
    ids = {
        create(client, {"amount_sat": 5, "key": "order-1"}).get_json()["id"],
        create(client, {"amount_sat": 5, "key": "order-1"}).get_json()["id"],
        create(client, {"amount_sat": 5}, **{"Idempotency-Key": "order-1"}).get_json()["id"],
    }
    assert len(ids) == 1
    assert len(wallet.made) == 1


def test_without_a_key_each_request_is_a_charge(client: FlaskClient) -> None:
    assert create(client, {"amount_sat": 5}).get_json()["id"] != create(client, {"amount_sat": 5}).get_json()["id"]


def test_a_key_with_another_sale_is_a_conflict(client: FlaskClient) -> None:
    first = create(client, {"amount_sat": 5, "key": "order-1"}).get_json()
    answer = create(client, {"amount_sat": 6, "key": "order-1"})
    assert answer.status_code == 409
    assert first["id"] in problem(answer)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "x",
        None,
        {},
        {"amount_sat": "2100"},
        {"amount_sat": 1.5},
        {"amount_sat": True},
        {"amount_sat": 0},
        {"amount_sat": -1},
        {"amount_sat": 10_000_001},
        {"amount_sat": 10**30},
        {"amount_sat": 5, "memo": 7},
        {"amount_sat": 5, "memo": "x" * 201},
        {"amount_sat": 5, "key": ["x"]},
        {"amount_sat": 5, "key": "ä"},
        {"amount_sat": 5, "key": 0},
        {"amount_sat": 5, "key": ""},
        {"amount_sat": 5, "key": {}},
        {"amount_sat": 5, "memo": []},
        {"amount_sat": 5, "key": "\ud800"},
        {"amount_sat": 5, "tax_rate": "\ud800"},
    ],
)
def test_a_bad_request_is_a_problem_and_makes_no_invoice(client: FlaskClient, wallet: FakeWallet, body: Any) -> None:
    answer = create(client, body)
    assert answer.status_code == 422
    assert problem(answer)["detail"].endswith(".")
    assert wallet.made == []


class TestTax:
    """A shop with two rates, one of which comes on top of the prices at its till."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tax_rates=(TaxRate(Decimal(19)), TaxRate(Decimal("8.25"), on_top=True)))

    @pytest.mark.parametrize(
        ("said", "percent"),
        [({}, "19"), ({"tax_rate": None}, "19"), ({"tax_rate": "19"}, "19"), ({"tax_rate": "8.25"}, "8.25")],
    )
    def test_the_amount_is_what_is_paid_with_the_tax_in_it(
        self, client: FlaskClient, shop: Shop, said: dict[str, Any], percent: str
    ) -> None:
        made = create(client, {"amount_sat": 2100, **said}).get_json()
        assert made["amount_sat"] == 2100
        sale = shop.store.get_sale(stored(shop, made["id"]).sale_id)
        assert sale
        assert [(it.rate, it.gross) for it in sale.taxes] == [(TaxRate(Decimal(percent)), 2100)]

    @pytest.mark.parametrize("rate", ["7", "", "x", 19, 8.25, True, [], {}, "19 %", "9" * 5000])
    def test_a_rate_that_is_not_the_shops_is_a_problem(
        self, client: FlaskClient, wallet: FakeWallet, rate: Any
    ) -> None:
        answer = create(client, {"amount_sat": 2100, "tax_rate": rate})
        assert answer.status_code == 422
        assert problem(answer)["detail"] == "tax_rate must be one of the shop's: 19, 8.25."
        assert wallet.made == []


def test_a_shop_without_tax_has_no_rate_to_choose(client: FlaskClient) -> None:
    assert problem(create(client, {"amount_sat": 2100, "tax_rate": "19"}))["detail"].endswith("shop's: it has none.")


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 5000])
def test_what_is_not_json_is_a_problem(client: FlaskClient, raw: bytes) -> None:
    answer = client.post("/api/v1/charges", data=raw, headers=AUTH, content_type="application/json")
    assert answer.status_code == 422
    assert problem(answer)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer ä"])
def test_without_the_token_nothing_is_sold_or_told(client: FlaskClient, wallet: FakeWallet, header: str) -> None:
    answer = client.post("/api/v1/charges", json={"amount_sat": 5}, headers={"Authorization": header})
    assert answer.status_code == 401
    assert problem(answer)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/api/v1/charges/x", headers={"Authorization": header}).status_code == 401
    assert wallet.made == []


def test_without_a_token_in_the_settings_there_is_no_api(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    client = create_app(replace(settings, api_token=None), wallet=wallet, clock=clock).test_client()
    assert create(client, {"amount_sat": 5}).status_code == 404
    assert client.get("/api/v1/charges", headers=AUTH).status_code == 404
    assert client.get("/api/v1/charges/x", headers=AUTH).status_code == 404


def test_an_unknown_charge_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/charges/nosuchcharge", headers=AUTH)
    assert answer.status_code == 404
    assert problem(answer)


@pytest.mark.parametrize(
    ("error", "status"), [(WalletUnreachable("x"), 502), (WalletTimeout("x"), 504), (WalletBusy("x", 7), 502)]
)
def test_a_wallet_that_fails_is_a_problem(
    client: FlaskClient, wallet: FakeWallet, error: Exception, status: int
) -> None:
    wallet.fail_with = error
    answer = create(client, {"amount_sat": 5})
    assert answer.status_code == status
    assert "Nothing was charged" in problem(answer)["detail"]
    assert answer.headers.get("Retry-After") == ("7" if isinstance(error, WalletBusy) else None)


def test_a_book_that_fails_is_a_problem(client: FlaskClient, shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    answer = create(client, {"amount_sat": 5})
    assert answer.status_code == 503
    assert problem(answer)


def test_a_visitor_of_the_tip_jar_cannot_take_a_programs_key(client: FlaskClient, cashier: Cashier) -> None:
    fields = cashier.open("/tips") | {"key": "order-1"}
    assert cashier.send("/tips", fields, amount="1000").status_code == 303
    assert create(client, {"amount_sat": 5, "key": "order-1"}).status_code == 201


def test_no_key_stands_for_something_else(client: FlaskClient) -> None:
    client.get("/readyz")
    assert create(client, {"amount_sat": 5, "key": "readiness"}).status_code == 201
