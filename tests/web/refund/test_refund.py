"""Giving money back, from the page of the sale to both receipts, as a browser without a script does it."""

import csv
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.export import BOM
from pos.domain.lnurl_service import NoAnswer
from pos.domain.money import Money
from pos.domain.refund import Refund
from pos.domain.sale import Sale
from pos.domain.staff import Role
from pos.services.charge import charge
from pos.services.settle import settle
from pos.services.sign_in import begin_session
from pos.settings import Settings
from pos.shop import Shop
from pos.store.tables import staff
from pos.web.access import OWNER_COOKIE
from tests.conftest import Cashier, hidden_fields, in_sat, stored
from tests.fakes import FakeClock, FakeLnurlServices, FakeRates, FakeWallet
from tests.people import PASSWORD_HASH, People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

LUNCH = Sale(Money(1250, "EUR"), "Table 3")
keys = (f"key-{number}" for number in count())


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    app = create_app(settings, wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


@pytest.fixture
def phone(clock: FakeClock) -> FakeWallet:
    """The customer's own wallet."""
    return FakeWallet(clock)


def paid(shop: Shop, wallet: FakeWallet, sale: Sale = LUNCH) -> Charge:
    made = charge(shop, Channel.TILL, sale, next(keys))
    wallet.settle(made.invoice, made.amount_sat)
    return settle(shop, made)


@pytest.fixture
def lunch(shop: Shop, wallet: FakeWallet) -> Charge:
    return paid(shop, wallet)


def invoice(phone: FakeWallet, amount_sat: int = 25_000, expiry: int = 3600) -> tuple[str, str]:
    """The customer's invoice, and the preimage that whoever pays it gets."""
    made = phone.sign(amount_sat, "", expiry).invoice
    return made.payment_request, phone.preimages[made.id]


def words(page: TestResponse | str) -> str:
    """Read a page: its words, with one space between them."""
    text = page if isinstance(page, str) else page.text
    main = re.search(r"(?s)<main[^>]*>(.*)</main>", text)
    assert main
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:span|wbr|bdi)[^>]*>", "", main[1]))).split())


def alert(page: TestResponse) -> str:
    found = re.search(r'(?s)role="alert"[^>]*>.*?<span>(.*?)</span></p>', page.text)
    assert found, page.text
    return unescape(re.sub(r"<[^>]+>", "", found[1]))


def give(cashier: Cashier, made: Charge, **typed: str) -> TestResponse:
    """Fill in the form of a refund, and send it."""
    path = f"/refunds/{made.number}"
    page = cashier.client.get(path)
    amount = re.search(r'name="amount" value="([^"]*)"', page.text)
    assert amount
    return cashier.send(path, hidden_fields(page.text), **{"amount": amount[1], "reason": "Cold", **typed})


def of(shop: Shop, made: Charge) -> list[Refund]:
    return shop.store.refunds.of_sale(made.sale_id)


def test_a_sale_is_given_back_whole_and_proven(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet
) -> None:
    assert f'href="/refunds/{lunch.number}"' in client.get(f"/sales/{lunch.number}").text
    answer = give(cashier, lunch)
    assert (answer.status_code, answer.location) == (303, f"/refunds/{lunch.number}/1")
    page = client.get(answer.location)
    assert "no invoice yet €12.50 25,000 sat Cold" in words(page)
    assert "The customer's wallet makes an invoice over 25,000 sat" in words(page)
    request, preimage = invoice(phone)
    taken = cashier.send(f"{answer.location}/invoice", hidden_fields(page.text), to=request)
    assert (taken.status_code, taken.location) == (303, answer.location)
    page = client.get(answer.location)
    assert "to be paid" in words(page)
    assert request in page.text
    assert client.get(f"{answer.location}/qr.png").mimetype == "image/png"
    proven = cashier.send(f"{answer.location}/proof", hidden_fields(page.text), preimage=preimage)
    assert proven.status_code == 303
    page = client.get(answer.location)
    assert "Refund of sale 1 given back €12.50" in words(page)
    assert preimage in words(page)
    # Nothing is left to give back, and nothing is left to do.
    assert f'href="/refunds/{lunch.number}"' not in client.get(f"/sales/{lunch.number}").text
    assert "<form" not in page.text


