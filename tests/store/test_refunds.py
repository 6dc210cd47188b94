"""The book of refunds: no more goes back than came, whoever asks at once; each is paid once, by any of its invoices."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import text

from pos.domain.charge import Channel
from pos.domain.money import SAT, Money
from pos.domain.rate import Rate
from pos.domain.refund import AtRate, Refund, RefundInvoice, RefundPayment, Rest
from pos.domain.report import GivenBack
from pos.store import InvoiceTaken, Store, StoreError
from tests.store.test_charges import CHARGE, PAYMENT, add, open_store, other

EUR = Rate("EUR", Decimal("50000.5"), 900, ("kraken", "bitstamp"))
CAME = Rest(Money(2100, SAT), 2100)
REFUND = Refund("r1", "s1", Channel.KIOSK, "door", Money(500, SAT), 500, "Cold", 1600, staff="Ana")
INVOICE = RefundInvoice("lnbc1", "ab" * 32, 5000, 1600)
PROOF = RefundPayment(1700, "Ben", "cd" * 32)
BY_HAND = RefundPayment(1700, "Ben")
AGAIN = RefundPayment(1800, "Eve", "ef" * 32)
SECOND = replace(REFUND, id="r2", created_at=1800, staff="Eve", invoices=(INVOICE,), payment=AGAIN)
ids = count()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    add(store, CHARGE)
    store.mark_paid("c1", PAYMENT)
    yield store
    store.close()


def told(store: Store) -> list[tuple[str, object]]:
    """Return what was written down of refunds, in order."""
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, data FROM event WHERE kind LIKE 'refund.%' ORDER BY seq"))
        return [(row.kind, json.loads(row.data)) for row in rows]


def given_back(store: Store) -> tuple[int, int]:
    with store.engine.connect() as connection:
        row = connection.execute(text("SELECT refunded_sat, refunded FROM sale WHERE id = 's1'")).one()
        return row.refunded_sat, row.refunded


def test_a_refund_comes_back_as_it_was_written(store: Store) -> None:
    written = replace(REFUND, amount=Money(25, "EUR"), at_rate=AtRate.NOW, rate=EUR, invoices=(INVOICE,))
    assert store.refunds.add(written, "k", replace(CAME, amount=Money(105, "EUR"))) == written
    assert store.refunds.get("r1") == written == store.refunds.find("s1", "k")
    assert store.refunds.of_sale("s1") == [written]
    assert told(store) == [("refund.made", {"amount_sat": 500, "by": "Ana"})]


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.refunds.get("r1") is None
    assert store.refunds.find("s1", "k") is None
    assert store.refunds.of_sale("s1") == []


def test_the_same_key_is_the_same_refund(store: Store) -> None:
    first = store.refunds.add(REFUND, "k", CAME)
    assert store.refunds.add(replace(REFUND, id="r2"), "k", CAME) == first
    assert [it.id for it in store.refunds.of_sale("s1")] == ["r1"]


def test_no_more_is_written_down_than_came(store: Store) -> None:
    assert store.refunds.add(replace(REFUND, amount_sat=2101), "a", CAME) is None
    assert store.refunds.add(replace(REFUND, amount=Money(2101, SAT)), "b", CAME) is None
    assert store.refunds.add(REFUND, "c", CAME) is not None
    rest = replace(REFUND, id="r2", amount=Money(1600, SAT), amount_sat=1600)
    assert store.refunds.add(replace(rest, amount_sat=1601), "d", CAME) is None
    assert store.refunds.add(replace(rest, amount=Money(1601, SAT)), "e", CAME) is None
    second = store.refunds.add(rest, "f", CAME)
    assert second and second.position == 2


def test_what_a_limit_was_checked_against_has_to_hold_still(store: Store) -> None:
    assert store.refunds.add(REFUND, "a", CAME, (0, 0))
    second = replace(REFUND, id="r2")
    for stale in [(0, 0), (500, 0), (0, 500)]:
        assert store.refunds.add(second, "b", CAME, stale) is None
    assert store.refunds.add(second, "b", CAME, (500, 500)) == replace(second, position=2)
    # The form that is sent again has its refund, whatever was given since.
    assert store.refunds.add(second, "b", CAME, (500, 500)) == replace(second, position=2)


def test_of_many_parts_at_once_that_one_limit_allows_one_goes_back(store: Store) -> None:
    def give(number: int) -> Refund | None:
        return store.refunds.add(replace(REFUND, id=f"r{number}", amount_sat=100), f"k{number}", CAME, (0, 0))

    with ThreadPoolExecutor(8) as pool:
        assert len([it for it in pool.map(give, range(16)) if it]) == 1


def test_what_was_cancelled_is_free_again_unless_it_was_paid(store: Store) -> None:
    whole = replace(REFUND, amount=CAME.amount, amount_sat=2100)
    store.refunds.add(whole, "a", CAME)
    store.refunds.cancel("r1", 1650, "Ana")
    assert store.refunds.add(replace(whole, id="r2"), "b", CAME)
    store.refunds.cancel("r2", 1650, "Ana")
    store.refunds.mark_paid("r2", PROOF)
    assert store.refunds.add(replace(REFUND, id="r3"), "c", CAME) is None


def test_of_many_who_give_the_rest_back_at_once_one_does(store: Store) -> None:
    def give(number: int) -> Refund | None:
        return store.refunds.add(replace(REFUND, id=f"r{number}", amount_sat=1100), f"k{number}", CAME)

    with ThreadPoolExecutor(8) as pool:
        made = [it for it in pool.map(give, range(16)) if it]
    assert len(made) == 1
    assert store.refunds.of_sale("s1") == made


def test_two_sales_are_nothing_to_each_other(store: Store) -> None:
    add(store, other(2))
    store.refunds.add(replace(REFUND, amount_sat=2100), "k", CAME)
    second = store.refunds.add(replace(REFUND, id="r2", sale_id="s2", amount_sat=2100), "k", CAME)
    assert second and second.position == 1


def test_one_invoice_is_for_one_refund(store: Store) -> None:
    store.refunds.add(replace(REFUND, invoices=(INVOICE,)), "a", CAME)
    store.refunds.add(replace(REFUND, id="r2"), "b", CAME)
    with pytest.raises(InvoiceTaken):
        store.refunds.add(replace(REFUND, id="r3", invoices=(INVOICE,)), "c", CAME)
    with pytest.raises(InvoiceTaken):
        store.refunds.add_invoice("r2", INVOICE, "Ana")
    assert len(store.refunds.of_sale("s1")) == 2


def test_what_else_is_there_already_is_not_told_to_be_the_invoice(store: Store) -> None:
    store.refunds.add(REFUND, "a", CAME)
    with pytest.raises(StoreError):
        store.refunds.add(replace(REFUND, invoices=(INVOICE,)), "b", CAME)
    assert store.refunds.add_invoice("r1", INVOICE, "Ana")


def test_another_invoice_takes_the_place_of_the_last_which_is_kept(store: Store) -> None:
    newer = RefundInvoice("lnbc2", "cd" * 32, 9000, 5100)
    store.refunds.add(replace(REFUND, invoices=(INVOICE,)), "k", CAME)
    assert store.refunds.add_invoice("r1", newer, "Ben")
    # Sent twice it is given once.
    assert store.refunds.add_invoice("r1", newer, "Ben")
    found = store.refunds.get("r1")
    assert found and found.invoices == (INVOICE, newer)
    assert told(store)[1:] == [("refund.invoiced", {"by": "Ben"})]


@pytest.mark.parametrize("payment", [PROOF, BY_HAND])
def test_a_payment_is_written_down_once(store: Store, payment: RefundPayment) -> None:
    store.refunds.add(replace(REFUND, amount=Money(25, "EUR")), "k", replace(CAME, amount=Money(105, "EUR")))
    assert store.refunds.mark_paid("r1", payment)
    assert not store.refunds.mark_paid("r1", RefundPayment(1800, "Eve", "ef" * 32))
    found = store.refunds.get("r1")
    assert found and found.payment == payment
    assert given_back(store) == (500, 25)
    proven = int(payment.proven)
    assert told(store)[1:] == [("refund.paid", {"amount_sat": 500, "proven": proven, "by": "Ben"})]


def test_what_was_marked_by_hand_is_proven_later_and_a_report_counts_it_as_it_was(store: Store) -> None:
    store.refunds.add(REFUND, "k", CAME)
    store.refunds.mark_paid("r1", BY_HAND)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE refund SET shift = 1 WHERE id = 'r1'"))
    counted = store.shifts.returned(1)
    assert store.refunds.keep_proof("r1", PROOF)
    # Sent once more it is nothing new.
    assert store.refunds.keep_proof("r1", PROOF)
    found = store.refunds.get("r1")
    assert found and found.payment == PROOF
    assert given_back(store) == (500, 500)
    assert told(store)[2:] == [("refund.proven", {"amount_sat": 500, "by": "Ben"})]
    assert store.shifts.returned(1) == counted


@pytest.mark.parametrize("late", [False, True])
def test_the_proof_of_another_payment_is_written_down_and_takes_no_place(store: Store, late: bool) -> None:
    store.refunds.add(REFUND, "k", CAME)
    store.refunds.mark_paid("r1", BY_HAND if late else PROOF)
    assert store.refunds.keep_proof("r1", PROOF)
    before = told(store)
    assert not store.refunds.keep_proof("r1", AGAIN)
    assert store.refunds.add_second("r1", SECOND, "r1 again")
    assert not store.refunds.add_second("r1", replace(SECOND, id="r3"), "r1 again")
    assert store.refunds.of_sale("s1") == [replace(REFUND, payment=PROOF), replace(SECOND, position=2, invoices=())]
    assert given_back(store) == (1000, 1000)
    assert told(store) == [*before, ("refund.paid_twice", {"amount_sat": 500, "by": "Eve"})]


def test_a_second_payment_takes_its_invoice_along_and_the_next_report_counts_it(store: Store) -> None:
    other = RefundInvoice("lnbc2", "cd" * 32, 9000, 1650)
    store.refunds.add(replace(REFUND, invoices=(INVOICE,)), "k", CAME)
    store.refunds.add_invoice("r1", other, "Ben")
    store.refunds.mark_paid("r1", PROOF)
    store.refunds.add_second("r1", replace(SECOND, invoices=(other,)), "r1 again")
    assert [it.invoices for it in store.refunds.of_sale("s1")] == [(INVOICE,), (other,)]
    assert store.shifts.open("door", ["door"], 1900).given_back == (GivenBack("SAT", 2, 1000, 1000),)


def test_a_second_payment_that_several_tell_of_at_once_is_counted_once(store: Store) -> None:
    store.refunds.add(REFUND, "k", CAME)
    store.refunds.mark_paid("r1", PROOF)
    with ThreadPoolExecutor(8) as pool:
        each = [replace(SECOND, id=f"again {n}") for n in range(8)]
        said = list(pool.map(lambda it: store.refunds.add_second("r1", it, "r1 again"), each))
    assert sorted(said) == [False] * 7 + [True]
    assert given_back(store) == (1000, 1000)
    assert [kind for kind, _ in told(store)].count("refund.paid_twice") == 1


def test_of_two_proofs_at_once_one_is_kept(store: Store) -> None:
    store.refunds.add(REFUND, "k", CAME)
    store.refunds.mark_paid("r1", BY_HAND)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: store.refunds.keep_proof("r1", replace(PROOF, preimage=f"{n:064}")), range(8)))
    assert sorted(kept) == [False] * 7 + [True]
    assert [kind for kind, _ in told(store)[2:]] == ["refund.proven"]


def test_of_many_who_write_the_same_payment_one_is_told_that_it_was_first(store: Store) -> None:
    store.refunds.add(REFUND, "k", CAME)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: store.refunds.mark_paid("r1", PROOF), range(16)))
    assert sorted(said) == [False] * 15 + [True]
    assert given_back(store) == (500, 500)


def test_a_refund_that_was_cancelled_is_paid_by_a_proof_alone(store: Store) -> None:
    store.refunds.add(REFUND, "k", CAME)
    assert store.refunds.cancel("r1", 1650, "Ana")
    assert not store.refunds.cancel("r1", 1651, "Ana")
    assert not store.refunds.mark_paid("r1", BY_HAND)
    assert store.refunds.mark_paid("r1", PROOF)
    found = store.refunds.get("r1")
    assert found and (found.cancelled_at, found.payment) == (1650, PROOF)
    assert told(store)[1] == ("refund.cancelled", {"by": "Ana"})


def test_what_is_paid_is_not_cancelled_and_takes_no_other_invoice(store: Store) -> None:
    store.refunds.add(REFUND, "k", CAME)
    store.refunds.mark_paid("r1", PROOF)
    assert not store.refunds.cancel("r1", 1800, "Ana")
    assert not store.refunds.add_invoice("r1", INVOICE, "Ana")
    found = store.refunds.get("r1")
    assert found and (found.cancelled_at, found.invoices) == (None, ())


def test_those_that_are_due_are_listed(store: Store) -> None:
    for number, key in enumerate("abc", start=1):
        store.refunds.add(replace(REFUND, id=f"r{number}", created_at=1600 - number), key, CAME)
    assert [it.id for it in store.refunds.due(9)] == ["r3", "r2", "r1"]
    assert [it.id for it in store.refunds.due(2)] == ["r3", "r2"]
    assert [str(it.number) for it in store.refunds.due(1)] == ["1970-1"]
    assert store.refunds.count_due() == 3
    store.refunds.mark_paid("r3", PROOF)
    store.refunds.cancel("r2", 1700, "Ana")
    assert [it.id for it in store.refunds.due(9)] == ["r1"]
    assert store.refunds.count_due() == 1
    assert [it.id for it in store.refunds.ended(9)] == ["r2", "r3"]
    assert [it.id for it in store.refunds.ended(1)] == ["r2"]


def test_of_refunds_in_one_second_that_of_the_later_sale_is_the_later_one_whatever_its_id(store: Store) -> None:
    added = []
    for number in range(6):
        charge = replace(other(9 - number), sale_id=f"s{9 - number}", created_at=1500)
        add(store, charge)
        for half in "ab":
            refund = replace(REFUND, id=f"r{number}{half}", sale_id=charge.sale_id, created_at=1600)
            store.refunds.add(refund, half, CAME)
            added.append(refund.id)
    assert [it.id for it in store.refunds.due(20)] == added
    for refund_id in added:
        store.refunds.mark_paid(refund_id, BY_HAND)
    assert [it.id for it in store.refunds.ended(20)] == added[::-1]


def test_the_refunds_of_play_money_are_nothing_to_those_of_real_money(store: Store, database_url: str) -> None:
    store.refunds.add(REFUND, "k", CAME)
    played = open_store(database_url, "bcrt")
    assert played.refunds.get("r1") is None
    assert played.refunds.count_due() == 0
    store.refunds.cancel("r1", 1700, "Ana")
    assert played.refunds.ended(9) == []
    assert played.refunds.due(9) == played.refunds.of_sale("s1") == []
    played.close()


def test_the_books_tell_what_of_a_sale_went_back(store: Store) -> None:
    charge = store.get("c1")
    assert charge and charge.number
    store.refunds.add(REFUND, "k", CAME)
    store.refunds.mark_paid("r1", PROOF)
    entry = store.entry(charge.number)
    assert entry and (entry.refunded_sat, entry.refunded) == (500, 500)
