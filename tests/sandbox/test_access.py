"""Who may do what, and with which way to send a key."""

from collections.abc import Callable

import pytest
import requests

from pos.sandbox import Keys

from .client import Client

INVALID = {
    "name": "Unauthorized",
    "message": "Your request was made with invalid credentials.",
    "code": 0,
    "status": 401,
}
WRONG_KEY = "Invalid Wallet Access Key. Keys prefixed with waka_, waki_, wakr, waklw are valid when using pak_"
NO_RIGHT = "{} access key provided does not permission to do this: {}"


def use(shop: Client, action: str, api_key: str, wallet_key: str) -> requests.Response:
    verb, end = {
        "invoice": ("POST", "/invoice"),
        "read": ("GET", ""),
        "list": ("GET", "/transactions"),
        "withdraw": ("POST", "/withdraw"),
        "keysend": ("POST", "/keysend"),
        "transfer": ("POST", "/transfer"),
    }[action]
    keys = shop.sandbox.keys
    return shop.send(verb, f"/v1/wallet/{getattr(keys, wallet_key, wallet_key)}{end}", key=getattr(keys, api_key))


@pytest.mark.parametrize("wallet_key", ["wallet_id", "invoice_key", "read_key", "admin_key"])
@pytest.mark.parametrize(("action", "status"), [("invoice", 201), ("read", 200), ("list", 200)])
def test_the_secret_key_may_do_everything_by_any_name(shop: Client, action: str, status: int, wallet_key: str) -> None:
    assert use(shop, action, "secret_key", wallet_key).status_code == status


@pytest.mark.parametrize(
    ("action", "wallet_key", "status"),
    [("invoice", "invoice_key", 201), ("read", "read_key", 200), ("list", "read_key", 200)],
)
def test_the_public_key_may_do_what_the_wallet_key_may(shop: Client, action: str, wallet_key: str, status: int) -> None:
    assert use(shop, action, "public_key", wallet_key).status_code == status


@pytest.mark.parametrize(
    ("action", "wallet_key", "message"),
    [
        ("read", "invoice_key", NO_RIGHT.format("waki_", "wallet_read")),
        ("list", "invoice_key", NO_RIGHT.format("waki_", "wallet_read")),
        ("invoice", "read_key", NO_RIGHT.format("wakr_", "wallet_deposit")),
        ("withdraw", "invoice_key", NO_RIGHT.format("waki_", "wallet_withdraw")),
        ("transfer", "read_key", NO_RIGHT.format("wakr_", "wallet_transfer")),
        ("invoice", "wallet_id", WRONG_KEY),
        ("read", "wakr_nobody", WRONG_KEY),
    ],
)
def test_the_public_key_may_not_do_more(shop: Client, action: str, wallet_key: str, message: str) -> None:
    answer = use(shop, action, "public_key", wallet_key)

    assert (answer.status_code, answer.json()["message"]) == (401, message)


def test_a_wallet_that_is_not_there_is_401_for_the_secret_key(shop: Client) -> None:
    answer = use(shop, "invoice", "secret_key", "waki_nobody")

    assert (answer.status_code, answer.json()["message"]) == (401, "Wallet not found: waki_nobody")


def test_a_wallet_key_as_api_key_opens_no_wallet(shop: Client) -> None:
    assert use(shop, "invoice", "invoice_key", "invoice_key").status_code == 401


SENDS: dict[str, dict[str, object]] = {
    "withdraw": {"payment_request": "lnbcrt1"},
    "keysend": {"num_satoshis": 1, "dest_pubkey": "02" * 33},
    "transfer": {"num_satoshis": 1, "dest_wallet_id": "wal_other"},
}


def send_money(shop: Client, action: str, asked: dict[str, object], **options: str) -> requests.Response:
    return shop.send("POST", f"/v1/wallet/{shop.sandbox.keys.admin_key}/{action}", json=asked, **options)


@pytest.mark.parametrize("action", SENDS)
def test_play_money_never_leaves(shop: Client, action: str) -> None:
    answer = send_money(shop, action, SENDS[action])

    message = "Insufficient balance in source wallet"
    assert answer.json() == {"name": "Bad Request", "message": message, "code": 0, "status": 400}


@pytest.mark.parametrize(
    ("action", "name", "label"),
    [
        ("withdraw", "payment_request", "Payment Request"),
        ("keysend", "num_satoshis", "Num Satoshis"),
        ("keysend", "dest_pubkey", "Dest Pubkey"),
        ("transfer", "num_satoshis", "Num Satoshis"),
        ("transfer", "dest_wallet_id", "Dest Wallet Id"),
    ],
)
@pytest.mark.parametrize("value", ["left out", None, "", "  ", [], {}])
def test_what_a_payment_needs_is_asked_for_by_name(
    shop: Client, action: str, name: str, label: str, value: object
) -> None:
    asked = {key: each for key, each in SENDS[action].items() if key != name}
    answer = send_money(shop, action, asked if value == "left out" else asked | {name: value})

    assert (answer.status_code, answer.json()["message"]) == (400, f"{label} cannot be blank.")