def test_the_page_of_the_sale_tells_of_it(cashier: Cashier, client: FlaskClient, lunch: Charge) -> None:
    give(cashier, lunch, amount="5")
    page = words(client.get(f"/sales/{lunch.number}"))
    assert "Refunds €5.00 Cold no invoice yet" in page
    assert re.search(r"Refund asked for €5.00 Cold", page)
    # There is a rest.
    assert page.count("Give back") == 1


def test_both_receipts_tell_what_was_given_back(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet
) -> None:
    request, preimage = invoice(phone, 10_000)
    where = give(cashier, lunch, amount="5.00", to=request).location
    receipt = f"/pay/{lunch.id}/receipt"
    # Nothing went back yet.
    assert "Given back" not in client.get(receipt).text
    assert client.get(f"/pay/{lunch.id}/refund/1").status_code == 404
    cashier.send(f"{where}/proof", cashier.open(where), preimage=preimage)
    page = words(client.get(receipt))
    assert "Total €12.50 25,000 sat" in page
    assert "Given back €5.00 · 10,000 sat" in page
    assert preimage not in page
    own = words(client.get(f"/pay/{lunch.id}/refund/1"))
    assert "Given back €5.00 10,000 sat 1 BTC = €50,000.00" in own
    assert f"Preimage {preimage}" in own
    # What the shop wrote down of its customer stays with the shop.
    assert "Cold" not in page + own
    assert "Cold" in words(client.get(f"/sales/{lunch.number}"))
    assert client.get(f"/pay/{lunch.id}/refund/2").status_code == 404
    told = words(client.get(f"/sales/{lunch.number}"))
    assert "Given back €5.00 Proven by the preimage" in told


def test_marked_by_hand_it_says_so_until_it_is_proven(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet
) -> None:
    request, preimage = invoice(phone)
    where = give(cashier, lunch, to=request).location
    cashier.send(f"{where}/by-hand", cashier.open(where))
    by_hand = "Marked as paid by hand: there is no proof of it."
    assert "given back, not proven" in words(client.get(where))
    pages = (where, f"/pay/{lunch.id}/refund/1", f"/pay/{lunch.id}/receipt", f"/sales/{lunch.number}")
    for path in pages:
        assert by_hand in words(client.get(path)), path
    assert cashier.send(f"{where}/proof", cashier.open(where), preimage=preimage).status_code == 303
    for path in pages:
        assert by_hand not in words(client.get(path)), path
    assert preimage in words(client.get(where))


def test_a_second_payment_of_one_refund_is_told(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet
) -> None:
    (old, first), (new, second) = invoice(phone), invoice(phone)
    where = give(cashier, lunch, to=old).location
    fields = cashier.open(where)
    cashier.send(f"{where}/invoice", fields, to=new)
    assert cashier.send(f"{where}/proof", fields, preimage=first).status_code == 303
    # On a page that was open since before.
    late = cashier.send(f"{where}/proof", fields, preimage=second)
    told = "Paid twice: the second payment stands beside the first one now, as another refund of this sale."
    assert (late.status_code, alert(late)) == (409, told)
    assert second not in late.text
    assert first in words(client.get(where))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"amount": "12.51"}, "At most €12.50 of this sale can be given back."),
        ({"amount": "0"}, "Type an amount first."),
        ({"amount": "twelve"}, "Type the amount as a number, such as €12.50."),
        ({"reason": " \n "}, "Write why it is given back."),
        ({"reason": "x" * 201}, "The memo is too long: at most 200 characters."),
        ({"to": "a word"}, "This is no Lightning invoice, and no Lightning address. Ask for it once more."),
        ({"key": "\u00e9"}, "This page is damaged. Load it again."),
    ],
)
def test_what_is_wrong_is_told_and_all_that_was_typed_stays(
    cashier: Cashier, shop: Shop, lunch: Charge, typed: dict[str, str], told: str
) -> None:
    answer = give(cashier, lunch, **{"reason": "Burnt <b>", **typed})
    assert (answer.status_code, alert(answer)) == (422, told)
    for it in typed.values():
        assert it.strip() in unescape(answer.text)
    assert of(shop, lunch) == []


