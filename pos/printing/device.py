"""The program that hands a picture to the printer: a process of its own, that ends.

So nothing that a printer does holds the till up: a cable that takes nothing any more, a device that cannot be opened, a
library that blocks. It imports nothing of the till, and the till nothing of it. Its arguments are what to do, and as
JSON the printer's address, the file of a lock and for how many seconds it is patient; the picture, a PNG, comes in on
standard input. Its exit code says how that went, and `begun` on standard output that a part of it may be on paper.
"""

import fcntl
import json
import logging
import os
import signal
import stat
import struct
import sys
import termios
import time
from contextlib import suppress
from errno import ETIMEDOUT
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

# How many rows of dots go out at a time. A slow serial line takes three seconds for them.
ROWS = 32
# What it ends with. A signal ends it where the printer stalls.
PRINTED, SILENT, PAPER, STOPPED = 0, 3, 4, 5
# Parts of the patience that it has without any progress: for an answer; and for all others that print, and for a
# printer that is done with what it was sent.
ANSWER, OTHERS, END = 0.1, 6, 3

# ESC/POS: real-time status of the paper, and of the printer, whose cover may be open; and the status of the paper once
# all that came before is printed (Epson, DLE EOT and GS r).
_ASK_PAPER, _NO_PAPER = b"\x10\x04\x04", 0x60
_ASK_STATE, _OFFLINE = b"\x10\x04\x01", 0x08
_ASK_END, _END_NO_PAPER = b"\x1dr\x01", 0x0C
_RESET = b"\x1b@"


class Failed(Exception):
    """It did not print; `code` is what to end with."""

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def main(what: str, told: str) -> int:
    """Print what comes in, or with `check` only ask. Return the exit code."""
    where = json.loads(told)
    with Path(where["lock"]).open("a") as alone:
        _end_after(OTHERS * where["patience"])
        fcntl.flock(alone, fcntl.LOCK_EX)
        _end_after(where["patience"])
        try:
            _run(where, only_ask=what == "check")
        except Failed as failed:
            sys.stderr.write(str(failed))
            return failed.code
    return PRINTED


def _end_after(seconds: float) -> None:
    """Have the system end this process if it does not come by here again in time, whatever it is blocked by."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _run(where: dict[str, Any], *, only_ask: bool) -> None:
    picture = None if only_ask else Image.open(BytesIO(sys.stdin.buffer.read()))
    printer = open_printer(where)
    try:
        answers = where["cable"] != "file" and not where["star"] and _has_paper(printer, where["patience"])
        if answers and _is_offline(_ask_state(printer, where["patience"])):
            raise Failed(SILENT, "it is not ready: is its cover open?")
        if picture is not None:
            sys.stdout.write("begun")
            sys.stdout.flush()
            send(printer, picture, star=where["star"], patience=where["patience"])
            _wait(printer, where, answers=answers)
    except OSError as error:
        raise Failed(SILENT if picture is None else STOPPED, f"the line broke: {error}") from error
    finally:
        with suppress(OSError):
            printer.close()


def open_printer(where: dict[str, Any]) -> Any:
    """Open the line to a printer, by python-escpos. Raises Failed."""
    module = load_escpos()
    target, patience = where["target"], where["patience"]
    try:
        match where["cable"]:
            case "network":
                printer = module.Network(target, where["port"], timeout=patience / 2)
            case "usb":
                vendor, product = (int(part, 16) for part in target.split(":"))
                ends = {"in_ep": where["reads"], "out_ep": where["writes"]}
                printer = module.Usb(vendor, product, timeout=round(patience * 500), **ends)
            case "serial":
                printer = module.Serial(target, where["baud"], timeout=patience * ANSWER)
            case _:
                # The library would make a file of that name, which takes every receipt and prints none.
                if stat.S_ISREG(Path(target).stat().st_mode):
                    raise FileExistsError(f"{target} is a file, and no device")
                printer = module.File(target)
        printer.open()
    # Its own errors, pyserial's or pyusb's: all that goes wrong before a byte was sent is one thing here.
    except Exception as error:
        raise Failed(SILENT, f"it cannot be opened: {' '.join(str(error).split())}") from error
    return printer


def load_escpos() -> Any:
    """Import python-escpos without the list of all printers of the world, which takes it seconds to read."""
    root = logging.getLogger()
    had = root.handlers[:]
    with TemporaryDirectory() as folder:
        os.environ["ESCPOS_CAPABILITIES_FILE"] = str(Path(__file__).with_name("capabilities.json"))
        os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = folder
        from escpos import printer
    # It sets a log up for the whole process.
    root.handlers[:] = had
    return printer


def send(printer: Any, picture: Image.Image, *, star: bool = False, patience: float = 0) -> None:
    """Send a picture, and have the paper cut. Raises OSError."""
    if star:
        _send_to_star(printer, picture, patience)
        return
    _raw(printer, _RESET)
    for top in range(0, picture.height, ROWS):
        printer.image(picture.crop((0, top, picture.width, min(top + ROWS, picture.height))))
        _end_after(patience)
    printer.cut(mode="PART")


def _send_to_star(printer: Any, picture: Image.Image, patience: float) -> None:
    """Speak Star's raster mode: begin, a page without an end, cut at the end; each row of dots by itself; end."""
    _raw(printer, b"\x1b*rR\x1b*rA\x1b*rP0\x00\x1b*rE13\x00")
    # A dot is burned where the bit is set.
    dots = picture.tobytes("raw", "1;I")
    width = len(dots) // picture.height
    row = b"b" + width.to_bytes(2, "little")
    for top in range(0, picture.height, ROWS):
        rows = range(top, min(top + ROWS, picture.height))
        _raw(printer, b"".join(row + dots[at * width : (at + 1) * width] for at in rows))
        _end_after(patience)
    _raw(printer, b"\x1b*rB")


