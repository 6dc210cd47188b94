"""What some wallets do besides: tell of a payment, take an invoice back, keep a line, be served by the till."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Protocol, TypeAlias, TypeGuard
from wsgiref.types import WSGIApplication

from pos.domain.invoice import Invoice
from pos.transport import Transport
from pos.wallets.base.wallet import Wallet


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

    @property
    def hook_is_near(self) -> bool:
        """Tell whether its messages come from this machine, where the till is found without its address from outside,
        and the wallet is told where by the till itself."""
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


class Connected(Protocol):
    """Optional: the wallet keeps a line open from one question to the next."""

    def close(self) -> None:
        """Hang up, as a process has to before it forks. The next question opens the line again."""
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


class PlayingCustomer(Protocol):
    """Optional, and for play money alone: there is a customer with a wallet, so that a refund can be tried."""

    def invoice_of_customer(self, amount_sat: int) -> str:
        """Have the customer make an invoice over so much, and return its BOLT 11 text."""
        ...

    def pay_customer(self, payment_request: str) -> str | None:
        """Pay an invoice of that customer, and return the preimage; None where it is another's, or has expired."""
        ...


def reads_hints(wallet: Wallet) -> TypeGuard[Hinting]:
    """Tell whether a wallet is a Hinting one."""
    return hasattr(wallet, "read_hint")


def pushes(wallet: Wallet) -> TypeGuard[Pushing]:
    """Tell whether a wallet is a Pushing one."""
    return hasattr(wallet, "listen")


def cancels(wallet: Wallet) -> TypeGuard[Cancelling]:
    """Tell whether a wallet is a Cancelling one."""
    return hasattr(wallet, "cancel")


def is_connected(wallet: Wallet) -> TypeGuard[Connected]:
    """Tell whether a wallet is a Connected one."""
    return hasattr(wallet, "close")


def is_hosted(wallet: Wallet) -> TypeGuard[Hosting]:
    """Tell whether a wallet is a Hosting one."""
    return hasattr(wallet, "hosted")


def plays_customer(wallet: Wallet) -> TypeGuard[PlayingCustomer]:
    """Tell whether a wallet is a PlayingCustomer one."""
    return hasattr(wallet, "invoice_of_customer")
