"""Where a form leads, told to a script that sent it."""

import pytest
from flask.testing import FlaskClient

from pos.web.headers import MARK
from tests.conftest import Cashier

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")


def test_a_script_is_told_where_a_form_leads_and_not_taken_there(client: FlaskClient) -> None:
    fields = Cashier(client).open("/")
    answer = client.post("/", data={**fields, "amount": "2100"}, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["Location"].startswith("/pay/")


def test_a_browser_without_a_script_is_taken_there(client: FlaskClient) -> None:
    answer = client.post("/", data={**Cashier(client).open("/"), "amount": "2100"})
    assert answer.status_code == 303


def test_every_answer_bears_the_mark_of_the_till(client: FlaskClient) -> None:
    for path in ("/", "/quote?amount=5", "/recent", "/nowhere", "/healthz"):
        assert client.get(path).headers[MARK]