def _raw(printer: Any, sent: bytes) -> None:
    printer._raw(sent)


def _has_paper(printer: Any, patience: float) -> bool:
    """Ask how much paper there is. Tell whether it answers such questions at all. Raises Failed or OSError."""
    answer = _ask(printer, _ASK_PAPER, patience * ANSWER)
    if answer and answer[-1] & _NO_PAPER == _NO_PAPER:
        raise Failed(PAPER, "it is out of paper")
    return bool(answer)


def _ask_state(printer: Any, patience: float) -> bytes:
    return _ask(printer, _ASK_STATE, patience * ANSWER)


def _is_offline(state: bytes) -> bool:
    return bool(state and state[-1] & _OFFLINE)


def _ask(printer: Any, question: bytes, seconds: float) -> bytes:
    """Send a question, and return the answer; nothing if none comes in time. Raises OSError."""
    _raw(printer, question)
    line = printer.device
    had = _set_timeout(line, seconds)
    try:
        return bytes(printer._read())
    except OSError as error:
        if isinstance(error, TimeoutError) or error.errno == ETIMEDOUT:
            return b""
        raise
    finally:
        _set_timeout(line, had)


def _set_timeout(line: Any, seconds: float) -> float:
    """Change how long a line waits for an answer, and return how long that was: a socket's, or a serial line's."""
    if hasattr(line, "settimeout"):
        had: float = line.gettimeout()
        line.settimeout(seconds)
        return had
    if hasattr(line, "baudrate"):
        had, line.timeout = line.timeout, seconds
        return had
    return seconds


def _wait(printer: Any, where: dict[str, Any], *, answers: bool) -> None:
    """Wait until it has printed all, as far as it can be asked. Raises Failed or OSError."""
    patience = where["patience"]
    if answers:
        _end_after((END + 1) * patience)
        answer = _ask(printer, _ASK_END, END * patience)
        if not answer:
            _has_paper(printer, patience)
            state = _ask_state(printer, patience)
            if not state or _is_offline(state):
                raise Failed(STOPPED, "it did not say that it has printed all")
            # Nothing keeps it from printing: it does not know that question, as some do not.
        elif answer[-1] & _END_NO_PAPER == _END_NO_PAPER:
            raise Failed(PAPER, "it ran out of paper")
    elif where["cable"] == "network":
        _until_taken(printer.device, patience)


def _until_taken(line: Any, patience: float) -> None:
    """Wait until all that was sent is with the printer: what it leaves in this machine's memory is not printed."""
    left = _not_taken(line)
    while left:
        time.sleep(0.05)
        before, left = left, _not_taken(line)
        if left < before:
            _end_after(patience)
    line.shutdown(1)
    line.settimeout(patience * ANSWER)
    # It hangs up in its own time; if it breaks the line off, it has not read all.
    with suppress(TimeoutError):
        while line.recv(256):
            pass


def _not_taken(line: Any) -> int:
    count: int = struct.unpack("i", fcntl.ioctl(line, termios.TIOCOUTQ, b"\0\0\0\0"))[0]
    return count


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
