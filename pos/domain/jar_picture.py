"""The picture of a jar, made anew from what its owner gives: nobody gets that file itself."""

import struct
import warnings
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps

from pos.domain.jar import JarPicture
from pos.domain.picture import KINDS, NoPicture

MOST_BYTES = 10_000_000
# What a phone takes today; more fills the memory of a small machine.
MOST_PIXELS = 40_000_000
# The longest side, and how many bytes it should have and, of a thumbnail, may have: a wallet gets it with each scan.
PAGE_SIDE, PAGE_BYTES = 1200, 150_000
THUMBNAIL_SIDE, THUMBNAIL_BYTES = 256, 30_000
# How good a JPEG is, the best first.
_QUALITIES = (85, 75, 65, 50, 35)
_DIGITS = 16
# What Pillow raises at a file that is broken, or none of those.
_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error)
_NONE = "is no PNG, JPEG or WebP"


def make_picture(data: bytes) -> JarPicture:
    """Draw a PNG, JPEG or WebP again, the first frame of it: turned as its camera was held, on white. Raises NoPicture.

    Nothing comes along of what else the file tells, as where it was taken.
    """
    whole = _on_white(read_upright(data))
    page = _write(whole, PAGE_SIDE, PAGE_BYTES)
    return JarPicture(sha256(page).hexdigest()[:_DIGITS], page, _write(whole, THUMBNAIL_SIDE, THUMBNAIL_BYTES))


def open_picture(data: bytes) -> Image.Image:
    """Open a PNG, JPEG or WebP that is not too large, without drawing anything of it. Raises NoPicture."""
    if len(data) > MOST_BYTES:
        raise NoPicture(f"is larger than {MOST_BYTES // 1_000_000} MB")
    with warnings.catch_warnings():
        # Of what it warns at there are too many here anyway.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = Image.open(BytesIO(data), formats=list(KINDS))
        except Image.DecompressionBombError as error:
            raise _too_many() from error
        except _UNREADABLE as error:
            raise NoPicture(_NONE) from error
    # It tells its size before anything of it is drawn.
    if image.width * image.height > MOST_PIXELS:
        raise _too_many()
    return image


def read_upright(data: bytes) -> Image.Image:
    """Draw the first frame of a picture as its camera was held, with what can be seen through it. Raises NoPicture."""
    with open_picture(data) as image:
        try:
            image.draft("RGB", (2 * PAGE_SIDE, 2 * PAGE_SIDE))
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        except _UNREADABLE as error:
            raise NoPicture(_NONE) from error


def _on_white(colours: Image.Image) -> Image.Image:
    laid = Image.new("RGB", colours.size, "white")
    laid.paste(colours, mask=colours if colours.mode == "RGBA" else None)
    return laid


def _too_many() -> NoPicture:
    return NoPicture(f"has more than {MOST_PIXELS // 1_000_000} million pixels")


def _write(whole: Image.Image, side: int, most: int) -> bytes:
    """Write a picture as JPEG, as good as it can be in so many bytes."""
    image = whole.copy()
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    written = b""
    for quality in _QUALITIES:
        file = BytesIO()
        image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        written = file.getvalue()
        if len(written) <= most:
            break
    return written
