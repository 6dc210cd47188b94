"""The client of CLNRest, the REST plugin of Core Lightning since v23.08.

Facts are from its source (plugins/rest-plugin, and the one in Python before it) and from lightningd's own manual
pages. Each method of lightningd is a POST to its name; success is 201, and what went wrong stands in a code.
"""

from collections.abc import Callable
from hashlib import sha256
from time import monotonic
from urllib.parse import urlsplit

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.transport import Reply
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    Offer,
    Till,
    WalletBusy,
    WalletError,
    WalletUnreachable,
)
from pos.wallets.client import LONGEST_MEMO, Client, Said, cut, is_open_to_all, retry_after, to_offer, to_preimage
from pos.wallets.cln.rune import Rune

# Seconds after its expiry in which no node throws away an invoice that was paid; after that some do.
KEPT = 24 * 3600
# How lightningd calls the networks.
_NETWORKS = {"bitcoin": "bc", "testnet": "tb", "testnet4": "tb", "signet": "tbs", "regtest": "bcrt"}
# lightningd's own codes: a label that is taken already, a method that there is not, and what is the rune's fault.
_LABEL_TAKEN = 900
_NO_METHOD = -32601
_OF_THE_RUNE = (1501, 1502, 1503)
# The most that is asked a second; of what a rune allows in a minute two thirds are for look-ups.
_MOST = 5
_ENOUGH = 120
# Seconds. A rune's rate is counted anew each minute, and nobody at a counter waits that long.
_BREATH = 20
_METHODS = '"method=invoice","method=listinvoices","method=delinvoice","method=getinfo"'
_MAKE = f"""`lightning-cli createrune restrictions='[[{_METHODS}],["rate=300"]]'`"""
_WARNINGS = {
    "warning_capacity": "its channels have no room to receive this sum",
    "warning_offline": "the nodes that it has channels with are offline",
    "warning_deadends": "the nodes that it has channels with are reached by nobody else",
    "warning_private_unused": "only its private channels have room to receive, and the invoice names none of them",
}


class _LabelTaken(WalletError):
    """There is an invoice of that label already."""


