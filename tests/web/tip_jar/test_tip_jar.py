"""The tip jars: public pages with amounts, a message, a goal, and what others say."""

import re
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.jar import Goal, Jar, JarPicture
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.domain.span import Span
from pos.domain.tax import TaxRate
from pos.services.books import times_of
from pos.services.charge import charge
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import Cashier, in_sat, stored
from tests.fakes import NOON, FakeClock, FakeRates, FakeWallet

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

CELLO = Jar(
    name="cello",
    title="Cello under the Bridge",
    text="Every evening from six.",
    currency="EUR",
    amounts=(Money(100, "EUR"), Money(200, "EUR"), Money(500, "EUR")),
    goal=Goal("A new case", Money(30_000, "EUR")),
    shows_messages=True,
)


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def cello(shop: Shop) -> Jar:
    shop.store.jars.add(CELLO)
    return CELLO


def change(shop: Shop, **changes: object) -> None:
    shop.store.jars.change(replace(CELLO, **changes))  # type: ignore[arg-type]


def look(client: FlaskClient, path: str = "/tips/cello", language: str = "en") -> str:
    """Return what stands on a page."""
    page = client.get(path, headers={"Accept-Language": language}).text
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page.partition("<body")[2]).split()))


def tipped(cashier: Cashier, shop: Shop, path: str = "/tips/cello", **typed: str) -> Charge:
    answer = cashier.send(path, **typed)
    assert answer.status_code == 303, answer.text
    return stored(shop, answer.headers["Location"].removeprefix("/pay/"))


