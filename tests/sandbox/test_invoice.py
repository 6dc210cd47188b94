"""Making invoices: what comes back, and what is refused."""

import hashlib
import re
from pathlib import Path

import bolt11
import pytest
import requests
from bolt11 import FeatureState

from pos.bolt11.decode import decode
from pos.sandbox import Sandbox

from .client import Client, Clock

SEED_PAGE = {
    *("id", "created_at", "updated_at", "dest_pubkey", "payment_request", "r_hash_decoded", "memo", "num_satoshis"),
    *("expiry", "expires_at", "payment_preimage", "settled", "settled_at"),
}


def test_the_payment_request_is_signed_by_the_node_and_says_what_the_lntx_says(shop: Client, clock: Clock) -> None:
    lntx = shop.invoice(num_satoshis=2100, memo="Kaffee für zwei ☕", expiry=600)

    said = bolt11.decode(lntx["payment_request"], strict=True)

    assert said.is_regtest()
    assert said.payee == lntx["dest_pubkey"] == shop.sandbox.pubkey
    assert said.payment_hash == lntx["r_hash_decoded"]
    assert said.amount_msat == 2_100_000
    assert said.description == lntx["memo"] == "Kaffee für zwei ☕"
    assert (said.date, said.expiry) == (clock.now, 600)
    assert lntx["expires_at"] == clock.now + 600
    assert said.min_final_cltv_expiry == 80


def test_the_till_can_read_the_payment_request(shop: Client) -> None:
    said = decode(shop.invoice(num_satoshis=1)["payment_request"])

    assert (said.network, said.amount_msat, said.payee) == ("bcrt", 1000, shop.sandbox.pubkey)


def test_a_payer_must_use_the_payment_secret_and_may_pay_in_parts(shop: Client) -> None:
    features = bolt11.decode(shop.invoice()["payment_request"]).features

    assert features is not None
    assert {feature.name: state for feature, state in features.feature_list.items()} == {
        "var_onion_optin": FeatureState.required,
        "payment_secret": FeatureState.required,
        "basic_mpp": FeatureState.supported,
    }


def test_two_invoices_share_neither_hash_nor_secret(shop: Client) -> None:
    one, two = (bolt11.decode(shop.invoice()["payment_request"]) for _ in range(2))

    assert one.payment_hash != two.payment_hash
    assert one.payment_secret != two.payment_secret


def test_an_lntx_has_the_fields_of_the_seed_page_and_todays(shop: Client) -> None:
    lntx = shop.invoice(passThru={"order": "A/7"})

    assert set(lntx) >= SEED_PAGE
    assert re.fullmatch(r"lntx_[A-Za-z0-9]{20,24}", lntx["id"])
    assert lntx["ln_node_id"].startswith("lnod_")
    assert (lntx["settled"], lntx["settled_at"], lntx["payment_preimage"], lntx["fee_msat"]) == (0, None, None, 0)
    assert [lntx[name] for name in ("is_keysend", "is_amp", "payment_addr", "custom_records")] == [None] * 4
    assert list(lntx["passThru"].items()) == [("wallet_id", shop.sandbox.keys.wallet_id), ("order", "A/7")]


def test_pass_thru_cannot_name_another_wallet(shop: Client) -> None:
    lntx = shop.invoice(passThru={"wallet_id": "wal_other"})

    assert lntx["passThru"] == {"wallet_id": shop.sandbox.keys.wallet_id}


@pytest.mark.parametrize("path", ["/v1/wallet/{}/invoice", "/v1/user/wallet/{}/invoice"])
def test_todays_path_and_the_one_of_2019_both_work(shop: Client, path: str) -> None:
    answer = shop.send("POST", path.format(shop.sandbox.keys.invoice_key), json={"num_satoshis": 20})

    assert (answer.status_code, answer.json()["num_satoshis"]) == (201, 20)


def test_the_answer_is_compact_json_with_slashes_and_utf_8_as_they_are(shop: Client) -> None:
    answer = shop.order(num_satoshis=1, memo="1/2 Käse")

    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert '"memo":"1/2 Käse","description_hash"' in answer.content.decode()


