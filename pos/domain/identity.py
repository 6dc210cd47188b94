"""Who asks: a stranger, a device of the shop with who sells there, or an owner; and what each may."""

from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.charge import Channel
from pos.domain.device import Device, Face
from pos.domain.money import Money
from pos.domain.owner import Owner
from pos.domain.staff import Staff


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. As long as nobody has claimed the shop, whoever opens the till is its cashier.

    `needs_pin`: the shop has staff, so at a till somebody has to say who they are. A device that was taken off the shop
    is none any more: it stands in `taken_off`, as it is told so.
    """

    is_claimed: bool
    owner: Owner | None = None
    device: Device | None = None
    staff: Staff | None = None
    needs_pin: bool = False
    taken_off: Device | None = None

    @property
    def is_stranger(self) -> bool:
        """Whether nothing is known about who asks, in a shop that somebody has claimed."""
        return self.is_claimed and self.owner is None and self.device is None

    @property
    def may_everything(self) -> bool:
        """Whether nothing of the shop's own is closed to who asks."""
        return not self.is_claimed or self.owner is not None

    @property
    def is_locked(self) -> bool:
        """Whether this till's device waits for a PIN; from an owner who has signed in there, none is wanted."""
        waits = self.needs_pin and self.staff is None and self.owner is None
        return waits and self.device is not None and self.device.face is Face.TILL

    @property
    def has_left(self) -> bool:
        """Whether a manager has left a kiosk or a display, for what else there is."""
        return self.staff is not None and self.device is not None and self.device.face is not Face.TILL

    @property
    def name(self) -> str:
        """What whoever asks is called in what is written down: a person's name, else the device's, else nothing."""
        known = self.owner or self.staff or self.device
        return known.name if known else ""

    def may_open(self, face: Face, place: str) -> bool:
        """Tell whether a till, a kiosk or a customer's display is open to who asks."""
        device = self.device
        return self.may_everything or (device is not None and (device.face, device.place) == (face, place))

    def may_sell_at(self, till: str) -> bool:
        """Tell whether a till is open to who asks: to its own device, and to a manager who has left another face."""
        return self.has_left or self.may_open(Face.TILL, till)

    def may_see_sales_of(self, till: str) -> bool:
        """Tell whether the sales of a till are open to who asks: a manager sees all, and a device its own."""
        is_manager = self.staff is not None and self.staff.is_manager
        return self.may_everything or is_manager or self.may_open(Face.TILL, till)

    def may_see(self, channel: Channel, till: str) -> bool:
        """Tell whether a sale of a channel is open to who asks: a kiosk may be called today as a till was before."""
        sees_all = self.may_see_sales_of("")
        return sees_all or (channel is Channel.TILL and self.may_see_sales_of(till))

    def may_cancel(self, channel: Channel, place: str, made_by: Callable[[], str]) -> bool:
        """Tell whether who asks may end an open sale of a till or a kiosk, made by one of the staff (an id).

        What a payer put into a jar is theirs to end, wherever they are; what stands at a kiosk is its customer's.
        """
        if self.may_see_sales_of("") or channel is Channel.TIPS:
            return True
        if channel is Channel.KIOSK:
            return self.may_open(Face.KIOSK, place)
        if channel is not Channel.TILL or not self.may_open(Face.TILL, place):
            return False
        return not self.needs_pin or (self.staff is not None and self.staff.id == made_by())

    @property
    def may_give_back(self) -> bool:
        """Whether whoever asks may give money of a sale back: the owner, and a manager who has typed the PIN."""
        return self.may_everything or (self.staff is not None and self.staff.is_manager)

    @property
    def refund_limit(self) -> Money | None:
        """So much of one sale whoever asks may give back; None: as much as came for it.

        An owner has no limit, also where a manager sells at the same device.
        """
        return self.staff.refund_limit if self.staff and not self.may_everything else None
