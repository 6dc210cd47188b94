"""The shop's logo, made anew from what its owner gives: nobody gets that file itself."""

from hashlib import sha256
from io import BytesIO

from PIL import Image

from pos.domain.jar_picture import read_upright
from pos.domain.kept_setting import Entered
from pos.domain.picture import MAX_BYTES

# The longest side: an icon on a home screen has as many dots.
SIDE = 512
# How good a WebP is, where a PNG is too large.
_QUALITIES = (90, 75, 50)
_DIGITS = 16


def make_logo(data: bytes) -> Entered:
    """Draw a PNG, JPEG or WebP again, with what can be seen through it, and return it as a setting. Raises NoPicture.

    Nothing comes along of what else the file tells.
    """
    image = _trimmed(read_upright(data))
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    drawn = _write(image, "PNG", optimize=True)
    for quality in _QUALITIES:
        if len(drawn) <= MAX_BYTES:
            break
        drawn = _write(image, "WEBP", quality=quality)
    return Entered(sha256(drawn).hexdigest()[:_DIGITS], drawn)


def _trimmed(image: Image.Image) -> Image.Image:
    """Cut off what nobody sees around it: the room that it stands in is small."""
    seen = image.getchannel("A").getbbox() if image.mode == "RGBA" else None
    return image.crop(seen) if seen else image


def _write(image: Image.Image, kind: str, **how: int) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()
