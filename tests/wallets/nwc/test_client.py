"""What a wallet of NIP-47 says, and the ways of its own in which it can mislead a till."""

import json
from collections.abc import Iterator
from dataclasses import replace
from queue import Queue
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import Any, Self

import bolt11 as peer
import pytest
from werkzeug import Response

from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.invoice import Invoice
from pos.services.charge import charge
from pos.settings import Settings
from pos.wallets.base import (
    BadAnswer,
    ByPaymentHash,
    Hint,
    InvoiceRefused,
    KeyRefused,
    WalletBusy,
    WalletError,
    WalletTimeout,
    WrongInvoice,
)
from pos.wallets.nwc.client import NWC
from pos.wallets.nwc.crypto import NIP04, NIP44, Key
from pos.wallets.nwc.event import Event as Said
from pos.wallets.nwc.event import sign
from tests.conftest import in_sat
from tests.processes import until
from tests.wallets.doubles.nwc import SPENDER, TILL, WALLET, public
from tests.wallets.nwc.connected import COFFEE, Connected, connected

STRANGE = Key(b"\x08" * 32)


@pytest.fixture
def world() -> Iterator[Connected]:
    with connected() as world:
        yield world


@pytest.fixture
def wallet(world: Connected) -> NWC:
    return world.wallet()


def settled(world: Connected, wallet: NWC) -> Invoice:
    invoice = wallet.create_invoice(COFFEE).invoice
    world.backend.pay(invoice)
    return invoice


def error(code: str, message: str = "no") -> Response:
    return Response(json.dumps({"result_type": "", "error": {"code": code, "message": message}}))


def lines() -> list[Thread]:
    return [thread for thread in enumerate_threads() if thread.name.startswith("relay ")]


def test_a_till_that_closes_hangs_up(world: Connected, wallet: NWC, settings: Settings) -> None:
    app = create_app(settings, wallet=wallet, clock=world.backend.clock)
    charge(app.extensions["shop"], Channel.TILL, in_sat(2100), "k1")
    assert len(lines()) == len(world.relay.guests) == 1
    close(app)
    assert not lines()
    until(lambda: not world.relay.guests)


def test_it_is_asked_in_msat_and_told_nothing_of_its_own_apps(world: Connected, wallet: NWC) -> None:
    wallet.create_invoice(COFFEE)
    assert world.backend.asked == [
        {"method": "make_invoice", "params": {"amount": 2_100_000, "expiry": 600, "description": "Coffee ☕"}}
    ]


@pytest.mark.parametrize("left_out", [{}, {"payment_hash": None}, {"payment_hash": ""}])
def test_the_payment_hash_that_an_answer_leaves_out_is_that_of_the_invoice(
    world: Connected, wallet: NWC, left_out: dict[str, object]
) -> None:
    world.backend.change = lambda made: {name: it for name, it in made.items() if name != "payment_hash"} | left_out
    invoice = wallet.create_invoice(COFFEE).invoice
    assert invoice.payment_hash == peer.decode(invoice.payment_request).payment_hash


