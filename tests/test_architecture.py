"""The drawing of the rooms in docs/architecture.md is that of the table of layers, which the code is held to."""

import re
from itertools import product
from pathlib import Path

from tests.test_layers import LAYERS

PAGE = (Path(__file__).parent.parent / "docs/architecture.md").read_text()
# The first two join the parts, and know nearly all of them; the third is gunicorn's, and is known to nobody.
NOT_DRAWN = {"pos", "cli", "worker"}


def drawing() -> str:
    found = re.search(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def ground() -> set[str]:
    """The rooms that stand on nothing: no arrow to them is drawn."""
    found = re.search(r"subgraph ground.*?\n(.*?)\n\s*end", drawing(), re.DOTALL)
    assert found
    return set(found[1].split())


def drawn() -> list[tuple[str, str]]:
    """Every arrow; one line may have several: `a --> b & c`."""
    arrows: list[tuple[str, str]] = []
    for line in drawing().splitlines():
        if "-->" in line:
            sources, targets = ([room.strip() for room in side.split("&")] for side in line.split("-->"))
            arrows += product(sources, targets)
    return arrows


def test_the_drawing_has_every_arrow_of_the_table_and_no_other() -> None:
    allowed = [(room, other) for room, others in LAYERS.items() if room not in NOT_DRAWN for other in others]
    assert sorted(drawn()) == sorted(arrow for arrow in allowed if arrow[1] not in ground())


def test_the_ground_stands_on_nothing_but_ground() -> None:
    assert {other for room in ground() for other in LAYERS[room]} <= ground()


def test_every_room_is_drawn_and_is_told_about() -> None:
    rooms = set(LAYERS) - NOT_DRAWN
    assert {name for arrow in drawn() for name in arrow} | ground() == rooms
    lines = re.findall(r"^\| (`[^|]+`) \|", PAGE, re.MULTILINE)
    assert {name for line in lines for name in re.findall(r"[\w.]+", line)} == rooms
