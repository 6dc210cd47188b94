"""Money never becomes a float: not where it is calculated, and not where its rates come from."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

POS = Path(__file__).parent.parent / "pos"
# How light a colour is, and seconds until something is due, are no money.
MEASURES = {POS / "domain/colour.py", POS / "domain/due.py"}
FILES = sorted({*POS.glob("domain/**/*.py"), *POS.glob("rates/**/*.py")} - MEASURES)


def floats(source: str) -> Iterator[int]:
    """The lines with a float written out, and those that call float()."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=float() | complex()) | ast.Call(func=ast.Name(id="float")):
                yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(POS)))
def test_there_is_no_float_in_money(path: Path) -> None:
    assert list(floats(path.read_text())) == []


def test_every_part_of_money_is_looked_at() -> None:
    assert {"amount.py", "parse.py", "rate.py", "tip.py", "sale.py", "cached.py", "sources.py"} <= {
        it.name for it in FILES
    }


@pytest.mark.parametrize("line", ["price = 0.1", "price = float(text)", "wait(1e3)"])
def test_a_float_would_be_found(line: str) -> None:
    assert list(floats(line)) == [1]


@pytest.mark.parametrize("path", [path for path in FILES if path.name in ("amount.py", "tip.py", "sale.py", "rate.py")])
def test_one_in_the_arithmetic_would_be_found(path: Path) -> None:
    source = path.read_text()
    assert list(floats(f"{source}\ntotal = float(minor)\n")) == [source.count("\n") + 2]