def test_what_is_no_invoice_is_not_shown(world: Connected, wallet: NWC) -> None:
    world.backend.change = lambda _: {"invoice": "lnbc1nothing"}
    with pytest.raises(WrongInvoice, match="the wallet sent no invoice"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize(
    ("encryptions", "used"), [(None, NIP04), (NIP04, NIP04), (NIP44, NIP44), (f"{NIP44} {NIP04}", NIP44)]
)
def test_it_is_asked_in_the_best_encryption_that_it_knows(encryptions: str | None, used: str) -> None:
    with connected() as world:
        world.relay.kept.clear()
        world.backend.encryptions = encryptions
        world.relay.publish(world.backend.info().to_json())
        world.wallet().create_invoice(COFFEE)
        assert set(world.backend.heard.values()) == {used}


def test_one_that_says_nothing_of_itself_is_asked_as_all_were_once(world: Connected, wallet: NWC) -> None:
    world.relay.kept.clear()
    wallet.create_invoice(COFFEE)
    assert set(world.backend.heard.values()) == {NIP04}


def test_what_somebody_else_says_of_it_is_not_believed(world: Connected, wallet: NWC) -> None:
    world.relay.kept.clear()
    world.relay.kept.append(sign(STRANGE, 13194, (), "pay_invoice", 0).to_json() | {"pubkey": WALLET.public})
    world.relay.kept.append(world.backend.info().to_json())
    wallet.create_invoice(COFFEE)
    assert set(world.backend.heard.values()) == {NIP44}
    # It is read anew where a line broke meanwhile.
    assert wallet.relays.dropped["what its author has not signed"] >= 1


def test_after_it_forgot_an_encryption_it_is_asked_in_another(world: Connected, wallet: NWC) -> None:
    wallet.create_invoice(COFFEE)
    world.relay.kept.clear()
    world.relay.publish(replace_encryption(world, None))
    world.backend.answers_with = error("UNSUPPORTED_ENCRYPTION")
    with pytest.raises(BadAnswer):
        wallet.look_up(wallet_invoice(world))
    world.backend.answers_with = None
    wallet.create_invoice(COFFEE)
    assert list(world.backend.heard.values())[-1] == NIP04


def replace_encryption(world: Connected, encryptions: str | None) -> dict[str, Any]:
    was, world.backend.encryptions = world.backend.encryptions, encryptions
    info = world.backend.info().to_json()
    world.backend.encryptions = was
    return info


def test_the_owner_who_asks_hears_of_the_wallet_as_it_is_now(world: Connected) -> None:
    wallet = world.wallet(timeout=2)
    wallet.create_invoice(COFFEE)
    forget_encryption(world)
    assert wallet.check_access().spends is False


def test_after_silence_it_is_asked_what_it_knows_now(world: Connected) -> None:
    wallet = world.wallet(timeout=2)
    wallet.create_invoice(COFFEE)
    forget_encryption(world)
    with pytest.raises(WalletTimeout):
        wallet.create_invoice(COFFEE)
    wallet.create_invoice(COFFEE)


def forget_encryption(world: Connected) -> None:
    """Put a wallet of before NIP-44 behind the same connection."""
    world.relay.kept.clear()
    world.backend.encryptions = None
    world.relay.publish(world.backend.info().to_json())


def wallet_invoice(world: Connected) -> Invoice:
    made = next(iter(world.backend.made.values()))
    return Invoice(made.payment_hash, made.payment_request, made.payment_hash, made.expires_at)


def test_a_connection_that_was_removed_is_silence_and_says_what_to_look_at(world: Connected) -> None:
    wallet = world.wallet(timeout=0.2)
    world.backend.is_silent = True
    with pytest.raises(WalletTimeout, match=r"offline, or of a connection that is revoked$"):
        wallet.create_invoice(COFFEE)
    assert "NWC_URL" in wallet.advice.reach


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UNAUTHORIZED", KeyRefused),
        ("EXPIRED", KeyRefused),
        ("RESTRICTED", KeyRefused),
        ("NOT_IMPLEMENTED", KeyRefused),
        ("RATE_LIMITED", WalletBusy),
        ("UNSUPPORTED_ENCRYPTION", BadAnswer),
        ("INTERNAL", InvoiceRefused),
        ("OTHER", InvoiceRefused),
        ("BAD_REQUEST", InvoiceRefused),
    ],
)
def test_an_error_is_told_by_what_can_be_done_about_it(
    world: Connected, wallet: NWC, code: str, kind: type[WalletError]
) -> None:
    world.backend.answers_with = error(code, "no channel has room for it")
    with pytest.raises(kind, match="no channel has room for it"):
        wallet.create_invoice(COFFEE)


def test_an_invoice_that_it_does_not_know_says_nothing_about_the_key(world: Connected, wallet: NWC) -> None:
    invoice = wallet.create_invoice(COFFEE).invoice
    world.backend.made.clear()
    with pytest.raises(BadAnswer, match="NOT_FOUND: no such invoice"):
        wallet.look_up(invoice)


def test_no_error_of_it_holds_the_secret(world: Connected, wallet: NWC) -> None:
    world.backend.answers_with = error("OTHER", f"what is {TILL}")
    with pytest.raises(InvoiceRefused) as refused:
        wallet.create_invoice(COFFEE)
    assert TILL not in f"{refused.value} {refused.value.sentence} {wallet.identity} {wallet!r}"


@pytest.mark.parametrize("result_type", ["", "lookup_invoice"])
def test_what_kind_of_answer_it_says_that_it_is_does_not_matter(
    world: Connected, wallet: NWC, result_type: str
) -> None:
    world.backend.result_type = result_type
    wallet.create_invoice(COFFEE)


