"""What the page of a sale says: what became of it and when, by all of its charges."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pos.domain.charge import CALLED, Channel, Charge
from pos.domain.money import SAT, Money
from pos.domain.printer import Printing
from pos.domain.rate import SAT_PER_BITCOIN
from pos.domain.refund import Refund
from pos.domain.sale import Line, Sale
from pos.services.jars import jars
from pos.services.printing import why_not_printed
from pos.services.recent import WAITED_FOR, outcome_of
from pos.shop import Shop
from pos.web.bill import Bill, bill
from pos.web.i18n import gettext, say, write_moment, write_money
from pos.web.note import Note, note_of
from pos.web.refund_word import word_of


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a sale at a time (unix seconds): `tone` is paid, odd or nothing.

    Of what happened in one second, a payment comes after the rest, then the one that came when it was paid already, the
    receipt, and what was given back, and the receipt of that.
    """

    at: int
    words: str
    details: tuple[str, ...] = ()
    tone: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """A charge of the sale. `bitcoin` is what one cost then; `preimage` is None where it proves nothing."""

    charge: Charge
    bitcoin: Money | None
    preimage: str | None


@dataclass(frozen=True, slots=True)
class Tip:
    """What a stranger put into a jar, and wrote: `is_shown` on the page of the jar, which shows messages or not."""

    jar: str
    payer: str
    message: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund of the sale, and the words for what became of it. `needs_review`: it is due, or was not proven."""

    refund: Refund
    words: str
    needs_review: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Texts in the reader's language. `charge` says what became of the sale, `other` is its total in the other unit.

    `surplus` is what came when it was paid already, and `is_due` says that there is more to come soon. `given_back` are
    its refunds, but for those that were cancelled.
    """

    charge: Charge
    total: Money
    other: Money | None
    outcome: str
    is_due: bool
    where: str
    tip: Money | None
    bill: Bill
    note: Note | None
    surplus: Money | None
    steps: list[Step]
    attempts: list[Attempt]
    of_jar: Tip | None = None
    given_back: tuple[GivenBack, ...] = ()


def present(
    shop: Shop,
    sale: Sale,
    charge: Charge,
    charges: list[Charge],
    printings: list[Printing],
    refunds: list[Refund],
) -> Page:
    """Work out what the page of a sale says, of which `charge` says what became, one of all its `charges`.

    `printings` are the receipts of it that were to be printed.
    """
    now = charge.since_made(shop.now())
    lines = sale.lines or (Line(sale.price.minor),)
    surplus = sum(it.payment.received_sat for it in charges if it.payment and it.is_surplus)
    steps = [step for it in charges for step in _steps(it, now, first=it.id == charge.id)]
    outcome = outcome_of(charge, now)
    steps += [step for it in refunds for step in _refunded(it)]
    steps += [_on_paper(it, charge.number.within(shop.day(now).year)) for it in printings if charge.number]
    return Page(
        charge=charge,
        total=sale.total,
        other=_other(sale, charge),
        outcome=outcome,
        is_due=outcome in WAITED_FOR or any(it.waits for it in printings),
        where=", ".join(filter(None, [_where(shop, charge), sale.seller])),
        tip=sale.tip_money if sale.tip else None,
        bill=bill(lines, sale.taxes, sale.price.currency, sale.memo, in_jar=charge.is_in_jar),
        note=note_of(charge, gettext("Look it up in the wallet.")),
        surplus=Money(surplus, SAT) if surplus else None,
        steps=sorted((_dated(shop, it, charges[0].created_at) for it in steps), key=lambda it: (it.at, it.rank)),
        attempts=[_attempt(it) for it in charges],
        of_jar=_of_jar(shop, sale) if sale.jar else None,
        given_back=tuple(_given_back(it, now) for it in refunds if it.counts),
    )


def _of_jar(shop: Shop, sale: Sale) -> Tip:
    title = next((it.title for it in jars(shop) if it.name == sale.jar), sale.jar)
    return Tip(title, sale.payer, sale.memo, sale.shown)


