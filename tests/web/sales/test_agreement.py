"""What the pages, receipts, files and programs tell of the same sales: each of them the figures of the stories."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
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
from pos.domain.jar import Jar
from pos.domain.money import Money, parse_money
from pos.domain.sale import Sale
from pos.domain.tax import parse_tax_rate
from pos.services import books
from pos.services.charge import charge
from pos.services.lnurl_pay import request_invoice, terms
from pos.services.receipt import receipt_of
from pos.services.settle import settle
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import TOKEN, Cashier, hidden_fields, stored
from tests.fakes import FakeClock, FakeRates, FakeWallet
from tests.printing.receipts import texts
from tests.web.sales.stories import DINER, IZAKAYA, MARKET, Place, Taxes, Told, read_taxes

TWO_DAYS = "from=2026-09-21&to=2026-09-22"
SIGNS = {"EUR": "€", "USD": "$", "JPY": "¥", "CHF": "CHF "}
SELLERS = {"kiosk": "Kiosk", "tips": "Tip jar", "api": "Program"}
WORDS = {"less": "less than asked", "more": "more than asked"}
TOO_LATE, LATER = 700, 60


@pytest.fixture(params=[MARKET, IZAKAYA, DINER], ids=str)
def place(request: pytest.FixtureRequest) -> Place:
    place: Place = request.param
    return place


@pytest.fixture
def rates(place: Place) -> FakeRates:
    return FakeRates(Decimal(place.bitcoin), place.currency)


@pytest.fixture
def settings(settings: Settings, place: Place) -> Settings:
    return replace(
        settings,
        currency=place.currency,
        timezone=ZoneInfo(place.zone),
        day_ends=time(4),
        tip_percent=(10, 15),
        tax_rates=tuple(it for it in map(parse_tax_rate, place.tax_rates.split(",")) if it),
    )


@dataclass
class People:
    """Those who sell and buy."""

    place: Place
    shop: Shop
    client: FlaskClient
    wallet: FakeWallet
    clock: FakeClock
    rates: FakeRates

    def act(self) -> list[str]:
        """Play the story; return the id of the charge that tells what became of each sale."""
        return [self._play(it) for it in self.place.story]

    def _play(self, it: Told) -> str:
        self.clock.move(LATER)
        if it.sold.at:
            self.clock.time = datetime.fromisoformat(it.sold.at).replace(tzinfo=ZoneInfo(self.place.zone)).timestamp()
        self._quote(self.place.story[0] if it.sold.happens == "again" else it)
        made = self._sell(it)
        match it.sold.happens:
            case "late" | "expired":
                self.clock.move(TOO_LATE)
            case "slow":
                self.clock.move(3 * LATER)
            case "cancelled":
                assert Cashier(self.client).send(f"/pay/{made.id}/cancel", self._form(made)).status_code == 303
                self.clock.move(LATER)
            case "again" | "twice":
                self.clock.move(TOO_LATE)
                settle(self.shop, made)
                self._quote(it)
                answer = Cashier(self.client).send(f"/pay/{made.id}/again", self._form(made))
                first, made = made, self._at(answer.headers["Location"])
                assert made.id != first.id
                if it.sold.happens == "twice":
                    self._pay(made)
                    self.clock.move(1)
                    self._pay(first)
                    return made.id
        if it.is_paid:
            self._pay(made, it.sold.over, **({"preimage": None} if it.sold.happens == "unproven" else {}))
        elif it.said.state == "expired":
            settle(self.shop, made)
        return made.id

    def _quote(self, it: Told) -> None:
        """Let a bitcoin cost what it does in a sale's invoice."""
        self.rates.currency, self.rates.price = it.sold.bitcoin(self.place) or (self.place.currency, None)

    def _sell(self, it: Told) -> Charge:
        cashier = Cashier(self.client)
        [*lines, (rate, amount)] = it.sold.lines
        if it.sold.channel == "api":
            told = {"amount_sat": int(amount), "memo": it.sold.memo, "tax_rate": rate}
            answer = self.client.post("/api/v1/charges", json=told, headers={"Authorization": f"Bearer {TOKEN}"})
            return stored(self.shop, answer.get_json()["id"])
        if it.sold.channel == "lnurl":
            return self._scan(it)
        if it.sold.channel != "till":
            return self._at(cashier.send(f"/{it.sold.channel}", amount=amount, memo=it.sold.memo).headers["Location"])
        typed = {
            "line": [each for _, each in lines],
            "line_tax": [rate for rate, _ in lines],
            "amount": amount,
            "tax": rate,
            "unit": it.sold.unit,
            "memo": it.sold.memo,
        }
        answer = cashier.client.post("/", data={**cashier.open(), **typed})
        assert answer.status_code == 303, answer.text
        tapped = it.sold.tip.removesuffix("%") if it.sold.tip.endswith("%") or not it.sold.tip else None
        tip = {"other": it.sold.tip} if tapped is None else {"tip": tapped or "0"}
        return self._at(cashier.send(answer.headers["Location"], **tip).headers["Location"])

    def _scan(self, it: Told) -> Charge:
        """Pay by the poster of a jar with a price."""
        [(_, amount)] = it.sold.lines
        price = parse_money(amount, it.sold.unit, "en")
        self.shop.store.jars.add(Jar(name="thing", title=it.sold.thing, currency=it.sold.unit, price=price))
        found = replace(self.shop, settings=replace(self.shop.settings, public_url="https://till.example.com"))
        offered = terms(found, "thing", "")
        return request_invoice(found, "thing", offered.fingerprint, offered.most_sat, it.sold.memo, "", offered.rate)

    def _at(self, address: str) -> Charge:
        return stored(self.shop, address.removeprefix("/pay/"))

    def _form(self, made: Charge) -> dict[str, str]:
        return hidden_fields(self.client.get(f"/pay/{made.id}").text)

    def _pay(self, made: Charge, over: int = 0, **changes: object) -> None:
        self.wallet.settle(made.invoice, made.amount_sat + over, **changes)
        settle(self.shop, stored(self.shop, made.id))


