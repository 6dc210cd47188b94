"""The receipt printer: a receipt becomes a picture, and a process of its own hands that to the printer.

Imported only where POS_PRINTER is set.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pos.domain.picture import Picture
from pos.domain.printer import Printer, PrinterAddress
from pos.printing.fonts import Fonts
from pos.printing.printer import PicturePrinter
from pos.printing.slip import Letterhead, Slip
from pos.printing.words import Words


def open_printer(
    address: PrinterAddress,
    folder: Path,
    *,
    shop_name: str,
    language: str,
    local_time: Callable[[int], datetime],
    shop_address: tuple[str, ...] = (),
    tax_id: str | None = None,
    footer: tuple[str, ...] = (),
    logo: Picture | None = None,
    public_url: str | None = None,
) -> Printer:
    """Make the printer of a shop. Nobody asks whether it is there before it has something to print.

    `folder` is where all processes of the till on this machine find their lock.
    """

    def address_of(charge_id: str) -> str | None:
        return f"{public_url}/pay/{charge_id}/receipt" if public_url else None

    head = Letterhead(shop_name, shop_address, tax_id, footer, logo, address_of)
    slip = Slip(head, Words(language, local_time), Fonts(), address.dots)
    return PicturePrinter(address, slip, folder / "printer.lock")
