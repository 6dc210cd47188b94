"""What every wallet does for the till, what it says of itself, and what it is given when it is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pos.domain.charge import Settlement
from pos.domain.invoice import Invoice
from pos.transport import Transport
from pos.wallets.base.offer import InvoiceRequest, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the wallet says of itself and of our keys; None is what it does not tell.

    `spends`: our keys can spend. `network` is what its invoices are on (bc, tb, tbs, bcrt), `payee` the public key of
    the node that signs them (66 hex digits), which each Offer names, too: a sale is held against that. `min_sat` and
    `max_sat` are the least and the most that one of them may be over. `notes` are whole sentences of what keeps it from
    being paid, and what to do.
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
    a key can spend. `unsure`: it is not known whether a key can, and how to be sure. `warnings` are what the settings
    tell by themselves, so that it can be said at the start, when nobody is asked yet. `no_hashed_description` is why
    LNURL-pay does not go with this wallet; None where it does. `keeps_hashed_description`: it makes the hash itself,
    and keeps the text in its books with every invoice.
    """

    holder: str

    key: str
    reach: str
    spends: str
    unsure: str = ""
    warnings: tuple[str, ...] = ()
    no_hashed_description: str | None = None
    keeps_hashed_description: bool = False


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
