"""What a receipt says, before the template sets it."""

from dataclasses import dataclass

from pos.domain.receipt import Receipt
from pos.web.bill import Bill, bill
from pos.web.i18n import gettext
from pos.web.note import Note, note_of


@dataclass(frozen=True, slots=True)
class Page:
    """Texts in the reader's language. `preimage` is None where it proves nothing."""

    bill: Bill
    note: Note | None
    preimage: str | None


def present(receipt: Receipt) -> Page:
    """Work out what stands on a receipt."""
    charge = receipt.charge
    payment = charge.payment
    return Page(
        bill(receipt.lines, receipt.taxes, receipt.currency, charge.memo, in_jar=charge.is_in_jar),
        note_of(charge, gettext("The shop will look it up.")),
        payment.preimage if payment and payment.proven else None,
    )
