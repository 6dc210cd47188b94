"""What the clients of all wallets share: a question over HTTP, and JSON read field by field. Each failure is a
WalletError whose text holds no key."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, TypeGuard
from urllib.parse import urljoin, urlsplit

from pos.bolt11.decode import Bolt11, Bolt11Error, decode
from pos.domain.invoice import Invoice
from pos.transport import Reply, Transport, TransportError, TransportTimeout, is_onion
from pos.wallets.base import BadAnswer, Offer, WalletTimeout, WalletUnreachable, WrongInvoice

# When an invoice expires of which the wallet does not say it: what BOLT 11 says counts in any case.
WHENEVER = 2**62
# Characters of what a wallet says that are passed on.
MOST_SAID = 200
LONGEST_RETRY_AFTER = 3600
# Bytes of a memo that fit into an invoice, by BOLT 11. Some wallets take more, and then make none.
LONGEST_MEMO = 639

# What a proxy answers in the place of a wallet that is down; those from 520 on are Cloudflare's.
_OF_PROXIES = {502, 503, 504, *range(520, 528), 530}
REDIRECTS = {301, 302, 303, 307, 308}

_HEX_32 = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,19}")


class Client:
    """Asks one back end below `url`. `timeout` is in seconds, for one whole question and its answer.

    Every question has `headers`, where the key travels: in an address an access log would keep it. `keys` are what is
    never repeated of what the back end says.
    """

    def __init__(
        self, transport: Transport, url: str, *, headers: Mapping[str, str], timeout: float, keys: Collection[str]
    ) -> None:
        self._transport = transport
        self._url = url.rstrip("/")
        self._headers = {"Accept": "application/json", **headers}
        self._timeout = timeout
        self._keys = [key for key in keys if key]

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """Ask once, and return the whole answer of the wallet, whatever its status.

        Raises WalletUnreachable or WalletTimeout; BadAnswer where it sends elsewhere, which no key follows.
        """
        left = self._timeout if timeout is None else max(timeout, 0.001)
        url = f"{self._url}/{path}"
        reply = call(self._transport, method, url, headers=self._headers, timeout=left, json=json, form=form)
        check_is_up(reply)
        _check_stays(reply, url)
        return reply

    def readable(self, said: str) -> str:
        """Return what a back end said on one line, cut, and without our keys, which some errors repeat."""
        for key in self._keys:
            said = said.replace(key, "***")
        return readable(said)


def call(
    transport: Transport,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    timeout: float,
    json: object = None,
    form: Mapping[str, str] | None = None,
) -> Reply:
    """Ask once, and return the whole answer, whatever its status. Raises WalletUnreachable or WalletTimeout."""
    try:
        return transport.call(method, url, headers=headers, timeout=timeout, json=json, form=form)
    except TransportTimeout as error:
        raise WalletTimeout(str(error)) from error
    except TransportError as error:
        raise WalletUnreachable(str(error)) from error


def check_is_up(reply: Reply) -> None:
    """Tell the page of a proxy, before a wallet that is down, from the wallet's own words, which are JSON.

    Raises WalletUnreachable.
    """
    if reply.status in _OF_PROXIES and not _is_json(reply.body):
        raise WalletUnreachable(f"what stands before it answers {reply.status}, so it is down, or has just started")


def _check_stays(reply: Reply, url: str) -> None:
    location = reply.headers.get("Location", "")
    if reply.status not in REDIRECTS or not location:
        return
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
        is_same_host = here.hostname == there.hostname
    except ValueError:
        raise BadAnswer(f"it redirects to what is no address ({reply.status})") from None
    if is_same_host and (here.scheme, there.scheme) == ("http", "https"):
        raise BadAnswer("it redirects from http to https: write its https address")
    elsewhere = readable(f"{there.scheme}://{there.hostname}")
    raise BadAnswer(f"it redirects to {elsewhere} ({reply.status}): write the wallet's own address")


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def readable(said: str) -> str:
    """Return what somebody said on one line, and cut. No key of ours may be in it."""
    return " ".join(said.encode("utf-8", "replace").decode().split())[:MOST_SAID]


@dataclass(frozen=True, slots=True)
class Said:
    """A JSON object as a wallet said it. Each field is complete, or BadAnswer is raised in the name of `who`."""

    who: str
    fields: Mapping[str, Any]

    @classmethod
    def parse(cls, who: str, body: bytes) -> "Said":
        """Read an answer's body."""
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BadAnswer(f"{who} answered with something that is not JSON") from error
        return cls._object(who, value)

    @classmethod
    def _object(cls, who: str, value: object) -> "Said":
        if not isinstance(value, dict):
            raise BadAnswer(f"{who} answered with JSON that is not an object")
        return cls(who, value)

    def get(self, name: str) -> Any:
        """Return a field as it is; None if it is not there."""
        return self.fields.get(name)

    def inner(self, name: str) -> "Said":
        """Read an object within."""
        return self._object(self.who, self.get(name))

    def flag(self, name: str) -> bool:
        """Read a yes or no."""
        value = self.get(name)
        if not isinstance(value, bool):
            raise self._missing(name)
        return value

    def text(self, name: str) -> str:
        """Read a text in which something stands."""
        value = self.get(name)
        if not isinstance(value, str) or not value:
            raise self._missing(name)
        return value

    def whole(self, name: str) -> int:
        """Read a whole number that is not negative; in digits as text, too, as 64 bits are often written."""
        value = self.get(name)
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if not is_whole(value):
            raise self._missing(name)
        return value

    def payment_hash(self, name: str) -> str:
        """Read a payment hash: 64 hex digits, returned in lower case."""
        value = self.text(name).lower()
        if not _HEX_32.fullmatch(value):
            raise BadAnswer(f"{self.who} sent a {name} that is no payment hash")
        return value

    def _missing(self, name: str) -> BadAnswer:
        return BadAnswer(f"{self.who} sent no {name}")


