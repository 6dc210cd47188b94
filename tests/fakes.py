"""Stand-ins for what is outside the shop: a clock, a wallet with a node of its own, and an LNPay of canned replies."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from queue import Queue
from threading import Event

import coincurve
from bech32 import CHARSET, bech32_decode

from pos.bolt11 import encode
from pos.bolt11.decode import SIGNATURE_WORDS, TIMESTAMP_WORDS
from pos.domain.charge import Settlement, Tally
from pos.domain.invoice import Invoice
from pos.domain.rate import Rate
from pos.domain.receipt import Receipt
from pos.domain.refund import Refund
from pos.domain.z_report import ZReport
from pos.lnpay import webhook
from pos.lnpay.advice import hook_advice
from pos.rates import NoRate, Report, SourcePrice
from pos.sandbox.node import Node, Terms
from pos.transport import Reply, Transport
from pos.wallets.base import Access, Advice, Hint, InvoiceRequest, Offer

NOON = 1_790_000_000
ADVICE = Advice(
    holder="The test holds the money.",
    key="Copy the key again.",
    reach="Is the wallet plugged in?",
    spends="a key can spend.",
)


@dataclass
class FakeClock:
    """A clock that stands still until a test moves it. Unix seconds."""

    time: float = NOON

    def __call__(self) -> float:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += seconds


def make_node() -> Node:
    key = coincurve.PrivateKey()
    return Node(key.to_hex(), key.public_key.format().hex())


def as_of_2019(offer: Offer) -> Offer:
    """Change an offer to what a node signed before invoices had a payment secret: all its terms but that one."""
    payment_request, key = offer.invoice.payment_request, coincurve.PrivateKey()
    hrp, words = bech32_decode(payment_request)
    assert hrp and words
    place = TIMESTAMP_WORDS
    while CHARSET[words[place]] != "s":
        place += 3 + words[place + 1] * 32 + words[place + 2]
    length = 3 + words[place + 1] * 32 + words[place + 2]
    old = encode.sign_words(hrp, words[:place] + words[place + length : -SIGNATURE_WORDS], key)
    return Offer(replace(offer.invoice, payment_request=old), None)


@dataclass
class FakeWallet:
    """A wallet whose failures and lies a test switches on. `lie` may change an offer before it is answered."""

    clock: FakeClock
    node: Node = field(default_factory=make_node)
    fail_with: Exception | None = None
    lie: Callable[[Offer], Offer] = lambda offer: offer
    before_answer: Callable[[], object] = lambda: None
    made: list[Offer] = field(default_factory=list)
    before_look_up: Callable[[], object] = lambda: None
    look_ups: int = 0
    settlements: dict[str, Settlement] = field(default_factory=dict)
    preimages: dict[str, str] = field(default_factory=dict)
    access: Access = field(default_factory=lambda: Access(spends=False))
    advice: Advice = field(default_factory=lambda: ADVICE)
    identity: str = "fake:1"
    questions_per_second: int = 5

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        self.before_answer()
        if self.fail_with:
            raise self.fail_with
        offer = self.lie(self.sign(request.amount_sat, request.memo, request.expiry, request.description_hash))
        self.made.append(offer)
        return offer

    def sign(
        self, amount_sat: int, memo: str, expiry: int, description_hash: str | None = None, node: Node | None = None
    ) -> Offer:
        preimage = secrets.token_bytes(32)
        payment_hash = sha256(preimage).hexdigest()
        now = int(self.clock())
        terms = Terms(amount_sat, now, expiry, memo, description_hash, payment_hash, secrets.token_hex(32))
        invoice_id = f"lntx_{secrets.token_hex(11)}"
        self.preimages[invoice_id] = preimage.hex()
        payment_request = (node or self.node).sign(terms)
        return Offer(Invoice(invoice_id, payment_request, payment_hash, now + expiry), self.node.pubkey)

    def look_up(self, invoice: Invoice) -> Settlement | None:
        self.look_ups += 1
        self.before_look_up()
        if self.fail_with:
            raise self.fail_with
        return self.settlements.get(invoice.id)

    def check_access(self) -> Access:
        if self.fail_with:
            raise self.fail_with
        return self.access

    def settle(self, invoice: Invoice, received_sat: int, **changes: object) -> None:
        """The customer pays."""
        paid = Settlement(int(self.clock()), received_sat, self.preimages[invoice.id])
        self.settlements[invoice.id] = replace(paid, **changes)  # type: ignore[arg-type]


@dataclass
class HintingWallet(FakeWallet):
    """A wallet that sends what LNPay does when something is paid. Without a secret its hook is closed."""

    hook_secret: str | None = None
    hook_name: str = "lnpay"
    hook_is_near: bool = False

    @property
    def hook_is_open(self) -> bool:
        return self.hook_secret is not None

    def read_hint(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        return webhook.read_hint(headers, body, self.hook_secret or "")

    def ping_webhook(self, transport: Transport, address: str) -> int:
        return webhook.ping_webhook(transport, address, self.hook_secret or "", timeout=10)

    def hook_advice(self, address: str) -> str:
        return hook_advice(address, is_open=self.hook_is_open)


@dataclass
class PushingWallet(FakeWallet):
    """A wallet that tells what may have been paid: what a test gives to the next of those who listen."""

    listening: Queue[Callable[[Hint], None]] = field(default_factory=Queue)
    ended: Queue[None] = field(default_factory=Queue)

    def listen(self, on_hint: Callable[[Hint], None], stop: Event) -> None:
        self.listening.put(on_hint)
        if self.fail_with:
            raise self.fail_with
        stop.wait()
        self.ended.put(None)


@dataclass
class CancellingWallet(FakeWallet):
    """A wallet that takes invoices back."""

    cancelled: list[str] = field(default_factory=list)

    def cancel(self, invoice: Invoice) -> None:
        if self.fail_with:
            raise self.fail_with
        self.cancelled.append(invoice.id)


@dataclass
class FakeRates:
    """Rates at which a bitcoin costs what a test says; None is no rate."""

    price: Decimal | None = Decimal(50_000)
    currency: str | None = "EUR"
    said: Report = field(default_factory=lambda: Report((SourcePrice("kraken", Decimal(50_000)),)))

    def rate(self) -> Rate:
        if self.price is None or self.currency is None:
            raise NoRate("the test wants none")
        return Rate(self.currency, self.price, NOON, ("kraken",))

    def at_hand(self) -> Rate | None:
        return None if self.price is None else self.rate()

    def report(self) -> Report:
        return self.said


@dataclass
class FakeMetrics:
    """Metrics that keep every word of it."""

    calls: list[tuple[str, float]] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    screen_counts: list[int] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)

    def called(self, call: str, seconds: float) -> None:
        self.calls.append((call, seconds))

    def failed(self, call: str, kind: str) -> None:
        self.failures.append((call, kind))

    def screens(self, count: int) -> None:
        self.screen_counts.append(count)

    def lag(self, seconds: float) -> None:
        self.lags.append(seconds)

    def text(self, book: Iterable[Tally]) -> str:
        return ""


@dataclass
class CannedTransport:
    """Answers each call with the next of its replies, or raises it, and keeps what was asked."""

    replies: list[Reply | Exception]
    calls: list[tuple[str, str, Mapping[str, str], object]] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: float,
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        self.calls.append((method, url, headers, form if json is None else json))
        self.timeouts.append(timeout)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass
class FakePrinter:
    """A printer that keeps which receipt it printed, and whether with its mark; a test says what is wrong with it."""

    fail_with: Exception | None = None
    printed: list[tuple[str, bool]] = field(default_factory=list)
    tried: int = 0
    lacks: list[str] = field(default_factory=list)

    def print_receipt(self, receipt: Receipt, *, again: bool) -> None:
        self.tried += 1
        if self.fail_with:
            raise self.fail_with
        self.printed.append((receipt.charge.id, again))

    def print_refund(self, receipt: Receipt, refund: Refund, *, again: bool) -> None:
        self.tried += 1
        if self.fail_with:
            raise self.fail_with
        self.printed.append((f"{receipt.charge.id} refund {refund.position}", again))

    def print_report(self, report: ZReport) -> None:
        self.tried += 1
        if self.fail_with:
            raise self.fail_with
        self.printed.append((f"{report.shift.till}/{report.shift.number}", False))

    def check(self) -> list[str]:
        if self.fail_with:
            raise self.fail_with
        return self.lacks


@dataclass
class FakeLnurlServices:
    """Services that answer each question with the next of their answers, or raise it, and keep what was asked."""

    answers: list[bytes | Exception]
    asked: list[str] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    before_answer: Callable[[], object] = lambda: None

    def ask(self, url: str, timeout: float) -> bytes:
        self.asked.append(url)
        self.timeouts.append(timeout)
        self.before_answer()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer
