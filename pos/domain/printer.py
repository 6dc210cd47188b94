"""The receipt printer: where it is and how wide it prints, what it does, and what may be wrong with it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from pos.domain.number import Number
from pos.domain.receipt import Receipt
from pos.domain.refund import Refund
from pos.domain.z_report import ZReport

# The width of the paper in mm, and the dots that a head of 203 dpi prints on it.
DOTS = {"80": 576, "58": 384}
KINDS = ("epson", "star")
BAUDS = ("9600", "19200", "38400", "57600", "115200")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_USB = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}")
_ENDPOINT = re.compile(r"(0x)?[0-9a-f]{1,2}")


class Cable(StrEnum):
    """How the printer is reached."""

    NETWORK = "network"
    USB = "usb"
    SERIAL = "serial"
    FILE = "file"


class PrinterAddressError(ValueError):
    """An address is none; the text goes on where the name of a setting ends: "must be ..."."""


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """Where the printer is, and what it is.

    `target` is a host, the vendor and product of a USB device (04b8:0202), or the path of a device. `dots` is the width
    that it prints. `star`: it speaks Star's raster mode, else ESC/POS. `reads` and `writes` are USB endpoints.
    """

    cable: Cable
    target: str
    port: int = 9100
    dots: int = DOTS["80"]
    star: bool = False
    baud: int = 9600
    reads: int = 0x82
    writes: int = 0x01


def parse_printer(text: str) -> PrinterAddress:
    """Read network://192.168.1.50:9100, usb://04b8:0202, serial:///dev/ttyS0 or file:///dev/usb/lp0.

    After a question mark: paper=58, kind=star, baud=19200, in=81 and out=3. Raises PrinterAddressError.
    """
    address, _, options = text.partition("?")
    return _with(_bare(address), dict(_options(options)))


def _bare(address: str) -> PrinterAddress:
    scheme, _, rest = address.partition("://")
    match scheme:
        case Cable.NETWORK:
            return _network(address)
        case Cable.USB if _USB.fullmatch(rest.lower()):
            return PrinterAddress(Cable.USB, rest.lower())
        case Cable.SERIAL | Cable.FILE if re.fullmatch(r"/[^\0]+", rest):
            return PrinterAddress(Cable(scheme), rest)
    raise PrinterAddressError("must be network://HOST:PORT, usb://VENDOR:PRODUCT, serial:///dev/... or file:///dev/...")


def _network(address: str) -> PrinterAddress:
    try:
        parts = urlsplit(address)
        port = 9100 if parts.port is None else parts.port
    except ValueError as error:
        raise PrinterAddressError("must have a port from 1 to 65535") from error
    host = parts.hostname or ""
    if not _HOST.fullmatch(host) or parts.path.strip("/") or parts.username is not None:
        raise PrinterAddressError("must name the printer's host, as in network://192.168.1.50:9100")
    if port == 0:
        raise PrinterAddressError("must have a port from 1 to 65535")
    return PrinterAddress(Cable.NETWORK, host, port)


def _options(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    except ValueError as error:
        raise PrinterAddressError("must have name=value after its question mark, with & between") from error


def _with(bare: PrinterAddress, options: dict[str, str]) -> PrinterAddress:
    paper, kind = _one_of(DOTS, options, "paper", "80"), _one_of(KINDS, options, "kind", "epson")
    baud = int(_one_of(BAUDS, options, "baud", "9600"))
    reads, writes = _endpoint(options, "in", bare.reads), _endpoint(options, "out", bare.writes)
    if options:
        raise PrinterAddressError("must have paper, kind, baud, in and out alone after its question mark")
    return PrinterAddress(bare.cable, bare.target, bare.port, DOTS[paper], kind == "star", baud, reads, writes)


def _one_of(choices: dict[str, int] | tuple[str, ...], options: dict[str, str], name: str, usual: str) -> str:
    given = options.pop(name, usual)
    if given in choices:
        return given
    raise PrinterAddressError(f"must have {name}={' or '.join(choices)}")


def _endpoint(options: dict[str, str], name: str, usual: int) -> int:
    given = options.pop(name, None)
    if given is None:
        return usual
    if not _ENDPOINT.fullmatch(given.lower()):
        raise PrinterAddressError(f"must have {name}= and two hex digits, as lsusb -v says bEndpointAddress")
    return int(given, 16)


class Trouble(StrEnum):
    """What kept a receipt off the paper."""

    SILENT = "silent"
    PAPER = "paper"
    STOPPED = "stopped"
    BROKEN = "broken"


class PrinterError(Exception):
    """A receipt was not printed. `begun`: a part of it may be on paper. The text is for the log."""

    def __init__(self, trouble: Trouble, detail: str, *, begun: bool = False) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.begun = begun


class Printer(Protocol):
    """What prints."""

    def print_receipt(self, receipt: Receipt, *, again: bool) -> None:
        """Print a receipt, with a mark if it was on paper before. Raises PrinterError."""

    def print_refund(self, receipt: Receipt, refund: Refund, *, again: bool) -> None:
        """Print the receipt of money of a sale that was given back, as `print_receipt` does. Raises PrinterError."""

    def print_report(self, report: ZReport) -> None:
        """Print the report of a shift. Raises PrinterError."""

    def check(self) -> list[str]:
        """Ask whether it could print now, and print nothing. Return sentences on what it would leave out.

        Raises PrinterError.
        """


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A receipt that is to be printed: the `number`-th one for its charge, the first is 1. Times in unix seconds.

    `started_at`: it was being printed, and nobody has written down how that ended. `again`: some of it may be on paper,
    by this job or one before. `refund` is which one of the sale it is the receipt of; 0: of the sale itself.
    """

    charge_id: str
    number: int
    asked_at: int
    started_at: int | None = None
    again: bool = False
    refund: int = 0


@dataclass(frozen=True, slots=True)
class Printing:
    """What became of a receipt that was to be printed. Times in unix seconds.

    `trouble`: what kept it off the paper the last time. `again`: some of it may have been on paper before. `refund` is
    as that of the job.
    """

    asked_at: int
    printed_at: int | None = None
    given_up_at: int | None = None
    trouble: Trouble | None = None
    again: bool = False
    refund: int = 0

    @property
    def waits(self) -> bool:
        """Tell whether it is still to be printed."""
        return self.printed_at is None and self.given_up_at is None


@dataclass(frozen=True, slots=True)
class Unprinted:
    """A receipt that is not printed, of the sale with a number. `given_up`: it is not tried any more.

    `trouble` is None where it was not its turn yet.
    """

    sale: Number
    trouble: Trouble | None
    given_up: bool
