"""A Lightning address: what it stands for, what its provider may say, and the ways of its own to mislead a till."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bech32 import bech32_encode, convertbits

from pos.domain.invoice import Invoice
from pos.environment import Wrong
from pos.settings import SettingsError
from pos.transport import Reply
from pos.wallets.base import (
    BadAnswer,
    InvoiceRefused,
    InvoiceRequest,
    WalletBusy,
    WalletError,
    WalletUnreachable,
    WrongInvoice,
    check_offer,
)
from pos.wallets.lnaddress import LightningAddress, WalletSettings, open_wallet
from pos.wallets.lnaddress.address import to_url
from pos.wallets.lnaddress.client import CannotTell, UnknownAddress
from pos.wallets.registry import connection
from tests.fakes import NOON, CannedTransport, FakeClock, make_node
from tests.settings.start import read
from tests.wallets.doubles.backend import Made, sample
from tests.wallets.doubles.lnaddress import ProviderDouble
from tests.wallets.subjects import Subject, subject_of
from tests.wallets.tills import till_with

COFFEE = InvoiceRequest(2100, "Coffee ☕", 600, "c1")
DESCRIBED = sample("lnaddress", "described")["body"]
SIGNED = sha256(DESCRIBED["metadata"].encode()).hexdigest()
VERIFY = sample("lnaddress", "made")["body"]["verify"]
URL = "https://shop.example/.well-known/lnurlp/me"


def lnurl(url: str) -> str:
    return bech32_encode("lnurl", convertbits(url.encode(), 8, 5) or ()).upper()


def recorded(name: str, **changes: Any) -> Reply:
    said = sample("lnaddress", name)
    return reply(said["body"] | changes, said["status"])


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    return Reply(status, headers, json.dumps(body).encode())


def to(location: str) -> Reply:
    return Reply(302, {"Location": location}, b"")


def signed(amount_sat: int = 2100, description_hash: str = SIGNED) -> Made:
    return ProviderDouble(FakeClock()).sign(amount_sat, "", 600, description_hash)


def made(**changes: Any) -> Reply:
    return recorded("made", **{"pr": signed().payment_request} | changes)


def provider(
    *replies: Reply | Exception, address: str = "me@shop.example", now: int = NOON
) -> tuple[LightningAddress, CannedTransport]:
    transport = CannedTransport(list(replies))
    till = till_with(transport, clock=lambda: now)
    return open_wallet(WalletSettings(address=address), till), transport


@pytest.fixture
def subject(clock: FakeClock, tmp_path: Path) -> Iterator[Subject]:
    with subject_of("lnaddress", clock, tmp_path) as subject:
        yield subject


def backend_of(subject: Subject) -> ProviderDouble:
    assert isinstance(subject.backend, ProviderDouble)
    return subject.backend


@pytest.mark.parametrize(
    "text",
    [
        "me@shop.example",
        " Me@Shop.Example\n",
        "lightning:me@shop.example",
        URL,
        f"{URL}#top",
        lnurl(URL),
        lnurl(URL).lower(),
        f"LIGHTNING:{lnurl(URL)}",
        f"lightning:{lnurl(URL).lower()}",
        "lnurlp://shop.example/.well-known/lnurlp/me",
        f"https://shop.example/tips?lightning={lnurl(URL)}",
    ],
)
def test_an_address_is_taken_in_every_way_that_it_is_written(text: str) -> None:
    assert to_url(text) == URL


def test_an_address_with_an_umlaut_is_looked_up_where_browsers_go() -> None:
    assert to_url("Me@Bäckerei.example") == "https://xn--bckerei-5wa.example/.well-known/lnurlp/me"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("me@shop.onion", "http://shop.onion/.well-known/lnurlp/me"),
        ("lnurlp://shop.onion/pay", "http://shop.onion/pay"),
        ("http://127.0.0.1:5000/lnurlp/me", "http://127.0.0.1:5000/lnurlp/me"),
        ("http://localhost/lnurlp/me", "http://localhost/lnurlp/me"),
        ("a.b-c_d+tips@pay.shop.example", "https://pay.shop.example/.well-known/lnurlp/a.b-c_d+tips"),
    ],
)
def test_plain_http_is_for_tor_and_this_machine(text: str, url: str) -> None:
    assert to_url(text) == url


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "must be a Lightning address"),
        ("me", "must be a Lightning address"),
        ("me@shop", "must be a Lightning address"),
        ("me@b\u2ff0.example", "must be a Lightning address"),
        ("me@shop.example:8080", "must be a Lightning address"),
        ("https://[shop", "must be a Lightning address"),
        ("https://shop.example:99999999/lnurlp/me", "must be a Lightning address"),
        ("https:///lnurlp/me", "must be a Lightning address"),
        ("ftp://shop.example/lnurlp/me", "must be a Lightning address"),
        (bech32_encode("lnurl1x", convertbits(URL.encode(), 8, 5) or ()), "must be a Lightning address"),
        (f"{lnurl(URL)[:-1]}Q", "must be a Lightning address"),
        (lnurl("é"), "must be a Lightning address"),
        ("lnurlp://[shop", "must be a Lightning address"),
        ("http://shop.example/lnurlp/me", "is not https"),
        ("http://127.example.com/lnurlp/me", "is not https"),
        (lnurl("http://shop.example/lnurlp/me"), "is not https"),
        ("https://me:secret@shop.example/lnurlp/me", "is not https"),
        ("lnurlw://shop.example/card", "something else than paying"),
        ("₿me@phoenixwallet.me", "BOLT 12"),
    ],
)
def test_what_is_no_address_is_told(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem):
        to_url(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("me@shop.example", "me@shop.example"),
        (f"lightning:{lnurl(URL)}", f"lightning:{lnurl(URL)}"),
        (lnurl(URL), lnurl(URL)),
        (URL, URL),
        ("type=lnurl;value=me@shop.example", "me@shop.example"),
        ("type=lnurlverify;address=me@shop.example;", "me@shop.example"),
    ],
)
def test_a_string_that_holds_an_address_chooses_it(text: str, address: str) -> None:
    assert connection(text) == ("lnaddress", {"LIGHTNING_ADDRESS": address})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("type=lnurl", "without its value, as in type=lnurl;value=shop@example.com"),
        ("type=lnurlverify;value=me@shop.example", "without its address"),
        ("me@shop", "must be a Lightning address"),
        ("₿me@phoenixwallet.me", "BOLT 12"),
        ("lnurlw://shop.example/card", "something else than paying"),
        (lnurl("http://shop.example/x"), "is not https"),
        ("https://shop.example/", "without its key"),
    ],
)
def test_half_a_string_is_told(text: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem):
        connection(text)


def test_an_address_that_is_missing_or_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LIGHTNING_ADDRESS is not set"):
        read(tmp_path, POS_WALLET="lnaddress")
    with pytest.raises(SettingsError, match="Example: LIGHTNING_ADDRESS=shop@example"):
        read(tmp_path, POS_WALLET="lnaddress", LIGHTNING_ADDRESS="me")


def test_one_address_is_one_wallet_however_it_is_written() -> None:
    names = {provider(address=text)[0].identity for text in ("me@shop.example", "ME@shop.example", lnurl(URL), URL)}
    assert len(names) == 1
    assert names != {provider(address="you@shop.example")[0].identity}


def test_it_is_asked_less_often_than_providers_allow() -> None:
    """30 questions in ten seconds, of which a sale takes two."""
    assert provider()[0].questions_per_second * 10 <= 30 - 2 * 5


def test_it_is_asked_how_it_is_paid_and_then_for_an_invoice() -> None:
    wallet, transport = provider(reply(DESCRIBED), made())
    offer = wallet.create_invoice(COFFEE)
    assert [url for _, url, *_ in transport.calls] == [
        URL,
        "https://pay.example.com/lnurlp/shop/callback?amount=2100000&expiry=600&comment=Coffee%20%E2%98%95",
    ]
    assert offer.invoice.id == VERIFY
    assert transport.timeouts[1] <= transport.timeouts[0] <= 10


def test_it_is_asked_anew_for_each_sale() -> None:
    once = reply(DESCRIBED | {"callback": "https://pay.example.com/1?once=1#x"})
    wallet, transport = provider(once, made(), reply(DESCRIBED | {"callback": "https://pay.example.com/2"}), made())
    for _ in range(2):
        wallet.create_invoice(replace(COFFEE, memo=""))
    assert [url for _, url, *_ in transport.calls[1::2]] == [
        "https://pay.example.com/1?once=1&amount=2100000&expiry=600",
        "https://pay.example.com/2?amount=2100000&expiry=600",
    ]


@pytest.mark.parametrize(("allowed", "comment"), [(3, "Cof"), (0, None), (None, None), (-1, None), (True, None)])
def test_a_memo_is_cut_to_the_comment_that_is_allowed(allowed: object, comment: str | None) -> None:
    wallet, transport = provider(reply(DESCRIBED | {"commentAllowed": allowed}), made())
    wallet.create_invoice(COFFEE)
    asked = transport.calls[1][1]
    assert asked.endswith(f"&comment={comment}") if comment else "comment" not in asked


def test_an_invoice_that_is_good_for_a_month_is_shown_as_long_as_was_asked_for(clock: FakeClock) -> None:
    long = ProviderDouble(clock, make_node()).sign(2100, "", 30 * 86400, SIGNED)
    wallet, _ = provider(reply(DESCRIBED), made(pr=long.payment_request))
    assert check_offer(COFFEE, wallet.create_invoice(COFFEE), "bcrt", NOON).expires_at == NOON + 600


@pytest.mark.parametrize(
    "metadata",
    [DESCRIBED["metadata"].replace("Marta", "Mallory"), DESCRIBED["metadata"] + " ", "\ud800", json.dumps("[]")],
)
def test_an_invoice_over_another_description_is_not_shown(metadata: str) -> None:
    wallet, _ = provider(reply(DESCRIBED | {"metadata": metadata}), made())
    with pytest.raises(WrongInvoice, match="description hash"):
        wallet.create_invoice(COFFEE)


def test_an_invoice_over_another_amount_is_not_shown() -> None:
    wallet, _ = provider(reply(DESCRIBED), made(pr=signed(2101).payment_request))
    with pytest.raises(WrongInvoice, match="asked were 2100 sat"):
        check_offer(COFFEE, wallet.create_invoice(COFFEE), "bcrt", NOON)


def test_what_is_no_invoice_is_not_shown() -> None:
    wallet, _ = provider(reply(DESCRIBED), made(pr="lnbc1"))
    with pytest.raises(WrongInvoice, match="no invoice"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"minSendable": 2_100_001}, "at least 2,101 sat"),
        ({"maxSendable": 2_099_999}, "at most 2,099 sat"),
    ],
)
def test_an_amount_that_it_does_not_take_is_not_asked_for(changes: dict[str, int], said: str) -> None:
    wallet, transport = provider(reply(DESCRIBED | changes))
    with pytest.raises(InvoiceRefused, match=said) as refused:
        wallet.create_invoice(COFFEE)
    assert said in str(refused.value.sentence)
    assert len(transport.calls) == 1


@pytest.mark.parametrize("limits", [(1, 2_100_000), (2_100_000, 2_100_000), (2_100_000, 9_000_000)])
def test_an_amount_at_its_limits_is_taken(limits: tuple[int, int]) -> None:
    wallet, _ = provider(reply(DESCRIBED | {"minSendable": limits[0], "maxSendable": limits[1]}), made())
    wallet.create_invoice(COFFEE)


@pytest.mark.parametrize("limits", [(0, 1000), (2000, 1000), (None, 1000), (1000, "much")])
def test_limits_that_are_none_are_told(limits: tuple[object, object]) -> None:
    wallet, _ = provider(reply(DESCRIBED | {"minSendable": limits[0], "maxSendable": limits[1]}))
    with pytest.raises(BadAnswer):
        wallet.create_invoice(COFFEE)


def test_an_address_on_a_domain_of_its_own_may_redirect_three_times() -> None:
    wallet, transport = provider(
        to("https://www.shop.example/x"), to("/y"), to("https://pay.example/me"), reply(DESCRIBED), made()
    )
    wallet.create_invoice(COFFEE)
    assert [url for _, url, *_ in transport.calls[1:4]] == [
        "https://www.shop.example/x",
        "https://www.shop.example/y",
        "https://pay.example/me",
    ]
    assert all("Authorization" not in headers for _, _, headers, _ in transport.calls)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_kind_of_redirect_is_one(status: int) -> None:
    wallet, _ = provider(replace(to("https://pay.example/me"), status=status), reply(DESCRIBED), made())
    wallet.create_invoice(COFFEE)


def test_an_address_on_this_machine_does_not_lead_out_of_the_web() -> None:
    wallet, _ = provider(to("ftp://127.0.0.1/x"), address="http://127.0.0.1/lnurlp/me")
    with pytest.raises(BadAnswer, match="not https"):
        wallet.create_invoice(COFFEE)


def test_it_is_not_followed_for_ever() -> None:
    wallet, transport = provider(*[to(f"https://shop.example/{n}") for n in range(9)])
    with pytest.raises(BadAnswer, match="more than 3 times"):
        wallet.create_invoice(COFFEE)
    assert len(transport.calls) == 4


@pytest.mark.parametrize(
    "location", ["http://shop.example/x", "http://127.0.0.1/x", "http://x.onion/", "ftp://x.example/", "http://[x"]
)
def test_it_is_never_followed_to_where_others_could_answer(location: str) -> None:
    wallet, transport = provider(to(location))
    with pytest.raises(BadAnswer, match="redirect that is not https"):
        wallet.create_invoice(COFFEE)
    assert len(transport.calls) == 1


@pytest.mark.parametrize(
    "callback", ["http://pay.example.com/cb", "http://127.0.0.1/cb", "/cb", "https://a:b@pay.example/"]
)
def test_a_callback_that_is_not_https_is_not_asked(callback: str) -> None:
    wallet, transport = provider(reply(DESCRIBED | {"callback": callback}))
    with pytest.raises(BadAnswer, match="callback that is not https"):
        wallet.create_invoice(COFFEE)
    assert len(transport.calls) == 1


@pytest.mark.parametrize("step", ["callback", "verify"])
def test_no_other_answer_is_followed(step: str) -> None:
    wallet, _ = provider(*([reply(DESCRIBED)] if step == "callback" else []), to("https://shop.example/x"))
    with pytest.raises(BadAnswer, match="answered 302"):
        wallet.create_invoice(COFFEE) if step == "callback" else wallet.look_up(invoice_of(signed()))


@pytest.mark.parametrize("verify", [None, "", 5])
def test_an_address_that_cannot_tell_whether_it_was_paid_is_no_wallet(verify: object) -> None:
    wallet, _ = provider(reply(DESCRIBED), made(verify=verify), reply(DESCRIBED), made(verify=verify))
    for ask in (lambda: wallet.create_invoice(COFFEE), wallet.check_access):
        with pytest.raises(CannotTell, match="BTCPay Server") as refused:
            ask()
        assert "does not tell whether a payment came" in str(refused.value.sentence)


@pytest.mark.parametrize("verify", ["http://verify.example.net/1", "/verify/1", "https://x.example/" + "v" * 2000])
def test_an_address_to_verify_at_that_is_none_is_told(verify: str) -> None:
    wallet, _ = provider(reply(DESCRIBED), made(verify=verify))
    with pytest.raises(BadAnswer, match="address to verify at that is"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize("end", ["\ud800", "?a=\0", "\n"])
def test_an_address_to_verify_at_that_no_database_takes_is_told(end: str) -> None:
    wallet, _ = provider(reply(DESCRIBED), made(verify=VERIFY + end))
    with pytest.raises(BadAnswer, match="cannot be written down"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize(
    "answer",
    [
        recorded("unknown"),
        reply({"status": "error"}),
        reply({"status": "ERROR", "reason": "Who?"}),
        reply({}, 404),
        Reply(404, {}, b"<p>"),
    ],
)
def test_an_address_that_its_provider_does_not_know_is_for_the_owner_to_mend(answer: Reply) -> None:
    wallet, _ = provider(answer)
    with pytest.raises(UnknownAddress, match="LIGHTNING_ADDRESS may be wrong") as refused:
        wallet.create_invoice(COFFEE)
    assert "not known to its provider" in str(refused.value.sentence)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_provider_that_fails_is_no_address_that_it_does_not_know(status: int) -> None:
    wallet, _ = provider(reply({"status": "ERROR", "reason": "Service unavailable"}, status))
    with pytest.raises(WalletUnreachable, match="Service unavailable") as down:
        wallet.create_invoice(COFFEE)
    assert "does not answer" in str(down.value.sentence)


@pytest.mark.parametrize("reason", ["Too many requests", "rate-limited: slow down", "Rate limit exceeded"])
def test_a_provider_that_is_asked_too_often_is_busy_at_each_question(reason: str) -> None:
    busy = reply({"status": "ERROR", "reason": reason})
    for replies in ([busy], [reply(DESCRIBED), busy]):
        with pytest.raises(WalletBusy, match=reason):
            provider(*replies)[0].create_invoice(COFFEE)
    with pytest.raises(WalletBusy, match=reason):
        provider(busy)[0].look_up(invoice_of(signed()))


def test_a_page_in_the_place_of_an_answer_is_told() -> None:
    wallet, _ = provider(Reply(200, {}, b"<html>"))
    with pytest.raises(BadAnswer, match="not JSON"):
        wallet.create_invoice(COFFEE)


def test_an_lnurl_that_takes_money_out_is_told() -> None:
    wallet, _ = provider(recorded("takes_out"))
    with pytest.raises(BadAnswer, match="something else than paying"):
        wallet.create_invoice(COFFEE)


@pytest.mark.parametrize(("reason", "said"), [("Receiving is disabled", "Receiving is disabled"), (None, "no reason")])
def test_what_the_provider_says_against_a_sale_is_told_in_its_own_words(reason: object, said: str) -> None:
    wallet, _ = provider(reply(DESCRIBED), recorded("refused", reason=reason))
    with pytest.raises(InvoiceRefused, match=said):
        wallet.create_invoice(COFFEE)


def invoice_of(made: Made) -> Invoice:
    return Invoice(VERIFY, made.payment_request, made.payment_hash, NOON + 600)


def told(name: str, made: Made, **changes: Any) -> Reply:
    return recorded(name, **{"pr": made.payment_request} | changes)


def test_a_preimage_beside_unpaid_is_no_payment() -> None:
    it = signed()
    wallet, transport = provider(told("unpaid", it, preimage=it.preimage))
    assert wallet.look_up(invoice_of(it)) is None
    assert transport.calls[0][1] == VERIFY


def test_paid_without_a_preimage_is_the_providers_word() -> None:
    it = signed()
    wallet, _ = provider(told("paid_without_preimage", it))
    settlement = wallet.look_up(invoice_of(it))
    assert settlement is not None
    assert (settlement.preimage, settlement.received_sat, settlement.settled_at) == (None, 2100, None)


@pytest.mark.parametrize("preimage", ["ab" * 32, "paid", 7])
def test_paid_with_a_wrong_preimage_is_not_paid(preimage: object) -> None:
    it = signed()
    wallet, _ = provider(told("paid", it, preimage=preimage))
    with pytest.raises(BadAnswer, match="preimage is none of this invoice"):
        wallet.look_up(invoice_of(it))


def test_what_stands_in_the_invoices_place_and_is_none_does_not_matter() -> None:
    it = signed()
    for payment_request in (it.payment_hash, None):
        wallet, _ = provider(told("paid", it, pr=payment_request, preimage=it.preimage))
        assert wallet.look_up(invoice_of(it)) is not None


@pytest.mark.parametrize("name", ["paid_without_preimage", "unpaid"])
def test_what_is_said_of_another_invoice_does_not_count(name: str) -> None:
    wallet, _ = provider(told(name, signed()))
    with pytest.raises(BadAnswer, match="another invoice"):
        wallet.look_up(invoice_of(signed()))


def test_an_invoice_in_capitals_is_the_same_one() -> None:
    it = signed()
    wallet, _ = provider(told("unpaid", it, pr=it.payment_request.upper()))
    assert wallet.look_up(invoice_of(it)) is None


@pytest.mark.parametrize(
    "reason", ["Invoice expired.", "invoice expired", "This invoice has expired", "The invoice has already expired."]
)
def test_an_invoice_that_has_expired_is_not_paid_though_it_is_told_as_an_error(reason: str) -> None:
    wallet, _ = provider(recorded("expired", reason=reason), now=NOON + 600)
    assert wallet.look_up(invoice_of(signed())) is None


def test_an_invoice_that_is_said_to_have_expired_while_it_can_be_paid_may_be_paid() -> None:
    """The shop may want it sooner, but until then by itself it is good."""
    wallet, _ = provider(recorded("expired"), now=NOON + 599)
    with pytest.raises(BadAnswer, match="Invoice expired"):
        wallet.look_up(replace(invoice_of(signed()), expires_at=NOON + 60))


@pytest.mark.parametrize(
    "reason",
    ["Session expired.", "upstream certificate has expired", "API key expired", "The key of the invoice node expired"],
)
def test_something_else_that_has_expired_does_not_say_that_nobody_has_paid(reason: str) -> None:
    wallet, _ = provider(recorded("expired", reason=reason), now=NOON + 600)
    with pytest.raises(BadAnswer, match="expired"):
        wallet.look_up(invoice_of(signed()))


def test_an_invoice_that_the_provider_has_lost_is_told() -> None:
    wallet, _ = provider(recorded("not_found"))
    with pytest.raises(BadAnswer, match="Not found"):
        wallet.look_up(invoice_of(signed()))


@pytest.mark.parametrize(
    "answer", [Reply(200, {}, b"<html>"), Reply(503, {}, b"<html>"), reply({"settled": True}, 503)]
)
def test_a_page_or_a_failure_is_never_a_payment(answer: Reply) -> None:
    wallet, _ = provider(answer)
    with pytest.raises(WalletError):
        wallet.look_up(invoice_of(signed()))


def test_access_tells_the_limits_and_the_network_of_an_invoice_that_nobody_sees(subject: Subject) -> None:
    backend_of(subject).described = {"minSendable": 1001, "maxSendable": 5_000_999}
    access = subject.wallet.check_access()
    assert (access.spends, access.network, access.min_sat, access.max_sat) == (False, "bcrt", 2, 5000)
    assert [it.amount_sat for it in backend_of(subject).made.values()] == [2]


def test_access_makes_no_invoice_once_one_could_be_verified(subject: Subject) -> None:
    subject.wallet.create_invoice(COFFEE)
    for _ in range(2):
        subject.wallet.check_access()
    assert len(backend_of(subject).made) == 1


def test_a_provider_that_cannot_tell_any_more_is_found_by_the_next_question(subject: Subject) -> None:
    subject.wallet.check_access()
    backend_of(subject).made_with = {"verify": None}
    with pytest.raises(CannotTell):
        subject.wallet.create_invoice(COFFEE)
    with pytest.raises(CannotTell):
        subject.wallet.check_access()


def test_it_says_what_to_do_and_that_it_cannot_spend() -> None:
    advice = provider()[0].advice
    assert "LIGHTNING_ADDRESS" in advice.key
    assert "LIGHTNING_ADDRESS" in advice.reach
    assert not advice.warnings
