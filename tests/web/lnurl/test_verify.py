"""Whether an invoice was paid, for the payer's own program (LUD-21): out of the book, under a random token."""

from typing import Any

import pytest

from pos.domain.invoice import proves
from pos.shop import Shop
from tests.conftest import Cashier
from tests.fakes import FakeWallet
from tests.web.lnurl.payer import Payer


def paid_by(payer: Payer, shop: Shop, wallet: FakeWallet, **changes: object) -> tuple[dict[str, Any], str]:
    asked = payer.pay(21_000)
    made = shop.store.find_by_verify_token(asked["verify"].rpartition("/")[2])
    assert made is not None
    wallet.settle(made.invoice, 21, **changes)
    return asked, made.id


def test_an_open_one_is_not_settled(payer: Payer) -> None:
    asked = payer.pay(21_000)
    answer = {"status": "OK", "settled": False, "preimage": None, "pr": asked["pr"]}
    assert payer.get(asked["verify"]) == answer


def test_it_never_asks_the_wallet_itself_but_has_the_watch_look(payer: Payer, shop: Shop, wallet: FakeWallet) -> None:
    asked, charge_id = paid_by(payer, shop, wallet)
    assert payer.get(asked["verify"])["settled"] is False
    assert wallet.look_ups == 0
    assert shop.presence.take((), 0) == {charge_id}


def test_once_it_is_paid_the_preimage_proves_it(payer: Payer, shop: Shop, wallet: FakeWallet, cashier: Cashier) -> None:
    asked, charge_id = paid_by(payer, shop, wallet)
    cashier.status(charge_id)
    shop.presence.take((), 0)
    answer = payer.get(asked["verify"])
    made = shop.store.get(charge_id)
    assert made is not None
    assert proves(answer["preimage"], made.invoice.payment_hash)
    assert answer == {"status": "OK", "settled": True, "preimage": answer["preimage"], "pr": asked["pr"]}
    assert shop.presence.take((), 9) == set()


@pytest.mark.parametrize("preimage", [None, "00" * 32])
def test_what_proves_nothing_is_not_given_out(
    payer: Payer, shop: Shop, wallet: FakeWallet, cashier: Cashier, preimage: str | None
) -> None:
    asked, charge_id = paid_by(payer, shop, wallet, preimage=preimage)
    cashier.status(charge_id)
    answer = payer.get(asked["verify"])
    assert (answer["settled"], answer["preimage"]) == (True, None)


@pytest.mark.parametrize("token", ["x", "%00", "None", "null"])
def test_nobody_finds_anything_by_a_token_that_is_none(payer: Payer, cashier: Cashier, token: str) -> None:
    payer.pay(21_000)
    cashier.sell(21)
    assert payer.refusal(f"/lnurlp/verify/{token}") == "Not found"


def test_what_people_see_of_a_charge_is_no_token(payer: Payer, shop: Shop, cashier: Cashier) -> None:
    token = payer.pay(21_000)["verify"].rpartition("/")[2]
    made = shop.store.find_by_verify_token(token)
    assert made is not None
    for known in (made.id, made.invoice.payment_hash, made.invoice.id):
        assert payer.refusal(f"/lnurlp/verify/{known}") == "Not found"
    for page in (f"/pay/{made.id}", f"/pay/{made.id}/status"):
        assert token not in cashier.client.get(page).text
    assert token not in repr(made)
