"""The pictures of a kiosk, drawn anew from the shop's files, which nobody gets themselves."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO

from PIL import Image

from pos.domain.jar_picture import read_upright

# The picture that greets who passes by the resting screen.
IDLE = "idle"
# The longest sides, in pixels: a tile's and the resting screen's, for screens with two of them where one is written.
TILE_SIDE, IDLE_SIDE = 480, 1200
MEDIA_TYPE = "image/webp"
_QUALITY = 80
_DIGITS = 16
_APART = re.compile(r"[ _-]+")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as a browser gets it; `digest` names it in its address."""

    digest: str
    width: int
    height: int
    data: bytes = field(repr=False)


def draw(data: bytes, side: int) -> Drawn:
    """Draw a PNG, JPEG or WebP again, at most so many pixels long: what can be seen through stays so.

    Raises NoPicture.
    """
    image = read_upright(data)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = BytesIO()
    image.save(file, "WEBP", quality=_QUALITY)
    written = file.getvalue()
    return Drawn(sha256(written).hexdigest()[:_DIGITS], image.width, image.height, written)


def plain_name(name: str) -> str:
    """Return a name as it is compared: whatever the size of its letters, and what stands between its words."""
    return _APART.sub(" ", name.strip().casefold())
