"""What every page has, whichever it is."""

import re

import pytest
from flask.testing import FlaskClient

from tests.web.test_i18n import FACES, TEMPLATES

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")


@pytest.mark.parametrize("path", [*FACES, "/nowhere"])
def test_a_browser_shows_a_page_when_it_has_read_the_whole_of_it(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    head, body = page.split("<body", 1)
    waits_for = re.search(r'<link rel="expect" href="#([^"]+)" blocking="render">', head)
    assert waits_for
    assert re.search(rf'<(\w+) [^>]*\bid="{waits_for[1]}"[^>]*>[^<]*</\1>\s*</body>\s*</html>\s*$', body)
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert sorted(set(ids)) == sorted(ids)


def test_every_page_that_leads_anywhere_can_say_that_the_till_does_not_answer() -> None:
    """Else its forms and links end on the browser's own page, from which nothing leads back."""
    texts = {path: path.read_text() for path in TEMPLATES.glob("*/*.html")}
    pages = {path: it for path, it in texts.items() if '{% extends "base.html" %}' in it}
    # Those of the office say it by what they are (templates/base.html).
    ways = ("unsent()", "stays_here(", "block body %}office")
    silent = {path.name for path, it in pages.items() if not any(way in it for way in ways)}
    # Before these nobody taps anything: on the one there is no link, and the other is there when nothing answers.
    assert silent == {"live.html", "offline.html"}
