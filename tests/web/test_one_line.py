"""A number and what it is of stand on one line, in every language: no line ends between them."""

import pytest
from flask import Flask

from pos.domain.money import CURRENCIES, SAT, Money
from pos.domain.sentence import Sentence
from pos.translations.languages import LANGUAGES
from pos.web.i18n import COOKIE, say, write_money
from tests.conftest import Cashier

# What the shop's database does is nothing to it.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_ends_inside_of_an_amount(app: Flask, language: str) -> None:
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={language}"}):
        for currency in (SAT, *CURRENCIES):
            assert " " not in write_money(Money(-123_456_789, currency))


def test_nor_does_one_in_a_sentence(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": f"{COOKIE}=de"}):
        said = say(Sentence("At most {rest} of this sale can be given back.", {"rest": Money(2223, SAT)}))
    assert "2.223\u00a0sat" in said


def test_nor_does_one_that_was_typed_into_a_form_that_comes_back(cashier: Cashier) -> None:
    fields = cashier.open("/")
    cashier.client.post("/", data={**fields, "amount": "2100"})
    page = cashier.client.post("/", data={**fields, "amount": "4200"}).text
    assert "4200&nbsp;sat" in page