def refused(cashier: Cashier, status: int = 422, **typed: str) -> str:
    """Send what is refused, and return the sentence."""
    answer = cashier.send("/tips/cello", **typed)
    assert answer.status_code == status, answer.text
    assert all(
        f'value="{it}"' in answer.text for name, it in typed.items() if name in ("other", "memo", "payer") and it
    )
    found = re.search(r'role="alert" id="says">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert found
    return unescape(found[1])


def put_in(shop: Shop, wallet: FakeWallet, sale: Sale) -> Charge:
    """Let somebody tip, and pay."""
    made = charge(shop, Channel.TIPS, replace(sale, jar="cello"), f"k{len(wallet.made)}")
    wallet.settle(made.invoice, made.amount_sat)
    return settle(shop, made)


class TestFirst:
    """The jar that every shop has."""

    def test_it_has_the_amounts_of_the_settings(self, client: FlaskClient) -> None:
        page = look(client, "/tips")
        assert "Leave a tip Thank you! Pay with any Lightning wallet." in page
        assert "2,100 sat · ≈ €1.05" in page
        assert "Latest messages" not in page

    def test_it_has_one_address(self, client: FlaskClient) -> None:
        answer = client.get("/tips/tips")
        assert (answer.status_code, answer.headers["Location"]) == (308, "/tips")

    def test_a_message_becomes_the_memo_of_a_tip(self, cashier: Cashier, shop: Shop) -> None:
        made = tipped(cashier, shop, "/tips", amount="2100", memo="Best tomatoes\nin town")
        assert (made.memo, made.jar) == ("Best tomatoes in town", "tips")

    def test_a_page_of_before_there_were_jars_still_sells(self, cashier: Cashier, shop: Shop) -> None:
        fields = cashier.open("/tips")
        del fields["unit"]
        answer = cashier.send("/tips", fields, amount="2100")
        assert stored(shop, answer.headers["Location"].removeprefix("/pay/")).amount_sat == 2100

    def test_the_owner_can_change_it_and_close_it(self, client: FlaskClient, shop: Shop) -> None:
        shop.store.jars.add(replace(CELLO, name="tips"))
        assert "Cello under the Bridge" in look(client, "/tips")
        shop.store.jars.change(replace(CELLO, name="tips", closed_at=NOON))
        assert client.get("/tips").status_code == 404


class TestPage:
    def test_it_says_what_the_jar_is_for_and_what_its_amounts_are_worth(self, client: FlaskClient, cello: Jar) -> None:
        page = look(client)
        assert f"{cello.title} {cello.text} A new case €0.00 of €300.00" in page
        assert "€1.00 ≈ 2,000 sat €2.00 ≈ 4,000 sat €5.00 ≈ 10,000 sat" in page
        assert "Everybody sees your message and name on this page." in page

    def test_the_second_amount_is_chosen(self, client: FlaskClient, cello: Jar) -> None:
        assert 'value="200" checked' in client.get("/tips/cello").text

    def test_a_jar_without_amounts_asks_for_one(self, client: FlaskClient, shop: Shop, cello: Jar) -> None:
        change(shop, amounts=())
        page = client.get("/tips/cello").text
        assert 'type="radio"' not in page
        assert '<label for="other">Amount</label>' in page

    def test_without_a_rate_it_says_no_worth(self, client: FlaskClient, rates: FakeRates, cello: Jar) -> None:
        rates.price = None
        assert "€1.00 €2.00 €5.00" in look(client)

    def test_a_jar_in_a_currency_that_the_shop_takes_no_more_is_closed(
        self, cashier: Cashier, client: FlaskClient, shop: Shop
    ) -> None:
        yen = replace(CELLO, name="yen", amounts=(Money(500, "EUR"),), goal=None)
        shop.store.jars.add(yen)
        fields = cashier.open("/tips/yen")
        shop.store.jars.change(replace(yen, currency="JPY", amounts=(Money(500, "JPY"),)))
        for answer in (
            client.get("/tips/yen"),
            client.get("/tips/yen/embed"),
            cashier.send("/tips/yen", fields, amount="500"),
        ):
            assert answer.status_code == 404
            assert "This tip jar is closed at the moment." in answer.text

    def test_where_messages_are_off_it_says_who_reads_them(self, client: FlaskClient, shop: Shop, cello: Jar) -> None:
        change(shop, shows_messages=False)
        page = look(client)
        assert "Only the shop sees your message and name." in page
        assert "Latest messages" not in page

    def test_nothing_is_told_live_where_nothing_can_change(self, client: FlaskClient, shop: Shop, cello: Jar) -> None:
        assert 'data-events="/tips/cello/events" data-news="/tips/cello/news"' in client.get("/tips/cello").text
        change(shop, shows_messages=False, goal=None)
        assert "data-events" not in client.get("/tips/cello").text

    def test_a_picture_stands_in_the_place_of_the_drawn_jar(self, client: FlaskClient, shop: Shop, cello: Jar) -> None:
        assert '<svg class="picture"' in client.get("/tips/cello").text
        change(shop)
        shop.store.jars.set_picture("cello", picture := JarPicture("d1", b"page", b"small"))
        page = client.get("/tips/cello").text
        assert f'<img src="/tips/cello/picture/{picture.digest}.jpg" alt="">' in page
        assert '<svg class="picture"' not in page

    @pytest.mark.parametrize(
        ("public_url", "whose"),
        [
            ("https://till.example", "cello@till.example"),
            ("http://till.example", "Tips by Lightning"),
            (None, "Tips by Lightning"),
        ],
    )
    def test_it_says_whose_it_is(
        self, settings: Settings, wallet: FakeWallet, clock: FakeClock, public_url: str | None, whose: str
    ) -> None:
        app = create_app(replace(settings, public_url=public_url), wallet=wallet, clock=clock, running=clock)
        app.extensions["shop"].store.jars.add(Jar(name="cello", title=CELLO.title, currency=SAT))
        assert f"Marta's Stall {whose}" in look(app.test_client())
        close(app)

    def test_where_the_wallet_cannot_be_paid_by_it_there_is_no_lightning_address(
        self, settings: Settings, wallet: FakeWallet, clock: FakeClock
    ) -> None:
        wallet.advice = replace(wallet.advice, no_hashed_description="the test wants it")
        public = replace(settings, public_url="https://till.example")
        app = create_app(public, wallet=wallet, clock=clock, running=clock)
        assert "Marta's Stall Tips by Lightning" in look(app.test_client(), "/tips")
        close(app)


class TestGoal:
    def test_it_says_how_far_it_is(self, client: FlaskClient, shop: Shop, wallet: FakeWallet, cello: Jar) -> None:
        put_in(shop, wallet, Sale(Money(20_001, "EUR")))
        assert "A new case €200.01 of €300.00" in look(client)
        assert 'value="66" aria-labelledby="goal raised"' in client.get("/tips/cello").text

    def test_more_than_all_of_it_fills_the_bar(
        self, client: FlaskClient, shop: Shop, wallet: FakeWallet, cello: Jar
    ) -> None:
        put_in(shop, wallet, Sale(Money(40_000, "EUR")))
        assert "€400.00 of €300.00" in look(client)
        assert 'value="100" aria-labelledby="goal raised"' in client.get("/tips/cello").text

    def test_sat_of_which_no_worth_was_known_count_at_the_rate_of_now_and_never_as_more_than_came(
        self, client: FlaskClient, shop: Shop, wallet: FakeWallet, rates: FakeRates, cello: Jar
    ) -> None:
        rates.price = None
        # To the nearest cent they would be worth 0.50 EUR at the rate that the tests have.
        put_in(shop, wallet, in_sat(999))
        assert "€0.00 of €300.00" in look(client)
        rates.price = FakeRates.price
        assert "€0.49 of €300.00" in look(client)

    @pytest.mark.parametrize(
        ("ends_at", "said"),
        [
            (NOON + 86_400, "until "),
            (NOON, "Its time is over. What you give is still welcome."),
            (None, "€0.00 of €300.00 Amount"),
        ],
    )
    def test_it_says_when_it_ends(
        self, client: FlaskClient, shop: Shop, cello: Jar, ends_at: int | None, said: str
    ) -> None:
        change(shop, goal=Goal("A new case", Money(30_000, "EUR"), ends_at))
        assert said in look(client)

    def test_one_that_ends_at_midnight_ends_with_the_day_before(
        self, client: FlaskClient, shop: Shop, cello: Jar
    ) -> None:
        midnight = NOON - NOON % 86_400 + 86_400
        change(shop, goal=Goal("A new case", Money(30_000, "EUR"), midnight))
        assert f"until {shop.day(NOON):%a, %b %-d}" in look(client)

    class TestWhereTheDayEndsInTheNight:
        @pytest.fixture
        def settings(self, settings: Settings) -> Settings:
            return replace(settings, day_ends=time(4))

        def test_one_that_ends_with_a_day_of_the_shop_names_that_day(
            self, client: FlaskClient, shop: Shop, cello: Jar
        ) -> None:
            _, ends_at = times_of(shop, Span(date(2026, 12, 24), date(2026, 12, 24)))
            change(shop, goal=Goal("A new case", Money(30_000, "EUR"), ends_at))
            assert "until Thu, Dec 24" in look(client)


class TestMessages:
    def test_they_stand_on_the_page_with_name_and_amount(
        self, client: FlaskClient, shop: Shop, wallet: FakeWallet, cello: Jar
    ) -> None:
        put_in(shop, wallet, Sale(Money(500, "EUR"), "Play <b>La Bamba</b>", payer="Ana", shown=True))
        put_in(shop, wallet, replace(in_sat(2100, "From the tram"), shown=True))
        put_in(shop, wallet, Sale(Money(100, "EUR"), "Only for you"))
        page = client.get("/tips/cello").text
        assert "Play &lt;b&gt;La Bamba&lt;/b&gt;" in page
        said = look(client)
        assert "Latest messages From the tram no name 2,100 sat Play <b>La Bamba</b> Ana €5.00" in said
        assert "Only for you" not in said

    def test_one_that_is_hidden_is_gone(self, client: FlaskClient, shop: Shop, wallet: FakeWallet, cello: Jar) -> None:
        made = put_in(shop, wallet, Sale(Money(500, "EUR"), "Rude", shown=True))
        assert made.number
        assert "Rude" in look(client)
        shop.store.jars.show_message(made.number, shown=False)
        assert "Rude" not in look(client)

    def test_none_is_shown_once_the_owner_has_turned_them_off(
        self, client: FlaskClient, shop: Shop, wallet: FakeWallet, cello: Jar
    ) -> None:
        put_in(shop, wallet, Sale(Money(500, "EUR"), "La Bamba", shown=True))
        change(shop, shows_messages=False)
        assert "La Bamba" not in look(client)


class TestForm:
    def test_a_tile_is_an_amount_in_the_jars_currency(self, cashier: Cashier, shop: Shop, cello: Jar) -> None:
        made = tipped(cashier, shop, amount="200", memo="La Bamba", payer="Ana")
        assert made.sale == Sale(Money(200, "EUR"), "La Bamba", jar="cello", payer="Ana")
        assert made.amount_sat == 4000

    def test_another_amount_is_read_as_its_typist_writes_numbers(
        self, cashier: Cashier, shop: Shop, cello: Jar
    ) -> None:
        fields = cashier.open("/tips/cello")
        answer = cashier.client.post(
            "/tips/cello", data={**fields, "amount": "200", "other": "1.250,50"}, headers={"Accept-Language": "de"}
        )
        made = stored(shop, answer.headers["Location"].removeprefix("/pay/"))
        assert made.sale.price == Money(125_050, "EUR")

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({}, "Type an amount first."),
            ({"amount": "1"}, "The amounts of this jar have changed. Choose again."),
            ({"unit": "SAT", "amount": "200"}, "The amounts of this jar have changed. Choose again."),
            ({"other": "abc"}, "Type the amount as a number, such as €12.50."),
            ({"other": "1.234"}, "EUR has 2 decimals at most."),
            ({"other": "0"}, "The amount must be at least 1\u00a0sat."),
            (
                {"other": "9000"},
                "Too much: €9,000.00 is 18,000,000\u00a0sat. At most 10,000,000\u00a0sat, about €5,000.00.",
            ),
            ({"amount": "200", "memo": "x" * 10_000}, "The memo is too long: at most 200 characters."),
            ({"amount": "200", "payer": "x" * 41}, "The name is too long: at most 40 characters."),
            ({"amount": "200", "memo": "see evil.example"}, "No links, please: “evil.example” looks like one."),
            ({"amount": "200", "payer": "evil.example"}, "No links, please: “evil.example” looks like one."),
        ],
    )
    def test_what_is_not_taken_is_said_and_what_was_typed_stays(
        self, cashier: Cashier, cello: Jar, typed: dict[str, str], sentence: str
    ) -> None:
        assert refused(cashier, 422, **typed) == sentence

    def test_a_tile_that_was_chosen_stays_so(self, cashier: Cashier, cello: Jar) -> None:
        assert 'value="500" checked' in cashier.send("/tips/cello", amount="500", memo="x" * 201).text

    def test_without_a_rate_it_says_why_it_takes_nothing(self, cashier: Cashier, rates: FakeRates, cello: Jar) -> None:
        rates.price = None
        said = refused(cashier, 503, amount="200", memo="La Bamba")
        assert said == "There is no exchange rate right now, so the till takes sat only."

    @pytest.mark.parametrize(
        ("limits", "sentence"),
        [
            ({"least_sat": 4001}, "This jar takes 4,001\u00a0sat at least."),
            ({"most_sat": 3999}, "This jar takes 3,999\u00a0sat at most."),
            ({"least_sat": 4000, "most_sat": 4000}, None),
        ],
    )
    def test_it_keeps_the_jars_limits(
        self, cashier: Cashier, shop: Shop, cello: Jar, limits: dict[str, int], sentence: str | None
    ) -> None:
        change(shop, **limits)
        if sentence:
            assert refused(cashier, amount="200") == sentence
        else:
            assert tipped(cashier, shop, amount="200").amount_sat == 4000

    def test_a_form_that_is_sent_twice_is_one_tip(self, cashier: Cashier, cello: Jar) -> None:
        fields = cashier.open("/tips/cello")
        first = cashier.send("/tips/cello", fields, amount="200").headers["Location"]
        assert cashier.send("/tips/cello", fields, amount="200").headers["Location"] == first

    @pytest.mark.parametrize(
        ("typed", "shown"),
        [
            ({}, False),
            ({"memo": "Hi"}, True),
            ({"payer": "Ana"}, True),
            ({"memo": " \u200b\u3164", "payer": " "}, False),
        ],
    )
    def test_what_was_said_is_public_only_where_the_jar_says_so(
        self, cashier: Cashier, shop: Shop, cello: Jar, typed: dict[str, str], shown: bool
    ) -> None:
        def is_shown() -> bool:
            sale = shop.store.get_sale(tipped(cashier, shop, amount="200", **typed).sale_id)
            assert sale
            return sale.shown

        assert is_shown() is shown
        change(shop, shows_messages=False)
        assert not is_shown()

    def test_what_a_page_promised_to_the_shop_alone_stays_so_when_the_owner_turns_messages_on(
        self, cashier: Cashier, shop: Shop, cello: Jar
    ) -> None:
        change(shop, shows_messages=False)
        fields = cashier.open("/tips/cello")
        change(shop)
        answer = cashier.send("/tips/cello", fields, amount="200", memo="I am ill")
        made = stored(shop, answer.headers["Location"].removeprefix("/pay/"))
        sale = shop.store.get_sale(made.sale_id)
        assert sale
        assert not sale.shown

    def test_marks_that_turn_a_text_are_gone(self, cashier: Cashier, shop: Shop, cello: Jar) -> None:
        made = tipped(cashier, shop, amount="200", memo="\u202eHi\u0000\nthere", payer="\u2066A\u200fna")
        assert (made.memo, made.payer) == ("Hi  there", "A na")

    def test_what_has_a_price_takes_nothing_else(self, cashier: Cashier, shop: Shop, cello: Jar) -> None:
        change(shop, price=Money(350, "EUR"), amounts=())
        page = cashier.client.get("/tips/cello").text
        assert 'id="other"' not in page
        assert "Pay <span" in page
        assert tipped(cashier, shop, other="1").sale.price == Money(350, "EUR")

    class TestTaxed:
        @pytest.fixture
        def settings(self, settings: Settings) -> Settings:
            return replace(settings, tax_rates=(TaxRate(Decimal(19)),))

        def test_what_has_a_price_is_taxed_and_a_tip_is_not(self, cashier: Cashier, shop: Shop, cello: Jar) -> None:
            tip = shop.store.get_sale(tipped(cashier, shop, amount="200").sale_id)
            change(shop, price=Money(350, "EUR"), amounts=())
            sold = shop.store.get_sale(tipped(cashier, shop, memo="For two", payer="Ana").sale_id)
            assert tip
            assert sold
            assert tip.taxes == ()
            assert [(it.rate.percent, it.gross) for it in sold.taxes] == [(Decimal(19), 350)]
            assert (sold.memo, sold.payer, sold.jar) == ("For two", "Ana", "cello")
            assert [it.text for it in (*tip.lines, *sold.lines)] == [cello.title]

    def test_a_price_of_before_is_not_taken_for_the_one_of_now(self, cashier: Cashier, shop: Shop, cello: Jar) -> None:
        change(shop, price=Money(350, "EUR"), amounts=())
        fields = cashier.open("/tips/cello")
        change(shop, price=Money(400, "EUR"), amounts=())
        answer = cashier.send("/tips/cello", fields)
        assert answer.status_code == 422
        assert "The amounts of this jar have changed." in answer.text
        assert "Pay" not in re.findall(r'<span class="number" id="asked">(.*?)</span>', answer.text)
        assert "€4.00" in answer.text


