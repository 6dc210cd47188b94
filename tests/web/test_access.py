"""Who may open what: every address of the till, asked for by everybody there is, on both databases.

The list is not the till's own: a new address has to be written down here, too, by who knows to whom it is open.
"""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.device import Face
from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.domain.staff import Role
from pos.lnpay.settings import LNPaySettings
from pos.services.charge import charge
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from pos.web.access import DEVICE_COOKIE, OWNER_COOKIE, Door, check_doors
from pos.web.forms import new_key
from tests.conftest import TOKEN, stored
from tests.fakes import FakeClock, FakeWallet
from tests.people import People

ADDRESSES = {
    Door.PUBLIC: (
        "/.well-known/lnurlp/<asked>",
        "/.well-known/lnurlp/<path:_asked>",
        "/accent.css",
        "/claim/<token>",
        "/healthz",
        "/icon/<digest>/<name>.png",
        "/install",
        "/language",
        "/lnurlp/<asked>",
        "/lnurlp/<name>/<fingerprint>",
        "/lnurlp/<name>/<fingerprint>/<quoted>",
        "/lnurlp/<path:_asked>",
        "/lnurlp/verify/<token>",
        "/logo",
        "/manifest/<face>",
        "/manifest/<face>/<name>",
        "/offline",
        "/pair",
        "/pair/<token>",
        "/pay/<charge_id>",
        "/pay/<charge_id>/again",
        "/pay/<charge_id>/cancel",
        "/pay/<charge_id>/card",
        "/pay/<charge_id>/events",
        "/pay/<charge_id>/qr.png",
        "/pay/<charge_id>/receipt",
        "/pay/<charge_id>/receipt.png",
        "/pay/<charge_id>/refund/<int:position>",
        "/pay/<charge_id>/status",
        "/poster",
        "/poster.<any(png, svg):kind>",
        "/readyz",
        "/service-worker.js",
        "/sign-in",
        "/sign-in/code",
        "/sign-out",
        "/tips",
        "/tips/<_name>/status",
        "/tips/<name>",
        "/tips/<name>/embed",
        "/tips/<name>/events",
        "/tips/<name>/live/<token>",
        "/tips/<name>/live/<token>/events",
        "/tips/<name>/live/<token>/news",
        "/tips/<name>/news",
        "/tips/<name>/picture/<digest>.jpg",
        "/tips/<name>/poster",
        "/tips/<name>/poster.<any(png, svg):kind>",
        "/tips/<name>/preview.png",
        "/tips/status",
    ),
    Door.TILL: (
        "/",
        "/quote",
        "/recent",
        "/till/<till>",
        "/till/<till>/draft",
        "/till/<till>/shift",
        "/tip/<token>",
        "/tip/<token>/status",
    ),
    Door.KIOSK: (
        "/kiosk",
        "/kiosk/<kiosk>",
        "/kiosk/<kiosk>/amount",
        "/kiosk/<kiosk>/rest",
        "/kiosk/amount",
        "/kiosk/picture/<digest>.webp",
        "/kiosk/quote",
        "/kiosk/rest",
        "/kiosk/status",
        "/kiosk/tip/<token>",
    ),
    Door.DISPLAY: (
        "/screen/<till>",
        "/screen/<till>/events",
        "/screen/<till>/status",
        "/screen/<till>/tip",
        "/screen/picture/<name>.webp",
    ),
    Door.SALES: (
        "/sales",
        "/sales.<any(csv, json):kind>",
        "/sales/<number>",
        "/sales/<number>/message",
        "/sales/<number>/print",
        "/shifts",
        "/shifts/<till>/<int:number>",
        "/shifts/<till>/<int:number>/print",
        "/shifts/<till>/<int:number>.<any(csv, json):kind>",
    ),
    Door.REFUNDS: (
        "/refunds",
        "/refunds/<number>",
        "/refunds/<number>/<int:position>",
        "/refunds/<number>/<int:position>/by-hand",
        "/refunds/<number>/<int:position>/cancel",
        "/refunds/<number>/<int:position>/invoice",
        "/refunds/<number>/<int:position>/play",
        "/refunds/<number>/<int:position>/print",
        "/refunds/<number>/<int:position>/proof",
        "/refunds/<number>/<int:position>/qr.png",
    ),
    Door.OFFICE: (
        "/office",
        "/office/account",
        "/office/account/code",
        "/office/account/code/off",
        "/office/account/end",
        "/office/account/end-others",
        "/office/account/name",
        "/office/account/password",
        "/office/devices",
        "/office/devices/<device_id>",
        "/office/devices/<device_id>/came",
        "/office/devices/<device_id>/name",
        "/office/devices/<device_id>/off",
        "/office/devices/<device_id>/pins",
        "/office/devices/add",
        "/office/history",
        "/office/jars",
        "/office/look",
        "/office/owners",
        "/office/owners/remove",
        "/office/settings",
        "/office/settings/<field>",
        "/office/settings/<field>/picture",
        "/office/settings/history",
        "/office/staff",
        "/office/staff/<staff_id>",
        "/office/staff/<staff_id>/remove",
        "/office/staff/add",
    ),
    Door.PIN: ("/pin", "/pin/lock", "/pin/status"),
    Door.TOKEN: (
        "/api/v1/charges",
        "/api/v1/charges/<charge_id>",
        "/api/v1/sales",
        "/hooks/<name>",
        "/metrics",
    ),
}
# A till is one of a shop without staff, or locked, or somebody has typed a PIN there: a cashier, or a manager. A kiosk
# or a display is left by a manager alone.
AT_KIOSK, AT_DISPLAY = "manager at a kiosk", "manager at a display"
WHO = ("stranger", "till", "locked till", "cashier", "manager", "kiosk", AT_KIOSK, "display", AT_DISPLAY, "owner")
MANAGERS = ("manager", AT_KIOSK, AT_DISPLAY)
OPEN_TO = {
    Door.PUBLIC: WHO,
    # Each view looks at the token itself: see test_programs_are_known_by_their_token_alone.
    Door.TOKEN: WHO,
    Door.TILL: ("till", "cashier", *MANAGERS, "owner"),
    Door.SALES: ("till", "cashier", *MANAGERS, "owner"),
    Door.REFUNDS: (*MANAGERS, "owner"),
    Door.KIOSK: ("kiosk", AT_KIOSK, "owner"),
    Door.DISPLAY: ("display", AT_DISPLAY, "owner"),
    Door.OFFICE: ("owner",),
    Door.PIN: WHO[1:],
}
# Who ends an open sale from its pay page, whose address is no secret of the shop's. That of a till was made by Ana, or
# by nobody in a shop without staff; a program ends its own.
MAY_END = {
    Channel.TILL: ("till", "cashier", *MANAGERS, "owner"),
    Channel.KIOSK: ("kiosk", *MANAGERS, "owner"),
    Channel.TIPS: WHO,
    Channel.LNURL: (*MANAGERS, "owner"),
    Channel.API: (),
}
# What stands in an address in the place of a name.
VALUES = {"till": "till", "kiosk": "laundry", "kind": "csv", "number": "1", "int:number": "1", "position": "1"}
# Who asks for one of these is somebody else afterwards: signed out, locked, or a kiosk or a display again.
LEAVES = ("/pin/lock", "/sign-out", "/kiosk", "/screen")
# The kiosk of the test is the laundry's.
OF_ANOTHER_KIOSK = ("/kiosk", "/kiosk/rest", "/kiosk/amount")
# A till that has locked while its customer chooses a tip goes on to the pay page.
OPEN_TO_LOCKED = ("/tip/<token>/status",)
# What a page of the shop's own leads to there.
OF_THE_SHOP = r'<a[^>]* href="(/(?:(?:sales|shifts|refunds|till)[^"?.]*)?)["?.]'
# A browser says so of every form of the till's own pages.
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    with_laundry = replace(settings, kiosks=(("laundry", ()),), tills=("till", "bar"))
    return replace(with_laundry, metrics_token="m" * 20, wallet_settings=LNPaySettings(webhook_secret="w" * 40))


