"""The office's first page: is all right, and where is what? It asks nobody; the doctor looks when he is sent for."""

import re
from dataclasses import replace
from gettext import NullTranslations
from html import unescape

import pytest
from flask import Flask
from markupsafe import escape

from pos.domain.device import Face
from pos.services.at_a_glance import TOLD_FOR
from pos.services.last_look import GOOD_FOR
from pos.wallets.base import KeyRefused, WalletUnreachable
from pos.web.office.views import PLACES
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeWallet
from tests.people import People

# A browser says so of every form of the till's own pages.
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def marta(people: People) -> Cashier:
    return Cashier(people.owner("Marta"))


def sell(marta: Cashier, wallet: FakeWallet, amount: int) -> str:
    charge_id = marta.sell(amount)
    wallet.settle(stored(marta.client.application.extensions["shop"], charge_id).invoice, amount)
    assert marta.status(charge_id)["status"] == "paid"
    return charge_id


def at_a_glance(marta: Cashier) -> str:
    """Read the first page of the office: its words, with one space between them."""
    main = marta.client.get("/office").text.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:span|bdi|time)[^>]*>", "", main))).split())


def test_the_page_asks_nobody_and_says_that_nobody_has_looked(marta: Cashier, wallet: FakeWallet) -> None:
    wallet.fail_with = AssertionError("the wallet was asked")
    assert "Not looked at yet" in marta.client.get("/office").text


def test_the_doctor_is_sent_for_and_says_that_all_is_right(marta: Cashier) -> None:
    answer = marta.send("/office/look", marta.open("/office"))
    page = marta.client.get(answer.headers["Location"]).text
    assert "All is right" in page
    assert "Looked at" in page
    assert "answers, and takes the till&#39;s keys." in page


def test_what_is_wrong_stands_first_with_what_to_do(marta: Cashier, wallet: FakeWallet) -> None:
    wallet.fail_with = WalletUnreachable("no route")
    marta.send("/office/look", marta.open("/office"))
    page = marta.client.get("/office").text
    assert "Something is wrong" in page
    assert page.index("it does not answer: no route") < page.index("reads and writes.")


def test_a_wallet_that_the_screens_know_to_be_gone_is_told_before_anybody_looks(
    marta: Cashier, wallet: FakeWallet, people: People
) -> None:
    marta.send("/office/look", marta.open("/office"))
    wallet.fail_with = WalletUnreachable("no route")
    assert people.stranger().get("/readyz").status_code == 503
    assert "Something is wrong" in marta.client.get("/office").text


def test_the_page_sends_for_the_doctor_by_itself_where_that_is_long_ago(marta: Cashier, clock: FakeClock) -> None:
    def is_due() -> bool:
        return "data-due" in marta.client.get("/office").text

    assert is_due()
    marta.send("/office/look", marta.open("/office"))
    assert not is_due()
    clock.move(GOOD_FOR - 1)
    assert not is_due()
    clock.move(1)
    assert is_due()
    assert "data-due" not in marta.client.get("/office?looked=now").text


def test_everything_of_the_shop_is_a_touch_away(marta: Cashier, app: Flask) -> None:
    page = marta.client.get("/office").text
    offered = ["/sales", "/shifts", "/office/jars", "/office/history", "/office/owners", "/office/account", "/"]
    offered += [it for it in ("/office/devices", "/office/staff", "/office/settings") if it in str(app.url_map)]
    for path in offered:
        assert f'<a href="{path}">' in page, path
        assert marta.client.get(path).status_code == 200, path


def test_what_the_shop_took_today_stands_at_its_sales_and_at_its_shift(
    marta: Cashier, wallet: FakeWallet, clock: FakeClock
) -> None:
    assert "nothing" not in at_a_glance(marta)
    sell(marta, wallet, 2100)
    clock.move(60)
    sell(marta, wallet, 400)
    assert "2,500 sat today · 2 sales paid" in at_a_glance(marta)
    assert re.search(r"2 sales since \d+:\d\d", at_a_glance(marta))
    clock.move(24 * 60 * 60)
    assert "2,500 sat today" not in at_a_glance(marta)
    assert re.search(r"2 sales since [\w ,]+, \d+:\d\d", at_a_glance(marta))


def test_it_opens_too_on_the_day_on_which_the_shop_takes_another_currency(marta: Cashier, wallet: FakeWallet) -> None:
    sell(marta, wallet, 2100)
    marta.send("/office/settings/currency", marta.open("/office/settings/currency"), value="EUR")
    assert "2,100 sat today · 1 sale paid" in at_a_glance(marta)


def test_what_has_to_be_looked_at_stands_before_what_is_in_order(
    marta: Cashier, people: People, wallet: FakeWallet
) -> None:
    marta.send("/office/look", marta.open("/office"))
    assert "All is right" in at_a_glance(marta)
    number = stored(people.shop, sell(marta, wallet, 2100)).number
    marta.send(f"/refunds/{number}", amount="21", reason="cold")
    page = at_a_glance(marta)
    assert "It sells; look at this" in page
    assert page.count("1 waits to be paid") == 2


def test_wrong_pins_are_told_by_device_until_they_are_long_ago(
    marta: Cashier, people: People, clock: FakeClock
) -> None:
    people.somebody(pin="7316")
    for place in ("till", "till"):
        people.device(Face.TILL, place).post("/pin", data={"pin": "9999"}, headers=OURS)
    assert at_a_glance(marta).count("1 wrong PIN at the till till") == 2
    clock.move(TOLD_FOR + 1)
    assert "wrong PIN" not in at_a_glance(marta)


def test_each_place_has_a_sign_of_its_own() -> None:
    signs = [sign for _, sign, *_ in PLACES]
    assert len(set(signs)) == len(signs)


def test_a_part_of_which_nothing_is_known_here_has_its_own_name(marta: Cashier, app: Flask) -> None:
    shop = app.extensions["shop"]
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, host="0.0.0.0", proxies=1))
    marta.send("/office/look", marta.open("/office"))
    assert "the shop is claimed; so many own it: 1." in marta.client.get("/office").text


def test_what_is_found_is_said_in_the_readers_language_and_what_a_wallet_says_in_its_own(
    marta: Cashier, wallet: FakeWallet, app: Flask
) -> None:
    app.extensions["catalogs"] = lambda _: Shouted()
    wallet.fail_with = KeyRefused("No such key")
    marta.send("/office/look", marta.open("/office"))
    page = marta.client.get("/office").text
    assert "<small>IT REFUSES THE KEY (No such key).</small>" in page
    assert f'<small lang="en" dir="ltr" translate="yes">{escape(wallet.advice.key)}</small>' in page


class Shouted(NullTranslations):
    """A language of capitals."""

    def gettext(self, message: str) -> str:
        return re.sub(r"(?<![{\w])\w+(?![\w}])", lambda it: it[0].upper(), message) if "{" in message else message
