"""Core Lightning: what its answers say, what its runes allow, and its own ways in which it can mislead a till."""

import base64
import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pos.domain.invoice import Invoice
from pos.environment import Wrong
from pos.settings import SettingsError
from pos.transport import Pin, Reply
from pos.wallets.base import (
    BadAnswer,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    WalletBusy,
    WalletError,
    WalletTimeout,
    WalletUnreachable,
    WrongInvoice,
    cancels,
    check_offer,
)
from pos.wallets.cln import CoreLightning, WalletSettings, open_wallet
from pos.wallets.cln.rune import Rune
from pos.wallets.registry import connection
from tests.certificates import self_signed
from tests.fakes import NOON, CannedTransport, FakeClock, make_node
from tests.loopback import served
from tests.settings.start import read
from tests.wallets.doubles.backend import sample
from tests.wallets.doubles.cln import FORGED, MASTER, RUNE, WITHOUT_INFO, CoreLightningDouble, rune
from tests.wallets.subjects import Bench, Subject, subject_of
from tests.wallets.tills import till_with

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
CREATED = sample("cln", "created")["body"]
UNPAID = sample("cln", "unpaid")["body"]["invoices"][0]
PAID = sample("cln", "paid")["body"]["invoices"][0]
MINE = Invoice("till-c1", CREATED["bolt11"], CREATED["payment_hash"], NOON + 600)
# Of lightning-createrune's manual page: the rune that can do everything, and one narrowed from it.
OF_THE_MANUAL = "OSqc7ixY6F-gjcigBfxtzKUI54uzgFSA6YfBQoWGDV89MA=="
READ_ONLY = (
    "zm0x_eLgHexaTvZn3Cz7gb_YlvrlYGDo_w4BYlR9SS09MSZtZXRob2RebGlzdHxtZXRob2ReZ2V0fG1ldGhvZD1zdW1tYXJ5Jm1ldGhvZC9saXN0ZGF0Y"
    "XN0b3Jl"
)


def recorded(name: str, **changes: Any) -> Reply:
    """An answer as Core Lightning documents it, with some fields of it changed."""
    said = sample("cln", name)
    return reply(said["status"], said["body"] | changes)


def listed(**changes: Any) -> Reply:
    return reply(201, {"invoices": [PAID | changes]})


def reply(status: int, body: object) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


def cln(*replies: Reply | Exception, clock: int = NOON, **changes: Any) -> tuple[CoreLightning, CannedTransport]:
    """Open one whose rune may not ask who the node is, as most tests are not about that."""
    transport = CannedTransport(list(replies))
    till = till_with(transport, clock=lambda: clock)
    return open_wallet(WalletSettings(**{"url": "https://cln.example:3010", "rune": WITHOUT_INFO} | changes), till), (
        transport
    )


EVERY_QUESTION: list[Callable[[CoreLightning], object]] = [
    lambda it: it.create_invoice(COFFEE),
    lambda it: it.look_up(MINE),
    lambda it: it.check_access(),
]


def test_it_is_asked_for_an_invoice_in_msat_under_a_label_of_the_charge() -> None:
    wallet, transport = cln(recorded("created"))
    assert wallet.create_invoice(COFFEE).invoice == replace(MINE, expires_at=2**62)
    assert transport.calls == [
        (
            "POST",
            "https://cln.example:3010/v1/invoice",
            {"Accept": "application/json", "Rune": WITHOUT_INFO},
            {"amount_msat": 2_100_000, "label": "till-c1", "description": "Coffee ☕", "expiry": 600},
        )
    ]


def test_a_memo_is_cut_at_what_fits_into_an_invoice_and_in_no_character() -> None:
    wallet, transport = cln(recorded("created"))
    wallet.create_invoice(replace(COFFEE, memo="☕" * 400))
    assert transport.calls[0][3]["description"] == "☕" * 213  # type: ignore[index]