def test_without_parameters_the_defaults_hold(shop: Client) -> None:
    lntx = shop.order().json()

    assert (lntx["num_satoshis"], lntx["memo"], lntx["expiry"]) == (0, "LNPAY Invoice", 86400)
    assert bolt11.decode(lntx["payment_request"]).amount_msat is None


def test_an_explicit_null_counts_as_absent_and_unknown_parameters_do_not_count(shop: Client) -> None:
    lntx = shop.order(num_satoshis=None, memo=None, expiry=None, description_hash=None, passThru=None, tip=5).json()

    assert (lntx["num_satoshis"], lntx["memo"], lntx["expiry"]) == (0, "LNPAY Invoice", 86400)


def test_an_empty_memo_stays_empty(shop: Client) -> None:
    assert shop.invoice(memo="")["memo"] == ""


@pytest.mark.parametrize("amount", [20, "20", 20.0, "+20"])
def test_whole_numbers_pass_however_they_are_written(shop: Client, amount: object) -> None:
    assert shop.invoice(num_satoshis=amount)["num_satoshis"] == 20


def test_a_form_is_read_like_json(shop: Client) -> None:
    form = {"num_satoshis": "20", "memo": "Tee", "expiry": "600", "passThru": '{"a": 1}'}
    lntx = shop.send("POST", f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice", data=form).json()

    assert (lntx["num_satoshis"], lntx["memo"], lntx["expiry"], lntx["passThru"]["a"]) == (20, "Tee", 600, 1)


def fill_in(shop: Client, *fields: tuple[str, str]) -> dict[str, object]:
    """Order an invoice by a form, and return what was passed through for us."""
    path = f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice"
    answer = shop.send("POST", path, data=[("num_satoshis", "20"), *fields])
    passed: dict[str, object] = answer.json()["passThru"]
    return {name: value for name, value in passed.items() if name != "wallet_id"}


def test_fields_of_a_form_may_be_nested(shop: Client) -> None:
    fields = [("passThru[order]", "A/7"), ("passThru[who][name]", "Ann"), ("passThru[who][tags][]", "x")]

    assert fill_in(shop, *fields, ("passThru[who][tags][]", "y")) == {
        "order": "A/7",
        "who": {"name": "Ann", "tags": {"0": "x", "1": "y"}},
    }


def test_a_form_of_many_parts_may_be_nested_too(shop: Client) -> None:
    path = f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice"
    parts = {"num_satoshis": (None, "20"), "passThru[order]": (None, "7")}

    assert shop.send("POST", path, files=parts).json()["passThru"]["order"] == "7"


def test_a_form_cannot_name_another_wallet(shop: Client) -> None:
    path = f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice"
    lntx = shop.send("POST", path, data={"passThru[wallet_id]": "wal_other"}).json()

    assert lntx["passThru"] == {"wallet_id": shop.sandbox.keys.wallet_id}


def test_a_nested_amount_is_none(shop: Client) -> None:
    path = f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice"

    assert shop.send("POST", path, data={"num_satoshis[]": "20"}).status_code == 400


def test_json_without_its_content_type_is_not_read(shop: Client) -> None:
    path = f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice"
    lntx = shop.send("POST", path, data='{"num_satoshis": 20}').json()

    assert (lntx["num_satoshis"], lntx["memo"]) == (0, "LNPAY Invoice")


def test_a_description_hash_replaces_the_memo_in_the_invoice_but_not_in_the_lntx(shop: Client) -> None:
    digest = hashlib.sha256(b"a long description").hexdigest()
    lntx = shop.invoice(memo="short", description_hash=digest.upper())
    said = bolt11.decode(lntx["payment_request"])

    assert (said.description, said.description_hash) == (None, digest)
    assert (lntx["memo"], lntx["description_hash"]) == ("short", digest)


@pytest.mark.parametrize(("asked", "kept"), [("", 432000), (0, 0), (-5, -5)])
def test_an_odd_expiry_is_kept_and_the_node_takes_its_own(shop: Client, clock: Clock, asked: object, kept: int) -> None:
    lntx = shop.invoice(expiry=asked)

    assert (lntx["expiry"], lntx["expires_at"]) == (kept, clock.now + kept)
    assert bolt11.decode(lntx["payment_request"]).expiry == (kept if kept > 0 else 86400)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"num_satoshis": 20.5}, "Num Satoshis must be an integer."),
        ({"num_satoshis": "x"}, "Num Satoshis must be an integer."),
        ({"num_satoshis": "٢٠"}, "Num Satoshis must be an integer."),
        ({"num_satoshis": True}, "Num Satoshis must be an integer."),
        ({"num_satoshis": [20]}, "Num Satoshis must be an integer."),
        ({"num_satoshis": 10**30}, "Num Satoshis must be an integer."),
        ({"num_satoshis": ""}, "Num Satoshis cannot be blank."),
        ({"num_satoshis": 10_000_001}, "Receiving is limited to: 10000000 satoshi per invoice"),
        ({"expiry": "soon"}, "Expiry must be an integer."),
        ({"passThru": "{"}, "passThru data must be valid json"),
        ({"passThru": [1]}, "passThru data must be valid json"),
    ],
)
def test_bad_parameters_are_400_and_say_why(shop: Client, params: dict[str, object], message: str) -> None:
    answer = shop.order(**params)

    assert answer.status_code == 400
    assert answer.json() == {"name": "Bad Request", "message": message, "code": 0, "status": 400}


