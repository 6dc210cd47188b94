"""Stories of three shops: how each sale came about, and what everybody who tells of it is to say.

The figures were reckoned apart from the till, and not read off it.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

# Net and tax by the rate, as a setting has that.
Taxes = dict[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class Sold:
    """How a sale came about, and what happens to it: one that is paid `twice` was renewed (`again`) before that.

    `typed` are the amounts, each with its rate of tax; by `lnurl` it is the price of a jar called `thing`. `tip` is a
    percentage that was tapped, or an amount that was typed. `over` are the sat that came beyond what was asked. `rate`
    is what a bitcoin cost as the last invoice was made, where it is not what it mostly costs there; None: nobody knew.
    `at` is when it was sold, where it matters.
    """

    channel: str
    unit: str
    typed: str
    tip: str = ""
    happens: str = "paid"
    memo: str = ""
    over: int = 0
    rate: str | None = ""
    at: str = ""
    thing: str = ""

    @property
    def name(self) -> str:
        """What its only line is called: a thing by its name, a tip so, and else by the memo."""
        memo = self.memo if len(self.lines) == 1 else ""
        return self.thing or ("Tip" if self.channel == "tips" else memo)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The rate and the amount of each."""
        pairs = [it.partition(":") for it in self.typed.split()]
        return [(rate, amount) for rate, _, amount in pairs]

    def bitcoin(self, place: "Place") -> tuple[str, Decimal] | None:
        """The rate of the invoice: a currency, and what a bitcoin cost in it."""
        if self.rate is None:
            return None
        *currency, price = (self.rate or place.bitcoin).split()
        return (currency or [place.currency])[0], Decimal(price)


@dataclass(frozen=True)
class Said:
    """What is to be said of a sale. `price`, `tip` and `taxes` are in what it was typed in, net + tax for each rate.

    `books` is the currency of the books, with price + tip; the same, as the taxes in them, where nothing is said.
    """

    sat: int
    price: str
    taxes: str = ""
    tip: str = "0"
    tip_sat: int = 0
    books: str = ""
    books_taxes: str = ""
    state: str = "paid"
    day: str = "2026-09-21"


@dataclass(frozen=True)
class Told:
    """A sale in a story."""

    sold: Sold
    said: Said

    @property
    def is_paid(self) -> bool:
        return self.said.state not in ("open", "expired", "cancelled")

    @property
    def received(self) -> int | None:
        return self.said.sat + self.sold.over if self.is_paid else None

    @property
    def surplus(self) -> int:
        return self.said.sat if self.sold.happens == "twice" else 0

    @property
    def needs_a_look(self) -> bool:
        return self.said.state in ("late", "less", "more") or self.sold.happens in ("unproven", "twice")

    @property
    def total(self) -> Decimal:
        return Decimal(self.said.price) + Decimal(self.said.tip)

    @property
    def books(self) -> tuple[str, Decimal, Decimal]:
        """What it comes to in the books: their currency, price and tip."""
        if not self.said.books:
            return self.sold.unit, Decimal(self.said.price), Decimal(self.said.tip)
        currency, price, *tip = self.said.books.replace("+ ", "").split()
        return currency, Decimal(price), Decimal(tip[0] if tip else 0)

    @property
    def taxes(self) -> Taxes:
        return read_taxes(self.said.taxes)

    @property
    def books_taxes(self) -> Taxes:
        return read_taxes(self.said.books_taxes or self.said.taxes)


def read_taxes(text: str) -> Taxes:
    """Read 19: 5.32 + 1.01; 7: 1.10 + 0.08, as the tables have it, and so does a cell of a CSV file."""
    found: Taxes = {}
    for part in filter(None, text.split("; ")):
        rate, net, tax = re.split(r": | \+ ", part)
        percent, _, on_top = rate.partition(" %")
        found[f"+{percent}" if on_top else percent] = (Decimal(net), Decimal(tax))
    return found


