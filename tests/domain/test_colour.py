"""Contrast as WCAG 2.2 defines it, and what a shop's own colour becomes."""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pos.domain.colour import (
    BLACK,
    CREAM,
    ENAMEL,
    PAPER,
    PAPER_BY_NIGHT,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    WHITE,
    Colour,
    accent,
    parse_colour,
)

CSS = Path(__file__).parents[2] / "static/css"
colours = st.builds(Colour, *[st.integers(0, 255)] * 3)


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert BLACK.contrast(WHITE) == WHITE.contrast(BLACK) == 21
    assert WHITE.contrast(WHITE) == 1


@pytest.mark.parametrize(
    ("text", "contrast"), [("#777777", 4.48), ("#767676", 4.54), ("#ff0000", 4.0), ("#0000ff", 8.59), ("#008000", 5.14)]
)
def test_the_contrast_to_white_is_that_of_known_figures(text: str, contrast: float) -> None:
    colour = parse_colour(text)
    assert colour
    assert round(colour.contrast(WHITE), 2) == contrast


@given(colours)
def test_a_colour_is_written_as_it_is_read(colour: Colour) -> None:
    assert parse_colour(str(colour)) == parse_colour(str(colour).upper()) == colour


@pytest.mark.parametrize(
    "text", ["", "red", "0b6e4f", "#0b6e4", "#0b6e4f0", "#0b6e4g", "#fff", "rgb(0,0,0)", "#٠٠٠٠٠٠"]
)
def test_anything_else_is_no_colour(text: str) -> None:
    assert parse_colour(text) is None


@given(colours)
def test_what_cream_can_be_read_on_is_good_in_all_its_places(colour: Colour) -> None:
    assume(colour.contrast(CREAM) >= TEXT_CONTRAST)
    own = accent(colour)
    for ground in (own.day, own.day_edge, own.night, own.night_edge, own.night_field):
        assert ground.contrast(CREAM) >= TEXT_CONTRAST
    assert own.day.contrast(PAPER) >= SHAPE_CONTRAST
    assert own.night.contrast(PAPER_BY_NIGHT) >= SHAPE_CONTRAST


def test_our_own_colours_are_those_of_the_style_sheets() -> None:
    sheets = (CSS / "base.css").read_text() + (CSS / "pay.css").read_text()
    assert re.findall(r"--enamel(?:-2)?: (#\w+)", sheets)[:4] == [
        str(it) for it in (ENAMEL.day, ENAMEL.day_edge, ENAMEL.night, ENAMEL.night_edge)
    ]
    for name, colour in (("paper", PAPER), ("paper", PAPER_BY_NIGHT), ("cream", CREAM)):
        assert f"--{name}: {colour};" in sheets
    assert f"--enamel: {ENAMEL.night_field};" in sheets