def test_a_payment_is_read_in_sat_with_the_time_when_it_came(world: Connected, wallet: NWC) -> None:
    invoice = wallet.create_invoice(COFFEE).invoice
    world.backend.clock.move(5)
    world.backend.pay(invoice)
    settlement = wallet.look_up(invoice)
    assert settlement is not None
    assert (settlement.received_sat, settlement.settled_at) == (2100, int(world.backend.clock()))


@pytest.mark.parametrize(
    ("changes", "sat"),
    [
        ({"amount": 2_099_999}, 2099),
        ({"amount": "2100000"}, 2100),
        ({"amount": None}, 2100),
        ({"amount": "a lot"}, 2100),
        ({"amount": 2_200_000, "settled_at": "1790000000"}, 2200),
        ({"settled_at": None, "fees_paid": None}, 2100),
        ({"state": "SETTLED"}, 2100),
        ({"preimage": ""}, 2100),
        ({"state": None}, 2100),
        ({"state": ""}, 2100),
        ({"state": "paid"}, 2100),
        ({"payment_hash": None}, 2100),
    ],
)
def test_a_payment_is_seen_however_a_wallet_writes_it(
    world: Connected, wallet: NWC, changes: dict[str, object], sat: int
) -> None:
    invoice = settled(world, wallet)
    world.backend.change = lambda result: result | changes
    settlement = wallet.look_up(invoice)
    assert settlement is not None
    assert settlement.received_sat == sat


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "pending"},
        {"state": "expired"},
        {"state": "accepted"},
        {"state": "failed"},
        {"state": None, "settled_at": 0},
        {"state": None, "settled_at": None},
        {"state": "paid", "settled_at": None},
        {"state": "pending", "preimage": None},
        {"state": "pending", "payment_hash": None, "preimage": None},
    ],
)
def test_a_preimage_alone_is_no_payment_nor_is_anything_in_another_state(
    world: Connected, wallet: NWC, changes: dict[str, object]
) -> None:
    invoice = settled(world, wallet)
    world.backend.change = lambda result: result | changes
    assert wallet.look_up(invoice) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"state": None, "preimage": ""},
        {"state": None, "preimage": None},
        {"state": None, "preimage": "ab" * 32},
        {"state": None, "preimage": "0b6c7e0e-internal", "settled_at": "1790000000"},
        {"state": "paid", "preimage": None},
    ],
)
def test_a_time_alone_is_no_payment_and_does_not_say_that_nobody_has_paid(
    world: Connected, wallet: NWC, changes: dict[str, object]
) -> None:
    """As Coinos once answered of payments between two of its own accounts, for which there is no preimage."""
    invoice = settled(world, wallet)
    world.backend.change = lambda result: result | changes
    with pytest.raises(BadAnswer, match="neither that it is paid nor that it is not"):
        wallet.look_up(invoice)


@pytest.mark.parametrize(
    "changes",
    [{"payment_hash": "ab" * 32}, {"payment_hash": "", "preimage": ""}, {"payment_hash": 7}],
)
def test_a_payment_that_may_be_anothers_is_none(world: Connected, wallet: NWC, changes: dict[str, object]) -> None:
    invoice = settled(world, wallet)
    world.backend.change = lambda result: result | changes
    with pytest.raises(BadAnswer):
        wallet.look_up(invoice)


@pytest.mark.parametrize("answer", [{}, {"a": 1}, {"state": "pending"}, {"type": "incoming", "settled_at": None}])
def test_an_answer_that_names_no_invoice_does_not_say_that_nobody_has_paid(
    world: Connected, wallet: NWC, answer: dict[str, object]
) -> None:
    invoice = settled(world, wallet)
    world.backend.change = lambda _: answer
    with pytest.raises(BadAnswer, match="does not say which invoice"):
        wallet.look_up(invoice)


UNSIGNED, UNASKED = "what its author has not signed", "what was not asked for"


