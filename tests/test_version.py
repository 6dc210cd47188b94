"""The version stands in the changelog, and is said wherever somebody may have to know it."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from pos.version import CHANGELOG, NoVersion, read_version, version
from tests.conftest import Cashier

SOME = """# Changelog

## [Unreleased]

## [1.12.3] - 2027-01-31

## [1.12.2] - 2027-01-30
"""


def changelog(folder: Path, text: str) -> Path:
    file = folder / "CHANGELOG.md"
    file.write_text(text)
    return file


def test_the_version_is_the_first_of_the_changelog(tmp_path: Path) -> None:
    assert read_version(changelog(tmp_path, SOME)) == "1.12.3"


def test_this_tills_version_is_that_of_its_changelog() -> None:
    assert f"\n## [{version()}] - " in CHANGELOG.read_text()


def test_the_versions_of_the_changelog_go_down() -> None:
    named = re.findall(r"^## \[([0-9.]+)\] - ([0-9-]+)$", CHANGELOG.read_text(), re.MULTILINE)
    in_order = [([int(part) for part in number.split(".")], day) for number, day in named]
    assert in_order == sorted(in_order, reverse=True)
    assert len({number for number, _ in named}) == len(named)


def test_a_till_without_its_changelog_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NoVersion, match=r"CHANGELOG\.md, which says its version, cannot be read"):
        read_version(tmp_path / "CHANGELOG.md")


@pytest.mark.parametrize("text", ["", "## [Unreleased]\n", "## 1.0.0\n", "## [1.0] - 2027-01-31\n"])
def test_a_changelog_without_a_version_is_refused_with_an_example(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoVersion, match="Example of a heading"):
        read_version(changelog(tmp_path, text))


def test_whoever_watches_the_server_reads_the_version(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok", "version": version()}


@pytest.mark.parametrize("path", ["/", "/kiosk", "/tips", "/screen/till", "/language", "/nope"])
def test_every_page_has_the_version_at_its_foot(client: FlaskClient, path: str) -> None:
    assert f"Lightning Till {version()}</footer>" in client.get(path).text


def test_a_pay_page_has_the_version_at_its_foot(cashier: Cashier) -> None:
    page = cashier.client.get(f"/pay/{cashier.sell(21)}").text
    assert f"Lightning Till {version()}</footer>" in page
