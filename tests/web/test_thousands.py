"""Large numbers on pages: thousands stand apart, as the reader's language has them, be they amounts or a count."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask, render_template_string

from bench.fill import fill
from pos.domain.sentence import Sentence
from pos.settings import Settings
from pos.store.engine import patient
from pos.web.i18n import COOKIE, ngettext, say, speaking
from tests.fakes import NOON
from tests.people import People

THOUSANDS = {"en": "1,234", "de": "1.234", "fr": "1\u202f234", "sv": "1\u00a0234", "ar": "1,234", "ja": "1,234"}
MANY = 4000
# Years, and the numbers of sales, are names and no count.
NAMES = re.compile(r"\b20\d\d\b|N[or]\. \d+")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, currency="EUR")


@pytest.mark.parametrize(("language", "written"), THOUSANDS.items())
def test_a_count_in_a_sentence_is_written_as_the_language_does(app: Flask, language: str, written: str) -> None:
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={language}"}):
        page = render_template_string('{{ ngettext("%(num)s sale", "%(num)s sales", 1234) }} · {{ 1234|counted }}')
        assert page.count(written) == 2
        assert written in ngettext("%(num)s sale", "%(num)s sales", 1234)
        assert written in say(Sentence("Wrong PINs in a row at {device}: {wrong}", {"device": "Bar", "wrong": 1234}))


def test_a_name_in_a_sentence_with_a_count_is_no_html_of_ours(app: Flask) -> None:
    with app.test_request_context(), speaking(app, "en"):
        page = render_template_string(
            '{{ ngettext("%(name)s, %(num)s sale", "%(name)s, %(num)s sales", 1, name="<b>") }}'
        )
    assert page == "&lt;b&gt;, 1 sale"


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages_of_a_shop_that_has_sold_thousands_keep_thousands_apart(people: People, language: str) -> None:
    with people.shop.store.engine.begin() as connection, patient(connection):
        fill(connection, MANY, NOON)
    owner = people.owner()
    owner.set_cookie(COOKIE, language)
    paid = f"{MANY - MANY // 11:,}".replace(",", "." if language == "de" else ",")
    for path in ("/sales?from=2026-01-01&to=2026-12-31", "/till/till/shift", "/office"):
        said = main(owner.get(path).text)
        assert not re.search(r"\d{4}", NAMES.sub("", said)), path
        if path.startswith("/sales"):
            assert paid in said


def main(page: str) -> str:
    """Read a page: its words, with one space between them."""
    found = re.search(r"(?s)<main[^>]*>(.*)</main>", page)
    assert found
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split())
