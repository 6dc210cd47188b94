"""Wallets that nobody here wrote pay a till by LNURL: from what a QR code holds, and from a Lightning address.

The till runs as a shop's does, once on play money and once on an LNbits; what is paid it finds out by itself.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any

import pytest

from bench.server import Server
from pos.bolt11.decode import decode
from pos.domain.invoice import Invoice, proves
from pos.domain.lnurl import encode_lnurl, pay_url
from pos.transport import Transport
from tests.peers.programs import HERE, INSTALLED, said
from tests.peers.programs.lnbits_server import lnbits
from tests.processes import until

TITLE = "Café ☕"
PUBLIC_URL = "https://till.example.com"
COMMENTS = ["", "hi & ü ☕"]
PYTHON = INSTALLED / "lnurl/bin/python"


@dataclass
class Till:
    """A till that is served here, and calls itself what its settings say. `pay` plays a customer."""

    address: str
    public_url: str
    transport: Transport
    pay: Callable[[str], object]

    def get(self, url: str) -> Any:
        """Ask as a proxy in front of it would."""
        headers = {"X-Forwarded-Host": self.public_url.partition("://")[2]}
        here = url.replace(self.public_url, self.address)
        return json.loads(self.transport.call("GET", here, headers=headers, timeout=10).body)

    def settles(self, verify: str, pr: str) -> None:
        """Pay an invoice; what the payer's own program is told then proves it."""
        assert self.get(verify) == {"status": "OK", "settled": False, "preimage": None, "pr": pr}
        self.pay(pr)
        until(lambda: self.get(verify)["settled"], within=30)
        assert proves(self.get(verify)["preimage"], decode(pr).payment_hash)


def bill(pr: str) -> Invoice:
    return Invoice("", pr, decode(pr).payment_hash, 0)


@pytest.fixture(scope="module", params=["sandbox", "lnbits"])
def wallet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The settings of a shop's wallet, and who pays its invoices: the till's own play money if None."""
    if request.param == "sandbox":
        yield {"POS_WALLET": "sandbox"}, None
        return
    with lnbits(tmp_path_factory.mktemp("lnbits")) as peer:
        # Its play money says that it is real.
        own = {"LNBITS_URL": peer.address, "LNBITS_INVOICE_KEY": peer.shop["inkey"], "POS_NETWORK": "bc"}
        yield {"POS_WALLET": "lnbits", **own}, lambda pr: peer.pay(bill(pr))


@pytest.fixture(scope="module")
def till(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wallet: Any) -> Iterator[Till]:
    settings, pay = wallet
    with ExitStack() as opened:
        server = Server(tmp_path_factory.mktemp("till"), {**settings, "POS_SHOP_NAME": TITLE, "POS_PROXIES": "1"})
        opened.callback(server.close)
        public_url = server.address if request.param == "here" else PUBLIC_URL
        server.environment["POS_PUBLIC_URL"] = public_url
        server.start()
        transport = Transport()
        opened.callback(transport.close)

        def play(pr: str) -> None:
            form = {"payment_request": pr}
            reply = transport.call("POST", f"{server.address}/sandbox/pay", headers={}, timeout=10, json=form)
            assert reply.status == 200

        yield Till(server.address, public_url, transport, pay or play)


# Some clients find a till on this machine, and others one that says it is at an address of the web.
ON_THIS_MACHINE = pytest.mark.parametrize("till", ["here"], indirect=True)
ON_THE_WEB = pytest.mark.parametrize("till", ["on the web"], indirect=True)


@ON_THIS_MACHINE
@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("path", ["lnurlp/tips", "lnurlp/shop", ".well-known/lnurlp/tips"])
def test_the_one_of_pypi_pays_from_a_code_and_from_where_an_address_leads(till: Till, path: str, comment: str) -> None:
    link = encode_lnurl(f"{till.address}/{path}")
    asked = json.loads(said(PYTHON, HERE / "lnurl_payer.py", link.upper(), "21000", *filter(None, [comment])))
    assert decode(asked["pr"]).amount_msat == 21_000
    till.settles(asked["verify"], asked["pr"])


@ON_THIS_MACHINE
@pytest.mark.parametrize("comment", COMMENTS)
def test_lnurl_pay_of_npm_pays_from_a_code(till: Till, comment: str) -> None:
    asked = with_npm("lnurl-pay", encode_lnurl(pay_url(till.address, "tips")).upper(), comment, till)
    assert asked.get("valid") is True, asked
    till.settles(asked["verify"], asked["pr"])


@ON_THE_WEB
@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("name", ["tips", "shop"])
def test_lnurl_pay_of_npm_pays_an_address(till: Till, name: str, comment: str) -> None:
    asked = with_npm("lnurl-pay", f"{name}@till.example.com", comment, till)
    assert asked.get("valid") is True, asked
    assert asked["verify"].startswith(PUBLIC_URL)
    till.settles(asked["verify"], asked["pr"])


@ON_THE_WEB
@pytest.mark.parametrize("comment", COMMENTS)
def test_the_tools_of_alby_pay_an_address_and_see_by_themselves_that_it_was_paid(till: Till, comment: str) -> None:
    with npm("lightning-tools", "Tips@till.example.com", comment, till) as client:
        assert client.stdin
        assert client.stdout
        asked = line(client.stdout)
        assert asked.get("valid") is True, asked
        till.settles(asked["verify"], asked["pr"])
        client.stdin.write("paid\n")
        client.stdin.flush()
        answer = line(client.stdout)
    assert answer["paid"] is True
    assert proves(answer["preimage"], decode(asked["pr"]).payment_hash)


@ON_THIS_MACHINE
def test_a_client_reads_the_reason_of_an_error(till: Till) -> None:
    link = encode_lnurl(pay_url(till.address, "nobody"))
    assert "There is no tip jar at this address." in with_npm("lnurl-pay", link, "", till)["error"]
    refused = subprocess.run(
        [PYTHON, HERE / "lnurl_payer.py", link, "21000"], capture_output=True, text=True, check=False, timeout=60
    )
    assert refused.returncode != 0


def with_npm(client: str, link: str, comment: str, till: Till) -> Any:
    with npm(client, link, comment, till) as program:
        assert program.stdout
        return line(program.stdout)


def npm(client: str, link: str, comment: str, till: Till) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["node", HERE / "lnurl_payer.cjs", client, link, "21", comment, till.address],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "NODE_PATH": str(INSTALLED / "node_modules")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(lines: IO[str]) -> Any:
    return json.loads(lines.readline())