def test_it_is_given_the_whole_text_that_is_to_be_hashed() -> None:
    wallet, transport = cln(recorded("created"))
    wallet.create_invoice(replace(COFFEE, hashed_description="☕" * 400))
    asked = {"description": "☕" * 400, "deschashonly": True}
    assert transport.calls[0][3] == {"amount_msat": 2_100_000, "label": "till-c1", "expiry": 600} | asked


def test_an_invoice_over_a_hash_whose_answer_was_lost_is_found_by_its_text() -> None:
    there = reply(201, {"invoices": [UNPAID | {"description": "[[]]"}]})
    wallet, _ = cln(recorded("label_taken"), there)
    asked = replace(COFFEE, hashed_description="[[]]")
    assert wallet.create_invoice(asked).invoice == replace(MINE, expires_at=2**62)


@pytest.mark.parametrize("taken", ["label_taken", "label_taken_old"])
def test_an_invoice_whose_answer_was_lost_is_found_by_its_label(taken: str) -> None:
    assert sample("cln", taken)["status"] == 500
    wallet, transport = cln(recorded(taken), recorded("unpaid"))
    assert wallet.create_invoice(COFFEE).invoice == replace(MINE, expires_at=2**62)
    assert transport.calls[1][3] == {"label": "till-c1"}


@pytest.mark.parametrize(
    "there",
    [
        [],
        [UNPAID | {"status": "expired"}],
        [UNPAID | {"expires_at": NOON}],
        [UNPAID | {"amount_msat": 21_000}],
        [UNPAID | {"description": "Tea"}],
        [PAID],
    ],
    ids=["none", "expired", "expires now", "another sum", "another memo", "paid"],
)
def test_what_lies_under_the_label_and_is_not_this_sale_is_left_there(there: list[object]) -> None:
    wallet, transport = cln(recorded("label_taken"), reply(201, {"invoices": there}), recorded("created"))
    assert wallet.create_invoice(COFFEE).invoice.id == f"till-c1-{NOON}"
    assert transport.calls[2][3]["label"] == f"till-c1-{NOON}"  # type: ignore[index]


def test_the_doctor_may_come_again_and_again(tmp_path: Path, clock: FakeClock) -> None:
    with subject_of("cln", clock, tmp_path) as subject:
        trial = InvoiceRequest(1, "Doctor", 60, "doctor")
        for _ in range(5):
            check_offer(trial, subject.wallet.create_invoice(trial), "bcrt", int(clock()))
            clock.move(45)


@pytest.mark.parametrize("name", ["unpaid", "expired"])
def test_only_a_paid_invoice_is_paid(name: str) -> None:
    wallet, transport = cln(recorded(name))
    assert wallet.look_up(MINE) is None
    assert transport.calls[0][3] == {"payment_hash": MINE.payment_hash}


@pytest.mark.parametrize("name", ["paid", "paid_old"])
def test_a_payment_is_read_in_sat_with_time_and_proof_also_from_amounts_with_their_unit(name: str) -> None:
    wallet, _ = cln(recorded(name))
    settlement = wallet.look_up(MINE)
    assert settlement is not None
    assert (settlement.received_sat, settlement.settled_at) == (2100, NOON + 5)
    assert settlement.preimage == PAID["payment_preimage"]


@pytest.mark.parametrize(
    ("changes", "received", "proven"),
    [
        ({"amount_received_msat": 2_100_999}, 2100, True),
        ({"amount_received_msat": "3000000msat"}, 3000, True),
        ({"payment_preimage": None}, 2100, False),
    ],
)
def test_what_was_paid_is_floored_and_may_come_without_proof(
    changes: dict[str, object], received: int, proven: bool
) -> None:
    wallet, _ = cln(listed(**changes))
    settlement = wallet.look_up(MINE)
    assert settlement is not None
    assert (settlement.received_sat, settlement.preimage is not None) == (received, proven)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "complete"},
        {"status": None},
        {"amount_received_msat": "2100sat"},
        {"amount_received_msat": "msat"},
        {"amount_received_msat": None},
        {"payment_hash": "ab" * 32},
        {"payment_hash": ""},
    ],
)
def test_an_answer_that_cannot_be_understood_is_no_payment(changes: dict[str, object]) -> None:
    wallet, _ = cln(listed(**changes))
    with pytest.raises(BadAnswer):
        wallet.look_up(MINE)


