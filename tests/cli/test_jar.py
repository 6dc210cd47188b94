"""`flask jar`: the owner sets up the tip jars."""

from dataclasses import replace
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from PIL import Image

from pos.cli.jar import jar_command
from pos.domain.charge import Channel, Payment
from pos.domain.jar import Jar
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.services.jars import find_jar
from pos.settings import Settings
from pos.shop import Shop
from tests.fakes import FakeClock, FakeRates

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a command takes and says")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    public_url = "https://till.example.com"
    return replace(settings, currency="EUR", public_url=public_url, max_sat=1_000_000, day_ends=time(4))


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates(Decimal(50_000))


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["jar", *map(str, words)])


def said(result: Result) -> str:
    """What it ended with, if it did not do what it was told."""
    assert result.exit_code == 1
    return str(result.exception)


@pytest.fixture
def cello(app: Flask, shop: Shop) -> Jar:
    assert run(app, "add", "cello", "--title", "Cello", "--amounts", "1,2.50").exit_code == 0
    return find_jar(shop, "cello")


def euros(*amounts: int) -> tuple[Money, ...]:
    return tuple(Money(it, "EUR") for it in amounts)


def put_in(shop: Shop, jar: str) -> str:
    """Somebody puts 2 EUR in and says so; return the number of the sale."""
    tip = charge(shop, Channel.TIPS, Sale(Money(200, "EUR"), "Bravo!", jar=jar, payer="Ann", shown=True), "1")
    shop.store.mark_paid(tip.id, Payment(shop.now(), tip.amount_sat, "00" * 32, proven=True))
    assert tip.number
    return str(tip.number.count)


def test_a_new_one_is_in_the_currency_of_the_shop_and_called_by_its_name(app: Flask, shop: Shop) -> None:
    result = run(app, "add", "cello")
    assert result.exit_code == 0
    jar = find_jar(shop, "cello")
    assert (jar.title, jar.currency, jar.amounts, jar.created_at) == ("cello", "EUR", (), shop.now())
    assert (jar.is_open, jar.shows_messages, jar.goal, jar.price) == (True, False, None, None)
    assert len(jar.live_token) >= 20
    assert "https://till.example.com/tips/cello/poster" in result.output


def test_all_that_can_be_said_of_one_is_written_down(app: Flask, shop: Shop) -> None:
    words = ["--title", " Cello\nunder the Bridge", "--text", "From six.\nEvery day.", "--thanks", "Thank you!"]
    limits = ["--least", "100", "--most", "50000", "--messages"]
    goal = ["--goal", "A new bow", "--goal-amount", "200", "--goal-ends", "2026-12-24"]
    assert run(app, "add", "cello", *words, "--amounts", "1, 2,5", *limits, *goal).exit_code == 0
    jar = find_jar(shop, "cello")
    assert (jar.title, jar.text) == ("Cello under the Bridge", "From six.\nEvery day.")
    assert (jar.thanks, jar.amounts) == ("Thank you!", euros(100, 200, 500))
    assert (jar.least_sat, jar.most_sat, jar.shows_messages) == (100, 50_000, True)
    assert jar.goal
    assert (jar.goal.text, jar.goal.amount) == ("A new bow", Money(20_000, "EUR"))


def test_a_goal_ends_when_the_last_day_of_the_shop_does(app: Flask, shop: Shop) -> None:
    run(app, "add", "cello", "--goal", "A bow", "--goal-amount", "200", "--goal-ends", "2026-12-24")
    goal = find_jar(shop, "cello").goal
    assert goal
    assert goal.ends_at
    assert (str(shop.day(goal.ends_at - 1)), str(shop.day(goal.ends_at))) == ("2026-12-24", "2026-12-25")


def test_in_sat_amounts_are_whole(app: Flask, shop: Shop) -> None:
    assert run(app, "add", "cello", "--currency", "sat", "--amounts", "21,2100").exit_code == 0
    assert find_jar(shop, "cello").amounts == (Money(21, SAT), Money(2100, SAT))
    assert "'2.5' is no amount" in said(run(app, "change", "cello", "--amounts", "2.5"))


