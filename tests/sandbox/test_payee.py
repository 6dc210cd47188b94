"""The play customer's own wallet: its invoices, to which a refund is paid, and their proof."""

from hashlib import sha256

import pytest

from pos.bolt11.decode import decode
from pos.sandbox import Sandbox, SandboxError

from .client import Client, Clock


def ask(shop: Client, **params: object) -> dict[str, object]:
    answer: dict[str, object] = shop.session.post("http://sandbox/invoice", json=params).json()
    return answer


def test_an_invoice_of_the_play_customer_is_signed_by_another_node_than_the_shops(shop: Client, clock: Clock) -> None:
    said = decode(str(ask(shop, amount_sat=2100)["payment_request"]))
    assert (said.network, said.amount_msat, said.created_at) == ("bcrt", 2_100_000, int(clock.now))
    assert said.payee != shop.sandbox.pubkey


def test_whoever_pays_it_gets_its_preimage_as_often_as_they_ask(shop: Client) -> None:
    request = str(ask(shop, amount_sat=2100)["payment_request"])
    for typed in (request, f"lightning:{request.upper()}"):
        paid = shop.pay(payment_request=typed).json()
        assert sha256(bytes.fromhex(paid["payment_preimage"])).hexdigest() == decode(request).payment_hash


def test_nobody_gets_it_after_its_end(shop: Client, clock: Clock) -> None:
    request = ask(shop, amount_sat=2100)["payment_request"]
    clock.now += 3600
    answer = shop.pay(payment_request=request)
    assert (answer.status_code, answer.json()["message"]) == (409, "This invoice has expired.")


def test_it_is_no_income_of_the_shop(shop: Client) -> None:
    shop.pay(payment_request=ask(shop, amount_sat=2100)["payment_request"])
    assert shop.send("GET", f"/v1/wallet/{shop.sandbox.keys.read_key}").json()["balance"] == 0


@pytest.mark.parametrize("params", [{}, {"amount_sat": 0}, {"amount_sat": 10_000_001}])
def test_an_amount_that_no_invoice_is_over_is_refused(shop: Client, params: dict[str, object]) -> None:
    assert ask(shop, **params)["status"] == 400


def test_an_invoice_of_the_shop_is_none_of_the_customers(shop: Client, sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError):
        sandbox.payee.pay(shop.invoice()["payment_request"])
