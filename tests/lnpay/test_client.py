"""The LNPay client, against recorded and broken replies."""

import hmac
import json
import logging
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.invoice import Invoice
from pos.lnpay import LNPay
from pos.transport import Reply, TransportError, TransportTimeout
from pos.wallets.base import (
    Access,
    BadAnswer,
    HintRefused,
    InvoiceRefused,
    InvoiceRequest,
    KeyRefused,
    WalletBusy,
    WalletError,
    WalletTimeout,
    WalletUnreachable,
)
from tests.fakes import CannedTransport

SAMPLES = Path(__file__).parents[1] / "samples/lnpay"
DOCS = json.loads((SAMPLES / "invoice_2019_docs.json").read_text())
INVOICE = Invoice(DOCS["id"], DOCS["payment_request"], DOCS["r_hash_decoded"], DOCS["expires_at"])
PREIMAGE = "11" * 32


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, headers, raw)


def refusal(status: int, message: str) -> Reply:
    return reply({"name": "Error", "message": message, "code": 0, "status": status}, status)


def client(*replies: Reply | Exception, invoice_path: str = "wallet/{key}/invoice") -> tuple[LNPay, CannedTransport]:
    transport = CannedTransport(list(replies))
    lnpay = LNPay(
        transport,  # type: ignore[arg-type]
        url="https://lnpay.example/v1/",
        api_key="pak_secret1",
        wallet_key="waki_secret2",
        timeout=10,
        invoice_path=invoice_path,
    )
    return lnpay, transport


def create(*replies: Reply | Exception) -> Any:
    return client(*replies)[0].create_invoice(InvoiceRequest(20, "Coffee", 600, "c1"))


def look_up(lntx: Mapping[str, object]) -> Any:
    return client(reply(lntx))[0].look_up(INVOICE)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in DOCS.items() if key != name}


def test_an_invoice_is_asked_for_with_json_and_the_key_in_a_header() -> None:
    lnpay, transport = client(reply(DOCS, 201))
    lnpay.create_invoice(InvoiceRequest(20, "Coffee", 600, "c1"))
    method, url, headers, body = transport.calls[0]
    assert (method, url) == ("POST", "https://lnpay.example/v1/wallet/waki_secret2/invoice")
    assert headers["X-Api-Key"] == "pak_secret1"
    assert body == {"num_satoshis": 20, "memo": "Coffee", "expiry": 600, "passThru": {"charge_id": "c1"}}


def test_a_hash_in_place_of_the_memo_is_asked_for_where_it_is_wanted() -> None:
    lnpay, transport = client(reply(DOCS, 201))
    lnpay.create_invoice(InvoiceRequest(20, "Coffee", 600, "c1", hashed_description="abc"))
    assert transport.calls[0][3] == {
        "num_satoshis": 20,
        "memo": "Coffee",
        "expiry": 600,
        "passThru": {"charge_id": "c1"},
        # FIPS 180-4, B.1: the example of SHA-256.
        "description_hash": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }


def test_the_example_of_the_documentation_is_a_complete_offer() -> None:
    offer = create(reply(DOCS, 201))
    assert offer.invoice == INVOICE
    assert offer.payee == DOCS["dest_pubkey"]


@pytest.mark.parametrize("name", ["updated_at", "created_at", "dest_pubkey", "memo", "expiry", "settled_at"])
def test_fields_that_come_and_went_with_the_years_are_not_needed(name: str) -> None:
    assert create(reply(without(name), 201)).invoice == INVOICE


def test_fields_of_today_are_let_be() -> None:
    today = {"ln_node_id": "lnod_1", "fee_msat": 0, "passThru": {"wallet_id": "wal_1"}, "memo": "x (via LNPAY.co)"}
    assert create(reply({**DOCS, **today}, 201)).invoice == INVOICE


def test_without_a_time_of_its_own_the_invoice_text_alone_says_when_it_expires() -> None:
    assert create(reply({**DOCS, "expires_at": None}, 201)).invoice.expires_at > DOCS["expires_at"]