class TestClosed:
    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("/tips/nope", "There is no tip jar at this address."),
            ("/tips/cello", "This tip jar is closed at the moment."),
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_nobody_is_led_into_the_shop(
        self, client: FlaskClient, cashier: Cashier, shop: Shop, cello: Jar, path: str, sentence: str, method: str
    ) -> None:
        fields = cashier.open("/tips/cello")
        change(shop, closed_at=NOON)
        answer = client.open(path, method=method, data=fields if method == "POST" else None)
        assert answer.status_code == 404
        assert sentence in answer.text
        links = set(re.findall(r'(?:href|action)="(/[^"]*)"', answer.text))
        assert {it for it in links if not it.startswith(("/static/", "/language"))} == set()

    def test_it_looks_by_itself_whether_it_is_open_again(self, client: FlaskClient, shop: Shop, cello: Jar) -> None:
        change(shop, closed_at=NOON)
        page = client.get("/tips/cello").text
        assert '<meta http-equiv="refresh" content="60;url=/tips/cello">' in page
        assert 'data-seconds="60" data-url="/tips/cello"' in page
        assert "refresh" not in client.get("/tips/nope").text

    def test_a_poster_of_none_is_not_here_either(self, client: FlaskClient) -> None:
        answer = client.get("/tips/nope/poster")
        assert answer.status_code == 404
        assert "Not here" in answer.text

    def test_the_choice_of_a_language_there_leads_to_no_other_jar(
        self, client: FlaskClient, shop: Shop, cello: Jar
    ) -> None:
        change(shop, closed_at=NOON)
        assert 'href="/tips"' not in client.get("/nope", headers={"Referer": "http://localhost/tips/cello"}).text

    def test_a_jar_that_opens_again_has_its_page_again(self, client: FlaskClient, shop: Shop, cello: Jar) -> None:
        change(shop, closed_at=NOON)
        assert client.get("/tips/cello").status_code == 404
        change(shop)
        assert client.get("/tips/cello").status_code == 200