@pytest.mark.parametrize("invoices", [None, {}, [5], "none"])
def test_what_is_no_list_of_invoices_is_refused(invoices: object) -> None:
    wallet, _ = cln(reply(201, {"invoices": invoices}))
    with pytest.raises(BadAnswer, match="no invoices"):
        wallet.look_up(MINE)


def test_an_invoice_that_was_taken_back_is_not_paid_and_long_after_nothing_is_known_of_it() -> None:
    """Some nodes throw away what was paid as well, a day or more later."""
    a_day_later = MINE.expires_at + 24 * 3600
    assert cln(recorded("unknown"), clock=a_day_later - 1)[0].look_up(MINE) is None
    with pytest.raises(BadAnswer, match="does not know the invoice any more"):
        cln(recorded("unknown"), clock=a_day_later)[0].look_up(MINE)


def test_a_cancelled_sale_cannot_be_paid_any_more(tmp_path: Path, clock: FakeClock) -> None:
    with subject_of("cln", clock, tmp_path) as subject:
        wallet, backend = subject.wallet, subject.backend
        assert isinstance(backend, CoreLightningDouble)
        invoice = wallet.create_invoice(COFFEE).invoice
        assert cancels(wallet)
        wallet.cancel(invoice)
        assert backend.labels == {}
        assert subject.wallet.look_up(replace(invoice, expires_at=NOON + 600)) is None


def test_an_invoice_that_was_paid_a_moment_ago_is_not_taken_back() -> None:
    wallet, transport = cln(recorded("paid_meanwhile"))
    with pytest.raises(BadAnswer, match="status is paid"):
        wallet.cancel(MINE)
    assert transport.calls[0][3] == {"label": "till-c1", "status": "unpaid"}


@pytest.mark.parametrize("name", ["no_rune", "wrong_rune", "wrong_rune_old", "not_permitted", "revoked_rune"])
def test_a_rune_that_it_does_not_take_is_for_the_owner_to_mend(name: str) -> None:
    for ask in EVERY_QUESTION:
        with pytest.raises(KeyRefused):
            ask(cln(recorded(name))[0])


def test_a_fault_of_the_rune_is_one_whatever_the_status() -> None:
    with pytest.raises(KeyRefused):
        cln(reply(500, {"code": 1502, "message": "Not permitted"}))[0].look_up(MINE)


@pytest.mark.parametrize("name", ["too_often", "too_soon"])
def test_a_rune_that_is_used_too_often_is_right_and_has_to_wait(name: str) -> None:
    with pytest.raises(WalletBusy) as busy:
        cln(recorded(name))[0].create_invoice(COFFEE)
    assert busy.value.retry_after == 20


def test_what_is_wrong_with_a_sale_is_told_in_its_own_words() -> None:
    with pytest.raises(InvoiceRefused, match="expiry: should be"):
        cln(recorded("bad_expiry"))[0].create_invoice(COFFEE)


def test_a_failure_of_the_node_is_no_refusal_of_a_sale_where_none_was_asked_for() -> None:
    with pytest.raises(BadAnswer):
        cln(recorded("bad_expiry"))[0].look_up(MINE)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Reply(404, {}, b"<html>not here</html>"), "there is no CLNRest at CLNREST_URL"),
        (recorded("no_method"), "Unknown command"),
    ],
)
def test_an_address_where_there_is_no_clnrest_is_named(answer: Reply, told: str) -> None:
    with pytest.raises(BadAnswer, match=told):
        cln(answer)[0].create_invoice(COFFEE)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_node_that_is_down_behind_a_proxy_is_worth_another_try(status: int) -> None:
    with pytest.raises(WalletUnreachable):
        cln(Reply(status, {}, b"<html>Bad Gateway</html>"))[0].create_invoice(COFFEE)