@pytest.fixture
def people(
    place: Place, shop: Shop, client: FlaskClient, wallet: FakeWallet, clock: FakeClock, rates: FakeRates
) -> People:
    return People(place, shop, client, wallet, clock, rates)


def written(currency: str, amount: Decimal | int) -> str:
    """Write an amount as an English page does."""
    return f"{amount:,} sat" if currency == "SAT" else f"{SIGNS[currency]}{amount:,}"


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def cells(html: str) -> list[list[str]]:
    """Read the rows of tables."""
    inside = re.sub(r"</?(?:span|wbr|bdi)[^>]*>", "", html)
    return [
        [words(it) for it in re.findall(r"(?s)<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"(?s)<tr>(.*?)</tr>", inside)
        if "<td" in row
    ]


@dataclass(frozen=True)
class Books:
    """All who tell of the sales, each of which is asked for its figures."""

    place: Place
    client: FlaskClient
    app: Flask

    def numbered(self, chosen: Callable[[Told], bool] = lambda _: True) -> list[tuple[int, Told]]:
        return [(number, it) for number, it in enumerate(self.place.story, 1) if chosen(it)]

    def page(self, query: str) -> str:
        answer = self.client.get(f"/sales?{query}")
        assert answer.status_code == 200
        return answer.text

    def csv(self, query: str) -> list[dict[str, str]]:
        text = self.client.get(f"/sales.csv?{query}").text
        return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))

    def json(self, query: str) -> Any:
        return json.loads(self.client.get(f"/sales.json?{query}").text)

    def command(self, *options: str) -> bytes:
        result = self.app.test_cli_runner().invoke(args=["export", "-", *options])
        assert result.exit_code == 0, result.output
        return result.stdout_bytes


def row_of(number: int, it: Told) -> str:
    """Return the row of a sale on the page, but for its time."""
    seller = it.sold.thing or SELLERS.get(it.sold.channel, "Till")
    tip = f" · tip {written(it.sold.unit, Decimal(it.said.tip))}" if Decimal(it.said.tip) else ""
    odd = " · not proven" if it.sold.happens == "unproven" else ""
    twice = f" · paid twice: {it.surplus:,} sat more" if it.surplus else ""
    who = f"{it.sold.memo} No. {number} · {seller}" if it.sold.memo else f"{seller} No. {number}"
    return f"{who}{tip}{odd}{twice} {written(it.sold.unit, it.total)} {WORDS.get(it.said.state, it.said.state)}"


