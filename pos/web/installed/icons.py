"""The icons of the faces on a device's home screen: the shop's logo, or ours in its colour."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from math import hypot

from PIL import Image, ImageDraw

from pos.domain.colour import PAPER, Colour
from pos.domain.picture import Picture

# Another one whenever the same logo is drawn in another way.
_DRAWN = b"1"
_MARIGOLD = "#ffb81c"
# Of our own mark, which is 6 by 5 units: far more dots than it ever has in an icon, so that it comes out smooth.
_UNIT = 200


@dataclass(frozen=True, slots=True)
class Icon:
    """A square icon; `purpose` as manifests have it. `reach` is the diagonal of what it shows, as a share of the side.

    A device cuts any shape out of a maskable one, and keeps what lies in the circle of four fifths of the side:
    https://www.w3.org/TR/appmanifest/#icon-masks
    """

    side: int
    reach: float = 0.9
    purpose: str = "any"
    rounded: bool = False


ICONS = {
    "192": Icon(192, rounded=True),
    "512": Icon(512, rounded=True),
    "maskable-192": Icon(192, 0.78, "maskable"),
    "maskable-512": Icon(512, 0.78, "maskable"),
    # An iPhone rounds the corners by itself, and shows black where there is nothing.
    "apple-180": Icon(180, purpose=""),
}


def digest(logo: Picture | None, colour: Colour) -> str:
    """Name all icons of a shop by what they are drawn from."""
    return sha256(b"%s\0%s\0%s" % (_DRAWN, str(colour).encode(), logo.data if logo else b"")).hexdigest()[:12]


def is_drawn(logo: Picture | None) -> bool:
    """Tell whether an icon shows this logo: nothing here can draw an SVG."""
    return logo is not None and logo.media_type != "image/svg+xml"


@lru_cache(maxsize=len(ICONS))
def draw(logo: Picture | None, colour: Colour, icon: Icon) -> bytes:
    """Draw an icon, as PNG."""
    own = _opened(logo) if logo and is_drawn(logo) else None
    mark = own or _awning(colour)
    scale = icon.reach * icon.side / hypot(*mark.size)
    mark = mark.resize((round(mark.width * scale), round(mark.height * scale)), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (icon.side, icon.side), str(_ground(own) if own else PAPER))
    image.alpha_composite(mark, ((icon.side - mark.width) // 2, (icon.side - mark.height) // 2))
    if icon.rounded:
        image.putalpha(_rounded(icon.side))
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _opened(logo: Picture) -> Image.Image:
    with Image.open(BytesIO(logo.data)) as image:
        return image.convert("RGBA")


def _awning(colour: Colour) -> Image.Image:
    """Draw the mark that stands in a browser's tab (templates/base.html)."""
    image = Image.new("RGBA", (6 * _UNIT, 5 * _UNIT))
    pen = ImageDraw.Draw(image)
    for i, fill in enumerate((str(colour), _MARIGOLD, str(colour))):
        left, right = 2 * i * _UNIT, 2 * (i + 1) * _UNIT - 1
        pen.rectangle((left, 0, right, 4 * _UNIT), fill)
        pen.pieslice((left, 3 * _UNIT, right, 5 * _UNIT - 1), 0, 180, fill)
    return image


def _ground(logo: Image.Image) -> Colour:
    """A logo that brings a ground along goes on in it; any other stands on paper."""
    red, green, blue, alpha = logo.crop((0, 0, 1, 1)).tobytes()
    return Colour(red, green, blue) if alpha == 255 else PAPER


def _rounded(side: int) -> Image.Image:
    mask = Image.new("L", (4 * side, 4 * side))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 4 * side - 1, 4 * side - 1), 0.8 * side, 255)
    return mask.resize((side, side), Image.Resampling.LANCZOS)