@dataclass(frozen=True)
class Place:
    """A shop: where it is, at which rates it sells, and its story."""

    currency: str
    zone: str
    tax_rates: str
    bitcoin: str
    story: tuple[Told, ...] = field(repr=False)

    def __str__(self) -> str:
        return self.currency


MARKET = Place(
    "EUR",
    "Europe/Berlin",
    "19,7",
    "61803.40",
    (
        Told(
            Sold("till", "EUR", "19:2.99 19:3.33 7:0.05 7:1.13 19:0.01", tip="10%", memo="Table 3"),
            Said(13365, "7.51", "19: 5.32 + 1.01; 7: 1.10 + 0.08", tip="0.75", tip_sat=1213),
        ),
        Told(
            Sold("till", "EUR", "19:8.88", tip="0.77"),
            Said(15615, "8.88", "19: 7.46 + 1.42", tip="0.77", tip_sat=1246),
        ),
        Told(
            Sold("till", "SAT", "19:2101 7:999 7:3", tip="15%", memo="Table 4"),
            Said(
                3569,
                "3103",
                "19: 1766 + 335; 7: 936 + 66",
                tip="466",
                tip_sat=466,
                books="EUR 1.92 + 0.29",
                books_taxes="19: 1.09 + 0.21; 7: 0.58 + 0.04",
            ),
        ),
        Told(
            Sold("till", "EUR", "7:4.55", happens="late"),
            Said(7363, "4.55", "7: 4.25 + 0.30", state="late"),
        ),
        Told(
            Sold("till", "EUR", "19:1.00", memo="Table 5", over=-3),
            Said(1619, "1.00", "19: 0.84 + 0.16", state="less"),
        ),
        Told(
            Sold("till", "SAT", "19:777", over=11),
            Said(777, "777", "19: 653 + 124", books="EUR 0.48", books_taxes="19: 0.40 + 0.08", state="more"),
        ),
        Told(
            Sold("till", "EUR", "7:2.22", happens="unproven"),
            Said(3593, "2.22", "7: 2.07 + 0.15"),
        ),
        Told(
            Sold("kiosk", "SAT", "19:2100"),
            Said(2100, "2100", "19: 1765 + 335", books="EUR 1.30", books_taxes="19: 1.09 + 0.21"),
        ),
        Told(
            Sold("tips", "SAT", ":5000", memo="=Play it, again; +1"),
            Said(5000, "5000", books="EUR 3.09"),
        ),
        Told(
            Sold("api", "SAT", "7:3333", memo="Table 9"),
            Said(3333, "3333", "7: 3115 + 218", books="EUR 2.06", books_taxes="7: 1.93 + 0.13"),
        ),
        Told(
            Sold("lnurl", "EUR", "19:2.50", memo="Table 9", thing="Espresso"),
            Said(4046, "2.50", "19: 2.10 + 0.40"),
        ),
        Told(
            Sold("till", "EUR", "19:6.66", happens="cancelled"),
            Said(10777, "6.66", "19: 5.60 + 1.06", state="late"),
        ),
        Told(
            Sold("till", "EUR", "7:6.67", tip="10%", happens="cancelled", memo="Table 8"),
            Said(11877, "6.67", "7: 6.23 + 0.44", tip="0.67", tip_sat=1084, state="cancelled"),
        ),
        Told(
            Sold("till", "SAT", "19:4321", happens="expired"),
            Said(4321, "4321", "19: 3631 + 690", books="EUR 2.67", books_taxes="19: 2.24 + 0.43", state="expired"),
        ),
        Told(
            Sold("till", "EUR", "19:5.55 7:1.11", tip="10%", happens="again", rate="59999.99"),
            Said(12217, "6.66", "19: 4.66 + 0.89; 7: 1.04 + 0.07", tip="0.67", tip_sat=1116),
        ),
        Told(
            Sold("till", "SAT", "19:4321 7:11", happens="again", rate="59999.99"),
            Said(
                4332,
                "4332",
                "19: 3631 + 690; 7: 10 + 1",
                books="EUR 2.60",
                books_taxes="19: 2.18 + 0.41; 7: 0.01 + 0.00",
            ),
        ),
        Told(
            Sold("till", "EUR", "7:3.21 19:0.07", happens="twice"),
            Said(5308, "3.28", "7: 3.00 + 0.21; 19: 0.06 + 0.01"),
        ),
        Told(
            Sold("till", "SAT", "19:1500 7:501", tip="10%", rate=None),
            Said(2202, "2001", "19: 1261 + 239; 7: 468 + 33", tip="201", tip_sat=201),
        ),
        Told(
            Sold("till", "SAT", "19:999 7:1", tip="10%", rate="CHF 59000.50"),
            Said(
                1100,
                "1000",
                "19: 839 + 160; 7: 1 + 0",
                tip="100",
                tip_sat=100,
                books="CHF 0.59 + 0.06",
                books_taxes="19: 0.50 + 0.09; 7: 0.00 + 0.00",
            ),
        ),
        Told(
            Sold("till", "EUR", "19:9.99", at="2026-09-22T03:57"),
            Said(16165, "9.99", "19: 8.39 + 1.60"),
        ),
        Told(
            Sold("till", "EUR", "7:0.99", happens="slow", at="2026-09-22T03:59"),
            Said(1602, "0.99", "7: 0.93 + 0.06", day="2026-09-22"),
        ),
        Told(
            Sold("till", "SAT", "7:1"),
            Said(1, "1", "7: 1 + 0", books="EUR 0.00", books_taxes="7: 0.00 + 0.00", day="2026-09-22"),
        ),
        Told(
            Sold("till", "EUR", "19:12.50", happens="open"),
            Said(20226, "12.50", "19: 10.50 + 2.00", state="open", day="2026-09-22"),
        ),
    ),
)
# Nothing is less than a yen.
IZAKAYA = Place(
    "JPY",
    "Asia/Tokyo",
    "10,8",
    "15432109",
    (
        Told(
            Sold("till", "JPY", "10:298 10:151 8:107 8:4 10:1", tip="10%", memo="Table 3"),
            Said(3999, "561", "10: 409 + 41; 8: 103 + 8", tip="56", tip_sat=363),
        ),
        Told(
            Sold("till", "JPY", "8:545", tip="77"),
            Said(4031, "545", "8: 505 + 40", tip="77", tip_sat=499),
        ),
        Told(
            Sold("till", "SAT", "10:2101 8:999 8:3", tip="15%"),
            Said(
                3569,
                "3103",
                "10: 1910 + 191; 8: 928 + 74",
                tip="466",
                tip_sat=466,
                books="JPY 479 + 72",
                books_taxes="10: 295 + 29; 8: 144 + 11",
            ),
        ),
        Told(
            Sold("kiosk", "SAT", "10:2100"),
            Said(2100, "2100", "10: 1909 + 191", books="JPY 324", books_taxes="10: 295 + 29"),
        ),
        Told(
            Sold("tips", "SAT", ":5000", memo="Table ☕"),
            Said(5000, "5000", books="JPY 772"),
        ),
        Told(
            Sold("api", "SAT", "8:3333"),
            Said(3333, "3333", "8: 3086 + 247", books="JPY 514", books_taxes="8: 476 + 38"),
        ),
        Told(
            Sold("till", "JPY", "10:333 8:111", tip="10%", happens="again", rate="15000000"),
            Said(3254, "444", "10: 303 + 30; 8: 103 + 8", tip="44", tip_sat=294),
        ),
        Told(
            Sold("till", "SAT", "10:4321 8:11", happens="again", rate="15000000"),
            Said(4332, "4332", "10: 3928 + 393; 8: 10 + 1", books="JPY 650", books_taxes="10: 589 + 59; 8: 2 + 0"),
        ),
        Told(
            Sold("till", "JPY", "8:321 10:7", happens="twice"),
            Said(2126, "328", "8: 297 + 24; 10: 6 + 1"),
        ),
        Told(
            Sold("till", "SAT", "10:1500 8:501", tip="10%", rate=None),
            Said(2202, "2001", "10: 1364 + 136; 8: 464 + 37", tip="201", tip_sat=201),
        ),
        Told(
            Sold("till", "JPY", "10:999", at="2026-09-22T03:57", over=-1),
            Said(6474, "999", "10: 908 + 91", state="less"),
        ),
        Told(
            Sold("till", "JPY", "8:99", happens="slow", at="2026-09-22T03:59"),
            Said(642, "99", "8: 92 + 7", day="2026-09-22"),
        ),
        Told(
            Sold("till", "SAT", "8:3"),
            Said(3, "3", "8: 3 + 0", books="JPY 0", books_taxes="8: 0 + 0", day="2026-09-22"),
        ),
    ),
)
# Tax comes on top of what is typed at the till, and is in what the kiosk and programs ask for.
DINER = Place(
    "USD",
    "America/Chicago",
    "+8.25,+4",
    "68421.37",
    (
        Told(
            Sold("till", "USD", "+8.25:2.99 +8.25:3.33 +4:0.05 +4:1.13 +8.25:0.01", tip="10%", memo="Table 3"),
            Said(12994, "8.08", "+8.25: 6.33 + 0.52; +4: 1.18 + 0.05", tip="0.81", tip_sat=1184),
        ),
        Told(
            Sold("till", "USD", "+8.25:8.88", tip="0.77"),
            Said(15171, "9.61", "+8.25: 8.88 + 0.73", tip="0.77", tip_sat=1125),
        ),
        Told(
            Sold("till", "SAT", "+8.25:2101 +4:999 +4:3", tip="15%"),
            Said(
                3814,
                "3316",
                "+8.25: 2101 + 173; +4: 1002 + 40",
                tip="498",
                tip_sat=498,
                books="USD 2.27 + 0.34",
                books_taxes="+8.25: 1.44 + 0.12; +4: 0.68 + 0.03",
            ),
        ),
        Told(
            Sold("kiosk", "SAT", "8.25:2100"),
            Said(2100, "2100", "8.25: 1940 + 160", books="USD 1.44", books_taxes="8.25: 1.33 + 0.11"),
        ),
        Told(
            Sold("tips", "SAT", ":5000", memo="@Table"),
            Said(5000, "5000", books="USD 3.42"),
        ),
        Told(
            Sold("api", "SAT", "4:3333"),
            Said(3333, "3333", "4: 3205 + 128", books="USD 2.28", books_taxes="4: 2.19 + 0.09"),
        ),
        Told(
            Sold("till", "USD", "+8.25:5.55 +4:1.11", tip="10%", happens="again", rate="70000.01"),
            Said(11258, "7.16", "+8.25: 5.55 + 0.46; +4: 1.11 + 0.04", tip="0.72", tip_sat=1029),
        ),
        Told(
            Sold("till", "SAT", "+8.25:4321 +4:11", happens="again", rate="70000.01"),
            Said(
                4688,
                "4688",
                "+8.25: 4321 + 356; +4: 11 + 0",
                books="USD 3.28",
                books_taxes="+8.25: 3.02 + 0.25; +4: 0.01 + 0.00",
            ),
        ),
        Told(
            Sold("till", "USD", "+4:3.21 +8.25:0.07", happens="twice"),
            Said(4999, "3.42", "+4: 3.21 + 0.13; +8.25: 0.07 + 0.01"),
        ),
        Told(
            Sold("till", "SAT", "+8.25:1500 +4:501", tip="10%", rate=None),
            Said(2360, "2145", "+8.25: 1500 + 124; +4: 501 + 20", tip="215", tip_sat=215),
        ),
        Told(
            Sold("till", "USD", "+8.25:0.06", at="2026-09-22T03:57", over=1),
            Said(88, "0.06", "+8.25: 0.06 + 0.00", state="more"),
        ),
        Told(
            Sold("till", "USD", "+4:0.13", happens="slow", at="2026-09-22T03:59"),
            Said(205, "0.14", "+4: 0.13 + 0.01", day="2026-09-22"),
        ),
    ),
)
