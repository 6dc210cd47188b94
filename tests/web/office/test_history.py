"""What was changed by whom: a page of it, the newest first, in words that a shopkeeper knows."""

import pytest

from pos.domain.event import Kind
from pos.domain.told import Told
from pos.services.close_shift import close_shift, open_shift
from pos.shop import Shop
from pos.store.tables import setting_changes
from pos.web.office import history_words
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeWallet
from tests.people import PASSWORD, People


@pytest.fixture
def marta(people: People) -> Cashier:
    return Cashier(people.owner("Marta"))


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_event_has_words(kind: Kind) -> None:
    told = history_words.words(Told(0, kind, "bar/7"))
    assert told != history_words.UNKNOWN
    assert str(told)


def test_a_kind_of_a_newer_till_is_told_too() -> None:
    assert history_words.words(Told(0, "moon.landed", "")) == history_words.UNKNOWN


def test_who_did_what_stands_there_the_newest_first(marta: Cashier, clock: FakeClock) -> None:
    clock.move(1)
    marta.send("/office/account/name", marta.open("/office"), name="Martha")
    page = marta.client.get("/office/history").text
    assert page.index("Took another name: Martha") < page.index("Signed in")
    assert "<bdi>Marta</bdi>" in page


def test_sales_have_a_list_of_their_own_and_a_shift_that_was_closed_stands_here(
    marta: Cashier, shop: Shop, wallet: FakeWallet
) -> None:
    charge_id = marta.sell(2100)
    charge = shop.store.get(charge_id)
    assert charge
    wallet.settle(charge.invoice, 2100)
    marta.client.get(f"/pay/{charge_id}")
    close_shift(shop, "till", open_shift(shop, "till").number, "Ana")
    page = marta.client.get("/office/history").text
    assert "Charged" not in page
    assert "A sale was paid" not in page
    assert "Closed shift 1 of till" in page
    assert "<bdi>Ana</bdi>" in page


def test_a_setting_tells_from_what_to_what(marta: Cashier, shop: Shop) -> None:
    change = {"at": shop.now(), "name": "POS_SHOP_NAME", "old": "Stall", "new": "<b>Shop", "by": "Marta"}
    with shop.store.engine.begin() as connection:
        connection.execute(setting_changes.insert(), change)
    page = marta.client.get("/office/history").text
    assert "Changed a setting: POS_SHOP_NAME" in page
    assert '<del dir="auto">Stall</del> <ins dir="auto">&lt;b&gt;Shop</ins>' in page


def test_all_of_it_is_there_page_by_page_and_each_once(marta: Cashier, shop: Shop, clock: FakeClock) -> None:
    for number in range(60):
        change = {"at": shop.now(), "name": f"NAME_{number}_", "old": "", "new": "", "by": ""}
        with shop.store.engine.begin() as connection:
            connection.execute(setting_changes.insert(), change)
        if number % 2:
            marta.send("/office/owners", marta.open("/office"), password=PASSWORD)
            clock.move(1)
    pages, path = [], "/office/history"
    while path:
        pages.append(marta.client.get(path).text)
        _, found, rest = pages[-1].partition('rel="next" href="')
        path = rest.partition('"')[0].replace("&amp;", "&") if found else ""
    whole = "".join(pages)
    assert len(pages) == 2
    assert [whole.count(f"NAME_{number}_") for number in range(60)] == [1] * 60
    assert whole.count("Made a link for one more owner") == 30


@pytest.mark.parametrize("asked", ["?event=0&setting=0", "?event=-5&setting=x", f"?event={10**30}", "?event=%00"])
def test_an_address_that_was_made_up_shows_a_page(marta: Cashier, asked: str) -> None:
    assert marta.client.get(f"/office/history{asked}").status_code == 200
