"""What is put on paper beside each other: however wide it is, nothing lies over another thing or the edge."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from PIL import Image

from pos.printing.paper import Paper
from tests.printing.receipts import FONTS, ReadFonts

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