@pytest.mark.usefixtures("cello")
def test_only_what_is_said_changes(app: Flask, shop: Shop, cello: Jar) -> None:
    assert run(app, "change", "cello", "--text", "Every evening.").exit_code == 0
    changed = find_jar(shop, "cello")
    assert changed == replace(cello, text="Every evening.", version=changed.version)
    assert changed.version > cello.version


def test_what_was_said_can_be_taken_back(app: Flask, shop: Shop, cello: Jar) -> None:
    goal = ["--goal", "A bow", "--goal-amount", "200"]
    run(app, "change", "cello", "--text", "Hello", "--least", "10", "--most", "20000", "--messages", *goal)
    back = ["--text", "", "--amounts", "", "--least", "0", "--most", "0", "--no-messages", "--no-goal"]
    assert run(app, "change", "cello", *back).exit_code == 0
    changed = find_jar(shop, "cello")
    assert changed == replace(cello, amounts=(), version=changed.version)


def test_a_part_of_a_goal_is_changed_alone(app: Flask, shop: Shop, cello: Jar) -> None:
    assert "takes --goal and --goal-amount" in said(run(app, "change", cello.name, "--goal", "A bow"))
    run(app, "change", cello.name, "--goal", "A bow", "--goal-amount", "200", "--goal-ends", "2026-12-24")
    before = find_jar(shop, "cello").goal
    assert before
    run(app, "change", cello.name, "--goal-amount", "250")
    assert find_jar(shop, "cello").goal == replace(before, amount=Money(25_000, "EUR"))
    run(app, "change", cello.name, "--goal", "Two bows")
    assert find_jar(shop, "cello").goal == replace(before, amount=Money(25_000, "EUR"), text="Two bows")


def test_a_product_has_a_price_and_nothing_else(app: Flask, shop: Shop, cello: Jar) -> None:
    assert run(app, "change", cello.name, "--price", "12").exit_code == 0
    changed = find_jar(shop, "cello")
    assert (changed.price, changed.amounts) == (Money(1200, "EUR"), ())
    assert run(app, "change", cello.name, "--no-price", "--amounts", "3").exit_code == 0
    assert (find_jar(shop, "cello").price, find_jar(shop, "cello").amounts) == (None, euros(300))


def test_the_first_jar_is_written_down_when_it_is_changed(app: Flask, shop: Shop, settings: Settings) -> None:
    assert run(app, "change", "tips", "--text", "For the band").exit_code == 0
    jar = shop.store.jars.get("tips")
    assert jar
    assert (jar.title, jar.text, jar.currency) == ("Marta's Stall", "For the band", SAT)
    assert [it.minor for it in jar.amounts] == list(settings.tip_amounts)
    assert jar.live_token


