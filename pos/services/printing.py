"""Printing receipts: by themselves as they are paid, or as somebody asks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic

from pos.domain.charge import Charge
from pos.domain.money import Money
from pos.domain.printer import Printer, PrinterError, PrintJob, Trouble
from pos.domain.receipt import Receipt
from pos.domain.refund import Refund
from pos.domain.refusal import Refusal
from pos.domain.report import Entry
from pos.domain.sentence import Sentence
from pos.domain.z_report import ZReport
from pos.runtime.leader import Lease
from pos.runtime.print_queue import LEASE, PrintQueue, in_a_thread
from pos.services.receipt import receipt_of
from pos.shop import Shop

# Seconds. A receipt that was not printed is told for so long; by then its customer has left.
TOLD_FOR = 60 * 60


@dataclass(frozen=True, slots=True)
class PrintNotice:
    """The last receipt that could not be printed: a sentence, and how many `others` wait. `tried`: it still is."""

    sentence: Sentence
    tried: bool
    others: int


def open_print_queue(
    shop: Shop,
    *,
    of_now: Callable[[], Printer] | None = None,
    running: Callable[[], float] = monotonic,
    beside: Callable[[Callable[[], None]], None] = in_a_thread,
) -> PrintQueue | None:
    """Make the queue of a shop's printer; None where there is no printer.

    `of_now` returns the printer with what stands on receipts now, where that may change.
    """
    printer = shop.printer
    if printer is None:
        return None
    return PrintQueue(
        partial(_read, shop, of_now or (lambda: printer)),
        store=shop.store,
        lease=Lease(shop.store, running, LEASE),
        unasked=shop.settings.print_when == "paid",
        now=shop.now,
        running=running,
        beside=beside,
    )


def ask_print(shop: Shop, charge: Charge) -> bool:
    """Have the receipt of a charge printed, once more if it was. Tell whether: it is not while it is not paid.

    Raises StoreError.
    """
    if shop.printer is None or charge.payment is None:
        return False
    shop.store.print_jobs.ask(charge.id, shop.now(), again=True)
    return True


def ask_refund_print(shop: Shop, entry: Entry, refund: Refund) -> bool:
    """Have the receipt of a refund printed, in the same way. Tell whether: it is not while it is not paid.

    Raises StoreError.
    """
    if shop.printer is None or refund.payment is None:
        return False
    shop.store.print_jobs.ask(entry.charge.id, shop.now(), refund=refund.position, again=True)
    return True


class NotPrinted(Refusal):
    """The report of a shift that was not printed; it may be asked for again."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(_why_no_report(trouble), 503, f"a report was not printed: {detail}")


def print_report(printer: Printer, report: ZReport) -> None:
    """Print the report of a shift now, while whoever asked for it waits. Raises NotPrinted."""
    try:
        printer.print_report(report)
    except PrinterError as error:
        raise NotPrinted(error.trouble, str(error)) from error


def _why_no_report(trouble: Trouble) -> Sentence:
    match trouble:
        case Trouble.SILENT:
            return Sentence("The report was not printed: the printer does not answer.")
        case Trouble.PAPER:
            return Sentence("The report was not printed: the printer is out of paper.")
        case Trouble.STOPPED:
            return Sentence("The report was not printed to its end: the printer stopped.")
        case Trouble.BROKEN:
            return Sentence("The report could not be drawn. The log says why.")


def unprinted(shop: Shop) -> PrintNotice | None:
    """Return what to tell a cashier of receipts that could not be printed; None if there is nothing. Raises StoreError.

    A till without a printer does not even ask.
    """
    if shop.printer is None:
        return None
    now = shop.now()
    found = shop.store.print_jobs.unprinted(now - TOLD_FOR)
    for last in found:
        if last.trouble:
            number = last.sale.within(shop.day(now).year)
            return PrintNotice(why_not_printed(last.trouble, number), not last.given_up, len(found) - 1)
    return None


def why_not_printed(trouble: Trouble, number: str) -> Sentence:
    """Say what kept the receipt of a sale, by its number as it is said, off the paper."""
    values: dict[str, Money | int | str] = {"number": number}
    match trouble:
        case Trouble.SILENT:
            return Sentence("The receipt of {number} was not printed: the printer does not answer.", values)
        case Trouble.PAPER:
            return Sentence("The receipt of {number} was not printed: the printer is out of paper.", values)
        case Trouble.STOPPED:
            return Sentence("The receipt of {number} was not printed to its end: the printer stopped.", values)
        case Trouble.BROKEN:
            return Sentence("The receipt of {number} could not be drawn. The log says why.", values)


def _read(shop: Shop, of_now: Callable[[], Printer], job: PrintJob) -> Callable[[], None]:
    """Read the receipt of a charge, or of a refund, and return what prints it. Raises PrinterError or StoreError."""
    receipt, printer = _receipt(shop, job.charge_id), of_now()
    if not job.refund:
        return partial(printer.print_receipt, receipt, again=job.again)
    refund = next((it for it in receipt.refunds if it.position == job.refund), None)
    if refund is None:
        raise PrinterError(Trouble.BROKEN, "it is no refund that was paid")
    return partial(printer.print_refund, receipt, refund, again=job.again)


def _receipt(shop: Shop, charge_id: str) -> Receipt:
    charge = shop.store.get(charge_id)
    receipt = charge and receipt_of(shop, charge)
    if not receipt:
        raise PrinterError(Trouble.BROKEN, "it is not paid")
    return receipt
