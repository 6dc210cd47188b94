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


def make_picture(data: bytes) -> JarPicture:
    """Draw a PNG, JPEG or WebP again, the first frame of it: turned as its camera was held, on white. Raises NoPicture.

    Nothing comes along of what else the file tells, as where it was taken.
    """
    if len(data) > MOST_BYTES:
        raise NoPicture(f"is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        whole = _read(data)
    except (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error) as error:
        if isinstance(error, NoPicture):
            raise
        raise NoPicture("is no PNG, JPEG or WebP") from error
    page = _write(whole, PAGE_SIDE, PAGE_BYTES)
    return JarPicture(sha256(page).hexdigest()[:_DIGITS], page, _write(whole, THUMBNAIL_SIDE, THUMBNAIL_BYTES))


def _read(data: bytes) -> Image.Image:
    with _open(data) as image:
        # It tells its size before anything of it is drawn.
        if image.width * image.height > MOST_PIXELS:
            raise _too_many()
        image.draft("RGB", (2 * PAGE_SIDE, 2 * PAGE_SIDE))
        upright = ImageOps.exif_transpose(image)
        colours = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    on_white = Image.new("RGB", colours.size, "white")
    on_white.paste(colours, mask=colours if colours.mode == "RGBA" else None)
    return on_white


def _open(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # Of what it warns at there are too many here anyway.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(BytesIO(data), formats=list(KINDS))
        except Image.DecompressionBombError as error:
            raise _too_many() from error


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
