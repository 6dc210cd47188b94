"""An address that the till cannot listen at is told with its setting, before gunicorn tries."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pos.cli.listening import check_free
from pos.settings import SettingsError

ROOT = Path(__file__).parent.parent.parent


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
        done = subprocess.run(
            [sys.executable, "-m", "gunicorn"],
            env={**os.environ, "POS_WALLET": "sandbox", "POS_PORT": port, "POS_VAR": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert done.stderr.count(port) == 1
    assert f"POS_PORT {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr
