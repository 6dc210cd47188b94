"""What a person gets when something is not there or went wrong, and what every answer tells the browser."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import event

from pos.domain.charge import Channel
from pos.migrations import revisions
from pos.services.charge import charge
from pos.services.doctor import Verdict, examine
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import Access, InvoiceRefused, WalletError, WalletUnreachable
from tests.conftest import Cashier, in_sat, stored
from tests.fakes import FakeClock, FakeWallet
from tests.people import People

PAGE = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")


@pytest.mark.parametrize("path", ["/nope", "/pay/", "/pay/%00", "/pay/%ED%A0%80", "/static/nope.css"])
def test_an_unknown_page_is_told_in_the_tills_own_look(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "base.css" in answer.text


@PAGE
@pytest.mark.parametrize(
    ("path", "before", "start"),
    [
        ("/nope", None, None),
        ("/nope", "http://localhost/", "/"),
        ("/nope", "http://localhost/till/bar", "/"),
        ("/nope", "http://localhost/kiosk/rest", "/kiosk"),
        ("/nope", "http://localhost/language?back=/tips", "/tips"),
        ("/nope", "http://localhost/sales/K7M4QX2P", "/"),
        ("/nope", "http://localhost/nope", None),
        ("/nope", "http://localhost/language?back=//evil.example/tips", None),
        ("/nope", "http://evil.example/kiosk", None),
        ("/nope", "http://[broken", None),
        ("/kiosk/nope", None, "/kiosk"),
        ("/tips/nope", None, None),
        ("/screen/till/nope", None, "/screen/till"),
        ("/screen/nope", None, None),
        ("/pay/nope", None, None),
        ("/pay/", "http://localhost/", None),
    ],
)
def test_an_error_leads_to_the_start_of_the_face_it_stands_on_and_nobody_from_a_public_one_to_the_till(
    client: FlaskClient, path: str, before: str | None, start: str | None
) -> None:
    page = client.get(path, headers={"Referer": before} if before else {}).text
    _, _, actions = page.partition('<div class="actions">')
    assert re.findall(r'href="([^"]*)"', actions) == ([start] if start else [])


@pytest.mark.parametrize(
    ("channel", "start"), [(Channel.KIOSK, "/kiosk"), (Channel.TIPS, "/tips"), (Channel.TILL, "/")]
)
def test_an_error_about_a_sale_leads_to_where_it_was_made(
    client: FlaskClient, shop: Shop, channel: Channel, start: str
) -> None:
    made = charge(shop, channel, in_sat(21), "k")
    page = client.get(f"/pay/{made.id}/nope").text
    assert f'href="{start}"' in page


@pytest.mark.parametrize(("channel", "start"), [(Channel.KIOSK, ""), (Channel.TIPS, "/tips"), (Channel.TILL, "")])
def test_an_error_on_a_customers_own_phone_leads_to_nothing_that_is_the_shops_own(
    people: People, shop: Shop, channel: Channel, start: str
) -> None:
    people.claim()
    made = charge(shop, channel, in_sat(21), "k")
    page = people.stranger().get(f"/pay/{made.id}/nope").text
    _, _, actions = page.partition('<div class="actions">')
    assert re.findall(r'href="([^"]*)"', actions) == ([start] if start else [])
    assert "data-kiosk" not in page


def goes_home(page: str) -> bool:
    """Tell whether a page goes to the resting kiosk by itself, with its script, without one, and if it is lost."""
    ways = (
        '<noscript><meta http-equiv="refresh" content="60;url=/kiosk/rest">',
        'data-url="/kiosk/rest"',
        "kiosk_left.js",
    )
    found = [way in page for way in ways]
    assert any(found) == all(found)
    return all(found)


def test_what_goes_wrong_on_a_kiosk_and_the_choice_of_a_language_there_come_home_by_themselves(
    client: FlaskClient, cashier: Cashier, shop: Shop
) -> None:
    made = charge(shop, Channel.KIOSK, in_sat(21), "k")
    conflict = cashier.send("/kiosk", cashier.open("/kiosk") | {"key": "k"}, amount="1000")
    assert conflict.status_code == 409
    refused = client.post("/kiosk", data={"amount": "1000"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 400
    for page in (
        conflict.text,
        refused.text,
        client.get("/kiosk/nope").text,
        client.get(f"/pay/{made.id}/nope").text,
        client.get("/language?back=/kiosk").text,
        client.get(f"/language?back=/pay/{made.id}").text,
    ):
        assert goes_home(page)
    for path in ("/nope", "/tips/nope", "/language?back=/", "/language?back=/tips"):
        assert not goes_home(client.get(path).text)


def test_an_error_of_the_database_about_a_sale_leads_nowhere_but_to_another_try(
    client: FlaskClient, cashier: Cashier, shop: Shop
) -> None:
    made = cashier.sell(21)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    answer = client.get(f"/pay/{made}")
    assert answer.status_code == 503
    _, _, actions = answer.text.partition('<div class="actions">')
    assert re.findall(r'href="([^"]*)"', actions) == [""]


@pytest.mark.parametrize("path", ["/pay/{id}", "/screen/till", "/sales/{number}", "/refunds/{number}"])
def test_no_page_on_which_an_invoice_stands_says_that_nothing_was_charged_when_the_database_fails(
    client: FlaskClient, cashier: Cashier, shop: Shop, path: str
) -> None:
    made = stored(shop, cashier.sell(21))
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    answer = client.get(path.format(id=made.id, number=made.number))
    assert answer.status_code == 503
    assert "Paid already? Do not pay again." in answer.text
    assert "Nothing was charged" not in answer.text


@PAGE
@pytest.mark.parametrize("path", ["/sales.csv?from=2026-13-01", "/sales.json?from=2026-02-02&to=2026-02-01"])
def test_no_headline_is_in_the_words_of_http(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "de"})
    assert answer.status_code == 422
    assert '<h1 class="headline">Das ging nicht</h1>' in answer.text


def test_a_wrong_method_is_told(client: FlaskClient) -> None:
    answer = client.get("/pay/x/again")
    assert answer.status_code == 405
    assert "base.css" in answer.text


def test_a_fault_of_ours_is_a_page_with_a_time_and_the_cause_in_the_log(
    wallet: FakeWallet, cashier: Cashier, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble() -> None:
        raise ZeroDivisionError("the cause")

    fields = cashier.open()
    wallet.before_answer = stumble
    answer = cashier.send("/", fields, amount="2100")
    assert answer.status_code == 500
    assert "Something broke" in answer.text
    assert "the cause" not in answer.text
    assert "500 at" in answer.text
    assert "ZeroDivisionError: the cause" in caplog.text


def test_a_book_that_cannot_be_read_is_told_and_recovers(cashier: Cashier, client: FlaskClient, shop: Shop) -> None:
    charge_id = cashier.sell(2100)
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    answer = client.get(f"/pay/{charge_id}")
    assert answer.status_code == 503
    assert "database" in answer.text
    assert client.get(f"/pay/{charge_id}/status").mimetype == "application/problem+json"
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO charge")
    assert client.get(f"/pay/{charge_id}").status_code == 200


def test_no_new_invoice_is_offered_while_the_database_cannot_say_what_was_paid(
    cashier: Cashier, wallet: FakeWallet, clock: FakeClock, shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    def lose_the_database() -> None:
        with shop.store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")

    charge_id = cashier.sell(2100)
    fields = cashier.open(f"/pay/{charge_id}")
    clock.move(3600)
    wallet.before_look_up = lose_the_database
    answer = cashier.send(f"/pay/{charge_id}/again", fields)
    assert answer.status_code == 503
    assert "Paid already? Do not pay again." in answer.text
    assert "New invoice" not in answer.text
    assert [record.levelname for record in caplog.records if "its database" in record.getMessage()] == ["ERROR"]


@pytest.mark.parametrize("failure", [WalletUnreachable("down"), InvoiceRefused("limit reached")])
def test_a_refusal_of_the_wallet_is_a_warning_in_the_log(
    wallet: FakeWallet, cashier: Cashier, caplog: pytest.LogCaptureFixture, failure: WalletError
) -> None:
    wallet.fail_with = failure
    cashier.send(amount="2100")
    assert [record.levelname for record in caplog.records if str(failure) in record.getMessage()] == ["WARNING"]


@PAGE
@pytest.mark.parametrize("failure", [StoreError("database is locked"), ZeroDivisionError("the cause")])
def test_a_link_that_opens_something_stands_in_no_log(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    def fail(**_: object) -> ResponseReturnValue:
        raise failure

    opening = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert {it.rule.split("/")[1] for it in opening} == {"claim", "pair", "tips", "tip", "kiosk", "lnurlp"}
    for rule in opening:
        app.view_functions[rule.endpoint] = fail
        path = rule.rule.replace("<token>", "only-for-who-has-it").replace("<name>", "tips")
        for method in {"GET", "POST"} & (rule.methods or set()):
            client.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
    assert "POST /claim/<token>: " in caplog.text
    assert "only-for-who-has-it" not in caplog.text


@PAGE
def test_what_a_cashier_can_mend_is_not_in_the_log(cashier: Cashier, caplog: pytest.LogCaptureFixture) -> None:
    assert cashier.send(amount="99999999").status_code == 422
    assert [record for record in caplog.records if record.name.startswith("pos.web")] == []


@PAGE
@pytest.mark.parametrize("path", ["/", "/kiosk", "/tips", "/nope", "/healthz", "/static/css/base.css"])
def test_no_answer_lets_foreign_code_in(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_hold_no_inline_script_or_style(client: FlaskClient) -> None:
    for path in ("/", "/kiosk", "/tips", "/nope"):
        page = client.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_alive_asks_nobody(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    asked: list[object] = []
    event.listen(shop.store.engine, "checkout", lambda *call: asked.append(call))
    wallet.fail_with = WalletUnreachable("down")
    assert client.get("/healthz").status_code == 200
    assert asked == []


def test_a_key_that_can_spend_is_told_once_when_only_the_wallet_knows(
    client: FlaskClient, wallet: FakeWallet, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    wallet.access = Access(spends=True)
    for _ in range(2):
        assert client.get("/readyz").status_code == 200
        clock.move(5)
    assert caplog.text.count("a key can spend") == 1


def test_ready_means_database_and_wallet_and_asks_at_most_every_five_seconds(
    client: FlaskClient, wallet: FakeWallet, clock: FakeClock, shop: Shop
) -> None:
    assert client.get("/readyz").get_json() == {"database": "ok", "wallet": "ok"}
    wallet.fail_with = WalletUnreachable("down")
    clock.move(4)
    assert client.get("/readyz").status_code == 200
    clock.move(1)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"database": "ok", "wallet": "failed"})
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    clock.move(5)
    assert client.get("/readyz").get_json()["database"] == "failed"


@pytest.fixture
def updated_under(shop: Shop) -> Iterator[Shop]:
    """A shop whose database a newer till has brought to another shape."""
    change = "UPDATE alembic_version SET version_num = '%s'"
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql(change % "9999")
    yield shop
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql(change % max(revisions()))


def test_a_till_under_which_its_database_was_updated_says_that_it_has_to_be_started_anew(
    client: FlaskClient, updated_under: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "failed")
    assert "it has the shape 9999, and this till's is" in caplog.text
    [found] = [
        finding for finding in examine(updated_under, lambda *_: 200, lambda _: b"") if finding.part == "database"
    ]
    assert found.verdict is Verdict.BAD
    assert str(found.sentence).endswith("bring this till up to date, and start it anew.")