def _other(sale: Sale, charge: Charge) -> Money | None:
    if sale.price.currency != SAT:
        return Money(charge.amount_sat, SAT)
    return charge.fiat.total if charge.fiat else None


def _where(shop: Shop, charge: Charge) -> str:
    if charge.channel is Channel.KIOSK and charge.till:
        return gettext("Kiosk %(kiosk)s", kiosk=charge.till)
    if charge.channel is Channel.TILL and shop.settings.tills != (charge.till,):
        return gettext("Till %(till)s", till=charge.till)
    return say(CALLED[charge.channel])


def _dated(shop: Shop, step: Step, began: int) -> Step:
    """Tell the day of what happened on another one than the sale began on."""
    if shop.local_time(step.at).date() == shop.local_time(began).date():
        return step
    return replace(step, details=(write_moment(step.at), *step.details))


def _steps(charge: Charge, now: int, *, first: bool) -> Iterator[Step]:
    """Tell of one charge, in its order. `first`: no other one has paid the sale before it."""
    made = gettext("Invoice made") if charge.attempt == 1 else gettext("New invoice")
    yield Step(charge.created_at, made, (write_money(Money(charge.amount_sat, SAT)),))
    if charge.cancelled_at is not None:
        yield Step(charge.cancelled_at, gettext("Cancelled"))
    elif now >= charge.ends_at and (charge.payment is None or charge.late):
        known = charge.payment is not None or charge.is_known(now)
        yield Step(charge.ends_at, gettext("Expired") if known else gettext("Not known yet"))
    if charge.payment:
        words = gettext("Paid late") if charge.late else gettext("Paid")
        note = note_of(charge, gettext("Look it up in the wallet."))
        yield Step(
            charge.payment.paid_at,
            words if first else gettext("Paid once more"),
            (
                write_money(Money(charge.payment.received_sat, SAT)),
                gettext("Proven by the preimage") if charge.payment.proven else gettext("Not proven"),
                *([note.late] if note and note.late else []),
            ),
            "needs-review" if charge.needs_review or not first else "paid",
            rank=1 if first else 2,
        )


def _refunded(refund: Refund) -> Iterator[Step]:
    """Tell of one refund."""
    amount, payment = write_money(refund.amount), refund.payment
    asked = (amount, refund.reason, *filter(None, [refund.staff]))
    yield Step(refund.created_at, gettext("Refund asked for"), asked, rank=4)
    if refund.cancelled_at is not None:
        yield Step(refund.cancelled_at, gettext("Refund cancelled"), (amount,), rank=5)
    if payment:
        by_hand = gettext("Marked as paid by hand: there is no proof of it.")
        told = gettext("Proven by the preimage") if payment.proven else by_hand
        details, tone = (amount, told, *filter(None, [payment.staff])), "" if payment.proven else "needs-review"
        yield Step(payment.paid_at, gettext("Given back"), details, tone, rank=6)


def _given_back(refund: Refund, now: int) -> GivenBack:
    proven = refund.payment is not None and refund.payment.proven
    return GivenBack(refund, word_of(refund, now), needs_review=not proven)


def _on_paper(printing: Printing, number: str) -> Step:
    """Tell of one receipt that was to be printed, of the sale with a number."""
    what = (gettext("Receipt of the refund"),) if printing.refund else ()
    rank = 7 if printing.refund else 3
    if printing.printed_at is not None:
        words = gettext("Printed again") if printing.again else gettext("Receipt printed")
        return Step(printing.printed_at, words, what, rank=rank)
    told = what + ((say(why_not_printed(printing.trouble, number)),) if printing.trouble else ())
    if printing.given_up_at is not None:
        return Step(printing.given_up_at, gettext("Receipt not printed"), told, "needs-review", rank=rank)
    return Step(printing.asked_at, gettext("Receipt waits for the printer"), told, rank=rank)


def _attempt(charge: Charge) -> Attempt:
    payment = charge.payment
    return Attempt(
        charge,
        charge.fiat.rate.from_sat(SAT_PER_BITCOIN) if charge.fiat else None,
        payment.preimage if payment and payment.proven else None,
    )
