"""What a page has of every other page is written out once, and still in the language of whoever reads it."""

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from pos.web.macros import written_once

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")


def test_what_is_written_once_is_written_again_for_what_it_depends_on() -> None:
    made, shop_is = [], ["open"]

    def sign(text: str, colour: str = "") -> Markup:
        made.append(text)
        return Markup(f"{text} {colour}{shop_is[0]}")

    write = written_once(sign, lambda: shop_is[0])
    assert [write("bar"), write("bar"), write("door")] == ["bar open", "bar open", "door open"]
    shop_is[0] = "closed"
    assert [write("bar"), write("bar", "red "), write("door")] == ["bar closed", "bar red closed", "door closed"]
    assert made == ["bar", "door", "bar", "bar", "door"]


def test_two_cashiers_of_one_till_have_its_keys_each_in_their_language(client: FlaskClient) -> None:
    for _ in range(2):
        for language, clear, silent in (
            ("en", "Clear", "The till does not answer."),
            ("de", "Löschen", "Die Kasse antwortet nicht."),
        ):
            page = client.get("/", headers={"Accept-Language": language}).text
            assert f'aria-label="{clear}">C</button>' in page
            assert silent in page


@pytest.mark.parametrize("root", ["", "/till"])
def test_scripts_lie_where_the_till_does(client: FlaskClient, root: str) -> None:
    for each in ("/other", root):
        page = client.get("/", environ_overrides={"SCRIPT_NAME": each}).text
        assert f'<script type="module" src="{each}/static/' in page
        assert f'<link rel="prefetch" href="{each}/static/' in page
