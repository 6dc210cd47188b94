"""LND: what its answers say, what its macaroons allow, and the ways of its own in which it can mislead a till."""

import base64
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pos.bolt11.decode import decode
from pos.domain.invoice import Invoice
from pos.environment import Wrong
from pos.settings import SettingsError
from pos.transport import Pin, Reply
from pos.wallets.base import (
    BadAnswer,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    WalletError,
    WalletTimeout,
    WalletUnreachable,
    WrongInvoice,
    cancels,
    check_offer,
)
from pos.wallets.lnd import Lnd, WalletSettings, open_wallet
from pos.wallets.lnd.macaroon import can_spend, may_ask_who, permissions
from pos.wallets.lnd.settings import macaroon as read_macaroon
from pos.wallets.registry import connection
from tests.certificates import self_signed
from tests.fakes import NOON, CannedTransport, FakeClock, make_node
from tests.loopback import served
from tests.settings.start import read
from tests.wallets.doubles.backend import sample
from tests.wallets.doubles.lnd import ADMIN, BAKED, FORGED, INVOICE, LndDouble, as_base64, macaroon
from tests.wallets.subjects import Bench, subject_of
from tests.wallets.tills import till_with

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
# What an invoice holds the hash of, and the hash (FIPS 180-4, B.1: the example of SHA-256).
HASHED, HASHED_AS = "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
CREATED = sample("lnd", "created")["body"]
HASH = base64.b64decode(CREATED["r_hash"]).hex()
MINE = Invoice(HASH, CREATED["payment_request"], HASH, NOON + 600)

EVERY_QUESTION: list[Callable[[Lnd], object]] = [
    lambda it: it.create_invoice(COFFEE),
    lambda it: it.look_up(MINE),
    lambda it: it.check_access(),
]


def recorded(name: str, **changes: Any) -> Reply:
    """An answer as LND documents it, with some fields of it changed."""
    said = sample("lnd", name)
    return reply(said["status"], said["body"] | changes)


def reply(status: int, body: object) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


def lnd(*replies: Reply | Exception, key: str = INVOICE, **changes: Any) -> tuple[Lnd, CannedTransport]:
    transport = CannedTransport(list(replies))
    till = till_with(transport)
    return open_wallet(
        WalletSettings(**{"url": "https://lnd.example:8080", "macaroon": key} | changes), till
    ), transport


def test_it_is_asked_for_an_invoice_with_numbers_as_texts_and_the_way_through_private_channels() -> None:
    wallet, transport = lnd(recorded("created"))
    assert wallet.create_invoice(COFFEE).invoice == replace(MINE, expires_at=2**62)
    assert transport.calls == [
        (
            "POST",
            "https://lnd.example:8080/v1/invoices",
            {"Accept": "application/json", "Grpc-Metadata-macaroon": INVOICE},
            {"value": "2100", "memo": "Coffee ☕", "expiry": "600", "private": True},
        )
    ]


def test_a_node_that_hides_its_private_channels_is_let_to() -> None:
    wallet, transport = lnd(recorded("created"), route_hints=False)
    wallet.create_invoice(COFFEE)
    assert transport.calls[0][3]["private"] is False  # type: ignore[index]


def test_a_memo_is_cut_at_what_fits_into_an_invoice_and_in_no_character() -> None:
    wallet, transport = lnd(recorded("created"))
    wallet.create_invoice(replace(COFFEE, memo="☕" * 400))
    assert transport.calls[0][3]["memo"] == "☕" * 213  # type: ignore[index]


