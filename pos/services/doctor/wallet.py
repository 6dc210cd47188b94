"""Whether the wallet answers, and makes an invoice that a customer can pay."""

from collections.abc import Iterator
from dataclasses import replace

from pos import qr
from pos.bolt11.decode import Bolt11Error, decode
from pos.domain.invoice import Invoice
from pos.domain.money import SAT, Money
from pos.domain.sentence import Sentence
from pos.services.doctor.finding import Finding, Verdict
from pos.services.left_behind import left_behind
from pos.shop import Shop
from pos.store import StoreError
from pos.wallets.base import (
    Access,
    InvoiceRequest,
    KeyRefused,
    UnpayableInvoice,
    WalletBusy,
    WalletError,
    WalletUnreachable,
    WrongClock,
    WrongInvoice,
    WrongPayee,
    check_offer,
)

TEST_SAT = 1
TEST_EXPIRY = 60
# What a coffee costs, roughly: a wallet that sells from more than this on is none for a till, though it works.
COFFEE_SAT = 1000
# More than this, and a countdown or a sale's time would be wrong by something that a person notices.
CLOCK_TOLERANCE = 30


def look_at_left_behind(shop: Shop) -> Iterator[Finding]:
    """Say how many unpaid charges another wallet would have to be asked about."""
    try:
        left = left_behind(shop)
    except StoreError:
        # What is wrong with the database is said already.
        return
    for other in left:
        sentence = Sentence(
            "unpaid charges that are with another one ({other}): {count}. This one ({own}) cannot be asked about them:"
            " see there whether any was paid, or go back to it until they have expired.",
            {"other": other.wallet, "count": other.charges, "own": shop.wallet.identity},
        )
        yield Finding(Verdict.WARNING, "wallet", sentence)


def look_at_wallet(shop: Shop) -> Iterator[Finding]:
    """Ask it about itself, and for an invoice."""
    advice = shop.wallet.advice
    for warning in advice.warnings:
        yield Finding(Verdict.WARNING, "wallet", warning)
    try:
        access = shop.wallet.check_access()
    except KeyRefused as error:
        yield Finding(
            Verdict.BAD, "wallet", Sentence("it refuses the key ({error}).", {"error": str(error)}), advice.key
        )
    except WalletUnreachable as error:
        yield Finding(
            Verdict.BAD, "wallet", Sentence("it does not answer: {error}.", {"error": str(error)}), advice.reach
        )
    except WalletBusy as error:
        sentence = Sentence(
            "it wants to be asked less often ({error}). Ask the doctor again in {seconds} s.",
            {"error": str(error), "seconds": error.retry_after},
        )
        yield Finding(Verdict.BAD, "wallet", sentence)
    except WalletError as error:
        sentence = Sentence(
            "it answers, but not as it should: {error}. Look into the wallet itself.",
            {"error": str(error).rstrip(".")},
        )
        yield Finding(Verdict.BAD, "wallet", sentence)
    else:
        told = {True: "", False: "They cannot spend.", None: advice.unsure}[access.spends]
        yield Finding(Verdict.GOOD, "wallet", Sentence("answers, and takes the till's keys."), told)
        yield from _access(shop, access)
        yield from _sale(shop, access)


def _access(shop: Shop, access: Access) -> Iterator[Finding]:
    """Hold what the wallet says of itself against what the till relies on."""
    settings, advice = shop.settings, shop.wallet.advice
    if access.spends and advice.spends not in advice.warnings:
        yield Finding(Verdict.WARNING, "wallet", advice.spends)
    for note in access.notes:
        yield Finding(Verdict.WARNING, "wallet", note)
    if access.network and access.network != settings.network:
        sentence = Sentence(
            "it is on network {its}, and POS_NETWORK is {own}: one of them is wrong.",
            {"its": access.network, "own": settings.network},
        )
        yield Finding(Verdict.BAD, "wallet", sentence)
    if access.min_sat is not None and access.min_sat > COFFEE_SAT:
        sentence = Sentence(
            "it sells at least {limit} at once: what costs less cannot be sold.", {"limit": Money(access.min_sat, SAT)}
        )
        yield Finding(Verdict.WARNING, "wallet", sentence)
    if access.max_sat is not None and access.max_sat < settings.max_sat:
        sentence = Sentence(
            "it sells at most {limit} at once, and POS_MAX_SAT is {asked}.",
            {"limit": Money(access.max_sat, SAT), "asked": Money(settings.max_sat, SAT)},
        )
        yield Finding(Verdict.WARNING, "wallet", sentence)


