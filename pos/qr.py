"""A payment request, or an address, as a QR image: PNG bytes, and nothing else. Why so: each setting was measured.

Upper case is QR's compact mode (BOLT 11 asks writers for it), and bigger modules help a camera more than error
correction does. The prefix stays in lower case, as phones know it. The image carries its own white border.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.util import QRData

BORDER = 4
PIXELS = 4
# All masks scan alike, and to choose among them takes most of the time.
MASK = 3


@lru_cache(maxsize=256)
def png(payment_request: str) -> bytes:
    """Draw `lightning:` and the payment request: 1 bit a pixel, 4 pixels a module, 4 modules of border."""
    code = _code(payment_request, _version(len(payment_request)))
    code.make(fit=False)
    return _draw(code.get_matrix())


@lru_cache(maxsize=64)
def of_address(address: str) -> bytes:
    """Draw an address of the web, as large as `png` does, so that it is read from paper that was folded, too."""
    code = qrcode.QRCode(None, error_correction=ERROR_CORRECT_M, border=BORDER, mask_pattern=MASK)
    code.add_data(QRData(address.encode()), optimize=0)
    code.make(fit=True)
    return _draw(code.get_matrix())


@lru_cache(maxsize=64)
def modules_of(lnurl: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a code for paper, without a border: it holds LNURL1... and no prefix (LUD-01).

    It is as small as it can be, and of all that a code of that size can hold besides, the most is for what is lost of
    it: a sticker is scratched.
    """
    smallest = _of_lnurl(lnurl, None, ERROR_CORRECT_L)
    smallest.make(fit=True)
    for correction in (ERROR_CORRECT_H, ERROR_CORRECT_Q, ERROR_CORRECT_M):
        try:
            code = _of_lnurl(lnurl, smallest.version, correction)
            code.make(fit=False)
        except DataOverflowError:
            continue
        return _rows(code)
    return _rows(smallest)


def _of_lnurl(lnurl: str, version: int | None, correction: int) -> qrcode.QRCode[Any]:
    code = qrcode.QRCode(version, error_correction=correction, border=0, mask_pattern=MASK)
    code.add_data(QRData(lnurl.upper().encode()), optimize=0)
    return code


def _rows(code: qrcode.QRCode[Any]) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def _code(payment_request: str, version: int | None) -> qrcode.QRCode[Any]:
    code = qrcode.QRCode(version, error_correction=ERROR_CORRECT_L, border=BORDER, mask_pattern=MASK)
    code.add_data(QRData(b"lightning:"), optimize=0)
    code.add_data(QRData(payment_request.upper().encode()), optimize=0)
    return code


@lru_cache(maxsize=1024)
def _version(length: int) -> int:
    """Return the smallest version (size) that a payment request of that many characters fits.

    It depends on nothing else, and to find it takes a third of the time of drawing.
    """
    return int(_code("q" * length, None).best_fit())


def _draw(modules: list[list[bool]]) -> bytes:
    side = len(modules)
    light = bytes(0 if dark else 255 for row in modules for dark in row)
    image = Image.frombytes("L", (side, side), light).convert("1", dither=Image.Dither.NONE)
    file = BytesIO()
    image.resize((side * PIXELS, side * PIXELS), Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def side(image: bytes) -> int:
    """Return the width and height of a PNG in pixels: bytes 16 to 20 of its header (PNG, IHDR)."""
    return int.from_bytes(image[16:20])