@pytest.mark.parametrize("r_hash", ["", "ab", HASH, "!" * 44, base64.b64encode(bytes(31)).decode(), None, 7])
def test_a_hash_that_is_none_is_refused(r_hash: object) -> None:
    wallet, _ = lnd(recorded("created", r_hash=r_hash))
    with pytest.raises(BadAnswer, match="r_hash"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize("name", ["open", "accepted", "canceled"])
def test_only_a_settled_invoice_is_paid_though_its_preimage_is_there_before(name: str) -> None:
    """Money that is held (ACCEPTED) may still go back; and a "0" is no no to Python."""
    assert sample("lnd", name)["body"]["r_preimage"]
    wallet, _ = lnd(recorded(name))
    assert wallet.look_up(MINE) is None


def test_a_payment_is_read_in_sat_with_time_and_proof() -> None:
    wallet, transport = lnd(recorded("settled"))
    settlement = wallet.look_up(MINE)
    assert settlement is not None
    assert (settlement.received_sat, settlement.settled_at) == (2100, NOON + 5)
    assert settlement.preimage == base64.b64decode(sample("lnd", "settled")["body"]["r_preimage"]).hex()
    assert transport.calls[0][1] == f"https://lnd.example:8080/v1/invoice/{HASH}"


@pytest.mark.parametrize(
    ("changes", "received", "at"),
    [
        ({"amt_paid_msat": "2100999"}, 2100, NOON + 5),
        ({"amt_paid_msat": "3000000"}, 3000, NOON + 5),
        ({"settle_date": "0"}, 2100, None),
        ({"settled": False}, 2100, NOON + 5),
        ({"amt_paid_msat": 2_100_000, "settle_date": NOON}, 2100, NOON),
    ],
)
def test_what_was_paid_is_in_msat_and_its_time_may_be_unknown(
    changes: dict[str, object], received: int, at: int | None
) -> None:
    wallet, _ = lnd(recorded("settled", **changes))
    settlement = wallet.look_up(MINE)
    assert settlement is not None
    assert (settlement.received_sat, settlement.settled_at) == (received, at)


@pytest.mark.parametrize("preimage", ["", "ab", None, 5])
def test_paid_without_a_preimage_is_paid_and_not_proven(preimage: object) -> None:
    wallet, _ = lnd(recorded("settled", r_preimage=preimage))
    settlement = wallet.look_up(MINE)
    assert settlement is not None
    assert settlement.preimage is None


@pytest.mark.parametrize("changes", [{"state": "PAID"}, {"state": 1}, {"amt_paid_msat": "2100.5"}, {"r_hash": "AAAA"}])
def test_an_answer_that_cannot_be_understood_is_no_payment(changes: dict[str, object]) -> None:
    wallet, _ = lnd(recorded("settled", **changes))
    with pytest.raises(BadAnswer):
        wallet.look_up(MINE)


@pytest.mark.parametrize(
    "name",
    ["permission_denied", "permission_denied_old", "wrong_macaroon", "revoked_macaroon", "no_macaroon"],
)
def test_a_fault_of_the_key_is_one_though_it_comes_as_a_fault_of_the_server(name: str) -> None:
    assert sample("lnd", name)["status"] == 500
    for ask in EVERY_QUESTION:
        wallet, _ = lnd(recorded(name))
        with pytest.raises(KeyRefused):
            ask(wallet)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no_wallet", "has no wallet yet: make one with `lncli create`"),
        ("locked", "is locked: unlock it with `lncli unlock`"),
        ("waiting", "another one has its database"),
        ("starting", "is starting up: wait a minute"),
    ],
)
def test_a_node_that_is_not_ready_is_worth_another_try_and_says_what_to_do(name: str, told: str) -> None:
    for ask in EVERY_QUESTION:
        wallet, _ = lnd(recorded(name))
        with pytest.raises(WalletUnreachable, match=told):
            ask(wallet)


@pytest.mark.parametrize("status", [401, 403])
def test_a_proxy_that_lets_nobody_in_has_to_do_with_the_key(status: int) -> None:
    with pytest.raises(KeyRefused):
        lnd(Reply(status, {}, b"<html>Who are you?</html>"))[0].create_invoice(COFFEE)


def test_what_is_no_list_of_invoices_is_no_access() -> None:
    with pytest.raises(BadAnswer, match="no invoices"):
        lnd(reply(200, {}))[0].check_access()