def test_an_invoice_over_another_amount_may_be_given_anew(
    cashier: Cashier, client: FlaskClient, shop: Shop, lunch: Charge, phone: FakeWallet
) -> None:
    where = give(cashier, lunch).location
    request, _ = invoice(phone, 24_999)
    answer = cashier.send(f"{where}/invoice", cashier.open(where), to=request)
    assert alert(answer) == "This invoice is over 24,999\u00a0sat. Ask for one over 25,000\u00a0sat."
    assert request in answer.text
    assert of(shop, lunch)[0].invoices == ()
    assert client.get(f"{where}/qr.png").status_code == 404


def test_an_address_is_asked(cashier: Cashier, app: Flask, shop: Shop, lunch: Charge, phone: FakeWallet) -> None:
    request, _ = invoice(phone)
    terms = b'{"tag":"payRequest","callback":"https://a.example/","minSendable":1,"maxSendable":99999999,"metadata":""}'
    app.extensions["shop"] = replace(shop, payees=FakeLnurlServices([terms, f'{{"pr":"{request}"}}'.encode()]))
    where = give(cashier, lunch, to="ana@example.com").location
    assert request in cashier.client.get(where).text


def test_an_address_in_the_shops_own_network_is_not_asked(cashier: Cashier, shop: Shop, lunch: Charge) -> None:
    with socket.create_server(("127.0.0.1", 0)) as router:
        router.settimeout(0)
        answer = give(cashier, lunch, to=f"lnurlp://localhost:{router.getsockname()[1]}/")
        told = "This address gives no invoice. Ask the customer for an invoice instead."
        assert (answer.status_code, alert(answer)) == (422, told)
        with pytest.raises(BlockingIOError):
            router.accept()
    with pytest.raises(NoAnswer, match="its host is not at a public address"):
        shop.payees.ask("https://localhost:1/", 5)


def test_a_form_that_is_sent_twice_gives_back_once(cashier: Cashier, shop: Shop, lunch: Charge) -> None:
    path = f"/refunds/{lunch.number}"
    fields = cashier.open(path) | {"amount": "5", "reason": "Cold"}
    first = cashier.send(path, fields)
    assert cashier.send(path, fields).location == first.location
    other = cashier.send(path, fields, amount="6")
    assert other.status_code == 409
    assert alert(other) == "This form was already used for another refund. Nothing more is given back."
    assert fields["key"] not in other.text
    assert len(of(shop, lunch)) == 1


def test_whoever_comes_too_late_is_told(cashier: Cashier, shop: Shop, lunch: Charge) -> None:
    path = f"/refunds/{lunch.number}"
    fields = cashier.open(path) | {"amount": "12.50", "reason": "Cold"}
    give(cashier, lunch)
    late = cashier.send(path, fields)
    assert (late.status_code, alert(late)) == (422, "All of it was given back, or is about to be.")
    assert len(of(shop, lunch)) == 1


def test_the_rate_may_be_that_of_now(cashier: Cashier, shop: Shop, lunch: Charge, rates: FakeRates) -> None:
    rates.price = Decimal(100_000)
    page = words(cashier.client.get(f"/refunds/{lunch.number}"))
    assert "The rate of the sale 1 BTC = €50,000.00 · The customer gets the sat back that they paid." in page
    assert "The rate of now 1 BTC = €100,000.00 · It is worth as much as it cost." in page
    where = give(cashier, lunch, at_rate="now").location
    assert of(shop, lunch)[0].amount_sat == 12_500
    assert "1 BTC = €100,000.00, the rate of now" in words(cashier.client.get(where))


def test_there_is_no_choice_where_there_is_no_rate_of_now(cashier: Cashier, lunch: Charge, rates: FakeRates) -> None:
    rates.price = None
    assert "The rate of now" not in cashier.client.get(f"/refunds/{lunch.number}").text
    answer = give(cashier, lunch, at_rate="now")
    assert answer.status_code == 503


def test_what_was_sold_in_sat_has_no_choice_of_rates(cashier: Cashier, shop: Shop, wallet: FakeWallet) -> None:
    made = paid(shop, wallet, in_sat(2100, "Tea"))
    assert "The rate of now" not in cashier.client.get(f"/refunds/{made.number}").text
    page = words(cashier.client.get(give(cashier, made, amount="100").location))
    assert "no invoice yet 100 sat Cold" in page


