"""A sandbox in a fresh folder, and a shop that uses it."""

from pathlib import Path

import pytest

from pos.sandbox import Sandbox

from .client import Client, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "sandbox"


@pytest.fixture
def sandbox(folder: Path, clock: Clock) -> Sandbox:
    return Sandbox(folder, clock=clock)


@pytest.fixture
def shop(sandbox: Sandbox) -> Client:
    return Client(sandbox)