@pytest.mark.parametrize("name", ["unknown", "unknown_old"])
def test_an_invoice_that_it_has_no_more_was_cancelled_and_can_be_paid_by_nobody(name: str) -> None:
    wallet, _ = lnd(recorded(name))
    assert wallet.look_up(MINE) is None


@pytest.mark.parametrize("body", [b"404 page not found\n", json.dumps(sample("lnd", "not_found")["body"]).encode()])
def test_a_server_that_is_no_lnd_says_nothing_of_an_invoice(body: bytes) -> None:
    wallet, _ = lnd(Reply(404, {}, body))
    with pytest.raises(BadAnswer, match="no LND at LND_REST_URL"):
        wallet.look_up(MINE)


def test_a_limit_of_its_own_is_told_in_its_own_words() -> None:
    wallet, _ = lnd(recorded("too_large"))
    with pytest.raises(InvoiceRefused, match="is too large, max is 100000 BTC"):
        wallet.create_invoice(COFFEE)


def test_an_error_in_an_object_of_its_own_is_read_too() -> None:
    wallet, _ = lnd(reply(500, {"error": {"code": 2, "message": "permission denied"}}))
    with pytest.raises(KeyRefused):
        wallet.look_up(MINE)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_node_that_is_down_behind_a_proxy_is_worth_another_try(status: int) -> None:
    wallet, _ = lnd(Reply(status, {}, b"<html>Bad Gateway</html>"))
    with pytest.raises(WalletUnreachable):
        wallet.create_invoice(COFFEE)