@pytest.mark.parametrize("expiry", [2**40, 2**63, 2**3000], ids=["no date", "no number of a database", "no number"])
def test_an_invoice_that_is_good_for_ever_is_paid_as_any_other(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet, expiry: int
) -> None:
    request, preimage = invoice(phone, expiry=expiry)
    where = give(cashier, lunch, to=request).location
    page = client.get(where)
    assert "Good until Thu, Sep 18, 2036" in words(page)
    cashier.send(f"{where}/proof", hidden_fields(page.text), preimage=preimage)
    assert "given back €12.50" in words(client.get(where))


def test_the_page_says_on_which_day_an_invoice_ends_where_that_is_another_one(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet
) -> None:
    request, _ = invoice(phone, expiry=7 * 86400)
    where = give(cashier, lunch, to=request).location
    assert "Good until Mon, Sep 28, 2:13\u202fPM" in client.get(where).text
    other, _ = invoice(phone)
    cashier.send(f"{where}/invoice", cashier.open(where), to=other)
    assert "Good until 3:13:20\u202fPM" in client.get(where).text


def test_an_expired_invoice_is_replaced_and_the_page_warns(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet, clock: FakeClock
) -> None:
    (old, preimage), (new, _) = invoice(phone), invoice(phone, expiry=9000)
    where = give(cashier, lunch, to=old).location
    clock.move(3600)
    page = client.get(where)
    assert "invoice expired" in words(page)
    assert "Look in your wallet first: it may have been paid in time." in words(page)
    # Nobody is to pay it now.
    assert old not in page.text
    cashier.send(f"{where}/invoice", hidden_fields(page.text), to=new)
    page = client.get(where)
    assert "There was another invoice before this one." in words(page)
    cashier.send(f"{where}/proof", hidden_fields(page.text), preimage=preimage)
    assert "given back €12.50" in words(client.get(where))


def test_a_refund_that_was_cancelled_may_still_be_proven(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet
) -> None:
    request, preimage = invoice(phone)
    where = give(cashier, lunch, to=request).location
    fields = cashier.open(where)
    cashier.send(f"{where}/cancel", fields)
    page = client.get(where)
    assert "cancelled €12.50" in words(page)
    assert request not in page.text
    assert cashier.send(f"{where}/by-hand", fields).status_code == 409
    assert "Refund cancelled €12.50" in words(client.get(f"/sales/{lunch.number}"))
    assert "All that is left: €12.50" in words(client.get(f"/refunds/{lunch.number}"))
    assert cashier.send(f"{where}/proof", fields, preimage=preimage).status_code == 303
    assert "given back €12.50" in words(client.get(where))


def test_a_wrong_preimage_stands_on_no_page(cashier: Cashier, lunch: Charge, phone: FakeWallet) -> None:
    where = give(cashier, lunch, to=invoice(phone)[0]).location
    answer = cashier.send(f"{where}/proof", cashier.open(where), preimage="ab" * 32)
    assert alert(answer) == "This preimage is of another payment. Look for the one of this refund."
    assert "ab" * 32 not in answer.text
    # Nor on that of a form that was refused.
    refused = cashier.client.post(f"{where}/proof", data={"preimage": "cd" * 32})
    assert refused.status_code == 400
    assert "cd" * 32 not in refused.text


def test_a_sale_that_is_not_paid_has_nothing_to_give_back(client: FlaskClient, shop: Shop) -> None:
    made = charge(shop, Channel.TILL, LUNCH, "k")
    assert "/refunds/" not in client.get(f"/sales/{made.number}").text
    assert "This sale is not paid, so there is nothing to give back." in words(client.get(f"/refunds/{made.number}"))


@pytest.mark.parametrize("path", ["/refunds/77", "/refunds/x", "/refunds/1/7", "/refunds/1/7/qr.png"])
def test_what_is_not_there_is_told(client: FlaskClient, lunch: Charge, path: str) -> None:
    assert lunch.number
    assert client.get(path).status_code == 404


