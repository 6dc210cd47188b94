"""A day of sales of every kind: whoever looks at it, and wherever, finds the same figures."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.export import BOM
from pos.domain.money import SAT, Money, decimals, format_money, format_number
from pos.domain.sale import Line, Sale, price_of
from pos.domain.tax import TaxRate
from pos.services.cancel import cancel
from pos.services.charge import charge, charge_again
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import TOKEN
from tests.fakes import FakeClock, FakeRates, FakeWallet

FULL, REDUCED, ON_TOP = TaxRate(Decimal(19)), TaxRate(Decimal(7)), TaxRate(Decimal("8.25"), on_top=True)


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates(Decimal("50123.45"))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, currency="EUR", timezone=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    app = create_app(settings, wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


@pytest.fixture(autouse=True)
def paid(shop: Shop, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> dict[str, str]:
    """Sell, and return the ids of the charges that were paid first, by the numbers of their sales."""
    made: list[Charge] = []
    known: dict[str, str] = {}

    def sell(
        *lines: Line, currency: str = "EUR", channel: Channel = Channel.TILL, memo: str = "", tip: int = 0
    ) -> Charge:
        clock.move(1)
        till = "till" if channel is Channel.TILL else ""
        sale = Sale(Money(price_of(lines), currency), memo, tip, till, lines)
        made.append(charge(shop, channel, sale, f"key-{len(made)}"))
        return made[-1]

    def pay(it: Charge, extra_sat: int = 0, **changes: object) -> None:
        clock.move(1)
        wallet.settle(it.invoice, it.amount_sat + extra_sat, **changes)
        known.setdefault(str(settle(shop, it).number), it.id)

    pay(sell(Line(1190, 2, "Basil", FULL), Line(333, 3, "Bread", REDUCED), Line(250), tip=377, memo="=Table 3"))
    pay(sell(Line(21_001, 1, "Vinyl", FULL), Line(777, 1, "", REDUCED), currency=SAT, tip=500))
    pay(sell(Line(1999, 1, "Lamp", ON_TOP), Line(333, 1, "Bulb", ON_TOP)))
    late = sell(Line(450, tax=FULL), memo="Late")
    clock.move(700)
    pay(late)
    pay(sell(Line(900, tax=FULL), memo="Less"), extra_sat=-1000)
    pay(sell(Line(900, tax=FULL), memo="More"), extra_sat=17)
    changed = sell(Line(1250, tax=REDUCED), memo="Another invoice")
    cancel(shop, changed)
    pay(charge_again(shop, changed))
    pay(sell(Line(345, tax=FULL), channel=Channel.KIOSK))
    pay(sell(Line(5000), currency=SAT, channel=Channel.TIPS, memo='Play "La Bamba", please!'))
    pay(sell(Line(2500, tax=FULL), channel=Channel.API, memo="Order 2026-77"), preimage=None)
    twice = sell(Line(610, tax=FULL), memo="Twice")
    clock.move(700)
    pay(charge_again(shop, twice))
    pay(twice)
    rates.price = None
    pay(sell(Line(4321, tax=REDUCED), currency=SAT, memo="No rate"))
    sell(Line(99_900), currency=SAT, memo="Never paid")
    return known


def rows(client: FlaskClient, address: str = "/sales.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text.removeprefix(BOM), newline="")))


def words(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    main = re.search(r"(?s)<main>(.*)</main>", answer.text)
    assert main
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:span|wbr|bdi)[^>]*>", "", main[1]))).split())


def money(amount: str | Decimal | int, currency: str) -> Money:
    return Money(int(Decimal(amount).scaleb(decimals(currency))), currency)


def is_paid(row: Mapping[str, Any]) -> bool:
    return bool(row["paid_at"])


def test_each_receipt_has_the_figures_of_its_row(client: FlaskClient, paid: dict[str, str]) -> None:
    told = {f"{it['year']}-{it['number']}": it for it in rows(client) if is_paid(it)}
    assert told.keys() == paid.keys()
    for number, row in told.items():
        receipt = words(client, f"/pay/{paid[number]}/receipt")
        unit = row["currency"]
        assert f"No. {number}" in receipt
        assert f"Total {format_money(money(row['total'], unit))}" in receipt
        assert row["payment_hash"] in receipt
        assert (f"Tip {format_number(money(row['tip'], unit))}" in receipt) == (row["tip"].strip("0.") != "")
        for tax in filter(None, row["taxes"].split("; ")):
            rate, net, of_it = re.findall(r"[\d.]+", tax)
            amounts = [money(net, unit), money(of_it, unit), money(Decimal(net) + Decimal(of_it), unit)]
            assert " ".join([f"{rate}%", *map(format_number, amounts)]) in receipt
        other = money(row["amount_sat"], SAT) if unit != SAT else money(row["books_total"], row["books_currency"])
        assert format_money(other) in receipt
        if row["received_sat"] != row["amount_sat"]:
            assert format_money(money(row["received_sat"], SAT)) in receipt


def test_the_page_has_the_sums_of_the_rows(client: FlaskClient) -> None:
    page = words(client, "/sales")
    done = [it for it in rows(client) if is_paid(it)]
    assert f"{len(done)} sales paid" in page
    for unit in ("EUR", SAT):
        of_it = [it for it in done if it["books_currency"] == unit]
        for name, column in (("", "books_total"), ("Price", "books_price"), ("Tips", "books_tip")):
            total = sum(Decimal(it[column]) for it in of_it)
            assert f"{name} {format_money(money(total, unit))}" in page, (unit, column)
        by_rate: dict[str, list[Decimal]] = {}
        for tax in (tax for it in of_it for tax in it["books_taxes"].split("; ") if tax):
            rate, *amounts = re.findall(r"[\d.]+", tax)
            net, of_rate = by_rate.get(rate, [Decimal(0), Decimal(0)])
            by_rate[rate] = [net + Decimal(amounts[0]), of_rate + Decimal(amounts[1])]
        assert by_rate
        for rate, sums in by_rate.items():
            written = [format_number(money(it, unit)) for it in (*sums, sum(sums))]
            assert " ".join([f"{rate}%", *written]) in page
    for name, column in (("Late", "late"), ("Not proven", "proven")):
        apart = [it for it in done if it[column] == ("true" if column == "late" else "false")]
        came = format_money(money(sum(Decimal(it["received_sat"]) for it in apart), SAT))
        assert f"{name} {len(apart)} {came}" in page
    for name, way in (("Less than asked", -1), ("More than asked", 1)):
        over = [way * (int(it["received_sat"]) - int(it["amount_sat"])) for it in done]
        assert f"{name} 1 {format_money(Money(sum(it for it in over if it > 0), SAT))}" in page
    assert f"Paid twice 1 {format_money(Money(sum(int(it['surplus_sat']) for it in done), SAT))}" in page


def test_json_and_the_api_tell_what_the_rows_do(client: FlaskClient) -> None:
    objects = json.loads(client.get("/sales.json").text)
    assert client.get("/api/v1/sales", headers={"Authorization": f"Bearer {TOKEN}"}).get_json()["sales"] == objects
    table = rows(client)
    assert len(table) == len(objects) == 13
    amounts = [name for name in table[0] if name.startswith(("price", "tip", "total", "tax", "books_", "amount"))]
    for row, told in zip(table, objects, strict=True):
        for name in (*amounts, "received_sat", "surplus_sat", "rate", "at", "paid_at", "payment_hash", "state"):
            if name not in ("taxes", "books_taxes"):
                assert row[name] == ("" if told[name] is None else str(told[name])), name
    lines = rows(client, "/sales.csv?lines=1")
    assert [it["books_gross"] for it in lines] == [it["books_gross"] for sale in objects for it in sale["lines"]]


@pytest.mark.only_on("sqlite", reason="a server has its own tools")
def test_a_backup_brings_all_of_it_back(
    app: Flask,
    client: FlaskClient,
    settings: Settings,
    wallet: FakeWallet,
    clock: FakeClock,
    paid: dict[str, str],
    tmp_path: Path,
) -> None:
    addresses = ["/sales.csv", "/sales.csv?lines=1", "/sales.json", *(f"/pay/{it}/receipt" for it in paid.values())]
    before = [client.get(it).text for it in addresses]
    page = words(client, "/sales")
    assert app.test_cli_runner().invoke(args=["backup", str(tmp_path / "backup.db")]).exit_code == 0
    other = replace(settings, database_url=f"sqlite:///{tmp_path / 'other.db'}")
    empty = create_app(other, wallet=wallet, clock=clock, rates=FakeRates())
    assert empty.test_cli_runner().invoke(args=["restore", str(tmp_path / "backup.db")]).exit_code == 0
    close(empty)
    restored = create_app(other, wallet=wallet, clock=clock, rates=FakeRates())
    there = restored.test_client()
    assert [_same(there.get(it).text) for it in addresses] == [_same(it) for it in before]
    assert words(there, "/sales") == page
    close(restored)


def _same(page: str) -> str:
    """A page without what is new each time that it is read."""
    return re.sub(r'name="csrf_token"[^>]*', "", page)
