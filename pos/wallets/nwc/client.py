"""Nostr Wallet Connect (NIP-47): its client, as a wallet of the till.

Facts are from NIP-47 as of June 2026, getAlby/hub 1.24 and getAlby/js-sdk 7, and what is said of other wallets there.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Event as Flag
from time import monotonic
from typing import Any

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice, proves
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    ByPaymentHash,
    Hint,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    Offer,
    Till,
    WalletBusy,
    WalletError,
    WalletTimeout,
)
from pos.wallets.client import Said, asked_sat, decoded, readable, to_offer, to_preimage
from pos.wallets.nwc.crypto import NIP04, NIP44, Box, Key, Unreadable
from pos.wallets.nwc.event import Event, sign
from pos.wallets.nwc.line import Pace
from pos.wallets.nwc.relays import Relays
from pos.wallets.nwc.settings import Connection

_INFO, _REQUEST, _ANSWER = 13194, 23194, 23195
# How a notification is encrypted, by its kind.
_NOTIFICATIONS = {23196: NIP04, 23197: NIP44}
_SPENDING = {"pay_invoice", "pay_keysend", "multi_pay_invoice", "multi_pay_keysend", "create_connection"}
_NETWORKS = {"mainnet": "bc", "testnet": "tb", "signet": "tbs", "regtest": "bcrt"}
_STATES = {"pending", "settled", "accepted", "expired", "failed"}
_NOT_OURS, _NOT_ALLOWED = {"UNAUTHORIZED", "EXPIRED"}, {"RESTRICTED", "NOT_IMPLEMENTED"}
# Seconds until a wallet that is asked too often is asked again: it names no number.
_BUSY_FOR = 1
# Seconds of notifications that are asked for again, as clocks differ.
_OVERLAP = 60
_WHO = "the wallet"


@dataclass(frozen=True, slots=True)
class Info:
    """What a wallet says of itself to everybody: what it can do, and how it encrypts."""

    methods: frozenset[str] | None
    encryption: str

    @classmethod
    def of(cls, event: Event | None) -> "Info":
        """Read its info event. A wallet that says nothing of encryptions is one of before there were two."""
        if event is None:
            return cls(None, NIP04)
        takes_new = NIP44 in (event.tag("encryption") or "").split()
        return cls(frozenset(event.content.split()), NIP44 if takes_new else NIP04)


class Refused(WalletError):
    """The wallet answered with an error. `code` is one of NIP-47, or whatever it made up."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"the wallet answered {code}: {message or 'no reason given'}")
        self.code = code
        self.message = message


class NotAllowed(KeyRefused):
    """The wallet knows the connection, which may not ask this."""


