"""Where everything stands on a poster: nothing over another thing, and nothing over the rim."""

from dataclasses import replace
from itertools import combinations

import pytest

from pos import qr
from pos.domain.lnurl import encode_lnurl
from pos.domain.poster import Poster, Size
from pos.printing.fonts import Fonts, is_turned
from pos.printing.layout import BASE, LINE, QUIET, Box, Face, Sheet, lay_out

FONTS = Fonts()
SHORT = Poster(
    title="Cello",
    text="From six.",
    price="",
    how="Scan with any Lightning wallet",
    address="cello@till.example",
    lnurl=encode_lnurl("https://till.example/lnurlp/cello").upper(),
    picture=b"a picture",
)
NAME, HOST = "cello-" * 5 + "32", "till.the-inn-at-the-old-post-office.sample-town.example"
LONG = Poster(
    title="The travelling cello orchestra under the three east bridges",
    text="Every evening from six, and longer if it does not rain. " * 9,
    price="$1,234,567.89",
    how="Escanea con cualquier cartera Lightning, por favor",
    address=f"{NAME}@{HOST}",
    lnurl=encode_lnurl(f"https://{HOST}/lnurlp/{NAME}").upper(),
    picture=b"a picture",
)
BARE = replace(SHORT, text="", address="", picture=b"")
ARABIC = replace(SHORT, title="عازف التشيلو تحت الجسر", how="امسح بأي محفظة Lightning", price="١٢")
TINY = replace(SHORT, address="x@a.io", lnurl=encode_lnurl("https://a.io/lnurlp/x").upper())
POSTERS = {"short": SHORT, "tiny": TINY, "long": LONG, "bare": BARE, "Arabic": ARABIC}


def places(face: Face, poster: Poster) -> list[Box]:
    """Return what each thing of a face takes up: a code with its white."""
    white = QUIET * face.code.width / len(qr.modules_of(poster.lnurl))
    code = face.code
    boxes = [Box(code.x - white, code.y - white, code.width + 2 * white, code.height + 2 * white)]
    boxes += [Box(it.x - it.wide / 2, it.y - BASE * it.size, it.wide, LINE * it.size) for it in face.words]
    return boxes + ([face.picture] if face.picture else [])


def size_of(sheet: Sheet) -> tuple[float, float]:
    """Return how large a face of a sheet is."""
    if sheet.cuts:
        return sheet.cuts[0].width, sheet.cuts[0].height
    return sheet.width, sheet.fold or sheet.height


def overlap(one: Box, other: Box) -> bool:
    def apart(first: float, length: float, second: float, other_length: float) -> bool:
        return first + length <= second + 0.01 or second + other_length <= first + 0.01

    return not apart(one.x, one.width, other.x, other.width) and not apart(one.y, one.height, other.y, other.height)


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("name", POSTERS)
def test_nothing_lies_over_another_thing_or_the_rim(name: str, size: Size) -> None:
    poster = POSTERS[name]
    sheet = lay_out(poster, size, FONTS)
    width, height = size_of(sheet)
    boxes = places(sheet.faces[0], poster)
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    for box in boxes:
        assert min(box.x, box.y, width - box.x - box.width, height - box.y - box.height) >= 1.99


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("name", POSTERS)
def test_a_code_is_never_smaller_than_40_mm(name: str, size: Size) -> None:
    assert lay_out(POSTERS[name], size, FONTS).faces[0].code.width >= 40


@pytest.mark.parametrize("size", Size)
def test_a_lightning_address_is_whole_however_long(size: Size) -> None:
    words = [it.text for it in lay_out(LONG, size, FONTS).faces[0].words]
    assert "".join(words).endswith(LONG.address)


def test_what_is_too_long_for_its_place_is_cut_at_the_end_and_the_price_is_not() -> None:
    first = lay_out(LONG, Size.STICKERS, FONTS).faces[0].words[0].text
    assert first.startswith("$1,234,567.89 The travelling")
    assert first.endswith("…")
    assert lay_out(SHORT, Size.STICKERS, FONTS).faces[0].words[0].text == "Cello"


def test_the_picture_gives_way_first() -> None:
    small, large = (lay_out(replace(SHORT, text=it), Size.A4, FONTS).faces[0] for it in (LONG.text, ""))
    assert small.picture
    assert large.picture
    assert small.picture.height < large.picture.height == 74
    assert small.code.width == large.code.width
    crowded = lay_out(replace(LONG, title="Word " * 12), Size.A6, FONTS).faces[0]
    assert crowded.picture is None or crowded.picture.height < 34


def test_on_a_tent_one_face_stands_on_its_head() -> None:
    sheet = lay_out(SHORT, Size.TENT, FONTS)
    upper, lower = sheet.faces
    assert (upper.turned, lower.turned) == (True, False)
    assert (upper.x, upper.y, lower.y) == (sheet.width, sheet.fold, sheet.fold)


def test_twelve_stickers_lie_within_the_sheet_and_apart() -> None:
    sheet = lay_out(SHORT, Size.STICKERS, FONTS)
    assert len(sheet.faces) == len(sheet.cuts) == 12
    assert not [pair for pair in combinations(sheet.cuts, 2) if overlap(*pair)]
    for box in sheet.cuts:
        assert min(box.x, box.y, sheet.width - box.x - box.width, sheet.height - box.y - box.height) >= 5


@pytest.mark.parametrize(
    ("text", "turned"), [("Cello", False), ("جسر Lightning", True), ("12 جسر", True), ("12", False), ("A جسر", False)]
)
def test_a_text_runs_as_its_first_letter_does(text: str, *, turned: bool) -> None:
    assert is_turned(text) is turned


def test_what_no_font_of_the_shop_has_is_given_room_as_an_ideograph_takes() -> None:
    """Whoever opens the SVG may have the font, which is not to be squeezed."""
    bare = Fonts(folders=())
    (face,) = lay_out(replace(BARE, how="領収書を表示"), Size.A4, bare).faces
    *_, how = face.words
    assert how.wide == pytest.approx(6 * how.size)
