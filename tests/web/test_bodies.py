"""Whatever is sent to an address that takes something: a sentence or a page, and never an error of ours."""

from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import TOKEN
from tests.people import People

FORM = "application/x-www-form-urlencoded"
TYPES = [
    *(None, "", "application/json", "application/json; charset=nonsense", "application/problem+json", "text/plain"),
    *(FORM, f"{FORM}; charset=utf-16", f"{FORM}; charset=nonsense", "multipart/form-data"),
    *("multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\xff"),
    *(
        "multipart/form-data; boundary=" + "x" * 5000,
        "application/xml",
        "nonsense",
        ";;;",
        "application/json, text/html",
    ),
]
JSON = [b"{", b"{}", b"[]", b"null", b"1e999", b'"x"', b"[" * 9_000, b'{"amount": 1e400, "key": []}', b"\xff\xfe\x00"]
FIELDS = [
    *(b"", b"x", b"amount=%", b"amount=%ff%fe", b"amount=\x00&memo=\xff", b"&&&=&=", b"amount=1&amount=2"),
    *(b"amount[]=1&a[b]=c", b"[" * 9_000, b"\xff\xfe\x00"),
]
PARTS = [
    *(b"", b"--x", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=amount\r\n\r\n21\r\n--x--"),
    b'--x\r\nContent-Disposition: form-data; name="amount"; filename="a"\r\n\r\n21\r\n--x--',
    b"--x\r\nX: " + b"y" * 9_000,
]
MULTIPART = "multipart/form-data; boundary=x"
# Each body with the type that fits, and one of them with each type.
FITTING = [
    *(("application/json", it) for it in JSON),
    *((FORM, it) for it in FIELDS),
    *((MULTIPART, it) for it in PARTS),
]
KINDS = [(kind, b"{" if kind and "json" in kind else b"--x") for kind in TYPES] + FITTING
# What a type is no page finds out by itself: one of each face, and the one for programs.
FACES = ("/", "/tips", "/kiosk", "/language", "/sign-in", "/pay/x/again", "/tip/x", "/api/v1/charges")


def addresses(app: Flask) -> list[str]:
    """Return every address that takes a form; where it names something, something that there is not."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return ["/".join("x" if part.startswith("<") else part for part in rule.rule.split("/")) for rule in rules]


OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.only_on("sqlite", reason="all of these that a store gets to see it sees from a page of ours, too")
def test_no_body_of_any_type_is_an_error_of_ours(app: Flask, client: FlaskClient) -> None:
    # What does not come from a page of ours is refused before any of our pages looks at it.
    send_all(app, client, {}, [(None, b"x"), (FORM, b"amount=1&amount=2"), (MULTIPART, PARTS[3])])


def test_no_body_from_a_page_of_ours_is_an_error_of_ours(app: Flask, client: FlaskClient) -> None:
    send_all(app, client, OURS, FITTING)


def send_all(app: Flask, client: FlaskClient, tells: dict[str, str], kinds: Sequence[tuple[str | None, bytes]]) -> None:
    """Send bodies to every address, and to some of them each body with each type."""
    found = addresses(app)
    assert set(FACES) <= set(found)
    headers = {**tells, "Authorization": f"Bearer {TOKEN}"}
    for address in found:
        for kind, body in KINDS if address in FACES else kinds:
            answer = client.post(address, data=body, content_type=kind, headers=headers)
            assert answer.status_code < 500, (address, kind, body[:80])


@pytest.mark.parametrize("value", ["%00", "%ff", "%F0%9F%8D%85", "a%0ab", "%ed%a0%80", "x" * 3000])
def test_no_name_in_an_address_is_an_error_of_ours(app: Flask, client: FlaskClient, people: People, value: str) -> None:
    headers = {**OURS, "Authorization": f"Bearer {TOKEN}"}
    rules = [it.rule for it in app.url_map.iter_rules() if it.arguments]
    # What the office has opens once somebody owns the shop.
    for is_of_office in (False, True):
        browser = people.owner() if is_of_office else client
        for rule in (it for it in rules if it.startswith("/office") is is_of_office):
            address = "/".join(value if part.startswith("<") else part for part in rule.split("/"))
            for method in ("GET", "POST"):
                answer = browser.open(address, method=method, headers=headers)
                assert answer.status_code < 500, (method, address)
