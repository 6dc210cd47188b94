"""Whose forms the till takes: those of its own pages, whatever became of cookies; and what it says of the others."""

import logging
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.services.claim import invite
from pos.settings import Settings
from tests.conftest import Cashier, hidden_fields
from tests.fakes import FakeClock, FakeWallet
from tests.people import PASSWORD, People

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

SALE = {"amount": "2100", "memo": "Tomatoes", "key": "k"}
# The test's browser asks for this address.
HERE = "http://localhost"


@pytest.mark.parametrize(
    "said",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": HERE},
        # Somebody reloads the answer to a form.
        {"Sec-Fetch-Site": "none", "Origin": HERE},
        # A proxy in front does the https, and did not say so.
        {"Origin": "https://localhost"},
        {"Origin": "HTTP://LOCALHOST"},
    ],
)
def test_a_form_of_the_tills_own_page_needs_neither_cookie_nor_token(client: FlaskClient, said: dict[str, str]) -> None:
    assert client.post("/", data=SALE, headers=said).status_code == 303


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:5001"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example", "Host": "localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": f"{HERE}/"},
    ],
)
def test_a_form_of_which_the_browser_does_not_say_that_it_is_ours_needs_them(
    client: FlaskClient, wallet: FakeWallet, said: dict[str, str]
) -> None:
    assert client.post("/", data=SALE, headers=said).status_code == 400
    assert wallet.made == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_form_is_refused_even_with_token_and_cookie_and_cannot_be_sent_on_by_a_tap(
    cashier: Cashier, wallet: FakeWallet, site: str
) -> None:
    answer = cashier.client.post("/", data={**cashier.open(), **SALE}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 400
    assert "Another page sent this" in answer.text
    assert "Tomatoes" not in answer.text
    assert "<form" not in answer.text
    assert wallet.made == []


def test_where_the_browser_and_the_till_disagree_about_the_address_token_and_cookie_decide(cashier: Cashier) -> None:
    fields = {**cashier.open(), **SALE}
    assert cashier.client.post("/", data=fields, headers={"Origin": "https://till.example.com"}).status_code == 303


def test_a_form_from_the_address_in_the_settings_is_ours(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    app = create_app(replace(settings, public_url="https://till.example.com/"), wallet=wallet, clock=clock)
    answer = app.test_client().post("/", data=SALE, headers={"Origin": "https://till.example.com"})
    assert answer.status_code == 303
    close(app)


def test_over_https_a_page_without_https_is_not_ours(client: FlaskClient) -> None:
    origin = {"Origin": HERE}
    assert client.post("/", data=SALE, headers=origin, base_url="https://localhost").status_code == 400
    origin = {"Origin": "https://localhost"}
    assert client.post("/", data=SALE, headers=origin, base_url="https://localhost").status_code == 303


def test_a_browser_that_keeps_the_address_of_its_page_to_itself_sells_over_https(cashier: Cashier) -> None:
    page = cashier.client.get("/", base_url="https://localhost")
    fields = {**hidden_fields(page.text), **SALE}
    assert cashier.client.post("/", data=fields, base_url="https://localhost").status_code == 303


def test_programs_prove_who_they_are_in_another_way(client: FlaskClient, settings: Settings) -> None:
    headers = {"Authorization": f"Bearer {settings.api_token}", "Sec-Fetch-Site": "cross-site"}
    sold = client.post("/api/v1/charges", json={"amount_sat": 21, "key": "k"}, headers=headers)
    assert sold.status_code == 201


def test_two_tills_of_one_host_name_do_not_overwrite_each_others_cookie(
    app: Flask, settings: Settings, wallet: FakeWallet
) -> None:
    neighbour = create_app(replace(settings, secret_key="another secret"), wallet=wallet)
    assert neighbour.config["SESSION_COOKIE_NAME"] != app.config["SESSION_COOKIE_NAME"]
    again = create_app(settings, wallet=wallet)
    assert again.config["SESSION_COOKIE_NAME"] == app.config["SESSION_COOKIE_NAME"]
    close(neighbour)
    close(again)


def test_who_sends_no_cookie_is_told_so_and_what_was_typed_is_kept(
    cashier: Cashier, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    fields = cashier.open()
    answer = app.test_client().post("/", data={**fields, **SALE})
    assert answer.status_code == 400
    assert "did not send the till&#39;s cookie" in answer.text
    assert hidden_fields(answer.text)["memo"] == "Tomatoes"
    assert "a form was refused: the browser sent no cookie" in caplog.text


def test_the_owner_of_a_till_with_https_is_told_that_a_page_was_opened_by_http(
    settings: Settings, wallet: FakeWallet, caplog: pytest.LogCaptureFixture
) -> None:
    till = create_app(replace(settings, public_url="https://till.example"), wallet=wallet)
    for scheme, told in (("http", True), ("https", False)):
        caplog.clear()
        assert till.test_client().post("/", data=SALE, base_url=f"{scheme}://localhost").status_code == 400
        assert "a form was refused: the browser sent no cookie" in caplog.text
        assert (
            "by http, and a browser keeps a cookie of https to itself: open https://till.example" in caplog.text
        ) == told
    close(till)


class TestByHttp:
    """A till with https outside, that is opened by http in the shop's own network."""

    SAID = "This page was opened by http, where a browser keeps a cookie of https to itself."
    OPEN = "Open https://till.example"

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, public_url="https://till.example")

    def test_nobody_signs_in_without_a_word(
        self, people: People, client: FlaskClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        people.claim()
        answer = client.post("/sign-in", data={"name": "Marta", "password": PASSWORD}, headers={"Origin": HERE})
        assert (answer.status_code, self.SAID in answer.text, self.OPEN in answer.text) == (400, True, True)
        assert 'value="Marta"' in answer.text
        assert "_owner" not in answer.headers.get("Set-Cookie", "")
        assert "open https://till.example. If that is what the browser shows, set POS_PROXIES" in caplog.text
        code = client.post("/sign-in/code", data={"ticket": "x", "code": "1"}, headers={"Origin": HERE})
        assert (code.status_code, self.SAID in code.text) == (400, True)

    @pytest.mark.parametrize("said", [{"Origin": "null"}, {"Origin": HERE}])
    def test_no_link_is_used_up_for_a_cookie_that_is_not_kept(
        self, people: People, client: FlaskClient, said: dict[str, str]
    ) -> None:
        token, code = people.offer()
        claim, pair, named = f"/claim/{invite(people.shop)}", f"/pair/{token}", {"name": "Ida", "password": PASSWORD}
        for path, typed in ((claim, named), (pair, {"key": "k"}), ("/pair", {"code": code, "key": "k"})):
            # Each time without a cookie, as a browser has none that keeps it back.
            answer = people.stranger().post(path, data=typed, headers=said)
            assert (answer.status_code, self.SAID in answer.text, self.OPEN in answer.text) == (400, True, True), path
            assert "Set-Cookie" not in answer.headers or "_device" not in answer.headers["Set-Cookie"]
        # And by https each of them is good.
        for path, typed in ((claim, named), (pair, {"key": "k"})):
            fine = client.post(
                path, data=typed, headers={"Sec-Fetch-Site": "same-origin"}, base_url="https://localhost"
            )
            assert fine.status_code == 303, path

    @pytest.mark.parametrize(
        "said",
        [
            # A proxy in front does the https, and did not say so.
            {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
            {"Origin": "https://localhost"},
        ],
    )
    def test_whom_a_proxy_leads_by_https_comes_in(
        self, people: People, client: FlaskClient, said: dict[str, str]
    ) -> None:
        people.claim()
        client.get("/sign-in", base_url="https://localhost")
        session = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
        assert session
        sent = {**said, "Cookie": f"{session.key}={session.value}"}
        assert client.post("/sign-in", data={"name": "Marta", "password": PASSWORD}, headers=sent).status_code == 303

    def test_so_does_a_browser_whose_page_is_by_https_and_whose_cookie_is_gone(
        self, people: People, client: FlaskClient
    ) -> None:
        people.claim()
        by_https = {"Origin": "https://localhost"}
        answer = client.post("/sign-in", data={"name": "Marta", "password": PASSWORD}, headers=by_https)
        assert answer.status_code == 303


def test_a_page_that_keeps_its_address_to_itself_is_ours_if_token_and_cookie_fit(
    people: People, client: FlaskClient
) -> None:
    """A browser sends "null" in its place, as it does for a frame of somebody else's that has no address."""
    token, _ = people.offer()
    path, null = f"/pair/{token}", {"Origin": "null"}
    refused = client.post(path, data={"key": "k"}, headers=null)
    assert (refused.status_code, "Another page sent this" in refused.text) == (400, False)
    foreign = {**null, "Sec-Fetch-Site": "cross-site"}
    assert "Another page sent this" in client.post(path, data=Cashier(client).open(path), headers=foreign).text
    assert client.post(path, data=Cashier(client).open(path), headers=null).status_code == 303


def test_what_a_frame_without_an_address_has_typed_cannot_be_sent_on_by_a_tap(client: FlaskClient) -> None:
    answer = client.post("/", data=SALE, headers={"Origin": "null"})
    assert (answer.status_code, "Tomatoes" in answer.text, "<form" in answer.text) == (400, False, False)


def test_a_page_that_was_open_for_more_than_a_day_says_so_and_sells_at_the_next_tap(
    cashier: Cashier, app: Flask
) -> None:
    fields, most = {**cashier.open(), **SALE}, app.config["WTF_CSRF_TIME_LIMIT"]
    assert most == 24 * 60 * 60
    # As if that time had gone by.
    app.config["WTF_CSRF_TIME_LIMIT"] = -1
    answer = cashier.client.post("/", data=fields)
    assert answer.status_code == 400
    assert "open too long" in answer.text
    app.config["WTF_CSRF_TIME_LIMIT"] = most
    assert cashier.client.post("/", data=hidden_fields(answer.text)).status_code == 303


def test_the_log_says_what_browser_and_till_disagree_about(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        client.post("/", data=SALE, headers={"Origin": "https://till.example.com"})
    assert "'https://till.example.com' (Origin)" in caplog.text
    assert HERE in caplog.text
    assert "POS_PUBLIC_URL" in caplog.text


@pytest.mark.parametrize("path", ["/kiosk", "/tips"])
def test_a_refused_form_of_a_page_for_customers_does_not_lead_to_the_till(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"amount": "2100", "key": "k"})
    assert answer.status_code == 400
    assert f'href="{path}"' in answer.text
    assert 'href="/"' not in answer.text