def test_an_address_without_https_is_told_where_the_node_speaks_nothing_else() -> None:
    wallet, _ = lnd(Reply(400, {}, b"Client sent an HTTP request to an HTTPS server.\n"))
    with pytest.raises(BadAnswer, match="has to begin with https://"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize("body", [b"404 page not found\n", json.dumps(sample("lnd", "not_found")["body"]).encode()])
def test_an_address_where_there_is_no_lnd_is_named(body: bytes) -> None:
    wallet, _ = lnd(Reply(404, {}, body))
    with pytest.raises(BadAnswer, match="no LND at LND_REST_URL"):
        wallet.create_invoice(COFFEE)


def test_a_key_that_may_ask_who_the_node_is_binds_every_invoice_to_it_and_asks_once() -> None:
    node = sample("lnd", "info")["body"]["identity_pubkey"]
    wallet, transport = lnd(recorded("info"), recorded("created"), recorded("created"), key=BAKED)
    assert [wallet.create_invoice(COFFEE).payee for _ in range(2)] == [node, node]
    assert [call[1].rpartition("/")[2] for call in transport.calls] == ["getinfo", "invoices", "invoices"]


def test_all_that_is_asked_for_a_first_sale_is_asked_within_the_time_of_one_question() -> None:
    wallet, transport = lnd(recorded("info"), recorded("created"), key=BAKED)
    wallet.create_invoice(COFFEE)
    assert 10 >= transport.timeouts[0] > transport.timeouts[1]


def test_all_that_the_doctor_asks_is_asked_within_the_time_of_one_question() -> None:
    wallet, transport = lnd(recorded("invoices"), recorded("info"), key=BAKED)
    wallet.check_access()
    assert 10 >= transport.timeouts[0] > transport.timeouts[1]


def test_an_invoice_that_another_node_has_signed_is_not_shown(tmp_path: Path, clock: FakeClock) -> None:
    with subject_of("lnd", clock, tmp_path) as subject:
        subject.wallet.create_invoice(COFFEE)
        assert subject.backend is not None
        subject.backend.node = make_node()
        with pytest.raises(WrongInvoice, match="another node signed it"):
            check_offer(COFFEE, subject.wallet.create_invoice(COFFEE), "bcrt", NOON)


def test_a_key_that_may_not_ask_who_the_node_is_does_not_and_sells() -> None:
    """LND's own invoice.macaroon is one."""
    wallet, transport = lnd(recorded("invoices"), recorded("created"))
    access = wallet.check_access()
    assert (access.spends, access.network, access.payee) == (False, None, None)
    assert wallet.create_invoice(COFFEE).payee is None
    assert not any("getinfo" in call[1] for call in transport.calls)


def test_a_key_that_was_narrowed_to_less_than_it_says_sells_all_the_same() -> None:
    wallet, transport = lnd(recorded("permission_denied"), recorded("created"), recorded("created"), key=BAKED)
    assert [wallet.create_invoice(COFFEE).payee for _ in range(2)] == [None, None]
    assert len(transport.calls) == 3


@pytest.mark.parametrize("failure", [recorded("locked"), WalletTimeout("no answer"), recorded("too_large")])
def test_a_node_that_could_not_say_who_it_is_is_asked_again(failure: Reply | Exception) -> None:
    wallet, _ = lnd(failure, recorded("info"), recorded("created"), key=BAKED)
    with pytest.raises(WalletError):
        wallet.create_invoice(COFFEE)
    assert wallet.create_invoice(COFFEE).payee


@pytest.mark.parametrize(
    ("name", "network"),
    [("mainnet", "bc"), ("testnet", "tb"), ("testnet4", "tb"), ("signet", "tbs"), ("regtest", "bcrt"), ("mars", None)],
)
def test_it_says_which_network_it_is_on(name: str, network: str | None) -> None:
    wallet, _ = lnd(recorded("invoices"), recorded("info", chains=[{"network": name}]), key=BAKED)
    assert wallet.check_access().network == network


@pytest.mark.parametrize("chains", [None, [], ["bitcoin"], {}, [{}]])
def test_a_node_that_names_no_network_is_taken_as_it_is(chains: object) -> None:
    wallet, _ = lnd(recorded("invoices"), recorded("info", chains=chains), key=BAKED)
    assert wallet.check_access().network is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"synced_to_chain": False}, "behind the chain"),
        ({"num_active_channels": 0}, "no active channel"),
    ],
)
def test_what_keeps_it_from_being_paid_is_told_as_it_is_now(changes: dict[str, object], told: str) -> None:
    wallet, _ = lnd(
        *[recorded("invoices"), recorded("info")], *[recorded("invoices"), recorded("info", **changes)], key=BAKED
    )
    assert wallet.check_access().notes == ()
    notes = wallet.check_access().notes
    assert len(notes) == 1
    assert told in notes[0]


def test_a_cancelled_sale_cannot_be_paid_any_more(tmp_path: Path, clock: FakeClock) -> None:
    with subject_of("lnd", clock, tmp_path) as subject:
        wallet, backend = subject.wallet, subject.backend
        assert isinstance(backend, LndDouble)
        invoice = wallet.create_invoice(COFFEE).invoice
        assert cancels(wallet)
        wallet.cancel(invoice)
        assert backend.cancelled == {invoice.payment_hash}
        assert subject.wallet.look_up(invoice) is None


def test_an_invoice_that_was_paid_a_moment_ago_is_not_cancelled() -> None:
    wallet, transport = lnd(recorded("already_settled"))
    with pytest.raises(BadAnswer, match="invoice already settled"):
        wallet.cancel(MINE)
    assert transport.calls[0][3] == {"payment_hash": as_base64(HASH)}


def test_a_description_hash_is_sent_as_bytes_are(clock: FakeClock, tmp_path: Path) -> None:
    with subject_of("lnd", clock, tmp_path) as subject:
        offer = subject.wallet.create_invoice(replace(COFFEE, hashed_description=HASHED))
    assert decode(offer.invoice.payment_request).description_hash == HASHED_AS


