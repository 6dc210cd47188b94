"""Which unit of an amount leads: the one that was typed or, where a shop wants it so, sat always."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.services.charge import charge
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import stored
from tests.fakes import FakeClock, FakeRates, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

IN_EUR = Sale(Money(1250, "EUR"), till="till")
IN_SAT = Sale(Money(4620, SAT), till="till")
PAGES = ("/pay/{id}", "/screen/till")


@pytest.fixture
def leading_unit() -> str:
    return "typed"


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, leading_unit: str) -> Iterator[Flask]:
    own = replace(settings, leading_unit=leading_unit)
    # A cent is 20 sat.
    app = create_app(own, wallet=wallet, clock=clock, running=clock, rates=FakeRates(Decimal(50_000)))
    yield app
    close(app)


def sell(shop: Shop, sale: Sale = IN_EUR) -> Charge:
    return charge(shop, Channel.TILL, sale, "k")


def pay(shop: Shop, wallet: FakeWallet, clock: FakeClock, made: Charge, received: int) -> Charge:
    wallet.settle(made.invoice, received)
    # Looked at, the wallet is asked at most once a second.
    clock.move(1)
    return stored(shop, made.id)


def look(client: FlaskClient, page: str, made: Charge) -> str:
    return unescape(client.get(page.format(id=made.id)).text).replace("\u00a0", " ")


def told(text: str) -> dict[str, str]:
    """Return the large amount of a page and the one below it, its title, and what it says aloud."""
    large, small = (
        re.search(rf'<(?:h1|p) class="{name}">(.*?)</(?:h1|p)>', text) for name in ("amount", "other number")
    )
    return {
        "large": re.sub("<[^>]+>", "", large[1]) if large else "",
        "small": small[1] if small else "",
        "title": text.split("<title>")[1].split("</title>")[0],
        "aloud": text.split('data-say="')[1].split('"')[0],
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("leading_unit", "sale", "large", "small"),
    [
        ("typed", IN_EUR, "€12.50", "25,000 sat"),
        ("typed", IN_SAT, "4,620 sat", "≈ €2.31"),
        ("sat", IN_EUR, "25,000 sat", "€12.50"),
        ("sat", IN_SAT, "4,620 sat", "≈ €2.31"),
    ],
)
def test_one_unit_leads_from_the_first_moment_to_the_last(
    client: FlaskClient,
    shop: Shop,
    wallet: FakeWallet,
    clock: FakeClock,
    page: str,
    sale: Sale,
    large: str,
    small: str,
) -> None:
    made = sell(shop, sale)
    text = look(client, page, made)
    assert told(text) == {"large": large, "small": small, "title": f"Pay {large}", "aloud": "Waiting for payment."}
    assert f"QR code of the Lightning invoice over {large}" in text
    clock.move(600)
    expired = told(look(client, page, made))
    assert (expired["large"], expired["small"]) == (large, small)
    pay(shop, wallet, clock, made, made.amount_sat)
    assert told(look(client, page, made)) == {
        "large": large,
        "small": small,
        "title": "Paid",
        "aloud": f"Paid. {large}.",
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("leading_unit", "large", "small", "aloud"),
    [
        ("typed", "≈ €12.00", "24,000 sat", "Paid. ≈ €12.00 · 24,000 sat."),
        ("sat", "24,000 sat", "≈ €12.00", "Paid. 24,000 sat."),
    ],
)
def test_of_another_amount_than_asked_the_sat_are_exact_and_all_else_is_about(
    client: FlaskClient,
    shop: Shop,
    wallet: FakeWallet,
    clock: FakeClock,
    page: str,
    large: str,
    small: str,
    aloud: str,
) -> None:
    made = sell(shop)
    pay(shop, wallet, clock, made, 24_000)
    text = look(client, page, made)
    assert told(text) == {"large": large, "small": small, "title": "Paid", "aloud": aloud}
    assert all(each in text for each in ("25,000 sat", "24,000 sat"))


@pytest.mark.parametrize("page", PAGES)
def test_without_a_rate_there_are_sat_alone(
    settings: Settings, wallet: FakeWallet, clock: FakeClock, page: str
) -> None:
    app = create_app(settings, wallet=wallet, clock=clock)
    text = look(app.test_client(), page, sell(app.extensions["shop"], IN_SAT))
    assert (told(text)["large"], told(text)["small"]) == ("4,620 sat", "")
    close(app)


def test_the_two_fit_their_column_as_the_wider_of_them_does(client: FlaskClient, shop: Shop) -> None:
    assert 'data-len="6"' in look(client, "/pay/{id}", sell(shop))
    # Of a yen or a few cents the sat are longer, at half the size.
    cents = charge(shop, Channel.TILL, Sale(Money(99_999, SAT), till="till"), "sat")
    assert 'data-len="10"' in look(client, "/pay/{id}", cents)
