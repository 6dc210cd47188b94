"""The tip jars in the book, and what came into them."""

from dataclasses import replace

import pytest

from pos.domain.charge import Channel
from pos.domain.jar import Goal, Jar, JarPicture
from pos.domain.money import Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.settle import settle
from pos.shop import Shop
from tests.conftest import in_sat
from tests.fakes import FakeRates, FakeWallet

CELLO = Jar(
    name="cello",
    title="Cello under the Bridge",
    text="Every evening from six.",
    thanks="See you tomorrow.",
    currency="EUR",
    amounts=(Money(100, "EUR"), Money(200, "EUR")),
    price=Money(300, "EUR"),
    least_sat=100,
    most_sat=50_000,
    goal=Goal("A new case", Money(30_000, "EUR"), 1_800_000_000),
    shows_messages=True,
    live_token="a secret",
    created_at=1_790_000_000,
    closed_at=1_790_000_001,
)


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


def put_in(shop: Shop, wallet: FakeWallet, sale: Sale, received_sat: int | None = None) -> None:
    """Let somebody tip, and pay what is asked or another sum."""
    made = charge(shop, Channel.TIPS, sale, f"k{len(wallet.made)}")
    wallet.settle(made.invoice, received_sat or made.amount_sat)
    assert settle(shop, made).payment


def test_a_jar_is_kept_as_the_owner_set_it_up(shop: Shop) -> None:
    assert shop.store.jars.add(CELLO)
    assert shop.store.jars.get("cello") == CELLO
    plain = Jar(name="hat", title="Hat", currency="SAT", created_at=1_790_000_002)
    assert shop.store.jars.add(plain)
    assert shop.store.jars.listed() == [CELLO, plain]


def test_a_name_is_given_once(shop: Shop) -> None:
    assert shop.store.jars.add(CELLO)
    assert not shop.store.jars.add(replace(CELLO, title="Another"))
    assert shop.store.jars.get("cello") == CELLO


def test_each_change_makes_another_version(shop: Shop) -> None:
    shop.store.jars.add(CELLO)
    assert shop.store.jars.change(replace(CELLO, title="Viola", goal=None, closed_at=None))
    changed = replace(CELLO, title="Viola", goal=None, closed_at=None, version=1)
    assert shop.store.jars.get("cello") == changed
    assert shop.store.jars.set_picture("cello", JarPicture("d1", b"page", b"small"))
    assert shop.store.jars.get("cello") == replace(changed, picture="d1", version=2)
    assert shop.store.jars.picture("cello") == JarPicture("d1", b"page", b"small")
    assert shop.store.jars.set_picture("cello", None)
    assert shop.store.jars.picture("cello") is None
    assert shop.store.jars.versions(["cello", "hat"]) == {"cello": (3, 0), "hat": (0, 0)}


def test_what_is_not_there_cannot_be_changed(shop: Shop) -> None:
    assert not shop.store.jars.change(CELLO)
    assert not shop.store.jars.set_picture("cello", None)
    assert shop.store.jars.get("cello") is None
    assert shop.store.jars.picture("cello") is None


