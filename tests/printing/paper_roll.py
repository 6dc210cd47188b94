"""What a printer would have on its paper: the bytes that reach it, back in dots. By the manuals of Epson and Star."""

from PIL import Image


class Roll:
    """A roll of paper: what was cut off, in order, and what hangs out of the printer yet."""

    def __init__(self) -> None:
        self.cut: list[Image.Image] = []
        self._strips: list[Image.Image] = []

    @property
    def uncut(self) -> Image.Image | None:
        return _joined(self._strips) if self._strips else None

    def burn(self, width: int, height: int, dots: bytes) -> None:
        """Burn rows of dots, eight a byte; a bit that is set is black."""
        self._strips.append(Image.frombytes("1", (width, height), dots, "raw", "1;I"))

    def cut_off(self) -> None:
        self.cut.append(_joined(self._strips))
        self._strips = []


def _joined(strips: list[Image.Image]) -> Image.Image:
    whole = Image.new("1", (strips[0].width, sum(strip.height for strip in strips)), 1)
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def epson(sent: bytes) -> Roll:
    """Print as ESC/POS says. What is cut off in the middle of a command is not printed; what is none is an error."""
    roll, at = Roll(), 0
    while at < len(sent):
        match sent[at : at + 2]:
            case b"\x10\x04":
                at += 3
            case b"\x1b@":
                at += 2
            case b"\x1bd":
                at += 3
            case b"\x1dr":
                at += 3
            case b"\x1dV":
                roll.cut_off()
                at += 3
            case b"\x1dv":
                at = _raster(roll, sent, at)
            case other:
                raise AssertionError(f"no printer knows {other!r}")
    return roll


def _raster(roll: Roll, sent: bytes, at: int) -> int:
    """Read GS v 0 m xL xH yL yH: so many bytes a row, so many rows."""
    assert sent[at + 2 : at + 4] in (b"0\0", b"0", b""), "in single size"
    across, down = (int.from_bytes(sent[at + place : at + place + 2], "little") for place in (4, 6))
    end = at + 8 + across * down
    if end <= len(sent):
        roll.burn(across * 8, down, sent[at + 8 : end])
    return end


def star(sent: bytes) -> Roll:
    """Print as Star's raster mode says."""
    roll, at = Roll(), 0
    while at < len(sent):
        if sent[at : at + 1] == b"b":
            across = int.from_bytes(sent[at + 1 : at + 3], "little")
            roll.burn(across * 8, 1, sent[at + 3 : at + 3 + across])
            at += 3 + across
        elif sent[at : at + 4] == b"\x1b*rB":
            roll.cut_off()
            at += 4
        elif sent[at : at + 4] in (b"\x1b*rR", b"\x1b*rA"):
            at += 4
        elif sent[at : at + 4] in (b"\x1b*rP", b"\x1b*rE"):
            at = sent.index(b"\0", at) + 1
        else:
            raise AssertionError(f"no printer of Star's knows {sent[at : at + 4]!r}")
    return roll


def is_marked(picture: Image.Image) -> bool:
    """Tell whether a receipt has the mark of one that was printed before: a broad bar across the paper."""
    dots = picture.convert("L")
    dark = [dots.crop((0, at, dots.width, at + 1)).histogram()[0] > 0.55 * dots.width for at in range(dots.height)]
    return any(all(dark[at : at + 12]) for at in range(len(dark) - 12))