def test_a_node_that_has_no_room_to_receive_sells_and_says_so() -> None:
    assert cln(recorded("created"))[0].create_invoice(COFFEE).notes == ()
    notes = cln(recorded("created_no_room"))[0].create_invoice(COFFEE).notes
    assert notes == ("Core Lightning may not be paid: its channels have no room to receive this sum.",)


def test_a_rune_that_may_ask_who_the_node_is_binds_every_invoice_to_it_and_asks_once() -> None:
    node = sample("cln", "info")["body"]["id"]
    wallet, transport = cln(reply(201, sample("cln", "info")["body"]), *[recorded("created")] * 2, rune=RUNE)
    assert [wallet.create_invoice(COFFEE).payee for _ in range(2)] == [node, node]
    assert [call[1].rpartition("/")[2] for call in transport.calls] == ["getinfo", "invoice", "invoice"]


def test_an_invoice_that_another_node_has_signed_is_not_shown(tmp_path: Path, clock: FakeClock) -> None:
    with subject_of("cln", clock, tmp_path) as subject:
        subject.wallet.check_access()
        assert subject.backend is not None
        subject.backend.node = make_node()
        with pytest.raises(WrongInvoice, match="another node signed it"):
            check_offer(COFFEE, subject.wallet.create_invoice(COFFEE), "bcrt", NOON)


def test_all_that_is_asked_for_a_first_sale_is_asked_within_the_time_of_one_question() -> None:
    """Who the node is, for an invoice, for what lies under its label, and for another invoice."""
    there = reply(201, {"invoices": []})
    wallet, transport = cln(recorded("info"), recorded("label_taken"), there, recorded("created"), rune=RUNE)
    wallet.create_invoice(COFFEE)
    first, second, third, fourth = transport.timeouts
    assert 10 >= first > second > third > fourth


def test_all_that_the_doctor_asks_is_asked_within_the_time_of_one_question() -> None:
    wallet, transport = cln(reply(201, {"invoices": []}), recorded("info"), rune=RUNE)
    wallet.check_access()
    assert 10 >= transport.timeouts[0] > transport.timeouts[1]


def test_a_rune_that_may_not_ask_who_the_node_is_does_not_and_sells() -> None:
    wallet, transport = cln(recorded("unknown"), recorded("created"))
    access = wallet.check_access()
    assert (access.spends, access.network, access.payee) == (False, None, None)
    assert wallet.create_invoice(COFFEE).payee is None
    assert not any("getinfo" in call[1] for call in transport.calls)


def test_a_rune_that_is_narrowed_in_another_way_sells_all_the_same() -> None:
    wallet, transport = cln(recorded("not_permitted"), *[recorded("created")] * 2, rune=RUNE)
    assert [wallet.create_invoice(COFFEE).payee for _ in range(2)] == [None, None]
    assert len(transport.calls) == 3


@pytest.mark.parametrize("failure", [WalletTimeout("no answer"), recorded("bad_expiry")])
def test_a_node_that_could_not_say_who_it_is_is_asked_again(failure: Reply | Exception) -> None:
    wallet, _ = cln(failure, recorded("info"), recorded("created"), rune=RUNE)
    with pytest.raises(WalletError):
        wallet.create_invoice(COFFEE)
    assert wallet.create_invoice(COFFEE).payee


@pytest.mark.parametrize(
    ("name", "network"),
    [("bitcoin", "bc"), ("testnet", "tb"), ("testnet4", "tb"), ("signet", "tbs"), ("regtest", "bcrt"), (5, None)],
)
def test_it_says_which_network_it_is_on(name: object, network: str | None) -> None:
    wallet, _ = cln(recorded("unknown"), recorded("info", network=name), rune=RUNE)
    assert wallet.check_access().network == network


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"warning_bitcoind_sync": "Bitcoind is not up-to-date with network."}, "behind the chain"),
        ({"warning_lightningd_sync": "Still loading latest blocks from bitcoind."}, "behind the chain"),
        ({"num_active_channels": 0}, "no active channel"),
    ],
)
def test_what_keeps_it_from_being_paid_is_told_as_it_is_now(changes: dict[str, object], told: str) -> None:
    wallet, _ = cln(
        *[recorded("unknown"), recorded("info")], *[recorded("unknown"), recorded("info", **changes)], rune=RUNE
    )
    assert wallet.check_access().notes == ()
    notes = wallet.check_access().notes
    assert len(notes) == 1
    assert told in notes[0]


