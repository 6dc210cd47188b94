"""Where everything stands on a poster, in millimetres: what draws it and what writes it as SVG have it from here."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pos import qr
from pos.domain.poster import Poster, Size
from pos.printing.fonts import MISSING, Fonts

POINT = 25.4 / 72
# How high a line is and where its letters stand, by their size.
LINE, BASE = 1.18, 0.93
# White modules around a code, without which half of the cameras find none.
QUIET = 4
_MEASURED = 200
# The least that is between two things.
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text, its middle at `x` and its letters standing on `y`; so `wide` that no font makes it wider."""

    text: str
    x: float
    y: float
    size: float
    wide: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A place with a width and a height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Face:
    """What is seen of one poster: its code without the white around it, and perhaps a picture, cut to its box.

    It begins at `x` and `y` of its sheet, or ends there: where it is `turned`, it stands on its head.
    """

    x: float
    y: float
    words: tuple[Words, ...]
    code: Box
    picture: Box | None
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper. `cuts` are the rims of stickers, `fold` is how far from the top it is folded."""

    width: float
    height: float
    faces: tuple[Face, ...]
    cuts: tuple[Box, ...] = ()
    fold: float | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How large everything is on a face, in mm; texts in points, as large as they may be and as small.

    `beside`: the code stands beside the words, and not among them.
    """

    width: float
    height: float
    rim: float
    code: float
    title: tuple[float, float]
    address: tuple[float, float]
    how: float
    picture: float = 0
    text: float = 0
    lines: int = 1
    beside: bool = False


_SHEET = (210.0, 297.0)
_A4 = Style(*_SHEET, 12, 96, title=(44, 22), address=(27, 12), how=18, picture=74, text=17, lines=2)
_A6 = Style(105, 148, 6, 54, title=(21, 12), address=(14, 7), how=10, picture=34, lines=2)
_STICKER = Style(60, 69, 2, 40, title=(11, 7), address=(10, 5.5), how=8)
_TENT = Style(210, 148.5, 12, 84, title=(30, 16), address=(18, 8), how=13, picture=34, text=12, lines=3, beside=True)
_STICKERS = (3, 4)
_BETWEEN = 1.5


def lay_out(poster: Poster, size: Size, fonts: Fonts) -> Sheet:
    """Find a place for all of it."""
    match size:
        case Size.A4:
            return Sheet(*_SHEET, (_face(poster, _A4, fonts),))
        case Size.A6:
            return Sheet(_A6.width, _A6.height, (_face(poster, _A6, fonts),))
        case Size.TENT:
            face = _face(poster, _TENT, fonts)
            other = Face(_TENT.width, _TENT.height, face.words, face.code, face.picture, turned=True)
            lower = Face(0, _TENT.height, face.words, face.code, face.picture)
            return Sheet(*_SHEET, (other, lower), fold=_TENT.height)
    return _stickers(_face(poster, _STICKER, fonts))


def _stickers(face: Face) -> Sheet:
    width, height = _SHEET
    columns, rows = _STICKERS
    left = (width - columns * _STICKER.width - (columns - 1) * _BETWEEN) / 2
    top = (height - rows * _STICKER.height - (rows - 1) * _BETWEEN) / 2
    places = [
        (left + column * (_STICKER.width + _BETWEEN), top + row * (_STICKER.height + _BETWEEN))
        for row in range(rows)
        for column in range(columns)
    ]
    return Sheet(
        width,
        height,
        tuple(Face(x, y, face.words, face.code, face.picture) for x, y in places),
        tuple(Box(x, y, _STICKER.width, _STICKER.height) for x, y in places),
    )


@dataclass(slots=True)
class _Block:
    """What stands below one another on a face, with its height. A code has its white in it."""

    what: str
    height: float
    lines: tuple[str, ...] = ()
    size: float = 0
    bold: bool = False


def _face(poster: Poster, style: Style, fonts: Fonts) -> Face:
    quiet = QUIET * style.code / len(qr.modules_of(poster.lnurl))
    white = style.code + 2 * quiet
    if not style.beside:
        column = Box(style.rim, style.rim, style.width - 2 * style.rim, style.height - 2 * style.rim)
        return _column(_blocks(poster, style, fonts, column.width, white), column, quiet, fonts)
    beside = style.rim + white
    column = Box(beside, style.rim, style.width - beside - style.rim, style.height - 2 * style.rim)
    face = _column(_blocks(poster, style, fonts, column.width, None), column, quiet, fonts)
    code = Box(style.rim + quiet, (style.height - style.code) / 2, style.code, style.code)
    return Face(0, 0, face.words, code, face.picture)