@pytest.mark.parametrize("name", ["id", "payment_request", "r_hash_decoded"])
@pytest.mark.parametrize("value", [None, "", 5, [], {}])
def test_an_incomplete_invoice_is_a_wallet_error(name: str, value: object) -> None:
    with pytest.raises(BadAnswer):
        create(reply({**DOCS, name: value}, 201))
    with pytest.raises(BadAnswer):
        create(reply(without(name), 201))


@pytest.mark.parametrize("lntx_id", ["../wallet", "a/b", "a?b", "x" * 65, "ä"])
def test_an_id_that_would_change_an_address_is_refused(lntx_id: str) -> None:
    with pytest.raises(BadAnswer, match="id"):
        create(reply({**DOCS, "id": lntx_id}, 201))


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b'{"id": "lntx_', b"[]", b"null", b"\xff", b"[" * 99999]
)
def test_an_answer_that_is_not_an_object_is_a_wallet_error(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        create(reply(body, 201))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_no_value_in_any_field_makes_the_client_stumble(value: object) -> None:
    for name in DOCS:
        for call in (lambda lntx: create(reply(lntx, 201)), look_up):
            try:
                call({**DOCS, name: value})
            except WalletError:
                continue


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, KeyRefused),
        (403, KeyRefused),
        (400, InvoiceRefused),
        (429, WalletBusy),
        (500, BadAnswer),
        (302, BadAnswer),
    ],
)
def test_each_refusal_says_what_the_caller_can_do(status: int, error: type[WalletError]) -> None:
    with pytest.raises(error) as caught:
        create(refusal(status, "Some reason"))
    assert "Some reason" in str(caught.value)
    assert str(caught.value.sentence).endswith(".")
    assert "Nothing was charged" in str(caught.value.sentence)


def test_lnpays_own_reason_for_refusing_an_invoice_reaches_the_cashier() -> None:
    with pytest.raises(InvoiceRefused) as caught:
        create(refusal(400, "Receiving is limited to: 10000 satoshi per invoice"))
    assert "Receiving is limited to: 10000 satoshi per invoice." in str(caught.value.sentence)
    assert caught.value.most_sat == 10_000


def test_another_reason_says_nothing_of_a_limit() -> None:
    with pytest.raises(InvoiceRefused) as caught:
        create(refusal(400, "The memo is too long"))
    assert caught.value.most_sat is None


def test_a_wallet_that_is_busy_says_for_how_long() -> None:
    with pytest.raises(WalletBusy) as caught:
        create(reply({}, 429, **{"Retry-After": "7"}))
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("value", ["", "soon", "-1", "9" * 30])
def test_a_wallet_that_says_nothing_sensible_is_asked_again_after_a_second(value: str) -> None:
    with pytest.raises(WalletBusy) as caught:
        create(reply({}, 429, **{"Retry-After": value}))
    assert caught.value.retry_after == 1


def test_no_key_reaches_an_error_even_if_lnpay_repeats_it() -> None:
    for status in (400, 401, 500):
        with pytest.raises(WalletError) as caught:
            create(refusal(status, "Wallet not found: waki_secret2 for pak_secret1, nor wal_other3 and waka_other4"))
        for text in (str(caught.value), str(caught.value.sentence)):
            assert "secret" not in text
            assert "other" not in text


def test_a_key_of_2019_without_a_prefix_is_masked_too() -> None:
    transport = CannedTransport([refusal(400, "No wallet yg20O0iUMxk8 for x")])
    lnpay = LNPay(transport, url="https://x", api_key="pak_1", wallet_key="yg20O0iUMxk8", timeout=1)  # type: ignore[arg-type]
    with pytest.raises(InvoiceRefused) as caught:
        lnpay.create_invoice(InvoiceRequest(20, "", 600, "c1"))
    assert str(caught.value) == "No wallet *** for x"


def test_a_reason_that_no_page_can_carry_is_made_readable() -> None:
    with pytest.raises(InvoiceRefused) as caught:
        create(refusal(400, "Bad \ud800 memo"))
    assert str(caught.value.sentence).encode()


def test_no_connection_and_no_answer_in_time_are_told_apart() -> None:
    with pytest.raises(WalletTimeout) as slow:
        create(TransportTimeout("slow"))
    with pytest.raises(WalletUnreachable) as down:
        create(TransportError("down"))
    assert slow.value.status == 504
    assert down.value.status == 502


