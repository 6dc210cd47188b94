"""What a wallet is to the till: the protocol, what it answers, and the ways in which it can fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Protocol, TypeAlias, TypeGuard
from wsgiref.types import WSGIApplication

from pos.domain.charge import Settlement
from pos.domain.invoice import ExpiredError, Invoice, InvoiceError, UnpayableError, check
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.transport import Transport

# Seconds. No answer takes that long: an invoice that is older when it comes was dated by another clock.
CLOCKS_APART = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """An invoice as the wallet answered it, not yet checked.

    `payee` is the public key (66 hex digits) of the node that the wallet says has signed it, if it says so. `notes` are
    whole sentences of what the wallet warns of: that it has no room to receive, perhaps.
    """

    invoice: Invoice
    payee: str | None
    notes: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the wallet says of itself and of our keys; None is what it does not tell.

    `spends`: our keys can spend. `network` is what its invoices are on (bc, tb, tbs, bcrt), `payee` the public key of
    the node that signs them (66 hex digits); `min_sat` and `max_sat` are the least and the most that one of them may be
    over. `notes` are whole sentences of what keeps it from being paid, and what to do.
    """

    spends: bool | None = None
    network: str | None = None
    payee: str | None = None
    min_sat: int | None = None
    max_sat: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the owner is to do, in whole sentences that name this wallet's own settings and pages.

    `holder`: where the money goes, and who holds it. `key`: it refuses our key. `reach`: it does not answer. `spends`:
    a key can spend. `warnings` are what the settings tell by themselves, so that it can be said at the start, when
    nobody is asked yet.
    """

    holder: str

    key: str
    reach: str
    spends: str
    warnings: tuple[str, ...] = ()


class Wallet(Protocol):
    """A back end that makes invoices and knows whether they are paid. Every call may raise WalletError."""

    @property
    def identity(self) -> str:
        """Name this wallet as no other is, without its key: its kind, and a fingerprint of its address and key.

        It is written down with every charge, and so has to stay the same.
        """
        ...

    @property
    def questions_per_second(self) -> int:
        """How many look-ups a second it bears, by its own limits, where the shop's settings do not say."""
        ...

    @property
    def advice(self) -> Advice:
        """Say what to do if something is wrong with this wallet, without asking it."""
        ...

    def create_invoice(self, request: InvoiceRequest) -> Offer:
        """Ask for a new invoice. What comes is not checked yet."""
        ...

    def look_up(self, invoice: Invoice) -> Settlement | None:
        """Ask whether the invoice is settled; None is the wallet's word that it is not."""
        ...

    def check_access(self) -> Access:
        """Ask whether the wallet is there and takes our keys, without making anything."""
        ...


@dataclass(frozen=True, slots=True)
class ById:
    """A hint that names an invoice as the wallet does."""

    invoice_id: str

    def __str__(self) -> str:
        return f"invoice {self.invoice_id[:64]!r}"


@dataclass(frozen=True, slots=True)
class ByPaymentHash:
    """A hint that names an invoice by its payment hash (64 hex digits)."""

    payment_hash: str

    def __str__(self) -> str:
        return f"payment hash {self.payment_hash[:64]!r}"


# Which invoice may have been paid. It is never proof: the wallet is asked.
Hint: TypeAlias = ById | ByPaymentHash


