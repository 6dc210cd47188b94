"""What a stranger may ask of the shop's wallet: so much, and then a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.device import Face
from pos.runtime.allowance import LIMITS
from pos.runtime.line import Line
from pos.services.charge import MOST_OPEN, TooManyOpen, charge, charge_again
from pos.settings import Settings
from pos.shop import Shop
from tests.conftest import TOKEN, in_sat
from tests.crowd import ask_too
from tests.fakes import FakeClock, FakeWallet
from tests.people import People

MOST, SECONDS = LIMITS[0]
COUNTED = pytest.mark.only_on("sqlite", reason="who asked how often is counted in no database")
HERE = {"Origin": "http://localhost"}


def ask(client: FlaskClient, path: str, address: str = "192.0.2.1", **fields: str) -> tuple[int, str | None, str]:
    answer = client.post(path, data=fields, headers=HERE, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.headers.get("Retry-After"), answer.text


@COUNTED
@pytest.mark.parametrize("path", ["/kiosk/amount", "/tips"])
def test_one_address_may_charge_so_often_in_a_minute_and_then_reads_why_not(
    client: FlaskClient, wallet: FakeWallet, clock: FakeClock, path: str
) -> None:
    for number in range(MOST):
        assert ask(client, path, key=f"k{number}", other="21")[0] == 303
    status, retry_after, page = ask(client, path, key="one-more", other="4711")
    assert (status, retry_after) == (429, str(SECONDS))
    assert f"too often from one connection. Nothing was charged. Try again in {SECONDS} s." in page
    assert 'value="4711"' in page
    assert len(wallet.made) == MOST
    assert ask(client, path, "192.0.2.2", key="another", other="21")[0] == 303
    clock.move(SECONDS)
    assert ask(client, path, key="one-more", other="4711")[0] == 303


@COUNTED
def test_of_one_address_no_more_is_open_however_long_the_shops_invoices_are_good(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    most, _ = LIMITS[-1]
    app = create_app(replace(settings, invoice_expiry=3600), wallet=wallet, clock=clock, running=clock)
    client = app.test_client()
    for number in range(most):
        clock.move(30)
        assert ask(client, "/tips", key=f"k{number}", other="21")[0] == 303
    clock.move(30)
    assert ask(client, "/tips", key="one-more", other="21")[:2] == (429, str(3600 - most * 30))
    clock.move(3600 - most * 30)
    assert ask(client, "/tips", key="one-more", other="21")[0] == 303
    close(app)


@COUNTED
def test_a_kiosk_sells_as_often_however_long_the_shops_invoices_are_good(
    settings: Settings, wallet: FakeWallet, clock: FakeClock
) -> None:
    most, seconds = LIMITS[-1]
    app = create_app(replace(settings, invoice_expiry=24 * 3600), wallet=wallet, clock=clock, running=clock)
    client = app.test_client()
    for number in range(most + 1):
        clock.move(seconds / most)
        assert ask(client, "/kiosk/amount", key=f"k{number}", other="21")[0] == 303
    close(app)


@COUNTED
def test_what_strangers_ask_for_takes_nothing_from_the_shops_own_behind_the_same_address(
    people: People, clock: FakeClock
) -> None:
    people.claim()
    till, kiosk, owner = people.device(), people.device(Face.KIOSK, ""), people.owner()
    stranger = people.stranger()
    for number in range(MOST):
        assert ask(stranger, "/tips", key=f"k{number}", other="21")[0] == 303
    assert ask(stranger, "/tips", key="one-more", other="21")[0] == 429
    for shops_own in (till, owner):
        _, _, page = ask(shops_own, "/", key=f"k{id(shops_own)}", amount="21")
        path = page.partition('href="')[2].partition('"')[0]
        for action in ("cancel", "again", "cancel"):
            clock.move(1)
            assert ask(shops_own, f"{path}/{action}")[0] == 303
    assert ask(kiosk, "/kiosk/amount", key="of-the-kiosk", other="21")[0] == 303


@COUNTED
def test_a_device_of_the_shop_may_so_often_in_a_minute_as_strangers_stand_before_some(people: People) -> None:
    people.claim()
    kiosk, other = (people.device(Face.KIOSK, "") for _ in range(2))
    for number in range(MOST):
        assert ask(kiosk, "/kiosk/amount", key=f"k{number}", other="21")[0] == 303
    assert ask(kiosk, "/kiosk/amount", key="one-more", other="21")[0] == 429
    assert ask(other, "/kiosk/amount", key="another", other="21")[0] == 303


@COUNTED
def test_what_is_not_valid_costs_nothing_and_is_not_counted(client: FlaskClient) -> None:
    for _ in range(MOST + 1):
        assert ask(client, "/tips", key="k", other="no number")[0] == 422
    assert ask(client, "/tips", key="k", other="21")[0] == 303


@COUNTED
@pytest.mark.parametrize("action", ["again", "cancel"])
def test_what_asks_the_wallet_about_a_sale_counts_too(client: FlaskClient, clock: FakeClock, action: str) -> None:
    _, _, page = ask(client, "/tips", key="k", other="21")
    path = page.partition('href="')[2].partition('"')[0]
    answers = []
    for _ in range(MOST):
        answers.append(ask(client, f"{path}/{action}"))
        clock.move(1)
    assert [status for status, _, _ in answers] == [303] * (MOST - 1) + [429]
    assert answers[-1][1] == str(SECONDS - (MOST - 1))
    assert "too often" in answers[-1][2]


@COUNTED
def test_who_presses_a_button_too_often_reads_it_in_a_language_of_people(client: FlaskClient) -> None:
    for _ in range(MOST):
        client.post("/pay/none/cancel", headers=HERE)
    for language, headline in (("en", "Too many at once"), ("de", "Zu viele auf einmal")):
        page = client.post("/pay/none/cancel", headers={**HERE, "Accept-Language": language}).text
        assert f'<h1 class="headline">{headline}</h1>' in page


@COUNTED
def test_the_till_and_programs_may_as_often_as_they_like(client: FlaskClient) -> None:
    token = {"Authorization": f"Bearer {TOKEN}"}
    for number in range(MOST + 1):
        assert ask(client, "/", key=f"k{number}", amount="21")[0] == 303
        sold = client.post("/api/v1/charges", json={"amount_sat": 21, "key": f"k{number}"}, headers=token)
        assert sold.status_code == 201


@COUNTED
@pytest.mark.parametrize(("proxies", "told"), [(0, True), (1, False)])
def test_the_log_says_so_where_all_visitors_are_one_since_nobody_told_the_till_of_its_proxy(
    settings: Settings, wallet: FakeWallet, clock: FakeClock, caplog: pytest.LogCaptureFixture, proxies: int, told: bool
) -> None:
    app = create_app(replace(settings, proxies=proxies), wallet=wallet, clock=clock, running=clock)
    client, forwarded = app.test_client(), {**HERE, "X-Forwarded-For": "192.0.2.1"}
    for number in range(MOST + 1):
        client.post("/tips", data={"key": f"k{number}", "other": "21"}, headers=forwarded)
    assert ("POS_PROXIES" in caplog.text) is told
    close(app)


@pytest.fixture
def full(shop: Shop) -> Shop:
    """A shop whose tip jar has as many open charges as it may have."""
    first = charge(shop, Channel.TIPS, in_sat(21), "first")
    ask_too(shop, first, [""] * (MOST_OPEN - 2))
    charge(shop, Channel.TIPS, in_sat(21), "last")
    return shop


@pytest.mark.usefixtures("full")
def test_a_public_page_has_so_many_open_charges_and_not_one_more(client: FlaskClient, wallet: FakeWallet) -> None:
    status, retry_after, page = ask(client, "/tips", key="one-more", other="4711")
    assert (status, retry_after) == (429, "60")
    assert "Too many people ask at once" in page
    assert 'value="4711"' in page
    assert len(wallet.made) == 2
    assert ask(client, "/kiosk/amount", key="k", other="21")[0] == 303
    assert ask(client, "/", key="k", amount="21")[0] == 303


def test_what_is_not_open_any_more_makes_room(full: Shop, clock: FakeClock) -> None:
    def more(key: str) -> None:
        charge(full, Channel.TIPS, in_sat(21), key)

    with pytest.raises(TooManyOpen):
        more("a")
    assert full.store.cancel("tips-c1", full.now())
    more("a")
    with pytest.raises(TooManyOpen):
        more("b")
    clock.move(full.settings.invoice_expiry)
    more("b")


class Noted(Line):
    """A line that notes who comes and goes."""

    def __init__(self, notes: list[str]) -> None:
        super().__init__()
        self.notes = notes

    @contextmanager
    def turn(self) -> Iterator[None]:
        self.notes.append("in")
        yield
        self.notes.append("out")


def test_a_stranger_stands_in_line_until_the_invoice_is_written_down(shop: Shop, wallet: FakeWallet) -> None:
    notes: list[str] = []
    shop = replace(shop, lines={Channel.TIPS: Noted(notes)})
    wallet.before_answer = lambda: notes.append("made")
    sold = charge(shop, Channel.TIPS, in_sat(21), "a")
    charge_again(shop, sold)
    assert notes == ["in", "made", "out"] * 2
    # Who asks again for what there is waits for nobody.
    charge(shop, Channel.TIPS, in_sat(21), "a")
    charge_again(shop, sold)
    assert notes == ["in", "made", "out"] * 2


def test_a_line_that_is_too_long_holds_up_neither_another_face_nor_the_shop(shop: Shop) -> None:
    sold = charge(shop, Channel.TIPS, in_sat(21), "a")
    shop = replace(shop, lines={**shop.lines, Channel.TIPS: Line(most=0)})
    with pytest.raises(TooManyOpen):
        charge(shop, Channel.TIPS, in_sat(21), "b")
    with pytest.raises(TooManyOpen):
        charge_again(shop, sold)
    for channel in (Channel.TILL, Channel.API, Channel.KIOSK):
        assert charge(shop, channel, in_sat(21), "b")


def test_each_face_that_is_open_to_strangers_has_a_line_of_its_own(shop: Shop) -> None:
    assert shop.lines.keys() == {Channel.KIOSK, Channel.TIPS, Channel.LNURL}
    assert len({id(line) for line in shop.lines.values()}) == 3
