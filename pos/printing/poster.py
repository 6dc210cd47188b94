"""A poster as a picture for a printer, and as SVG; where everything stands on it is worked out in layout.py."""

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from io import BytesIO
from itertools import groupby
from xml.sax.saxutils import quoteattr

from PIL import Image, ImageDraw, ImageOps

from pos import qr
from pos.domain.poster import Poster, Size
from pos.printing.fonts import Fonts, base_line, is_turned
from pos.printing.layout import Box, Face, Sheet, Words, lay_out

DOTS_PER_INCH = 300
_DOTS = DOTS_PER_INCH / 25.4
_FAMILY = "Arial, Helvetica Neue, Liberation Sans, Roboto, Noto Sans, sans-serif"
# Of the lines along which scissors go, in mm.
_LINE, _CORNER, _DASH = 0.2, 3.0, 2.0
# How far a row of a code reaches over the next one, in modules.
_OVER = 0.02
_STROKE = f'stroke="#000" stroke-width="{_LINE:g}"'


@cache
def _fonts() -> Fonts:
    return Fonts()


def to_png(poster: Poster, size: Size) -> Callable[[], bytes]:
    """Draw a poster at 300 dots an inch, and return what makes a PNG of it: that takes as long again."""
    sheet = lay_out(poster, size, _fonts())
    image = Image.new("RGB", (_dots(sheet.width), _dots(sheet.height)), "white")
    face = _drawn(poster, sheet)
    for it in sheet.faces:
        if it.turned:
            image.paste(face.rotate(180), (_dots(it.x) - face.width, _dots(it.y) - face.height))
        else:
            image.paste(face, (_dots(it.x), _dots(it.y)))
    _draw_lines(ImageDraw.Draw(image), sheet)
    return lambda: _written(image, coloured=sheet.faces[0].picture is not None)


def _written(image: Image.Image, *, coloured: bool) -> bytes:
    file = BytesIO()
    image = image if coloured else image.convert("L")
    image.save(file, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), compress_level=3)
    return file.getvalue()


def _drawn(poster: Poster, sheet: Sheet) -> Image.Image:
    """Draw the one face that all faces of a sheet are."""
    first = sheet.faces[0]
    whole = sheet.cuts[0] if sheet.cuts else Box(0, 0, sheet.width, sheet.fold or sheet.height)
    image = Image.new("RGB", (_dots(whole.width), _dots(whole.height)), "white")
    if first.picture:
        box = first.picture
        with Image.open(BytesIO(poster.picture), formats=["JPEG"]) as picture:
            cut = ImageOps.fit(picture.convert("RGB"), (_dots(box.width), _dots(box.height)))
        image.paste(cut, (_dots(box.x), _dots(box.y)))
    for line in first.words:
        _draw_words(image, line)
    _draw_code(image, poster.lnurl, first.code)
    return image


def _draw_words(image: Image.Image, line: Words) -> None:
    fonts, size = _fonts(), _dots(line.size)
    letters = fonts.letters(fonts.readable(line.text), size, bold=line.bold)
    at = (round(line.x * _DOTS - letters.width / 2), round(line.y * _DOTS) - base_line(size))
    image.paste("black", at, letters)


def _draw_code(image: Image.Image, lnurl: str, box: Box) -> None:
    """Draw each module in whole dots, no fewer than the box has for it."""
    modules = qr.modules_of(lnurl)
    side = len(modules)
    dots = -(-_dots(box.width) // side)
    light = bytes(0 if dark else 255 for row in modules for dark in row)
    code = Image.frombytes("L", (side, side), light).resize((side * dots, side * dots), Image.Resampling.NEAREST)
    over = (code.width - _dots(box.width)) // 2
    image.paste(code, (_dots(box.x) - over, _dots(box.y) - over))


def _draw_lines(pen: ImageDraw.ImageDraw, sheet: Sheet) -> None:
    width = _dots(_LINE)
    for box in sheet.cuts:
        rim = (_dots(box.x), _dots(box.y), _dots(box.x + box.width), _dots(box.y + box.height))
        pen.rounded_rectangle(rim, _dots(_CORNER), outline="black", width=width)
    if sheet.fold:
        at, dash = _dots(sheet.fold), _dots(_DASH)
        for x in range(0, _dots(sheet.width), 2 * dash):
            pen.line((x, at, x + dash, at), "black", width)


def _dots(millimetres: float) -> int:
    return round(millimetres * _DOTS)


def to_svg(poster: Poster, size: Size) -> str:
    """Write a poster as SVG: its texts are text, in the fonts of whoever opens it."""
    sheet = lay_out(poster, size, _fonts())
    width, height = f"{sheet.width:g}", f"{sheet.height:g}"
    measures = f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {measures}>',
        f"<title>{_text(poster.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<defs><g id="face" font-family="{_FAMILY}" text-anchor="middle">',
        *_face_parts(poster, sheet.faces[0]),
        "</g></defs>",
        *(f'<use href="#face" transform="{_placed(it)}"/>' for it in sheet.faces),
        *(f'<rect {_svg_box(it)} rx="{_CORNER:g}" fill="none" {_STROKE}/>' for it in sheet.cuts),
    ]
    if sheet.fold:
        parts.append(f'<path d="M0 {sheet.fold:g}H{width}" stroke-dasharray="{_DASH:g}" {_STROKE}/>')
    return "\n".join([*parts, "</svg>\n"])


def _placed(face: Face) -> str:
    return f"translate({face.x:g} {face.y:g})" + (" rotate(180)" if face.turned else "")


def _face_parts(poster: Poster, face: Face) -> list[str]:
    parts = [_svg_code(poster.lnurl, face.code), *map(_svg_words, face.words)]
    if face.picture:
        data = f"data:image/jpeg;base64,{b64encode(poster.picture).decode()}"
        parts.append(f'<image {_svg_box(face.picture)} preserveAspectRatio="xMidYMid slice" href="{data}"/>')
    return parts


def _svg_box(box: Box) -> str:
    return f'x="{box.x:.3f}" y="{box.y:.3f}" width="{box.width:.3f}" height="{box.height:.3f}"'


def _svg_words(line: Words) -> str:
    weight = ' font-weight="800"' if line.bold else ""
    direction = ' direction="rtl"' if is_turned(line.text) else ""
    # Whatever font somebody has, it is not wider than its place.
    return (
        f'<text x="{line.x:.3f}" y="{line.y:.3f}" font-size="{line.size:.3f}"{weight}{direction}'
        f' textLength="{line.wide:.3f}" lengthAdjust="spacingAndGlyphs">{_text(line.text)}</text>'
    )


def _svg_code(lnurl: str, box: Box) -> str:
    modules = qr.modules_of(lnurl)
    module = box.width / len(modules)
    path = "".join(_svg_row(y, row) for y, row in enumerate(modules))
    return (
        f'<path transform="translate({box.x:.3f} {box.y:.3f}) scale({module:.5f})" shape-rendering="crispEdges"'
        f' d="{path}"/>'
    )


def _svg_row(y: int, row: tuple[bool, ...]) -> str:
    """Draw the dark modules of a row that are side by side as one, a little over what follows: no seam is left."""
    path, x = "", 0
    for dark, run in groupby(row):
        length = len(list(run))
        path += f"M{x} {y}h{length}v{1 + _OVER}h-{length}z" if dark else ""
        x += length
    return path


def _text(text: str) -> str:
    return quoteattr(text)[1:-1]
