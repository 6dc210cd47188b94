"""Every page in a language that brackets all it says: what stands outside was never given to translators."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.support import NullTranslations
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.device import Face
from pos.domain.jar import Goal, Jar
from pos.domain.kept_setting import Entered
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.domain.tax import TaxRate
from pos.services.cancel import cancel
from pos.services.charge import charge
from pos.services.claim import invite
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.translations.languages import LANGUAGES
from pos.wallets.base import InvoiceRefused, WalletBusy
from pos.web.sale_token import seal
from tests.conftest import Cashier, hidden_fields
from tests.domain.test_jar_picture import picture
from tests.fakes import NOON, FakeClock, FakeRates, FakeWallet
from tests.people import PASSWORD, PASSWORD_HASH, People

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

TEMPLATES = Path(__file__).parents[2] / "templates"
SHOP, MEMO = "Marta's Stall", "2 flat whites"
# What is no word of ours, and stands on a page as it is.
OWN = (SHOP, MEMO, "Lightning Till", "lnbcrt", "EUR", "Sep", "mm", *LANGUAGES.values())
FACES = (
    *("/", "/sales", "/kiosk", "/kiosk/amount", "/kiosk/rest", "/tips", "/language", "/screen/till", "/poster"),
    *("/offline", "/shifts", "/till/till/shift"),
)
# Of these a reader sees or hears the value; of any other data- attribute where it is more than a word.
SAID = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-valuetext"}
# Days and times are written by Babel, and not in our words.
SILENT = {"script", "style", "code", "time"}


class Bracketed(NullTranslations):
    """A language in which everything stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    ugettext, ungettext = gettext, ngettext