class TestAShopWithALongName:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, shop_name="The Old Cheese Factory at the Bridge over the Little River, Sampletown")

    def test_its_name_is_no_title_that_is_too_long(self, app: Flask, shop: Shop, settings: Settings) -> None:
        for amounts in ("1,2", "3"):
            assert run(app, "change", "tips", "--amounts", amounts, "--currency", "EUR").exit_code == 0
            assert find_jar(shop, "tips").title == settings.shop_name
        assert "The title is too long" in said(run(app, "change", "tips", "--title", "x" * 61))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["change", "nobody", "--title", "x"], "There is no tip jar at this address."),
        (["add", "tips"], "There is a jar tips already."),
        (["add", "cello"], "There is a jar cello already."),
        (["add", "Cello"], "No jar can be called 'Cello'"),
        (["add", "shop"], "No jar can be called 'shop'"),
        (["change", "cello", "--title", " \n"], "The title is empty."),
        (["change", "cello", "--title", "x" * 61], "at most 60 characters"),
        (["change", "cello", "--text", "x" * 501], "at most 500 characters"),
        (["change", "cello", "--thanks", "x" * 145], "at most 144 characters"),
        (["change", "cello", "--currency", "USD"], "Jars of this shop are in EUR or sat."),
        (["change", "cello", "--currency", "sat"], "not in SAT"),
        (["change", "cello", "--amounts", "1,x"], "'x' is no amount"),
        (["change", "cello", "--amounts", "0"], "more than nothing"),
        (["change", "cello", "--amounts", "1,1"], "each once"),
        (["change", "cello", "--amounts", "1,2,3,4,5,6,7,8,9"], "at most 8"),
        (["change", "cello", "--price", "0"], "more than nothing"),
        (["change", "cello", "--price", "2", "--no-price"], "It has a price, or none."),
        (["change", "cello", "--price", "2", "--amounts", "1"], "takes nothing else"),
        (["change", "cello", "--price", "2", "--least", "1"], "takes nothing else"),
        (["change", "cello", "--price", "2", "--most", "100"], "takes nothing else"),
        (["change", "cello", "--least", "1000001"], "from 1 to 1,000,000 sat"),
        (["change", "cello", "--most", "1000001"], "from 1 to 1,000,000 sat"),
        (["change", "cello", "--least", "20", "--most", "19"], "The least is more than the most."),
        (["change", "cello", "--currency", "sat", "--amounts", "9", "--least", "10"], "9 sat is not from 10 sat"),
        (["change", "cello", "--currency", "sat", "--price", "1000001"], "1,000,001 sat is not from 1 sat"),
        (["change", "cello", "--goal", "x", "--goal-amount", "0"], "more than nothing"),
        (["change", "cello", "--goal", "", "--goal-amount", "1"], "The goal is empty."),
        (["change", "cello", "--goal", "x" * 61, "--goal-amount", "1"], "at most 60 characters"),
        (["change", "cello", "--goal", "x", "--no-goal"], "It has a goal, or none."),
        (["change", "cello", "--goal", "x", "--goal-amount", "1", "--goal-ends", "2020-01-01"], "over already"),
        (["change", "cello", "--picture", "/nowhere.png"], "The picture cannot be read"),
        (["change", "cello", "--picture", __file__], "is no PNG, JPEG or WebP."),
        (["change", "cello", "--picture", __file__, "--no-picture"], "or without one"),
        (["close", "nobody"], "There is no tip jar at this address."),
        (["open", "nobody"], "There is no tip jar at this address."),
        (["hide", "1"], "no tip with the number '1'"),
        (["show", "x"], "no tip with the number 'x'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    app: Flask, shop: Shop, cello: Jar, words: list[str], sentence: str
) -> None:
    assert sentence in said(run(app, *words))
    assert shop.store.jars.listed() == [cello]


def test_a_goal_of_another_currency_is_refused(app: Flask, cello: Jar) -> None:
    run(app, "change", cello.name, "--goal", "A bow", "--goal-amount", "200")
    assert "not in SAT" in said(run(app, "change", cello.name, "--currency", "sat", "--amounts", "21"))


def test_it_has_a_picture_until_it_is_taken_away(app: Flask, shop: Shop, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "cello.png")
    assert run(app, "add", "cello", "--picture", tmp_path / "cello.png").exit_code == 0
    picture = shop.store.jars.picture("cello")
    assert picture
    run(app, "change", "cello", "--title", "Another")
    assert find_jar(shop, "cello").picture == picture.digest
    run(app, "change", "cello", "--no-picture")
    assert shop.store.jars.picture("cello") is None
    run(app, "change", "tips", "--picture", tmp_path / "cello.png")
    assert find_jar(shop, "tips").picture == picture.digest


def test_a_closed_one_opens_again_as_it_was(app: Flask, shop: Shop, cello: Jar, clock: FakeClock) -> None:
    assert run(app, "close", cello.name).output == "cello is closed.\n"
    closed_at = shop.now()
    clock.move(60)
    run(app, "close", cello.name)
    assert find_jar(shop, "cello").closed_at == closed_at
    assert run(app, "open", cello.name).output == "cello is open.\n"
    opened = find_jar(shop, "cello")
    assert opened == replace(cello, version=opened.version)
    run(app, "close", "tips")
    assert find_jar(shop, "tips").closed_at == shop.now()