def test_the_owner_and_a_manager_give_back_and_nobody_else(people: People, lunch: Charge) -> None:
    people.claim()
    path = f"/refunds/{lunch.number}"
    # Where nobody has a PIN, whoever holds the tablet is nobody by name.
    assert people.device().get(path).status_code == 403
    ana, ben = people.somebody("Ana"), people.somebody("Ben", Role.MANAGER)
    may = {
        "owner": people.owner(),
        "manager": people.device(sells=ben),
        "cashier": people.device(sells=ana),
        "stranger": people.stranger(),
    }
    assert {who: client.get(path).status_code for who, client in may.items()} == {
        "owner": 200,
        "manager": 200,
        "cashier": 403,
        "stranger": 403,
    }
    assert people.device().get(path).status_code == 303  # to the PIN
    seen = f"/sales/{lunch.number}"
    assert "Give back" in may["manager"].get(seen).text
    assert "Give back" not in may["cashier"].get(seen).text


def test_who_gave_back_is_written_down(people: People, shop: Shop, lunch: Charge, phone: FakeWallet) -> None:
    cashier = Cashier(people.owner("Marta"))
    request, preimage = invoice(phone)
    where = give(cashier, lunch, to=request).location
    cashier.send(f"{where}/proof", cashier.open(where), preimage=preimage)
    given = of(shop, lunch)[0]
    assert given.payment
    assert (given.staff, given.payment.staff) == ("Marta", "Marta")


def test_the_receipt_is_the_customers_and_needs_no_permission(
    people: People, cashier: Cashier, shop: Shop, lunch: Charge, phone: FakeWallet
) -> None:
    request, preimage = invoice(phone)
    where = give(cashier, lunch, to=request).location
    cashier.send(f"{where}/proof", cashier.open(where), preimage=preimage)
    people.claim()
    assert preimage in words(people.stranger().get(f"/pay/{lunch.id}/refund/1"))
    assert stored(shop, lunch.id).payment


def test_the_list_its_sums_and_the_export_tell_what_was_given_back(
    cashier: Cashier, client: FlaskClient, lunch: Charge, phone: FakeWallet
) -> None:
    request, preimage = invoice(phone, 10_000)
    where = give(cashier, lunch, amount="5", to=request).location
    # Nothing went back yet.
    assert "iven back" not in words(client.get("/sales"))
    cashier.send(f"{where}/proof", cashier.open(where), preimage=preimage)
    page = words(client.get("/sales"))
    assert "Of these, 1 in EUR €7.50 15,000 sat Price €12.50 Given back -€5.00 -10,000 sat Average €12.50" in page
    assert " · given back: €5.00 €12.50 paid" in page
    [row] = csv.DictReader(client.get("/sales.csv").text.removeprefix(BOM).splitlines())
    figures = [row[it] for it in ("total", "refunded", "refunded_sat", "books_refunded")]
    assert figures == ["12.50", "5.00", "10000", "5.00"]


def test_what_is_still_to_be_paid_is_listed_for_who_may(
    cashier: Cashier, client: FlaskClient, people: People, lunch: Charge, phone: FakeWallet
) -> None:
    assert "No refund waits." in words(client.get("/refunds"))
    assert "/refunds" not in client.get("/sales").text
    request, preimage = invoice(phone, 100)
    first, second = give(cashier, lunch, amount="0.05", to=request).location, give(cashier, lunch, amount="5").location
    page = client.get("/refunds")
    assert "Sale 1 Cold €0.05 to be paid Sale 1 Cold €5.00 no invoice yet" in words(page)
    assert f'href="{second}"' in page.text
    assert "Refunds to be paid 2" in words(client.get("/sales"))
    cashier.send(f"{first}/proof", cashier.open(first), preimage=preimage)
    assert "Refunds to be paid 1" in words(client.get("/sales"))
    listed = words(client.get("/refunds"))
    assert "Sale 1 Cold €5.00 no invoice yet Given back lately Sale 1 Cold €0.05 given back" in listed
    people.claim()
    assert "Refunds to be paid" not in people.device().get("/sales").text


LIMITED = "You may give back €5.00 of one sale. Ask the owner."


def limit(shop: Shop, manager: str) -> None:
    """Let a manager give back at most 5.00 EUR of one sale."""
    with shop.store.engine.begin() as connection:
        connection.execute(update(staff).where(staff.c.id == manager).values(currency="EUR", refund_limit=500))


