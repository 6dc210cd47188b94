"""The table of an export: fixed columns, safe in every spreadsheet, and exact."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.charge import Channel, Charge, Payment
from pos.domain.export import BOM, LINE, SALE, ExportedSale, as_json, csv_rows, header
from pos.domain.invoice import Invoice
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.report import Entry, GivenBack
from pos.domain.sale import Line, Sale, price_of, quote
from pos.domain.tax import TaxRate

DOCS = (Path(__file__).parents[2] / "docs/export.md").read_text()
EUR = Rate("EUR", Decimal("50000.50"), 1_795_000_000, ("kraken", "coinbase"))
FULL, LESS, TOP = TaxRate(Decimal(19)), TaxRate(Decimal(7)), TaxRate(Decimal("8.25"), on_top=True)
PAYMENT = Payment(1_795_000_060, 33_000, "aa" * 32, proven=True)
SUMMER = timezone(timedelta(hours=2))


def told(
    sale: Sale, *, rate: Rate | None = EUR, payment: Payment | None = PAYMENT, surplus_sat: int = 0
) -> ExportedSale:
    asked = quote(sale, rate, 10**12)
    charge = Charge(
        "the-charge",
        "the-sale",
        Channel.TILL,
        asked.amount_sat,
        sale.memo,
        Invoice("i", "lnbcrt1", "ab" * 32, 1_795_000_600),
        1_795_000_000,
        payment,
        asked.tip_sat,
        asked.fiat,
        sale.till,
        wallet="lnbits:1234",
        number=Number(2026, 11),
    )
    entry = Entry("the-sale", sale, charge, payment.paid_at if payment else charge.created_at, surplus_sat)
    return ExportedSale(entry, "paid", date(2026, 11, 18), lambda at: datetime.fromtimestamp(at, SUMMER))


def sold(*lines: Line, currency: str = "EUR", tip: int = 0, memo: str = "") -> Sale:
    return Sale(Money(price_of(lines), currency), memo, tip, "bar", lines, staff="ana-1", seller="Ana")


def rows(it: ExportedSale, *, lines: bool = False) -> list[dict[str, str]]:
    text = header(lines=lines) + csv_rows([it], lines=lines)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def names(section: str) -> list[str]:
    """The names of the columns in a table of the docs, in their order."""
    table = DOCS.split(f"## A row for each {section}")[1].split("\n## ")[0]
    return [name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)]


@pytest.mark.parametrize(("section", "columns"), [("sale", SALE), ("line", LINE)])
def test_the_docs_explain_each_column_in_its_place(section: str, columns: Any) -> None:
    assert names(section) == list(columns)


@pytest.mark.parametrize("lines", [False, True])
def test_a_file_begins_with_its_mark_and_the_names_of_the_columns(*, lines: bool) -> None:
    assert header(lines=lines).encode() == b"\xef\xbb\xbf" + ",".join(LINE if lines else SALE).encode() + b"\r\n"


def test_a_row_tells_all_of_a_sale() -> None:
    sale = sold(Line(1190, 2, "Basil", FULL), Line(1070, 1, "Bread", LESS), Line(300), tip=150, memo="Table 3")
    assert rows(told(sale, surplus_sat=7)) == [
        {
            "year": "2026",
            "number": "11",
            "day": "2026-11-18",
            "at": "2026-11-18T13:07:40+02:00",
            "state": "paid",
            "channel": "till",
            "till": "bar",
            "memo": "Table 3",
            "currency": "EUR",
            "price": "37.50",
            "tip": "1.50",
            "total": "39.00",
            "tax": "4.50",
            "taxes": "19 %: 20.00 + 3.80; 7 %: 10.00 + 0.70",
            "books_currency": "EUR",
            "books_price": "37.50",
            "books_tip": "1.50",
            "books_total": "39.00",
            "books_tax": "4.50",
            "books_taxes": "19 %: 20.00 + 3.80; 7 %: 10.00 + 0.70",
            "amount_sat": "78000",
            "tip_sat": "3000",
            "received_sat": "33000",
            "surplus_sat": "7",
            "rate": "50000.50",
            "rate_at": "2026-11-18T13:06:40+02:00",
            "rate_sources": "kraken; coinbase",
            "made_at": "2026-11-18T13:06:40+02:00",
            "paid_at": "2026-11-18T13:07:40+02:00",
            "late": "false",
            "proven": "true",
            "wallet": "lnbits:1234",
            "payment_hash": "ab" * 32,
            "jar": "",
            "payer": "",
            "refunded": "0.00",
            "refunded_sat": "0",
            "staff": "Ana",
            "books_refunded": "0.00",
        }
    ]


def test_what_was_given_back_is_told_in_both_units() -> None:
    it = told(sold(Line(1190)))
    returned = GivenBack("EUR", 1, 250, 5000)
    [row] = rows(replace(it, entry=replace(it.entry, refunded=250, refunded_sat=5000, returned=returned)))
    assert (row["refunded"], row["refunded_sat"], row["total"]) == ("2.50", "5000", "11.90")


def test_what_was_given_back_in_sat_is_told_in_the_currency_of_the_books_too() -> None:
    it = told(sold(Line(20_000), currency=SAT))
    returned = GivenBack("EUR", 2, 250, 5000)
    [row] = rows(replace(it, entry=replace(it.entry, refunded=5000, refunded_sat=5000, returned=returned)))
    assert (row["refunded"], row["books_refunded"], row["books_total"]) == ("5000", "2.50", "10.00")


def test_what_was_typed_in_sat_is_worth_something_in_the_books() -> None:
    [row] = rows(told(sold(Line(20_000, tax=TOP), currency=SAT)))
    assert (row["currency"], row["price"], row["taxes"]) == ("SAT", "21650", "8.25 % on top: 20000 + 1650")
    assert (row["books_currency"], row["books_price"]) == ("EUR", "10.83")
    assert row["books_taxes"] == "8.25 % on top: 10.00 + 0.83"


def test_without_a_rate_the_books_are_in_sat() -> None:
    [row] = rows(told(Sale(Money(2100, SAT)), rate=None))
    assert (row["books_currency"], row["books_total"], row["rate"], row["rate_at"]) == ("SAT", "2100", "", "")
    assert row["rate_sources"] == ""


def test_what_was_not_paid_has_no_payment() -> None:
    [row] = rows(told(Sale(Money(2100, SAT)), payment=None))
    assert (row["received_sat"], row["paid_at"], row["proven"]) == ("", "", "")


def test_each_line_has_its_share_and_the_way_its_price_was_typed() -> None:
    sale = sold(Line(1190, 2, "Basil", FULL), Line(300), Line(400, text="Tea", tax=TOP), memo="Table 3")
    wanted = (
        "number",
        "memo",
        "line",
        "text",
        "quantity",
        "unit_price",
        "tax_rate",
        "tax_on_top",
        "net",
        "tax",
        "gross",
    )
    assert [tuple(row[name] for name in wanted) for row in rows(told(sale), lines=True)] == [
        ("11", "Table 3", "1", "Basil", "2", "11.90", "19", "false", "20.00", "3.80", "23.80"),
        ("11", "Table 3", "2", "", "1", "3.00", "", "", "3.00", "0.00", "3.00"),
        ("11", "Table 3", "3", "Tea", "1", "4.00", "8.25", "true", "4.00", "0.33", "4.33"),
    ]


def test_a_sale_without_lines_has_one() -> None:
    [row] = rows(told(Sale(Money(2100, SAT))), lines=True)
    assert (row["line"], row["text"], row["quantity"], row["gross"]) == ("1", "", "1", "2100")
    assert (row["books_currency"], row["books_gross"]) == ("EUR", "1.05")


LINES = st.lists(
    st.builds(Line, st.integers(0, 5000), st.integers(1, 4), tax=st.sampled_from([None, FULL, LESS, TOP])),
    min_size=1,
    max_size=6,
).map(lambda lines: (Line(50), *lines))


@given(lines=LINES, currency=st.sampled_from(["EUR", SAT]), rate=st.sampled_from([EUR, replace(EUR, price=Decimal(3))]))
def test_the_lines_of_a_sale_come_to_its_price_and_its_tax(lines: tuple[Line, ...], currency: str, rate: Rate) -> None:
    it = told(sold(*lines, currency=currency), rate=rate)
    [sale], of_it = rows(it), rows(it, lines=True)
    for prefix in ("", "books_"):
        price, tax = "books_price" if prefix else "price", f"{prefix}tax"
        assert sum(Decimal(row[f"{prefix}gross"]) for row in of_it) == Decimal(sale[price])
        assert sum(Decimal(row[tax]) for row in of_it) == Decimal(sale[tax])
        assert all(Decimal(row[f"{prefix}net"]) + Decimal(row[tax]) == Decimal(row[f"{prefix}gross"]) for row in of_it)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-3", "'-3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        ("＝1", "'＝1"),
        (" \u200f=1", "'=1"),
        ("\u200b=1", "\u200b'=1"),
        ("a;\ufeff\u00ad=1", "a;\ufeff\u00ad'=1"),
        ('"=1', "\"'=1"),
        ("a;=1", "a;'=1"),
        ('a; "+1', "a; \"'+1"),
        ("1+1=2", "1+1=2"),
        ("a-b, c@d", "a-b, c@d"),
        ('two\r\nlines, "said"', 'two  lines, "said"'),
        ("\u202egnirts", "gnirts"),
        ("Käse ☕ 🥐", "Käse ☕ 🥐"),
    ],
)
def test_no_text_is_a_formula_or_breaks_its_row(text: str, cell: str) -> None:
    [row] = rows(told(Sale(Money(2100, SAT), text, payer=text)))
    assert row["memo"] == row["payer"] == cell


@given(text=st.text(st.sampled_from(list("=+-@＝;,'\" a\t\r\n")) | st.characters(), max_size=30))
def test_no_spreadsheet_finds_a_formula(text: str) -> None:
    """Also one that divides the cells by semicolons, or tabs, as its country does."""
    sale = Sale(Money(2100, SAT), text, till=text, lines=(Line(2100, text=text),), payer=text)
    for lines in (False, True):
        written = csv_rows([told(sale)], lines=lines)
        assert written.count("\r\n") == written.count("\n") == 1
        for delimiter in ",;\t":
            for cell in next(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)):
                assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))


def test_json_tells_the_same_with_its_lines() -> None:
    it = told(sold(Line(1190, 2, "=Basil", FULL), Line(1070, tax=LESS), tip=150), payment=None)
    read = json.loads(as_json(it))
    assert list(read) == [*SALE, "lines"]
    assert (read["year"], read["number"], read["memo"], read["till"]) == (2026, "2026-11", "", "bar")
    assert (read["price"], read["amount_sat"], read["received_sat"], read["late"]) == ("34.50", 72_000, None, False)
    assert read["taxes"] == [
        {"rate": "19", "on_top": False, "net": "20.00", "tax": "3.80"},
        {"rate": "7", "on_top": False, "net": "10.00", "tax": "0.70"},
    ]
    assert (read["rate_sources"], read["at"]) == (["kraken", "coinbase"], "2026-11-18T13:06:40+02:00")
    first = read["lines"][0]
    assert (first["line"], first["text"], first["tax_rate"], first["tax_on_top"]) == (1, "=Basil", "19", False)
    assert first["books_gross"] == "23.80"
    assert "\n" not in as_json(it)


def test_neither_tells_what_only_the_payer_has() -> None:
    """With the preimage somebody could say that they had paid; with the id they could read it on the receipt."""
    it = told(Sale(Money(2100, SAT)))
    for written in (csv_rows([it], lines=False), csv_rows([it], lines=True), as_json(it)):
        assert "aa" * 32 not in written
        assert "the-charge" not in written


def test_a_sale_that_has_no_number_is_in_no_book() -> None:
    it = told(Sale(Money(2100, SAT)))
    unwritten = replace(it, entry=replace(it.entry, charge=replace(it.entry.charge, number=None)))
    with pytest.raises(ValueError, match="no number"):
        csv_rows([unwritten], lines=False)
