"""A sale that waits for its tip, in the hands of somebody who may do anything with it."""

from dataclasses import replace

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import BadRequest, Gone

from pos import close, create_app
from pos.domain.money import SAT, Money
from pos.domain.sale import Line, Sale
from pos.settings import Settings
from pos.web.sale_token import seal, unseal
from tests.fakes import FakeClock, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

DAY = 24 * 60 * 60
LUNCH = Sale(Money(1250, "EUR"), "Lunch ☕", tip=125, till="bar", lines=(Line(250, 3, "Roll ☕"), Line(500)))


@pytest.fixture
def token(app: Flask) -> str:
    with app.test_request_context():
        return seal(LUNCH, "key 1")


def test_all_of_a_sale_and_its_key_come_back(app: Flask, token: str) -> None:
    with app.test_request_context():
        assert unseal(token) == (LUNCH, "key 1")


def test_it_stays_good_for_a_day_and_not_for_longer(app: Flask, token: str, clock: FakeClock) -> None:
    with app.test_request_context():
        clock.move(DAY)
        assert unseal(token)[0] == LUNCH
        clock.move(1)
        with pytest.raises(Gone):
            unseal(token)


def test_a_clock_that_is_set_back_by_a_moment_makes_it_no_older(app: Flask, token: str, clock: FakeClock) -> None:
    with app.test_request_context():
        clock.move(-60)
        assert unseal(token)[0] == LUNCH
        # By a clock that was ahead of that, nobody knows how old it is.
        clock.move(-1)
        with pytest.raises(Gone):
            unseal(token)


def test_no_letter_of_it_can_be_changed(app: Flask, token: str) -> None:
    with app.test_request_context():
        for place in range(len(token) - 1):
            other = "A" if token[place] != "A" else "B"
            with pytest.raises(BadRequest):
                unseal(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("token", ["", "x", ".", "..", "a.b.c", "\x00", "é", "x" * 4000])
def test_what_was_never_sealed_is_refused(app: Flask, token: str) -> None:
    with app.test_request_context(), pytest.raises(BadRequest):
        unseal(token)


def test_what_an_older_version_of_the_till_sealed_is_refused_and_not_misread(app: Flask) -> None:
    with app.test_request_context():
        older = URLSafeTimedSerializer(str(app.secret_key), "sale 1").dumps([1250, "EUR", "Lunch", 0, "bar", "key"])
        with pytest.raises(BadRequest):
            unseal(str(older))


def test_another_till_cannot_seal_for_this_one(settings: Settings, token: str, clock: FakeClock) -> None:
    other = create_app(replace(settings, secret_key="another secret"), wallet=FakeWallet(clock), clock=clock)
    with other.test_request_context(), pytest.raises(BadRequest):
        unseal(token)
    close(other)


@pytest.mark.parametrize("memo", ["🍅" * 150, "".join(map(chr, range(0x4E00, 0x4E00 + 200)))])
def test_the_longest_sale_fits_into_an_address(app: Flask, memo: str) -> None:
    with app.test_request_context():
        # What gunicorn reads of a request's first line.
        assert len(seal(Sale(Money(10_000_000, SAT), memo, till="x" * 32), "~" * 200)) < 4000
