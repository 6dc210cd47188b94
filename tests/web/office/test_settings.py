"""The settings in the office: what a shopkeeper changes without an administrator."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pos import close, create_app
from pos.domain.kept_setting import Entered
from pos.environment import Given
from pos.settings import Settings
from pos.settings.office import OFFERED
from pos.shop import Shop
from tests.conftest import hidden_fields
from tests.domain.test_jar_picture import picture
from tests.fakes import FakeClock, FakeWallet
from tests.people import People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and takes")

ALL = 1 << 60


@pytest.fixture
def settings(settings: Settings) -> Settings:
    given = {"tax_id": Given("POS_TAX_ID", "DE123456789")}
    return replace(settings, shop_name="Lightning Till", tax_id="DE123456789", given=given)


@pytest.fixture
def marta(people: People) -> FlaskClient:
    return people.owner("Marta")


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def page_of(owner: FlaskClient, field: str = "") -> str:
    answer = owner.get(f"/office/settings/{field}".rstrip("/"))
    assert answer.status_code == 200
    return answer.text


def fields_of(owner: FlaskClient, field: str) -> dict[str, str]:
    return hidden_fields(page_of(owner, field))


def send(owner: FlaskClient, field: str, fields: dict[str, str] | None = None, **typed: object) -> TestResponse:
    return owner.post(f"/office/settings/{field}", data={**(fields or fields_of(owner, field)), **typed})


def give(owner: FlaskClient, data: bytes, fields: dict[str, str] | None = None) -> TestResponse:
    fields = fields or fields_of(owner, "logo")
    answer = owner.post("/office/settings/logo/picture", data={**fields, "value": (BytesIO(data), "logo.png")})
    # The test client keeps what is large in a file.
    answer.request.environ["wsgi.input"].close()
    return answer


def test_every_setting_that_is_offered_has_its_row(marta: FlaskClient) -> None:
    page = page_of(marta)
    assert re.findall(r'<li id="(\w+)">', page) == sorted(OFFERED, key=[*re.findall(r'<li id="(\w+)">', page)].index)
    assert set(re.findall(r'<li id="(\w+)">', page)) == set(OFFERED)
    for heading in ("Shop", "Money", "Tax", "Words"):
        assert f">{heading}</h2>" in page


def test_a_row_says_what_holds_now(marta: FlaskClient) -> None:
    page = words(page_of(marta))
    assert "Currency sat only" in page
    assert "Sound when a sale is paid on" in page
    assert "Where a tip is asked for at the till" in page
    assert "A till locks after 300 seconds" in page


def test_what_is_set_outside_is_shown_with_its_name_and_not_offered(marta: FlaskClient) -> None:
    page = page_of(marta)
    assert "Tax number Set outside of the office, by POS_TAX_ID DE123456789" in words(page)
    assert 'href="/office/settings/tax_id"' not in page
    form = page_of(marta, "tax_id")
    assert 'name="value"' not in form
    assert "Save" not in form


def test_what_is_set_outside_is_refused_all_the_same(marta: FlaskClient) -> None:
    answer = send(marta, "tax_id", fields_of(marta, "sound"), value="FR1")
    assert answer.status_code == 422
    assert "POS_TAX_ID is set in the environment or in .env: change it there." in unescape(answer.text)


def test_a_change_holds_at_once_and_is_told(marta: FlaskClient, client: FlaskClient) -> None:
    answer = send(marta, "shop_name", value="  Lemon Crate ")
    assert answer.status_code == 303
    page = marta.get(answer.headers["Location"]).text
    assert "Saved: Name of the shop." in words(page)
    assert "Lemon Crate" in client.get("/tips").text
    assert 'value="Lemon Crate"' in page_of(marta, "shop_name")


def test_its_history_says_who_changed_it_when_from_what_to_what(marta: FlaskClient, people: People) -> None:
    send(marta, "shop_name", value="Lemon Crate")
    send(people.owner("Ada"), "shop_name", value="Ada's Crate")
    page = words(page_of(marta, "shop_name"))
    newest = page.index("Lemon Crate Ada's Crate")
    assert page.index("Ada Sep") < newest < page.index("Marta Sep") < page.index("Lightning Till Lemon Crate")
    assert "Name of the shop Ada" in words(page_of(marta, "history"))
    assert "Who changed it" not in page_of(marta, "sound")


def test_a_long_history_has_further_pages(marta: FlaskClient, people: People) -> None:
    assert "Nothing was changed yet." in page_of(marta, "history")
    store = people.shop.store
    for number in range(51):
        assert store.settings.change({"POS_TAX_ID": Entered(f"no {number}.")}, store.settings.version(), 0, "")
    page = page_of(marta, "history")
    assert "no 50." in page
    assert "no 1." in page
    assert ">no 0.</ins>" not in page
    older = re.search(r'href="(/office/settings/history\?before=\d+)"', page)
    assert older
    assert ">no 0.</ins>" in marta.get(older[1]).text
    assert marta.get("/office/settings/history?before=x").status_code == 200


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("tip_percent", "5\n10\n15\n20\n25", "POS_TIP_PERCENT must be at most 4 whole percentages from 1 to 100"),
        ("accent", "#ffff00", "POS_ACCENT is too light: #ffff00 has a contrast of"),
        ("tax_rates", "much", "POS_TAX_RATES must be at most 6 different percentages"),
        ("sound", "loud", "POS_SOUND must be one of on, off, not 'loud'. Example: POS_SOUND=off"),
        ("timezone", "Berlin", "POS_TIMEZONE must be a time zone by its IANA name, not 'Berlin'."),
        ("currency", "BTC", "POS_CURRENCY must be the code of a currency (ISO 4217), not 'BTC'."),
        ("shop_name", "a\0b", "POS_SHOP_NAME must be a text of at most 100 characters"),
    ],
)
def test_nonsense_is_told_in_the_sentence_of_env_and_stays_as_it_was_typed(
    marta: FlaskClient, people: People, field: str, typed: str, problem: str
) -> None:
    answer = send(marta, field, value=typed)
    assert answer.status_code == 422
    assert problem in unescape(answer.text)
    assert people.shop.store.settings.version() == 0
    if field == "accent":
        assert f'value="{typed}"' in answer.text
    if field in ("tip_percent", "tax_rates"):
        assert f">{typed}</textarea>" in answer.text


def test_that_it_was_refused_is_said_in_the_readers_language(marta: FlaskClient) -> None:
    marta.set_cookie("language", "de")
    refused = "So lässt sich das nicht einstellen. Es wurde nichts geändert."
    assert f"{refused} POS_LOCK_AFTER must be 0, or a whole number" in words(send(marta, "lock_after", value="5").text)
    assert f"{refused} POS_LOGO" in words(give(marta, b"no picture").text)


def test_what_would_leave_another_one_wrong_is_refused(marta: FlaskClient) -> None:
    send(marta, "currency", value="EUR")
    send(marta, "kiosk_amounts", value="Wash:4.00 EUR")
    answer = send(marta, "currency", value="USD")
    assert answer.status_code == 422
    assert "POS_KIOSK_AMOUNTS has an amount in EUR, and POS_CURRENCY is USD" in answer.text


def test_the_second_of_two_owners_sees_both_values_and_nothing_is_overwritten(
    marta: FlaskClient, people: People
) -> None:
    ada = people.owner("Ada")
    before = fields_of(marta, "shop_name")
    assert send(ada, "shop_name", value="Ada's Crate").status_code == 303
    answer = send(marta, "shop_name", before, value="Marta's Crate")
    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile. Nothing was changed." in answer.text
    assert "Set by Ada at" in words(answer.text)
    assert "Typed by you Marta's Crate" in words(answer.text)
    assert words(answer.text).count("Ada's Crate") >= 2
    assert people.shop.store.settings.read()[0][0].entered.text == "Ada's Crate"
    # Who has seen it may have it all the same.
    assert send(marta, "shop_name", hidden_fields(answer.text), value="Marta's Crate").status_code == 303
    assert people.shop.store.settings.read()[0][0].entered.text == "Marta's Crate"


def test_the_default_comes_back_by_a_button_of_its_own(marta: FlaskClient, people: People) -> None:
    assert 'name="default"' not in page_of(marta, "tip_percent")
    send(marta, "tip_percent", value="5\r\n10")
    assert 'name="default"' in page_of(marta, "tip_percent")
    assert send(marta, "tip_percent", value="5,10", default="1").status_code == 303
    assert people.shop.store.settings.read()[0][0].entered.text == ""


def test_an_address_is_typed_line_by_line(marta: FlaskClient, people: People) -> None:
    send(marta, "shop_address", value=" Arch Lane 4\r\n\r\n10115 Sampletown\r\n")
    assert people.shop.store.settings.read()[0][0].entered.text == "Arch Lane 4|10115 Sampletown"
    assert ">Arch Lane 4\n10115 Sampletown</textarea>" in page_of(marta, "shop_address")
    assert "Arch Lane 4, 10115 Sampletown" in page_of(marta)


def test_each_rate_of_tax_has_a_line_of_its_own(marta: FlaskClient, people: People) -> None:
    assert send(marta, "tax_rates", value="8.1 %\r\n\r\n +2.6\r\n").status_code == 303
    assert [str(it) for it in people.shop.settings.tax_rates] == ["8.1", "+2.6"]
    assert ">8.1 %\n+2.6</textarea>" in page_of(marta, "tax_rates")
    assert "Rates of tax, in percent 8.1% · +2.6%" in words(page_of(marta))


def test_each_offer_of_a_kiosk_has_a_line_of_its_own(marta: FlaskClient) -> None:
    send(marta, "currency", value="EUR")
    assert send(marta, "kiosk_amounts", value="Wash:4.00\r\n\r\n 2.50 \r\n2100\r\n").status_code == 303
    assert ">Wash:4.00\n2.50\n2100</textarea>" in page_of(marta, "kiosk_amounts")
    assert "On offer at the kiosk Wash:4.00 · 2.50 · 2,100 sat" in words(page_of(marta))


@pytest.mark.parametrize("typed", ["Wash:4,00", "2,50", "Wash:4.00,Dry:2.50"])
def test_a_comma_among_offers_is_asked_about(marta: FlaskClient, people: People, typed: str) -> None:
    # A kiosk that was to sell for 2,50 euros would have sold for 2 sat.
    send(marta, "currency", value="EUR")
    answer = send(marta, "kiosk_amounts", value=typed)
    assert answer.status_code == 422
    assert f"{typed} may be one amount or two. Write each on a line of its own" in words(answer.text)
    assert f">{typed}</textarea>" in answer.text
    assert "kiosk_amounts" not in {it.name for it in people.shop.store.settings.read()[0]}


@pytest.mark.parametrize(("field", "typed"), [("tip_percent", "7,5"), ("tip_amounts", "1000\r\n2,100")])
def test_a_comma_among_tips_is_asked_about(marta: FlaskClient, people: People, field: str, typed: str) -> None:
    answer = send(marta, field, value=typed)
    assert answer.status_code == 422
    assert f"{typed.splitlines()[-1]} may be one number or two. Write each on a line of its own." in words(answer.text)
    assert people.shop.store.settings.version() == 0
    assert send(marta, field, value="7\r\n5").status_code == 303
    assert ">7\n5</textarea>" in page_of(marta, field)


@pytest.mark.parametrize("typed", ["8,1", "19\r\n8,1", "19, 7"])
def test_a_comma_among_rates_of_tax_is_asked_about(marta: FlaskClient, people: People, typed: str) -> None:
    # In most languages of the till it stands before decimals: 8,1 percent were sold as 8 and as 1.
    answer = send(marta, "tax_rates", value=typed)
    assert answer.status_code == 422
    doubt = typed.splitlines()[-1]
    assert f"{doubt} may be one rate or two. Write each on a line of its own" in words(answer.text)
    assert f">{typed}</textarea>" in answer.text
    assert people.shop.settings.tax_rates == ()


def test_places_are_ticked(marta: FlaskClient, people: People) -> None:
    assert send(marta, "tip_at", value=["till", "display"]).status_code == 303
    assert people.shop.store.settings.read()[0][0].entered.text == "till,display"
    assert "at the till, on the customer's display" in words(page_of(marta))
    assert page_of(marta, "tip_at").count(" checked") == 2


def test_each_face_opens_in_a_language_of_its_own(marta: FlaskClient, people: People) -> None:
    assert send(marta, "opening_languages", till="", kiosk="de", display="", tips="ar").status_code == 303
    assert people.shop.store.settings.read()[0][0].entered.text == "kiosk=de,tips=ar"
    assert "Kiosk Deutsch, Tip jar العربية" in words(page_of(marta))
    assert page_of(marta, "opening_languages").count(" selected") == 2
    assert send(marta, "opening_languages", kiosk="tlh").status_code == 422


def test_currencies_are_called_by_their_names_in_the_readers_language(marta: FlaskClient) -> None:
    send(marta, "currency", value="USD")
    marta.set_cookie("language", "de")
    assert "USD, US-Dollar" in page_of(marta)


def test_time_zones_are_called_by_their_places_in_the_readers_language(marta: FlaskClient) -> None:
    marta.set_cookie("language", "de")
    page = page_of(marta, "timezone")
    names = re.findall(r'<option value="([^"]+)"', page)
    assert names == sorted(set(names))
    assert {"Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "UTC"} <= set(names)
    assert not {"Etc/GMT+3", "US/Pacific", "EST", "localtime"} & set(names)
    assert ">Asia/Tokyo, Tokio<" in page
    assert ">Europe/Berlin<" in page
    # Where a word may be broken is said by no name.
    assert "\u00ad" not in page


def test_until_a_time_zone_is_chosen_that_of_the_machine_holds(marta: FlaskClient, people: People) -> None:
    assert "Time zone that of the till's machine, UTC" in words(page_of(marta))
    assert page_of(marta, "timezone").count(" selected") == 0
    send(marta, "timezone", value="Europe/Berlin")
    assert "Time zone Europe/Berlin" in words(page_of(marta))
    assert '<option value="Europe/Berlin" selected>' in page_of(marta, "timezone")
    send(marta, "timezone", value="")
    assert people.shop.settings.timezone is None
    # One that no list has, as of times gone by, is not lost where somebody saves the form once more.
    send(marta, "timezone", value="US/Pacific")
    assert '<option value="US/Pacific" selected>US/Pacific</option>' in page_of(marta, "timezone")


class TestLogo:
    def test_it_is_drawn_anew_and_shown(self, marta: FlaskClient, client: FlaskClient) -> None:
        answer = give(marta, picture((900, 300)))
        assert answer.status_code == 303
        shown = re.search(r'src="(/logo\?v=\w+)"', page_of(marta))
        assert shown
        assert client.get(shown[1]).mimetype == "image/png"
        assert "a new picture" in words(page_of(marta, "logo"))

    def test_one_as_a_phone_makes_it_is_taken(self, marta: FlaskClient) -> None:
        large = picture((60, 40)) + b"\0" * 5_000_000
        assert give(marta, large).status_code == 303

    @pytest.mark.parametrize("data", [b"no picture", b'<svg xmlns="http://www.w3.org/2000/svg"/>'])
    def test_what_is_none_is_told(self, marta: FlaskClient, people: People, data: bytes) -> None:
        answer = give(marta, data)
        assert answer.status_code == 422
        assert "POS_LOGO is no PNG, JPEG or WebP." in answer.text
        assert people.shop.store.settings.version() == 0

    def test_too_large_a_file_is_not_read(self, marta: FlaskClient) -> None:
        assert give(marta, b"x" * 12_000_000).status_code == 413

    def test_no_file_is_told(self, marta: FlaskClient) -> None:
        answer = give(marta, b"")
        assert answer.status_code == 422
        assert "Choose a picture first." in answer.text

    def test_it_is_taken_off(self, marta: FlaskClient) -> None:
        give(marta, picture())
        answer = marta.post("/office/settings/logo/picture", data={**fields_of(marta, "logo"), "default": "1"})
        assert answer.status_code == 303
        assert "/logo?v=" not in page_of(marta)

    def test_of_two_owners_the_second_is_told(self, marta: FlaskClient, people: People) -> None:
        before = fields_of(marta, "logo")
        give(people.owner("Ada"), picture())
        answer = give(marta, picture((70, 40)), before)
        assert answer.status_code == 409
        assert "Typed by you a new picture" in words(answer.text)

    def test_a_text_is_no_picture_and_a_picture_no_text(self, marta: FlaskClient) -> None:
        fields = fields_of(marta, "sound")
        assert send(marta, "logo", fields, value="/etc/passwd").status_code == 405
        assert marta.post("/office/settings/sound/picture", data=fields).status_code == 405


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_form_that_no_page_has_is_refused(marta: FlaskClient, version: str) -> None:
    fields = {**fields_of(marta, "sound"), "version": version}
    assert send(marta, "sound", fields, value="off").status_code == 400


def test_what_is_no_setting_of_the_office_is_not_there(marta: FlaskClient) -> None:
    for field in ("secret_key", "database_url", "nothing"):
        assert marta.get(f"/office/settings/{field}").status_code == 404
        assert send(marta, field, fields_of(marta, "sound"), value="x").status_code == 404


def test_nobody_but_an_owner_sees_or_changes_them(people: People, marta: FlaskClient) -> None:
    fields = fields_of(marta, "sound")
    for other in (people.stranger(), people.device()):
        assert other.get("/office/settings").status_code == 403
        assert send(other, "sound", fields, value="off").status_code in (400, 403)
    assert people.shop.store.settings.version() == 0


def test_a_setting_that_cannot_be_used_is_told_on_its_row(marta: FlaskClient, people: People) -> None:
    assert people.shop.store.settings.change({"POS_TAX_RATES": Entered("kinds")}, 0, 0, "")
    for page in (page_of(marta), page_of(marta, "tax_rates")):
        assert "What is kept cannot be used. The default holds." in page


def test_what_another_process_has_set_is_seen_at_once(
    marta: FlaskClient, settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    other = create_app(settings, wallet=wallet, clock=clock, running=clock)
    assert "Lightning Till" in page_of(marta)
    shop: Shop = other.extensions["shop"]
    assert shop.store.settings.change({"POS_SHOP_NAME": Entered("Ada's")}, 0, 0, "")
    assert "Ada&#39;s" in page_of(marta)
    close(other)
