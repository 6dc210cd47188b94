"""Who may end a sale from its pay page, whose address its customer may have, too."""

from pos.domain.charge import Channel, Charge
from pos.domain.device import Face
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.web.access import identity
from pos.web.context import current_shop


class MayNotEnd(Refusal):
    """A sale that is not who asks to end, or to bring back once it was cancelled."""

    def __init__(self) -> None:
        words = "Only who made this sale in the shop may do that, or a manager."
        super().__init__(Sentence(words), 403)


def may_end(charge: Charge) -> bool:
    """Tell whether who asks may cancel a charge while it is open, and bring its sale back later. Raises StoreError."""
    return identity().may_cancel(charge.channel, charge.till, lambda: _made_by(charge))


def check_may_end(charge: Charge) -> None:
    """Raise MayNotEnd where it is not theirs, or StoreError."""
    if not may_end(charge):
        raise MayNotEnd


def is_locked_at(charge: Charge) -> bool:
    """Tell whether it is the till's own device that asks, and waits for a PIN. Raises StoreError."""
    who = identity()
    return who.is_locked and charge.channel is Channel.TILL and who.may_open(Face.TILL, charge.till)


def _made_by(charge: Charge) -> str:
    sale = current_shop().store.get_sale(charge.sale_id)
    return sale.staff if sale else ""