def test_a_node_with_another_certificate_is_not_told_the_key(tmp_path: Path, clock: FakeClock) -> None:
    mine, other = self_signed(tmp_path), self_signed(tmp_path, "other")
    backend, bench = LndDouble(clock), Bench(clock, tmp_path)
    with closing(bench.transport), served(backend, mine.tls()) as url:
        for pin in (Pin.parse(other.thumbprint), None):
            wallet = bench.open("lnd", WalletSettings(url=url, macaroon=BAKED, certificate=pin))
            with pytest.raises(WalletUnreachable, match="its certificate is"):
                wallet.check_access()
    assert not backend.asked


# What a macaroon allows.


@pytest.mark.parametrize(
    ("allowed", "spends"),
    [
        (["invoices:read", "invoices:write"], False),
        (["address:read", "address:write", "invoices:read", "invoices:write", "onchain:read"], False),
        (["info:read", "offchain:read", "peers:write", "message:write"], False),
        (["invoices:read", "invoices:write", "macaroon:read"], False),
        (["invoices:write", "macaroon:write"], True),
        (["uri:/lnrpc.Lightning/AddInvoice", "uri:/lnrpc.Lightning/LookupInvoice"], False),
        (["invoices:write", "offchain:write"], True),
        (["invoices:write", "onchain:write"], True),
        (["invoices:write", "macaroon:generate"], True),
        (["invoices:write", "signer:generate"], True),
        (["invoices:write", "uri:/lnrpc.Lightning/SendPaymentSync"], True),
        (["invoices:write", "account:write"], True),
    ],
)
def test_a_macaroon_says_itself_whether_it_can_spend(allowed: list[str], spends: bool) -> None:
    assert can_spend(permissions(bytes.fromhex(macaroon(*allowed)))) is spends


def test_a_macaroon_that_can_spend_is_warned_of_before_anybody_is_asked() -> None:
    assert any("LND_REST_MACAROON can spend" in it for it in lnd(key=ADMIN)[0].advice.warnings)
    assert not lnd(key=BAKED)[0].advice.warnings


@given(st.binary(max_size=200))
@example(b"")
@example(b"\x02")
def test_no_bytes_make_the_reader_stumble(junk: bytes) -> None:
    permissions(junk)


@given(st.data())
@settings(max_examples=300)
def test_a_macaroon_in_which_a_byte_is_wrong_is_never_taken_for_one_that_cannot_spend(data: st.DataObject) -> None:
    """Unless it is a permission of its own that was changed, to another one without harm: there is none so near."""
    good = bytes.fromhex(ADMIN)
    at = data.draw(st.integers(0, len(good) - 1))
    bad = good[:at] + data.draw(st.binary(max_size=3)) + good[at + 1 :]
    assert can_spend(permissions(bad)) is not False


@given(st.integers(0, 200))
def test_a_macaroon_that_is_cut_off_is_unknown_or_can_spend(length: int) -> None:
    assert can_spend(permissions(bytes.fromhex(ADMIN)[:length])) is not False


@pytest.mark.parametrize(
    "identifier",
    [
        b"\x03",
        b"\x02\x1a\x00",
        b"\x03\x1a\x04\x0a\x02hi",
        b"\x03\x08\x01",
        b"\x03\x22\x00",
        b"\x03\x1a\x06\x12\x04read",
        b"\x03\x1a\x04\x0a\x02\xff\xff",
        b"\x03\x1a\x08\x0a\x01a\x0a\x01b\x12\x00",
        b"\x03\x1a\x05\x0a\x01a\x1a\x00",
        b"\x03" + b"\xff" * 12,
        # A nonce that is no text, and an op that ends before its length.
        b"\x03\x0d\x00" + b"\x1a\x0c\x0a\x04info\x12\x04read",
        b"\x03" + b"\x1a\x0d\x0a\x04info\x12\x04read",
    ],
)
def test_what_is_not_as_lnd_writes_it_is_unknown_and_may_be_asked(identifier: bytes) -> None:
    allowed = permissions(b"\x02\x02" + bytes([len(identifier)]) + identifier + b"\0\0")
    assert allowed is None
    assert can_spend(allowed) is None
    assert may_ask_who(allowed)