@pytest.fixture
def browser(request: pytest.FixtureRequest, people: People) -> FlaskClient:
    """The browser of whoever the test is about."""
    people.claim()
    match request.param:
        case "stranger":
            return people.stranger()
        case "owner":
            return people.owner()
        case "kiosk":
            return people.device(Face.KIOSK, "laundry")
        case "locked till":
            people.somebody("Ana")
            return people.device()
        case "cashier":
            return people.device(sells=people.somebody("Ana"))
        case "manager":
            return people.device(sells=people.somebody("Mia", Role.MANAGER))
        case "bar":
            return people.device(place="bar", sells=people.somebody("Mia", Role.MANAGER))
        case "manager at a kiosk":
            return people.device(Face.KIOSK, "laundry", people.somebody("Mia", Role.MANAGER))
        case "manager at a display":
            return people.device(Face.DISPLAY, sells=people.somebody("Mia", Role.MANAGER))
        case face:
            return people.device(Face(face))


def test_somebody_has_said_of_every_address_who_may_open_it(app: Flask) -> None:
    # The fake wallet gives no hints.
    listed = {address for addresses in ADDRESSES.values() for address in addresses} - {"/hooks/<name>"}
    assert {it.rule for it in app.url_map.iter_rules() if not it.rule.startswith("/static")} == listed