def test_it_begins_again_to_count(app: Flask, shop: Shop, cello: Jar) -> None:
    put_in(shop, "cello")
    assert "came in   1 tip, €2.00\n" in run(app, "list").output
    run(app, "change", cello.name, "--start-again")
    assert "came in   0 tips\n" in run(app, "change", cello.name).output


def test_the_list_says_how_each_is_set_up(app: Flask) -> None:
    limits = ["--least", "100", "--most", "50000", "--messages"]
    goal = ["--goal", "A bow", "--goal-amount", "200", "--goal-ends", "2026-12-24"]
    run(app, "add", "hat", "--amounts", "1,2.50", *limits, *goal)
    run(app, "add", "coffee", "--price", "3.50")
    _, _, coffee, hat = run(app, "list").output.split("open, ")
    assert coffee.startswith("coffee\n  came in   0 tips\n  price     €3.50\n  picture   none\n  messages  not on")
    assert hat.startswith(
        "hat\n  came in   0 tips\n  amounts   €1.00, €2.50\n  limits    least 100 sat, most 50,000 sat\n"
        "  goal      A bow, €200.00, until 2026-12-24\n  picture   none\n  messages  on the page\n"
    )


def test_the_list_says_which_are_closed_as_the_shop_has_another_currency_by_now(
    app: Flask, shop: Shop, cello: Jar
) -> None:
    shop.store.jars.change(replace(cello, currency="JPY", amounts=()))
    assert (
        "cello: open for sat by its code, but its page is closed, as the shop takes no JPY" in run(app, "list").output
    )
    shop.store.jars.change(replace(cello, currency="JPY", amounts=(), price=Money(900, "JPY")))
    assert "cello: closed, as the shop takes no JPY any more" in run(app, "list").output
    shop.store.jars.change(replace(cello, currency="JPY", amounts=()))
    assert run(app, "change", "cello", "--currency", "EUR").exit_code == 0
    assert "cello: open" in run(app, "list").output


def test_a_new_link_of_the_live_page_ends_the_old_one(app: Flask, shop: Shop, cello: Jar) -> None:
    result = run(app, "change", cello.name, "--new-live-link")
    token = find_jar(shop, "cello").live_token
    assert token != cello.live_token
    assert f"/tips/cello/live/{token}" in result.output


def test_a_message_is_taken_off_the_page_and_put_back(app: Flask, shop: Shop, cello: Jar) -> None:
    number = put_in(shop, "cello")
    assert run(app, "hide", number).exit_code == 0
    assert shop.store.jars.contents(cello.name, 9, shown_only=True).latest == ()
    assert run(app, "show", f"2026-{number}").exit_code == 0
    assert [it.message for it in shop.store.jars.contents(cello.name, 9, shown_only=True).latest] == ["Bravo!"]


@pytest.mark.usefixtures("cello")
def test_the_list_says_where_all_of_it_is(app: Flask) -> None:
    run(app, "close", "cello")
    output = run(app, "list").output
    assert "tips: open, Marta's Stall" in output
    assert "cello: closed, Cello" in output
    for line in ("page      https://till.example.com/tips\n", "page      https://till.example.com/tips/cello\n"):
        assert line in output
    assert "address   cello@till.example.com" in output
    assert "  poster    https://till.example.com/poster\n  address   shop@till.example.com\n" in output
    assert "POS_PUBLIC_URL" not in output


@pytest.mark.parametrize(
    ("public_url", "missing"),
    [
        (None, "POS_PUBLIC_URL is not set"),
        ("http://till.example.com", "POS_PUBLIC_URL has to be https"),
        ("https://example.com/till", "For a Lightning address, POS_PUBLIC_URL has to be https://a.host.name, without"),
    ],
)
def test_the_list_says_what_is_missing(app: Flask, shop: Shop, public_url: str | None, missing: str) -> None:
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, public_url=public_url))
    output = app.test_cli_runner().invoke(jar_command(app), ["list"]).output
    assert missing in output
    assert f"page      {public_url or ''}/tips\n" in output
    assert "  address" not in output
