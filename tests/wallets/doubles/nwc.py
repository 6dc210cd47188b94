"""A double of a wallet service of NIP-47, as Alby Hub is one: it hears questions over relays, and answers there."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from pos.domain.invoice import Invoice
from pos.wallets.nwc.crypto import NIP04, NIP44, Box, Key, Unreadable
from pos.wallets.nwc.event import Event, parse, sign
from tests.wallets.doubles.backend import Ledger, Made
from tests.wallets.doubles.relay import Relay

WALLET = Key(b"\x07" * 32)
# The secrets of the tills that are connected: one may receive, one may pay as well, and one was never connected.
TILL, SPENDER, STRANGER = "11" * 32, "22" * 32, "33" * 32
_RECEIVES = ("get_info", "make_invoice", "lookup_invoice")
_CODES = {401: "UNAUTHORIZED", 403: "RESTRICTED", 429: "RATE_LIMITED"}


def public(secret: str) -> str:
    return Key(bytes.fromhex(secret)).public


def url(secret: str, *relays: Relay | str) -> str:
    """Make the string that connects a till."""
    where = "&".join(f"relay={it if isinstance(it, str) else it.address}" for it in relays)
    return f"nostr+walletconnect://{WALLET.public}?{where}&secret={secret}"


@dataclass
class NWCDouble(Ledger):
    """`encryptions` is what its info event says; None says nothing. `change` changes a result, `forge` the answer as it
    is sent; `is_silent` sends none. `lies` are sent before each answer."""

    encryptions: str | None = f"{NIP44} {NIP04}"
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda result: result
    forge: Callable[[Event], Event] = lambda event: event
    lies: Callable[[Event], list[Event]] = lambda _: []
    is_silent: bool = False
    result_type: str | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    heard: dict[str, str] = field(default_factory=dict)
    relays: list[Relay] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    @property
    def logged(self) -> list[str]:
        """Return all that the relays hear."""
        return [json.dumps(message) for relay in self.relays for message in relay.heard]

    def join(self, *relays: Relay) -> None:
        """Serve over relays, and tell there what it can do."""
        for relay in relays:
            self.relays.append(relay)
            relay.on_event.append(self.hear)
            relay.publish(self.info().to_json())

    def info(self) -> Event:
        tags = () if self.encryptions is None else (("encryption", self.encryptions),)
        methods = " ".join((*_RECEIVES, "pay_invoice", "notifications"))
        return sign(WALLET, 13194, tags, methods, int(self.clock()))

    def hear(self, relay: Relay, said: dict[str, Any]) -> None:
        """Answer what is asked, once: it comes over each relay."""
        event = parse(said)
        if event is None or event.kind != 23194 or event.tag("p") != WALLET.public:
            return
        assert event.is_genuine
        # Each relay brings it in a thread of its own.
        with self._lock:
            if event.id in self._known:
                return
            self._known.add(event.id)
        answer = self.answer(event)
        if self.is_silent or answer is None:
            return
        for it in (*self.lies(answer), self.forge(answer)):
            relay.publish(it.to_json())

    def answer(self, event: Event) -> Event | None:
        """Answer one question. What it cannot read it does not answer."""
        box = Box(WALLET, event.pubkey)
        encryption = event.tag("encryption") or NIP04
        if encryption not in (self.encryptions or NIP04).split():
            return None
        try:
            question = json.loads(box.decrypt(event.content, encryption))
        except Unreadable:
            return None
        self.heard[event.id] = encryption
        self.asked.append(question)
        said = self.say(event.pubkey, question)
        tags = (("p", event.pubkey), ("e", event.id))
        return sign(WALLET, 23195, tags, box.encrypt(said[:60_000] or " ", encryption), int(self.clock()))

    def say(self, who: str, question: dict[str, Any]) -> str:
        """Say the answer to a question, in words."""
        method = question["method"]
        if self.answers_with is not None:
            body, status = self.answers_with.get_data(as_text=True), self.answers_with.status_code
            if status < 400 or body.startswith("<"):
                return body
            return self._error(method, _CODES.get(status, "OTHER"), body)
        if who not in map(public, (TILL, SPENDER)):
            return self._error(method, "UNAUTHORIZED", f"no wallet is connected to {who}")
        match method:
            case "get_info":
                result = self._get_info(who)
            case "make_invoice":
                result = self._make(question["params"])
            case "lookup_invoice":
                found = self.find(question["params"]["payment_hash"])
                if found is None:
                    return self._error(method, "NOT_FOUND", "no such invoice")
                result = self._transaction(found)
            case _:
                return self._error(method, "NOT_IMPLEMENTED", method)
        return json.dumps({"result_type": self._type(method), "result": self.change(result), "error": None})

    def pay(self, invoice: Invoice, sat: int | None = None) -> None:
        """A customer pays, and whoever is connected is told, in both encryptions."""
        super().pay(invoice, sat)
        self.hint(invoice.payment_hash)

    def hint(self, payment_hash: str) -> None:
        """Tell of a payment, made or not."""
        paid = self._transaction(self.made[payment_hash])
        self.notify({"notification_type": "payment_received", "notification": paid})

    @property
    def listening(self) -> int:
        """Count those who hear of payments."""
        guests = [guest for relay in self.relays for guest in relay.guests]
        return sum(any(23197 in wanted["kinds"] for wanted in list(guest.subscriptions.values())) for guest in guests)

    def notify(self, said: object, by: Key = WALLET) -> None:
        till = public(TILL)
        for kind, encryption in ((23197, NIP44), (23196, NIP04)):
            content = Box(by, till).encrypt(json.dumps(said), encryption)
            event = sign(by, kind, (("p", till),), content, int(self.clock()))
            for relay in self.relays:
                relay.publish(event.to_json())

    def _get_info(self, who: str) -> dict[str, Any]:
        methods = [*_RECEIVES, "pay_invoice"] if who == public(SPENDER) else [*_RECEIVES]
        return {
            "alias": "the shop",
            "color": "#000000",
            "pubkey": self.node.pubkey,
            "network": "regtest",
            "block_height": 1,
            "block_hash": "00" * 32,
            "methods": methods,
            "notifications": ["payment_received"],
        }

    def _make(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert "metadata" not in asked
        assert asked["amount"] % 1000 == 0
        made = self.sign(
            asked["amount"] // 1000, asked.get("description", ""), asked["expiry"], asked.get("description_hash")
        )
        return self._transaction(made)

    def _transaction(self, made: Made) -> dict[str, Any]:
        is_paid = made.paid_at is not None
        state = "settled" if is_paid else "expired" if made.expires_at <= self.clock() else "pending"
        return {
            "type": "incoming",
            "state": state,
            "invoice": made.payment_request,
            "description": made.memo,
            "description_hash": "",
            "preimage": made.preimage if is_paid else "",
            "payment_hash": made.payment_hash,
            "amount": made.received_msat if is_paid else made.amount_sat * 1000,
            "fees_paid": None,
            "created_at": int(self.clock()),
            "expires_at": made.expires_at,
            "settled_at": made.paid_at,
            "metadata": None,
        }

    def _error(self, method: str, code: str, message: str) -> str:
        return json.dumps({"result_type": self._type(method), "error": {"code": code, "message": message}})

    def _type(self, method: str) -> str:
        return method if self.result_type is None else self.result_type
