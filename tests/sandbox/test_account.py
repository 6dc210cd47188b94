"""The account: wallets that a client makes, and lists over all of them."""

import pytest
import requests

from .client import Client, Clock

ONLY_SECRET = "This resource can only be access with secret access key."
LISTS = ["/v1/wallets", "/v1/wallet-transactions"]


def create(shop: Client, label: object = "Second", key: str | None = None) -> requests.Response:
    return shop.send("POST", "/v1/wallet", key=key or shop.sandbox.keys.secret_key, json={"user_label": label})


def keys_of(shop: Client, label: str = "Second") -> dict[str, str]:
    """Make a wallet, and return its keys by their prefixes, its id under `wal`."""
    wallet = create(shop, label).json()
    keys = [key for keys in wallet["access_keys"].values() for key in keys]
    return {"wal": wallet["id"]} | {key.partition("_")[0]: key for key in keys}


def sell(shop: Client, key: str, *amounts: int) -> list[str]:
    lntxs = [shop.send("POST", f"/v1/wallet/{key}/invoice", json={"num_satoshis": each}).json() for each in amounts]
    return [shop.pay(payment_request=lntx["payment_request"]).json()["id"] for lntx in lntxs]


def listed(shop: Client, path: str, **params: object) -> requests.Response:
    return shop.send("GET", path, key=shop.sandbox.keys.secret_key, params=params)


def test_a_new_wallet_comes_with_its_keys(shop: Client, clock: Clock) -> None:
    answer = create(shop, "My wallet")

    wallet = answer.json()
    assert answer.status_code == 201
    assert wallet["id"].startswith("wal_")
    assert (wallet["user_label"], wallet["balance"], wallet["created_at"]) == ("My wallet", 0, clock.now)
    assert {role: [key.partition("_")[0] for key in keys] for role, keys in wallet["access_keys"].items()} == {
        "Wallet Admin": ["waka"],
        "Wallet Invoice": ["waki"],
        "Wallet Read": ["wakr"],
        "Wallet LNURL Withdraw": ["waklw"],
        "Wallet LNURL Pay": ["waklp"],
    }


def test_the_keys_of_a_wallet_are_told_once(shop: Client) -> None:
    wallet = create(shop).json()
    again = shop.send("GET", f"/v1/wallet/{wallet['id']}", key=shop.sandbox.keys.secret_key).json()

    assert again == {name: value for name, value in wallet.items() if name != "access_keys"}
    assert "access_keys" not in listed(shop, "/v1/wallets").json()[0]


def test_a_form_makes_a_wallet_too(shop: Client) -> None:
    answer = shop.send("POST", "/v1/wallet", key=shop.sandbox.keys.secret_key, data={"user_label": "Ann's"})

    assert (answer.status_code, answer.json()["user_label"]) == (201, "Ann's")


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (None, "Internal Label cannot be blank."),
        ("", "Internal Label cannot be blank."),
        (" ", "Internal Label cannot be blank."),
        ({}, "Internal Label cannot be blank."),
        (7, "Internal Label must be a string."),
        (["a"], "Internal Label must be a string."),
        ("x" * 256, "Internal Label should contain at most 255 characters."),
    ],
)
def test_a_wallet_needs_a_name(shop: Client, label: object, message: str) -> None:
    answer = create(shop, label)

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert len(listed(shop, "/v1/wallets").json()) == 1


def test_a_public_key_makes_a_wallet_and_a_wallet_key_none(shop: Client) -> None:
    keys = shop.sandbox.keys

    assert create(shop, key=keys.public_key).status_code == 201
    for key in (keys.admin_key, "sak_nobody"):
        assert create(shop, key=key).status_code == 401


@pytest.mark.parametrize(
    ("prefix", "statuses"),
    [
        ("waka", (201, 200, 400)),
        ("waki", (201, 401, 401)),
        ("wakr", (401, 200, 401)),
        ("waklw", (401, 200, 400)),
        ("waklp", (201, 401, 401)),
        ("wal", (401, 401, 401)),
    ],
)
def test_the_keys_of_a_new_wallet_have_the_rights_of_their_role(
    shop: Client, prefix: str, statuses: tuple[int, int, int]
) -> None:
    path = f"/v1/wallet/{keys_of(shop)[prefix]}"
    answers = [("POST", f"{path}/invoice"), ("GET", path), ("POST", f"{path}/withdraw")]

    assert tuple(shop.send(*answer).status_code for answer in answers) == statuses


