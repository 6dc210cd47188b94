"""What came into the jars, as their owner reads it: who gave it and what they wrote, and what of that strangers see."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Charge, Payment
from pos.domain.jar import Jar, jar_topic
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.shop import Shop
from tests.conftest import Cashier

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")


@pytest.fixture
def tip(shop: Shop) -> Charge:
    shop.store.jars.add(Jar(name="cello", title="Cello under the Bridge", currency=SAT, shows_messages=True))
    sale = Sale(Money(2100, SAT), "Play La Bamba!", jar="cello", payer="<Ann>", shown=True)
    made = charge(shop, Channel.TIPS, sale, "1")
    shop.store.mark_paid(made.id, Payment(shop.now(), 2100, "00" * 32, proven=True))
    return made


def words(client: FlaskClient, path: str) -> str:
    """Read a page, without its own head and foot."""
    main = re.search(r"(?s)<main[^>]*>(.*)</main>", client.get(path).text)
    assert main
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main[1])).split())


def on_page(shop: Shop) -> list[str]:
    """What strangers read on the page of the jar."""
    return [it.message for it in shop.store.jars.contents("cello", 9, shown_only=True).latest]


def test_a_tip_says_who_gave_it_and_what_they_wrote(client: FlaskClient, tip: Charge) -> None:
    page = words(client, f"/sales/{tip.number}")
    seen = "Others may see it: on the jar's page, or in a stream."
    assert f"Tip jar Cello under the Bridge From <Ann> Play La Bamba! {seen} Hide the message" in page
    assert page.count("Play La Bamba!") == 1


def test_what_was_a_price_goes_by_the_name_of_the_thing(client: FlaskClient, shop: Shop) -> None:
    sale = Sale.all_told(Money(4200, SAT), None, "For two", "Espresso")
    made = charge(shop, Channel.LNURL, replace(sale, jar="espresso"), "1")
    page = words(client, f"/sales/{made.number}")
    assert " Espresso 4,200 sat Total 4,200 sat " in page
    assert page.count("For two") == 1


def test_the_list_says_into_which_jar_and_from_whom(client: FlaskClient, tip: Charge) -> None:
    assert tip.number
    row = f"Play La Bamba! No. {tip.number.count} · Cello under the Bridge · <Ann> 2,100 sat"
    assert row in words(client, "/sales")


@pytest.mark.parametrize("name", ["<ann>", "ANN", "nn"])
@pytest.mark.usefixtures("tip")
def test_who_gave_is_found_by_name(client: FlaskClient, shop: Shop, name: str) -> None:
    charge(shop, Channel.TIPS, Sale(Money(21, SAT), "Another", jar="cello", payer="Bob"), "2")
    page = words(client, f"/sales?q={name}")
    assert "Play La Bamba!" in page
    assert "Another" not in page


def test_a_message_is_hidden_and_shown_by_a_tap(cashier: Cashier, shop: Shop, tip: Charge) -> None:
    path = f"/sales/{tip.number}"
    for there, label in (([], "Show the message"), (["Play La Bamba!"], "Hide the message")):
        with shop.broker.subscribe(jar_topic("cello")) as subscriber:
            answer = cashier.send(f"{path}/message", cashier.open(path))
            assert subscriber.wait(0)
        assert (answer.status_code, answer.headers["Location"]) == (303, path)
        assert on_page(shop) == there
        assert label in words(cashier.client, path)


@pytest.mark.parametrize("number", ["99", "x"])
def test_there_is_no_message_of_a_sale_that_is_none(cashier: Cashier, tip: Charge, number: str) -> None:
    fields = cashier.open(f"/sales/{tip.number}")
    assert cashier.send(f"/sales/{number}/message", fields).status_code == 404


def test_a_sale_of_a_till_has_no_message(cashier: Cashier, shop: Shop, tip: Charge) -> None:
    fields = cashier.open(f"/sales/{tip.number}")
    sold = charge(shop, Channel.TILL, Sale(Money(21, SAT), "Tea", till="till"), "2")
    assert cashier.send(f"/sales/{sold.number}/message", fields).status_code == 404
    assert "Tip jar" not in words(cashier.client, f"/sales/{sold.number}")


def test_without_a_word_there_is_nothing_to_hide(client: FlaskClient, shop: Shop, tip: Charge) -> None:
    silent = charge(shop, Channel.LNURL, Sale(Money(21, SAT), jar=tip.jar), "2")
    page = words(client, f"/sales/{silent.number}")
    assert "Tip jar Cello under the Bridge" in page
    assert "Hide the message" not in page


def test_a_jar_that_the_settings_tell_of_has_its_title_and_a_lost_one_its_name(client: FlaskClient, shop: Shop) -> None:
    first = charge(shop, Channel.TIPS, Sale(Money(21, SAT), jar="tips"), "1")
    lost = charge(shop, Channel.TIPS, Sale(Money(21, SAT), jar="lost"), "2")
    assert "Tip jar Marta's Stall" in words(client, f"/sales/{first.number}")
    assert "Tip jar lost" in words(client, f"/sales/{lost.number}")
