"""The sandbox on a real wire: LNPay's own SDK, and the curl line of LNPay's own documentation."""

import contextlib
import io
import json
import shlex
import shutil
import subprocess
import sys
from base64 import b64encode
from typing import Any
from urllib.request import Request, urlopen

import lnpay_py
import pytest
from lnpay_py.lntx import LNPayLnTx
from lnpay_py.wallet import LNPayWallet

from .client import Client
from .loopback import served_beside_a_till

# The seed page's command, but for the address and the two keys.
SEED_COMMAND = """
curl -u {public_key}: \\
-H "Content-Type: application/json" \\
-X POST \\
-d '{{"num_satoshis":20, "memo":"Test invoice from the docs"}}' \\
{address}/user/wallet/{invoice_key}/invoice
"""


def test_the_official_sdk_makes_an_invoice_and_sees_it_paid(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    keys = shop.sandbox.keys
    with served_beside_a_till(shop.sandbox) as address, contextlib.redirect_stdout(io.StringIO()):
        lnpay_py.initialize(keys.public_key, keys.invoice_key, {"endpoint_url": f"{address}/"})
        lntx = LNPayWallet(None).create_invoice({"num_satoshis": 20, "memo": "SDK"})
        before = LNPayLnTx(lntx["id"]).get_info()
        shop.sandbox.pay(lntx["payment_request"])
        after = LNPayLnTx(lntx["id"]).get_info()
        wallet = LNPayWallet(keys.read_key).get_info()

    assert (lntx["num_satoshis"], lntx["memo"], before) == (20, "SDK", lntx)
    assert (after["settled"], wallet["balance"]) == (1, 20)


def test_the_command_of_the_seed_page_makes_an_invoice(shop: Client) -> None:
    with served_beside_a_till(shop.sandbox) as address:
        keys = shop.sandbox.keys
        command = SEED_COMMAND.format(
            public_key=keys.public_key, invoice_key=keys.invoice_key, address=address
        ).replace("\\\n", "")
        status, lntx = run(shlex.split(command))

    assert status == 201
    assert (lntx["num_satoshis"], lntx["memo"], lntx["expiry"]) == (20, "Test invoice from the docs", 86400)
    assert lntx["payment_request"].startswith("lnbcrt200n1")


def run(command: list[str]) -> tuple[int, dict[str, Any]]:
    """Run the command. On a machine without curl, the same request is made with Python, and the output says so."""
    if not shutil.which("curl"):
        sys.stderr.write("curl is not installed: its request is made with urllib\n")
        return request_like(command)
    options = ["--silent", "--noproxy", "*", "--max-time", "5", "--write-out", "\n%{http_code}"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def request_like(command: list[str]) -> tuple[int, dict[str, Any]]:
    """Make curl's request: -u user, -H header, -X verb, -d body, address."""
    _, _, user, _, header, _, verb, _, body, address = command
    name, value = header.split(": ")
    headers = {name: value, "Authorization": f"Basic {b64encode(user.encode()).decode()}"}
    with urlopen(Request(address, body.encode(), headers, method=verb), timeout=5) as answer:
        return answer.status, json.load(answer)


def test_the_request_without_curl_is_the_same(shop: Client) -> None:
    keys = shop.sandbox.keys
    with served_beside_a_till(shop.sandbox) as address:
        command = SEED_COMMAND.format(public_key=keys.public_key, invoice_key=keys.invoice_key, address=address)
        status, lntx = request_like(shlex.split(command.replace("\\\n", "")))

    assert (status, lntx["num_satoshis"]) == (201, 20)