def sums_of(own: str, told: Sequence[Told]) -> str:
    """Return what stands on top of some sales: the sums of those of them that were paid."""
    paid = [it for it in told if it.is_paid]
    said = [f"{len(paid)} sale{'s' if len(paid) != 1 else ''} paid"]
    if not paid or any(it.books[0] == own for it in paid):
        said += [_figures(own, paid)]
    for currency in sorted({it.books[0] for it in paid} - {own}, key=lambda it: (it == "SAT", it)):
        which = "without an exchange rate" if currency == "SAT" else f"in {currency}"
        said += [f"Of these, {sum(it.books[0] == currency for it in paid)} {which}", _figures(currency, paid)]
    apart = {
        "Late": [it.said.sat + it.sold.over for it in paid if it.said.state == "late"],
        "Less than asked": [-it.sold.over for it in paid if it.sold.over < 0],
        "More than asked": [it.sold.over for it in paid if it.sold.over > 0],
        "Not proven": [it.said.sat for it in paid if it.sold.happens == "unproven"],
        "Paid twice": [it.surplus for it in paid if it.surplus],
    }
    said += [f"{name} {len(sat)} {sum(sat):,} sat" for name, sat in apart.items() if sat]
    return " ".join(said)


def _figures(currency: str, paid: Sequence[Told]) -> str:
    of = [it for it in paid if it.books[0] == currency]
    nothing = Decimal(0) if currency in ("JPY", "SAT") else Decimal("0.00")
    price = sum((price for _, price, _ in (it.books for it in of)), nothing)
    tip = sum((tip for _, _, tip in (it.books for it in of)), nothing)
    nets, taxes = dict[Decimal, Decimal](), dict[Decimal, Decimal]()
    for rate, (net, tax) in (each for it in of for each in it.books_taxes.items()):
        nets[Decimal(rate)] = nets.get(Decimal(rate), nothing) + net
        taxes[Decimal(rate)] = taxes.get(Decimal(rate), nothing) + tax
    said = [written(currency, price + tip)]
    said += [f"{sum(it.said.sat for it in of):,} sat"] if currency != "SAT" else []
    said += [f"Price {written(currency, price)}", f"Tips {written(currency, tip)}"] if tip else []
    if of:
        # Half a cent is rounded up.
        average = ((price + tip) / len(of)).quantize(nothing, "ROUND_HALF_UP")
        said += [f"Average {written(currency, average)}"]
    said += ["Tax Net Tax Gross"] if taxes else []
    for percent in sorted(taxes, reverse=True):
        net, tax_of_it = nets[percent], taxes[percent]
        said += [f"{percent:f}% {net:,} {tax_of_it:,} {net + tax_of_it:,}"]
    return " ".join(said)


def figures_of(number: int, it: Told) -> dict[str, Any]:
    """Return what an export is to say of a sale."""
    currency, price, tip = it.books
    return {
        "number": number,
        "day": it.said.day,
        "state": it.said.state,
        "channel": it.sold.channel,
        "currency": it.sold.unit,
        "price": Decimal(it.said.price),
        "tip": Decimal(it.said.tip),
        "total": it.total,
        "tax": sum(tax for _, tax in it.taxes.values()),
        "taxes": it.taxes,
        "books_currency": currency,
        "books_price": price,
        "books_tip": tip,
        "books_total": price + tip,
        "books_tax": sum(tax for _, tax in it.books_taxes.values()),
        "books_taxes": it.books_taxes,
        "amount_sat": it.said.sat,
        "tip_sat": it.said.tip_sat,
        "received_sat": it.received,
        "surplus_sat": it.surplus,
        "late": it.said.state == "late",
        "proven": it.sold.happens != "unproven" if it.is_paid else None,
    }