class TestWayBack:
    @pytest.mark.parametrize("channel", [Channel.TIPS, Channel.LNURL])
    def test_a_pay_page_leads_back_to_its_own_jar(
        self, client: FlaskClient, shop: Shop, cello: Jar, channel: Channel
    ) -> None:
        made = charge(shop, channel, replace(in_sat(21), jar="cello"), "k")
        assert 'href="/tips/cello"' in client.get(f"/pay/{made.id}").text

    def test_who_cancels_is_at_the_jar_again(self, cashier: Cashier, shop: Shop, cello: Jar) -> None:
        made = tipped(cashier, shop, amount="200")
        answer = cashier.send(f"/pay/{made.id}/cancel", cashier.open(f"/pay/{made.id}"))
        assert answer.headers["Location"] == "/tips/cello"

    def test_a_language_chosen_there_stays_for_no_longer_than_a_visit(self, cashier: Cashier, cello: Jar) -> None:
        answer = cashier.send("/language", cashier.open("/language") | {"back": "/tips/cello"}, language="ar")
        assert answer.headers["Location"] == "/tips/cello"
        assert "Max-Age=600" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/tips/status", "/tips/cello/status"])
def test_each_says_whether_the_shop_can_sell(client: FlaskClient, path: str) -> None:
    assert client.get(path).get_json() == {"ready": True}
