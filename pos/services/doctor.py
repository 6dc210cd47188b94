"""The doctor: is everything in order for the next sale? In plain words, with what to do if not.

What a shopkeeper may have to know is said in every language of the till (Sentence); what a wallet says, and what only
helps who looks for a fault between machines, stays English.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from pos import qr
from pos.bolt11.decode import Bolt11Error, decode
from pos.domain.invoice import Invoice
from pos.domain.jar import FIRST, SHOP
from pos.domain.lnurl import is_safe, lightning_address, pay_url
from pos.domain.money import SAT, Money
from pos.domain.printer import PrinterError
from pos.domain.sentence import Sentence
from pos.rates import Report
from pos.services.claim import is_abandoned
from pos.services.left_behind import left_behind
from pos.services.office_settings import office_settings
from pos.shop import Shop
from pos.store import StoreError
from pos.version import version
from pos.wallets.base import (
    Access,
    Hinting,
    InvoiceRequest,
    KeyRefused,
    UnpayableInvoice,
    WalletBusy,
    WalletError,
    WalletUnreachable,
    WrongClock,
    WrongInvoice,
    check_offer,
    reads_hints,
)

TEST_SAT = 1
TEST_EXPIRY = 60
# More than this, and a countdown or a sale's time would be wrong by something that a person notices.
CLOCK_TOLERANCE = 30
UNCLAIMED = Sentence(
    "nobody owns this shop yet: whoever opens the till sells, and sees what was sold. Type flask owner and open the"
    " link that it prints."
)
ABANDONED = Sentence(
    "the shop has devices or staff, and no owner: so it is open to all again, and whoever opens the till sells, and"
    " sees what was sold. Type flask owner and open the link that it prints."
)
CLOSED = Sentence("closed, so payments show a second later.")


class Verdict(Enum):
    """How serious a finding is."""

    GOOD = auto()
    WARNING = auto()
    BAD = auto()


@dataclass(frozen=True, slots=True)
class Finding:
    """What the doctor says about one part of the till.

    `words` are for every reader; as a text they are for who knows the machine, and stay English. So is `told`, which
    follows them: what a wallet or another program says.
    """

    verdict: Verdict
    part: str
    words: Sentence | str
    told: str = ""

    @property
    def sentence(self) -> str:
        """All of it in English."""
        return " ".join(filter(None, (str(self.words), self.told)))


class Unreached(Exception):
    """Nobody answers at an address; the text says why."""


def examine(shop: Shop, ping: Callable[[Hinting, str], int], get: Callable[[str], bytes]) -> list[Finding]:
    """Look at every part. Asks the wallet for one invoice over 1 sat, which nobody is shown.

    `ping` has the wallet send the hook at an address a message about nothing, and returns the HTTP status. `get` asks
    an address, and returns what is answered, or raises Unreached.
    """
    wallet = list(_wallet(shop))
    till = (
        _database(shop),
        _time(shop),
        *_owner(shop),
        *_name(shop),
        *_devices(shop),
        *_screens(shop),
        *_watch(shop),
        *_left_behind(shop),
        *_rate(shop),
        *_printer(shop),
    )
    return [_version(), _settings(shop, wallet), *_office(shop), *till, *wallet, *_hook(shop, ping), *_lnurl(shop, get)]


def _version() -> Finding:
    return Finding(Verdict.GOOD, "version", f"{version()}.")


def _settings(shop: Shop, wallet: Iterable[Finding]) -> Finding:
    """Say what they choose. What has to be changed in them is not in order, though the till starts with it."""
    settings, advice = shop.settings, shop.wallet.advice
    if settings.sandbox:
        sentence = Sentence(
            "in order, but this is play money: the wallet is the sandbox. For real money, set POS_WALLET."
        )
        return Finding(Verdict.WARNING, "settings", sentence)
    if any(finding.words in (advice.spends, *advice.warnings) for finding in wallet):
        sentence = Sentence(
            "the wallet is {wallet}. Something has to be changed in them: see wallet, below.",
            {"wallet": settings.wallet},
        )
        return Finding(Verdict.WARNING, "settings", sentence)
    sentence = Sentence("in order; the wallet is {wallet}.", {"wallet": settings.wallet})
    return Finding(Verdict.GOOD, "settings", sentence)


def _office(shop: Shop) -> Iterator[Finding]:
    """Say which settings the office has set, and what of it does not hold."""
    kept = [it for it in office_settings(shop).values() if it.kept]
    if names := [it.name for it in kept if it.is_set and not it.problem]:
        yield Finding(Verdict.GOOD, "office", f"has set {', '.join(names)}.")
    for it in kept:
        if it.outside:
            sentence = f"has set {it.name}, and so has the environment or .env ({it.outside}), which goes first."
            yield Finding(Verdict.WARNING, "office", sentence)
        elif it.problem:
            sentence = f"has set {it.name}, which is left out: it {it.problem}. Set it anew at /office/settings."
            yield Finding(Verdict.WARNING, "office", sentence)


def _database(shop: Shop) -> Finding:
    try:
        shop.store.check()
    except StoreError as error:
        sentence = Sentence(
            "it does not take a write ({error}). Is the disk full, or the folder not writable?", {"error": str(error)}
        )
        return Finding(Verdict.BAD, "database", sentence)
    return Finding(Verdict.GOOD, "database", Sentence("reads and writes."))


def _time(shop: Shop) -> Finding:
    zone = shop.settings.timezone
    here = f"{shop.local_time(shop.now()):%H:%M}"
    if zone is None:
        sentence = Sentence("it is {time} by this machine's time zone. POS_TIMEZONE sets another.", {"time": here})
        return Finding(Verdict.GOOD, "time", sentence)
    return Finding(Verdict.GOOD, "time", Sentence("it is {time} in {zone}.", {"time": here, "zone": zone.key}))


def _owner(shop: Shop) -> Iterator[Finding]:
    """Say whether strangers are kept out. Play money on its own machine needs no owner."""
    settings = shop.settings
    is_open = not settings.is_for_this_machine_alone
    try:
        owners = len(shop.store.owners.listed())
    except StoreError:
        # What is wrong with the database is said already.
        return
    if owners:
        yield Finding(
            Verdict.GOOD, "owner", Sentence("the shop is claimed; so many own it: {count}.", {"count": owners})
        )
    elif is_abandoned(shop):
        yield Finding(Verdict.BAD, "owner", ABANDONED)
    elif is_open:
        sentence = Sentence(
            "nobody owns this shop, and others reach it: whoever opens the till sells, and sees what was sold. Type"
            " flask owner and open the link that it prints."
        )
        yield Finding(Verdict.WARNING if settings.sandbox else Verdict.BAD, "owner", sentence)
    elif not settings.sandbox:
        yield Finding(Verdict.WARNING, "owner", UNCLAIMED)


def _name(shop: Shop) -> Iterator[Finding]:
    if shop.settings.has_default_name and not shop.settings.sandbox:
        sentence = Sentence(
            "receipts and pages call the shop Lightning Till: POS_SHOP_NAME, or the office, gives it its own."
        )
        yield Finding(Verdict.WARNING, "name", sentence)


def _devices(shop: Shop) -> Iterator[Finding]:
    """Name the devices that nobody may know of any more, and those whose cookie somebody else may have."""
    try:
        devices, now = shop.store.devices.listed(), shop.now()
    except StoreError:
        # What is wrong with the database is said already.
        return
    if silent := ", ".join(it.name for it in devices if it.is_silent(now)):
        sentence = Sentence(
            "not heard of for 90 days: {names}. If nobody knows where they are, take them off in the office.",
            {"names": silent},
        )
        yield Finding(Verdict.WARNING, "devices", sentence)
    if shared := ", ".join(it.name for it in devices if it.is_shared(now)):
        sentence = Sentence(
            "used from two places at once: {names}. Take them off in the office, and add them again.",
            {"names": shared},
        )
        yield Finding(Verdict.WARNING, "devices", sentence)


def _screens(shop: Shop) -> Iterator[Finding]:
    """A browser keeps its screen on for a page of https or of its own machine, and for no other."""
    if not shop.settings.is_secure:
        sentence = Sentence(
            "other devices reach this till without https, so their browsers let the screen go dark, and whoever is in"
            " the network can read along. Turn off their sleep, or set up https: docs/install.md says how."
        )
        yield Finding(Verdict.WARNING, "screens", sentence)


def _watch(shop: Shop) -> Iterator[Finding]:
    if shop.settings.watch == "off":
        sentence = Sentence(
            "POS_WATCH is off: see to it that `flask watch` runs, or payments that nobody looks at are missed."
        )
        yield Finding(Verdict.WARNING, "watch", sentence)


def _left_behind(shop: Shop) -> Iterator[Finding]:
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


def _rate(shop: Shop) -> Iterator[Finding]:
    if shop.rates.currency:
        yield _consensus(shop.rates.currency, shop.rates.report())


def _consensus(currency: str, report: Report) -> Finding:
    ignored = _ignored(report)
    if not report.used:
        sentence = Sentence(
            "too few sources agree, so the till takes sat only: {ignored}. Is this machine online? With POS_RATE_FIXED"
            " nobody is asked.",
            {"ignored": ignored},
        )
        return Finding(Verdict.BAD, "rate", sentence)
    names = [said.source for said in report.used]
    values: dict[str, Money | int | str] = {"price": f"{report.price:,f} {currency}", "sources": ", ".join(names)}
    if names == ["fixed"]:
        return Finding(Verdict.GOOD, "rate", Sentence("1 bitcoin is {price}, from POS_RATE_FIXED.", values))
    if not ignored:
        return Finding(Verdict.GOOD, "rate", Sentence("1 bitcoin is {price}, the median of: {sources}.", values))
    sentence = Sentence(
        "1 bitcoin is {price}, the median of: {sources}. Ignored: {ignored}. POS_RATE_SOURCES can do without one that"
        " stays so.",
        {**values, "ignored": ignored},
    )
    return Finding(Verdict.WARNING, "rate", sentence)


def _ignored(report: Report) -> str:
    """Name who is ignored; those with the same reason together, as they are where this machine is not online."""
    names: dict[str, list[str]] = {}
    for each in report.ignored:
        names.setdefault(each.reason, []).append(each.source)
    return "; ".join(f"{', '.join(sources)} {reason}" for reason, sources in names.items())


def _printer(shop: Shop) -> Iterator[Finding]:
    if shop.printer is None:
        return
    try:
        missing = shop.printer.check()
    except PrinterError as error:
        sentence = Sentence(
            "it cannot print now: {error}. docs/printing.md says how it is connected.",
            {"error": str(error).rstrip(".")},
        )
        yield Finding(Verdict.WARNING, "printer", sentence)
    else:
        yield Finding(Verdict.GOOD, "printer", Sentence("it could print now."))
        for shortcoming in missing:
            yield Finding(Verdict.WARNING, "printer", shortcoming)


def _wallet(shop: Shop) -> Iterator[Finding]:
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
        yield Finding(Verdict.GOOD, "wallet", Sentence("answers, and takes the till's keys."))
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
    except WrongInvoice as error:
        names = "POS_NETWORK, POS_PAYEE" if shop.settings.payee else "POS_NETWORK"
        sentence = Sentence(
            "the wallet made a wrong one ({error}). What may be wrong: {names}.", {"error": str(error), "names": names}
        )
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


def _hook(shop: Shop, ping: Callable[[Hinting, str], int]) -> Iterator[Finding]:
    # Play money needs none: what pays it is in this process, and looked at within a second.
    if reads_hints(shop.wallet) and not (shop.settings.sandbox and not shop.wallet.hook_is_open):
        yield _hook_of(shop, shop.wallet, ping)


def _hook_of(shop: Shop, wallet: Hinting, ping: Callable[[Hinting, str], int]) -> Finding:
    address = f"{shop.settings.hooks_address}/{wallet.hook_name}"
    if not shop.settings.public_url and not shop.settings.sandbox:
        is_open = Sentence(
            "open, but the wallet does not know where. Set POS_PUBLIC_URL to the till's address from outside, and ask"
            " the doctor again."
        )
        is_closed = Sentence(
            "closed, so payments show a second later. Set POS_PUBLIC_URL to the till's address from outside, and ask"
            " the doctor again."
        )
        return Finding(Verdict.WARNING, "webhook", is_open if wallet.hook_is_open else is_closed)
    if not wallet.hook_is_open:
        return Finding(Verdict.WARNING, "webhook", CLOSED, wallet.hook_advice(address))
    try:
        status = ping(wallet, address)
    except WalletError as error:
        sentence = f"nothing answers at {address}: {error}. Is the till running, and POS_PUBLIC_URL right?"
        return Finding(Verdict.WARNING, "webhook", sentence)
    if status == 200:
        return Finding(Verdict.GOOD, "webhook", Sentence("answers."), wallet.hook_advice(address))
    if status == 403:
        return Finding(Verdict.BAD, "webhook", f"{address} has another secret. Start the till again with this one.")
    return Finding(Verdict.BAD, "webhook", f"what answers at {address} is not this till's hook (HTTP {status}).")


def _lnurl(shop: Shop, get: Callable[[str], bytes]) -> Iterator[Finding]:
    """Say whether payers' wallets find this till: by a sticker's code, and by a Lightning address."""
    address, why_not = shop.settings.public_url, shop.wallet.advice.no_hashed_description
    if why_not:
        yield Finding(Verdict.WARNING, "lnurl", f"off: {why_not}")
    elif not address:
        sentence = Sentence(
            "off, as POS_PUBLIC_URL is not set: with it, stickers and a Lightning address work (docs/lnurl.md)."
        )
        yield Finding(Verdict.GOOD, "lnurl", sentence)
    elif not is_safe(address):
        sentence = Sentence(
            "off: wallets pay by https alone, and POS_PUBLIC_URL is without. docs/install.md says how to set it up."
        )
        yield Finding(Verdict.WARNING, "lnurl", sentence)
    else:
        yield _found("lnurl", pay_url(address, SHOP), get, "wallets find the shop and its jars.")
        named = lightning_address(address, FIRST)
        if named:
            looked_up = f"{address}/.well-known/lnurlp/{FIRST}"
            yield _found("address", looked_up, get, f"{named} is found; so is each other jar by its name.")
        else:
            sentence = Sentence("none: it would have to be POS_PUBLIC_URL=https://a.host.name, without port and path.")
            yield Finding(Verdict.WARNING, "address", sentence)


def _found(part: str, address: str, get: Callable[[str], bytes], sentence: str) -> Finding:
    """Say what comes where wallets ask."""
    try:
        said = json.loads(get(address))
    except Unreached as error:
        sentence = f"nothing answers at {address}: {error}. Is the till running, and POS_PUBLIC_URL right?"
        return Finding(Verdict.WARNING, part, sentence)
    except (ValueError, RecursionError):
        said = None
    said = said if isinstance(said, dict) else {}
    if said.get("tag") == "payRequest":
        return Finding(Verdict.GOOD, part, sentence)
    if said.get("status") == "ERROR":
        return Finding(Verdict.WARNING, part, f"{address} refuses wallets: {said.get('reason')}")
    sentence = (
        f"what answers at {address} is not this till: a proxy has to pass it, without a password (docs/proxy.md)."
    )
    return Finding(Verdict.WARNING, part, sentence)


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