def test_each_wallet_has_its_own_money(shop: Client) -> None:
    second = keys_of(shop)
    first = shop.sandbox.keys
    sell(shop, first.invoice_key, 20)
    (sold,) = sell(shop, second["waki"], 300)

    assert shop.look_up(sold)["passThru"] == {"wallet_id": second["wal"]}
    for key, balance in ((first.read_key, 20), (second["wakr"], 300)):
        assert shop.send("GET", f"/v1/wallet/{key}").json()["balance"] == balance
        rows = shop.send("GET", f"/v1/wallet/{key}/transactions")
        assert [row["num_satoshis"] for row in rows.json()] == [balance]
        assert rows.headers["X-Pagination-Total-Count"] == "1"


def test_wallets_are_listed_newest_first_in_pages_of_at_most_fifty(shop: Client) -> None:
    for number in range(51):
        create(shop, str(number))
    answer = listed(shop, "/v1/wallets", **{"per-page": 500})

    assert [wallet["user_label"] for wallet in answer.json()] == [str(number) for number in range(50, 0, -1)]
    assert {name: value for name, value in answer.headers.items() if name.startswith("X-Pagination")} == {
        "X-Pagination-Total-Count": "52",
        "X-Pagination-Page-Count": "2",
        "X-Pagination-Current-Page": "1",
        "X-Pagination-Per-Page": "50",
    }
    rest = listed(shop, "/v1/wallets", page=2).json()
    assert [wallet["user_label"] for wallet in rest] == ["0", "Sandbox"]


def test_transactions_of_all_wallets_are_listed_newest_first_in_pages_of_twenty(shop: Client) -> None:
    second = keys_of(shop, "Second")
    sold = [*sell(shop, shop.sandbox.keys.invoice_key, *range(1, 20)), *sell(shop, second["waki"], 300, 400)]
    answer = listed(shop, "/v1/wallet-transactions")

    assert [row["lnTx"]["id"] for row in answer.json()] == sold[:0:-1]
    assert [row["wal"]["user_label"] for row in answer.json()][:3] == ["Second", "Second", "Sandbox"]
    assert (answer.headers["X-Pagination-Total-Count"], answer.headers["X-Pagination-Per-Page"]) == ("21", "20")
    assert listed(shop, "/v1/wallet-transactions", **{"per-page": 99}).headers["X-Pagination-Per-Page"] == "50"


def test_transactions_of_one_wallet_can_be_asked_for_and_links_say_of_which(shop: Client) -> None:
    second = keys_of(shop)
    sell(shop, shop.sandbox.keys.invoice_key, 20)
    sell(shop, second["waki"], 300, 400)
    answer = listed(shop, "/v1/wallet-transactions", wallet_id=second["wal"], **{"per-page": 1})

    assert [row["num_satoshis"] for row in answer.json()] == [400]
    address = f"http://sandbox/v1/wallet-transactions?page=2&per-page=1&wallet_id={second['wal']}"
    assert f"<{address}>; rel=next" in answer.headers["Link"]
    followed = shop.send("GET", address.removeprefix("http://sandbox"), key=shop.sandbox.keys.secret_key)
    assert [row["num_satoshis"] for row in followed.json()] == [300]


def test_a_wallet_that_is_not_there_has_no_list(shop: Client) -> None:
    answer = listed(shop, "/v1/wallet-transactions", wallet_id="wal_nobody")

    assert (answer.status_code, answer.json()["message"]) == (401, "Wallet not found")


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_for_the_secret_key_alone(shop: Client, path: str) -> None:
    keys = shop.sandbox.keys

    for key in (keys.public_key, keys.admin_key):
        answer = shop.send("GET", path, key=key)
        assert (answer.status_code, answer.json()["message"]) == (401, ONLY_SECRET)


@pytest.mark.parametrize("path", LISTS)
def test_a_link_never_tells_the_key_that_came_in_an_address(shop: Client, path: str) -> None:
    answer = shop.session.get(f"http://sandbox{path}", params={"access-token": shop.sandbox.keys.secret_key})

    assert answer.status_code == 200
    assert shop.sandbox.keys.secret_key not in answer.headers["Link"]