@pytest.mark.parametrize(
    ("forge", "dropped"),
    [
        (lambda it: replace(it, sig="ab" * 64), UNSIGNED),
        (lambda it: replace(it, content=it.content[:-8] + "AAAAAAA="), UNSIGNED),
        (lambda it: replace(by_stranger(it), pubkey=WALLET.public), UNSIGNED),
        (lambda it: by_stranger(it), UNASKED),
        (lambda it: sign(WALLET, it.kind, (("e", "ab" * 32),), it.content, it.created_at), UNASKED),
        (lambda it: sign(WALLET, it.kind, (("p", public(TILL)),), it.content, it.created_at), UNASKED),
        (lambda it: sign(WALLET, 23197, it.tags, it.content, it.created_at), UNASKED),
    ],
    ids=["signature", "content", "whose", "author", "question", "no question", "kind"],
)
def test_a_forged_answer_is_dropped_and_the_right_one_waited_for(world: Connected, forge: Any, dropped: str) -> None:
    wallet = world.wallet()

    def lies(answer: Said) -> list[Said]:
        # A relay of bad will sends it under our subscription, whatever we asked for.
        name = next(it[1] for it in reversed(world.relay.heard) if it[0] == "REQ")
        for guest in world.relay.guests:
            guest.say("EVENT", name, forge(answer).to_json())
        return []

    world.backend.lies = lies
    wallet.create_invoice(COFFEE)
    assert wallet.relays.dropped[dropped] == 1


def by_stranger(answer: Said) -> Said:
    return sign(STRANGE, answer.kind, answer.tags, answer.content, answer.created_at)