def test_a_node_of_another_authority_is_not_told_the_rune(tmp_path: Path, clock: FakeClock) -> None:
    mine, other = self_signed(tmp_path), self_signed(tmp_path, "other")
    backend, bench = CoreLightningDouble(clock), Bench(clock, tmp_path)
    with closing(bench.transport), served(backend, mine.tls()) as url:
        for pin in (Pin.parse(other.pem), None):
            wallet = bench.open("cln", WalletSettings(url=url, rune=RUNE, certificate=pin))
            with pytest.raises(WalletUnreachable, match="its certificate is"):
                wallet.check_access()
    assert not backend.asked


def test_an_emoji_reaches_it_as_it_is(tmp_path: Path, clock: FakeClock) -> None:
    """lightningd's own reader takes no escaped halves of one."""
    with subject_of("cln", clock, tmp_path) as subject:
        subject.wallet.create_invoice(replace(COFFEE, memo="Cake 🍰"))
        assert "Cake 🍰".encode() in body_of(subject)


def body_of(subject: Subject) -> bytes:
    assert isinstance(subject.backend, CoreLightningDouble)
    return subject.backend.asked[-1].get_data()


# What a rune allows.


@pytest.mark.parametrize(
    ("restrictions", "spends"),
    [
        ("=3&method=invoice|method=listinvoices&rate=300", False),
        ("=3&method=invoice", False),
        ("method=invoice|method=delinvoice|method=getinfo", False),
        ("=3-1&pnameamount_msat<1000000&method=invoice|method=listinvoices", False),
        ("=3&method=pay|method=invoice", True),
        ("=3&method=invoice|method^list", True),
        ("=3&method=invoice|rate=60", True),
        ("=3&method/pay", True),
        ("=3&method^invoice", True),
        (r"=3&method=invoice\|method=pay", True),
        (r"=3&method=\invoice", False),
        ("=3&method=invoice|method=", True),
        ("=3&rate=60", True),
        ("=0", True),
        ("", True),
    ],
)
def test_a_rune_says_itself_whether_it_can_spend(restrictions: str, spends: bool) -> None:
    assert Rune.read(rune(restrictions)).can_spend is spends


@pytest.mark.parametrize(("text", "spends"), [(OF_THE_MANUAL, True), (READ_ONLY, True)])
def test_the_runes_of_the_manual_are_read(text: str, spends: bool) -> None:
    assert Rune.read(text).can_spend is spends


@pytest.mark.parametrize(
    "text", ["", "hello", "ä" * 50, "A" * 40, base64.b64encode(b"\xff" * 40).decode(), rune("a|b")]
)
def test_what_is_not_as_lightningd_writes_it_is_unknown_and_may_be_asked(text: str) -> None:
    found = Rune.read(text)
    assert found.can_spend is None
    assert found.per_minute is None
    assert found.may("getinfo")


@given(st.text(max_size=100))
@example("=" * 8)
def test_no_text_makes_the_reader_stumble(junk: str) -> None:
    Rune.read(junk)
    assert Rune.read(rune(junk.encode("utf-8", "replace").decode())).can_spend in (True, False, None)


@given(st.lists(st.sampled_from(["pay", "invoice", "=", "&", "|", "\\", "method", "^", "rate", "x"]), max_size=30))
@settings(max_examples=300)
def test_a_rune_that_does_not_name_a_harmless_method_can_spend(parts: list[str]) -> None:
    text = "".join(parts)
    if "method=invoice" not in text.replace("\\", ""):
        assert Rune.read(rune(text)).can_spend is not False


