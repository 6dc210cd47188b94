"""An address that the till cannot listen at is told with its setting, before gunicorn tries."""

import socket
from pathlib import Path

import pytest

from pos.cli.listening import check_free
from pos.settings import SettingsError
from tests.processes import fails_to_start


def test_a_port_that_is_taken_is_told_with_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"^POS_PORT {port} is taken: .+ Example: POS_PORT={port + 1}$"):
            check_free([("127.0.0.1", port)])


def test_a_port_that_is_free_stays_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    check_free([("127.0.0.1", port), "unix:/run/till.sock"])
    with socket.create_server(("127.0.0.1", port)):
        pass


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "till. .invalid"])
def test_an_address_that_this_machine_has_not_is_told(host: str) -> None:
    with pytest.raises(SettingsError, match=rf"^POS_HOST {host} is no address of this machine"):
        check_free([(host, 5000)])


@pytest.mark.parametrize("name", ["GUNICORN_FD", "LISTEN_FDS"])
def test_a_socket_that_is_handed_over_is_not_tried(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "3")
    with socket.create_server(("127.0.0.1", 0)) as other:
        check_free([other.getsockname()])


@pytest.mark.real_time
def test_a_till_on_a_port_that_is_taken_does_not_start_and_says_so_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = fails_to_start(tmp_path, "gunicorn", POS_WALLET="sandbox", POS_PORT=port)
    assert said.count(port) == 1
    assert f"POS_PORT {port} is taken" in said
