"""The printer of a till: draws a receipt or a report, and has a process of its own print it."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from PIL.Image import Image

from pos.domain.printer import PrinterAddress, PrinterError, Trouble
from pos.domain.receipt import Receipt
from pos.domain.refund import Refund
from pos.domain.z_report import ZReport
from pos.printing.refund_slip import RefundSlip
from pos.printing.report_slip import ReportSlip
from pos.printing.slip import Slip

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("device.py")
PATIENCE = 20.0
# How the program ends, as it says itself.
_TROUBLES = {3: Trouble.SILENT, 4: Trouble.PAPER, 5: Trouble.STOPPED}


@dataclass(frozen=True, slots=True)
class PicturePrinter:
    """A printer at an address. `lock` is a file that all processes on this machine share: one prints at a time.

    `patience` is for how many seconds it may take nothing.
    """

    address: PrinterAddress
    slip: Slip
    lock: Path
    patience: float = PATIENCE

    def print_receipt(self, receipt: Receipt, *, again: bool) -> None:
        """Print a receipt, with a mark if it was on paper before. Raises PrinterError."""
        self._print(f"the receipt of {receipt.charge.id}", lambda: self.slip.draw(receipt, again=again))

    def print_refund(self, receipt: Receipt, refund: Refund, *, again: bool) -> None:
        """Print the receipt of a refund, with a mark if it was on paper before. Raises PrinterError."""
        slip = RefundSlip(self.slip)
        self._print(f"the receipt of refund {refund.id}", lambda: slip.draw(receipt, refund, again=again))

    def print_report(self, report: ZReport) -> None:
        """Print the report of a shift. Raises PrinterError."""
        slip = ReportSlip(self.slip.words, self.slip.fonts, self.slip.dots)
        self._print(f"report {report.shift.number} of {report.shift.till}", lambda: slip.draw(report))

    def check(self) -> list[str]:
        """Ask whether it could print now, and print nothing. Return sentences on what it would leave out.

        Raises PrinterError.
        """
        self._run("check", b"")
        return list(self.slip.shortcomings())

    def _print(self, what: str, draw: Callable[[], Image]) -> None:
        picture = BytesIO()
        try:
            draw().save(picture, "PNG")
        except Exception as error:
            # Drawing never touches the printer, and what cannot be drawn must not keep the next one back.
            log.exception("%s could not be drawn", what)
            raise PrinterError(Trouble.BROKEN, f"it cannot be drawn: {error}") from error
        self._run("print", picture.getvalue())

    def _run(self, what: str, picture: bytes) -> None:
        told = json.dumps(asdict(self.address) | {"lock": str(self.lock), "patience": self.patience})
        # Isolated: neither the environment nor the folder of this process says what it imports.
        program = [sys.executable, "-I", str(PROGRAM), what, told]
        try:
            done = subprocess.run(program, input=picture, capture_output=True, check=False)  # noqa: S603
        except OSError as error:
            # Such as too little memory for another process: it may be there in a moment.
            raise PrinterError(Trouble.SILENT, f"its program does not start: {error}") from error
        if done.returncode == 0:
            return
        begun = b"begun" in done.stdout
        stalled = Trouble.STOPPED if begun else Trouble.SILENT
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        detail = lines[-1] if lines else f"it takes nothing any more ({done.returncode})"
        raise PrinterError(_TROUBLES.get(done.returncode, stalled), detail, begun=begun)
