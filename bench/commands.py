"""The till's own commands, each in a process of its own, for the till that an environment is about."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bench.server import ROOT, NoServer

_CLAIM = re.compile(r"/claim/[\w-]+")


def invite(environment: Mapping[str, str]) -> str:
    """Let `flask owner` make the link that makes an owner, and return its address without the host. Raises NoServer."""
    done = _flask("owner", environment)
    found = _CLAIM.search(done.stdout)
    if found is None:
        raise NoServer(done.stdout + done.stderr)
    return found[0]


def verify(environment: Mapping[str, str]) -> list[str]:
    """Let `flask verify` look at all reports and their payments, and return what it says is wrong."""
    done = _flask("verify", environment)
    return [] if done.returncode == 0 else [*done.stdout.splitlines(), *done.stderr.splitlines()[-1:]]


def _flask(name: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [ROOT / ".venv/bin/flask", "--app", "app", name]
    return subprocess.run(command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False)
