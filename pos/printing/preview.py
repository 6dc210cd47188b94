"""The picture of a jar that stands beside its address wherever somebody shares it, in the look of its page by day."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from pos.domain.preview import Preview
from pos.printing.fonts import Fonts, is_turned, line_height
from pos.printing.layout import broken, cut

# As networks ask for it, in dots.
WIDTH, HEIGHT = 1200, 630
_PAPER, _SHADE, _INK, _QUIET = "#fdf0d5", "#f3deb4", "#1d1733", "#5f5058"
_ENAMEL, _CREAM = "#2336e0", "#fff7e6"
_RIM, _GAP, _CORNER = 60, 40, 24
_AWNING, _STRIPE = 60, 60
_PICTURE = 380
# Sizes of letters: the title's as large as it can be on so many lines.
_TITLES, _TITLE_LINES = (84, 72, 60, 50), 3
_TEXT, _TEXT_LINES, _GOAL, _ADDRESS, _LEAST = 34, 3, 36, 40, 24
_BAR = 32
# So much finer shapes are drawn, and made small: so their rims are soft.
_FINER = 4


@cache
def _fonts() -> Fonts:
    return Fonts()


def to_png(preview: Preview) -> bytes:
    """Draw it. What begins from the right stands at the right."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    image.paste(_awning(), (0, 0))
    turned = is_turned(preview.title)
    floor = _draw_foot(image, preview, turned=turned)
    left, right, top = _RIM, WIDTH - _RIM, _AWNING + _GAP
    if preview.picture:
        at = right - _PICTURE if turned else left
        _draw_picture(image, preview.picture, (at, top), (_PICTURE, floor - _GAP - top))
        left, right = (left, at - _GAP) if turned else (at + _PICTURE + _GAP, right)
    _draw_title(image, preview, (left, top, right, floor - _GAP), turned=turned)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _draw_title(image: Image.Image, preview: Preview, box: tuple[int, int, int, int], *, turned: bool) -> None:
    left, top, right, bottom = box
    width = right - left
    for size in _TITLES:
        lines = broken(_fonts().readable(preview.title), size, _fonts(), width, bold=True)
        if len(lines) <= _TITLE_LINES and all(_fonts().width(it, size, bold=True) <= width for it in lines):
            break
    for line in lines[:_TITLE_LINES]:
        _draw_words(image, line, size, (left, top, right), _INK, bold=True, at_end=turned)
        top += line_height(size)
    top += _GAP // 2
    text = broken(" ".join(preview.text.split()), _TEXT, _fonts(), width, bold=False)
    room = min(_TEXT_LINES, (bottom - top) // line_height(_TEXT))
    kept = [*text[: room - 1], " ".join(text[room - 1 :])] if text and room > 0 else []
    for line in kept:
        _draw_words(image, line, _TEXT, (left, top, right), _QUIET, at_end=is_turned(preview.text))
        top += line_height(_TEXT)


def _draw_foot(image: Image.Image, preview: Preview, *, turned: bool) -> int:
    """Draw the address, and above it how far the goal is. Return where that begins."""
    row = (_RIM, HEIGHT - _RIM - _ADDRESS, WIDTH - _RIM)
    # Nothing of an address may be cut as long as anybody could read it.
    size = _ADDRESS
    while size > _LEAST and _fonts().width(preview.address, size, bold=True) > row[2] - row[0]:
        size -= 2
    _draw_words(image, preview.address, size, row, _ENAMEL, bold=True, at_end=turned)
    if not preview.raised:
        return row[1]
    top = row[1] - _GAP // 2 - _BAR
    width = WIDTH - 2 * _RIM
    image.paste(_SHADE, (_RIM, top), _rounded(width, _BAR, _BAR // 2))
    done = max(_BAR, width * preview.percent // 100) if preview.percent else 0
    if done:
        image.paste(_INK, (WIDTH - _RIM - done if turned else _RIM, top), _rounded(done, _BAR, _BAR // 2))
    top -= line_height(_GOAL)
    raised = _fonts().width(preview.raised, _GOAL, bold=True)
    left, right = _RIM, WIDTH - _RIM
    _draw_words(image, preview.raised, _GOAL, (left, top, right), _INK, bold=True, at_end=not turned)
    beside = (left + raised + _GAP, top, right) if turned else (left, top, right - raised - _GAP)
    _draw_words(image, preview.goal, _GOAL, beside, _INK, at_end=turned)
    return top


def _draw_words(
    image: Image.Image,
    text: str,
    size: int,
    row: tuple[int, int, int],
    colour: str,
    *,
    at_end: bool,
    bold: bool = False,
) -> None:
    """Draw a line at the left of a row, or at its right; what is too long is cut. The row is left, top and right."""
    left, top, right = row
    line = cut(_fonts().readable(text), size, _fonts(), right - left, bold=bold)
    if line:
        letters = _fonts().letters(line, size, bold=bold)
        image.paste(colour, (right - letters.width if at_end else left, top), letters)


def _draw_picture(image: Image.Image, jpeg: bytes, at: tuple[int, int], size: tuple[int, int]) -> None:
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as picture:
        image.paste(ImageOps.fit(picture.convert("RGB"), size), at, _rounded(*size, _CORNER))


@cache
def _awning() -> Image.Image:
    edge = _mask(WIDTH, _AWNING, _scallops)
    stripes = Image.new("RGB", (WIDTH, _AWNING), _ENAMEL)
    for left in range(_STRIPE, WIDTH, 2 * _STRIPE):
        stripes.paste(_CREAM, (left, _AWNING // 5, left + _STRIPE, _AWNING))
    return Image.composite(stripes, Image.new("RGB", stripes.size, _PAPER), edge)


def _scallops(pen: ImageDraw.ImageDraw) -> None:
    height, width = _AWNING * _FINER, _STRIPE * _FINER
    pen.rectangle((0, 0, WIDTH * _FINER, height * 3 // 5), fill=255)
    for left in range(0, WIDTH * _FINER, width):
        pen.ellipse((left, height // 5, left + width, height - 1), fill=255)


def _rounded(width: int, height: int, corner: int) -> Image.Image:
    whole = (0, 0, width * _FINER - 1, height * _FINER - 1)
    return _mask(width, height, lambda pen: pen.rounded_rectangle(whole, corner * _FINER, fill=255))


def _mask(width: int, height: int, draw: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    mask = Image.new("L", (width * _FINER, height * _FINER))
    draw(ImageDraw.Draw(mask))
    return mask.reduce(_FINER)
