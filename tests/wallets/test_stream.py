"""The streams over which wallets tell of payments: what is dropped, when one is given up, and what must not be told."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import Queue
from socket import AF_INET, SOCK_STREAM
from threading import Event
from traceback import format_exception
from typing import Self

import pytest
from werkzeug import Request, Response

from pos.transport import Transport
from pos.transport.network import Address
from pos.wallets import lnbits
from pos.wallets.base import ByPaymentHash, Hint, WalletUnreachable
from pos.wallets.stream import MAX_BYTES, Pace, Stream, hear
from tests.fakes import FakeClock
from tests.loopback import served
from tests.processes import until
from tests.wallets.doubles.backend import as_json, sample
from tests.wallets.doubles.lnbits import ADMIN_KEY, INVOICE_KEY, LNbitsDouble
from tests.wallets.doubles.lnd import LndDouble
from tests.wallets.subjects import Bench, subject_of
from tests.wallets.test_contract import COFFEE, listening

# Seconds, short where they are used up. A busy machine takes a while over an answer, so nothing else goes by them.
BRISK = Pace(ping=0.05, message=0.2)
HINT = ByPaymentHash("ab" * 32)


@pytest.fixture
def lnbits_double(clock: FakeClock) -> LNbitsDouble:
    return LNbitsDouble(clock)


@pytest.fixture
def address(lnbits_double: LNbitsDouble) -> Iterator[str]:
    with served(lnbits_double) as url:
        yield f"{url}/api/v1/ws/{INVOICE_KEY}"


class Heard:
    """What is heard over a stream, in a thread of its own, until it breaks or the test is over."""

    def __init__(self, address: str, pace: Pace | None = None) -> None:
        self.hints: Queue[Hint] = Queue()
        self.stop = Event()
        self._pool = ThreadPoolExecutor(1)
        stream = Stream(address, Transport(), pace or Pace())
        self.end = self._pool.submit(hear, stream, lambda _: HINT, self.hints.put, self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._pool.shutdown()


def test_a_stream_over_which_nothing_comes_is_asked_whether_it_is_there(
    lnbits_double: LNbitsDouble, address: str
) -> None:
    with Heard(address, Pace(ping=1)) as heard:
        until(lambda: lnbits_double.pings >= 2)
        lnbits_double.push({})
        assert heard.hints.get(timeout=5) == HINT
    assert heard.end.result() is None
    assert lnbits_double.ever == 1
    # A browser says where it comes from, and some servers take in none from elsewhere.
    assert "Origin" not in lnbits_double.asked[0].headers


def test_a_stream_goes_where_the_questions_over_http_go(lnbits_double: LNbitsDouble, address: str) -> None:
    """Python by itself would look up strasse.example, which may be somebody else's."""
    port, asked = int(address.split(":")[2].partition("/")[0]), []

    def look_up(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [(AF_INET, SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    stream = Stream(address.replace("127.0.0.1", "straße.example"), Transport(look_up=look_up), Pace())
    stream.open()
    stream.close()
    assert asked == ["xn--strae-oqa.example"]
    assert lnbits_double.asked[0].host == f"xn--strae-oqa.example:{port}"


def test_a_stream_that_does_not_say_that_it_is_there_is_given_up(lnbits_double: LNbitsDouble, address: str) -> None:
    lnbits_double.is_deaf = True
    with Heard(address, BRISK) as heard, pytest.raises(WalletUnreachable, match="does not answer in time"):
        heard.end.result(timeout=5)


def test_what_is_larger_than_any_message_is_not_read_to_its_end(lnbits_double: LNbitsDouble, address: str) -> None:
    with Heard(address) as heard:
        until(lambda: lnbits_double.listening == 1)
        lnbits_double.callers[0].send_raw(b"\x81\x7f" + (2**40).to_bytes(8, "big") + b"x" * (MAX_BYTES + 2))
        with pytest.raises(WalletUnreachable, match=f"more than {MAX_BYTES} bytes at once"):
            heard.end.result(timeout=5)


def test_a_message_in_parts_has_the_size_of_one(lnbits_double: LNbitsDouble, address: str) -> None:
    """A ping between them, which is answered at once, must not make room for more."""
    part, ping = b"\x7f" + (100_000).to_bytes(8, "big") + b"x" * 100_000, b"\x89\x00"
    with Heard(address) as heard:
        until(lambda: lnbits_double.listening == 1)
        # It may hang up before the last part is sent.
        (caller,) = lnbits_double.callers
        for first in (b"\x01", b"\x00", b"\x00", b"\x00"):
            caller.send_raw(first + part + ping)
        with pytest.raises(WalletUnreachable, match="at once"):
            heard.end.result(timeout=5)


def test_a_message_that_does_not_end_is_given_up(lnbits_double: LNbitsDouble, address: str) -> None:
    with Heard(address, replace(BRISK, ping=30)) as heard:
        until(lambda: lnbits_double.listening == 1)
        lnbits_double.callers[0].send_raw(b"\x81\x7e\xff\xff" + b"x")
        with pytest.raises(WalletUnreachable, match="does not answer in time"):
            heard.end.result(timeout=5)


@pytest.mark.parametrize("bytes_of_no_text", [b"\xff", b"\xed\xa0\x80", b"\xc3"])
def test_a_message_that_is_no_text_ends_a_stream(
    lnbits_double: LNbitsDouble, address: str, bytes_of_no_text: bytes
) -> None:
    with Heard(address) as heard:
        until(lambda: lnbits_double.listening == 1)
        lnbits_double.callers[0].send_raw(b"\x81" + bytes([len(bytes_of_no_text)]) + bytes_of_no_text)
        with pytest.raises(WalletUnreachable, match="it does not speak WebSocket"):
            heard.end.result(timeout=5)


def test_a_page_in_the_place_of_a_stream_is_told_and_nothing_of_what_stands_there(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A server that does not know an address repeats it, and in this one a key stands."""

    @Request.application
    def page(request: Request) -> Response:
        if request.path == "/api/v1/wallet":
            return as_json(sample("lnbits", "wallet_invoice_key")["body"])
        return Response(f"no {request.url}", 404, {"X-Seen": request.path, "Location": request.url})

    caplog.set_level(logging.DEBUG)
    with served(page) as url, closing(Transport()) as transport:
        bench = Bench(FakeClock(), Path("/nowhere"), transport)
        wallet = bench.open("lnbits", lnbits.WalletSettings(url=url, invoice_key=INVOICE_KEY))
        with pytest.raises(WalletUnreachable, match="it opens no stream: it answered 404") as error:
            wallet.listen(lambda _: None, Event())
    assert INVOICE_KEY not in "".join(format_exception(error.value)) + caplog.text


NOISE: list[object] = [None, [], "hello", {}, {"payment": None}, {"payment": {}}, {"payment": {"payment_hash": "x"}}]


@pytest.mark.parametrize("name", ["lnbits", "lnd"])
def test_what_a_wallet_says_beside_the_point_is_dropped(name: str, clock: FakeClock, tmp_path: Path) -> None:
    hints: Queue[Hint] = Queue()
    with subject_of(name, clock, tmp_path) as subject:
        invoice = subject.wallet.create_invoice(COFFEE).invoice
        with listening(subject, hints.put):
            assert isinstance(subject.backend, LNbitsDouble | LndDouble)
            for noise in (*NOISE, {"result": {"state": "SETTLED", "r_hash": "x"}}, {"error": {"code": 2}}):
                subject.backend.push(noise)
            for caller in subject.backend.callers:
                caller.send(b"[" * 5000)
            subject.pay(invoice)
            assert hints.get(timeout=5) == ByPaymentHash(invoice.payment_hash)


@pytest.mark.parametrize("state", ["open", "accepted", "canceled"])
def test_what_lnd_tells_of_an_invoice_that_is_not_paid_is_no_hint(state: str, clock: FakeClock, tmp_path: Path) -> None:
    hints: Queue[Hint] = Queue()
    with subject_of("lnd", clock, tmp_path) as subject, listening(subject, hints.put):
        assert isinstance(subject.backend, LndDouble)
        subject.backend.push({"result": sample("lnd", state)["body"]})
        paid = subject.wallet.create_invoice(COFFEE).invoice
        subject.pay(paid)
        assert hints.get(timeout=5) == ByPaymentHash(paid.payment_hash)


def test_a_key_of_lnbits_that_can_spend_never_stands_in_an_address(
    lnbits_double: LNbitsDouble, clock: FakeClock, tmp_path: Path
) -> None:
    """It is asked for payments as ever: an access log would keep the key of all the money."""
    stop = Event()
    with served(lnbits_double) as url, ThreadPoolExecutor(1) as pool:
        wallet = Bench(clock, tmp_path).open("lnbits", lnbits.WalletSettings(url=url, invoice_key=ADMIN_KEY))
        ends = pool.submit(wallet.listen, lambda _: None, stop)
        until(lambda: bool(lnbits_double.asked))
        stop.set()
        assert ends.result(timeout=5) is None
    assert [request.path for request in lnbits_double.asked] == ["/api/v1/wallet"]
