"""LNPay's webhook: how its messages are signed, and what they hint at."""

import hmac
import json

import pytest

from pos.lnpay.webhook import ping_webhook, read_hint, signature_is_valid
from pos.transport import Reply, TransportError
from pos.wallets.base import ById, HintRefused, HintUnreadable, WalletUnreachable
from tests.fakes import CannedTransport

BODY = b'{"id":"evt_1","event":{"name":"wallet_receive"},"data":{"x":"\\/"}}'
SIGNATURE = hmac.new(b"hook-secret", BODY, "sha256").hexdigest()


def test_a_webhook_is_signed_over_its_exact_bytes() -> None:
    assert signature_is_valid(BODY, SIGNATURE, "hook-secret")
    assert not signature_is_valid(json.dumps(json.loads(BODY)).encode(), SIGNATURE, "hook-secret")


@pytest.mark.parametrize(
    "wrong", ["", SIGNATURE.upper(), SIGNATURE[:-1], SIGNATURE * 2, f"sha256={SIGNATURE}", "ä\udc80"]
)
def test_any_other_signature_is_refused(wrong: str) -> None:
    assert not signature_is_valid(BODY, wrong, "hook-secret")
    assert not signature_is_valid(BODY, SIGNATURE, "another secret")


def test_an_event_hints_at_the_invoice_that_it_is_about() -> None:
    body = json.dumps({"data": {"wtx": {"lnTx": {"id": "lntx_1", "settled": 1}}}}).encode()
    signature = hmac.new(b"hook-secret", body, "sha256").hexdigest()
    assert read_hint({"x-lnpay-signature": signature}, body, "hook-secret") == ById("lntx_1")
    assert read_hint({"x-lnpay-signature": SIGNATURE}, BODY, "hook-secret") is None


def test_a_message_without_a_signature_is_not_even_read() -> None:
    with pytest.raises(HintRefused, match="signature"):
        read_hint({}, b"{", "hook-secret")


def test_a_message_that_is_signed_and_no_event_is_unreadable() -> None:
    signature = hmac.new(b"hook-secret", b"[]", "sha256").hexdigest()
    with pytest.raises(HintUnreadable, match="event"):
        read_hint({"x-lnpay-signature": signature}, b"[]", "hook-secret")


def test_a_ping_is_signed_as_lnpay_signs() -> None:
    transport = CannedTransport([Reply(200, {}, b"")])
    assert ping_webhook(transport, "https://till.example/hooks/lnpay", "hook-secret", 10) == 200  # type: ignore[arg-type]
    method, url, headers, body = transport.calls[0]
    assert (method, url, body) == ("POST", "https://till.example/hooks/lnpay", {})
    assert signature_is_valid(b"{}", headers["X-LNPay-Signature"], "hook-secret")


def test_a_ping_that_nobody_answers_is_a_wallet_error() -> None:
    with pytest.raises(WalletUnreachable):
        ping_webhook(CannedTransport([TransportError("down")]), "https://x", "hook-secret", 10)  # type: ignore[arg-type]