@pytest.mark.parametrize(
    "failure", [TransportTimeout("slow"), TransportError("cut"), refusal(500, "x"), refusal(429, "x")]
)
def test_a_post_is_never_sent_again(failure: Reply | Exception) -> None:
    lnpay, transport = client(failure, reply(DOCS, 201))
    with pytest.raises(WalletError):
        lnpay.create_invoice(InvoiceRequest(20, "", 600, "c1"))
    assert len(transport.calls) == 1


def test_an_older_path_is_tried_once_on_404_and_remembered() -> None:
    lnpay, transport = client(reply(b"<html>", 404), reply(DOCS, 201), reply(DOCS, 201))
    lnpay.create_invoice(InvoiceRequest(20, "", 600, "c1"))
    lnpay.create_invoice(InvoiceRequest(20, "", 600, "c2"))
    new, old = "wallet/waki_secret2/invoice", "user/wallet/waki_secret2/invoice"
    assert [call[1].removeprefix("https://lnpay.example/v1/") for call in transport.calls] == [new, old, old]


def test_a_newer_path_is_tried_where_the_settings_name_the_older() -> None:
    lnpay, transport = client(reply(b"", 404), reply(DOCS, 201), invoice_path="user/wallet/{key}/invoice")
    lnpay.create_invoice(InvoiceRequest(20, "", 600, "c1"))
    assert transport.calls[1][1].endswith("/v1/wallet/waki_secret2/invoice")


def test_both_paths_together_get_no_more_than_the_whole_time() -> None:
    lnpay, transport = client(reply(b"", 404), reply(DOCS, 201))
    lnpay.create_invoice(InvoiceRequest(20, "", 600, "c1"))
    assert 10 >= transport.timeouts[0] > transport.timeouts[1]


def test_where_neither_path_exists_the_settings_are_named() -> None:
    with pytest.raises(BadAnswer, match="LNPAY_URL"):
        create(reply(b"", 404), reply(b"", 404))


def test_an_invoice_is_looked_up_by_its_id() -> None:
    lnpay, transport = client(reply(DOCS))
    assert lnpay.look_up(INVOICE) is None
    assert transport.calls[0][:2] == ("GET", f"https://lnpay.example/v1/lntx/{INVOICE.id}")


def test_a_settled_invoice_tells_when_how_much_and_the_preimage() -> None:
    paid = {**DOCS, "settled": 1, "settled_at": 1577655900, "num_satoshis": 25, "payment_preimage": PREIMAGE}
    settlement = look_up(paid)
    assert (settlement.settled_at, settlement.received_sat, settlement.preimage) == (1577655900, 25, PREIMAGE)


def test_a_preimage_of_2019_is_hex_of_base64() -> None:
    old = b64encode(bytes.fromhex(PREIMAGE)).hex()
    assert len(old) == 88
    assert look_up({**DOCS, "settled": 1, "payment_preimage": old}).preimage == PREIMAGE


@pytest.mark.parametrize("preimage", [None, "", "zz", "11" * 31, "ff" * 44, 5])
def test_settled_without_a_readable_preimage_is_still_settled(preimage: object) -> None:
    assert look_up({**DOCS, "settled": 1, "payment_preimage": preimage}).preimage is None


@pytest.mark.parametrize("settled", [None, 2, -1, "2", "yes", [1]])
def test_an_answer_that_does_not_say_whether_it_is_settled_proves_nothing(settled: object) -> None:
    with pytest.raises(BadAnswer):
        look_up({**DOCS, "settled": settled})


@pytest.mark.parametrize("received", ["25", 25.0])
def test_a_sum_in_another_dress_does_not_cost_a_payment(received: object) -> None:
    assert look_up({**DOCS, "settled": "1", "num_satoshis": received}).received_sat == 25


def test_settled_may_be_a_boolean() -> None:
    assert look_up({**DOCS, "settled": False}) is None
    assert look_up({**DOCS, "settled": True}) is not None


@pytest.mark.parametrize("change", [{"id": "lntx_other"}, {"r_hash_decoded": "00" * 32}])
def test_an_answer_about_another_invoice_proves_nothing(change: dict[str, str]) -> None:
    with pytest.raises(BadAnswer, match="another invoice"):
        look_up({**DOCS, **change, "settled": 1})


