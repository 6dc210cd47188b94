"""Money goes back: how much of it, to whom, and how it is proven. The till never pays anything itself."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

import pytest
from flask import Flask

from pos import close, create_app
from pos.domain.charge import Channel, Charge
from pos.domain.lnurl_service import NoAnswer
from pos.domain.money import SAT, AmountError, Money
from pos.domain.refund import AtRate, Refund, RefundStatus, Rest, received, rest_of
from pos.domain.refund_invoice import RefundInvoiceRefused
from pos.domain.report import Entry
from pos.domain.sale import Sale
from pos.rates import NoRate
from pos.services.cancel_refund import cancel_refund
from pos.services.charge import charge
from pos.services.invoice_for_refund import TIMEOUT, give_invoice
from pos.services.refund import RefundKeyReused, Wish, refund
from pos.services.settle import settle
from pos.services.settle_refund import RefundNotSettled, prove_refund, settle_refund_by_hand
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import in_sat
from tests.fakes import FakeClock, FakeLnurlServices, FakeRates, FakeWallet

NONSENSE = "This address gives no invoice. Ask the customer for an invoice instead."
OWN = "This is an invoice of the shop's own wallet. Ask the customer for one."
LUNCH = Sale(Money(1250, "EUR"))
keys = (f"key-{number}" for number in count())


@pytest.fixture
def rates() -> FakeRates:
    return FakeRates()


@pytest.fixture
def app(settings: Settings, wallet: FakeWallet, clock: FakeClock, rates: FakeRates) -> Iterator[Flask]:
    app = create_app(settings, wallet=wallet, clock=clock, running=clock, rates=rates)
    yield app
    close(app)


@dataclass
class Counter:
    """Somebody of the shop, who sells and gives back, and a customer with a wallet of their own."""

    shop: Shop
    wallet: FakeWallet
    phone: FakeWallet
    made: list[Charge] = field(default_factory=list)

    def sell(self, sale: Sale = LUNCH, channel: Channel = Channel.TILL) -> Entry:
        made = charge(self.shop, channel, sale, next(keys))
        self.wallet.settle(made.invoice, made.amount_sat)
        return self.entry(settle(self.shop, made))

    def entry(self, made: Charge) -> Entry:
        assert made.number
        entry = self.shop.store.entry(made.number)
        assert entry
        return entry

    def give(self, entry: Entry, amount: Money | None = None, key: str | None = None, **wish: object) -> Refund:
        """Give so much of a sale back, or all that came for it."""
        wished = replace(Wish(amount or received(entry).amount, "Cold"), **wish)  # type: ignore[arg-type]
        return refund(self.shop, entry, wished, key or next(keys))

    def invoice(self, amount_sat: int, expiry: int = 3600) -> tuple[str, str]:
        """The customer makes an invoice; who pays it gets the preimage, which is beside it here."""
        made = self.phone.sign(amount_sat, "", expiry).invoice
        return made.payment_request, self.phone.preimages[made.id]

    def now(self, refund: Refund) -> Refund:
        found = self.shop.store.refunds.get(refund.id)
        assert found
        return found

    def rest(self, entry: Entry) -> Rest:
        return rest_of(received(entry), self.shop.store.refunds.of_sale(entry.sale_id))

    def status(self, refund: Refund) -> RefundStatus:
        return self.now(refund).status(self.shop.now())


@pytest.fixture
def counter(shop: Shop, wallet: FakeWallet, clock: FakeClock) -> Counter:
    return Counter(shop, wallet, FakeWallet(clock))


def asked_at(counter: Counter, *answers: bytes | Exception) -> FakeLnurlServices:
    """Let these be what addresses answer, and nobody else be asked."""
    payees = FakeLnurlServices([*answers])
    counter.shop = replace(counter.shop, payees=payees)
    return payees


def said(**said: object) -> bytes:
    return json.dumps(said).encode()


def terms(least: int = 1, most: int = 10**9, **changes: object) -> bytes:
    of = {"tag": "payRequest", "callback": "https://example.com/cb", "metadata": "[]"}
    return said(**{**of, "minSendable": least, "maxSendable": most, **changes})


def sentence(call: Callable[..., object], *arguments: object, **wish: object) -> str:
    with pytest.raises((AmountError, RefundInvoiceRefused, RefundNotSettled)) as caught:
        call(*arguments, **wish)
    return str(caught.value.sentence)


def test_all_of_a_sale_goes_back_at_the_rate_of_the_sale(counter: Counter, rates: FakeRates, shop: Shop) -> None:
    entry = counter.sell()
    rates.price = Decimal(25_000)
    given = counter.give(entry, staff="Ana")
    assert (given.amount, given.amount_sat, given.at_rate) == (LUNCH.price, 25_000, AtRate.SALE)
    assert given.rate == entry.charge.fiat.rate if entry.charge.fiat else None
    assert (given.reason, given.staff, given.created_at) == ("Cold", "Ana", shop.now())
    assert counter.status(given) is RefundStatus.ASKED
    assert counter.rest(entry).is_nothing


def test_a_part_goes_back_at_the_rate_of_now(counter: Counter, rates: FakeRates) -> None:
    entry = counter.sell()
    rates.price = Decimal(100_000)
    given = counter.give(entry, Money(500, "EUR"), at_rate=AtRate.NOW)
    assert (given.amount_sat, given.at_rate) == (5000, AtRate.NOW)
    assert given.rate and given.rate.price == 100_000


def test_what_was_sold_in_sat_goes_back_in_sat_at_no_rate(counter: Counter, rates: FakeRates) -> None:
    entry = counter.sell(in_sat(2100))
    rates.price = None
    given = counter.give(entry, Money(100, SAT), at_rate=AtRate.NOW)
    assert (given.amount, given.amount_sat, given.rate, given.at_rate) == (Money(100, SAT), 100, None, AtRate.SALE)


def test_without_a_rate_of_now_there_is_still_that_of_the_sale(counter: Counter, rates: FakeRates) -> None:
    entry = counter.sell()
    rates.price = None
    with pytest.raises(NoRate):
        counter.give(entry, at_rate=AtRate.NOW)
    rates.currency = "USD"
    assert sentence(counter.give, entry, at_rate=AtRate.NOW) == (
        "There is no rate of now for EUR. Take the rate of the sale."
    )
    assert counter.give(entry).amount_sat == 25_000


def test_a_sale_that_is_not_paid_gives_nothing_back(counter: Counter, shop: Shop) -> None:
    entry = counter.entry(charge(shop, Channel.TILL, LUNCH, "k"))
    assert sentence(counter.give, entry) == "All of it was given back, or is about to be."


def test_what_was_paid_twice_can_go_back_twice(counter: Counter) -> None:
    entry = replace(counter.sell(), surplus_sat=25_000)
    assert counter.give(entry, Money(2500, "EUR")).amount_sat == 50_000


def test_two_at_once_cannot_both_give_the_rest(counter: Counter, shop: Shop) -> None:
    entry = counter.sell()

    def give(_: int) -> bool:
        try:
            return bool(counter.give(entry, Money(700, "EUR")))
        except AmountError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(give, range(12))) == 1
    assert len(shop.store.refunds.of_sale(entry.sale_id)) == 1


def test_a_form_that_is_sent_again_gives_nothing_more(counter: Counter) -> None:
    entry = counter.sell()
    first = counter.give(entry, key="k")
    assert counter.give(entry, key="k") == first
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: counter.give(entry, key="k"), range(8))) == [first] * 8
    with pytest.raises(RefundKeyReused) as caught:
        counter.give(entry, key="k", reason="Burnt")
    assert caught.value.first == first
    with pytest.raises(RefundKeyReused):
        counter.give(entry, Money(1, "EUR"), key="k")


def test_a_form_that_is_sent_again_with_another_invoice_is_paid_to_that_one(counter: Counter) -> None:
    entry = counter.sell()
    (wrong, preimage), (right, _) = counter.invoice(25_000), counter.invoice(25_000)
    first = counter.give(entry, key="k", to=wrong)
    # As it was, and as no answer came.
    assert counter.give(entry, key="k", to=f"lightning:{wrong.upper()}") == first
    again = counter.give(entry, key="k", to=right)
    assert (again.id, again.position) == (first.id, 1)
    assert again.invoice and again.invoice.payment_request == right
    # Which of the two is meant is not known any more: the last one stays, and both may prove it.
    assert counter.give(entry, key="k", to=wrong) == again
    told = sentence(counter.give, entry, key="k", to=counter.invoice(24_999)[0])
    assert told == "This invoice is over 24,999 sat. Ask for one over 25,000 sat."
    prove_refund(counter.shop, again, preimage)
    assert counter.give(entry, key="k", to=counter.invoice(25_000)[0]) == counter.now(again)


def test_a_form_that_is_sent_again_with_an_address_is_paid_to_what_that_gives_now(counter: Counter) -> None:
    entry = counter.sell()
    (wrong, _), (right, _) = counter.invoice(25_000), counter.invoice(25_000)
    payees = asked_at(counter, terms(), said(pr=wrong), terms(), said(pr=right))
    counter.give(entry, key="k", to="anna@example.com")
    again = counter.give(entry, key="k", to="ana@example.com")
    assert [it.payment_request for it in again.invoices] == [wrong, right]
    assert payees.answers == []
    assert counter.give(entry, key="k") == again


def test_what_was_given_meanwhile_is_told(counter: Counter) -> None:
    entry = counter.sell()
    request, _ = counter.invoice(25_000)
    first: list[Refund] = []

    def give() -> None:
        if not first:
            first.append(counter.give(entry))

    # While the address of one is asked, somebody else gives the same money back.
    payees = asked_at(counter, terms(), said(pr=request))
    payees.before_answer = give
    told = "Something of this sale was given back meanwhile. Look what is left."
    assert sentence(counter.give, entry, to="ana@example.com") == told


@pytest.mark.parametrize(
    ("limit", "most"),
    [(Money(500, "EUR"), 500), (Money(10_000, SAT), 500), (Money(1250, "EUR"), 1250), (Money(10**9, "USD"), 0)],
)
def test_who_has_a_limit_gives_no_more_of_a_sale_be_it_in_parts(counter: Counter, limit: Money, most: int) -> None:
    entry = counter.sell()
    told = f"You may give back {limit} of one sale. Ask the owner."
    if most < 1250:
        assert sentence(counter.give, entry, Money(most + 1, "EUR"), limit=limit) == told
    if most:
        counter.give(entry, Money(most - 1, "EUR"), limit=limit)
        if most < 1250:
            assert sentence(counter.give, entry, Money(2, "EUR"), limit=limit) == told
        counter.give(entry, Money(1, "EUR"), limit=limit)


@pytest.mark.parametrize(("limit", "given"), [(Money(500, "EUR"), 1), (None, 2)])
def test_a_limit_is_not_passed_by_two_at_once(counter: Counter, limit: Money | None, given: int) -> None:
    entry = counter.sell()
    request, _ = counter.invoice(8000)

    def give() -> None:
        payees.before_answer = lambda: None
        counter.give(entry, Money(400, "EUR"), limit=limit)

    # While the address of one is asked, the same manager gives another part back at another till.
    payees = asked_at(counter, terms(), said(pr=request))
    payees.before_answer = give
    if limit:
        told = "Something of this sale was given back meanwhile. Look what is left."
        assert sentence(counter.give, entry, Money(400, "EUR"), to="ana@example.com", limit=limit) == told
    else:
        counter.give(entry, Money(400, "EUR"), to="ana@example.com")
    assert len(counter.shop.store.refunds.of_sale(entry.sale_id)) == given


def test_a_limit_in_the_shops_currency_holds_for_a_sale_in_sat(counter: Counter) -> None:
    entry = counter.sell(in_sat(25_000))
    assert "You may give back 5.00 EUR" in sentence(counter.give, entry, limit=Money(500, "EUR"))
    assert counter.give(entry, Money(10_000, SAT), limit=Money(500, "EUR"))


def test_the_customers_invoice_is_what_is_to_be_paid(counter: Counter) -> None:
    entry = counter.sell()
    request, preimage = counter.invoice(25_000)
    given = counter.give(entry, to=f"lightning:{request.upper()}")
    assert given.invoice and given.invoice.payment_request == request
    assert counter.status(given) is RefundStatus.OPEN
    prove_refund(counter.shop, given, f" {preimage.upper()[:32]} {preimage[32:]}\n", "Ben")
    payment = counter.now(given).payment
    assert payment and (payment.proven, payment.preimage, payment.staff) == (True, preimage, "Ben")


@pytest.mark.parametrize("amount_sat", [24_999, 25_001])
def test_a_bad_invoice_leaves_nothing_behind(counter: Counter, shop: Shop, amount_sat: int) -> None:
    entry = counter.sell()
    told = sentence(counter.give, entry, to=counter.invoice(amount_sat)[0], key="k")
    assert told == f"This invoice is over {amount_sat:,} sat. Ask for one over 25,000 sat."
    assert shop.store.refunds.of_sale(entry.sale_id) == []
    # Its key may be sent again.
    assert counter.give(entry, to=counter.invoice(25_000)[0], key="k")


def test_the_shops_own_invoices_are_refused(counter: Counter, shop: Shop, wallet: FakeWallet) -> None:
    entry = counter.sell()
    own = charge(shop, Channel.TILL, in_sat(25_000), "k").invoice.payment_request
    assert sentence(counter.give, entry, to=own) == OWN
    pinned = replace(shop.settings, payee=wallet.node.pubkey)
    counter.shop = replace(shop, settings=pinned)
    assert sentence(counter.give, entry, to=wallet.sign(25_000, "", 3600).invoice.payment_request) == OWN


def test_one_invoice_is_not_for_two_refunds(counter: Counter, shop: Shop) -> None:
    entry, other = counter.sell(), counter.sell()
    request, _ = counter.invoice(25_000)
    counter.give(entry, to=request)
    assert sentence(counter.give, other, to=request) == OWN
    waiting = counter.give(other)
    assert sentence(give_invoice, shop, waiting, request) == OWN


def test_an_address_is_asked_for_an_invoice(counter: Counter) -> None:
    entry = counter.sell()
    request, _ = counter.invoice(25_000)
    payees = asked_at(counter, terms(), said(pr=request))
    given = counter.give(entry, to=" Ana@Example.com ")
    assert given.invoice and given.invoice.payment_request == request
    assert payees.asked == ["https://example.com/.well-known/lnurlp/ana", "https://example.com/cb?amount=25000000"]
    assert payees.timeouts == [TIMEOUT, TIMEOUT]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([NoAnswer("no whole answer within 10 s")], NONSENSE),
        ([b"<html>"], NONSENSE),
        ([terms(tag="withdrawRequest")], NONSENSE),
        ([terms(callback="https://10.0.0.1/")], NONSENSE),
        ([terms(), b"[]"], NONSENSE),
        ([terms(), said(pr=None)], NONSENSE),
        ([terms(), said(status="ERROR")], NONSENSE),
        ([said(status="ERROR", reason="No such name")], "This address gives no invoice. It says: No such name"),
        ([terms(most=24_999_999)], "This address does not take this amount. Ask for an invoice instead."),
        ([terms(), said(pr="lnbc1")], "This is no Lightning invoice, and no Lightning address. Ask for it once more."),
    ],
)
def test_an_address_that_gives_no_invoice_is_told(
    counter: Counter, shop: Shop, answers: list[bytes | Exception], told: str
) -> None:
    entry = counter.sell()
    payees = asked_at(counter, *answers)
    assert sentence(counter.give, entry, to="ana@example.com") == told
    assert payees.answers == []
    assert shop.store.refunds.of_sale(entry.sale_id) == []


def test_an_address_gives_no_invoice_of_somebody_else(counter: Counter) -> None:
    entry = counter.sell()
    signed = counter.phone.sign(25_000, "", 3600, "ab" * 32).invoice.payment_request
    asked_at(counter, terms(), said(pr=signed))
    assert sentence(counter.give, entry, to="ana@example.com") == NONSENSE


@pytest.mark.parametrize("to", ["lnurlp://127.0.0.1/x", "https://192.168.0.1/x", "ana@payee.onion"])
def test_an_address_that_nobody_may_ask_is_asked_nowhere(counter: Counter, to: str) -> None:
    payees = asked_at(counter)
    assert sentence(counter.give, counter.sell(), to=to) == NONSENSE
    assert payees.asked == []


def test_an_invoice_that_has_expired_is_replaced_and_may_still_prove_the_payment(
    counter: Counter, clock: FakeClock
) -> None:
    (old, preimage), (new, _) = counter.invoice(25_000), counter.invoice(25_000, 9000)
    given = counter.give(counter.sell(), to=old)
    clock.move(3600)
    assert counter.status(given) is RefundStatus.EXPIRED
    give_invoice(counter.shop, given, new, "Ben")
    assert counter.status(given) is RefundStatus.OPEN
    prove_refund(counter.shop, counter.now(given), preimage)
    assert counter.status(given) is RefundStatus.PAID


def test_a_bad_preimage_proves_nothing(counter: Counter) -> None:
    request, _ = counter.invoice(25_000)
    given = counter.give(counter.sell(), to=request)
    assert "64 signs long" in sentence(prove_refund, counter.shop, given, "ab" * 31)
    assert "64 signs long" in sentence(prove_refund, counter.shop, given, "xy" * 32)
    other = "This preimage is of another payment. Look for the one of this refund."
    assert sentence(prove_refund, counter.shop, given, "ab" * 32) == other
    assert counter.status(given) is RefundStatus.OPEN


def test_what_is_marked_by_hand_is_proven_as_soon_as_somebody_has_the_proof(counter: Counter) -> None:
    request, preimage = counter.invoice(25_000)
    given = counter.give(counter.sell(), to=request)
    settle_refund_by_hand(counter.shop, given, "Ben")
    payment = counter.now(given).payment
    assert payment and not payment.proven
    prove_refund(counter.shop, given, preimage)
    payment = counter.now(given).payment
    assert payment and (payment.preimage, payment.staff) == (preimage, "Ben")


def test_whoever_proves_a_second_payment_of_one_refund_is_told(counter: Counter) -> None:
    (old, first), (new, second) = counter.invoice(25_000), counter.invoice(25_000)
    given = counter.give(counter.sell(), to=old)
    give_invoice(counter.shop, given, new)
    given = counter.now(given)
    prove_refund(counter.shop, given, first)
    for _ in range(2):
        assert sentence(prove_refund, counter.shop, given, second).startswith("Paid twice: ")
        given = counter.now(given)
    # The same proof once more is no second payment.
    prove_refund(counter.shop, given, first)
    payment = counter.now(given).payment
    assert payment and payment.preimage == first


def test_what_was_paid_twice_is_counted_twice_and_no_more_often(counter: Counter) -> None:
    entry = counter.sell()
    (old, first), (new, second) = counter.invoice(10_000), counter.invoice(10_000)
    given = counter.give(entry, Money(500, "EUR"), to=old)
    give_invoice(counter.shop, given, new)
    given = counter.now(given)
    prove_refund(counter.shop, given, first)
    for _ in range(3):
        assert sentence(prove_refund, counter.shop, given, second).startswith("Paid twice: ")
    assert counter.rest(entry) == Rest(Money(250, "EUR"), 5_000)
    other = counter.shop.store.refunds.of_sale(entry.sale_id)[1]
    assert (other.amount, other.amount_sat, other.reason) == (given.amount, 10_000, given.reason)
    assert other.payment and other.payment.preimage == second
    assert other.proven_by(second)
    # On the page of the other one it is what proves that.
    prove_refund(counter.shop, other, second)
    # A refund besides, with another's proof, was paid by nobody.
    third = counter.give(entry, Money(100, "EUR"), to=counter.invoice(2_000)[0])
    assert sentence(prove_refund, counter.shop, third, second).startswith("This preimage is of another payment.")


def test_nobody_has_paid_by_hand_what_had_no_invoice_or_was_cancelled(counter: Counter) -> None:
    none = "There is no invoice of this refund that could have been paid."
    entry = counter.sell()
    given = counter.give(entry)
    assert sentence(settle_refund_by_hand, counter.shop, given) == none
    cancel_refund(counter.shop, given, "Ben")
    again = counter.give(entry, to=counter.invoice(25_000)[0])
    cancel_refund(counter.shop, again)
    assert sentence(settle_refund_by_hand, counter.shop, counter.now(again)) == none


def test_a_refund_that_was_cancelled_frees_its_money_and_takes_no_invoice(counter: Counter) -> None:
    entry = counter.sell()
    request, preimage = counter.invoice(25_000)
    given = counter.give(entry, to=request)
    cancel_refund(counter.shop, given)
    assert counter.status(given) is RefundStatus.CANCELLED
    ended = "This refund is paid, or cancelled. It takes no other invoice."
    assert sentence(give_invoice, counter.shop, given, counter.invoice(25_000)[0]) == ended
    assert counter.give(entry).amount_sat == 25_000
    # Who has paid it all the same can prove it.
    prove_refund(counter.shop, counter.now(given), preimage)
    assert counter.status(given) is RefundStatus.PAID