class CoreLightning:
    """One Core Lightning. It names an invoice by its label."""

    def __init__(self, till: Till, url: str, rune: str) -> None:
        self._url = url
        self._rune = rune
        self._allowed = Rune.read(rune)
        self._timeout = till.timeout
        self._clock: Callable[[], float] = till.clock
        self._node: Access | None = None
        self._client = Client(till.transport, url, headers={"Rune": rune}, timeout=till.timeout, keys=(rune,))

    @property
    def identity(self) -> str:
        """Name this wallet by its address and its key, neither of which can be read from it."""
        return f"cln:{sha256(f'{self._url} {self._rune}'.encode()).hexdigest()[:8]}"

    @property
    def questions_per_second(self) -> int:
        """As many as the rune's rate bears, beside the sales."""
        rate = self._allowed.per_minute
        return _MOST if rate is None else max(1, min(_MOST, rate * 2 // 3 // 60))

    @property
    def advice(self) -> Advice:
        """Say how a rune is made that can only receive."""
        spends = (
            "CLNREST_RUNE can spend: whoever steals this till has the money. Make one that can only receive,"
            f" {_MAKE}, and write the rune that it prints there."
        )
        plain = "CLNREST_URL is not https: whoever is on the way can read the rune."
        rate = self._allowed.per_minute
        slow = f"CLNREST_RUNE may be used {rate} times a minute, so payments show late: make one with a rate of 300."
        told = (
            (spends, self._allowed.can_spend),
            (plain, is_open_to_all(self._url)),
            (slow, rate is not None and rate < _ENOUGH),
        )
        return Advice(
            holder=f"What is paid goes to the Core Lightning at {urlsplit(self._url).netloc}: whoever runs that node"
            " holds it.",
            key=f"Make a rune again, {_MAKE}, and write the rune that it prints into CLNREST_RUNE.",
            reach="Is lightningd running with clnrest-port set, and CLNREST_URL right? CLNREST_CA is its ca.pem.",
            spends=spends,
            unsure="CLNREST_RUNE does not tell whether it can spend: to be sure, make one that can only receive,"
            f" {_MAKE}, and write the rune that it prints there.",
            warnings=tuple(sentence for sentence, is_so in told if is_so),
            keeps_hashed_description=True,
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for an invoice. Raises WalletError.

        Where its label is taken, an answer was lost, or the doctor was here before: what lies there is taken if it is
        this sale and can still be paid.
        """
        deadline = monotonic() + self._timeout
        payee = self._who(deadline).payee
        label, now = f"till-{request.charge_id}", int(self._clock())
        try:
            made = self._make(request, label, deadline)
        except _LabelTaken:
            there = self._find("label", label, deadline)
            is_this = there is not None and _is_of(there, request, now)
            label = label if is_this else f"{label}-{now}"
            made = there if there and is_this else self._make(request, label, deadline)
        notes = [f"Core Lightning may not be paid: {why}." for name, why in _WARNINGS.items() if made.get(name)]
        offer = to_offer(made.text("bolt11"), made.payment_hash("payment_hash"), label, payee)
        return Offer(offer.invoice, offer.payee, tuple(notes))

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled. Raises WalletError.

        One that the node has no more was taken back unpaid, or cleaned away as it had expired, and can be paid by
        nobody. Long after its expiry it may be one that was paid, too: then nothing is known.
        """
        found = self._find("payment_hash", invoice.payment_hash, monotonic() + self._timeout)
        if found is None:
            if self._clock() < invoice.expires_at + KEPT:
                return None
            raise BadAnswer("Core Lightning does not know the invoice any more")
        if found.payment_hash("payment_hash") != invoice.payment_hash:
            raise BadAnswer("the answer is about another invoice")
        match found.text("status"):
            case "paid":
                received = _msat(found, "amount_received_msat") // 1000
                return Settlement(found.whole("paid_at"), received, to_preimage(found.get("payment_preimage")))
            case "unpaid" | "expired":
                return None
            case status:
                said = self._client.readable(status)
                raise BadAnswer(f"Core Lightning says {said!r} of the invoice, which is no status of one")

    def cancel(self, invoice: Invoice) -> None:
        """Have the invoice deleted if it is unpaid, so that nobody pays it any more. Raises WalletError."""
        self._ask("delinvoice", monotonic() + self._timeout, label=invoice.id, status="unpaid")

    def check_access(self) -> Access:
        """Look for an invoice that there is not, as each look-up does; then ask who the node is. Raises WalletError."""
        deadline = monotonic() + self._timeout
        self._find("payment_hash", "00" * 32, deadline)
        # Asked anew: whether it has a channel changes.
        self._node = None
        return self._who(deadline)

    def _who(self, deadline: float) -> Access:
        """Return who the node is. Asked once, and not at all where the key may not ask."""
        if self._node is None:
            may_ask = self._allowed.may("getinfo")
            self._node = self._ask_who(deadline) if may_ask else Access(spends=self._allowed.can_spend)
        return self._node

    def _ask_who(self, deadline: float) -> Access:
        try:
            info = self._ask("getinfo", deadline)
        except KeyRefused:
            # A restriction of another kind may forbid it: the key sells all the same.
            return Access(spends=self._allowed.can_spend)
        network = info.get("network")
        return Access(
            spends=self._allowed.can_spend,
            network=_NETWORKS.get(network) if isinstance(network, str) else None,
            payee=info.text("id").lower(),
            notes=tuple(_notes(info)),
        )

    def _make(self, request: InvoiceRequest, label: str, deadline: float) -> Said:
        # It makes the hash by itself, since v0.11, and of a text of any length.
        hashed = {} if request.hashed_description is None else {"deschashonly": True}
        return self._ask(
            "invoice",
            deadline,
            amount_msat=request.amount_sat * 1000,
            label=label,
            description=_description(request),
            expiry=request.expiry,
            **hashed,
        )

    def _find(self, name: str, value: str, deadline: float) -> Said | None:
        """Return the invoice that has a label or a payment hash; None if there is none."""
        found = self._ask("listinvoices", deadline, **{name: value}).get("invoices")
        if not isinstance(found, list) or not all(isinstance(it, dict) for it in found):
            raise BadAnswer("Core Lightning sent no invoices")
        return Said("Core Lightning", found[0]) if found else None

    def _ask(self, method: str, deadline: float, **parameters: object) -> Said:
        reply = self._client.ask("POST", f"v1/{method}", json=parameters, timeout=deadline - monotonic())
        if reply.status not in (200, 201):
            raise self._refusal(reply, is_sale=method == "invoice")
        return Said.parse("Core Lightning", reply.body)

    def _refusal(self, reply: Reply, *, is_sale: bool) -> WalletError:
        """Say what the caller can do about an answer that is not a success: by its code, as most are HTTP 500."""
        code, message = _error(reply.body)
        reason = self._client.readable(message)
        text = f"Core Lightning answered {reply.status}: {reason or 'no reason given'}"
        if code in _OF_THE_RUNE and ("exceeded" in reason or "too soon" in reason):
            return WalletBusy(text, _BREATH)
        if code in _OF_THE_RUNE or reply.status in (401, 403):
            return KeyRefused(text)
        if code == _LABEL_TAKEN:
            return _LabelTaken(text)
        match reply.status:
            case 404 if code != _NO_METHOD:
                return BadAnswer("there is no CLNRest at CLNREST_URL (404)")
            case 429:
                return WalletBusy(text, retry_after(reply))
            case 502 | 503 | 504:
                return WalletUnreachable(text)
        return InvoiceRefused(reason) if is_sale and reason and code != _NO_METHOD else BadAnswer(text)


def _error(body: bytes) -> tuple[int | None, str]:
    """Return code and message of an error; the plugin in Python wrapped them in an object of their own."""
    try:
        said = Said.parse("Core Lightning", body)
        said = said.inner("error") if isinstance(said.get("error"), dict) else said
    except BadAnswer:
        return None, ""
    code, message = said.get("code"), said.get("message") or said.get("error")
    return code if isinstance(code, int) else None, message if isinstance(message, str) else ""


def _is_of(made: Said, request: InvoiceRequest, now: int) -> bool:
    """Tell whether an invoice is what a sale asks for, and can still be paid."""
    return (
        made.get("status") == "unpaid"
        and made.whole("expires_at") > now
        and _msat(made, "amount_msat") == request.amount_sat * 1000
        and made.get("description") == _description(request)
    )


def _description(request: InvoiceRequest) -> str:
    """Return the text that the node is given: to be hashed as it is, or cut at what fits into an invoice."""
    return cut(request.memo, LONGEST_MEMO) if request.hashed_description is None else request.hashed_description


def _msat(said: Said, name: str) -> int:
    """Read an amount in msat; older ones write the unit behind it."""
    value = said.get(name)
    return Said(said.who, {name: value.removesuffix("msat") if isinstance(value, str) else value}).whole(name)


def _notes(info: Said) -> list[str]:
    """Say why nobody could pay it, as far as it knows."""
    notes = []
    if info.get("warning_bitcoind_sync") or info.get("warning_lightningd_sync"):
        notes.append("Core Lightning is behind the chain, and is not paid until it has caught up: getinfo tells.")
    if info.get("num_active_channels") == 0:
        notes.append("Core Lightning has no active channel, so nobody can pay it: it needs one with room to receive.")
    return notes