def test_a_macaroon_with_more_before_its_caveats_than_there_may_be_is_unknown() -> None:
    identifier = b"\x03\x1a\x0c\x0a\x04info\x12\x04read"
    assert permissions(b"\x02\x02" + bytes([len(identifier)]) + identifier + b"\0\0") == frozenset({("info", "read")})
    assert permissions(b"\x02\x02" + bytes([len(identifier)]) + identifier + b"\x02\0") is None


def test_a_macaroon_without_a_location_is_read_too() -> None:
    with_one = bytes.fromhex(BAKED)
    assert permissions(with_one[:1] + with_one[6:]) == permissions(with_one)


# Its settings.


def test_a_macaroon_is_taken_as_it_is_shown_or_kept(tmp_path: Path) -> None:
    content = bytes.fromhex(BAKED)
    (tmp_path / "invoice.macaroon").write_bytes(content)
    (tmp_path / "hex").write_text(f"{BAKED}\n")
    written = base64.b64encode(content).decode()
    for given_ in (
        BAKED,
        BAKED.upper(),
        written,
        base64.urlsafe_b64encode(content).decode().rstrip("="),
        str(tmp_path / "invoice.macaroon"),
        str(tmp_path / "hex"),
    ):
        assert read_macaroon(given_) == BAKED


@pytest.mark.parametrize(
    "given_", ["hello", "00" * 40, "/nowhere/a.macaroon", "~nobodyx/m", "ä", "\0", "0301036c6e64", "0" * 5000]
)
def test_what_is_no_macaroon_is_told(given_: str) -> None:
    with pytest.raises(Wrong, match="is no macaroon") as wrong:
        read_macaroon(given_)
    assert given_ not in str(wrong.value)


def test_the_names_of_lnbits_for_the_same_node_are_taken(tmp_path: Path) -> None:
    theirs = {
        "LND_REST_ENDPOINT": "https://127.0.0.1:8080/",
        "LND_REST_CERT": "AB" * 32,
        "LND_REST_INVOICE_MACAROON": BAKED,
        "LND_REST_ROUTE_HINTS": "False",
    }
    assert read(tmp_path, POS_WALLET="lnd", **theirs).wallet_settings == WalletSettings(
        url="https://127.0.0.1:8080", macaroon=BAKED, certificate=Pin(thumbprint="ab" * 32), route_hints=False
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"LND_REST_URL": ""}, "LND_REST_URL is not set, and the wallet lnd needs it"),
        ({"LND_REST_MACAROON": ""}, "LND_REST_MACAROON is not set"),
        ({"LND_REST_MACAROON": FORGED[2:]}, "LND_REST_MACAROON is no macaroon"),
        ({"LND_REST_CERT": "tls.cert"}, "LND_REST_CERT is no thumbprint, no certificate, and no file that can be read"),
        ({"LND_REST_URL": "http://127.0.0.1:8080"}, "LND_REST_CERT is set, and LND_REST_URL is no https address"),
        ({"LND_ROUTE_HINTS": "maybe"}, "LND_ROUTE_HINTS must be on or off"),
    ],
)
def test_what_is_missing_or_wrong_stops_the_start(tmp_path: Path, changes: dict[str, str], problem: str) -> None:
    right = {"LND_REST_URL": "https://lnd.example:8080", "LND_REST_MACAROON": BAKED, "LND_REST_CERT": "AB" * 32}
    with pytest.raises(SettingsError, match=problem) as stopped:
        read(tmp_path, POS_WALLET="lnd", **right | changes)
    assert BAKED[2:] not in str(stopped.value)


def test_an_address_that_others_can_read_along_is_warned_of() -> None:
    assert lnd(url="http://umbrel.local:8080")[0].advice.warnings
    assert not lnd(url="http://abc.onion:8080")[0].advice.warnings


