"""What is put on paper beside each other: however wide it is, nothing lies over another thing or the edge."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from PIL import Image

from pos.printing.paper import Paper
from pos.printing.words import isolated, left_to_right
from tests.printing.receipts import FONTS, ReadFonts, place_of

SIZE = 23
TAX = [("Tax", "Net", "Tax", "Gross"), ("11%", "20.00", "2.20", "22.20")]
LARGE_TAX = [
    ("Tax", "Net", "Tax", "Gross"),
    ("11%", "403,153,153.15", "44,346,846.85", "447,500,000.00"),
    ("Without tax", "149,166,666.67", "0.00", "149,166,666.67"),
]
LARGEST_TAX = [TAX[0], ("11%", *["9,007,199,254,740,991.00"] * 3)]
WHO = [
    ("Who sold", "Sales", "EUR"),
    ("Maximiliano José Hernández-Castellanos", "112", "12,345.67"),
    ("Ana", "3", "12.50"),
]


class WatchedPaper(Paper):
    """Paper that looks where each thing is put."""

    def _strip(self, parts: Sequence[tuple[Image.Image, int]], *, mirrored: bool = False) -> Image.Image:
        places = sorted((start, start + image.width) for image, start in parts)
        assert all(start >= 0 and end <= self.width for start, end in places)
        assert all(end < start for (_, end), (start, _) in pairwise(places))
        return super()._strip(parts, mirrored=mirrored)


def written(rows: Sequence[Sequence[str]], dots: int, *, turned: bool = False) -> list[str]:
    """Write a table, and return what stands on the paper in the end, from cell to cell."""
    fonts = ReadFonts(FONTS.folders)
    paper = WatchedPaper(dots, fonts, turned)
    paper.table(rows, SIZE)
    assert paper.picture().width == dots
    return fonts.written


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("dots", [384, 576])
@pytest.mark.parametrize("rows", [TAX, LARGE_TAX, LARGEST_TAX, WHO])
def test_no_figure_of_a_table_lies_over_another_one(rows: Sequence[Sequence[str]], dots: int, turned: bool) -> None:
    figures = {figure for row in rows for figure in row[1:]}
    assert figures <= set(written(rows, dots, turned=turned))


def test_a_table_with_no_room_for_its_columns_is_a_list_that_says_what_each_figure_is() -> None:
    assert written(WHO, 384)[-12:] == [
        *("Who sold", "Maximiliano José", "Hernández-Castellanos", "112", "Sales", "12,345.67", "EUR"),
        *("Ana", "3", "Sales", "12.50", "EUR"),
    ]
    assert written(TAX, 384)[-8:] == [*TAX[0], *TAX[1]]


def drawn(text: str, *, turned: bool = False) -> Image.Image:
    return FONTS.draw(text, SIZE, turned=turned)


def on_paper(text: str, dots: int = 384, *, turned: bool = True) -> Image.Image:
    paper = Paper(dots, FONTS, turned)
    paper.text(text, SIZE)
    return paper.picture()


@pytest.mark.parametrize(
    "text", ["12 Main Street", "3 Tea", "2 x Tee, 3 x Saft", "(4 Seasons)", "1. レモネード 12 Café"]
)
def test_a_text_of_its_own_runs_as_its_first_letter_does_on_paper_of_another_direction(text: str) -> None:
    assert place_of(drawn(text), on_paper(isolated(text)))
    assert not place_of(drawn(text), on_paper(text))


def test_so_does_one_from_right_to_left_among_others() -> None:
    text = "3 شاي"
    assert place_of(drawn(text, turned=True), on_paper(isolated(text), turned=False))
    assert not place_of(drawn(text, turned=True), on_paper(text, turned=False))


def test_a_long_text_keeps_its_direction_on_each_of_its_lines() -> None:
    fonts = ReadFonts(FONTS.folders)
    first, second = "1 مع الكثير", "milk 2 سكر"
    wide = max(fonts.width(it, SIZE) for it in (first, second))
    picture = on_paper(isolated(f"{first} {second}"), wide, turned=False)
    # The second line begins with a letter that runs from left to right.
    assert place_of(drawn(first, turned=True), picture)
    assert place_of(drawn(second, turned=True), picture)


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (f"{isolated('7 Up')} {left_to_right('2 × 3.80')}", "2 × 3.80 7 Up"),
        (f"{isolated('خبز')} {left_to_right('2 × 3.80')}", f"{left_to_right('2 × 3.80')} خبز"),
        (f"{isolated('خبز')}, {isolated('2 x Bar')}", f"{left_to_right('2 x Bar')} ,خبز"),
    ],
)
def test_what_stands_beside_it_is_not_turned_by_it(said: str, seen: str) -> None:
    assert place_of(drawn(seen), on_paper(said))


def test_a_text_of_nothing_that_can_be_drawn_takes_no_line_and_what_follows_that_is_not_set_in() -> None:
    assert on_paper(isolated("🍋")).height == 1
    assert on_paper(isolated("🍋 Tea")).tobytes() == on_paper(isolated("Tea")).tobytes()
