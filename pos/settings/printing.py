"""The settings of the receipt printer."""

from dataclasses import dataclass
from typing import ClassVar

from pos.domain.printer import PrinterAddress, PrinterAddressError, parse_printer
from pos.environment import Group, Wrong, setting
from pos.environment.readers import Choice
from pos.translations.languages import LANGUAGES

PRINT_WHEN = ("paid", "tap")


def printer(given: str) -> PrinterAddress:
    """Take the address of a printer."""
    try:
        return parse_printer(given)
    except PrinterAddressError as error:
        raise Wrong(str(error), given) from error


@dataclass(frozen=True, kw_only=True)
class PrinterSettings(Group):
    """The printer of receipts; [docs/printing.md](printing.md) says how it is connected."""

    title: ClassVar[str] = "The printer"

    printer: PrinterAddress | None = setting(
        "POS_PRINTER",
        printer,
        default=None,
        example="network://192.168.1.50:9100",
        about="Where the receipt printer is: `network://`, `usb://`, `serial://` or `file://`;"
        " `?paper=58` for narrow rolls, `?kind=star` for Star.",
        unset="nothing is printed by the till",
    )
    print_when: str = setting(
        "POS_PRINT",
        Choice(PRINT_WHEN),
        default="paid",
        example="tap",
        about="When a receipt is printed: by itself as a sale is paid, or only by a tap on the sale's page.",
    )
    language: str = setting(
        "POS_LANGUAGE",
        Choice(LANGUAGES),
        default="en",
        example="de",
        about="The language of printed receipts; a page is in that of its reader.",
        office="text",
    )