@pytest.mark.parametrize(("browser", "who"), [(who, who) for who in WHO], indirect=["browser"])
def test_a_claimed_shop_opens_to_each_what_is_theirs(app: Flask, browser: FlaskClient, who: str) -> None:
    wrong = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda it: it.rule.startswith(LEAVES)):
        for door in (door for door, addresses in ADDRESSES.items() if rule.rule in addresses):
            for method in (rule.methods or set()) & {"GET", "POST"}:
                is_open = who in OPEN_TO[door] and not (who in ("kiosk", AT_KIOSK) and rule.rule in OF_ANOTHER_KIOSK)
                is_open = is_open or (who == "locked till" and rule.rule in OPEN_TO_LOCKED)
                if is_open is turned_away(browser, rule, method):
                    wrong.append(f"{method} {rule.rule} is {'not ' if is_open else ''}open to: {who}")
    assert wrong == []


@pytest.mark.parametrize("browser", ["till", "cashier", "bar", "manager", *MANAGERS[1:], "owner"], indirect=True)
def test_nobody_is_offered_what_turns_them_away(
    shop: Shop, wallet: FakeWallet, people: People, browser: FlaskClient
) -> None:
    owner = people.owner()
    for till in ("till", "bar"):
        made = stored(shop, sold(shop, Channel.TILL, till))
        wallet.settle(made.invoice, made.amount_sat)
        settle(shop, made)
        assert owner.post(f"/till/{till}/shift", data={"number": 1}, headers=OURS).status_code == 303
    asked = {"amount": "100", "reason": "cold", "to": "", "key": "k"}
    assert owner.post("/refunds/1", data=asked, headers=OURS).status_code == 303
    seen, todo, wrong = set[str](), ["/sales", "/shifts"], []
    while todo:
        path = todo.pop()
        seen.add(path)
        answer = browser.get(path)
        if answer.status_code == 403:
            wrong.append(path)
        # Whatever is asked for there, an address opens or does not.
        links = {unescape(it) for it in re.findall(OF_THE_SHOP, answer.text)}
        todo += links - seen - {*todo}
    assert wrong == []
    assert len(seen) > 3


@pytest.mark.parametrize(("browser", "who"), [(who, who) for who in WHO], indirect=["browser"])
def test_a_sale_is_ended_by_who_may(shop: Shop, browser: FlaskClient, who: str) -> None:
    seller = "ana" if who in ("cashier", "manager", "locked till") else ""
    for channel, may in MAY_END.items():
        made = sold(shop, channel, {Channel.TILL: "till", Channel.KIOSK: "laundry"}.get(channel, ""), seller)
        is_offered = f"/pay/{made}/cancel" in browser.get(f"/pay/{made}").text
        assert is_offered is (who in may and channel is not Channel.LNURL), channel
        browser.post(f"/pay/{made}/cancel", headers=OURS)
        assert (stored(shop, made).cancelled_at is not None) is (who in may), channel