class Reader(HTMLParser):
    """Reads all of a page that reaches a person, in one go: a sentence may have marks inside of it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.attributes: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        for name, value in attrs:
            if value and (name in SAID or (name.startswith("data-") and " " in value)):
                self.attributes.append(value)
        self.text += " "

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data


def outside(text: str) -> list[str]:
    """Return the words that stand outside of all brackets."""
    for own in OWN:
        text = text.replace(own, " ")
    inner = re.compile(r"⟦[^⟦⟧]*⟧")
    while inner.search(text):
        text = inner.sub(" ", text)
    # Codes, such as that of the language, are written in capitals.
    return [word for word in re.findall(r"[^\W\d_]{2,}", text) if not word.isupper()]


def unsaid(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return [word for text in (reader.text, *reader.attributes) for word in outside(text)]


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    """A shop that says it is play money, which is said on every page."""
    app = create_app(
        replace(settings, wallet="sandbox", shop_name=SHOP), wallet=wallet, clock=clock, running=clock, rates=rates
    )
    app.extensions["catalogs"] = lambda _: Bracketed()
    yield app
    close(app)


@pytest.fixture
def rendered(app: Flask) -> Iterator[set[str]]:
    """The templates that were rendered so far."""
    names: set[str] = set()

    def note(_: Flask, template: object, **__: object) -> None:
        names.add(str(template.name))  # type: ignore[attr-defined]

    with template_rendered.connected_to(note, app):
        yield names


@pytest.fixture
def street(client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock) -> "Street":
    return Street(client, shop, wallet, clock)


class Street:
    """Comes by all pages of a shop, in every state that they have."""

    def __init__(self, client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
        self.client, self.shop, self.wallet, self.clock = client, shop, wallet, clock
        self.cashier = Cashier(client)

    def sell(self, key: str, channel: Channel = Channel.TILL) -> Charge:
        till = "till" if channel is Channel.TILL else ""
        return charge(self.shop, channel, Sale(Money(2100, SAT), MEMO, till=till), key)

    def refusals(self) -> Iterator[str]:
        for path, typed in (
            ("/", {"unit": "SAT", "amount": "0", "memo": MEMO}),
            ("/", {"unit": "SAT", "amount": "1.x"}),
            ("/", {"unit": "EUR", "amount": "99999999"}),
            ("/", {"unit": "SAT", "amount": "21", "memo": "x" * 201}),
            ("/", {"unit": "USD", "amount": "21"}),
            ("/", {"unit": "SAT", "amount": "21", "do": "add"}),
            ("/", {"unit": "SAT", "amount": "", "do": "add"}),
            ("/kiosk/amount", {"other": "0"}),
            ("/tips", {"other": "0", "memo": MEMO}),
            ("/tips", {"amount": "21", "memo": "🍅" * 160}),
        ):
            yield self.cashier.send(path, **typed).text.replace("x" * 201, "")
        for error in (WalletBusy("x", 1), InvoiceRefused("⟦why⟧")):
            self.wallet.fail_with = error
            yield self.cashier.send("/", unit="SAT", amount="21").text
        self.wallet.fail_with = None
        yield self.client.post("/", data={"unit": "SAT", "amount": "21", "memo": MEMO}).text
        fields = self.cashier.open("/")
        self.cashier.send("/", fields, unit="SAT", amount="21")
        yield self.cashier.send("/", fields, unit="SAT", amount="22").text
        for path in ("/nope", "/pay/nope", "/pay/x/again", "/tips/nope"):
            yield self.client.get(path).text

    def charges(self, channel: Channel, page: str = "/pay/{}") -> Iterator[str]:
        yield self._look(page, self.sell("open", channel))
        for key, received, seconds, preimage in (
            ("paid", 2100, 1, True),
            ("less", 2000, 1, True),
            ("more", 2200, 1, True),
            ("late", 2100, 700, True),
            ("very late", 2100, 700 + 3 * 86400, True),
            ("unproven", 2100, 1, False),
        ):
            made = self.sell(key.replace(" ", "-"), channel)
            self.clock.move(seconds)
            self.wallet.settle(made.invoice, received, **({} if preimage else {"preimage": None}))
            yield self._look(page, made)
            self.clock.move(120)
        made = self.sell("expired", channel)
        self.clock.move(600)
        yield self._look(page, made)

    def tips(self, app: Flask) -> Iterator[str]:
        with app.test_request_context():
            tokens = [seal(Sale(Money(2100, unit), memo), "k") for unit in (SAT, "EUR") for memo in ("", MEMO)]
        for token in tokens:
            yield self.client.get(f"/tip/{token}").text.replace(token, "")
            yield self.cashier.send(f"/tip/{token}", other="99999").text.replace(token, "")
        yield self.cashier.send(f"/tip/{tokens[0]}", tip="7").text
        yield self.client.get("/tip/damaged").text
        self.clock.move(25 * 3600)
        yield self.client.get(f"/tip/{tokens[0]}").text

    def tips_on_the_display(self, app: Flask) -> Iterator[str]:
        """What the till and the display say while the customer is asked."""
        shop: Shop = app.extensions["shop"]
        app.extensions["shop"] = replace(shop, settings=replace(shop.settings, tip_percent=(10,), tip_at=("display",)))
        self.client.get("/screen/till")
        asked = self.cashier.send(unit="SAT", amount="2100").headers["Location"]
        yield self.client.get(asked).text.replace(asked, "")
        yield self.client.get("/screen/till").text

    def shifts(self) -> Iterator[str]:
        """The shift before and after it is closed, and what is told of it."""
        assert all(self.charges(Channel.TILL))
        cancel(self.shop, self.sell("cancelled"))
        self.sell("still-open")
        yield self.client.get("/till/till/shift").text
        address = self.cashier.send("/till/till/shift").headers["Location"]
        yield self.client.get(address).text
        yield self.client.get(address.replace("now", "before")).text
        yield self.client.get("/shifts").text
        yield self.cashier.send("/till/till/shift", self.cashier.open("/"), number="2").text
        yield self.client.get("/shifts/till/9").text

    def refunds(self) -> Iterator[str]:
        """What the shop and its customer are told of money that goes back, in every state."""
        made = self.sell("returned")
        self.wallet.settle(made.invoice, 2100)
        settle(self.shop, made)
        form, phone = f"/refunds/{made.number}", FakeWallet(self.clock)
        yield self.client.get(form).text
        yield self.cashier.send(form, amount="2101", reason=MEMO).text
        for number, after in enumerate(("nothing", "by-hand", "proof", "cancel", "expired"), start=1):
            self.cashier.send(form, amount="100", reason=MEMO)
            here, invoice = f"{form}/{number}", phone.sign(100, "", 600).invoice
            fields = self.cashier.open(here)
            yield self.client.get(here).text
            self.cashier.send(f"{here}/invoice", fields, to=invoice.payment_request)
            yield self.client.get(here).text.replace(invoice.payment_request, "")
            yield self.cashier.send(f"{here}/proof", fields, preimage="x").text.replace(invoice.payment_request, "")
            self.clock.move(600 if after == "expired" else 1)
            self.cashier.send(f"{here}/{after}", fields, preimage=phone.preimages[invoice.id])
            yield self.client.get(here).text.replace(invoice.payment_request, "")
            if after in ("by-hand", "proof"):
                yield self.client.get(f"/pay/{made.id}/refund/{number}").text
        for page in ("/pay/{}/receipt", "/sales/{number}"):
            yield self._look(page, made)
        yield self.client.get("/sales").text
        yield self.client.get("/refunds").text
        self.cashier.send(form, amount="1800", reason=MEMO)
        yield self.client.get(form).text

    def settings(self, people: People) -> Iterator[str]:
        """Read each kind of form, a setting that is wrong, and what the second of two owners is told."""
        store, marta = people.shop.store, people.owner("Marta")
        kept = {"POS_TIP_PERCENT": Entered("5"), "POS_TAX_RATES": Entered("19,19"), "POS_LOGO": Entered("a", picture())}
        assert store.settings.change(kept, 0, 0, "")
        for page in ("", "?saved=tip_percent", "/history", "/logo", "/accent", "/tip_at", "/tip_percent", "/tax_rates"):
            yield marta.get(f"/office/settings{page}").text
        fields = hidden_fields(marta.get("/office/settings/tip_percent").text)
        assert store.settings.change({"POS_TIP_PERCENT": Entered("7")}, store.settings.version(), 0, "")
        yield marta.post("/office/settings/tip_percent", data={**fields, "value": "8"}).text

    def office(self, people: People) -> Iterator[str]:
        """What an owner is told, from the link on; and who is none."""
        yield self.client.get(f"/claim/{invite(self.shop)}").text
        marta, owner = Cashier(people.owner("Marta")), people.claim("Ana")
        for path in ("/", "/sign-in", "/claim/x"):
            yield people.stranger().get(path).text
        yield Cashier(people.stranger()).send("/sign-in", name="Marta", password="wrong").text
        marta.send("/office/look", marta.open("/office"))
        # What only helps who set the machine up is English, here as in a terminal.
        yield re.sub('<small lang="en".*?</small>', "", marta.client.get("/office").text)
        for path in (
            "?looked=now",
            "/account",
            "/account?done=name",
            "/owners",
            "/history",
            "/history?before=0",
            "/jars",
        ):
            page = marta.client.get(f"/office{path}").text
            yield re.sub('<small lang="en".*?</small>', "", page)
        made = marta.send("/office/owners", marta.open("/office"), password=PASSWORD).text
        yield re.sub("http://localhost/claim/[^<]+", "", made)
        yield marta.client.get("/office/account/code").text
        self.shop.store.accounts.set_code(owner, PASSWORD_HASH, "sealed", 0, self.shop.now())
        yield Cashier(people.stranger()).send("/sign-in", name="Ana", password=PASSWORD).text
        for path in ("/account", "/owners"):
            yield people.owner("Ana").get(f"/office{path}").text

    def devices(self, people: People) -> Iterator[str]:
        """A device in each of its states, from the offer on; names are what people typed."""
        marta, mine = Cashier(people.owner("Marta")), people.device(sells=people.somebody("Ana"))
        people.device(Face.KIOSK, "")
        device, other = self.shop.store.devices.listed()
        for it in (device, other):
            self.shop.store.devices.rename(it.id, "Terrace", "Marta", NOON)
        for path in ("", "/add", f"/{device.id}", f"/{device.id}?came=now", "/x/came"):
            yield re.sub("Terrace|<bdi>Ana</bdi>", "", marta.client.get(f"/office/devices{path}").text)
        yield marta.send("/office/devices/add", name="").text
        made = marta.send("/office/devices/add", what="till till", name="Terrace").text
        link = re.search("http://localhost(/pair/[^<]+)", made)
        assert link
        # Addresses and codes are read as they stand.
        yield re.sub(r"(http://)?localhost/pair[^<]*|>[A-Z0-9]{4} [A-Z0-9]{4}<|Terrace", "<", made)
        tablet = Cashier(people.stranger())
        yield tablet.client.get(link[1]).text.replace("Terrace", "")
        yield tablet.client.get("/pair").text
        yield tablet.send("/pair", code="7H4K 2XM9").text
        yield tablet.client.get("/pair/x").text
        marta.send(f"/office/devices/{device.id}/off", marta.open("/office/devices/add"))
        yield mine.get("/").text

    def staff(self, people: People) -> Iterator[str]:
        """Who sells, from the first of them on; and the page that asks for the PIN, locked, wrong and too soon."""
        marta = Cashier(people.owner("Marta"))
        yield marta.client.get("/office/staff").text
        yield marta.client.get("/office/staff/add").text
        yield marta.send("/office/staff/add", name="", pin="1").text
        people.somebody("Ben")
        tablet = Cashier(people.device(Face.TILL))
        yield tablet.client.get("/pin").text
        for pin in ("9", "8888", "7777"):
            yield tablet.send("/pin", pin=pin).text
        kiosk = Cashier(people.device(Face.KIOSK, ""))
        yield kiosk.client.get("/pin").text
        yield marta.client.get("/office/staff").text
        yield marta.client.get("/office/staff/ben").text
        yield people.device(sells="ben").get("/").text

    def _look(self, page: str, made: Charge) -> str:
        seen = self.client.get(page.format(made.id, number=made.number)).text.replace(self.wallet.identity, "")
        return seen.replace(made.id[:8], "").replace(made.invoice.payment_request, "")


@pytest.mark.parametrize("path", FACES)
def test_the_faces_are_said_in_the_readers_language(client: FlaskClient, path: str) -> None:
    assert unsaid(client.get(path).text) == []


class TestTax:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tax_rates=(TaxRate(Decimal(19), on_top=True), TaxRate(Decimal(7))))

    def test_tax_is_chosen_and_told_in_the_readers_language(self, cashier: Cashier) -> None:
        page = cashier.send("/", unit="SAT", amount="2100", tax="7", do="add").text
        assert "⟦Remove " in page
        assert unsaid(page) == []
        page = cashier.send("/", unit="SAT", amount="2100", tax="+19", do="add").text
        assert "⟦+ " in page
        assert unsaid(page) == []


def test_what_is_refused_is_said_in_the_readers_language(street: Street) -> None:
    assert [words for page in street.refusals() for words in unsaid(page)] == []


@pytest.mark.parametrize("channel", Channel)
def test_what_became_of_a_charge_is_said_in_the_readers_language(street: Street, channel: Channel) -> None:
    assert [words for page in street.charges(channel) for words in unsaid(page)] == []


@pytest.mark.parametrize("channel", Channel)
def test_receipts_are_said_in_the_readers_language(street: Street, channel: Channel) -> None:
    assert [words for page in street.charges(channel, "/pay/{}/receipt") for words in unsaid(page)] == []


@pytest.mark.parametrize("channel", Channel)
def test_the_pages_of_sales_are_said_in_the_readers_language(street: Street, channel: Channel) -> None:
    assert [words for page in street.charges(channel, "/sales/{number}") for words in unsaid(page)] == []


def test_refunds_are_said_in_the_readers_language(street: Street) -> None:
    assert [words for page in street.refunds() for words in unsaid(page)] == []


def test_the_customers_screen_is_said_in_the_readers_language(street: Street) -> None:
    assert [words for page in street.charges(Channel.TILL, "/screen/till") for words in unsaid(page)] == []


def test_tips_are_asked_for_in_the_readers_language(street: Street, app: Flask) -> None:
    assert [words for page in street.tips(app) for words in unsaid(page)] == []


def test_tips_are_asked_for_on_the_display_in_the_readers_language(street: Street, app: Flask) -> None:
    assert [words for page in street.tips_on_the_display(app) for words in unsaid(page)] == []


def test_shifts_are_said_in_the_readers_language(street: Street) -> None:
    assert [words for page in street.shifts() for words in unsaid(page)] == []


@pytest.mark.parametrize("path", ["live/key", "embed"])
def test_what_is_shown_elsewhere_of_a_jar_is_said_in_the_readers_language(
    client: FlaskClient, shop: Shop, path: str
) -> None:
    shop.store.jars.add(Jar(name="hat", title="", currency=SAT, goal=Goal("", Money(9, SAT)), live_token="key"))
    page = client.get(f"/tips/hat/{path}").text
    assert unsaid(page.replace("localhost/tips/hat", "").replace("localhost", "")) == []


def test_the_office_is_said_in_the_readers_language(street: Street, people: People) -> None:
    assert [word for page in street.office(people) for word in unsaid(page) if word not in ("Marta", "Ana")] == []


def test_the_devices_are_told_of_in_the_readers_language(street: Street, people: People) -> None:
    assert [word for page in street.devices(people) for word in unsaid(page) if word != "Ana"] == []


def test_the_staff_is_told_of_in_the_readers_language(street: Street, people: People) -> None:
    known = {"Ben", "B", "the", "till", "kiosk"}
    assert [word for page in street.staff(people) for word in unsaid(page) if word not in known] == []


def test_programs_are_answered_in_english(street: Street) -> None:
    assert "⟦" not in street.client.get("/pay/nope/status").text
    assert "⟦" not in street.client.get("/api/v1/charges/x").text


def test_all_pages_were_looked_at(street: Street, app: Flask, shop: Shop, people: People, rendered: set[str]) -> None:
    for path in ("live/key", "embed"):
        test_what_is_shown_elsewhere_of_a_jar_is_said_in_the_readers_language(street.client, shop, path)
    assert all(street.client.get(path).text for path in FACES)
    assert all(street.refusals())
    assert all(street.charges(Channel.TILL))
    assert all(street.charges(Channel.KIOSK, "/pay/{}/receipt"))
    assert all(street.charges(Channel.TIPS, "/sales/{number}"))
    assert street.client.get("/sales/2019-1").status_code == 404
    assert all(street.refunds())
    assert all(street.tips(app))
    assert all(street.tips_on_the_display(app))
    assert all(street.shifts())
    assert all(street.office(people))
    assert all(street.settings(people))
    assert all(street.devices(people))
    assert all(street.staff(people))
    pages = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.glob("*/[!_]*.html")}
    assert pages <= rendered


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>⟦Up to <b>⟦21 sat⟧</b>⟧ 12 · €1.00 EN</p>", []),
        ("<p>⟦Up⟧ to</p>", ["to"]),
        ('<input placeholder="What for?">', ["What", "for"]),
        ('<p data-say="Not paid" data-state="open">', ["Not", "paid"]),
    ],
)
def test_what_is_not_in_brackets_is_found(page: str, words: list[str]) -> None:
    assert unsaid(page) == words


def test_the_settings_of_the_office_are_said_in_the_readers_language(street: Street, people: People) -> None:
    assert [words for page in street.settings(people) for words in unsaid(page)] == []