@pytest.mark.parametrize(
    "params",
    [
        {"num_satoshis": -1},
        {"expiry": 31536001},
        {"memo": "x" * 256},
        {"memo": "☕" * 214},
        {"memo": {"a": 1}},
        {"description_hash": "abcd"},
        {"description_hash": "zz" * 32},
        {"description_hash": 7},
    ],
)
def test_what_the_node_refuses_is_500_without_a_reason(shop: Client, params: dict[str, object]) -> None:
    answer = shop.order(**params)

    message = "An internal server error occurred."
    assert answer.status_code == 500
    assert answer.json() == {"name": "Internal Server Error", "message": message, "code": 0, "status": 500}


@pytest.mark.parametrize("params", [{"memo": "☕" * 213}, {"memo": "x" * 255}, {"expiry": 31536000}])
def test_the_largest_that_fits_is_taken(shop: Client, params: dict[str, object]) -> None:
    lntx = shop.invoice(**params)

    assert lntx["memo"] == bolt11.decode(lntx["payment_request"]).description


def test_the_largest_sale_of_a_till_is_taken(shop: Client) -> None:
    assert shop.invoice(num_satoshis=10_000_000)["num_satoshis"] == 10_000_000


@pytest.mark.parametrize("body", [b"{", b"[1]", b"7", b"\xff", b'{"memo":"\\ud800"}', b'{"expiry":NaN}', b"[" * 60_000])
def test_a_body_that_is_no_json_object_is_400(shop: Client, body: bytes) -> None:
    path = f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice"
    answer = shop.send("POST", path, data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Invalid JSON data in request body: ")


def test_an_oversized_body_is_413(shop: Client) -> None:
    assert shop.order(memo="x" * 65_536).status_code == 413


def test_fields_cuts_the_answer_down_in_its_own_order(shop: Client) -> None:
    path = f"/v1/wallet/{shop.sandbox.keys.invoice_key}/invoice"

    def answered(fields: str) -> requests.Response:
        return shop.send("POST", path, params={"fields": fields}, json={"num_satoshis": 20})

    assert answered("settled,num_satoshis,nonsense").text == '{"num_satoshis":20,"settled":0}'
    assert answered("nonsense").text == "[]"
    assert "payment_request" in answered("").json()


def test_the_most_for_one_invoice_can_be_set(folder: Path) -> None:
    shop = Client(Sandbox(folder, max_sats=10_000))

    assert shop.order(num_satoshis=10_000).status_code == 201
    assert shop.order(num_satoshis=10_001).json()["message"] == "Receiving is limited to: 10000 satoshi per invoice"
