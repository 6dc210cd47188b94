"""Whatever is sent to an address that takes something: a sentence or a page, and never an error of ours."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import TOKEN

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
BODIES = [
    *(b"", b"x", b"{", b"{}", b"[]", b"null", b"1e999", b'"x"', b"[" * 9_000, b'{"amount": 1e400, "key": []}'),
    *(b"amount=%", b"amount=%ff%fe", b"amount=\x00&memo=\xff", b"&&&=&=", b"amount=1&amount=2", b"amount[]=1&a[b]=c"),
    *(b"--x", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=amount\r\n\r\n21\r\n--x--", b"\xff\xfe\x00"),
    *(
        b'--x\r\nContent-Disposition: form-data; name="amount"; filename="a"\r\n\r\n21\r\n--x--',
        b"--x\r\nX: " + b"y" * 9_000,
    ),
]


def addresses(app: Flask) -> list[str]:
    """Return every address that takes a form; where it names something, something that there is not."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    return ["/".join("x" if part.startswith("<") else part for part in rule.rule.split("/")) for rule in rules]


OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.only_on("sqlite", reason="all of these that a store gets to see it sees from a page of ours, too")
def test_no_body_of_any_type_is_an_error_of_ours(app: Flask, client: FlaskClient) -> None:
    send_all(app, client, {})


def test_no_body_from_a_page_of_ours_is_an_error_of_ours(app: Flask, client: FlaskClient) -> None:
    send_all(app, client, OURS)


def send_all(app: Flask, client: FlaskClient, tells: dict[str, str]) -> None:
    """Send each body to every address."""
    found = addresses(app)
    assert {"/", "/tips", "/kiosk", "/language", "/api/v1/charges", "/pay/x/again", "/tip/x"} <= set(found)
    headers = {**tells, "Authorization": f"Bearer {TOKEN}"}
    # Each body with a type that fits, and one of them with each type.
    kinds = [(kind, b"{" if kind and "json" in kind else b"--x") for kind in TYPES]
    kinds += [(kind, body) for kind in ("application/json", FORM, "multipart/form-data; boundary=x") for body in BODIES]
    for address in found:
        for kind, body in kinds:
            answer = client.post(address, data=body, content_type=kind, headers=headers)
            assert answer.status_code < 500, (address, kind, body[:80])


@pytest.mark.parametrize("value", ["%00", "%ff", "%F0%9F%8D%85", "a%0ab", "%ed%a0%80", "x" * 3000])
def test_no_name_in_an_address_is_an_error_of_ours(app: Flask, client: FlaskClient, value: str) -> None:
    headers = {**OURS, "Authorization": f"Bearer {TOKEN}"}
    for rule in app.url_map.iter_rules():
        if rule.arguments:
            address = "/".join(value if part.startswith("<") else part for part in rule.rule.split("/"))
            for method in ("GET", "POST"):
                answer = client.open(address, method=method, headers=headers)
                assert answer.status_code < 500, (method, address)
