"""The wallets that the contract is about: each opened as a till does, before the double of its back end."""

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from pos.domain.invoice import Invoice
from pos.environment import Group
from pos.lnpay.settings import LNPaySettings
from pos.runtime.measured import Measured
from pos.sandbox import Sandbox
from pos.sandbox.settings import SandboxSettings
from pos.transport import Pin, Transport
from pos.wallets import btcpay, cln, lnaddress, lnbits, lnd, phoenixd
from pos.wallets.base import Wallet
from pos.wallets.nwc import WalletSettings as NWCSettings
from pos.wallets.nwc.client import NWC
from pos.wallets.nwc.settings import connection
from pos.wallets.registry import wallet_module
from tests.certificates import self_signed, signed_by
from tests.fakes import FakeClock, FakeMetrics, FakeWallet
from tests.loopback import served
from tests.wallets.doubles import btcpay as btcpay_double
from tests.wallets.doubles import cln as cln_double
from tests.wallets.doubles import lnaddress as lnaddress_double
from tests.wallets.doubles import lnbits as lnbits_double
from tests.wallets.doubles import lnd as lnd_double
from tests.wallets.doubles import nwc as nwc_double
from tests.wallets.doubles import phoenixd as phoenixd_double
from tests.wallets.doubles.backend import Ledger
from tests.wallets.doubles.relay import Relay, relaying
from tests.wallets.tills import till_with

# Nothing listens there.
NOWHERE = "http://127.0.0.1:9"


@dataclass
class Subject:
    """A wallet, its customer, and its clock. `backend` is its other end, where that is a double.

    `wrong_keys` are the same wallet with keys that are none; `spending` the same with one that can spend; `gone` is
    where nobody answers. `chosen_by` are the settings by which a till chooses it: one string, where it has one.
    """

    wallet: Wallet
    pay: Callable[[Invoice], object]
    clock: FakeClock
    chosen_by: Mapping[str, str] = field(default_factory=dict)
    backend: Ledger | None = None
    wrong_keys: tuple[Wallet, ...] = ()
    spending: Wallet | None = None
    gone: Wallet | None = None
    # What an invoice is called where nobody answers.
    elsewhere: Callable[[Invoice], Invoice] = lambda invoice: invoice
    # Seconds after which a busy one is asked again.
    busy_for: int = 7
    keys: tuple[str, ...] = ()


@dataclass
class Bench:
    """What a wallet is opened with."""

    clock: FakeClock
    folder: Path
    transport: Transport = field(default_factory=Transport)

    def open(self, name: str, settings: Group) -> Any:
        """Open a wallet as a till does that has chosen it."""
        till = till_with(self.transport, clock=self.clock, folder=self.folder)
        return wallet_module(name).open_wallet(settings, till)


def by_string(text: str) -> dict[str, str]:
    return {"POS_WALLET_URL": text}