@pytest.mark.parametrize("seller", ["ben", ""])
def test_a_cashier_ends_no_sale_of_another_nor_of_another_till(people: People, shop: Shop, seller: str) -> None:
    people.claim()
    ana = people.device(sells=people.somebody("Ana"))
    for made in (sold(shop, Channel.TILL, "till", seller), sold(shop, Channel.TILL, "bar", "ana")):
        answer = ana.post(f"/pay/{made}/cancel", headers=OURS)
        assert (answer.status_code, "Only who made this sale in the shop" in answer.text) == (403, True)
        assert "/cancel" not in answer.text
        assert stored(shop, made).cancelled_at is None


def test_a_device_without_staff_ends_its_own_sales_alone(people: People, shop: Shop) -> None:
    people.claim()
    of_bar = sold(shop, Channel.TILL, "bar")
    # A kiosk may be called as a till is.
    of_kiosk = sold(shop, Channel.KIOSK, "laundry")
    for device in (people.device(), people.device(Face.KIOSK, "bar"), people.device(Face.TILL, "laundry")):
        for made in (of_bar, of_kiosk):
            assert device.post(f"/pay/{made}/cancel", headers=OURS).status_code == 403


def test_whoever_comes_back_to_a_locked_till_types_the_pin_and_ends_the_sale_then(people: People, shop: Shop) -> None:
    people.claim()
    people.somebody("Ana")
    made = sold(shop, Channel.TILL, "till", "ana")
    answer = people.device().post(f"/pay/{made}/cancel", headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pin?back=/pay/{made}")
    assert people.device(place="bar").post(f"/pay/{made}/cancel", headers=OURS).status_code == 403


def test_a_customer_has_a_new_invoice_of_what_expired_and_none_of_what_the_shop_cancelled(
    people: People, shop: Shop, clock: FakeClock
) -> None:
    people.claim()
    till, phone = people.device(), people.stranger()
    expired, cancelled = sold(shop, Channel.TILL, "till"), sold(shop, Channel.TILL, "till")
    till.post(f"/pay/{cancelled}/cancel", headers=OURS)
    clock.move(600)
    assert f"/pay/{expired}/again" in phone.get(f"/pay/{expired}").text
    assert phone.post(f"/pay/{expired}/again", headers=OURS).status_code == 303
    assert "/again" not in phone.get(f"/pay/{cancelled}").text
    assert phone.post(f"/pay/{cancelled}/again", headers=OURS).status_code == 403
    assert till.post(f"/pay/{cancelled}/again", headers=OURS).headers["Location"] != f"/pay/{cancelled}"


def test_nobody_is_asked_who_they_are_before_the_shop_is_claimed(app: Flask, client: FlaskClient) -> None:
    asked = [(method, it) for it in app.url_map.iter_rules() for method in (it.methods or set()) & {"GET", "POST"}]
    closed = {(method, it.rule) for method, it in asked if turned_away(client, it, method)}
    assert closed == {(method, it.rule) for method, it in asked if it.rule in ADDRESSES[Door.OFFICE]}


@pytest.mark.parametrize("path", ["/api/v1/sales", "/metrics"])
def test_programs_are_known_by_their_token_alone(people: People, path: str) -> None:
    people.claim()
    token = {"/api/v1/sales": TOKEN, "/metrics": "m" * 20}[path]
    assert people.stranger().get(path).status_code == 401
    assert people.owner().get(path).status_code == 401
    assert people.stranger().get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_device_opens_its_own_till_and_no_other(people: People) -> None:
    people.claim()
    bar = people.device(Face.TILL, "bar")
    assert bar.get("/till/bar").status_code == 200
    # A tablet that was started anew asks for the start.
    assert bar.get("/").headers["Location"] == "/till/bar"
    for path in ("/till/till/draft", "/"):
        assert bar.post(path, headers=OURS).status_code == 403
    # Whatever is written behind it, the start is the first till.
    assert bar.post("/?till=bar", headers=OURS).status_code == 403
    assert bar.get("/recent").status_code == bar.get("/recent?till=till").status_code == 403
    assert bar.get("/recent?till=bar").status_code == 200


def test_a_kiosk_and_a_display_are_those_of_their_names(people: People) -> None:
    people.claim()
    kiosk, display = people.device(Face.KIOSK, "laundry"), people.device(Face.DISPLAY, "bar")
    assert kiosk.get("/kiosk").headers["Location"] == "/kiosk/laundry"
    assert kiosk.post("/kiosk", headers=OURS).status_code == 403
    for device, home in ((kiosk, "/kiosk/laundry"), (display, "/screen/bar")):
        assert device.get("/").headers["Location"] == home
    assert display.get("/screen/bar").status_code == 200
    assert display.get("/screen/till").status_code == 403


def test_a_device_that_was_taken_off_opens_nothing(people: People) -> None:
    people.claim()
    device = people.device(revoked=True)
    for path in ("/", "/sales", "/office", "/recent"):
        answer = device.get(path)
        assert (answer.status_code, "was taken off" in answer.text) == (403, True), path


@pytest.mark.parametrize("cookie", ["", "x", "\x00", "%ff", "a" * 4000, "%ed%a0%80"])
@pytest.mark.parametrize("name", ["owner", "device"])
def test_a_cookie_of_nobodys_opens_nothing(people: People, name: str, cookie: str) -> None:
    people.claim()
    assert people.with_cookie(name, cookie).get("/").status_code == 403


def test_with_another_secret_key_no_browser_is_known_but_whoever_copied_a_cookie_can_use_it(
    people: People, settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    settings = replace(settings, secret_key="another secret for the tests")
    other = create_app(settings, wallet=wallet, clock=clock, running=clock)
    name = people.app.config["SESSION_COOKIE_NAME"]
    for browser, kind, path in ((people.device(), DEVICE_COOKIE, "/"), (people.owner(), OWNER_COOKIE, "/office")):
        cookie, same = browser.get_cookie(f"{name}_{kind}"), other.test_client()
        assert cookie
        same.set_cookie(cookie.key, cookie.value)
        assert same.get(path).status_code == 403
        assert People(other).with_cookie(kind, cookie.value).get(path).status_code == 200
    close(other)


def test_an_address_without_a_door_stops_the_start() -> None:
    bp = Blueprint("cellar", __name__)
    bp.get("/cellar")(lambda: "")
    cellar = Flask(__name__)
    cellar.register_blueprint(bp)
    with pytest.raises(ValueError, match="/cellar"):
        check_doors(cellar)


def sold(shop: Shop, channel: Channel, place: str, seller: str = "") -> str:
    """Return the charge of a sale that was made at a till or a kiosk, by somebody or nobody."""
    return charge(shop, channel, Sale(Money(2100, SAT), till=place, staff=seller), new_key()).id


def turned_away(browser: FlaskClient, rule: Rule, method: str) -> bool:
    values = {name: VALUES.get(name, "x") for name in rule.arguments}
    path = re.sub(r"<(?:[^>]*:)?(\w+)>", lambda found: values[found[1]], rule.rule)
    answer = browser.open(path, method=method, headers=OURS, buffered=False)
    is_told = answer.status_code == 403 and ("Ask the owner" in answer.text or "Not allowed" in answer.text)
    # Where a device is to come up as what it is, it is led there.
    is_told = is_told or (answer.status_code == 302 and rule.rule in ("/", *OF_ANOTHER_KIOSK))
    # A locked till asks for a PIN, and says so to what no person asks for.
    leads_to_pin = answer.status_code == 303 and answer.headers["Location"].startswith("/pin")
    is_told = is_told or answer.status_code == 423 or (leads_to_pin and not rule.rule.startswith("/pin"))
    answer.close()
    return is_told
