"""Colours, how well they can be told apart (contrast as WCAG 2.2 defines it), and what a shop's own colour becomes."""

import re
from dataclasses import dataclass

# https://www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour in sRGB, each part from 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        """Write it as CSS does: #rrggbb."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """How bright it looks: 0 is black, 1 is white."""
        return 0.2126 * _linear(self.red) + 0.7152 * _linear(self.green) + 0.0722 * _linear(self.blue)

    def contrast(self, other: "Colour") -> float:
        """Return how well the two can be told apart: 1 is not at all, 21 is black and white."""
        dark, light = sorted((self.luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)

    def mix(self, other: "Colour", share: float) -> "Colour":
        """Return this colour with so much of another, from 0 to 1."""
        mixed = (
            round(own + (its - own) * share)
            for own, its in ((self.red, other.red), (self.green, other.green), (self.blue, other.blue))
        )
        return Colour(*mixed)


def parse_colour(text: str) -> Colour | None:
    """Read `#rrggbb`; None if it is anything else."""
    if not _HEX.fullmatch(text):
        return None
    return Colour(int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


BLACK = Colour(0, 0, 0)
WHITE = Colour(255, 255, 255)
# Of static/css/base.css: the ground by day and by night, and what is written on the accent.
PAPER = Colour(0xFD, 0xF0, 0xD5)
PAPER_BY_NIGHT = Colour(0x17, 0x12, 0x0F)
CREAM = Colour(0xFF, 0xF7, 0xE6)


@dataclass(frozen=True, slots=True)
class Accent:
    """The shop's one colour in all its places: keys by day and by night with the edge below them, and the field."""

    day: Colour
    day_edge: Colour
    night: Colour
    night_edge: Colour
    night_field: Colour


# Of static/css/base.css and pay.css.
ENAMEL = Accent(
    Colour(0x23, 0x36, 0xE0),
    Colour(0x1A, 0x29, 0xB4),
    Colour(0x3A, 0x58, 0xFF),
    Colour(0x14, 0x1D, 0x75),
    Colour(0x1C, 0x2A, 0x9E),
)


def accent(colour: Colour) -> Accent:
    """Derive what a shop's own colour becomes. Cream has to be readable on it."""
    return Accent(
        day=colour,
        day_edge=colour.mix(BLACK, 0.2),
        night=_bright_enough(colour),
        night_edge=colour.mix(BLACK, 0.5),
        night_field=colour.mix(BLACK, 0.3),
    )


def _bright_enough(colour: Colour) -> Colour:
    """Lighten a colour just so far that a key of it stands out from the ground by night."""
    shades = (colour.mix(WHITE, step / _STEPS) for step in range(_STEPS + 1))
    return next(shade for shade in shades if shade.contrast(PAPER_BY_NIGHT) >= SHAPE_CONTRAST)
