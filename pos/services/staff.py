"""The staff: somebody comes, is given another PIN, role or limit, and leaves."""

import secrets
from dataclasses import dataclass, replace

from pos.domain.money import Money
from pos.domain.owner import clean_name
from pos.domain.pin import new_pin
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.domain.staff import Role, Staff
from pos.services.pins import digest_of_pin
from pos.shop import Shop


class NobodyThere(Refusal):
    """Somebody who is not of the staff, or not any more."""

    def __init__(self) -> None:
        super().__init__(Sentence("There is nobody like that among the staff."), 404)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an owner wants somebody to be. Without a `pin` it stays; both limits are in one currency."""

    name: str
    role: Role
    pin: str = ""
    sale_limit: Money | None = None
    refund_limit: Money | None = None


def add_staff(shop: Shop, wanted: Wanted, by: str) -> Staff:
    """Let somebody sell. Raises BadName, BadPin, StaffNameTaken, PinTaken, TooManyAtOnce or StoreError."""
    new = _as_wanted(Staff(secrets.token_urlsafe(8), "", Role.CASHIER, shop.now()), wanted)
    shop.store.staff.add(new, digest_of_pin(shop, new_pin(wanted.pin)), by)
    return new


def change_staff(shop: Shop, staff_id: str, wanted: Wanted, by: str) -> Staff:
    """Let somebody be what is wanted. Raises NobodyThere, and as `add_staff` does."""
    changed = _as_wanted(of_staff(shop, staff_id), wanted)
    digest = digest_of_pin(shop, new_pin(wanted.pin)) if wanted.pin else None
    if not shop.store.staff.change(changed, digest, by, shop.now()):
        raise NobodyThere
    return changed


def remove_staff(shop: Shop, staff_id: str, by: str) -> Staff:
    """Let somebody be of the staff no more, on every device at once. Raises NobodyThere or StoreError."""
    leaving = of_staff(shop, staff_id)
    shop.store.staff.remove(leaving, by, shop.now())
    return leaving


def of_staff(shop: Shop, staff_id: str) -> Staff:
    """Return one of the staff. Raises NobodyThere or StoreError."""
    found = shop.store.staff.get(staff_id)
    if found is None or found.removed_at is not None:
        raise NobodyThere
    return found


def _as_wanted(it: Staff, wanted: Wanted) -> Staff:
    return replace(
        it,
        name=clean_name(wanted.name),
        role=wanted.role,
        sale_limit=wanted.sale_limit,
        refund_limit=wanted.refund_limit,
    )