def test_a_manager_gives_back_up_to_the_limit_and_an_owner_at_the_same_device_all_of_it(
    people: People, shop: Shop, lunch: Charge
) -> None:
    marta, ben = people.claim("Marta"), people.somebody("Ben", Role.MANAGER)
    limit(shop, ben)
    manager = people.device(sells=ben)
    limited = give(Cashier(manager), lunch, amount="12.50")
    assert (limited.status_code, alert(limited)) == (403, LIMITED)
    assert give(Cashier(manager), lunch, amount="5").status_code == 303
    cookie = f"{people.app.config['SESSION_COOKIE_NAME']}_{OWNER_COOKIE}"
    manager.set_cookie(cookie, begin_session(shop, marta, PASSWORD_HASH, "the same device"))
    assert give(Cashier(manager), lunch, amount="7").status_code == 303
    assert [it.staff for it in of(shop, lunch)] == ["Ben", "Marta"]


@pytest.mark.parametrize("verb", ["invoice", "by-hand", "cancel"])
def test_a_manager_touches_no_refund_above_the_limit(
    people: People, shop: Shop, lunch: Charge, phone: FakeWallet, verb: str
) -> None:
    owner, ben = Cashier(people.owner("Marta")), people.somebody("Ben", Role.MANAGER)
    limit(shop, ben)
    within = give(owner, lunch, amount="5.00", to=invoice(phone, 10_000)[0]).location
    above = give(owner, lunch, amount="5.01", to=invoice(phone, 10_020)[0]).location
    before = of(shop, lunch)
    manager = Cashier(people.device(sells=ben))
    typed = {"to": invoice(phone, 10_020)[0]}
    page = manager.client.get(above)
    # The page offers what is refused to nobody, and says why.
    assert f"{above}/{verb}" not in page.text
    assert f"{above}/proof" in page.text
    assert LIMITED in words(page)
    refused = manager.send(f"{above}/{verb}", hidden_fields(page.text), **typed)
    assert (refused.status_code, alert(refused)) == (403, LIMITED)
    assert of(shop, lunch) == before
    typed = {"to": invoice(phone, 10_000)[0]}
    page = manager.client.get(within)
    assert f"{within}/{verb}" in page.text
    assert LIMITED not in words(page)
    assert manager.send(f"{within}/{verb}", hidden_fields(page.text), **typed).status_code == 303
    assert of(shop, lunch)[0] != before[0]
    typed = {"to": invoice(phone, 10_020)[0]}
    assert owner.send(f"{above}/{verb}", owner.open(above), **typed).status_code == 303


def test_a_manager_reads_the_limit_before_anything_is_typed(people: People, shop: Shop, lunch: Charge) -> None:
    owner, ben = Cashier(people.owner("Marta")), people.somebody("Ben", Role.MANAGER)
    limit(shop, ben)
    manager, form, sale = people.device(sells=ben), f"/refunds/{lunch.number}", f"/sales/{lunch.number}"
    assert LIMITED in words(manager.get(form))
    assert 'name="amount" value=""' in manager.get(form).text
    assert (LIMITED in words(manager.get(sale)), f'href="{form}"' in manager.get(sale).text) == (False, True)
    # Whoever asked for it: of one sale it is as much.
    give(owner, lunch, amount="5")
    for path in (form, sale):
        page = manager.get(path)
        assert (LIMITED in words(page), f'="{form}"' in page.text) == (True, False), path
        assert LIMITED not in words(owner.client.get(path))
    assert 'name="amount" value="7.50"' in owner.client.get(form).text


def test_a_manager_who_has_the_proof_of_a_refund_above_the_limit_hands_it_in(
    people: People, shop: Shop, lunch: Charge, phone: FakeWallet
) -> None:
    owner, ben = Cashier(people.owner("Marta")), people.somebody("Ben", Role.MANAGER)
    limit(shop, ben)
    request, preimage = invoice(phone)
    where = give(owner, lunch, to=request).location
    manager = Cashier(people.device(sells=ben))
    assert manager.send(f"{where}/proof", manager.open(where), preimage=preimage).status_code == 303
    assert of(shop, lunch)[0].payment


def test_a_wallet_of_real_money_has_no_customer_to_be_played(cashier: Cashier, lunch: Charge) -> None:
    here = give(cashier, lunch).location
    assert here
    page = cashier.client.get(here).text
    assert "play customer" not in page
    assert cashier.send(f"{here}/play", hidden_fields(page)).status_code == 404