def in_base64(content: bytes) -> str:
    """Write it as node apps do in an address."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def of_the_sandbox(bench: Bench) -> Iterator[Subject]:
    wallet = bench.open("sandbox", SandboxSettings())
    yield Subject(
        wallet, lambda invoice: wallet.hosted.pay(invoice.payment_request), bench.clock, {"POS_WALLET": "sandbox"}
    )
    wallet.hosted.close()


@contextmanager
def of_lnpay(bench: Bench) -> Iterator[Subject]:
    sandbox = Sandbox(bench.folder / "lnpay", clock=bench.clock)
    with served(sandbox.wsgi) as address:
        right = LNPaySettings(url=f"{address}/v1", api_key=sandbox.keys.public_key, wallet_key=sandbox.keys.invoice_key)
        wrong = (replace(right, api_key="pak_wrong"), replace(right, wallet_key="waki_wrong"))
        yield Subject(
            bench.open("lnpay", right),
            lambda invoice: sandbox.pay(invoice.payment_request),
            bench.clock,
            # None of its screens shows one string.
            {
                "POS_WALLET": "lnpay",
                "LNPAY_URL": right.url,
                "LNPAY_API_KEY": right.api_key,
                "LNPAY_WALLET_KEY": right.wallet_key,
            },
            wrong_keys=tuple(bench.open("lnpay", it) for it in wrong),
            spending=bench.open("lnpay", replace(right, wallet_key=sandbox.keys.admin_key)),
            keys=(right.api_key, right.wallet_key),
        )
    sandbox.close()


@contextmanager
def of_the_tests(bench: Bench) -> Iterator[Subject]:
    wallet = FakeWallet(bench.clock)
    yield Subject(wallet, lambda invoice: wallet.settle(invoice, 2100), bench.clock)


@contextmanager
def measured(bench: Bench) -> Iterator[Subject]:
    with of_the_sandbox(bench) as subject:
        yield replace(subject, wallet=Measured(subject.wallet, FakeMetrics()))


@contextmanager
def of_lnbits(bench: Bench) -> Iterator[Subject]:
    backend = lnbits_double.LNbitsDouble(bench.clock)
    with served(backend) as address:
        right = lnbits.WalletSettings(url=address, invoice_key=lnbits_double.INVOICE_KEY)
        yield Subject(
            bench.open("lnbits", right),
            backend.pay,
            bench.clock,
            by_string(f"{address} {right.invoice_key}"),
            backend,
            wrong_keys=(bench.open("lnbits", replace(right, invoice_key="c" * 32)),),
            spending=bench.open("lnbits", replace(right, invoice_key=lnbits_double.ADMIN_KEY)),
            gone=bench.open("lnbits", replace(right, url=NOWHERE)),
            keys=(lnbits_double.INVOICE_KEY,),
        )


@contextmanager
def of_lnaddress(bench: Bench) -> Iterator[Subject]:
    backend = lnaddress_double.ProviderDouble(bench.clock)
    with served(backend) as address:
        where = f"{address}{lnaddress_double.PATH}"
        yield Subject(
            bench.open("lnaddress", lnaddress.WalletSettings(address=where)),
            backend.pay,
            bench.clock,
            by_string(where),
            backend,
            gone=bench.open("lnaddress", lnaddress.WalletSettings(address=f"{NOWHERE}{lnaddress_double.PATH}")),
            elsewhere=lambda invoice: replace(invoice, id=f"{NOWHERE}/verify"),
        )


@contextmanager
def of_cln(bench: Bench) -> Iterator[Subject]:
    backend, authority = cln_double.CoreLightningDouble(bench.clock), self_signed(bench.folder, "ca")
    with served(backend, signed_by(authority, bench.folder).tls()) as address:
        right = cln.WalletSettings(url=address, rune=cln_double.RUNE, certificate=Pin.parse(authority.pem))
        yield Subject(
            bench.open("cln", right),
            backend.pay,
            bench.clock,
            by_string(f"clnrest://{address}?rune={right.rune}&cacert={in_base64(authority.pem.encode())}"),
            backend,
            wrong_keys=(bench.open("cln", replace(right, rune=cln_double.FORGED)),),
            spending=bench.open("cln", replace(right, rune=cln_double.MASTER)),
            gone=bench.open("cln", replace(right, url=NOWHERE.replace("http", "https"))),
            keys=(cln_double.RUNE,),
        )


@contextmanager
def of_lnd(bench: Bench) -> Iterator[Subject]:
    backend, certificate = lnd_double.LndDouble(bench.clock), self_signed(bench.folder)
    with served(backend, certificate.tls()) as address:
        pin = Pin.parse(str(certificate.file))
        right = lnd.WalletSettings(url=address, macaroon=lnd_double.BAKED, certificate=pin)
        shown = f"cert={in_base64(certificate.der)}&macaroon={in_base64(bytes.fromhex(lnd_double.BAKED))}"
        yield Subject(
            bench.open("lnd", right),
            backend.pay,
            bench.clock,
            by_string(f"lndconnect://{urlsplit(address).netloc}?{shown}"),
            backend,
            wrong_keys=(bench.open("lnd", replace(right, macaroon=lnd_double.FORGED)),),
            spending=bench.open("lnd", replace(right, macaroon=lnd_double.ADMIN)),
            gone=bench.open("lnd", replace(right, url=NOWHERE.replace("http", "https"))),
            keys=(lnd_double.BAKED,),
        )


@contextmanager
def of_phoenixd(bench: Bench) -> Iterator[Subject]:
    backend = phoenixd_double.PhoenixdDouble(bench.clock)
    with served(backend) as address:
        right = phoenixd.WalletSettings(url=address, password=phoenixd_double.LIMITED_PASSWORD)
        yield Subject(
            bench.open("phoenixd", right),
            backend.pay,
            bench.clock,
            by_string(f"{address} {right.password}"),
            backend,
            wrong_keys=(bench.open("phoenixd", replace(right, password="3" * 64)),),
            spending=bench.open("phoenixd", replace(right, password=phoenixd_double.FULL_PASSWORD)),
            gone=bench.open("phoenixd", replace(right, url=NOWHERE)),
            keys=(phoenixd_double.LIMITED_PASSWORD,),
        )


@contextmanager
def of_btcpay(bench: Bench) -> Iterator[Subject]:
    backend = btcpay_double.BTCPayDouble(bench.clock)
    with served(backend) as address:
        right = btcpay.WalletSettings(url=address, api_key=btcpay_double.KEY, store_id=btcpay_double.STORE)
        wrong = (replace(right, api_key="3" * 40), replace(right, store_id="4" * 44))
        yield Subject(
            bench.open("btcpay", right),
            backend.pay,
            bench.clock,
            by_string(f"{address}/stores/{right.store_id} {right.api_key}"),
            backend,
            wrong_keys=tuple(bench.open("btcpay", it) for it in wrong),
            spending=bench.open("btcpay", replace(right, api_key=btcpay_double.UNRESTRICTED_KEY)),
            gone=bench.open("btcpay", replace(right, url=NOWHERE)),
            keys=(btcpay_double.KEY,),
        )


@contextmanager
def of_nwc(bench: Bench) -> Iterator[Subject]:
    backend = nwc_double.NWCDouble(bench.clock)
    with relaying() as relay, ExitStack() as opened:
        backend.join(relay)

        def connected(secret: str, where: Relay | str = relay) -> NWC:
            wallet = bench.open("nwc", NWCSettings(url=connection(nwc_double.url(secret, where))))
            opened.callback(wallet.close)
            return cast(NWC, wallet)

        yield Subject(
            connected(nwc_double.TILL),
            backend.pay,
            bench.clock,
            by_string(nwc_double.url(nwc_double.TILL, relay)),
            backend,
            wrong_keys=(connected(nwc_double.STRANGER),),
            spending=connected(nwc_double.SPENDER),
            gone=connected(nwc_double.TILL, NOWHERE.replace("http", "ws")),
            keys=(nwc_double.TILL,),
            busy_for=1,
        )


# Those whose other end is a double, by their names in the registry.
DOUBLES = {
    "btcpay": of_btcpay,
    "cln": of_cln,
    "lnaddress": of_lnaddress,
    "lnbits": of_lnbits,
    "lnd": of_lnd,
    "nwc": of_nwc,
    "phoenixd": of_phoenixd,
}
# Those of them that are asked over HTTP, whose answers have a status.
OVER_HTTP = [name for name in DOUBLES if name != "nwc"]
# Those of them that tell of payments by themselves, over a connection that the till keeps open.
TELLING = ["lnbits", "lnd", "nwc"]
# Those of them that have no key, and so none that is wrong or can spend.
KEYLESS = {"lnaddress"}
# Those that sign a description of their own, and no other.
OWN_DESCRIPTION = {"lnaddress"}
# All of them, and beside them what stands in for one or around one.
SUBJECTS = {
    "lnpay": of_lnpay,
    "sandbox": of_the_sandbox,
    "fake": of_the_tests,
    "measured": measured,
    **DOUBLES,
}


@contextmanager
def subject_of(name: str, clock: FakeClock, folder: Path) -> Iterator[Subject]:
    """Open one of them."""
    bench = Bench(clock, folder)
    with closing(bench.transport), SUBJECTS[name](bench) as subject:
        yield subject
