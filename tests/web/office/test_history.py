"""What was changed by whom: a page of it, the newest first, in words that a shopkeeper knows."""

import pytest

from pos.domain.event import Event, Kind
from pos.domain.kept_setting import Entered
from pos.domain.written_event import WrittenEvent
from pos.services.close_shift import close_shift, open_shift
from pos.shop import Shop
from pos.store import events
from pos.web.office import history_words
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeWallet
from tests.people import People


@pytest.fixture
def marta(people: People) -> Cashier:
    return Cashier(people.owner("Marta"))


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_event_has_words(kind: Kind) -> None:
    said = history_words.words(WrittenEvent(1, 0, kind, "bar/7"))
    assert said != history_words.UNKNOWN
    assert str(said)


def test_a_kind_of_a_newer_till_is_told_too() -> None:
    assert history_words.words(WrittenEvent(1, 0, "moon.landed", "")) == history_words.UNKNOWN


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
    for name in ("POS_RECEIPT_FOOTER", "POS_OF_ANOTHER_VERSION"):
        seen = shop.store.settings.version()
        assert shop.store.settings.change({name: Entered("<b>Bye")}, seen, shop.now(), "Marta")
    page = marta.client.get("/office/history").text
    assert "Changed a setting: " in page
    assert "POS_OF_ANOTHER_VERSION" in page
    assert page.count('<ins dir="auto">&lt;b&gt;Bye</ins>') == 2


@pytest.mark.parametrize(
    ("language", "said"), [("en", "give 2,223\u00a0sat back"), ("de", "2.223\u00a0sat zurückzugeben")]
)
def test_an_amount_that_goes_back_is_written_as_everywhere_else(
    marta: Cashier, shop: Shop, language: str, said: str
) -> None:
    with shop.store.engine.begin() as connection:
        events.add(connection, "bcrt", Event(Kind.REFUND_MADE, "x", shop.now(), {"amount_sat": 2223}))
    marta.client.set_cookie("language", language)
    assert said in marta.client.get("/office/history").text


@pytest.mark.parametrize(
    ("name", "entered", "said"),
    [
        ("POS_TIP_AMOUNTS", "2100,50000", "2,100\u00a0sat · 50,000\u00a0sat"),
        # What has a name is in the shop's currency, where it does not say so.
        ("POS_KIOSK_AMOUNTS", "Wash:4.00,Sauna:2100,5000", "Wash:4.00 · Sauna:2100 · 5,000\u00a0sat"),
        ("POS_KIOSK_AMOUNTS", "of another version,5", "of another version · 5\u00a0sat"),
    ],
)
def test_amounts_on_offer_that_were_changed_are_written_as_such(
    marta: Cashier, shop: Shop, name: str, entered: str, said: str
) -> None:
    seen = shop.store.settings.version()
    assert shop.store.settings.change({name: Entered(entered)}, seen, shop.now(), "Marta")
    assert f'<ins dir="auto">{said}</ins>' in marta.client.get("/office/history").text


def test_all_of_it_is_there_page_by_page_and_each_once(marta: Cashier, shop: Shop) -> None:
    with shop.store.engine.begin() as connection:
        for number in range(60):
            events.add(connection, "bcrt", Event(Kind.OWNER_REMOVED, "x", shop.now(), {"name": f"NAME_{number}_"}))
            events.add(connection, "bcrt", Event(Kind.CHARGE_MADE, "x", shop.now()))
    pages, path = [], "/office/history"
    while path:
        pages.append(marta.client.get(path).text)
        _, found, rest = pages[-1].partition('rel="next" href="')
        path = rest.partition('"')[0] if found else ""
    whole = "".join(pages)
    assert len(pages) == 2
    assert [whole.count(f"NAME_{number}_") for number in range(60)] == [1] * 60


@pytest.mark.parametrize("asked", ["?before=0", "?before=-5", f"?before={10**30}", "?before=%00"])
def test_an_address_that_was_made_up_shows_a_page(marta: Cashier, asked: str) -> None:
    assert marta.client.get(f"/office/history{asked}").status_code == 200
