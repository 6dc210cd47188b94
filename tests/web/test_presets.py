"""What the kiosk and the tip jar have in common: preset amounts, or another one."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from pos import create_app
from pos.domain.charge import Channel, Charge
from pos.settings import Settings
from pos.settings.kiosk import entries
from pos.shop import Shop
from pos.wallets.base import WalletUnreachable
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeWallet

# What it stores and reads is tried on both databases elsewhere.
pytestmark = pytest.mark.only_on("sqlite", reason="it is about what a page says and reads")

# Where another amount is typed.
KEYPADS = {"/kiosk": "/kiosk/amount", "/tips": "/tips"}
CHANNELS = [("/kiosk", Channel.KIOSK), ("/tips", Channel.TIPS)]


def sold(cashier: Cashier, shop: Shop, path: str, **typed: str) -> Charge:
    answer = cashier.send(path, **typed)
    assert answer.status_code == 303, answer.text
    return stored(shop, answer.headers["Location"].removeprefix("/pay/"))


@pytest.mark.parametrize(("path", "channel"), CHANNELS)
def test_a_tile_is_a_sale(cashier: Cashier, shop: Shop, path: str, channel: Channel) -> None:
    charge = sold(cashier, shop, path, amount="2100")
    assert (charge.amount_sat, charge.channel) == (2100, channel)


@pytest.mark.parametrize(("path", "_channel"), CHANNELS)
def test_another_amount_is_a_sale(cashier: Cashier, shop: Shop, path: str, _channel: Channel) -> None:
    assert sold(cashier, shop, KEYPADS[path], amount="1000", other="77").amount_sat == 77


@pytest.mark.parametrize(("path", "_channel"), CHANNELS)
@pytest.mark.parametrize("typed", [{}, {"other": "0"}, {"other": "1.5"}, {"amount": "x"}, {"other": "10000001"}])
def test_a_bad_amount_brings_the_page_back_with_a_sentence(
    cashier: Cashier, wallet: FakeWallet, path: str, _channel: Channel, typed: dict[str, str]
) -> None:
    answer = cashier.send(KEYPADS[path], **typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert wallet.made == []


@pytest.mark.parametrize(("path", "_channel"), CHANNELS)
def test_a_wallet_that_is_down_is_told_and_the_same_page_sells_later(
    cashier: Cashier, wallet: FakeWallet, path: str, _channel: Channel
) -> None:
    path = KEYPADS[path]
    fields = cashier.open(path)
    wallet.fail_with = WalletUnreachable("down")
    answer = cashier.send(path, fields, other="77")
    assert answer.status_code == 502
    assert 'value="77"' in answer.text
    wallet.fail_with = None
    assert cashier.send(path, fields, other="77").status_code == 303


@pytest.mark.parametrize("path", ["/kiosk", "/tips"])
def test_the_amounts_are_the_shops_own(settings: Settings, wallet: FakeWallet, clock: FakeClock, path: str) -> None:
    own = replace(settings, kiosk_amounts=entries("21,42000"), tip_amounts=(21, 42_000))
    page = create_app(own, wallet=wallet, clock=clock).test_client().get(path).text
    assert 'value="21"' in page
    assert "42,000" in page
    assert 'value="1000"' not in page


@pytest.mark.parametrize("path", ["/", "/kiosk", "/tips"])
def test_each_page_names_the_shop(client: FlaskClient, path: str) -> None:
    assert "Marta&#39;s Stall" in client.get(path).text


@pytest.mark.parametrize("amount", ["9" * 5000, "²", "\x00"])
def test_a_tile_that_is_none_is_a_sentence(cashier: Cashier, amount: str) -> None:
    assert cashier.send("/tips", amount=amount).status_code == 422


@pytest.mark.parametrize("path", ["/", "/kiosk", "/kiosk/amount", "/tips"])
@pytest.mark.parametrize("name", ["amount", "offer", "memo", "other", "key"])
def test_a_file_in_place_of_a_text_is_not_read(client: FlaskClient, cashier: Cashier, path: str, name: str) -> None:
    fields = cashier.open(path)
    answer = client.post(path, data={**fields, name: (BytesIO(b"21"), "x.txt")}, content_type="multipart/form-data")
    assert answer.status_code == 422
