"""Who has put something into a jar is thanked, hears how far its goal is, and can tell others of it."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient

from pos.domain.charge import Channel, Charge
from pos.domain.jar import Goal, Jar, JarPicture
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import in_sat
from tests.fakes import NOON, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

CELLO = Jar(
    name="cello",
    title="Cello under the Bridge",
    thanks="See you tomorrow.",
    currency="EUR",
    goal=Goal("A new case", Money(30_000, "EUR")),
    shows_messages=True,
)
TIP = Sale(Money(21_600, "EUR"), "Play La Bamba", jar="cello", shown=True)


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, max_sat=100_000_000)


def paid(shop: Shop, wallet: FakeWallet, sale: Sale = TIP, channel: Channel = Channel.TIPS) -> Charge:
    made = charge(shop, channel, sale, f"k{len(wallet.made)}")
    wallet.settle(made.invoice, made.amount_sat)
    return settle(shop, made)


def look(client: FlaskClient, made: Charge) -> str:
    page = client.get(f"/pay/{made.id}").text
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split()))


@pytest.mark.parametrize("channel", [Channel.TIPS, Channel.LNURL])
def test_a_tip_is_thanked_for(client: FlaskClient, shop: Shop, wallet: FakeWallet, channel: Channel) -> None:
    shop.store.jars.add(CELLO)
    said = look(client, paid(shop, wallet, channel=channel))
    assert "Thank you! €216.00 432,000 sat Paid · " in said
    assert " See you tomorrow. A new case : €216.00 of €300.00 Your message is on the page: “ Play La Bamba ”" in said


def test_its_own_page_is_what_is_shared(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(CELLO)
    page = client.get(f"/pay/{paid(shop, wallet).id}").text
    assert 'id="share" href="http://localhost/tips/cello" data-title="Cello under the Bridge"' in page
    assert "Back to the tip jar" not in page


class TestElsewhere:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, public_url="https://till.example/shop")

    def test_it_is_shared_by_the_address_that_others_know(
        self, client: FlaskClient, shop: Shop, wallet: FakeWallet
    ) -> None:
        shop.store.jars.add(CELLO)
        assert 'href="https://till.example/shop/tips/cello"' in client.get(f"/pay/{paid(shop, wallet).id}").text


def test_a_message_that_is_not_on_the_page_is_not_said_to_be(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    shop.store.jars.add(CELLO)
    hidden = paid(shop, wallet)
    assert hidden.number
    shop.store.jars.show_message(hidden.number, shown=False)
    silent = paid(shop, wallet, replace(TIP, shown=False))
    others = paid(shop, wallet, replace(TIP, memo="", payer="Ana"))
    shown = paid(shop, wallet)
    for made in (hidden, silent, others):
        assert "on the page" not in look(client, made)
    assert "on the page" in look(client, shown)
    shop.store.jars.change(replace(CELLO, shows_messages=False))
    assert "on the page" not in look(client, shown)
    shop.store.jars.change(replace(CELLO, closed_at=NOON))
    assert "on the page" not in look(client, shown)


def test_a_picture_thanks_too(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(CELLO)
    shop.store.jars.set_picture("cello", JarPicture("d1", b"page", b"small"))
    assert '<img src="/tips/cello/picture/d1.jpg" alt="">' in client.get(f"/pay/{paid(shop, wallet).id}").text


def test_nobody_is_thanked_before_it_is_paid(client: FlaskClient, shop: Shop) -> None:
    shop.store.jars.add(CELLO)
    assert "See you tomorrow." not in look(client, charge(shop, Channel.TIPS, TIP, "k"))


def test_a_tip_of_before_there_were_jars_is_thanked_for_as_it_was(
    client: FlaskClient, shop: Shop, wallet: FakeWallet
) -> None:
    said = look(client, paid(shop, wallet, in_sat(2100, "From the tram")))
    assert "Thank you! 2,100 sat" in said
    assert "From the tram" in said
    assert "Back to the tip jar" in said


def test_a_jar_that_cannot_be_read_is_in_nobodys_way(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    assert "Thank you! €216.00 432,000 sat" in look(client, paid(shop, wallet, replace(TIP, jar="gone")))


def test_only_the_pages_of_tips_have_what_thanks_need(client: FlaskClient, shop: Shop) -> None:
    for channel, has_it in ((Channel.TIPS, True), (Channel.TILL, False)):
        page = client.get(f"/pay/{charge(shop, channel, in_sat(21), channel).id}").text
        assert ("share.js" in page) is ("thanks.css" in page) is has_it