# Its strings.


WRITTEN = base64.urlsafe_b64encode(bytes.fromhex(BAKED)).decode().rstrip("=")

# With a plus, which stands for a space in a query.
WRITTEN_OTHERWISE = base64.b64encode(bytes.fromhex(macaroon("invoices:write", signature=b"\xfb" * 32))).decode()


def test_an_lndconnect_string_holds_address_key_and_certificate(tmp_path: Path) -> None:
    made = self_signed(tmp_path)
    cert = base64.urlsafe_b64encode(made.der).decode().rstrip("=")
    found = connection(f"lndconnect://umbrel.local:8080?cert={cert}&macaroon={WRITTEN}")
    assert found.wallet == "lnd"
    settings = read(tmp_path, POS_WALLET="lnd", **found.settings).wallet_settings
    assert isinstance(settings, WalletSettings)
    assert (settings.url, settings.macaroon) == ("https://umbrel.local:8080", BAKED)
    assert settings.certificate == Pin.parse(made.pem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"lndconnect://a.onion:8080?macaroon={WRITTEN}", {"LND_REST_URL": "https://a.onion:8080"}),
        (
            f"lndconnect://a.example:8080?macaroon={WRITTEN_OTHERWISE}",
            {"LND_REST_URL": "https://a.example:8080", "LND_REST_MACAROON": WRITTEN_OTHERWISE},
        ),
        (f"LNDCONNECT://[::1]:8080/?macaroon={WRITTEN}", {"LND_REST_URL": "https://[::1]:8080"}),
        (
            f"type=lnd-rest;server=https://h:8080/;macaroon={BAKED};certthumbprint={'AB' * 32}",
            {"LND_REST_URL": "https://h:8080", "LND_REST_MACAROON": BAKED, "LND_REST_CERT": "AB" * 32},
        ),
        (
            f"type=lnd-rest;server=http://127.0.0.1:8080/;macaroon={BAKED};allowinsecure=true",
            {"LND_REST_URL": "http://127.0.0.1:8080", "LND_REST_MACAROON": BAKED},
        ),
        (
            "type=lnd-rest;server=https://h:8080/;macaroonfilepath=/a/b.macaroon;certfilepath=/a/tls.cert;allowinsecure=false",
            {
                "LND_REST_URL": "https://h:8080",
                "LND_REST_MACAROON": "/a/b.macaroon",
                "LND_REST_CERT": "/a/tls.cert",
            },
        ),
    ],
)
def test_a_string_stands_for_the_settings(text: str, expected: dict[str, str]) -> None:
    assert "+" in WRITTEN_OTHERWISE
    found = connection(text)
    assert found.wallet == "lnd"
    assert found.settings == {"LND_REST_MACAROON": WRITTEN} | expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"lndconnect://umbrel.local:10009?macaroon={WRITTEN}", "gRPC, whose port is 10009: .* 8080 by default"),
        (f"lndconnect://umbrel.local?macaroon={WRITTEN}", "gRPC"),
        ("lndconnect://umbrel.local:8080?cert=abc", "without its macaroon, as in lndconnect://"),
        (f"lndconnect:///?macaroon={WRITTEN}", "without the address of a node"),
        (f"lndconnect://umbrel.local:80800?macaroon={WRITTEN}", "without the address of a node"),
        (f"type=lnd-rest;macaroon={BAKED}", "without its server"),
        ("type=lnd-rest;server=https://h:8080", "without its macaroon"),
        (f"type=lnd-rest;server=https://h:8080;macaroon={BAKED};allowinsecure=true", "the till never makes"),
        (f"type=lnd-grpc;server=https://h:10009;macaroon={BAKED}", "for LND's gRPC"),
    ],
)
def test_half_a_string_is_told_what_is_missing_and_holds_no_key(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem) as wrong:
        connection(text)
    assert BAKED not in str(wrong.value)
    assert WRITTEN not in str(wrong.value)