class NWC:
    """A wallet that a connection string leads to. It names an invoice by its payment hash.

    `pace` is that of the lines to its relays. Nothing is opened before the first question.
    """

    # What public relays and wallets bear is not written anywhere; hints make up for it.
    questions_per_second = 3

    def __init__(self, till: Till, connection: Connection, pace: Pace | None = None) -> None:
        key = Key(bytes.fromhex(connection.secret))
        self._key = key
        self._secret = connection.secret
        self._wallet = connection.wallet
        self._timeout = till.timeout
        self._clock = till.clock
        self._box = Box(key, connection.wallet)
        self._info: Info | None = None
        self._last_notified = 0
        self.relays = Relays(connection.relays, till.transport, self._sign, pace)

    @property
    def identity(self) -> str:
        """Name this wallet by the public keys of both, which say nothing of the secret one."""
        return f"nwc:{sha256(f'{self._wallet} {self._key.public}'.encode()).hexdigest()[:8]}"

    @property
    def advice(self) -> Advice:
        """Say what to do in the wallet's list of connected apps."""
        relays = " and ".join(self.relays.names)
        return Advice(
            holder=f"What is paid goes to the wallet that {relays} leads to: whoever runs that wallet holds it.",
            key="In the wallet, under its connected apps, make a new connection for this till that may make and look up"
            " invoices, and set NWC_URL to the string that it shows.",
            reach="Is the wallet online? Is the connection still among its connected apps? One that was removed is"
            " never answered: then make a new one, and set NWC_URL to it.",
            spends="the connection in NWC_URL may pay: whoever steals this till has the money, up to the budget of that"
            " connection. Make one that can only receive instead, and remove this one in the wallet.",
            unsure="The wallet does not tell whether the connection may pay: see to it, under its connected apps, that"
            " it can only receive.",
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for an invoice. Raises WalletError.

        Nothing is said of the charge: a field too many, such as Alby Hub's own app_id, changes more than it tells.
        """
        asked: dict[str, object] = {"amount": request.amount_sat * 1000, "expiry": request.expiry}
        if request.description_hash:
            asked["description_hash"] = request.description_hash
        else:
            asked["description"] = request.memo
        try:
            made = self._ask("make_invoice", asked)
        except Refused as error:
            # Whatever its reason, no channel or no room, it is for people.
            raise InvoiceRefused(error.message or error.code) from error
        payment_request = made.text("invoice")
        # Some leave the hash to the invoice.
        is_named = bool(made.get("payment_hash"))
        payment_hash = made.payment_hash("payment_hash") if is_named else decoded(_WHO, payment_request).payment_hash
        return to_offer(payment_request, payment_hash)

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled. Raises WalletError.

        Its state says so. Where a wallet knows no states, or has one of its own, the time and the preimage do,
        together; neither is proof by itself, as some show them before anybody has paid. A time without that preimage
        says nothing, nor does an answer that names no invoice: it is not that nobody has paid.
        """
        found = self._look_up(invoice)
        preimage = to_preimage(found.get("preimage"))
        is_proven = proves(preimage, invoice.payment_hash)
        if found.get("payment_hash"):
            if found.payment_hash("payment_hash") != invoice.payment_hash:
                raise BadAnswer("the answer is about another invoice")
        elif not is_proven and (_state(found) == "settled" or not found.get("invoice")):
            raise BadAnswer("the wallet does not say which invoice it means")
        settled_at = _number(found.get("settled_at"))
        has_only_time = not _state(found) and settled_at > 0
        if has_only_time and not is_proven:
            raise BadAnswer("the wallet says neither that it is paid nor that it is not")
        if not (_state(found) == "settled" or has_only_time):
            return None
        return Settlement(settled_at or None, _received(found, invoice), preimage)

    def check_access(self) -> Access:
        """Ask what the connection may do, and for the network of the node behind it. Raises WalletError.

        The public key that is told there is nobody's to rely on: NIP-47 does not say whose it is, and the node that
        signs the invoices may be another one, that of a provider.
        """
        self._info = None
        try:
            said = self._ask("get_info", {})
        except (Refused, NotAllowed):
            # It may well make invoices, and yet not tell this.
            return Access(spends=_spends(self._known().methods))
        methods = said.get("methods")
        told = frozenset(map(str, methods)) if isinstance(methods, list) and methods else self._known().methods
        network = said.get("network")
        if not (isinstance(methods, list) or isinstance(network, str) or isinstance(said.get("pubkey"), str)):
            raise BadAnswer("the wallet says nothing of itself")
        return Access(
            spends=_spends(told),
            network=_NETWORKS.get(network.lower()) if isinstance(network, str) else None,
        )

    def listen(self, on_hint: Callable[[Hint], None], stop: Flag) -> None:
        """Pass on which invoices were paid, as the wallet tells it, until `stop` is set.

        Some send each twice, for both encryptions, or those of the whole node: whoever follows a hint looks it up.
        """
        self._last_notified = self._last_notified or int(self._clock())
        self.relays.listen(
            self._wallet, _NOTIFICATIONS, self._to_us, lambda event: self._notified(event, on_hint), stop
        )

    def close(self) -> None:
        """Hang up. The next question opens the lines again."""
        self.relays.close()

    def _to_us(self) -> Mapping[str, object]:
        return {"#p": [self._key.public], "since": self._last_notified - _OVERLAP}

    def _notified(self, event: Event, on_hint: Callable[[Hint], None]) -> None:
        self._last_notified = max(self._last_notified, min(event.created_at, int(self._clock())))
        try:
            said = Said.parse(_WHO, self._box.decrypt(event.content, _NOTIFICATIONS[event.kind]).encode())
            if said.get("notification_type") == "payment_received":
                on_hint(ByPaymentHash(said.inner("notification").payment_hash("payment_hash")))
        except (Unreadable, BadAnswer):
            self.relays.drop("a notification that cannot be read")

    def _look_up(self, invoice: Invoice) -> Said:
        try:
            return self._ask("lookup_invoice", {"payment_hash": invoice.payment_hash})
        except Refused as error:
            raise BadAnswer(str(error)) from error

    def _known(self) -> Info:
        """Return what the wallet says to everybody, once it is asked for."""
        if self._info is None:
            self._info = Info.of(self.relays.newest(self._wallet, _INFO, self._timeout))
        return self._info

    def _ask(self, method: str, params: Mapping[str, object]) -> Said:
        """Ask one question and return its result. Raises Refused for an error of no other kind, or WalletError."""
        until = monotonic() + self._timeout
        encryption = self._known().encryption
        content = self._box.encrypt(json.dumps({"method": method, "params": params}, ensure_ascii=False), encryption)
        # One that knows no other encryption needs no word about it.
        tags = (("p", self._wallet), *((("encryption", encryption),) if encryption == NIP44 else ()))
        try:
            answer = self.relays.ask(
                self._sign(_REQUEST, tags, content), self._wallet, _ANSWER, max(until - monotonic(), 0.001)
            )
        except WalletTimeout:
            # It may have learned another encryption since.
            self._info = None
            raise
        return self._result(answer)

    def _result(self, answer: Event) -> Said:
        try:
            said = Said.parse(_WHO, self._box.open(answer.content).encode())
        except Unreadable as error:
            raise BadAnswer(f"the wallet's answer cannot be read: {error}") from error
        failure = said.get("error")
        # Some send an empty one beside each result.
        if isinstance(failure, dict) and any(failure.values()):
            raise self._refusal(said.inner("error"))
        return said.inner("result")

    def _refusal(self, error: Said) -> WalletError:
        """Say what the caller can do about an error."""
        code, message = (self._readable(error.get(name)) for name in ("code", "message"))
        refused = Refused(code or "an error", message)
        if code in _NOT_OURS:
            return KeyRefused(str(refused))
        if code in _NOT_ALLOWED:
            return NotAllowed(f"{refused}. The connection may not do what a till needs")
        if code == "RATE_LIMITED":
            return WalletBusy(str(refused), _BUSY_FOR)
        if code == "UNSUPPORTED_ENCRYPTION":
            self._info = None
            return BadAnswer(str(refused))
        return refused

    def _readable(self, said: object) -> str:
        """Return what the wallet said on one line, cut, and without our secret."""
        return readable(said.replace(self._secret, "***")) if isinstance(said, str) else ""

    def _sign(self, kind: int, tags: tuple[tuple[str, ...], ...], content: str = "") -> Event:
        return sign(self._key, kind, tags, content, int(self._clock()))


def _spends(methods: frozenset[str] | None) -> bool | None:
    return None if methods is None else bool(methods & _SPENDING)


def _state(found: Said) -> str:
    """Return the state of an invoice; nothing where it is none of those that there are (NIP-47)."""
    state = found.get("state")
    known = state.lower() if isinstance(state, str) else ""
    return known if known in _STATES else ""


def _number(value: Any) -> int:
    """Return a whole number, which some write as text; nought for whatever else stands there."""
    try:
        return Said(_WHO, {"number": value}).whole("number")
    except BadAnswer:
        return 0


def _received(found: Said, invoice: Invoice) -> int:
    """Return what was paid, in sat; where that is not told, what was asked for."""
    return _number(found.get("amount")) // 1000 or asked_sat(invoice)
