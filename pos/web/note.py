"""What there is to look at of a paid charge, for whoever reads a page of it: late, less, more, or not proven."""

from dataclasses import dataclass

from pos.domain.charge import Charge, Payment
from pos.domain.money import SAT, Money
from pos.web.i18n import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody has to look at of a paid charge.

    `late` says how late the money came, `unproven` what becomes of money without a proof. `surplus`: the sale had been
    paid before.
    """

    heading: str
    amounts: dict[str, Money]
    late: str | None
    unproven: str | None
    surplus: bool


def note_of(charge: Charge, who_looks_it_up: str) -> Note | None:
    """Say what somebody has to look at; None of a charge that is not paid, or in which everything is right."""
    payment = charge.payment
    if payment is None or not (charge.needs_review or charge.is_surplus):
        return None
    gap = payment.received_sat - charge.amount_sat
    return Note(
        heading=_heading(charge, gap),
        amounts=_amounts(charge.amount_sat, payment.received_sat) if gap else {},
        late=_how_late(charge, payment) if charge.late else None,
        unproven=None if payment.proven else who_looks_it_up,
        surplus=charge.is_surplus,
    )


def _heading(charge: Charge, gap: int) -> str:
    if charge.is_surplus:
        return gettext("Paid twice")
    if gap:
        return gettext("Less than asked") if gap < 0 else gettext("More than asked")
    if not charge.late:
        return gettext("Not proven")
    cancelled = charge.cancelled_at is not None
    return gettext("After the sale was cancelled") if cancelled else gettext("After the time was up")


def _amounts(asked: int, received: int) -> dict[str, Money]:
    gap = gettext("Missing") if received < asked else gettext("Extra")
    amounts = {gettext("Asked"): asked, gettext("Received"): received, gap: abs(received - asked)}
    return {name: Money(amount, SAT) for name, amount in amounts.items()}


def _how_late(charge: Charge, payment: Payment) -> str:
    time = _span(payment.paid_at - charge.ends_at)
    if charge.cancelled_at is None:
        return gettext("It came %(time)s after the invoice had expired.", time=time)
    return gettext("It came %(time)s after the sale had been cancelled.", time=time)


def _span(seconds: int) -> str:
    """Write a number of seconds in the largest unit that fits: "3 minutes"."""
    if seconds >= 2 * 86400:
        return ngettext("%(num)s day", "%(num)s days", seconds // 86400)
    if seconds >= 2 * 3600:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // 3600)
    if seconds >= 60:
        return ngettext("%(num)s minute", "%(num)s minutes", seconds // 60)
    return ngettext("%(num)s second", "%(num)s seconds", seconds)
