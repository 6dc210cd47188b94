"""The books: whatever somebody asks for is read whole, in order, and adds up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from pos.domain.charge import Channel, Charge, Payment
from pos.domain.invoice import Invoice
from pos.domain.money import SAT, Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.refund import Refund, RefundPayment, Rest
from pos.domain.report import Booked, Entry, GivenBack, Part, Place, Search, Selection, State, Sums
from pos.domain.sale import Fiat, Line, Sale, itemized, price_of, quote, taxes_in_books
from pos.domain.tax import Tax, TaxRate
from pos.store import Store
from tests.store.test_charges import CHARGE, PAYMENT, YEAR, add, open_store, other

EUR = Rate("EUR", Decimal("91234.56"), 990, ("kraken",))
YEN = Rate("JPY", Decimal(15_000_000), 990, ("kraken",))
RATES = [TaxRate(Decimal(19)), TaxRate(Decimal(7)), TaxRate(Decimal("8.25"), on_top=True)]
ALL = Selection(0, 10_000)
HALF = Fraction(1, 2)
networks = (f"n{number}" for number in count())


@pytest.fixture
def store(database_url: str) -> Store:
    return open_store(database_url)


@dataclass(frozen=True)
class Story:
    """A sale, how much of each thing there was, and what became of it."""

    channel: Channel
    till: str
    currency: str
    rate: Rate | None
    tip: int
    lines: tuple[tuple[int, TaxRate | None], ...]
    made_at: int
    paid: tuple[int, ...]
    received: int
    proven: bool
    cancelled: bool
    refunded: int = 0


@st.composite
def stories(draw: st.DrawFn) -> Story:
    channel = draw(st.sampled_from(Channel))
    rate = draw(st.sampled_from([None, EUR, YEN]))
    return Story(
        channel,
        draw(st.sampled_from(["bar", "door"])) if channel is Channel.TILL else "",
        draw(st.sampled_from([SAT, rate.currency])) if rate else SAT,
        rate,
        draw(st.integers(0, 300)),
        tuple(
            draw(st.lists(st.tuples(st.integers(50, 5000), st.sampled_from([None, *RATES])), min_size=1, max_size=3))
        ),
        draw(st.integers(1000, 1010)),
        tuple(draw(st.lists(st.integers(0, 900), max_size=3))),
        draw(st.sampled_from([0, 0, 0, 1, -1, 500])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from([0, 0, 1, 30])),
    )


def write(store: Store, told: Story, name: str) -> None:
    lines = tuple(Line(price, tax=tax) for price, tax in told.lines)
    sale = Sale(Money(price_of(lines), told.currency), f"memo {name}", told.tip, told.till, itemized(lines))
    asked = quote(sale, told.rate, 10**12)
    for attempt in range(1, max(1, len(told.paid)) + 1):
        charge = Charge(
            f"{name}-{attempt}",
            name,
            told.channel,
            asked.amount_sat,
            sale.memo,
            Invoice(f"i{name}-{attempt}", "lnbcrt1", f"h{name}-{attempt}", told.made_at + 600),
            told.made_at,
            tip_sat=asked.tip_sat,
            fiat=asked.fiat,
            till=told.till,
            attempt=attempt,
        )
        if attempt == 1:
            store.add(charge, sale, name, YEAR)
        else:
            store.add_attempt(charge, sale)
    if told.cancelled:
        store.cancel(f"{name}-1", told.made_at + 5)
    # The last attempt is paid first, now and then: what further ones bring is a surplus.
    for attempt, after in reversed(list(enumerate(told.paid, start=1))):
        came = max(1, asked.amount_sat + told.received)
        store.mark_paid(f"{name}-{attempt}", Payment(told.made_at + after, came, None, told.proven))
    if told.paid and told.refunded:
        enough = Rest(Money(10**9, told.currency), 10**9)
        # Of three parts the second one is cancelled.
        for position, minor in enumerate((told.refunded, 7, told.refunded)):
            amount = Money(minor, told.currency)
            refund = Refund(f"r{name}-{position}", name, told.channel, told.till, amount, minor, "Cold", 5000)
            assert store.refunds.add(refund, f"k{position}", enough)
            if position == 1:
                store.refunds.cancel(refund.id, 6000, "Ana")
            else:
                store.refunds.mark_paid(refund.id, RefundPayment(9000))


def pay_meanwhile(store: Store, database_url: str, charge_id: str, questions: int) -> None:
    """Let another process write a payment down as soon as the store has asked so many questions of its database."""
    till = open_store(database_url)
    asked = count(1)

    def pay(*_: object) -> None:
        if next(asked) == questions:
            till.mark_paid(charge_id, PAYMENT)

    event.listen(store.engine, "after_cursor_execute", pay)


def all_of(store: Store, selection: Selection, most: int = 5) -> list[Entry]:
    entries: list[Entry] = []
    after: Place | None = None
    while page := store.entries(selection, after, most):
        entries += page
        after = page[-1].place
    return entries


def fits(entry: Entry, selection: Selection) -> bool:
    states = {
        None: True,
        State.PAID: entry.charge.payment is not None,
        State.UNPAID: entry.charge.payment is None,
        State.REVIEW: entry.charge.needs_review or entry.surplus_sat > 0,
    }
    return (
        selection.since <= entry.at < selection.until
        and selection.channel in (None, entry.charge.channel)
        and selection.till in (None, entry.sale.till)
        and states[selection.state]
    )


def added_up(store: Store, entries: list[Entry]) -> Sums:
    """Add up slowly and plainly what the store adds up at once."""
    paid = [(it, it.charge.payment) for it in entries if it.charge.payment]
    books = {it.charge.fiat.rate.currency if it.charge.fiat else SAT for it, _ in paid}
    return Sums(
        tuple(booked([it for it, _ in paid], currency) for currency in sorted(books)),
        len([it for it, _ in paid if it.charge.needs_review or it.surplus_sat]),
        part(pay.received_sat for it, pay in paid if it.charge.late),
        part(it.charge.amount_sat - pay.received_sat for it, pay in paid if pay.received_sat < it.charge.amount_sat),
        part(pay.received_sat - it.charge.amount_sat for it, pay in paid if pay.received_sat > it.charge.amount_sat),
        part(pay.received_sat for _, pay in paid if not pay.proven),
        part(it.surplus_sat for it, _ in paid if it.surplus_sat),
        given_back(store, [it for it, _ in paid]),
    )


def given_back(store: Store, paid: list[Entry]) -> tuple[GivenBack, ...]:
    found: dict[str, list[tuple[int, int]]] = {}
    for entry in paid:
        before, fiat = 0, entry.charge.fiat
        for it in store.refunds.of_sale(entry.sale_id):
            in_books = [it.amount.minor + before, before]
            if fiat and it.amount.currency == SAT:
                in_books = [floor(Fraction(fiat.total.minor * sat, entry.charge.amount_sat) + HALF) for sat in in_books]
            if it.payment:
                before += it.amount.minor
                currency = fiat.rate.currency if fiat else SAT
                found.setdefault(currency, []).append((in_books[0] - in_books[1], it.amount_sat))
    return tuple(
        GivenBack(currency, len(each), sum(minor for minor, _ in each), sum(sat for _, sat in each))
        for currency, each in sorted(found.items())
    )


def part(figures: Iterable[int]) -> Part:
    known = list(figures)
    return Part(len(known), sum(known))


def booked(paid: list[Entry], currency: str) -> Booked:
    of = [it for it in paid if (it.charge.fiat.rate.currency if it.charge.fiat else SAT) == currency]
    taxes = [tax for it in of for tax in taxes_in_books(it.sale, it.charge.fiat)]
    rates = sorted({it.rate for it in taxes}, key=lambda rate: (-rate.percent, rate.on_top))
    in_sat = [(it.charge.amount_sat - it.charge.tip_sat, it.charge.tip_sat) for it in of]
    worth = [(it.charge.fiat.price.minor, it.charge.fiat.tip.minor) for it in of if it.charge.fiat] or in_sat
    return Booked(
        currency,
        len(of),
        sum(price for price, _ in worth),
        sum(tip for _, tip in worth),
        sum(price for price, _ in in_sat),
        sum(tip for _, tip in in_sat),
        tuple(
            Tax(rate, sum(it.net for it in taxes if it.rate == rate), sum(it.tax for it in taxes if it.rate == rate))
            for rate in rates
        ),
    )


SELECTIONS = st.builds(
    Selection,
    st.sampled_from([0, 1003, 1500]),
    st.sampled_from([1006, 1400, 10_000]),
    st.sampled_from([None, *Channel]),
    st.none(),
    st.sampled_from([None, *State]),
) | st.builds(
    Selection,
    st.sampled_from([0, 1003, 1500]),
    st.sampled_from([1006, 1400, 10_000]),
    st.sampled_from([None, Channel.TILL]),
    st.sampled_from(["bar", "door", "gone"]),
    st.sampled_from([None, *State]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(stories(), max_size=12), selections=st.lists(SELECTIONS, min_size=8, max_size=8))
def test_the_sums_of_a_selection_are_those_of_its_sales(
    store: Store, told: list[Story], selections: list[Selection]
) -> None:
    network = next(networks)
    # A dozen sales are many, where three are read at a time.
    book = Store(store.engine.url.render_as_string(hide_password=False), network, at_a_time=3)
    for number, story in enumerate(told):
        write(book, story, f"{network}-{number}")
    whole = all_of(book, ALL)
    assert len(whole) == len(told)
    for selection in [ALL, *selections]:
        listed = all_of(book, selection)
        assert listed == [it for it in whole if fits(it, selection)]
        assert book.sums(selection) == added_up(book, listed)
        searched = replace(selection, search=Search("MEMO"))
        assert all_of(book, searched) == listed
        assert book.sums(searched) == added_up(book, listed)
    book.close()


@pytest.mark.parametrize("questions", range(1, 7))
def test_a_sale_that_is_paid_while_sums_are_read_is_in_none_of_them_or_in_all(
    database_url: str, store: Store, questions: int
) -> None:
    add(store, CHARGE)
    sale = Sale(Money(2500, SAT), lines=(Line(2500, tax=RATES[0]),))
    store.add(replace(other(2), amount_sat=2500), sale, "k2", YEAR)
    store.mark_paid("c1", PAYMENT)
    before = store.sums(ALL)
    pay_meanwhile(store, database_url, "c2", questions)
    assert store.sums(ALL) == before
    assert store.sums(ALL) == added_up(store, store.entries(ALL, None, 9)) != before


def test_a_sale_is_read_by_its_number_with_its_lines_and_the_charge_that_paid_it(store: Store) -> None:
    lines = (Line(1200, 2, "Basil", RATES[0]), Line(300))
    sale = Sale(Money(2700, "EUR"), "Market", 150, "bar", lines)
    asked = quote(sale, EUR, 10**12)
    charge = replace(
        CHARGE,
        channel=Channel.TILL,
        till="bar",
        memo="Market",
        fiat=asked.fiat,
        tip_sat=asked.tip_sat,
        amount_sat=asked.amount_sat,
    )
    number = store.add(charge, sale, "k1", 2026).charge.number
    again = replace(charge, id="c2", attempt=2, invoice=replace(charge.invoice, id="i2", payment_hash="h2"))
    store.add_attempt(again, sale)
    assert store.entry(Number(2026, 1)) == Entry("s1", sale, again, 1000)
    store.mark_paid("c1", PAYMENT)
    store.mark_paid("c2", replace(PAYMENT, paid_at=1510, received_sat=77))
    paid = replace(charge, payment=PAYMENT)
    found = store.entry(Number(2026, 1))
    assert found == Entry("s1", sale, paid, 1500, 77)
    assert found.charge.number == number == Number(2026, 1)
    assert [it.id for it in store.attempts("s1")] == ["c1", "c2"]
    assert store.entry(Number(2026, 2)) is None
    assert store.entry(Number(2025, 1)) is None
    assert store.attempts("s2") == []


def test_sales_of_one_second_are_listed_once_each_page_by_page(store: Store) -> None:
    for number in range(1, 8):
        add(store, other(number))
    pages = []
    after = None
    while page := store.page(ALL, after, 3, furthest=None):
        pages.append([it.sale_id for it in page.entries])
        after = page.older
        if after is None:
            break
    assert pages == [["s7", "s6", "s5"], ["s4", "s3", "s2"], ["s1"]]


def test_a_page_that_is_just_full_is_the_last_one(store: Store) -> None:
    for number in range(1, 4):
        add(store, other(number))
    assert store.page(ALL, None, 3, furthest=None).older is None
    assert store.page(ALL, None, 2, furthest=None).older == (1000, "s2")


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        (Search("COFFEE"), True),
        (Search("☕"), True),
        (Search("tea"), False),
        (Search("%"), False),
        (Search("C_ffee"), False),
        (Search("1", number=Number(YEAR, 1)), True),
        (Search("1", number=Number(YEAR + 1, 1)), False),
        (Search("2", amounts=(Money(2100, SAT),)), True),
        (Search("2", amounts=(Money(2000, SAT),)), True),
        (Search("2", amounts=(Money(12_500, "EUR"),)), True),
        (Search("2", amounts=(Money(12_000, "EUR"),)), True),
        (Search("2", amounts=(Money(12_500, "USD"), Money(12_501, "EUR"))), False),
        (Search("ab", payment_hash="abab"), True),
        (Search("ab", payment_hash="ab" * 32), True),
        (Search("ba", payment_hash="ba"), False),
        (Search("an", staff=frozenset({"ana"})), False),
    ],
)
def test_a_sale_is_found_by_memo_number_amount_and_payment_hash(store: Store, search: Search, is_found: bool) -> None:
    fiat = Fiat(Money(12_000, "EUR"), Money(500, "EUR"), EUR, typed=False)
    add(store, replace(CHARGE, tip_sat=100, fiat=fiat))
    assert bool(store.entries(replace(ALL, search=search), None, 5)) == is_found


def test_a_search_goes_so_far_and_on_from_there(database_url: str, store: Store) -> None:
    for number in range(1, 10):
        add(store, replace(other(number), memo="needle" if number in (1, 5) else "hay", created_at=1000 + number))
    book = Store(database_url, "bc", at_a_time=2)
    asked = replace(ALL, search=Search("needle"))
    first = book.page(asked, None, 5, furthest=4)
    assert (first.entries, first.older) == ([], (1006, "s6"))
    second = book.page(asked, first.older, 5, furthest=4)
    assert ([it.sale_id for it in second.entries], second.older) == (["s5"], (1002, "s2"))
    third = book.page(asked, second.older, 5, furthest=4)
    assert ([it.sale_id for it in third.entries], third.older) == (["s1"], None)
    book.close()


def test_play_money_is_in_no_real_book(database_url: str, store: Store) -> None:
    add(store, CHARGE)
    store.mark_paid("c1", PAYMENT)
    play = open_store(database_url, "bcrt")
    assert play.entries(ALL, None, 5) == []
    assert play.sums(ALL) == Sums()
    assert play.entry(Number(YEAR, 1)) is None
    assert play.attempts("s1") == []


@pytest.mark.parametrize("search", [None, Search("nothing")])
def test_while_a_long_list_is_read_others_get_their_turn(
    database_url: str, store: Store, search: Search | None
) -> None:
    # A file adds up three times as many at once, and a server ten times.
    many = 9 if search else 90
    for number in range(1, many + 1):
        add(store, replace(other(number), created_at=1000 + number))
        store.mark_paid(f"c{number}", replace(PAYMENT, paid_at=1500 + number))
    sold = count(100)
    # Somebody sells whenever it gives way, and before anything that is read then.
    book = Store(
        database_url,
        "bc",
        at_a_time=2,
        give_way=lambda: add(store, replace(other(next(sold)), created_at=1)),
    )
    asked = replace(ALL, since=2, search=search)
    assert book.sums(asked).count == (0 if search else many)
    assert book.page(asked, None, many, furthest=None).older is None
    assert next(sold) >= 104
    book.close()
