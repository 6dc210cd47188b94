"""The lines to the relays: one each, kept and mended; and no relay so bad that another one does not make up for it."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from pos.transport import Transport
from pos.wallets.base import WalletBusy, WalletTimeout, WalletUnreachable
from pos.wallets.nwc.line import Pace
from pos.wallets.stream import MAX_BYTES
from tests.certificates import self_signed
from tests.loopback import served
from tests.processes import until
from tests.threads import none_left
from tests.wallets.doubles.nwc import TILL, public
from tests.wallets.doubles.relay import Guest, Relay, relaying
from tests.wallets.nwc.connected import COFFEE, SOON_AGAIN, Connected, connected

NOBODY = "ws://127.0.0.1:9"
# Seconds, short where they are used up.
BRISK = replace(SOON_AGAIN, message=0.2)


@pytest.fixture
def world() -> Iterator[Connected]:
    with connected() as world:
        yield world


def test_nobody_is_called_before_the_first_question(world: Connected) -> None:
    wallet = world.wallet()
    assert wallet.identity
    assert wallet.advice
    assert world.relay.ever == 0


def test_a_hundred_open_charges_cost_one_socket(world: Connected) -> None:
    wallet = world.wallet()
    invoices = [wallet.create_invoice(COFFEE).invoice for _ in range(100)]
    world.backend.pay(invoices[70])
    with ThreadPoolExecutor(20) as screens:
        settled = list(screens.map(wallet.look_up, invoices))
    assert [it is not None for it in settled] == [i == 70 for i in range(100)]
    assert (world.relay.ever, len(world.relay.guests)) == (1, 1)


def test_what_was_answered_is_not_listened_to_any_more(world: Connected) -> None:
    wallet = world.wallet()
    for _ in range(3):
        wallet.create_invoice(COFFEE)
    until(lambda: not any(guest.subscriptions for guest in world.relay.guests))


def test_questions_do_not_wait_for_each_other(world: Connected) -> None:
    """The wallet answers none of them before it has all: who asked one after another would never hear of the first."""
    wallet = world.wallet()
    wallet.create_invoice(COFFEE)
    together = Barrier(5, timeout=30)

    with ThreadPoolExecutor(5) as inside, ThreadPoolExecutor(5) as screens:

        def late(relay: Relay, said: dict[str, object]) -> None:
            inside.submit(lambda: (together.wait(), hear(relay, said)))

        hear, world.relay.on_event[0] = world.relay.on_event[0], late
        assert len(list(screens.map(lambda _: wallet.create_invoice(COFFEE), range(5)))) == 5


def test_a_line_that_broke_is_opened_again(world: Connected) -> None:
    wallet = world.wallet()
    wallet.create_invoice(COFFEE)
    for breaks in range(3):
        world.relay.hang_up()
        until(partial(have_called, world.relay, breaks + 2))
        wallet.create_invoice(COFFEE)


def have_called(relay: Relay, times: int) -> bool:
    return relay.ever == times


def test_a_question_under_way_is_said_again_over_the_new_line(world: Connected) -> None:
    wallet = world.wallet()
    wallet.create_invoice(COFFEE)
    world.relay.is_deaf = True
    with ThreadPoolExecutor(1) as screen:
        world.relay.heard.clear()
        asked = screen.submit(wallet.create_invoice, COFFEE)
        until(lambda: any(it[0] == "EVENT" for it in world.relay.heard))
        world.relay.is_deaf = False
        world.relay.hang_up()
        assert asked.result(timeout=5)


def test_a_relay_that_comes_back_is_found_again(world: Connected) -> None:
    with relaying() as other:
        world.backend.join(other)
        wallet = world.wallet(where=[other])
        wallet.create_invoice(COFFEE)
    with pytest.raises(WalletUnreachable, match="no relay leads to it"):
        until(lambda: not wallet.create_invoice(COFFEE))
    with relaying(other):
        # A screen asks again and again, and is told no sooner than somebody listens.
        until(lambda: is_answered(wallet))


def is_answered(wallet: object) -> bool:
    try:
        wallet.create_invoice(COFFEE)  # type: ignore[attr-defined]
    except (WalletUnreachable, WalletTimeout):
        return False
    return True


def test_a_relay_that_is_dead_changes_nothing(world: Connected) -> None:
    wallet = world.wallet(where=[NOBODY, world.relay], timeout=5)
    invoice = wallet.create_invoice(COFFEE).invoice
    assert wallet.look_up(invoice) is None
    assert wallet.check_access().spends is False


def test_a_relay_that_takes_no_connection_in_changes_nothing(world: Connected) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        wallet = world.wallet(where=[f"ws://127.0.0.1:{hanging.getsockname()[1]}", world.relay], timeout=5)
        invoice = wallet.create_invoice(COFFEE).invoice
        assert wallet.look_up(invoice) is None


def test_a_relay_that_says_nothing_at_all_changes_nothing() -> None:
    with connected(2) as world:
        world.relays[0].is_deaf = True
        wallet = world.wallet(timeout=5)
        assert wallet.look_up(wallet.create_invoice(COFFEE).invoice) is None


def test_each_relay_is_asked() -> None:
    with connected(3) as world:
        wallet = world.wallet(timeout=1)
        wallet.check_access()
        # Nobody answers, so nobody is too late to be asked.
        for relay in world.relays:
            relay.is_deaf = True
        with pytest.raises(WalletTimeout):
            wallet.create_invoice(COFFEE)
        assert all(any(it[0] == "EVENT" for it in relay.heard) for relay in world.relays)


def test_what_is_asked_over_each_relay_is_one_question() -> None:
    with connected(3) as world:
        world.wallet().create_invoice(COFFEE)
        assert len(world.backend.made) == 1


def test_a_relay_that_keeps_nothing_is_not_held_up_by_one_that_says_nothing() -> None:
    with connected(2) as world:
        world.relays[0].is_deaf = True
        world.relays[1].kept.clear()
        assert world.wallet(timeout=5).create_invoice(COFFEE)


def test_a_relay_that_could_not_be_reached_a_moment_ago_is_not_waited_for(world: Connected) -> None:
    wallet = world.wallet(where=[NOBODY], timeout=1, pace=Pace(pause=60))
    for _ in range(2):
        with pytest.raises(WalletUnreachable, match="no relay leads to it"):
            wallet.create_invoice(COFFEE)


def test_a_relay_that_sends_its_guests_elsewhere_is_not_followed(world: Connected) -> None:
    with (
        relaying(Relay(answers=302, moved_to=world.relay.address)) as other,
        pytest.raises(WalletUnreachable),
    ):
        world.wallet(where=[other]).create_invoice(COFFEE)
    assert world.relay.ever == 0


def test_a_relay_that_refuses_changes_nothing_and_alone_is_told_by_its_reason(world: Connected) -> None:
    with relaying(Relay(refuses="blocked: not on the list")) as other:
        world.wallet(where=[other, world.relay]).create_invoice(COFFEE)
        with pytest.raises(WalletUnreachable, match=r"no relay leads to it: 127.0.0.1: blocked: not on the list"):
            world.wallet(where=[other]).create_invoice(COFFEE)


def test_a_relay_that_is_busy_wants_to_be_asked_less(world: Connected) -> None:
    world.relay.refuses = "rate-limited: slow down"
    with pytest.raises(WalletBusy):
        world.wallet().create_invoice(COFFEE)


def test_what_came_over_another_relay_before_is_no_refusal(world: Connected) -> None:
    wallet = world.wallet()
    world.backend.lies = lambda _: []

    def duplicate(relay: Relay, event: dict[str, object]) -> None:
        for guest in relay.guests:
            guest.say("OK", event["id"], False, "duplicate: had that")

    world.relay.on_event.insert(0, duplicate)
    wallet.create_invoice(COFFEE)


def test_a_relay_that_closes_what_is_listened_to_is_told_by_its_reason(world: Connected) -> None:
    def closing(relay: Relay, _event: dict[str, object]) -> None:
        for guest in relay.guests:
            for name in guest.subscriptions:
                guest.say("CLOSED", name, "error: shutting down")

    world.relay.on_event.insert(0, closing)
    world.backend.is_silent = True
    with pytest.raises(WalletUnreachable, match="shutting down"):
        world.wallet().create_invoice(COFFEE)


def test_a_relay_that_wants_to_know_us_is_shown_our_key(world: Connected) -> None:
    world.relay.wants_proof = True
    world.wallet().create_invoice(COFFEE)
    proof = world.relay.proof
    assert proof is not None
    assert (proof["kind"], proof["pubkey"]) == (22242, public(TILL))


def test_a_relay_that_lets_only_members_in_says_so(world: Connected) -> None:
    world.relay.wants_proof, world.relay.lets_in = True, False
    with pytest.raises(WalletUnreachable, match="does not let us in: restricted: members only"):
        world.wallet().create_invoice(COFFEE)


@pytest.mark.parametrize(
    "noise",
    [
        *('["NOTICE", "hello"]', "[]", "{}", "null", "hello", '["EVENT"]', '["EVENT", "x", 5]', '["OK", 1]'),
        *("[" * 5000, '["NOTICE", "\\ud800"]', '["AUTH", "\\ud800"]', '["AUTH", 5]'),
    ],
)
def test_what_a_relay_says_beside_the_point_is_passed_over(world: Connected, noise: str) -> None:
    world.relay.on_arrival = lambda guest: guest.send(noise.encode())
    world.wallet().create_invoice(COFFEE)
    assert world.relay.ever == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"\x81\x7f" + (2**40).to_bytes(8, "big") + b"x" * (MAX_BYTES + 2),
        b"\x81\x7f" + b"\xff" * 8,
        b"\xff\xff\xff",
        b"\x81\x02\xff\xff",
        b"\x88\x00",
        b"\x81\x7e\xff\xff" + b"x",
    ],
    ids=["endless", "larger than anything", "no frame", "no text", "closed", "begun"],
)
def test_a_relay_that_sends_nonsense_is_called_again(world: Connected, sent: bytes) -> None:
    def arrive(guest: Guest) -> None:
        if world.relay.ever == 1:
            guest.send_raw(sent)

    world.relay.on_arrival = arrive
    world.wallet(pace=BRISK).create_invoice(COFFEE)
    until(lambda: world.relay.ever >= 2)


@pytest.mark.parametrize(
    "cookie",
    [
        "x=1; Domain=127.0.0.1",
        # What Python takes for line breaks: a request that is broken off there.
        r'x="a\015\012\015\012"; Domain=127.0.0.1',
        r'x="a\015\012X-More: 1"; Domain=127.0.0.1',
        # What Python takes for no cookie.
        "a@b=c",
        "x/y=1; Path=/",
    ],
)
def test_no_relay_is_told_what_another_one_has_its_guests_keep(world: Connected, cookie: str) -> None:
    with relaying(Relay(cookie=cookie)) as other:
        wallet = world.wallet(where=[world.relay, other])
        wallet.create_invoice(COFFEE)
        until(lambda: other.ever == 1)
        world.relay.hang_up()
        until(partial(have_called, world.relay, 2))
        until(lambda: len(world.relay.guests) == 1)
        wallet.create_invoice(COFFEE)
    (guest,) = world.relay.guests
    assert not {"cookie", "x-more"} & guest.headers.keys()


class Stumbling(Transport):
    """The network, where the first to open a line is met by what nobody has thought of."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.errors = [error]

    def open(self, *args: Any, **kwargs: Any) -> socket.socket:
        if self.errors:
            raise self.errors.pop()
        return super().open(*args, **kwargs)


