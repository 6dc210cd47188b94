"""The wallet: its balance, what it received, and what stays after a restart."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from stat import S_IMODE

import pytest

import pos
from pos.sandbox import Sandbox

from .client import Client, Clock

OPEN_AT_ONCE = """
import sys
from dataclasses import astuple
from multiprocessing import get_context
from pathlib import Path
from pos.sandbox import Sandbox

fork = get_context("fork")
together = fork.Barrier(8)

def open_sandbox(folder):
    together.wait(5)
    sandbox = Sandbox(Path(folder))
    return *astuple(sandbox.keys), sandbox.pubkey

with fork.Pool(8) as pool:
    opened = pool.map(open_sandbox, sys.argv[1:] * 8, chunksize=1)
print(len(opened), len(set(opened)), len(set(opened[0])))
"""


def sell(shop: Client, *amounts: int) -> list[str]:
    lntxs = [shop.invoice(num_satoshis=amount) for amount in amounts]
    return [shop.pay(payment_request=lntx["payment_request"]).json()["id"] for lntx in lntxs]


def test_the_balance_is_what_was_paid(shop: Client, clock: Clock) -> None:
    opened = clock.now
    shop.invoice(num_satoshis=5)
    clock.now += 60
    sell(shop, 20, 300)

    assert shop.send("GET", f"/v1/wallet/{shop.sandbox.keys.read_key}").json() == {
        "id": shop.sandbox.keys.wallet_id,
        "created_at": opened,
        "updated_at": clock.now,
        "user_label": "Sandbox",
        "balance": 320,
        "balance_msat": None,
        "statusType": {"type": "wallet", "name": "active", "display_name": "Active"},
        "walletType": {"name": "generic_wallet", "display_name": "Generic Wallet"},
        "default_lnurlpay_id": None,
    }


def test_transactions_tell_what_was_paid_newest_first(shop: Client) -> None:
    sold = sell(shop, 20, 300)

    rows = shop.send("GET", f"/v1/wallet/{shop.sandbox.keys.read_key}/transactions").json()

    newest = rows[0]
    assert [row["lnTx"]["id"] for row in rows] == sold[::-1]
    assert newest["id"].startswith("wtx_")
    assert (newest["num_satoshis"], newest["user_label"]) == (300, "LNPAY Invoice")
    assert newest["wtxType"] == {"layer": "ln", "name": "ln_deposit", "display_name": "LN Deposit"}
    assert newest["wal"]["balance"] == 320
    assert newest["lnTx"] | {"passThru": newest["passThru"]} == shop.look_up(sold[1])
    assert "passThru" not in newest["lnTx"]


@pytest.mark.parametrize(
    ("page", "amounts", "shown"),
    [(1, [5, 4], "1"), (2, [3, 2], "2"), (3, [1], "3"), (4, [1], "3"), (0, [5, 4], "1"), ("x", [5, 4], "1")],
)
def test_a_list_comes_in_pages_and_past_the_end_is_the_last_again(
    shop: Client, page: object, amounts: list[int], shown: str
) -> None:
    sell(shop, 1, 2, 3, 4, 5)
    path = f"/v1/wallet/{shop.sandbox.keys.read_key}/transactions"
    answer = shop.send("GET", path, params={"page": page, "per-page": 2, "fields": "num_satoshis"})

    assert [row["num_satoshis"] for row in answer.json()] == amounts
    assert {name: value for name, value in answer.headers.items() if name.startswith("X-Pagination")} == {
        "X-Pagination-Total-Count": "5",
        "X-Pagination-Page-Count": "3",
        "X-Pagination-Current-Page": shown,
        "X-Pagination-Per-Page": "2",
    }
    assert f"<http://sandbox{path}?page=3&per-page=2&fields=num_satoshis>; rel=last" in answer.headers["Link"]


def test_an_empty_wallet_has_an_empty_list(shop: Client) -> None:
    answer = shop.send("GET", f"/v1/wallet/{shop.sandbox.keys.read_key}/transactions")

    assert answer.json() == []
    assert answer.headers["X-Pagination-Page-Count"] == "0"


def test_a_restart_keeps_everything(shop: Client, folder: Path) -> None:
    paid, open_one = sell(shop, 20)[0], shop.invoice()
    again = Client(Sandbox(folder))

    assert again.look_up(paid) == shop.look_up(paid)
    assert again.look_up(open_one["id"]) == open_one
    assert (again.sandbox.keys.secret_key, again.sandbox.pubkey) == (shop.sandbox.keys.secret_key, shop.sandbox.pubkey)


def test_another_folder_is_another_account(shop: Client, tmp_path: Path) -> None:
    other = Sandbox(tmp_path / "other")

    assert other.keys.secret_key != shop.sandbox.keys.secret_key
    assert other.pubkey != shop.sandbox.pubkey


@pytest.mark.real_time
def test_processes_that_open_a_new_folder_at_once_have_the_same_keys(folder: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", OPEN_AT_ONCE, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(pos.__path__[0]).parent, timeout=20)

    assert (done.stdout, done.stderr) == ("8 1 7\n", "")


def test_only_the_owner_can_read_the_files(shop: Client, folder: Path) -> None:
    shop.invoice()

    assert {S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert S_IMODE(folder.stat().st_mode) == 0o700


def test_a_broken_database_is_an_internal_error_in_json(shop: Client, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "sandbox.db")) as connection:
        connection.execute("DROP TABLE wtx")

    answer = shop.send("GET", f"/v1/wallet/{shop.sandbox.keys.read_key}")

    assert (answer.status_code, answer.json()["message"]) == (500, "An internal server error occurred.")


# What a ledger was, of a till that had one wallet.
ONE_WALLET = """
DROP TABLE wallet; DROP TABLE wallet_key; DROP INDEX wtx_by_wallet;
ALTER TABLE wtx DROP COLUMN wallet_id;
DELETE FROM made_once WHERE name = 'waka';
"""


def test_a_folder_of_an_earlier_till_keeps_its_money(shop: Client, folder: Path) -> None:
    sold = sell(shop, 20, 300)
    shop.sandbox.close()
    with closing(sqlite3.connect(folder / "sandbox.db")) as connection:
        connection.executescript(ONE_WALLET)

    again = Client(Sandbox(folder))

    keys = again.sandbox.keys
    assert keys.invoice_key == shop.sandbox.keys.invoice_key
    assert again.send("GET", f"/v1/wallet/{keys.read_key}").json()["balance"] == 320
    rows = again.send("GET", f"/v1/wallet/{keys.admin_key}/transactions").json()
    assert [row["lnTx"]["id"] for row in rows] == sold[::-1]