def _sale(shop: Shop, access: Access) -> Iterator[Finding]:
    """Make an invoice over 1 sat, or the least that the wallet takes, and hold it against what it said of itself."""
    sat = max(TEST_SAT, access.min_sat or TEST_SAT)
    request = InvoiceRequest(sat, "Doctor", TEST_EXPIRY, "doctor")
    try:
        offer = shop.wallet.create_invoice(request)
        # Before the invoice is judged by it.
        clock = _clock(offer.invoice, shop.now())
        if clock:
            yield clock
        named = replace(offer, payee=offer.payee or access.payee)
        invoice = check_offer(request, named, shop.settings.network, shop.now(), shop.settings.payee)
    except WrongClock as error:
        sentence = Sentence(
            "none can be shown: {error}. Set the clock, then ask the doctor again.", {"error": str(error)}
        )
        yield Finding(Verdict.BAD, "invoice", sentence)
        return
    except UnpayableInvoice as error:
        sentence = Sentence(
            "customers' wallets refuse to pay what the wallet makes ({error}), so nothing can be sold. Bring the"
            " wallet's node up to date, or use another wallet.",
            {"error": str(error)},
        )
        yield Finding(Verdict.BAD, "invoice", sentence)
        return
    except WrongPayee as error:
        yield _wrong_payee(error, shop.settings.payee)
        return
    except WrongInvoice as error:
        sentence = _wrong_one(error, "POS_NETWORK")
        yield Finding(Verdict.BAD, "invoice", sentence)
        return
    except KeyRefused as error:
        sentence = Sentence("the wallet makes none with this key ({error}).", {"error": str(error)})
        yield Finding(Verdict.BAD, "invoice", sentence, shop.wallet.advice.key)
        return
    except WalletError as error:
        sentence = Sentence(
            "the wallet makes none: {error}. Look into the wallet itself; no sale works till then.",
            {"error": str(error).rstrip(".")},
        )
        yield Finding(Verdict.BAD, "invoice", sentence)
        return
    sentence = Sentence("the wallet made one over {amount}, and it passes every check.", {"amount": Money(sat, SAT)})
    yield Finding(Verdict.GOOD, "invoice", sentence)
    for note in offer.notes:
        yield Finding(Verdict.WARNING, "invoice", note)
    side = qr.side(qr.png(invoice.payment_request))
    yield Finding(Verdict.GOOD, "QR", Sentence("drawn, {side} pixels a side.", {"side": side}))


def _wrong_one(error: WrongInvoice, names: str) -> Sentence:
    return Sentence(
        "the wallet made a wrong one ({error}). What may be wrong: {names}.", {"error": str(error), "names": names}
    )


def _wrong_payee(error: WrongPayee, payee: str | None) -> Finding:
    """Say which of the two is to be looked at: the node that the owner has named, or the one that the wallet names."""
    if payee:
        return Finding(Verdict.BAD, "invoice", _wrong_one(error, "POS_PAYEE"))
    sentence = f"the wallet names one node, and another one signs ({error}): what answers there may not be your wallet."
    return Finding(Verdict.BAD, "invoice", sentence)


def _clock(invoice: Invoice, now: int) -> Finding | None:
    """The node that signed put its own time into the invoice: a second clock. None if it cannot be read."""
    try:
        off = now - decode(invoice.payment_request).created_at
    except Bolt11Error:
        return None
    if abs(off) > CLOCK_TOLERANCE:
        ahead = Sentence("{seconds} s ahead of the wallet's. Turn on this machine's time service.", {"seconds": off})
        behind = Sentence("{seconds} s behind the wallet's. Turn on this machine's time service.", {"seconds": -off})
        return Finding(Verdict.BAD, "clock", ahead if off > 0 else behind)
    return Finding(Verdict.GOOD, "clock", Sentence("agrees with the wallet's."))