def exported(row: Mapping[str, Any]) -> dict[str, Any]:
    """Read the same of a row of CSV, or an object of JSON."""
    whole = {"amount_sat", "tip_sat", "received_sat", "surplus_sat"}
    money = {"price", "tip", "total", "tax", "books_price", "books_tip", "books_total", "books_tax"}
    said = {"true": True, "false": False, "": None, None: None, True: True, False: False}
    read: dict[str, Any] = {}
    for name in figures_of(0, MARKET.story[0]):
        value = row[name]
        if name == "number":
            value = int(value.removeprefix("2026-"))
        elif name in whole:
            value = None if value in ("", None) else int(value)
        elif name in money:
            value = Decimal(value)
        elif name in ("late", "proven"):
            value = said[value]
        elif name in ("taxes", "books_taxes"):
            value = (
                read_taxes(value)
                if isinstance(value, str)
                else {
                    ("+" if it["on_top"] else "") + it["rate"]: (Decimal(it["net"]), Decimal(it["tax"])) for it in value
                }
            )
        read[name] = value
    return read


def of_lines(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up the lines of a sale, rate by rate, as they were typed and in the books."""

    def sums(net: str, tax: str) -> Taxes:
        found: Taxes = {}
        for it in rows:
            if it["tax_rate"] not in ("", None):
                rate = ("+" if it["tax_on_top"] in ("true", True) else "") + it["tax_rate"]
                before = found.get(rate, (Decimal(0), Decimal(0)))
                found[rate] = (before[0] + Decimal(it[net]), before[1] + Decimal(it[tax]))
        return found

    return {
        "amounts": [Decimal(it["unit_price"]) for it in rows],
        "price": sum(Decimal(it["gross"]) for it in rows),
        "taxes": sums("net", "tax"),
        "books_price": sum(Decimal(it["books_gross"]) for it in rows),
        "books_taxes": sums("books_net", "books_tax"),
    }


def told_of_lines(it: Told) -> dict[str, Any]:
    return {
        "amounts": [Decimal(amount) for _, amount in it.sold.lines],
        "price": Decimal(it.said.price),
        "taxes": it.taxes,
        "books_price": it.books[1],
        "books_taxes": it.books_taxes,
    }


def check_page(told: Books, query: str, chosen: Callable[[Told], bool]) -> None:
    """The rows of the page, and the sums on top of them, are those of the chosen sales."""
    page, expected = told.page(query), told.numbered(chosen)
    rows = [words(it).split(" ", 2)[2] for it in re.findall(r'(?s)<li><a href="/sales/.*?</li>', page)]
    assert sorted(rows) == sorted(row_of(number, it) for number, it in expected), query
    sums = re.search(r'(?s)<section class="card sums".*?</section>', page)
    assert sums
    assert words(sums[0]) == sums_of(told.place.currency, [it for _, it in expected]), query
    own = [it.books for _, it in expected if it.is_paid and it.books[0] == told.place.currency]
    # What a search finds has no picture.
    check_chart(page, [] if "q=" in query else own)


def check_chart(page: str, own: Sequence[tuple[str, Decimal, Decimal]]) -> None:
    """What stands below the picture, hour by hour or day by day, comes to what is paid in the shop's currency."""
    figures = re.search(r'(?s)<div class="scrolls".*?</div>', page)
    assert (figures is not None) is (own != [])
    if figures is None:
        return
    *parts, whole = cells(figures[0])
    price, tip = sum(it[1] for it in own), sum(it[2] for it in own)
    assert [plain(it) for it in whole] == [len(own), price, tip, price + tip]
    assert [sum(plain(it[at]) for it in parts) for at in range(3)] == [len(own), price, tip]
    assert parts[-1][3] == whole[3]


def plain(amount: str) -> Decimal:
    """Read an amount that stands in a table."""
    return Decimal(re.sub(r"[^0-9.]", "", amount))


def check_files(told: Books, query: str, chosen: Callable[[Told], bool]) -> None:
    """So are the rows and lines of the files that are taken along from it."""
    expected = dict(told.numbered(chosen))
    figures = [figures_of(*it) for it in expected.items()]
    in_csv, in_json = told.csv(query), told.json(query)
    for rows in (in_csv, in_json):
        assert sorted(map(exported, rows), key=lambda it: it["number"]) == figures, query
    lines: dict[int, list[dict[str, str]]] = {}
    for row in told.csv(f"{query}&lines=1"):
        lines.setdefault(int(row["number"]), []).append(row)
    assert {number: of_lines(rows) for number, rows in lines.items()} == {
        number: told_of_lines(it) for number, it in expected.items()
    }
    assert [of_lines(it["lines"]) for it in in_json] == [of_lines(lines[int(it["number"][5:])]) for it in in_json]


def check_receipt(told: Books, charge_id: str, number: int, it: Told) -> None:
    html = told.client.get(f"/pay/{charge_id}/receipt").text
    said = words(re.sub(r"</?(?:span|wbr|bdi)[^>]*>", "", html))
    if not it.is_paid:
        assert "No receipt" in said
        return
    assert f"No. 2026-{number} " in said
    letters = dict(zip(it.taxes, "AB", strict=False))
    amounts = [(rate, f"{Decimal(amount):,}") for rate, amount in it.sold.lines]
    rows = [[it.sold.name or amount, letters.get(rate, ""), amount] for rate, amount in amounts]
    rows += [
        [f"Tax {rate[1:]}%", letters[rate], f"{tax:,}"] for rate, (_, tax) in it.taxes.items() if rate.startswith("+")
    ]
    rows += [["Tip", "", f"{Decimal(it.said.tip):,}"]] if Decimal(it.said.tip) else []
    rows += [
        [f"{letters[rate]} {rate.removeprefix('+')}%", f"{net:,}", f"{tax:,}", f"{net + tax:,}"]
        for rate, (net, tax) in it.taxes.items()
    ]
    assert cells(html) == rows
    totals = (" ≈ " if it.sold.unit == "SAT" else " ").join(totals_of(it))
    bitcoin = it.sold.bitcoin(told.place)
    assert f"Total {totals}{f' 1 BTC = {written(*bitcoin)},' if bitcoin else ''}" in said
    assert (gap_of(it) in said) is (it.sold.over != 0)


def totals_of(it: Told) -> list[str]:
    """Return the total in the unit in which it was typed, and in the other one, if there was a rate."""
    currency, price, tip = it.books
    total = written(it.sold.unit, it.total)
    if it.sold.rate is None:
        return [total]
    return [total, written(currency, price + tip) if it.sold.unit == "SAT" else written("SAT", it.said.sat)]


def gap_of(it: Told) -> str:
    """Return what is told of money that was more or less than asked."""
    gap = f"{'Missing' if it.sold.over < 0 else 'Extra'} {abs(it.sold.over):,} sat"
    return f"Asked {it.said.sat:,} sat Received {it.said.sat + it.sold.over:,} sat {gap}"


def check_paper(told: Books, charge_id: str, it: Told) -> None:
    """The receipt on paper has the same lines, total and tax. A figure is written before the words in its row."""
    shop: Shop = told.app.extensions["shop"]
    receipt = receipt_of(shop, stored(shop, charge_id))
    assert (receipt is not None) is it.is_paid
    if receipt is None:
        return
    letters = dict(zip(it.taxes, "AB", strict=False))
    said: list[str] = []
    for rate, amount in it.sold.lines:
        said += [f"{letters.get(rate, '')} {Decimal(amount):,}".strip(), *filter(None, [it.sold.name])]
    for rate, (_, tax) in it.taxes.items():
        said += [f"{letters[rate]} {tax:,}", f"Tax {rate[1:]}%"] if rate.startswith("+") else []
    said += [f"{Decimal(it.said.tip):,}", "Tip"] if Decimal(it.said.tip) else []
    said += ["Total", *totals_of(it)]
    said += [f"{it.sold.over + it.said.sat:,} sat", "Received"] if it.sold.over else []
    written_on_it = texts(receipt)
    assert f"|{'|'.join(said)}|" in "|".join(written_on_it)
    for rate, (net, tax) in it.taxes.items():
        row = [f"{letters[rate]} {rate.removeprefix('+')}%", f"{net:,}", f"{tax:,}", f"{net + tax:,}"]
        assert f"|{'|'.join(row)}|" in "|".join(written_on_it)
    if bitcoin := it.sold.bitcoin(told.place):
        assert f"1 BTC = {written(*bitcoin)}," in " ".join(written_on_it)


def check_sale(told: Books, number: int, it: Told) -> None:
    """The page of a sale has its lines and figures, and each of its invoices with what came for it."""
    html = told.client.get(f"/sales/{number}").text
    said = words(re.sub(r"</?(?:span|wbr|bdi)[^>]*>", "", html.partition("<main ")[2].partition(">")[2]))
    assert said.startswith(
        f"Sale {number} {WORDS.get(it.said.state, it.said.state)} {written(it.sold.unit, it.total)} "
    )
    letters = dict(zip(it.taxes, "AB", strict=False))
    only = it.sold.name or "Price"
    rows = [
        f"{only}{' ' if rate else ''}{letters.get(rate, '')} {written(it.sold.unit, Decimal(amount))}"
        for rate, amount in it.sold.lines
    ]
    on_top = [(rate, tax) for rate, (_, tax) in it.taxes.items() if rate.startswith("+")]
    rows += [f"Tax {letters[rate]} {rate[1:]}% {written(it.sold.unit, tax)}" for rate, tax in on_top]
    rows += [f"Tip {written(it.sold.unit, Decimal(it.said.tip))}"] if Decimal(it.said.tip) else []
    rows += [f"Total {written(it.sold.unit, it.total)}"]
    rows += [
        f"Tax {letters[rate]} {rate.removeprefix('+')}%"
        f" in {written(it.sold.unit, net + tax)} {written(it.sold.unit, tax)}"
        for rate, (net, tax) in it.taxes.items()
    ]
    assert f" {' '.join(rows)} What became of it " in said
    assert (gap_of(it) in said) is (it.sold.over != 0)
    assert (f"{it.surplus:,} sat came when it was paid already." in said) is (it.surplus > 0)
    assert f" Amount {it.said.sat:,} sat " in said
    if bitcoin := it.sold.bitcoin(told.place):
        assert f"1 BTC = {written(*bitcoin)}" in said


def split_of(it: Told) -> str:
    """Return how price and tip are told apart; nothing where there is no tip."""
    price, tip = (written(it.sold.unit, Decimal(minor)) for minor in (it.said.price, it.said.tip))
    return f"{price} + {tip} tip" if Decimal(it.said.tip) else ""


def check_pay_page(told: Books, charge_id: str, it: Told) -> None:
    """The pay page says what came, what that is worth, and the tip in it."""
    said = words(told.client.get(f"/pay/{charge_id}").text)
    if it.received is None:
        assert f" {it.said.sat:,} sat " in said
        return
    sat, facts = f"{it.received:,} sat", ["Paid"] if it.sold.channel in ("kiosk", "tips", "lnurl") else []
    if it.sold.over:
        # What else it is worth is reckoned from what came, and is about so much.
        assert f" {sat} " in said
    elif it.sold.unit == "SAT":
        worth = f" ≈ {totals_of(it)[-1]}" if it.sold.rate is not None else ""
        assert f" {sat}{worth} {' · '.join([*facts, *filter(None, [split_of(it)])])}" in said
    else:
        # What was typed leads.
        assert f" {totals_of(it)[0]} {sat} {' · '.join([*facts, *filter(None, [split_of(it)])])}" in said
    assert (gap_of(it) in said) is (it.sold.over != 0)


def check_list_of_the_till(told: Books) -> None:
    """The list on the till has each sale's total and tip, and of one of its invoices what became of it."""
    listed: dict[int, list[str]] = {}
    for row in re.findall(r"(?s)<li>(.*?)</li>", told.client.get("/recent").text):
        _, number, rest = re.fullmatch(r"([\d:]+ [AP]M) (\d+) (.*)", words(row)).groups()  # type: ignore[union-attr]
        listed.setdefault(int(number), []).append(rest)
    assert listed
    for number, rows in listed.items():
        it = told.place.story[number - 1]
        facts = " · ".join(filter(None, [split_of(it), it.sold.memo]))
        facts = f"{written(it.sold.unit, it.total)} {facts} ".replace("  ", " ")
        assert all(row.startswith(facts) for row in rows), rows
        assert f"{facts}{WORDS.get(it.said.state, it.said.state)}" in rows


def check_all(told: Books, charge_ids: Sequence[str]) -> None:
    """Everybody who tells of the sales says what the table does."""
    asked: dict[str, Callable[[Told], bool]] = {
        TWO_DAYS: lambda _: True,
        "day=2026-09-21": lambda it: it.said.day == "2026-09-21",
        "day=2026-09-22": lambda it: it.said.day == "2026-09-22",
        **{f"{TWO_DAYS}&channel={name}": _is_of(name) for name in ("till", "kiosk", "tips", "api", "lnurl")},
        f"{TWO_DAYS}&till=till": _is_of("till"),
        f"{TWO_DAYS}&show=paid": lambda it: it.is_paid,
        f"{TWO_DAYS}&show=unpaid": lambda it: not it.is_paid,
        f"{TWO_DAYS}&show=review": lambda it: it.needs_a_look,
        f"{TWO_DAYS}&q=table": lambda it: "Table" in it.sold.memo,
    }
    for query, chosen in asked.items():
        check_page(told, query, chosen)
        check_files(told, query, chosen)
    for number, (charge_id, it) in enumerate(zip(charge_ids, told.place.story, strict=True), 1):
        check_receipt(told, charge_id, number, it)
        check_paper(told, charge_id, it)
        check_sale(told, number, it)
        check_pay_page(told, charge_id, it)
        status = told.client.get(f"/pay/{charge_id}/status").get_json()
        assert (status["amount_sat"], status["received_sat"]) == (it.said.sat, it.received)
    check_list_of_the_till(told)
    for name in ("csv", "json"):
        assert told.command("--format", name) == told.client.get(f"/sales.{name}?{TWO_DAYS}").data
    assert told.command("--lines") == told.client.get(f"/sales.csv?{TWO_DAYS}&lines=1").data
    answer = told.client.get("/api/v1/sales", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.get_json()["sales"] == told.json(TWO_DAYS)


def _is_of(channel: str) -> Callable[[Told], bool]:
    return lambda it: it.sold.channel == channel


def test_all_who_tell_of_the_sales_agree_on_every_figure(people: People, app: Flask) -> None:
    charge_ids = people.act()
    check_all(Books(people.place, people.client, app), charge_ids)


@pytest.mark.only_on("sqlite", reason="a file is copied")
# Of whichever place: what is in the file nobody who copies it knows.
@pytest.mark.parametrize("place", [IZAKAYA], ids=str, indirect=True)
def test_so_they_do_after_backup_and_restore(people: People, app: Flask, settings: Settings, tmp_path: Path) -> None:
    charge_ids = people.act()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["backup", str(tmp_path / "backup.db")]).exit_code == 0
    # Nobody is to read of this one again.
    Cashier(people.client).send("/kiosk", amount="2100")
    assert runner.invoke(args=["restore", str(tmp_path / "backup.db")]).exit_code == 0
    clock = people.clock
    till = create_app(settings, wallet=people.wallet, clock=clock, running=clock, rates=people.rates)
    try:
        check_all(Books(people.place, till.test_client(), till), charge_ids)
    finally:
        close(till)


@pytest.mark.parametrize("place", [MARKET], ids=str)
@pytest.mark.usefixtures("place")
def test_the_rows_of_all_pages_come_to_the_sums_on_each(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    for at in range(2 * books.ROWS + 5):
        clock.move(1)
        sale = Sale(Money(at * 37 % 991 + 1, "EUR"), tip=at % 3, till="till")
        made = charge(shop, Channel.TILL, sale, str(at))
        if at % 7:
            wallet.settle(made.invoice, made.amount_sat)
            settle(shop, made)
    total, tips, count = Decimal(0), Decimal(0), 0
    address, sums = "/sales?day=2026-09-21", set()
    while address:
        page = client.get(address).text
        for row in map(words, re.findall(r'(?s)<li><a href="/sales/.*?</li>', page)):
            if found := re.search(r"(?: tip €([\d.]+))? €([\d.]+) paid$", row):
                total, tips, count = total + Decimal(found[2]), tips + Decimal(found[1] or 0), count + 1
        card = re.search(r'(?s)<section class="card sums".*?</section>', page)
        assert card
        sums.add(words(card[0]))
        older = re.search(r'rel="next" href="([^"]*)"', page)
        address = unescape(older[1]) if older else ""
    [said] = sums
    assert said.startswith(f"{count} sales paid €{total:,} ")
    assert f" Price €{total - tips:,} Tips €{tips} " in said
