"""An export: the sales that somebody sees, piece by piece, and the same sums."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fill import fill
from pos.domain.charge import Channel
from pos.domain.export import BOM, header
from pos.domain.report import Booked, Search, Selection, Sums
from pos.runtime.turns import Turns
from pos.services.charge import charge
from pos.services.export import AT_A_TIME, Format, export
from pos.shop import Shop
from pos.store import Store
from tests.conftest import in_sat
from tests.fakes import NOON, FakeClock
from tests.store.test_reports import ALL, SELECTIONS, Story, all_of, networks, stories, write

EVER = Selection(0, 10**12)


def whole(shop: Shop, selection: Selection, file_format: Format = Format.CSV, *, lines: bool = False) -> str:
    return b"".join(export(shop, selection, file_format, lines=lines)).decode()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def added_up(rows: Iterable[Mapping[str, Any]], *columns: str) -> dict[tuple[str, ...], Decimal]:
    """The last of some columns added up, by all the others."""
    *by, what = columns
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[tuple(str(row[name]) for name in by)] += Decimal(row[what])
    return dict(sums)


def of_books(sums: Sums, **figures: str) -> dict[str, dict[tuple[str, ...], Decimal]]:
    return {
        column: {(it.currency,): it.money(getattr(it, figure)).major for it in sums.books}
        for column, figure in figures.items()
    }


def tax_of(booked: Booked, what: str) -> dict[tuple[str, ...], Decimal]:
    return {
        (booked.currency, f"{it.rate.percent:f}", str(it.rate.on_top)): booked.money(getattr(it, what)).major
        for it in booked.taxes
    }


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(stories(), max_size=12), selections=st.lists(SELECTIONS, min_size=4, max_size=4))
def test_the_sums_of_an_export_are_those_of_the_page(
    shop: Shop, told: list[Story], selections: list[Selection]
) -> None:
    network = next(networks)
    book = Store(shop.store.engine.url.render_as_string(hide_password=False), network, at_a_time=3)
    of_it = replace(shop, store=book)
    for number, story in enumerate(told):
        write(book, story, f"{network}-{number}")
    for selection in [ALL, *selections]:
        sums = book.sums(selection)
        rows = read(whole(of_it, selection))
        assert [f"{it['year']}-{it['number']}" for it in rows] == [
            str(it.charge.number) for it in reversed(all_of(book, selection))
        ]
        paid = [it for it in rows if it["paid_at"]]
        assert len(paid) == sums.count
        books = of_books(sums, books_price="price", books_tip="tip")
        for column, expected in books.items():
            assert added_up(paid, "books_currency", column) == expected
        assert sum(int(it["amount_sat"]) for it in paid) == sums.asked_sat
        assert sum(int(it["tip_sat"]) for it in paid) == sum(it.tip_sat for it in sums.books)
        assert sum(int(it["received_sat"]) for it in paid) == sums.received_sat
        assert sum(int(it["surplus_sat"]) for it in paid) == sums.surplus.sat
        assert sum(int(it["refunded_sat"]) for it in rows) == sum(it.sat for it in sums.given_back)
        given_back = {(it.currency,): -it.money.major for it in sums.given_back}
        assert added_up(paid, "books_currency", "books_refunded") == dict.fromkeys(books["books_price"], 0) | given_back
        assert sum(it["late"] == "true" for it in paid) == sums.late.count
        assert sum(it["proven"] == "false" for it in paid) == sums.unproven.count
        paid_numbers = {(it["year"], it["number"]) for it in paid}
        lines = [it for it in read(whole(of_it, selection, lines=True)) if (it["year"], it["number"]) in paid_numbers]
        assert added_up(lines, "books_currency", "books_gross") == books["books_price"]
        objects = [it for it in json.loads(whole(of_it, selection, Format.JSON)) if it["paid_at"]]
        assert [it["number"] for it in objects] == [f"{it['year']}-{it['number']}" for it in paid]
        taxed = [it for it in lines if it["tax_rate"]]
        by_rate = [{**tax, "in": it["books_currency"]} for it in objects for tax in it["books_taxes"]]
        for what in ("net", "tax"):
            expected = {key: value for it in sums.books for key, value in tax_of(it, what).items()}
            of_objects = added_up(by_rate, "in", "rate", "on_top", what)
            of_lines = added_up(taxed, "books_currency", "tax_rate", "tax_on_top", f"books_{what}")
            assert of_objects == expected
            assert {(unit, rate, top.title()): value for (unit, rate, top), value in of_lines.items()} == expected
    book.close()


@pytest.fixture
def many(shop: Shop) -> int:
    """So many sales that it takes several pieces to write them out."""
    count = 2 * AT_A_TIME + 10
    with shop.store.engine.begin() as connection:
        fill(connection, count, NOON)
    return count


@pytest.mark.parametrize("file_format", Format)
def test_it_is_written_piece_by_piece(shop: Shop, many: int, file_format: Format) -> None:
    assert len([it for it in export(shop, EVER, file_format) if len(it) > 10]) == -(-many // AT_A_TIME)


@pytest.mark.parametrize("file_format", Format)
def test_each_piece_takes_its_turn_however_little_is_in_it(shop: Shop, many: int, file_format: Format) -> None:
    rests: list[float] = []
    resting = replace(shop, turns=Turns(rests.append))
    pieces = export(resting, replace(EVER, search=Search("no such")), file_format)
    assert rests == []
    assert len(b"".join(pieces)) < 1000
    assert len(rests) > many // AT_A_TIME


def test_where_it_is_alone_nobody_rests(shop: Shop, many: int) -> None:
    rests: list[float] = []
    pieces = export(replace(shop, turns=Turns(rests.append)), EVER, Format.CSV, alone=True)
    assert len(read(b"".join(pieces).decode())) == many
    assert rests == []


def test_what_is_sold_meanwhile_is_in_it_and_nothing_twice(shop: Shop, many: int) -> None:
    pieces = export(shop, EVER, Format.CSV)
    first = next(pieces)
    charge(shop, Channel.API, in_sat(2100, "just now"), "k")
    rows = read((first + b"".join(pieces)).decode())
    assert [int(it["number"]) for it in rows] == sorted(int(it["number"]) for it in rows)
    assert len(rows) == many + 1
    assert rows[-1]["memo"] == "just now"


def test_a_sale_says_what_became_of_it_as_of_now(shop: Shop, clock: FakeClock) -> None:
    charge(shop, Channel.API, in_sat(2100), "k")
    assert [it["state"] for it in read(whole(shop, EVER))] == ["open"]
    clock.move(700)
    assert [it["state"] for it in read(whole(shop, EVER))] == ["not-known"]


def test_a_shop_without_a_zone_of_its_own_has_that_of_the_machine(shop: Shop) -> None:
    made = charge(shop, Channel.API, in_sat(2100), "k")
    [row] = read(whole(shop, EVER))
    at = datetime.fromisoformat(row["at"])
    assert at.tzinfo is not None
    assert at.timestamp() == made.created_at


def test_where_nothing_was_sold_it_is_a_file_all_the_same(shop: Shop) -> None:
    assert whole(shop, EVER) == header(lines=False)
    assert json.loads(whole(shop, EVER, Format.JSON)) == []
