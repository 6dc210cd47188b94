"""The books, as a program reads them: page by page, from their beginning on."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.fill import fill
from pos.domain.charge import Channel, Charge
from pos.domain.export import SALE
from pos.services.charge import charge
from pos.services.settle import settle
from pos.shop import Shop
from tests.conftest import TOKEN, in_sat
from tests.fakes import NOON, FakeClock, FakeWallet

AUTH = {"Authorization": f"Bearer {TOKEN}"}


def ask(client: FlaskClient, **words: object) -> TestResponse:
    return client.get("/api/v1/sales", query_string={name: str(it) for name, it in words.items()}, headers=AUTH)


def read(client: FlaskClient, **words: object) -> Any:
    answer = ask(client, **words)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def sell(shop: Shop, count: int) -> list[Charge]:
    return [charge(shop, Channel.TILL, in_sat(100 + it), f"{shop.now()}-{it}") for it in range(count)]


def pay(shop: Shop, wallet: FakeWallet, made: Charge) -> None:
    wallet.settle(made.invoice, made.amount_sat)
    settle(shop, made)


def numbers(answer: Any) -> list[str]:
    return [it["number"] for it in answer["sales"]]


def test_nobody_reads_the_books_without_the_token(client: FlaskClient) -> None:
    assert client.get("/api/v1/sales").status_code == 401


def test_a_shop_that_sold_nothing_has_empty_books(client: FlaskClient) -> None:
    assert read(client) == {"sales": [], "cursor": None, "more": False}


def test_each_sale_is_told_as_the_export_does(client: FlaskClient, shop: Shop, wallet: FakeWallet) -> None:
    pay(shop, wallet, sell(shop, 1)[0])
    [sale] = read(client)["sales"]
    assert {*sale} == {*SALE, "lines"}
    assert (sale["number"], sale["state"], sale["received_sat"], sale["channel"]) == ("2026-1", "paid", 100, "till")


def test_a_program_reads_on_where_it_ended(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    with shop.store.engine.begin() as connection:
        fill(connection, 103, NOON)
    last = sell(shop, 1)[0]
    clock.move(61)
    one = read(client)
    assert (len(one["sales"]), one["more"]) == (100, True)
    two = read(client, cursor=one["cursor"])
    assert (len(two["sales"]), two["more"]) == (4, False)
    assert numbers(one) + numbers(two) == [f"2026-{it}" for it in range(1, 105)]
    # Nothing is new yet, and so the place stays.
    three = read(client, cursor=two["cursor"])
    assert three == {"sales": [], "cursor": two["cursor"], "more": False}
    clock.move(60)
    pay(shop, wallet, last)
    four = read(client, cursor=three["cursor"])
    assert [(it["number"], it["state"]) for it in four["sales"]] == [("2026-104", "paid")]


def test_a_program_that_asks_each_second_misses_no_payment_that_the_till_learns_of_later(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock
) -> None:
    earlier, later = sell(shop, 2)
    clock.move(10)
    pay(shop, wallet, later)
    cursor = read(client)["cursor"]
    clock.move(1)
    wallet.settle(earlier.invoice, 100, settled_at=NOON + 9)
    settle(shop, earlier)
    after = read(client, cursor=cursor)
    assert {(it["number"], it["state"]) for it in after["sales"]} == {("2026-1", "paid"), ("2026-2", "paid")}
    # In the end it is silent.
    clock.move(60)
    after = read(client, cursor=after["cursor"])
    after = read(client, cursor=after["cursor"])
    assert after["sales"] == []


def test_a_time_bounds_what_comes(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    sell(shop, 1)
    clock.move(10)
    sell(shop, 1)
    assert numbers(read(client, since=NOON, until=NOON + 10)) == ["2026-1"]
    assert numbers(read(client, since=NOON + 1)) == ["2026-2"]
    assert numbers(read(client, since=NOON + 10, until=NOON + 10)) == []


def test_a_time_bounds_what_comes_after_a_cursor_too(client: FlaskClient, shop: Shop, clock: FakeClock) -> None:
    sell(shop, 1)
    clock.move(61)
    cursor = read(client)["cursor"]
    sell(shop, 1)
    assert numbers(read(client, since=NOON + 61, cursor=cursor)) == ["2026-2"]
    assert numbers(read(client, since=NOON + 62, cursor=cursor)) == []
    assert numbers(read(client, until=NOON + 61, cursor=cursor)) == []


@pytest.mark.parametrize(
    ("asked", "detail"),
    [
        ({"since": "yesterday"}, "since must be a time in whole unix seconds."),
        ({"since": "-1"}, "since must be a time in whole unix seconds."),
        ({"since": "1.5"}, "since must be a time in whole unix seconds."),
        ({"since": ""}, "since must be a time in whole unix seconds."),
        ({"since": "٣"}, "since must be a time in whole unix seconds."),
        ({"until": "9" * 13}, "until must be a time in whole unix seconds."),
        ({"since": "2", "until": "1"}, "until must not be before since."),
        ({"cursor": "1"}, "cursor must be one that an earlier answer had."),
        ({"cursor": "1-\0"}, "cursor must be one that an earlier answer had."),
        ({"cursor": ""}, "cursor must be one that an earlier answer had."),
    ],
)
def test_what_cannot_be_read_is_a_problem(client: FlaskClient, asked: dict[str, str], detail: str) -> None:
    answer = ask(client, **asked)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.get_json(force=True)["detail"] == detail
