"""The fonts of this machine: which one has which letters, and text drawn with them in dots, black on white.

A printer's own letters are those of one code page, and differ from maker to maker. So nothing is printed as text: each
receipt is a picture, drawn with the fonts that are here. A letter that none of them has leaves a sign, and an emoji
nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from typing import cast

from PIL import Image, ImageDraw, ImageFont, ImageOps, features


def usual_folders() -> tuple[Path, ...]:
    """Return where fonts lie on Linux: those of the machine, and of whoever runs the till, if they have a home here."""
    of_all = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    try:
        home = Path.home()
    except RuntimeError:
        # In a container that may be a mere number.
        return of_all
    return (*of_all, home / ".local/share/fonts", home / ".fonts")


FOLDERS = usual_folders()
# Families, the best first: each as its plain and its bold file, without the ending. Usual names on Linux.
FAMILIES = (
    ("LiberationSans-Regular", "LiberationSans-Bold"),
    ("Arial", "Arial_Bold"),
    ("NotoSans-Regular", "NotoSans-Bold"),
    ("DejaVuSans", "DejaVuSans-Bold"),
    ("NotoSansArabic-Regular", "NotoSansArabic-Bold"),
    ("NotoNaskhArabic-Regular", "NotoNaskhArabic-Bold"),
    ("NotoSansHebrew-Regular", "NotoSansHebrew-Bold"),
    ("NotoSansCJK-Regular", "NotoSansCJK-Bold"),
    ("NotoSansCJKjp-Regular", "NotoSansCJKjp-Bold"),
    ("NotoSansJP-Regular", "NotoSansJP-Bold"),
    ("NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"),
    ("NotoSansSC-Regular", "NotoSansSC-Bold"),
    ("NotoSansCJKkr-Regular", "NotoSansCJKkr-Bold"),
    ("NotoSansKR-Regular", "NotoSansKR-Bold"),
    ("NanumGothic", "NanumGothicBold"),
    ("ipagp", "ipagp"),
    ("ipag", "ipag"),
    ("VL-PGothic-Regular", "VL-PGothic-Regular"),
    ("TakaoPGothic", "TakaoPGothic"),
    ("DroidSansFallbackFull", "DroidSansFallbackFull"),
    ("wqy-zenhei", "wqy-zenhei"),
    ("wqy-microhei", "wqy-microhei"),
    ("NotoSansThai-Regular", "NotoSansThai-Bold"),
    ("NotoSansDevanagari-Regular", "NotoSansDevanagari-Bold"),
    ("NotoSansBengali-Regular", "NotoSansBengali-Bold"),
    ("NotoSansSymbols2-Regular", "NotoSansSymbols2-Regular"),
    ("Symbola", "Symbola"),
)
ENDINGS = (".ttf", ".otf", ".ttc")
# What stands for the sign of a currency that no font has.
CODES = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₿": "BTC"}
# In the place of letters that no font has.
MISSING = "…"
# In the place of emoji, until they are left out: with the space before them, as a comma may follow.
_NOTHING = "\0"
_LEFT_OUT = re.compile(r"(?<=[\u2066-\u2068])\0+\s?|\s?\0+")
# Marks of a direction (see paper.py) around nothing.
_EMPTY = re.compile(r"[\u2066-\u2068]\s*\u2069")
# It takes that library to join letters and to turn a line around; it is there where FriBiDi is.
SHAPES = bool(features.check("raqm"))
_TURNED = ("R", "AL")
_UNKNOWN = "\U0010fffe"
_TRIAL = 24


@cache
def _draws(path: Path | None, letter: str) -> bytes:
    image = Image.new("L", (3 * _TRIAL, 3 * _TRIAL))
    font = _open(path, _TRIAL, ImageFont.Layout.BASIC)
    ImageDraw.Draw(image).text((_TRIAL, _TRIAL), letter, 255, font)
    return image.tobytes()


def _open(path: Path | None, size: int, layout: ImageFont.Layout) -> ImageFont.FreeTypeFont:
    if path is not None:
        return ImageFont.truetype(path, size, layout_engine=layout)
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))


@dataclass(frozen=True)
class Face:
    """One file of a font; without a path the one that Pillow brings, which has Latin letters alone."""

    path: Path | None

    @lru_cache(maxsize=4096)  # noqa: B019 - there are a few, and they stay
    def has(self, letter: str) -> bool:
        """Tell whether it can draw a letter. What is not seen anyway any font has."""
        if unicodedata.category(letter) in ("Zs", "Cf"):
            return True
        if not self._shapes and _is_turned(letter):
            return False
        return _draws(self.path, letter) != _draws(self.path, _UNKNOWN)

    def width(self, text: str, size: int) -> int:
        """Return how many dots a text takes."""
        return round(self._sized(size).getlength(self._drawn(text)))

    def draw(self, text: str, size: int, pen: ImageDraw.ImageDraw, at: int, *, turned: bool) -> None:
        """Draw a text in black, so far from the left; `turned`: in a line that runs from right to left."""
        direction = ("rtl" if turned else "ltr") if self._shapes else None
        where = (at, base_line(size))
        pen.text(where, self._drawn(text), 0, self._sized(size), anchor="ls", direction=direction)

    @property
    def _shapes(self) -> bool:
        # Pillow's own font is opened by Pillow's own means.
        return SHAPES and self.path is not None

    def _drawn(self, text: str) -> str:
        """Leave out what only says which way a text runs, where nobody listens to it."""
        return text if self._shapes else "".join(it for it in text if unicodedata.category(it) != "Cf")

    @lru_cache(maxsize=32)  # noqa: B019
    def _sized(self, size: int) -> ImageFont.FreeTypeFont:
        return _open(self.path, size, ImageFont.Layout.RAQM if SHAPES else ImageFont.Layout.BASIC)


@dataclass(frozen=True)
class Fonts:
    """The fonts that lie in folders."""

    folders: tuple[Path, ...] = FOLDERS

    def faces(self, *, bold: bool) -> tuple[Face, ...]:
        """Return them, the best first; one at least."""
        return self._bold if bold else self._plain

    @cached_property
    def _plain(self) -> tuple[Face, ...]:
        return tuple(self._found((plain,) for plain, _ in FAMILIES))

    @cached_property
    def _bold(self) -> tuple[Face, ...]:
        return tuple(self._found((bold, plain) for plain, bold in FAMILIES))

    @cached_property
    def _files(self) -> dict[str, Path]:
        every = (path for folder in self.folders for path in sorted(folder.rglob("*")))
        return {path.stem: path for path in every if path.suffix in ENDINGS}

    def _found(self, names: Iterable[tuple[str, ...]]) -> Iterator[Face]:
        for choice in names:
            path = next((self._files[name] for name in choice if name in self._files), None)
            if path:
                yield Face(path)
        yield Face(None)

    def readable(self, text: str) -> str:
        """Return a text on one line as it can be drawn: letters without a font become a sign, emoji vanish."""
        every = self.faces(bold=False)
        one_line = " ".join("".join(it for it in text if not "\ufe00" <= it <= "\ufe0f").split())
        parts = groupby(one_line, lambda letter: _stand_in(letter, every))
        said = "".join(_said(instead, "".join(letters)) for instead, letters in parts)
        return " ".join(_EMPTY.sub("", _LEFT_OUT.sub("", said)).split())

    def lacks(self, text: str) -> bool:
        """Tell whether something in a text would be replaced by a sign."""
        return any(_stand_in(letter, self.faces(bold=False)) not in (None, _NOTHING) for letter in text)

    def runs(self, text: str, *, bold: bool) -> list[tuple[str, Face]]:
        """Cut a text into parts, each for the best face that has it: one, if it can be, of what runs from the right."""
        faces = self.faces(bold=bold)
        if not text:
            return []
        # Only within one run a line is turned around as it has to be, with the figures and names that are in it.
        if any(map(_is_turned, text)) and (whole := next((it for it in faces if all(map(it.has, text))), None)):
            return [(text, whole)]
        runs: list[tuple[str, Face]] = []
        for letter in text:
            face = self._of(letter, faces, runs[-1][1] if runs else None)
            if runs and runs[-1][1] is face:
                runs[-1] = (runs[-1][0] + letter, face)
            else:
                runs.append((letter, face))
        return runs

    def _of(self, letter: str, faces: tuple[Face, ...], before: Face | None) -> Face:
        if before and unicodedata.category(letter) in ("Zs", "Cf", "Mn"):
            return before
        return next((face for face in faces if face.has(letter)), before or faces[0])

    def width(self, text: str, size: int, *, bold: bool = False) -> int:
        """Return how many dots a text takes."""
        return sum(face.width(part, size) for part, face in self.runs(text, bold=bold))

    def draw(self, text: str, size: int, *, bold: bool = False, turned: bool = False) -> Image.Image:
        """Draw a text on one line, as wide as it is; `turned`: what is around it runs from right to left."""
        runs = self.runs(text, bold=bold)
        widths = [face.width(part, size) for part, face in runs]
        image = Image.new("1", (max(1, sum(widths)), line_height(size)), 1)
        pen = ImageDraw.Draw(image)
        at = 0
        for (part, face), width in zip(*_in_sight(runs, widths, turned=turned), strict=True):
            face.draw(part, size, pen, at, turned=turned)
            at += width
        return image

    def letters(self, text: str, size: int, *, bold: bool) -> Image.Image:
        """Draw a text as a mask, for any colour: it runs as its first letter does, and its rims are soft."""
        # Twice as large and made small.
        drawn = self.draw(text, 2 * size, bold=bold, turned=is_turned(text))
        return ImageOps.invert(drawn.convert("L").reduce(2))


def _is_turned(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in _TURNED


def is_turned(text: str) -> bool:
    """Tell whether a text runs from right to left: its first letter that runs in any direction does."""
    return next((_is_turned(it) for it in text if unicodedata.bidirectional(it) in (*_TURNED, "L")), False)


def _in_sight(
    runs: list[tuple[str, Face]], widths: list[int], *, turned: bool
) -> tuple[list[tuple[str, Face]], list[int]]:
    return (runs[::-1], widths[::-1]) if turned else (runs, widths)


def _said(instead: str | None, letters: str) -> str:
    if instead is None:
        return letters
    return instead if instead in (MISSING, _NOTHING) else instead * len(letters)


def _stand_in(letter: str, faces: tuple[Face, ...]) -> str | None:
    """Return what is drawn for a letter; None if it is the letter itself."""
    if _is_in(letter, faces):
        return None
    # A machine without fonts: better an u for an ü, and never an amount without its unit.
    plain = CODES.get(letter) or unicodedata.normalize("NFKD", letter)[0]
    if plain != letter and all(_is_in(it, faces) for it in plain):
        return plain
    return MISSING if unicodedata.category(letter)[0] in "LNM" or unicodedata.category(letter) == "Sc" else _NOTHING


def _is_in(letter: str, faces: tuple[Face, ...]) -> bool:
    return any(face.has(letter) for face in faces)


def line_height(size: int) -> int:
    """Return how high a line is whose letters are so many dots high."""
    return round(size * 1.3)


def base_line(size: int) -> int:
    """Return how far below the top of its line such letters stand."""
    return round(size * 1.02)
