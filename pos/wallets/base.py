"""What a wallet is to the till: the protocol, what it answers, and the ways in which it can fail."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice, InvoiceError, check
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.transport import Transport


@dataclass(frozen=True, slots=True)
class Offer:
    """An invoice as the wallet answered it, not yet checked.

    `payee` is the public key (66 hex digits) of the node that the wallet says has signed it, if it says so.
    """

    invoice: Invoice
    payee: str | None


@dataclass(frozen=True, slots=True)
class InvoiceRequest:
    """What an invoice is to be: over `amount_sat` sat, good for `expiry` seconds.

    `charge_id` is ours, for the wallet's books. With a `description_hash` (64 hex digits) the invoice has to hold that
    in place of the memo, as LNURL-pay asks for.
    """

    amount_sat: int
    memo: str
    expiry: int
    charge_id: str
    description_hash: str | None = None


class Wallet(Protocol):
    """A back end that makes invoices and knows whether they are paid. Every call may raise WalletError."""

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for a new invoice. What comes is not checked yet."""
        ...

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled; None is the wallet's word that it is not."""
        ...

    def check_access(self) -> None:
        """Ask whether the wallet is there and takes our keys, without making anything."""
        ...

    @property
    def spends(self) -> bool:
        """Tell, without asking the wallet, whether our keys can spend: a till should hold some that only receive."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """What a till has for the wallet that it opens.

    `timeout` is in seconds, for one whole question and its answer; `clock` gives unix seconds. `folder` is for what the
    wallet has to keep on this machine, and may not be there yet. `hook_address` is where its hints arrive.
    """

    transport: Transport
    timeout: float
    clock: Callable[[], float]
    folder: Path
    max_sat: int
    hook_address: str


class WalletError(Refusal):
    """The wallet did not do what was asked. The text holds no key."""

    sentence = Sentence("The wallet answered something that the till cannot use. Nothing was charged. Try again.")
    status = 502

    def __init__(self, reason: str) -> None:
        super().__init__(self.sentence, self.status, reason)


class WalletUnreachable(WalletError):
    """No connection, or a broken one. Worth another try."""

    sentence = Sentence("The wallet does not answer. Nothing was charged. Try again.")


class WalletTimeout(WalletUnreachable):
    """No whole answer in time. Worth another try."""

    sentence = Sentence("The wallet took too long to answer. Nothing was charged. Try again.")
    status = 504


class WalletBusy(WalletError):
    """The wallet asks us to slow down. Worth another try after `retry_after` seconds."""

    sentence = Sentence("The wallet is too busy right now. Nothing was charged. Wait a moment, then try again.")

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class KeyRefused(WalletError):
    """The wallet does not take our key. Only the owner can mend that."""

    sentence = Sentence("The wallet refused the till's key. Nothing was charged. The owner has to check the settings.")


class InvoiceRefused(WalletError):
    """The wallet does not make this invoice, for a reason of its own. Another amount or memo may do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.sentence = Sentence(
            "The wallet refused this sale: {reason}. Nothing was charged.", {"reason": reason.rstrip(".")}
        )


class WrongInvoice(WalletError):
    """The wallet made an invoice that is not what was asked for. It must not be shown."""

    sentence = Sentence("The wallet sent a wrong invoice, so it is not shown. Nothing was charged. Try again.")


class BadAnswer(WalletError):
    """The wallet answered nonsense, or failed inside."""


def check_offer(request: InvoiceRequest, offer: Offer, network: str, now: int) -> Invoice:
    """Return the invoice as it may be shown, if the offer is what was requested. Raises WrongInvoice."""
    try:
        return check(request.amount_sat, network, offer.invoice, offer.payee, now, request.description_hash)
    except InvoiceError as error:
        raise WrongInvoice(f"refused invoice {offer.invoice.id}: {error}") from error
