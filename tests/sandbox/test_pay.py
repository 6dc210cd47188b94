"""Playing the customer."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from pos.sandbox import Sandbox, SandboxError

from .client import Client, Clock


def test_paying_settles_and_reveals_the_preimage(shop: Client, clock: Clock) -> None:
    lntx = shop.invoice(memo="Tee")
    clock.now += 30

    answer = shop.pay(payment_request=lntx["payment_request"])

    paid = answer.json()
    assert answer.status_code == 200
    assert sha256(bytes.fromhex(paid["payment_preimage"])).hexdigest() == lntx["r_hash_decoded"]
    assert paid == lntx | {
        "settled": 1,
        "settled_at": clock.now,
        "updated_at": clock.now,
        "payment_preimage": paid["payment_preimage"],
    }
    assert shop.look_up(lntx["id"]) == paid


def test_the_sandbox_itself_can_be_told_to_pay(shop: Client) -> None:
    lntx = shop.invoice()

    assert shop.sandbox.pay(lntx["payment_request"]) == shop.look_up(lntx["id"])


def test_paying_one_invoice_leaves_the_others_alone(shop: Client) -> None:
    other = shop.invoice()
    shop.pay(payment_request=shop.invoice()["payment_request"])

    assert shop.look_up(other["id"]) == other


@pytest.mark.parametrize("write", [str.upper, "lightning:{}".format, lambda text: f"LIGHTNING:{text.upper()}\n"])
def test_a_payment_request_may_be_written_as_in_a_qr_code(shop: Client, write: Any) -> None:
    assert shop.pay(payment_request=write(shop.invoice()["payment_request"])).status_code == 200


def test_a_form_pays_too(shop: Client) -> None:
    form = {"payment_request": shop.invoice()["payment_request"]}

    assert shop.session.post("http://sandbox/pay", data=form).json()["settled"] == 1


def test_an_invoice_that_is_not_ours_is_404(shop: Client, tmp_path: Path) -> None:
    elsewhere = Client(Sandbox(tmp_path / "other"))
    answer = shop.pay(payment_request=elsewhere.invoice()["payment_request"])

    assert answer.status_code == 404
    assert answer.json()["message"] == "This invoice was not made by this sandbox."


def test_an_invoice_is_paid_once(shop: Client) -> None:
    lntx = shop.invoice()
    paid = shop.pay(payment_request=lntx["payment_request"]).json()
    answer = shop.pay(payment_request=lntx["payment_request"])

    message = "This invoice has already been paid."
    assert answer.status_code == 409
    assert answer.json() == {"name": "Conflict", "message": message, "code": 0, "status": 409}
    assert shop.look_up(lntx["id"]) == paid


def test_an_invoice_is_settled_once_even_if_two_customers_pay_at_once(folder: Path) -> None:
    shop = Client(Sandbox(folder))
    payment_requests = [shop.invoice()["payment_request"] for _ in range(20)]
    customers = [Client(shop.sandbox), Client(Sandbox(folder))]
    together = Barrier(2)

    def pay_all(customer: Client) -> list[int]:
        statuses = []
        for payment_request in payment_requests:
            together.wait(timeout=5)
            statuses.append(customer.pay(payment_request=payment_request).status_code)
        return statuses

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(pay_all, customers)
    assert [sorted(pair) for pair in zip(one, two, strict=True)] == [[200, 409]] * 20


@pytest.mark.parametrize(("later", "status"), [(599, 200), (600, 409)])
def test_an_expired_invoice_cannot_be_paid(shop: Client, clock: Clock, later: int, status: int) -> None:
    lntx = shop.invoice(expiry=600)
    clock.now += later

    assert shop.pay(payment_request=lntx["payment_request"]).status_code == status
    assert shop.look_up(lntx["id"])["settled"] == (status == 200)


@pytest.mark.parametrize("late", [1, "1", True])
def test_late_money_can_be_rehearsed(shop: Client, clock: Clock, late: object) -> None:
    lntx = shop.invoice(expiry=600)
    clock.now += 4000

    paid = shop.pay(payment_request=lntx["payment_request"], late=late).json()

    assert (paid["settled"], paid["settled_at"]) == (1, clock.now)


def test_a_page_that_shows_nothing_to_pay_names_the_invoice_by_its_id(shop: Client, clock: Clock) -> None:
    lntx = shop.invoice(expiry=600)
    clock.now += 600
    assert shop.pay(invoice_id=lntx["id"], late=1).json()["settled"] == 1
    for nothing in ({"invoice_id": "lntx_another"}, {"invoice_id": 5}, {"invoice_id": ""}):
        assert shop.pay(**nothing).status_code == 400, nothing


@pytest.mark.parametrize("late", ["", "0", 0, False, None, {}, []])
def test_nobody_pays_late_unless_that_is_asked_for(shop: Client, clock: Clock, late: object) -> None:
    lntx = shop.invoice(expiry=600)
    clock.now += 600

    assert shop.pay(payment_request=lntx["payment_request"], late=late).status_code == 409


def test_late_money_comes_once(shop: Client, clock: Clock) -> None:
    lntx = shop.invoice(expiry=600)
    clock.now += 600

    assert shop.sandbox.pay(lntx["payment_request"], late=True)["settled"] == 1
    assert shop.pay(payment_request=lntx["payment_request"], late=1).status_code == 409


def test_what_the_invoice_says_about_its_expiry_counts(shop: Client, clock: Clock) -> None:
    lntx = shop.invoice(expiry=0)
    clock.now += 60

    assert shop.pay(payment_request=lntx["payment_request"]).status_code == 200


@pytest.mark.parametrize("name", ["amount_sat", "num_satoshis"])
def test_an_invoice_over_any_amount_takes_what_is_paid(shop: Client, name: str) -> None:
    lntx = shop.invoice(num_satoshis=0)

    assert shop.pay(payment_request=lntx["payment_request"], **{name: 77}).json()["num_satoshis"] == 77


@pytest.mark.parametrize("amount", [{}, {"amount_sat": 0}, {"amount_sat": -1}, {"amount_sat": "x"}])
def test_an_invoice_over_any_amount_needs_one(shop: Client, amount: dict[str, object]) -> None:
    lntx = shop.invoice(num_satoshis=0)

    assert shop.pay(payment_request=lntx["payment_request"], **amount).status_code == 400
    assert shop.look_up(lntx["id"])["settled"] == 0


@pytest.mark.parametrize(("amount", "status"), [(20, 200), (19, 400), (21, 400)])
def test_an_invoice_with_an_amount_takes_no_other(shop: Client, amount: int, status: int) -> None:
    lntx = shop.invoice(num_satoshis=20)

    assert shop.pay(payment_request=lntx["payment_request"], amount_sat=amount).status_code == status


@pytest.mark.parametrize("params", [{}, {"payment_request": ""}, {"payment_request": 5}])
def test_without_a_payment_request_there_is_nothing_to_pay(shop: Client, params: dict[str, object]) -> None:
    assert shop.pay(**params).status_code == 400


def test_an_oversized_body_is_413(shop: Client) -> None:
    assert shop.pay(payment_request="x" * 65_536).status_code == 413


def press(shop: Client, payment_request: str, target: str) -> tuple[int, str | None]:
    """Press the button on a page without JavaScript."""
    form = {"payment_request": payment_request, "next": target}
    answer = shop.session.post("http://sandbox/pay", data=form, allow_redirects=False)
    return answer.status_code, answer.headers.get("Location")


def test_a_button_leads_back_to_its_page_whatever_came_of_it(shop: Client) -> None:
    payment_request = shop.invoice()["payment_request"]

    assert press(shop, payment_request, "/pay/abc?x=1") == (303, "/pay/abc?x=1")
    assert press(shop, payment_request, "/pay/abc") == (303, "/pay/abc")
    assert press(shop, "lnbcrt1nothing", "/") == (303, "/")


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "pay/abc",
        "/\t/evil.example",
        "/a\r\nX: y",
        "/a\\b",
        "",
    ],
)
def test_a_button_never_leads_to_another_host(shop: Client, target: str) -> None:
    assert press(shop, shop.invoice()["payment_request"], target) == (200, None)


def test_a_payment_that_fails_says_why(shop: Client) -> None:
    with pytest.raises(SandboxError, match="not made by this sandbox"):
        shop.sandbox.pay("lnbcrt1nothing")