@pytest.mark.parametrize("received", [None, "x", "", "٣", "1" * 25, 2.5, -1, True, float("inf")])
def test_settled_without_a_sum_is_a_wallet_error(received: object) -> None:
    with pytest.raises(BadAnswer):
        look_up({**DOCS, "settled": 1, "num_satoshis": received})


def test_an_invoice_that_lnpay_does_not_know_is_a_wallet_error_and_not_unpaid() -> None:
    with pytest.raises(KeyRefused, match="LnTx not found"):
        client(refusal(401, "LnTx not found"))[0].look_up(INVOICE)


def test_a_key_that_may_only_receive_is_in_order() -> None:
    lnpay, _ = client(refusal(401, "waki_x access key provided does not permission to do this: wallet_read"))
    assert lnpay.check_access() == Access(spends=False)


@pytest.mark.parametrize(
    ("api_key", "wallet_key", "spends"),
    [
        ("pak_1", "waki_1", False),
        ("pak_1", "wi_1", False),
        ("pak_1", "waklp_1", False),
        ("yg20O0iU-x", "wi_1", None),
        ("sak_1", "waki_1", True),
        ("pak_1", "waka_1", True),
        ("pak_1", "wa_1", True),
        ("pak_1", "waklw_1", True),
    ],
)
def test_a_key_that_can_spend_is_noticed_with_and_without_asking(
    api_key: str, wallet_key: str, spends: bool | None
) -> None:
    transport = CannedTransport([reply({})])
    lnpay = LNPay(transport, url="https://x", api_key=api_key, wallet_key=wallet_key, timeout=1)  # type: ignore[arg-type]
    assert (lnpay.advice.spends in lnpay.advice.warnings) is (spends is True)
    assert transport.calls == []
    assert lnpay.check_access().spends is spends


def at(url: str) -> LNPay:
    return LNPay(CannedTransport([]), url=url, api_key="pak_1", wallet_key="waki_1", timeout=1)  # type: ignore[arg-type]


def test_an_address_without_https_is_warned_of_without_asking() -> None:
    assert ["LNPAY_URL is not https" in sentence for sentence in at("http://x").advice.warnings] == [True]
    assert client()[0].advice.warnings == ()


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]", "lnpay.onion"])
def test_nobody_is_on_the_way_to_this_machine_or_over_tor(host: str) -> None:
    assert at(f"http://{host}/v1").advice.warnings == ()


@pytest.mark.parametrize(("answer", "said"), [(b"<html>", 200), (b"<html>", 404)])
def test_a_web_page_is_no_wallet(answer: bytes, said: int) -> None:
    with pytest.raises(BadAnswer, match="JSON" if said == 200 else "no LNPay at LNPAY_URL"):
        client(reply(answer, said))[0].check_access()


def test_what_to_do_about_a_key_or_an_address_names_the_settings_of_lnpay() -> None:
    advice = client()[0].advice
    assert "LNPAY_API_KEY and LNPAY_WALLET_KEY" in advice.key
    assert "LNPAY_URL" in advice.reach
    assert "waki_" in advice.spends


@pytest.mark.parametrize("message", ["Your request was made with invalid credentials.", "Wallet not found: waki_x"])
def test_a_key_that_lnpay_does_not_know_is_refused(message: str) -> None:
    with pytest.raises(KeyRefused):
        client(refusal(401, message))[0].check_access()


def test_the_client_logs_nothing_that_holds_a_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    create(reply(DOCS, 201))
    with pytest.raises(WalletError):
        create(refusal(401, "pak_secret1"))
    assert "secret" not in caplog.text


def test_without_a_secret_the_hook_is_closed_and_takes_nothing() -> None:
    lnpay, transport = client()
    assert not lnpay.hook_is_open
    assert "LNPAY_WEBHOOK_SECRET" in lnpay.hook_advice("https://till.example/hooks/lnpay")
    with pytest.raises(HintRefused):
        lnpay.read_hint({"x-lnpay-signature": hmac.new(b"", b"{}", "sha256").hexdigest()}, b"{}")
    assert transport.calls == []