def _blocks(poster: Poster, style: Style, fonts: Fonts, width: float, white: float | None) -> list[_Block]:
    blocks = [_Block("picture", style.picture)] if poster.picture and style.picture else []
    # Where there is one line for both, the price comes first: the end of a line may be cut.
    title = f"{poster.price} {poster.title}" if style.lines == 1 else poster.title
    blocks.append(_fitted("title", title.strip(), style.title, style.lines, fonts, width))
    if poster.price and style.lines > 1:
        blocks.append(_fitted("price", poster.price, style.title, 1, fonts, width))
    if poster.text and style.text:
        blocks.append(_fitted("text", poster.text, (style.text, 0.65 * style.text), 7, fonts, width, bold=False))
    if white is not None:
        blocks.append(_Block("code", white))
    blocks.append(_fitted("how", poster.how, (style.how, 0.6 * style.how), 2, fonts, width))
    if poster.address:
        blocks.append(_of_address(poster.address, style.address, fonts, width))
    return blocks


def _column(blocks: list[_Block], column: Box, quiet: float, fonts: Fonts) -> Face:
    """Set blocks below one another, with as much between each two; what has no room is left out, the picture first."""
    blocks = _with_room(blocks, column.height)
    gap = (column.height - sum(it.height for it in blocks)) / max(1, len(blocks) - 1)
    words: list[Words] = []
    code, picture, y = Box(0, 0, 0, 0), None, column.y
    middle = column.x + column.width / 2
    for block in blocks:
        if block.what == "picture":
            picture = Box(column.x, y, column.width, block.height)
        elif block.what == "code":
            side = block.height - 2 * quiet
            code = Box(middle - side / 2, y + quiet, side, side)
        words += _set(block, middle, y, fonts)
        y += block.height + gap
    return Face(0, 0, tuple(words), code, picture)


def _with_room(blocks: list[_Block], height: float) -> list[_Block]:
    lacking = sum(it.height for it in blocks) + _GAP * (len(blocks) - 1) - height
    if lacking <= 0:
        return blocks
    first = blocks[0]
    if first.what == "picture" and first.height - lacking > first.height / 3:
        return [_Block("picture", first.height - lacking), *blocks[1:]]
    for what in ("picture", "text"):
        if any(it.what == what for it in blocks):
            return _with_room([it for it in blocks if it.what != what], height)
    return blocks


def _set(block: _Block, middle: float, y: float, fonts: Fonts) -> Iterator[Words]:
    for number, line in enumerate(block.lines):
        base = y + (number * LINE + BASE) * block.size
        yield Words(line, middle, base, block.size, _width(line, block.size, fonts, bold=block.bold), block.bold)


def _fitted(
    what: str, text: str, points: tuple[float, float], most: int, fonts: Fonts, width: float, *, bold: bool = True
) -> _Block:
    """Break a text into so many lines at most, of letters as large as can be; what is too long is cut."""
    largest, smallest = points
    while True:
        lines = broken(text, largest * POINT, fonts, width, bold=bold)
        if len(lines) <= most and all(_width(it, largest * POINT, fonts, bold=bold) <= width for it in lines):
            return _block(what, lines, largest * POINT, bold=bold)
        if largest <= smallest:
            kept = [*lines[: most - 1], " ".join(lines[most - 1 :])]
            size = largest * POINT
            return _block(what, [cut(it, size, fonts, width, bold=bold) for it in kept], size, bold=bold)
        largest = max(smallest, 0.94 * largest)


def _of_address(address: str, points: tuple[float, float], fonts: Fonts, width: float) -> _Block:
    """Write an address on one line, or break it where its host begins: nothing of it may be cut."""
    largest, smallest = points
    name, _, host = address.partition("@")
    for lines in ([address], [name, f"@{host}"]):
        widest = max(_width(it, largest * POINT, fonts, bold=True) for it in lines)
        size = min(largest, largest * width / widest)
        if size >= smallest or len(lines) > 1:
            return _block("address", lines, size * POINT, bold=True)
    raise AssertionError("an address has one line or two")


def _block(what: str, lines: list[str], size: float, *, bold: bool) -> _Block:
    return _Block(what, len(lines) * LINE * size, tuple(lines), size, bold)


def broken(text: str, size: float, fonts: Fonts, width: float, *, bold: bool) -> list[str]:
    """Break a text into lines that are no wider than that; a single word may be."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and _width(longer, size, fonts, bold=bold) > width:
                lines.append(line)
                longer = word
            line = longer
        lines += [line] if line else []
    return lines


def cut(line: str, size: float, fonts: Fonts, width: float, *, bold: bool) -> str:
    """Leave out the end of a line that is too wide, and say so."""
    if _width(line, size, fonts, bold=bold) <= width:
        return line
    while line and _width(f"{line}{MISSING}", size, fonts, bold=bold) > width:
        line = line[:-1].rstrip()
    return f"{line}{MISSING}"


def _width(text: str, size: float, fonts: Fonts, *, bold: bool) -> float:
    """Return how wide a text is. An ideograph that no font here has is as wide as high in whatever font draws it."""
    ideographs = sum(unicodedata.east_asian_width(it) in "WF" and fonts.lacks(it) for it in text)
    others = "".join(it for it in text if unicodedata.east_asian_width(it) not in "WF" or not fonts.lacks(it))
    return fonts.width(others, _MEASURED, bold=bold) * size / _MEASURED + ideographs * size
