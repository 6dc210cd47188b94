"""The files that put the till on a machine: the container takes the steps of `make run`, the units are units.

No container is built here; what its Dockerfile copies is laid into a folder, and served from there.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.server import HOST, hold_port

ROOT = Path(__file__).parent.parent
UNITS = sorted((ROOT / "deploy").glob("*.service"))
# Seconds, on a machine that has much else to do.
_MAX_START = 60


def steps(word: str) -> list[str]:
    """What stands behind a word of the Dockerfile, each time that it stands there."""
    joined = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return re.findall(rf"^{word} (.+)$", joined, re.MULTILINE)


def copied() -> list[str]:
    return [word for step in steps("COPY") for word in step.split()[:-1]]


def recipe(target: str) -> str:
    """The lines of the Makefile that make a target."""
    made = re.search(rf"^{re.escape(target)}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert made, target
    return made[1]


def test_the_container_installs_what_make_run_installs() -> None:
    install = "--require-hashes -r requirements.txt"
    assert install in recipe("$(VENV)/run")
    assert [step for step in steps("RUN") if "pip" in step] == [f"pip install --no-cache-dir {install}"]


def test_the_container_looks_whether_it_has_all_as_make_run_does() -> None:
    look = re.search(r"-c (\".+\")", recipe("$(VENV)/run"))
    assert look
    assert f"python -c {look[1]}" in steps("RUN")


def test_the_container_starts_what_make_run_starts() -> None:
    [command] = map(json.loads, steps("CMD"))
    assert recipe("run").split()[-1] == f"$(BIN)/{command[0]}"
    assert command == ["gunicorn"]


def test_the_container_has_a_user_without_rights() -> None:
    [user] = steps("USER")
    assert int(user) > 0


def test_only_what_the_container_copies_is_sent_to_where_it_is_built() -> None:
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(sent) == sorted(copied())


@dataclass
class Container:
    """What a container of the till would do: its files, its settings, its command."""

    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", int(self.environment["POS_PORT"]), timeout=_MAX_START)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def is_healthy(self) -> bool:
        [check] = steps("HEALTHCHECK")
        command = json.loads(check[check.index("[") :])
        return subprocess.run(command, env=self.environment, stderr=subprocess.DEVNULL, check=False).returncode == 0


def settings() -> dict[str, str]:
    """The environment that the Dockerfile sets."""
    return dict(setting.split("=", 1) for step in steps("ENV") for setting in step.split())


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    """Serve what the Dockerfile copies, until it says that it is ready, as systemd would hear it."""
    folder = tmp_path
    for source in copied():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, folder / source)
    binaries = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with hold_port() as held, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        own = {"PATH": binaries, "POS_WALLET": "sandbox", "POS_HOST": HOST, "POS_PORT": str(held.getsockname()[1])}
        environment = settings() | own | {"NOTIFY_SOCKET": str(folder / "notify")}
        systemd.bind(environment["NOTIFY_SOCKET"])
        systemd.settimeout(_MAX_START)
        process = subprocess.Popen(["gunicorn"], cwd=folder, env=environment, start_new_session=True)
        try:
            assert b"READY=1" in systemd.recv(1000)
            yield Container(folder, environment, process)
        finally:
            process.terminate()
            process.wait(_MAX_START)


# One test, as each would have a container of its own in another process of pytest.
@pytest.mark.real_time
def test_what_the_container_copies_is_all_that_a_till_needs_and_it_is_healthy_while_it_answers(
    container: Container,
) -> None:
    status, page = container.get("/")
    assert status == 200
    assert "<form" in page
    [style] = re.findall(r'href="(/static/[^"]+base[^"]*\.css)"', page)
    assert container.get(style)[0] == 200

    assert container.is_healthy()
    with hold_port() as held:
        elsewhere = container.environment | {"POS_PORT": str(held.getsockname()[1])}
        assert not Container(container.folder, elsewhere, container.process).is_healthy()


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text())["services"]
    return services


def test_the_till_of_compose_keeps_what_it_has_in_a_volume() -> None:
    [volume] = json.loads(steps("VOLUME")[0])
    assert [mount.split(":")[1] for mount in compose()["till"]["volumes"]] == [volume]
    assert f"{steps('WORKDIR')[0]}/{compose()['till']['environment']['POS_VAR']}" == volume


def test_compose_opens_nothing_to_the_network_by_itself() -> None:
    assert compose()["till"]["ports"] == ["127.0.0.1:5000:5000"]
    assert "ports" not in compose()["database"]


def test_compose_holds_no_password() -> None:
    address = compose()["till"]["environment"]["POS_DATABASE_URL"]
    password = compose()["database"]["environment"]["POSTGRES_PASSWORD"]
    assert password.startswith("${POSTGRES_PASSWORD:?")
    assert address == f"postgresql+psycopg://till:{password}@database:5432/till"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
def test_systemd_understands_the_unit(unit: Path, tmp_path: Path) -> None:
    # The programs that it starts are not on this machine at the places where they will be.
    text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text())
    here = tmp_path / unit.name
    here.write_text(text)
    # One that is for a user's own session waits for no target of the machine.
    of_user = ["--user"] if "WantedBy=default.target" in text else []
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *of_user, here],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert not done.stderr.startswith("Failed"), done.stderr
    # It also looks at what the unit needs, the machine's own units.
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []


def keys(unit: str) -> dict[str, list[str]]:
    """What a unit says, by section and key."""
    said: dict[str, list[str]] = {}
    section = ""
    for line in (ROOT / "deploy" / unit).read_text().replace("\\\n", " ").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            said.setdefault(f"{section}.{key}", []).append(" ".join(value.split()))
    return said


@pytest.mark.parametrize(
    ("unit", "target"),
    [("till-kiosk.service", "multi-user.target"), ("till-kiosk-desktop.service", "default.target")],
)
def test_a_kiosk_starts_with_the_machine_and_always_again(unit: str, target: str) -> None:
    said = keys(unit)
    assert said["Install.WantedBy"] == [target]
    assert said["Service.Restart"] == ["always"]
    # However often: systemd gives up after five times in ten seconds where nobody says otherwise.
    assert said["Unit.StartLimitIntervalSec"] == ["0"]
    assert "KIOSK_URL=http://127.0.0.1:5000/kiosk" in said["Service.Environment"]
    [start] = said["Service.ExecStart"]
    assert {"/usr/bin/chromium", "--kiosk", "--noerrdialogs", "${KIOSK_URL}"} <= set(start.split())
    # A kiosk that was paired is paired at the next start, too, and a crash is told to no customer.
    assert "--incognito" not in start
    assert {"--hide-crash-restore-bubble", "--password-store=basic"} <= set(start.split())
    assert "--autoplay-policy=no-user-gesture-required" in start


def test_a_desktops_kiosk_is_of_its_user_and_prints_without_a_question() -> None:
    said = keys("till-kiosk-desktop.service")
    # A user's own manager may neither become another user nor take a terminal.
    assert not {"Service.User", "Service.PAMName", "Service.TTYPath"} & said.keys()
    assert "--kiosk-printing" in said["Service.ExecStart"][0]


def test_the_unit_starts_what_make_run_starts() -> None:
    [command] = re.findall(r"^ExecStart=(.+)$", (ROOT / "deploy/lightning-till.service").read_text(), re.MULTILINE)
    [folder] = re.findall(
        r"^WorkingDirectory=(.+)$", (ROOT / "deploy/lightning-till.service").read_text(), re.MULTILINE
    )
    assert command == f"{folder}/.venv/bin/gunicorn"


@pytest.mark.parametrize(
    "way", ["sudo -u till .venv/bin/flask", "docker compose exec till flask", "docker exec till flask"]
)
def test_each_way_to_put_the_till_on_a_machine_says_how_to_own_it(way: str) -> None:
    assert f"{way} owner" in (ROOT / "docs/install.md").read_text()


def test_no_page_names_a_file_that_the_unit_hides_from_the_till() -> None:
    assert keys("lightning-till.service")["Service.ProtectHome"] == ["yes"]
    hidden = re.compile(r"^[A-Z_]+=(/home/|/root/)", re.MULTILINE)
    assert [page.name for page in (ROOT / "docs").rglob("*.md") if hidden.search(page.read_text())] == []


def test_a_printer_on_usb_may_be_asked_for_where_the_unit_is_opened_to_devices() -> None:
    families = keys("lightning-till.service")["Service.RestrictAddressFamilies"]
    drop_in = (ROOT / "docs/printing.md").read_text().partition("```ini")[2].partition("```")[0]
    assert "AF_NETLINK" not in families[0]
    assert "RestrictAddressFamilies=AF_NETLINK" in drop_in
