"""The client of a Lightning address: two questions for an invoice (LUD-06), one whether it is paid (LUD-21).

The name of an invoice is the address at which its provider tells whether it is paid.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from urllib.parse import quote, urlencode, urljoin, urlsplit

from pos.bolt11.decode import Bolt11Error, decode
from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice, proves
from pos.domain.sentence import Sentence
from pos.transport import Reply
from pos.wallets.base import (
    Access,
    Advice,
    BadAnswer,
    InvoiceRefused,
    InvoiceRequest,
    Offer,
    Till,
    WalletBusy,
    WalletError,
    WalletUnreachable,
    WrongInvoice,
)
from pos.wallets.client import (
    REDIRECTS,
    Said,
    asked_sat,
    call,
    check_is_up,
    decoded,
    is_whole,
    readable,
    retry_after,
    to_offer,
    to_preimage,
)
from pos.wallets.lnaddress.address import is_safe

WHO = "the provider of the Lightning address"
NO_HASH = "the invoices of a Lightning address have a description of their own"
MOST_REDIRECTS = 3
# Characters; longer ones are no addresses, and a database has to find them again.
LONGEST_VERIFY = 2000
# Seconds for which the invoice is good that is made to see what the provider can.
TRIAL_EXPIRY = 60
# How a provider says that it is asked too often, where it does not say it by the status.
_BUSY = re.compile(r"too many requests|rate.?limit", re.IGNORECASE)
# What is said of an invoice, in whichever words. A session, a key or a certificate may have expired, too.
_EXPIRED = re.compile(r"\binvoice (?:(?:is|was|has|had|been|already) )*expired\b", re.IGNORECASE)


class UnknownAddress(WalletError):
    """Its provider does not know the address. Only the owner can mend that."""

    sentence = Sentence(
        "The shop's Lightning address is not known to its provider. Nothing was charged. The owner has to check the"
        " settings."
    )


class CannotTell(WalletError):
    """Its provider takes money, and does not tell whether it came. Such an address is no wallet for a till."""

    sentence = Sentence(
        "The provider of the shop's Lightning address does not tell whether a payment came, so no invoice is shown."
        " Nothing was charged. The owner has to choose another wallet."
    )

    def __init__(self) -> None:
        super().__init__(
            "its provider takes money for this address, but does not tell a till whether it came (LUD-21). These do:"
            " BTCPay Server from 2.3.8 on, Blink, Alby, Coinos, and the wallets on the servers of Breez or Spark"
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """How the address is paid: where an invoice is asked for, between which sums (msat), and with what it is signed."""

    callback: str
    least: int
    most: int
    description_hash: str
    comment_length: int

    @classmethod
    def read(cls, said: Said) -> "Terms":
        """Read the answer to the first question. Raises BadAnswer."""
        if said.get("tag") != "payRequest":
            raise BadAnswer("the address is an LNURL for something else than paying")
        least, most = said.whole("minSendable"), said.whole("maxSendable")
        if not 1 <= least <= most:
            raise BadAnswer(f"{WHO} takes from {least} to {most} msat, which is nothing")
        length = said.get("commentAllowed")
        signed = sha256(said.text("metadata").encode("utf-8", "surrogatepass")).hexdigest()
        return cls(said.text("callback"), least, most, signed, length if is_whole(length) else 0)

    def check(self, amount_sat: int) -> None:
        """Refuse an amount that the address does not take. Raises InvoiceRefused."""
        if amount_sat * 1000 < self.least:
            raise InvoiceRefused(f"its Lightning address takes at least {self.least_sat:,} sat at once")
        if amount_sat * 1000 > self.most:
            raise InvoiceRefused(f"its Lightning address takes at most {self.most // 1000:,} sat at once")

    @property
    def least_sat(self) -> int:
        """The least whole sat that it takes."""
        return -(-self.least // 1000)


class LightningAddress:
    """An address that its provider describes at `url`. What it says is asked anew for each sale: some make a new
    callback each time, and take it once."""

    # Providers allow 30 questions in 10 seconds, and a sale takes two more.
    questions_per_second = 2

    def __init__(self, till: Till, url: str) -> None:
        self._transport = till.transport
        self._timeout = till.timeout
        self._clock = till.clock
        self._url = url
        self._is_plain = urlsplit(url).scheme == "http"
        # What its invoices are on; None until one came that can be verified.
        self._network: str | None = None

    @property
    def identity(self) -> str:
        """Name this wallet by where it is described."""
        return f"lnaddress:{sha256(self._url.encode()).hexdigest()[:8]}"

    @property
    def advice(self) -> Advice:
        """Say where the address stands."""
        host = urlsplit(self._url).netloc
        return Advice(
            holder=f"What is paid goes to whom {host} says: it makes the invoices, and is trusted with the money.",
            key="Copy LIGHTNING_ADDRESS again: wallets show it under Receive, as name@host.",
            reach="Is this machine online, and LIGHTNING_ADDRESS right?",
            spends="a Lightning address cannot spend.",
            no_hashed_description=f"the wallet is a Lightning address, and {NO_HASH}. The pages of tip jars work; for"
            " posters and an address of the shop's own, choose a wallet that makes invoices itself.",
        )

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask how the address is paid, then for an invoice. Raises WalletError."""
        if request.description_hash:
            raise InvoiceRefused(NO_HASH)
        deadline = monotonic() + self._timeout
        return self._offer(self._terms(deadline), request, deadline)

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is paid. Raises WalletError.

        The sum is not told: who pays an invoice over an amount cannot pay less. Without a preimage it is the
        provider's word alone, with a wrong one not even that.
        """
        said = self._said(self._get(invoice.id, monotonic() + self._timeout))
        reason = _error(said)
        if reason is not None:
            # Some keep no more of what has expired unpaid. Before it has, whatever is said of it says nothing.
            if _EXPIRED.search(reason) and self._clock() >= decode(invoice.payment_request).expires_at:
                return None
            raise BadAnswer(f"{WHO} says: {reason}")
        is_settled = said.flag("settled")
        _check_same(said.get("pr"), invoice)
        if not is_settled:
            return None
        preimage = to_preimage(said.get("preimage"))
        if said.get("preimage") and not proves(preimage, invoice.payment_hash):
            raise BadAnswer(f"{WHO} says that it is paid, and the preimage is none of this invoice")
        return Settlement(None, asked_sat(invoice), preimage)

    def check_access(self) -> Access:
        """Ask how the address is paid, and for one invoice that nobody is shown: nothing else says if it can be
        verified. Not again once one could be. Raises WalletError."""
        deadline = monotonic() + self._timeout
        terms = self._terms(deadline)
        if self._network is None:
            self._offer(terms, InvoiceRequest(terms.least_sat, "", TRIAL_EXPIRY, ""), deadline)
        return Access(spends=False, network=self._network, max_sat=terms.most // 1000, min_sat=terms.least_sat)

    def _terms(self, deadline: float) -> Terms:
        """Ask how the address is paid. Those on a domain of their own mostly redirect to their provider's."""
        url = self._url
        for _ in range(MOST_REDIRECTS + 1):
            reply = self._get(url, deadline)
            if reply.status == 404:
                raise UnknownAddress(f"LIGHTNING_ADDRESS may be wrong: {WHO} does not know it (404)")
            if reply.status not in REDIRECTS:
                said = self._said(reply)
                reason = _error(said)
                if reason is not None and reply.status >= 500:
                    raise WalletUnreachable(f"{WHO} says: {reason}")
                if reason is not None:
                    raise UnknownAddress(f"LIGHTNING_ADDRESS may be wrong: {WHO} says: {reason}")
                return Terms.read(said)
            url = self._safe(_joined(url, reply.headers.get("Location", "")), "a redirect")
        raise BadAnswer(f"{WHO} redirects more than {MOST_REDIRECTS} times")

    def _offer(self, terms: Terms, request: InvoiceRequest, deadline: float) -> Offer:
        terms.check(request.amount_sat)
        # Not in any LUD, but servers of Breez and Spark take it, and others ignore what they do not know.
        asked = {"amount": str(request.amount_sat * 1000), "expiry": str(request.expiry)}
        comment = request.memo[: terms.comment_length]
        if comment:
            asked["comment"] = comment
        said = self._said(self._get(_with(self._safe(terms.callback, "a callback"), asked), deadline))
        reason = _error(said)
        if reason is not None:
            raise InvoiceRefused(reason)
        signed = decoded(WHO, said.text("pr"))
        if signed.description_hash != terms.description_hash:
            raise WrongInvoice("its description hash is not that of what the provider of the address says of it")
        verify = said.get("verify")
        if not isinstance(verify, str) or not verify:
            self._network = None
            raise CannotTell
        if len(verify) > LONGEST_VERIFY:
            raise BadAnswer(f"{WHO} sent an address to verify at that is longer than {LONGEST_VERIFY} characters")
        offer = to_offer(said.text("pr"), signed.payment_hash, self._safe(verify, "an address to verify at"))
        self._network = signed.network
        return offer

    def _get(self, url: str, deadline: float) -> Reply:
        headers = {"Accept": "application/json"}
        return call(self._transport, "GET", url, headers=headers, timeout=max(deadline - monotonic(), 0.001))

    def _said(self, reply: Reply) -> Said:
        """Read an answer. Errors are JSON with any status, 200 too."""
        if reply.status == 429:
            raise WalletBusy(f"{WHO} answered 429", retry_after(reply))
        check_is_up(reply)
        try:
            said = Said.parse(WHO, reply.body)
        except BadAnswer:
            if reply.status == 200:
                raise
            raise BadAnswer(f"{WHO} answered {reply.status}") from None
        reason = _error(said)
        if reply.status != 200 and reason is None:
            raise BadAnswer(f"{WHO} answered {reply.status}")
        if reason is not None and _BUSY.search(reason):
            raise WalletBusy(f"{WHO} says: {reason}", retry_after(reply))
        return said

    def _safe(self, url: str, what: str) -> str:
        """Return an address that the provider sent. Plain http goes where the address itself is there, too."""
        if not is_safe(url, plain=self._is_plain):
            raise BadAnswer(f"{WHO} sent {what} that is not https")
        return url


def _error(said: Said) -> str | None:
    """Return why the provider does not do what was asked; None if it does."""
    if str(said.get("status")).upper() != "ERROR":
        return None
    reason = said.get("reason")
    return (readable(reason) if isinstance(reason, str) else "") or "no reason given"


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _with(url: str, asked: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(asked, quote_via=quote))))
    return parts._replace(query=query, fragment="").geturl()


def _check_same(payment_request: object, invoice: Invoice) -> None:
    """Refuse an answer about another invoice. Some put there what is none; the address of the question names it, too.

    Raises BadAnswer.
    """
    try:
        other = decode(payment_request) if isinstance(payment_request, str) else None
    except Bolt11Error:
        return
    if other and other.payment_hash != invoice.payment_hash:
        raise BadAnswer("the answer is about another invoice")