@given(st.integers(0, len(MASTER)), st.text("ABCwxyz0189-_=", max_size=4))
def test_a_master_rune_in_which_something_is_wrong_is_never_taken_for_one_that_cannot_spend(at: int, put: str) -> None:
    assert Rune.read(MASTER[:at] + put + MASTER[at + 1 :]).can_spend is not False


def test_a_rune_that_can_spend_is_warned_of_before_anybody_is_asked() -> None:
    assert any("CLNREST_RUNE can spend" in it for it in cln(rune=MASTER)[0].advice.warnings)
    assert not cln(rune=RUNE)[0].advice.warnings


@pytest.mark.parametrize(("rate", "questions"), [(None, 5), (1000, 5), (300, 3), (60, 1), (1, 1)])
def test_it_is_asked_no_oftener_than_its_rune_may_be_used(rate: int | None, questions: int) -> None:
    restrictions = "=3&method=invoice|method=listinvoices" + (f"&rate={rate}" if rate else "")
    wallet, _ = cln(rune=rune(restrictions))
    assert wallet.questions_per_second == questions
    assert bool(wallet.advice.warnings) is (rate is not None and rate < 120)


def test_a_rate_that_is_one_way_of_several_is_no_limit() -> None:
    assert cln(rune=rune("=3&method=invoice|method=listinvoices&rate=60|time<1"))[0].questions_per_second == 5


# Its settings.


def test_the_names_of_lnbits_for_the_same_node_are_taken(tmp_path: Path) -> None:
    theirs = {"CLNREST_URL": "https://127.0.0.1:3010/", "CLNREST_CERT": "AB" * 32, "CLNREST_INVOICE_RUNE": RUNE}
    assert read(tmp_path, POS_WALLET="cln", **theirs).wallet_settings == WalletSettings(
        url="https://127.0.0.1:3010", rune=RUNE, certificate=Pin(thumbprint="ab" * 32)
    )


TWO_LISTS = rune("=3&method=invoice&method=listinvoices")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"CLNREST_URL": ""}, "CLNREST_URL is not set, and the wallet cln needs it"),
        ({"CLNREST_RUNE": ""}, "CLNREST_RUNE is not set"),
        ({"CLNREST_RUNE": RUNE[:30]}, "CLNREST_RUNE is no rune, or not a whole one"),
        (
            {"CLNREST_RUNE": TWO_LISTS},
            "CLNREST_RUNE does not allow invoice and listinvoices, .* all methods in one list",
        ),
        ({"CLNREST_RUNE": rune("=3&method=invoice")}, "does not allow listinvoices"),
        ({"CLNREST_CA": "ca.pem"}, "CLNREST_CA is no thumbprint, no certificate, and no file that can be read"),
        ({"CLNREST_URL": "http://127.0.0.1:3010"}, "CLNREST_CA is set, and CLNREST_URL is no https address"),
    ],
)
def test_what_is_missing_or_wrong_stops_the_start(tmp_path: Path, changes: dict[str, str], problem: str) -> None:
    right = {"CLNREST_URL": "https://cln.example:3010", "CLNREST_RUNE": RUNE, "CLNREST_CA": "AB" * 32}
    with pytest.raises(SettingsError, match=problem) as stopped:
        read(tmp_path, POS_WALLET="cln", **right | changes)
    assert RUNE[:30] not in str(stopped.value)


def test_an_address_that_others_can_read_along_is_warned_of() -> None:
    assert cln(url="http://umbrel.local:3010")[0].advice.warnings
    assert not cln(url="http://abc.onion:3010")[0].advice.warnings


