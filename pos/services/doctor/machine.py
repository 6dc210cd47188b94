"""What the machine gives the till: its settings, the database, the time, a printer, and the watch."""

from collections.abc import Iterable, Iterator

from pos.domain.printer import PrinterError
from pos.domain.sentence import Sentence
from pos.services.doctor.finding import Finding, Verdict
from pos.services.office_settings import office_settings
from pos.shop import Shop
from pos.store import OtherShape, StoreError
from pos.version import version


def look_at_version() -> Finding:
    """Say which one it is."""
    return Finding(Verdict.GOOD, "version", f"{version()}.")


def look_at_settings(shop: Shop, wallet: Iterable[Finding]) -> Finding:
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


def look_at_office(shop: Shop) -> Iterator[Finding]:
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


def look_at_name(shop: Shop) -> Iterator[Finding]:
    """Tell who sells for real under the till's own name."""
    if shop.settings.has_default_name and not shop.settings.sandbox:
        sentence = Sentence(
            "receipts and pages call the shop Lightning Till: POS_SHOP_NAME, or the office, gives it its own."
        )
        yield Finding(Verdict.WARNING, "name", sentence)


def look_at_database(shop: Shop) -> Finding:
    """Prove that it takes a write."""
    try:
        shop.store.check()
    except OtherShape as error:
        return Finding(Verdict.BAD, "database", f"{error}.")
    except StoreError as error:
        sentence = Sentence(
            "it does not take a write ({error}). Is the disk full, or the folder not writable?", {"error": str(error)}
        )
        return Finding(Verdict.BAD, "database", sentence)
    return Finding(Verdict.GOOD, "database", Sentence("reads and writes."))


def look_at_time(shop: Shop) -> Finding:
    """Say what time it is where the shop is."""
    zone = shop.settings.timezone
    here = f"{shop.local_time(shop.now()):%H:%M}"
    if zone is None:
        sentence = Sentence(
            "it is {time} by this machine's time zone. POS_TIMEZONE, or the office, sets another.", {"time": here}
        )
        return Finding(Verdict.GOOD, "time", sentence)
    return Finding(Verdict.GOOD, "time", Sentence("it is {time} in {zone}.", {"time": here, "zone": zone.key}))


def look_at_watch(shop: Shop) -> Iterator[Finding]:
    """Tell who has turned the watch off here."""
    if shop.settings.watch == "off":
        sentence = Sentence(
            "POS_WATCH is off: see to it that `flask watch` runs, or payments that nobody looks at are missed."
        )
        yield Finding(Verdict.WARNING, "watch", sentence)


def look_at_printer(shop: Shop) -> Iterator[Finding]:
    """Say whether a receipt could be printed now."""
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