def test_what_came_is_counted_in_what_the_jar_is_about(shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(CELLO)
    put_in(shop, wallet, Sale(Money(500, "EUR"), "Play La Bamba", jar="cello", payer="Ana", shown=True))
    put_in(shop, wallet, replace(in_sat(2100, "From the tram"), jar="cello"))
    contents = shop.store.jars.contents("cello", 10, shown_only=False)
    rate = shop.rates.at_hand()
    assert rate
    assert contents.raised == (Money(500 + rate.from_sat(2100).minor, "EUR"),)
    assert (contents.tips, contents.version) == (2, (0, 2))
    assert [(it.payer, it.message, it.total, it.shown) for it in contents.latest] == [
        ("", "From the tram", Money(2100, "SAT"), False),
        ("Ana", "Play La Bamba", Money(500, "EUR"), True),
    ]
    assert [it.message for it in shop.store.jars.contents("cello", 10, shown_only=True).latest] == ["Play La Bamba"]
    assert len(shop.store.jars.contents("cello", 1, shown_only=False).latest) == 1


@pytest.mark.parametrize(("received", "counted"), [(10_000, 500), (5_000, 250), (20_000, 1000), (1, 0)])
def test_nothing_is_counted_that_did_not_come(shop: Shop, wallet: FakeWallet, received: int, counted: int) -> None:
    shop.store.jars.add(CELLO)
    put_in(shop, wallet, Sale(Money(500, "EUR"), jar="cello"), received)
    contents = shop.store.jars.contents("cello", 1, shown_only=False)
    assert contents.raised_in("EUR").minor == counted
    assert [it.total for it in contents.latest] == [Money(counted, "EUR")]


@pytest.mark.parametrize(("each", "worth", "rest"), [(11, 0, 33), (9, 0, 27), (2111, 315, 33)])
def test_no_part_of_a_cent_is_made_up_or_forgotten_however_many_small_tips_come(
    shop: Shop, wallet: FakeWallet, each: int, worth: int, rest: int
) -> None:
    shop.store.jars.add(CELLO)
    for _ in range(3):
        put_in(shop, wallet, replace(in_sat(each), jar="cello"))
    contents = shop.store.jars.contents("cello", 1, shown_only=False)
    assert (contents.raised_in("EUR").minor, contents.raised_in("SAT").minor) == (worth, rest)
    assert (contents.tips, contents.version) == (3, (0, 3))
    # 20 sat are a cent.
    assert contents.raised_in_all("EUR", shop.rates.at_hand()).minor == 3 * each // 20


def test_what_came_before_the_jar_changed_its_currency_is_in_it_still(shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(CELLO)
    put_in(shop, wallet, Sale(Money(500, "EUR"), jar="cello"))
    shop.store.jars.change(replace(CELLO, currency="SAT", amounts=(), price=None, goal=None))
    put_in(shop, wallet, replace(in_sat(21), jar="cello"))
    contents = shop.store.jars.contents("cello", 1, shown_only=False)
    assert (contents.raised_in("EUR").minor, contents.raised_in("SAT").minor) == (500, 21)
    rate = shop.rates.at_hand()
    assert rate
    assert contents.raised_in_all("SAT", rate).minor == 10_021
    assert contents.raised_in_all("SAT", None).minor == 21
    # Then 500 cents are a little less than 10,000 sat.
    assert contents.raised_in_all("SAT", replace(rate, price=rate.price + 1)).minor == 9999 + 21


def test_a_wallet_that_says_that_all_there_is_came_is_believed_and_counted(shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(CELLO)
    put_in(shop, wallet, Sale(Money(500_000, "EUR"), jar="cello"), 21 * 10**14)
    assert shop.store.jars.contents("cello", 1, shown_only=False).raised_in("EUR").minor == 105 * 10**12


def test_what_no_worth_is_known_of_is_counted_in_sat(shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(replace(CELLO, name="yen", currency="JPY", amounts=(), price=None, goal=None))
    put_in(shop, wallet, replace(in_sat(2100), jar="yen"))
    assert shop.store.jars.contents("yen", 1, shown_only=False).raised == (Money(2100, "SAT"),)


def test_what_is_in_one_jar_is_not_in_another(shop: Shop, wallet: FakeWallet) -> None:
    put_in(shop, wallet, replace(in_sat(2100), jar="tips"))
    put_in(shop, wallet, in_sat(2100))
    assert shop.store.jars.contents("tips", 10, shown_only=False).raised == (Money(2100, "SAT"),)
    assert shop.store.jars.contents("hat", 10, shown_only=False).version == (0, 0)


def test_a_message_that_is_hidden_is_gone_from_the_page_and_stays_in_the_book(shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(CELLO)
    put_in(shop, wallet, replace(in_sat(2100, "Rude"), jar="cello", shown=True))
    (tip,) = shop.store.jars.contents("cello", 10, shown_only=True).latest
    assert shop.store.jars.show_message(tip.number, shown=False) == "cello"
    contents = shop.store.jars.contents("cello", 10, shown_only=True)
    assert (contents.latest, contents.version) == ((), (1, 1))
    assert shop.store.jars.contents("cello", 10, shown_only=False).latest == (replace(tip, shown=False),)
    assert shop.store.jars.show_message(tip.number, shown=True) == "cello"
    assert shop.store.jars.contents("cello", 10, shown_only=True).latest == (tip,)


def test_there_is_nothing_to_hide_of_a_sale_that_is_no_tip(shop: Shop, wallet: FakeWallet) -> None:
    put_in(shop, wallet, in_sat(2100, "Coffee"))
    sold = charge(shop, Channel.TILL, in_sat(1), "k")
    assert sold.number
    assert shop.store.jars.show_message(sold.number, shown=False) is None


def test_a_new_goal_begins_with_nothing(shop: Shop, wallet: FakeWallet) -> None:
    shop.store.jars.add(CELLO)
    put_in(shop, wallet, replace(in_sat(2100), jar="cello"))
    shop.store.jars.empty("cello")
    contents = shop.store.jars.contents("cello", 10, shown_only=False)
    assert (contents.raised, contents.tips, contents.version) == ((), 0, (1, 0))
    assert len(contents.latest) == 1
