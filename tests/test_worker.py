"""What a stranger may keep of a process: so many connections, and a body for so long."""

from collections.abc import Iterable
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pos.worker import MOST_OF_ONE, Connections, with_whole_body

ROOT = Path(__file__).parent.parent
MOST = 1000


def connect(connections: Connections, held: ExitStack, *addresses: str | None) -> list[bool]:
    return [held.enter_context(connections.taken(address)) for address in addresses]


def test_one_address_may_keep_so_many_connections_and_another_is_none_the_worse() -> None:
    connections = Connections(10_000)
    with ExitStack() as held:
        assert all(connect(connections, held, *["10.0.0.1"] * MOST_OF_ONE))
        assert connect(connections, held, "10.0.0.1", "::ffff:10.0.0.1", "10.0.0.2") == [False, False, True]
    with ExitStack() as held:
        assert connect(connections, held, "10.0.0.1") == [True]


def test_who_was_turned_away_leaves_nothing_behind() -> None:
    connections = Connections(10_000)
    with ExitStack() as held:
        connect(connections, held, *["10.0.0.1"] * MOST_OF_ONE)
        with connections.taken("10.0.0.1") as is_free:
            assert not is_free
    assert (connections._of, connections._outside) == ({}, 0)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", None])
def test_a_proxy_on_this_machine_brings_everybody(address: str | None) -> None:
    connections = Connections(10_000)
    with ExitStack() as held:
        assert all(connect(connections, held, *[address] * (MOST_OF_ONE + 1)))


def test_strangers_from_outside_leave_a_share_of_the_connections_to_the_shop() -> None:
    connections = Connections(10)
    with ExitStack() as held:
        outside = [f"9.9.9.{number}" for number in range(9)]
        assert connect(connections, held, *outside) == [True] * 8 + [False]
        assert connect(connections, held, "192.168.1.7", "fd00::7") == [True, True]


class Slow(BytesIO):
    """A body of which the rest does not come."""

    def read(self, _most: int | None = None, /) -> bytes:
        import gevent

        gevent.sleep(60)
        return b""


def told(**environ: Any) -> tuple[list[str], list[bytes]]:
    """Ask a till that reads all of its body, and return the heads of its answers and what it was given."""
    heads: list[str] = []
    seen: list[bytes] = []

    def application(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        seen.append(environ["wsgi.input"].read())
        return []

    list(with_whole_body(application, MOST, seconds=0.05)(environ, lambda status, _headers: heads.append(status)))
    return heads, seen


@pytest.mark.parametrize("how", [{"CONTENT_LENGTH": "4"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_a_body_that_does_not_come_is_not_waited_for(how: dict[str, str]) -> None:
    assert told(**how, **{"wsgi.input": Slow()}) == (["408 Request Timeout"], [])


@pytest.mark.parametrize(
    ("how", "body"),
    [
        ({"CONTENT_LENGTH": "4"}, b"a=21"),
        ({"CONTENT_LENGTH": "0"}, b""),
        ({"CONTENT_LENGTH": ""}, b""),
        ({}, b""),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, b"a=21"),
    ],
)
def test_a_body_that_is_there_is_handed_on_whole(how: dict[str, str], body: bytes) -> None:
    assert told(**how, **{"wsgi.input": BytesIO(body)}) == ([], [body])


def test_of_a_body_without_an_end_no_more_is_kept_than_shows_that_it_is_too_large() -> None:
    _, (seen,) = told(HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": BytesIO(b"x" * 5000)})
    assert len(seen) == MOST + 1


def test_a_body_that_says_that_it_is_too_large_is_not_waited_for() -> None:
    called: list[bool] = []

    def application(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        called.append(True)
        return []

    environ = {"CONTENT_LENGTH": str(MOST + 1), "wsgi.input": Slow()}
    list(with_whole_body(application, MOST, seconds=0.05)(environ, None))
    assert called == [True]
