"""How much a till reads of what it is sent: what no page of ours sends is refused before anybody works on it."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from pos.domain.tax import parse_tax_rate
from pos.shop import Shop
from pos.web.bounds import MOST_BODY_BYTES, MOST_FIELDS, MOST_FORM_BYTES, MOST_PICTURE_BYTES, MOST_QUERY_BYTES
from pos.web.till.tape import MOST_LINES
from tests.conftest import TOKEN, Cashier
from tests.fakes import FakeWallet
from tests.people import People

pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

FORM = "application/x-www-form-urlencoded"
OURS = {"Sec-Fetch-Site": "same-origin"}
FACES = ["/", "/tips", "/kiosk", "/language", "/tip/x", "/pay/x/again", "/pay/x/cancel", "/nowhere"]


def reads(app: Flask) -> list[str]:
    """Have the app tell what it comes to after its bounds."""
    read: list[str] = []
    app.before_request(lambda: read.append("a view"))
    return read


@pytest.mark.parametrize("path", FACES)
@pytest.mark.parametrize("body", [b"line=1&" * 9000, b"&" * MOST_FIELDS, b"memo=" + b"x" * MOST_FORM_BYTES])
def test_a_form_of_more_than_ours_is_refused_before_anything_else_is_done(
    app: Flask, client: FlaskClient, path: str, body: bytes
) -> None:
    read = reads(app)
    answer = client.post(path, data=body, content_type=FORM, headers=OURS)
    assert answer.status_code == 413
    assert "That is more than the till takes." in answer.text
    assert read == []


@pytest.mark.parametrize("path", ["/tips", "/kiosk", "/"])
def test_so_is_one_in_parts(client: FlaskClient, path: str, wallet: FakeWallet) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="amount"\r\n\r\n21\r\n'
    many, much = part * (MOST_FIELDS + 1) + b"--x--", part.replace(b"21", b"2" * (MOST_FORM_BYTES + 1)) + b"--x--"
    for body in (many, much):
        answer = client.post(path, data=body, content_type="multipart/form-data; boundary=x", headers=OURS)
        assert answer.status_code == 413
    assert wallet.made == []


@pytest.mark.parametrize(
    "query", ["line=1&" * 550, "&" * MOST_FIELDS, "line=" + "1" * MOST_QUERY_BYTES], ids=["lines", "nothing", "long"]
)
@pytest.mark.parametrize("path", ["/quote", "/", "/recent", "/language", "/pay/x", "/healthz", "/api/v1/charges/x"])
def test_so_is_an_address_with_more_than_ours(app: Flask, client: FlaskClient, path: str, query: str) -> None:
    read = reads(app)
    assert client.get(f"{path}?{query}").status_code == 414
    assert read == []


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "text/plain", ""])
def test_of_a_picture_that_a_stranger_sends_nothing_is_read(app: Flask, people: People, kind: str) -> None:
    people.claim()
    body = BytesIO(b"x" * (MOST_PICTURE_BYTES - 1000))
    asked = EnvironBuilder("/office/settings/logo/picture", method="POST").get_environ()
    asked |= {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(MOST_PICTURE_BYTES - 1000), "wsgi.input": body}
    _, status, _ = run_wsgi_app(app, asked)
    assert status[:3] in ("400", "403", "413")
    assert body.tell() == 0


def test_a_program_may_send_a_larger_body_but_not_any(client: FlaskClient) -> None:
    for size, status in ((MOST_BODY_BYTES - 1000, 422), (MOST_BODY_BYTES, 413)):
        body = b'{"amount_sat": 21, "memo": "' + b"x" * size + b'"}'
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = client.post("/api/v1/charges", data=body, content_type="application/json", headers=headers)
        assert answer.status_code == status


def test_the_largest_form_of_ours_is_taken(client: FlaskClient) -> None:
    """A full tape, and the longest memo in the letters that take the most room."""
    fields = {**Cashier(client).open(), "line": ["1.000"] * MOST_LINES, "amount": "1", "memo": "ナ" * 200}
    assert client.post("/", data=fields).status_code == 303
    fields = {**Cashier(client).open(), "amount": "1", "memo": "🧀" * 150}
    assert client.post("/", data=fields).status_code == 303


def test_so_is_a_full_tape_that_says_of_each_amount_what_its_tax_is(app: Flask, client: FlaskClient) -> None:
    rates = tuple(it for it in map(parse_tax_rate, ("19", "+99.9999")) if it)
    shop: Shop = app.extensions["shop"]
    app.extensions["shop"] = replace(shop, settings=replace(shop.settings, tax_rates=rates))
    fields = Cashier(client).open()
    # As long as the field of an amount lets it become; what is taken off can be brought back.
    longest = "1000".rjust(20, "0")
    tape = {"line": [longest] * MOST_LINES, "line_tax": ["+99.9999"] * MOST_LINES}
    typed = {**tape, "amount": longest, "tax": "+99.9999"}
    answer = client.get("/quote", query_string={"unit": "SAT", **typed})
    assert (answer.status_code, answer.json and answer.json["error"]) == (200, "")
    taken_off = {"memo": "ナ" * 200, "gone": longest, "gone_tax": "+99.9999", "do": "remove:0"}
    assert client.post("/", data={**fields, **typed, **taken_off}).status_code == 200
    assert client.post("/", data={**fields, **typed, "memo": "ナ" * 200}).status_code == 303


@pytest.mark.parametrize("host", ["a..b", ".", "x" * 300, "xn--", "[", "[::1"])
def test_a_host_that_there_cannot_be_is_refused_in_a_line(
    app: Flask, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/", "/sales", "/pay/none/receipt", "/api/v1/sales"):
        body, status, _ = run_wsgi_app(app, EnvironBuilder(path).get_environ() | {"HTTP_HOST": host})
        assert (status, b"".join(body)) == ("400 BAD REQUEST", b"There is no such host.\n")
    assert not caplog.records


@pytest.mark.parametrize(
    "host", ["till.local", "my_till:5000", "127.0.0.1:5000", "[::1]:5000", "xn--mller-kva.example."]
)
def test_a_till_answers_by_whichever_name_it_has(app: Flask, host: str) -> None:
    _, status, _ = run_wsgi_app(app, EnvironBuilder("/").get_environ() | {"HTTP_HOST": host})
    assert status == "200 OK"
