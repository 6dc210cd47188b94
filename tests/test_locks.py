"""The locks: what is installed today is what is installed next year."""

import re
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement

_ROOT = Path(__file__).parents[1]
_PINNED = re.compile(r"^(\S+)==\S", re.MULTILINE)


def test_an_extra_that_a_package_asks_of_another_is_locked_with_it() -> None:
    # pip looks for the newest `coverage[toml]` where only `coverage` is pinned, and stops on the day that there is one.
    pinned = {
        requirement.name: requirement.extras
        for lock in ("requirements.txt", "requirements-dev.txt")
        for requirement in map(Requirement, _PINNED.findall((_ROOT / lock).read_text()))
    }
    asked = [
        requirement
        for package in distributions()
        if package.name in pinned
        for requirement in map(Requirement, package.requires or [])
        if requirement.extras and (requirement.marker is None or requirement.marker.evaluate({"extra": ""}))
    ]
    assert asked
    assert [requirement.name for requirement in asked if not requirement.extras <= pinned[requirement.name]] == []
