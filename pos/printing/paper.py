"""A strip of paper that text, lines and pictures are put on, from the top down. All measures are dots, 8 to a mm."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from pos.printing.fonts import Fonts, is_turned

# The smallest letters of a table, and the smallest amount.
LEAST = 16
# The scripts without spaces, in which a line may end after any letter, and what may not begin one.
_DENSE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_CLOSING = "、。，．・ー！？）］｝〉》」』】〕々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
# Words, each with the space before it.
_WORD = re.compile(rf"\s*(?:[{_DENSE}][{_CLOSING}]*|[^\s{_DENSE}]+[{_CLOSING}]*)")
# Marks that keep the direction of a text to itself (UAX 9): from left to right, from right to left, as its first letter
# runs, and the end of it.
_LTR, _RTL, _AS_FIRST, _END = "\u2066", "\u2067", "\u2068", "\u2069"
_AS_FIRST_RUNS = re.compile(f"{_AS_FIRST}([^{_END}]*)")
_KEPT = re.compile(f"([{_LTR}-{_AS_FIRST}])([^{_LTR}-{_END}]*){_END}")


@dataclass
class Paper:
    """A strip so many dots wide. `turned`: what is on it is read from right to left."""

    width: int
    fonts: Fonts
    turned: bool = False
    _strips: list[Image.Image] = field(default_factory=list)

    def picture(self) -> Image.Image:
        """Return all of it, 1 bit a dot."""
        whole = Image.new("1", (self.width, max(1, sum(strip.height for strip in self._strips))), 1)
        top = 0
        for strip in self._strips:
            whole.paste(strip, (0, top))
            top += strip.height
        return whole

    def gap(self, height: int) -> None:
        """Leave some of it white."""
        self._strips.append(Image.new("1", (self.width, height), 1))

    def rule(self, height: int = 2) -> None:
        """Draw a line across it, with some white around."""
        self.gap(8)
        self._strips.append(Image.new("1", (self.width, height), 0))
        self.gap(8)

    def image(self, image: Image.Image) -> None:
        """Put a picture into its middle."""
        self._strips.append(self._strip([(image, (self.width - image.width) // 2)]))

    def text(self, text: str, size: int, *, bold: bool = False, middle: bool = False) -> None:
        """Write a text, on as many lines as it takes."""
        for line in self.lines(text, size, self.width, bold=bold):
            drawn = self._drawn(line, size, bold=bold)
            if middle:
                self.image(drawn)
            else:
                self._strips.append(self._strip([(drawn, 0)], mirrored=True))

    def sign(self, text: str, size: int) -> None:
        """Write a text in white on black, across the whole width."""
        drawn = self._drawn(self.fonts.readable(text), size, bold=True)
        black = Image.new("1", (self.width, drawn.height + 8), 0)
        white = ImageOps.invert(drawn.convert("L"))
        black.paste(white, ((self.width - white.width) // 2, 4))
        self.gap(6)
        self._strips.append(black)
        self.gap(6)

    def row(self, start: str, end: str, size: int, *, bold: bool = False) -> None:
        """Write one text at the start and one, a figure, at the end; what has no room gets lines of its own."""
        figure = self._drawn(self.fonts.readable(end), size, bold=bold, figure=True)
        room = self.width - figure.width - size // 2
        lines = self.lines(start, size, room, bold=bold) if room > self.width // 3 else []
        if not lines and start:
            self.text(start, size, bold=bold)
        for line in lines[:-1]:
            self._strips.append(self._strip([(self._drawn(line, size, bold=bold), 0)], mirrored=True))
        last = [(self._drawn(lines[-1], size, bold=bold), 0)] if lines else []
        self._strips.append(self._strip([*last, (figure, self.width - figure.width)], mirrored=True))

    def table(self, rows: Sequence[Sequence[str]], size: int) -> None:
        """Write rows of a few cells: the first at the start, figures at the end of their columns. The first is bold.

        Where the columns have no room, smaller letters say the same; where those have none, it is a list.
        """
        for smaller in range(size, LEAST - 1, -1):
            cells = [
                [self._drawn(self.fonts.readable(cell), smaller, bold=at == 0, figure=at > 0) for cell in row]
                for at, row in enumerate(rows)
            ]
            widest = [max(it.width for it in column) for column in zip(*cells, strict=True)]
            # What is over lies between the columns.
            between = (self.width - sum(widest)) // (len(widest) - 1)
            if between >= smaller // 3:
                self._columns(cells, widest, between)
                return
        self._list(rows, size)

    def _columns(self, rows: Sequence[Sequence[Image.Image]], widest: Sequence[int], between: int) -> None:
        ends = [sum(widest[: at + 1]) + between * at for at in range(len(widest))]
        for row in rows:
            starts = [0, *(end - it.width for end, it in zip(ends[1:], row[1:], strict=True))]
            self._strips.append(self._strip(list(zip(row, starts, strict=True)), mirrored=True))

    def _list(self, rows: Sequence[Sequence[str]], size: int) -> None:
        """Write what a table says with a line for each figure, beside the head of its column."""
        (name, *heads), *others = rows
        self.text(name, size, bold=True)
        for name, *figures in others:
            self.gap(8)
            self.text(name, size, bold=True)
            for head, figure in zip(heads, figures, strict=True):
                self.row(head, figure, size)

    def figure(self, text: str, most: int, *, part: float = 1.0) -> None:
        """Write an amount as large as there is room for, at most so many dots high."""
        written = self.fonts.readable(text)
        size = most
        while size > LEAST and self.fonts.width(written, size, bold=True) > self.width * part:
            size -= 2
        self._strips.append(self._strip([(self._drawn(written, size, bold=True), 0)], mirrored=True))

    def digits(self, hexadecimal: str, size: int) -> None:
        """Write a long number in groups of eight digits, as many on a line as fit, always from left to right."""
        groups = [hexadecimal[at : at + 8] for at in range(0, len(hexadecimal), 8)]
        widest = self.fonts.width("00000000 ", size)
        for_one = max(1, self.width // max(1, widest))
        for at in range(0, len(groups), for_one):
            drawn = self.fonts.draw(" ".join(groups[at : at + for_one]), size)
            self._strips.append(self._strip([(drawn, 0)], mirrored=True))

    def lines(self, text: str, size: int, width: int, *, bold: bool = False) -> list[str]:
        """Cut a text into lines that fit a width."""
        lines, line = [], ""
        for word in _WORD.findall(_AS_FIRST_RUNS.sub(_known, self.fonts.readable(text))):
            for piece in self._pieces(word, size, width, bold=bold):
                if line and self.fonts.width(line + piece, size, bold=bold) > width:
                    lines.append(line)
                    line = ""
                line += piece if line else piece.lstrip()
        return list(_closed([*lines, line] if line else lines))

    def _pieces(self, word: str, size: int, width: int, *, bold: bool) -> list[str]:
        """Cut a word that is wider than a line."""
        pieces, rest = [], word
        while len(rest) > 1 and self.fonts.width(rest, size, bold=bold) > width:
            length = len(rest) - 1
            while length > 1 and self.fonts.width(rest[:length], size, bold=bold) > width:
                length -= 1
            pieces.append(rest[:length])
            rest = rest[length:]
        return [*pieces, rest]

    def _drawn(self, text: str, size: int, *, bold: bool, figure: bool = False) -> Image.Image:
        """Draw a line; where the rest is turned, what is of figures and signs alone is not, nor a text of its own way.

        That is drawn without its marks: within them, what is of several fonts would be set in the order of the rest.
        """
        kept = _KEPT.fullmatch(text)
        if kept:
            return self.fonts.draw(kept[2], size, bold=bold, turned=_runs_back(*kept.groups()))
        return self.fonts.draw(text, size, bold=bold, turned=self.turned and not (figure and _is_figure(text)))

    def _strip(self, parts: Sequence[tuple[Image.Image, int]], *, mirrored: bool = False) -> Image.Image:
        """Put pictures beside each other, each so far from the start."""
        strip = Image.new("1", (self.width, max((it.height for it, _ in parts), default=1)), 1)
        for image, start in parts:
            at = self.width - start - image.width if mirrored and self.turned else start
            strip.paste(image, (at, 0))
        return strip


def _is_figure(text: str) -> bool:
    return not any("\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufefc" for letter in text)


def _runs_back(mark: str, text: str) -> bool:
    return is_turned(text) if mark == _AS_FIRST else mark == _RTL


def _known(found: re.Match[str]) -> str:
    """Say which way a text runs before it is cut into lines, of which the others begin with other letters.

    Twice, as FriBiDi takes figures at its beginning to follow the last letter of another such text.
    """
    return (f"{_RTL}\u200f" if is_turned(found[1]) else f"{_LTR}\u200e") + found[1]


def _closed(lines: Iterable[str]) -> Iterator[str]:
    """End on each line what runs a way of its own there, and begin it again on the next one."""
    begun = ""
    for part in lines:
        line, begun = begun + part, ""
        for letter in line:
            if letter == _END:
                begun = begun[:-1]
            elif letter in (_LTR, _RTL, _AS_FIRST):
                begun += letter
        yield line + _END * len(begun)
