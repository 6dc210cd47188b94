"""Who the shop belongs to, and which devices and screens it has."""

from collections.abc import Iterator

from pos.domain.sentence import Sentence
from pos.services.claim import is_abandoned
from pos.services.doctor.finding import Finding, Verdict
from pos.shop import Shop
from pos.store import StoreError

UNCLAIMED = Sentence(
    "nobody owns this shop yet: whoever opens the till sells, and sees what was sold. Type flask owner and open the"
    " link that it prints."
)
ABANDONED = Sentence(
    "the shop has devices or staff, and no owner: so it is open to all again, and whoever opens the till sells, and"
    " sees what was sold. Type flask owner and open the link that it prints."
)


def look_at_owner(shop: Shop) -> Iterator[Finding]:
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


def look_at_devices(shop: Shop) -> Iterator[Finding]:
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


def look_at_screens(shop: Shop) -> Iterator[Finding]:
    """A browser keeps its screen on for a page of https or of its own machine, and for no other."""
    if not shop.settings.is_secure:
        sentence = Sentence(
            "other devices reach this till without https, so their browsers let the screen go dark, and whoever is in"
            " the network can read along. Turn off their sleep, or set up https: docs/install.md says how."
        )
        yield Finding(Verdict.WARNING, "screens", sentence)
