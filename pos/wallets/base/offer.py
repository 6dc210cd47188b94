"""An invoice that is asked for, the one that a wallet offers, and whether it may be shown."""

from dataclasses import dataclass, replace
from hashlib import sha256

from pos.domain.invoice import ExpiredError, Invoice, InvoiceError, SignerError, UnpayableError, check
from pos.wallets.base.errors import UnpayableInvoice, WrongClock, WrongInvoice, WrongPayee

# Seconds. No answer takes that long: an invoice that is older when it comes was dated by another clock.
CLOCKS_APART = 60


@dataclass(frozen=True, slots=True)
class InvoiceRequest:
    """What an invoice is to be: over `amount_sat` sat, good for `expiry` seconds.

    `charge_id` is ours, for the wallet's books. Where there is a `hashed_description`, the invoice has to hold the hash
    of that text in place of the memo, as LNURL-pay asks for: some wallets are given the hash, others the text.
    """

    amount_sat: int
    memo: str
    expiry: int
    charge_id: str
    hashed_description: str | None = None

    @property
    def description_hash(self) -> str | None:
        """The SHA-256 of the hashed description's UTF-8 (64 hex digits); None where the memo is in the invoice."""
        return sha256(self.hashed_description.encode()).hexdigest() if self.hashed_description is not None else None


@dataclass(frozen=True, slots=True)
class Offer:
    """An invoice as the wallet answered it, not yet checked.

    `payee` is the public key (66 hex digits) of the node that the wallet says has signed it, if it says so. `notes` are
    whole sentences of what the wallet warns of: that it has no room to receive, perhaps.
    """

    invoice: Invoice
    payee: str | None
    notes: tuple[str, ...] = ()


def check_offer(request: InvoiceRequest, offer: Offer, network: str, now: int, payee: str | None = None) -> Invoice:
    """Return the invoice as it may be shown, if the offer is what was requested.

    `payee` is the node that has to have signed it, if the owner knows that; else it is the one that the wallet names.

    By our clock it is good for as long as was asked for at most: the node's may be an hour ahead, and a countdown
    from an hour would be wrong. Others, who cannot say how long their invoices are good for, are held to it, too.

    Raises WrongInvoice; UnpayableInvoice where no customer could pay it, WrongClock where the clock is to be set,
    WrongPayee where another node signed it.
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
    except SignerError as error:
        raise WrongPayee(f"refused invoice {offer.invoice.id}: {error}") from error
    except InvoiceError as error:
        raise WrongInvoice(f"refused invoice {offer.invoice.id}: {error}") from error