def test_a_line_that_a_fault_of_our_own_broke_is_opened_again(
    world: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    # One question, during which it is mended.
    world.wallet(transport=Stumbling(ZeroDivisionError())).create_invoice(COFFEE)
    assert "relay 127.0.0.1: stumbled, and is called again" in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_line_whose_thread_has_ended_is_opened_by_a_later_question(world: Connected) -> None:
    wallet = world.wallet(transport=Stumbling(SystemExit()), timeout=0.2)
    with pytest.raises(WalletTimeout):
        wallet.create_invoice(COFFEE)
    until(lambda: is_answered(wallet))


def test_a_line_for_which_there_was_no_thread_is_opened_by_a_later_question(world: Connected) -> None:
    wallet = world.wallet()
    with none_left(), pytest.raises(WalletUnreachable, match="can't start new thread"):
        wallet.create_invoice(COFFEE)
    until(lambda: is_answered(wallet))


def test_a_relay_that_drips_is_called_again(world: Connected) -> None:
    over = Event()

    def arrive(guest: Guest) -> None:
        if world.relay.ever > 1:
            return
        guest.send_raw(b"\x81\x7e\xff\xff")
        while not over.wait(0.05):
            guest.send_raw(b"x")

    world.relay.on_arrival = arrive
    try:
        world.wallet(pace=BRISK).create_invoice(COFFEE)
        until(lambda: world.relay.ever >= 2)
    finally:
        over.set()


def test_a_line_on_which_nothing_is_said_is_asked_whether_it_is_there(world: Connected) -> None:
    wallet = world.wallet(pace=Pace(ping=1))
    wallet.create_invoice(COFFEE)
    until(lambda: world.relay.pings >= 2)
    assert world.relay.ever == 1


def test_a_relay_that_does_not_say_that_it_is_there_is_called_again(world: Connected) -> None:
    wallet = world.wallet(pace=Pace(ping=0.05, pause=0.02))
    wallet.create_invoice(COFFEE)
    world.relay.is_deaf = True
    until(lambda: world.relay.ever >= 2)


def test_a_line_that_brought_nothing_for_a_whole_question_is_not_trusted_any_more(world: Connected) -> None:
    """Half dead, as behind a router that forgot it: without this a shop would wait for the next ping."""
    wallet = world.wallet(timeout=2, pace=Pace(pause=0.02))
    wallet.create_invoice(COFFEE)
    world.relay.is_deaf = True
    with pytest.raises(WalletTimeout):
        wallet.create_invoice(COFFEE)
    until(lambda: world.relay.ever >= 2)


def test_a_line_over_which_the_relay_speaks_is_kept_though_the_wallet_is_silent(world: Connected) -> None:
    wallet = world.wallet(timeout=2)
    world.backend.is_silent = True
    with pytest.raises(WalletTimeout):
        wallet.create_invoice(COFFEE)
    world.backend.is_silent = False
    wallet.create_invoice(COFFEE)
    assert world.relay.ever == 1


def test_where_no_relay_can_be_reached_it_is_said_why(world: Connected, tmp_path: Path) -> None:
    def reason(where: str) -> str:
        with pytest.raises(WalletUnreachable) as unreachable:
            world.wallet(where=[where], timeout=5).create_invoice(COFFEE)
        return str(unreachable.value)

    assert reason(NOBODY).endswith("127.0.0.1: nothing listens at that port of its host")
    assert "cannot be found" in reason("ws://relay.invalid")
    with served(lambda *_: [b"hello"]) as plain:
        assert "does not speak https" in reason(plain.replace("http", "wss"))
    with relaying(Relay(answers=404)) as other:
        assert reason(other.address).endswith("it opens no stream: it answered 404")
    with relaying(Relay(answers=302)) as other:
        assert "does not speak WebSocket" in reason(other.address)
    with served(lambda *_: [b"hello"], self_signed(tmp_path).tls()) as untrusted:
        assert "its certificate is not valid" in reason(untrusted.replace("https", "wss"))


def test_a_wallet_that_was_closed_opens_its_lines_again_when_it_is_asked(world: Connected) -> None:
    wallet = world.wallet()
    wallet.create_invoice(COFFEE)
    wallet.close()
    until(lambda: not world.relay.guests)
    wallet.create_invoice(COFFEE)
    assert world.relay.ever == 2


def test_the_pause_between_two_calls_grows(world: Connected) -> None:
    """Ten times in the first second, and a relay that has a bad day would have all its guests at its throat."""
    world.relay.on_arrival = lambda guest: guest.hang_up()
    wallet = world.wallet(timeout=0.3, pace=Pace(pause=0.05, longest=60))
    with pytest.raises(WalletTimeout):
        wallet.create_invoice(COFFEE)
    assert world.relay.ever <= 6