def is_open_to_all(url: str) -> bool:
    """Tell whether what is sent there, keys too, can be read on the way: it is not https, and leaves this machine.

    An onion service is itself the end of what Tor encrypts.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "http" and not (is_this_machine(url) or is_onion(host))


def is_this_machine(url: str) -> bool:
    """Tell whether an address leads no further than to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_whole(value: object) -> TypeGuard[int]:
    """Tell whether a value is a whole number that is not negative, and not beyond all sense."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def cut(text: str, most: int) -> str:
    """Return as much of a text as fits into so many bytes of UTF-8, and no half of a character."""
    return text.encode()[:most].decode(errors="ignore")


def to_preimage(value: object) -> str | None:
    """Return a preimage in lower-case hex if this is one. None is as good as none: paid, and not proven."""
    return value.lower() if isinstance(value, str) and _HEX_32.fullmatch(value.lower()) else None


def to_offer(payment_request: str, payment_hash: str, invoice_id: str | None = None, payee: str | None = None) -> Offer:
    """Make an offer of what a wallet sent. Where the wallet has no name of its own for it, it is the payment hash.

    When it expires is read from the payment request alone: wallets write it in too many ways. Raises BadAnswer for a
    name that neither a database nor an address takes: JSON can hold half of a surrogate pair, too.
    """
    name = invoice_id or payment_hash
    if not name.isprintable():
        raise BadAnswer("the wallet's name for the invoice cannot be written down")
    return Offer(Invoice(name, payment_request, payment_hash, WHENEVER), payee)


def decoded(who: str, payment_request: str) -> Bolt11:
    """Return what is in an invoice that a wallet made. Raises WrongInvoice."""
    try:
        return decode(payment_request)
    except Bolt11Error as error:
        raise WrongInvoice(f"{who} sent no invoice: {error}") from error


def asked_sat(invoice: Invoice) -> int:
    """Return what an invoice asks for, in sat: of one with an amount nobody pays less (BOLT 11)."""
    return decode(invoice.payment_request).amount_msat // 1000


def retry_after(reply: Reply) -> int:
    """Return the seconds after which a busy wallet wants to be asked again; one, where it does not say."""
    text = reply.headers.get("Retry-After", "")
    return min(int(text), LONGEST_RETRY_AFTER) if text.isascii() and text.isdigit() and len(text) < 6 else 1
