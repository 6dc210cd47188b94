"""What every page has, whichever it is."""

import re

import pytest
from flask.testing import FlaskClient

from tests.web.test_i18n import FACES

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
