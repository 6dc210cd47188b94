"""The pay page's line: server-sent events, as a browser reads them (WHATWG HTML, 9.2)."""

import json
from collections.abc import Iterator
from threading import Thread
from traceback import extract_stack
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from pos.runtime.broker import MOST_OF_ONE
from pos.services.settle import settle
from pos.shop import Shop
from tests.conftest import Cashier, stored
from tests.fakes import FakeClock, FakeWallet


@pytest.fixture
def charge_id(cashier: Cashier) -> str:
    return cashier.sell(2100, "Coffee")


def blocks(answer: TestResponse) -> Iterator[dict[str, str]]:
    """Read what is sent, as soon as it is: each block is a name for each field."""
    text = ""
    for part in answer.iter_encoded():
        text += part.decode()
        while "\n\n" in text:
            block, _, text = text.partition("\n\n")
            yield {name: value.strip() for name, _, value in (line.partition(":") for line in block.splitlines())}


def charges(answer: TestResponse) -> Iterator[Any]:
    """Read the charges that are sent, and nothing else."""
    return (json.loads(block["data"]) for block in blocks(answer) if block.get("event") == "charge")


def line(app: Flask, charge_id: str, environ: dict[str, Any] | None = None) -> Iterator[bytes]:
    """Open a line as a server does, which adds nothing to it."""
    environ = environ or EnvironBuilder(f"/pay/{charge_id}/events").get_environ()
    return iter(app(environ, lambda *_: lambda _: None))


def test_the_present_state_comes_at_once_as_the_status_has_it(
    client: FlaskClient, cashier: Cashier, charge_id: str
) -> None:
    answer = client.get(f"/pay/{charge_id}/events")
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    # The wallet was asked for the first of them.
    assert {**next(charges(answer)), "asked_at": None} == cashier.status(charge_id)
    answer.close()


def test_a_payment_comes_when_it_is_written_down(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, charge_id: str
) -> None:
    sent = charges(client.get(f"/pay/{charge_id}/events"))
    assert next(sent)["status"] == "open"
    sold = stored(shop, charge_id)
    wallet.settle(sold.invoice, 2100)
    paying = Thread(target=settle, args=(shop, sold))
    paying.start()
    paid = next(sent)
    paying.join()
    assert (paid["status"], paid["received_sat"]) == ("paid", 2100)


def test_a_browser_is_told_when_to_come_again_and_not_all_at_once(client: FlaskClient, charge_id: str) -> None:
    def retry() -> int:
        answer = client.get(f"/pay/{charge_id}/events")
        first = next(blocks(answer))
        answer.close()
        return int(first["retry"])

    times = [retry() for _ in range(12)]
    assert all(1000 <= time <= 2000 for time in times)
    assert len(set(times)) > 1


def test_a_look_that_brings_no_news_is_a_heartbeat_that_a_script_can_hear(
    client: FlaskClient, shop: Shop, charge_id: str
) -> None:
    answer = client.get(f"/pay/{charge_id}/events")
    sent = blocks(answer)
    assert next(sent)["event"] == "charge"
    shop.broker.publish(charge_id)
    assert next(sent) == {"event": "heartbeat", "data": ""}
    answer.close()


def test_a_screen_that_leaves_is_forgotten(client: FlaskClient, shop: Shop, charge_id: str) -> None:
    answer = client.get(f"/pay/{charge_id}/events")
    next(charges(answer))
    assert shop.broker.subscriber_count == 1
    answer.close()
    assert shop.broker.subscriber_count == 0


def test_who_only_asks_what_a_line_would_be_does_not_wait(client: FlaskClient, shop: Shop, charge_id: str) -> None:
    assert client.head(f"/pay/{charge_id}/events").mimetype == "text/event-stream"
    assert shop.broker.subscriber_count == 0


def test_an_open_line_keeps_of_its_request_only_what_an_access_log_reads(app: Flask, charge_id: str) -> None:
    headers = Headers({"Cookie": "theme=dark", "Accept-Language": "de", "User-Agent": "a browser"})
    environ = EnvironBuilder(f"/pay/{charge_id}/events", headers=headers).get_environ()
    sent = line(app, charge_id, environ)
    next(sent)
    kept = {name for name, value in environ.items() if value is not None}
    assert kept == {"REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL", "RAW_URI", "HTTP_USER_AGENT"}


def test_nothing_stands_between_the_server_and_what_a_screen_waits_in(
    app: Flask, shop: Shop, wallet: FakeWallet, charge_id: str, clock: FakeClock
) -> None:
    callers: list[str] = []
    sent = line(app, charge_id)
    next(sent)
    # Where nobody watches, a screen that is woken asks the wallet itself.
    wallet.before_look_up = lambda: callers.extend(frame.name for frame in extract_stack())
    clock.move(1)
    shop.broker.publish(charge_id)
    next(sent)
    here = callers.index("test_nothing_stands_between_the_server_and_what_a_screen_waits_in")
    assert callers[here + 1] == "_follow"


def test_a_proxy_is_told_to_pass_it_on_at_once(client: FlaskClient, charge_id: str) -> None:
    answer = client.get(f"/pay/{charge_id}/events")
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


def test_one_sale_has_so_many_lines_and_whoever_comes_then_asks_now_and_then(
    client: FlaskClient, cashier: Cashier, charge_id: str
) -> None:
    lines = [client.get(f"/pay/{charge_id}/events") for _ in range(MOST_OF_ONE)]
    one_more = client.get(f"/pay/{charge_id}/events")
    assert (one_more.status_code, one_more.headers["Retry-After"]) == (429, "5")
    assert "Too many screens wait for this sale" in one_more.text
    assert client.get(f"/pay/{charge_id}/status").status_code == 200
    assert client.get(f"/pay/{cashier.sell(21)}/events").status_code == 200
    lines[0].close()
    assert client.get(f"/pay/{charge_id}/events").status_code == 200


def test_a_sale_that_is_not_there_has_no_line(client: FlaskClient) -> None:
    assert client.get("/pay/none/events").status_code == 404


def test_where_the_book_cannot_be_read_there_is_no_line(client: FlaskClient, shop: Shop, charge_id: str) -> None:
    with shop.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE charge RENAME TO gone")
    assert client.get(f"/pay/{charge_id}/events").status_code == 503
    assert shop.broker.subscriber_count == 0


def test_the_stream_of_a_paid_charge_ends_a_minute_later(
    client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock, charge_id: str
) -> None:
    sold = stored(shop, charge_id)
    wallet.settle(sold.invoice, 2100)
    settle(shop, sold)
    clock.move(60)
    assert [it["status"] for it in charges(client.get(f"/pay/{charge_id}/events"))] == ["paid"]


def test_no_preimage_is_ever_sent(client: FlaskClient, shop: Shop, wallet: FakeWallet, clock: FakeClock) -> None:
    charge_id = Cashier(client).sell(5)
    sold = stored(shop, charge_id)
    wallet.settle(sold.invoice, 5)
    settle(shop, sold)
    clock.move(60)
    assert wallet.preimages[sold.invoice.id] not in client.get(f"/pay/{charge_id}/events").text