class Hinting(Protocol):
    """Optional: the wallet sends a message when something is paid, to POST /hooks/<hook_name>."""

    @property
    def hook_name(self) -> str:
        """What the hook's address ends with."""
        ...

    @property
    def hook_is_open(self) -> bool:
        """Tell whether there is a secret by which the wallet's own messages can be known."""
        ...

    def read_hint(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """Return what a message hints at; None if it is about no invoice. Names of headers are in lower case.

        Raises HintRefused. Nobody is asked.
        """
        ...

    def ping_webhook(self, transport: Transport, address: str) -> int:
        """Send the hook at an address a message about nothing, as the wallet would, and return the HTTP status.

        Raises WalletError.
        """
        ...

    def hook_advice(self, address: str) -> str:
        """Say how to open the hook, or, if it is open, what to tell the wallet so that its messages arrive."""
        ...


class Pushing(Protocol):
    """Optional: the wallet itself tells what may have been paid, over a connection that the till keeps open."""

    def listen(self, on_hint: Callable[[Hint], None], stop: Event) -> None:
        """Call `on_hint` with each hint, until `stop` is set; then return within a few seconds.

        A connection that breaks is mended here, or WalletError is raised, and this is called again after a pause.
        `on_hint` takes as long as a call to the wallet does, and raises nothing that has to be caught.
        """
        ...


class Cancelling(Protocol):
    """Optional: the wallet can take an invoice back, so that nobody pays it any more."""

    def cancel(self, invoice: Invoice) -> None:
        """Ask for an invoice that is not paid to be taken back. Raises WalletError."""
        ...


class Hosted(Protocol):
    """A part of a wallet that the till serves below `path`, beside its own pages, and closes when it ends."""

    path: str
    wsgi: WSGIApplication

    def close(self) -> None:
        """Let go of open files, as a process has to before it forks."""
        ...


class Hosting(Protocol):
    """Optional: the wallet, or its other end, is in this process."""

    hosted: Hosted


def reads_hints(wallet: Wallet) -> TypeGuard[Hinting]:
    """Tell whether a wallet is a Hinting one."""
    return hasattr(wallet, "read_hint")


def pushes(wallet: Wallet) -> TypeGuard[Pushing]:
    """Tell whether a wallet is a Pushing one."""
    return hasattr(wallet, "listen")


def cancels(wallet: Wallet) -> TypeGuard[Cancelling]:
    """Tell whether a wallet is a Cancelling one."""
    return hasattr(wallet, "cancel")


def is_hosted(wallet: Wallet) -> TypeGuard[Hosting]:
    """Tell whether a wallet is a Hosting one."""
    return hasattr(wallet, "hosted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """What a till has for the wallet that it opens.

    `timeout` is in seconds, for one whole question and its answer; `clock` gives unix seconds. `folder` is for what the
    wallet has to keep on this machine, and may not be there yet. Hints arrive at `hooks_address`, a slash, and the
    wallet's hook name.
    """

    transport: Transport
    timeout: float
    clock: Callable[[], float]
    folder: Path
    max_sat: int
    hooks_address: str


class CannotOpen(Exception):
    """The wallet cannot even be made, so the till does not start. The text says what to do, and holds no key."""


class WalletError(Refusal):
    """The wallet did not do what was asked. The text holds no key."""

    sentence = Sentence(
        "The shop's wallet answered something that the till cannot use. Nothing was charged. Try again."
    )
    status = 502

    def __init__(self, reason: str) -> None:
        super().__init__(self.sentence, self.status, reason)


class WalletUnreachable(WalletError):
    """No connection, or a broken one. Worth another try."""

    sentence = Sentence("The shop's wallet does not answer. Nothing was charged. Try again.")


class WalletTimeout(WalletUnreachable):
    """No whole answer in time. Worth another try."""

    sentence = Sentence("The shop's wallet took too long to answer. Nothing was charged. Try again.")
    status = 504


class WalletBusy(WalletError):
    """The wallet asks us to slow down. Worth another try after `retry_after` seconds."""

    retry_after: int
    sentence = Sentence("The shop's wallet is too busy right now. Nothing was charged. Wait a moment, then try again.")

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class KeyRefused(WalletError):
    """The wallet does not take our key. Only the owner can mend that."""

    sentence = Sentence(
        "The shop's wallet refused the till's key. Nothing was charged. The owner has to check the settings."
    )


class InvoiceRefused(WalletError):
    """The wallet does not make this invoice, for a reason of its own. Another amount or memo may do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.sentence = Sentence(
            "The shop's wallet refused this sale: {reason}. Nothing was charged.", {"reason": reason.rstrip(".")}
        )


class WrongInvoice(WalletError):
    """The wallet made an invoice that is not what was asked for. It must not be shown."""

    sentence = Sentence("The shop's wallet sent a wrong invoice, so it is not shown. Nothing was charged. Try again.")


class UnpayableInvoice(WrongInvoice):
    """The wallet made an invoice that no customer's wallet pays. Another try makes another one like it."""

    sentence = Sentence(
        "The shop's wallet made an invoice that customers' wallets refuse to pay, so it is not shown. Nothing was"
        " charged. The owner has to check the shop's wallet."
    )


class WrongClock(WrongInvoice):
    """The clocks of till and wallet are so far apart that an invoice which was just made has expired already.

    `seconds` is by how much the till's is ahead.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"the till's clock is {seconds} s ahead of the wallet's: what it makes has already expired")
        self.seconds = seconds
        self.sentence = Sentence(
            "The till's clock is wrong, or its wallet's: they are {minutes} min apart, so no invoice can be shown."
            " Nothing was charged. The owner has to set the clock.",
            {"minutes": seconds // 60},
        )


class BadAnswer(WalletError):
    """The wallet answered nonsense, or failed inside."""


class HintRefused(Exception):
    """A message to the hook that is not the wallet's. `status` is the HTTP status of the answer. It holds no secret."""

    status = 403


class HintUnreadable(HintRefused):
    """A message that is the wallet's, and yet none that it sends."""

    status = 400


def check_offer(request: InvoiceRequest, offer: Offer, network: str, now: int, payee: str | None = None) -> Invoice:
    """Return the invoice as it may be shown, if the offer is what was requested.

    `payee` is the node that has to have signed it, if the owner knows that; else it is the one that the wallet names.

    By our clock it is good for as long as was asked for at most: the node's may be an hour ahead, and a countdown
    from an hour would be wrong. Others, who cannot say how long their invoices are good for, are held to it, too.

    Raises WrongInvoice; UnpayableInvoice where no customer could pay it, WrongClock where the clock is to be set.
    """
    asked = replace(offer.invoice, expires_at=min(offer.invoice.expires_at, now + request.expiry))
    try:
        return check(request.amount_sat, network, asked, payee or offer.payee, now, request.description_hash)
    except ExpiredError as error:
        # It was made a moment ago.
        if error.age >= CLOCKS_APART:
            raise WrongClock(error.age) from error
        raise WrongInvoice(f"refused invoice {offer.invoice.id}: {error}") from error
    except UnpayableError as error:
        raise UnpayableInvoice(f"refused invoice {offer.invoice.id}: {error}") from error
    except InvoiceError as error:
        raise WrongInvoice(f"refused invoice {offer.invoice.id}: {error}") from error