def test_an_answer_that_cannot_be_read_is_told(world: Connected, wallet: NWC) -> None:
    world.backend.forge = lambda it: sign(WALLET, it.kind, it.tags, "hello", it.created_at)
    with pytest.raises(BadAnswer, match="cannot be read"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize(
    ("network", "prefix"),
    [("mainnet", "bc"), ("testnet", "tb"), ("signet", "tbs"), ("regtest", "bcrt"), ("moon", None), (None, None)],
)
def test_the_network_of_its_node_is_told_by_the_prefix_of_its_invoices(
    world: Connected, wallet: NWC, network: str | None, prefix: str | None
) -> None:
    world.backend.change = lambda result: result | {"network": network}
    assert wallet.check_access().network == prefix


@pytest.mark.parametrize("pubkey", ["02" + "ab" * 32, "", None, "02"])
def test_the_public_key_that_it_tells_is_held_against_no_invoice(
    world: Connected, wallet: NWC, pubkey: str | None
) -> None:
    world.backend.change = lambda result: result | {"pubkey": pubkey}
    assert wallet.check_access().payee is None


@pytest.mark.parametrize(
    "method", ["pay_invoice", "pay_keysend", "multi_pay_invoice", "multi_pay_keysend", "create_connection"]
)
def test_each_method_that_pays_is_one_by_which_money_can_go(world: Connected, wallet: NWC, method: str) -> None:
    world.backend.change = lambda result: result | {"methods": ["get_info", method]}
    assert wallet.check_access().spends is True


def test_one_that_says_nothing_of_itself_is_none(world: Connected, wallet: NWC) -> None:
    world.backend.change = lambda _: {"alias": "the shop"}
    with pytest.raises(BadAnswer, match="says nothing of itself"):
        wallet.check_access()


@pytest.mark.parametrize("empty", [{}, {"code": "", "message": None}])
def test_an_empty_error_beside_a_result_is_none(world: Connected, wallet: NWC, empty: dict[str, object]) -> None:
    info = {"methods": ["get_info"], "network": "regtest"}
    answer = {"result_type": "get_info", "error": empty, "result": info}
    world.backend.answers_with = Response(json.dumps(answer))
    assert wallet.check_access().network == "bcrt"
    world.backend.answers_with = Response(json.dumps(answer | {"result": None}))
    with pytest.raises(BadAnswer):
        wallet.create_invoice(COFFEE)


def test_methods_that_hold_money_back_do_not_spend(world: Connected, wallet: NWC) -> None:
    world.backend.change = lambda result: result | {"methods": ["make_hold_invoice", "cancel_hold_invoice"]}
    assert wallet.check_access().spends is False


@pytest.mark.parametrize("code", ["RESTRICTED", "NOT_IMPLEMENTED", "OTHER"])
def test_one_that_tells_no_tills_methods_is_judged_by_what_it_tells_all(
    world: Connected, wallet: NWC, code: str
) -> None:
    world.backend.answers_with = error(code)
    assert wallet.check_access().spends is True


def test_one_that_tells_no_methods_at_all_may_spend_or_not(world: Connected, wallet: NWC) -> None:
    world.relay.kept.clear()
    world.backend.change = lambda result: result | {"methods": None}
    assert wallet.check_access().spends is None


def test_another_connection_to_the_same_wallet_is_another_wallet(world: Connected, wallet: NWC) -> None:
    assert wallet.identity != world.wallet(secret=SPENDER).identity
    assert wallet.identity == world.wallet(where=["wss://relay.example.com"]).identity


class Ear:
    """Listens as the watch does, in a thread of its own."""

    def __init__(self, wallet: NWC) -> None:
        self.hints: Queue[Hint] = Queue()
        self.stop = Event()
        self.thread = Thread(target=wallet.listen, args=(self.hints.put, self.stop))

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()


def listens(world: Connected, relay: int = 0) -> bool:
    guests = world.relays[relay].guests
    return any(23197 in wanted["kinds"] for guest in guests for wanted in guest.subscriptions.values())


def test_a_payment_is_told_in_each_encryption_that_a_wallet_has(world: Connected, wallet: NWC) -> None:
    invoice = wallet.create_invoice(COFFEE).invoice
    with Ear(wallet) as ear:
        until(lambda: listens(world))
        world.backend.pay(invoice)
        assert [ear.hints.get(timeout=5) for _ in range(2)] == [ByPaymentHash(invoice.payment_hash)] * 2
    until(lambda: not listens(world))


def test_what_comes_over_each_relay_is_one_hint() -> None:
    with connected(2) as world:
        wallet = world.wallet()
        paid, last = (wallet.create_invoice(COFFEE).invoice for _ in range(2))
        with Ear(wallet) as ear:
            until(lambda: listens(world) and listens(world, 1))
            for invoice in (paid, last):
                world.backend.pay(invoice)
            hints = [ear.hints.get(timeout=5) for _ in range(4)]
            assert hints.count(ByPaymentHash(paid.payment_hash)) == hints.count(ByPaymentHash(last.payment_hash)) == 2


def test_only_the_wallet_itself_is_believed_and_only_about_what_came_in(world: Connected, wallet: NWC) -> None:
    invoice = wallet.create_invoice(COFFEE).invoice
    with Ear(wallet) as ear:
        until(lambda: listens(world))
        world.backend.notify({"notification_type": "payment_received"}, by=STRANGE)
        world.backend.notify({"notification_type": "payment_sent", "notification": {"payment_hash": "ab" * 32}})
        world.backend.notify({"notification_type": "payment_received", "notification": {"payment_hash": "x"}})
        world.backend.notify("hello")
        for guest in world.relay.guests:
            for name in guest.subscriptions:
                guest.say("EVENT", name, sign(WALLET, 1, (), "hello", 1_790_000_000).to_json())
        world.relay.publish(sign(WALLET, 23197, (("p", public(TILL)),), "hello", 1_790_000_000).to_json())
        world.backend.pay(invoice)
        assert ear.hints.get(timeout=5) == ByPaymentHash(invoice.payment_hash)


def sinces(world: Connected) -> set[int]:
    return {it[2]["since"] for it in world.relay.heard if it[0] == "REQ" and 23197 in it[2]["kinds"]}


def test_what_was_told_in_the_last_minute_is_asked_for(world: Connected, wallet: NWC) -> None:
    with Ear(wallet):
        until(lambda: listens(world))
    assert sinces(world) == {int(world.backend.clock()) - 60}


def test_a_wallet_whose_clock_is_ahead_hides_nothing_of_what_comes_after(world: Connected, wallet: NWC) -> None:
    with Ear(wallet) as ear:
        until(lambda: listens(world))
        invoice = wallet.create_invoice(COFFEE).invoice
        now = world.backend.clock.time
        wallet_clock = replace(world.backend.clock, time=now + 5000)
        world.backend.clock, tills = wallet_clock, world.backend.clock
        world.backend.pay(invoice)
        ear.hints.get(timeout=5)
        world.relay.hang_up()
        until(lambda: world.relay.ever == 2 and listens(world))
    assert sinces(world) == {int(tills()) - 60}


def test_after_a_line_broke_what_came_meanwhile_is_asked_for(world: Connected, wallet: NWC) -> None:
    with Ear(wallet) as ear:
        until(lambda: listens(world))
        world.backend.clock.move(500)
        world.backend.pay(wallet.create_invoice(COFFEE).invoice)
        ear.hints.get(timeout=5)
        world.relay.heard.clear()
        world.relay.hang_up()
        until(lambda: world.relay.ever == 2 and listens(world))
    assert sinces(world) == {int(world.backend.clock()) - 60}
