"""A picture that a shop brings along: which kinds a browser shows, and how large one may be."""

import re
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

MAX_BYTES = 200_000
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}

# What may stand before the root of a document, in any order. Each ends where it first may, and is not looked at again:
# many comments with no root behind them could be told from one another in more ways than there is time to try.
_SVG = re.compile(rb"\s*+(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+>)\s*)*+<svg[\s>]", re.DOTALL)


class NoPicture(ValueError):
    """Data that cannot be shown; the text says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its media type."""

    media_type: str
    data: bytes = field(repr=False)


def read_picture(data: bytes) -> Picture:
    """Recognize a picture by its content, whatever its file is called. Raises NoPicture."""
    if len(data) > MAX_BYTES:
        raise NoPicture(f"is larger than {MAX_BYTES // 1000} kB")
    if _SVG.match(data.removeprefix(b"\xef\xbb\xbf")):
        return Picture("image/svg+xml", data)
    try:
        with Image.open(BytesIO(data), formats=list(KINDS)) as image:
            image.verify()
            return Picture(KINDS[str(image.format)], data)
    except (OSError, SyntaxError, ValueError) as error:
        raise NoPicture("is no PNG, JPEG, WebP or SVG") from error