# Its strings.


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"clnrest://umbrel.local:3010?rune={RUNE}", "https://umbrel.local:3010"),
        (f"CLNREST://umbrel.local:3010/?&rune={RUNE}", "https://umbrel.local:3010"),
        (f"clnrest+https://umbrel.local:3010?rune={RUNE}", "https://umbrel.local:3010"),
        (f"clnrest+http://abc.onion:3010?rune={RUNE}", "http://abc.onion:3010"),
        (f"clnrest://http://abc.onion:3010?rune={RUNE}", "http://abc.onion:3010"),
        (f"clnrest://https://umbrel.local:3010?rune={RUNE}", "https://umbrel.local:3010"),
        (f"clnrest://abc.onion:3010?rune={RUNE}&protocol=http", "http://abc.onion:3010"),
        (f"clnrest://umbrel.local:3010?token={RUNE}", "https://umbrel.local:3010"),
        (f"clnrest+http://abc.onion:3010?rune={RUNE}&certs=LS0t", "http://abc.onion:3010"),
        (f"clnrest://[::1]:3010?rune={RUNE}", "https://[::1]:3010"),
    ],
)
def test_a_clnrest_string_stands_for_the_settings(text: str, url: str) -> None:
    assert connection(text) == ("cln", {"CLNREST_URL": url, "CLNREST_RUNE": RUNE})


@pytest.mark.parametrize("certificate", ["é", "caf%C3%A9", "hello"])
def test_what_is_no_base64_in_the_place_of_a_certificate_is_told_by_the_setting(
    tmp_path: Path, certificate: str
) -> None:
    found = connection(f"clnrest://umbrel.local:3010?rune={RUNE}&certs={certificate}").settings
    with pytest.raises(SettingsError, match="CLNREST_CA is no thumbprint, no certificate"):
        read(tmp_path, POS_WALLET="cln", **found)


def test_a_rune_in_the_other_base64_is_taken_as_it_is() -> None:
    other = base64.b64encode(b"\xfb\xef\xbe" * 11 + b"=3&method=pay").decode()
    assert "+" in other
    assert connection(f"clnrest://umbrel.local:3010?rune={other}").settings["CLNREST_RUNE"] == other


def test_of_the_certificates_in_a_string_only_that_of_the_authority_is_taken_and_no_key(tmp_path: Path) -> None:
    authority, mine = self_signed(tmp_path, "ca"), self_signed(tmp_path, "client")
    everything = f"{mine.key.read_text()}{mine.pem}{authority.pem}".encode()
    for name, given_ in (
        ("certs", base64.b64encode(everything)),
        ("caCert", base64.urlsafe_b64encode(authority.der).rstrip(b"=")),
    ):
        found = connection(f"clnrest+https://umbrel.local:3010?rune={RUNE}&{name}={given_.decode()}")
        settings_ = read(tmp_path, POS_WALLET="cln", **found.settings).wallet_settings
        assert isinstance(settings_, WalletSettings)
        assert settings_.certificate is not None
        assert "PRIVATE" not in settings_.certificate.pem
        shown = subprocess.run(
            ["openssl", "x509", "-outform", "DER"],
            input=settings_.certificate.pem.encode(),
            capture_output=True,
            check=True,
            timeout=30,
        )
        assert shown.stdout == authority.der


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("clnrest://umbrel.local:3010", "without its rune, as in clnrest://"),
        (f"clnrest://umbrel.local?rune={RUNE}", "without the address of a node and its port"),
        (f"clnrest://?rune={RUNE}", "without the address of a node and its port"),
        (f"clnrest://umbrel.local:99999?rune={RUNE}", "without the address of a node and its port"),
        (f"clnrest://umbrel.local:3010?rune={RUNE}&certs=LS0tLS1CRUdJTiBQUklWQVRF", "certificate is not a whole one"),
        ("type=clightning;server=unix://root/.lightning/lightning-rpc", "Core Lightning's socket, .* its REST"),
        ("type=clightning;server=tcp://1.1.1.1:27743/", "clnrest-port=3010"),
    ],
)
def test_half_a_string_is_told_what_is_missing_and_holds_no_key(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem) as wrong:
        connection(text)
    assert RUNE not in str(wrong.value)


def test_a_forged_rune_is_another_wallet() -> None:
    assert cln(rune=RUNE)[0].identity != cln(rune=FORGED)[0].identity