def test_of_an_empty_payment_the_first_thing_is_asked_for(shop: Client) -> None:
    asked_for = [send_money(shop, action, {}).json()["message"] for action in SENDS]

    assert asked_for == ["Payment Request cannot be blank.", *["Num Satoshis cannot be blank."] * 2]


@pytest.mark.parametrize(("action", "status"), [("invoice", 201), ("read", 200), ("list", 200), ("withdraw", 400)])
def test_the_admin_key_may_do_everything(shop: Client, action: str, status: int) -> None:
    assert use(shop, action, "public_key", "admin_key").status_code == status


@pytest.mark.parametrize("api_key", ["secret_key", "public_key", "invoice_key", "read_key", "admin_key"])
def test_any_key_of_the_account_may_look_an_invoice_up(shop: Client, api_key: str) -> None:
    lntx = shop.invoice()

    assert shop.send("GET", f"/v1/lntx/{lntx['id']}", key=getattr(shop.sandbox.keys, api_key)).json() == lntx


def test_an_invoice_that_is_not_there_is_401(shop: Client) -> None:
    answer = shop.send("GET", "/v1/lntx/lntx_nothing")

    assert answer.status_code == 401
    assert answer.json() == {"name": "Unauthorized", "message": "LnTx not found", "code": 0, "status": 401}


def ask(shop: Client, **options: object) -> requests.Response:
    """Look an invoice up with nothing but the credentials given."""
    url = f"http://sandbox/v1/lntx/{shop.invoice()['id']}"
    return shop.session.get(url, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "credentials",
    [
        lambda keys: {"headers": {"X-Api-Key": keys.public_key}},
        lambda keys: {"params": {"access-token": keys.public_key}},
        lambda keys: {"auth": (keys.public_key, "")},
        lambda keys: {"auth": (keys.public_key, "any password")},
        lambda keys: {"headers": {"X-Api-Key": keys.public_key}, "params": {"access-token": "bad"}},
        lambda keys: {"params": {"access-token": keys.public_key}, "auth": ("bad", "")},
    ],
)
def test_a_key_may_be_sent_in_three_ways_and_the_first_decides(
    shop: Client, credentials: Callable[[Keys], dict[str, object]]
) -> None:
    assert ask(shop, **credentials(shop.sandbox.keys)).status_code == 200


@pytest.mark.parametrize(
    "credentials",
    [
        lambda keys: {"headers": {"X-Api-Key": "bad"}, "auth": (keys.public_key, "")},
        lambda keys: {"headers": {"X-Api-Key": ""}, "auth": (keys.public_key, "")},
        lambda keys: {"params": {"access-token": "bad"}, "auth": (keys.public_key, "")},
        lambda keys: {"auth": (keys.wallet_id, "")},
        lambda keys: {"auth": ("", keys.public_key)},
        lambda _: {"headers": {"Authorization": "Basic \xff"}},
    ],
)
def test_a_bad_key_that_comes_first_is_401(shop: Client, credentials: Callable[[Keys], dict[str, object]]) -> None:
    answer = ask(shop, **credentials(shop.sandbox.keys))

    assert (answer.status_code, answer.json()) == (401, INVALID)
    assert "WWW-Authenticate" not in answer.headers


def test_bearer_is_no_way_to_send_a_key(shop: Client) -> None:
    headers = {"Authorization": f"Bearer {shop.sandbox.keys.secret_key}"}

    assert ask(shop, headers=headers).status_code == 401


def test_without_any_key_the_answer_tells_how_to_sign_in(shop: Client) -> None:
    answer = ask(shop)

    assert (answer.status_code, answer.json()) == (401, INVALID)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="api"'


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/"),
        ("GET", "/v1"),
        ("GET", "/v1/nothing"),
        ("GET", "/v1/wallet/waki_a/invoice"),
        ("POST", "/v1/lntx/lntx_a"),
        ("DELETE", "/v1/wallet/waki_a"),
        ("POST", "/v1/wallet/waki_a/invoice/"),
        ("POST", "/v1/wallet/waki-a/invoice"),
        ("POST", "/v1//wallet/waki_a/invoice"),
        ("GET", "/v1/user/wallet/wakr_a"),
        ("POST", "/v1/wallet/waki_a/lnurlp"),
        ("GET", "/v1/lnurlp/lnurlp_a"),
        ("GET", "/pay"),
    ],
)
def test_unknown_paths_and_wrong_verbs_are_404_in_html(shop: Client, verb: str, path: str) -> None:
    answer = shop.send(verb, path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("accept", "status"), [("*/*", 200), ("application/json", 200), ("text/html", 406)])
def test_a_client_must_take_json(shop: Client, accept: str, status: int) -> None:
    path = f"/v1/lntx/{shop.invoice()['id']}"

    assert shop.send("GET", path, headers={"Accept": accept}).status_code == status


def test_keys_are_never_printed(shop: Client) -> None:
    keys = shop.sandbox.keys

    assert keys.secret_key not in f"{keys!r} {shop.sandbox!r}"
