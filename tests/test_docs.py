"""What is written for people stays true: short where it has to be, links that lead somewhere, no page forgotten."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from pos import close, create_app
from pos.domain.charge import Channel
from pos.domain.colour import parse_colour
from pos.domain.picture import read_picture
from pos.services.charge import MOST_OPEN, MOST_OPEN_OF_JAR
from pos.settings import Settings
from pos.web.access import DOORS, Door
from tests.conftest import Cashier
from tests.fakes import FakeClock, FakeWallet
from tests.people import People

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def links(page: Path) -> list[str]:
    """The links of a page that lead to this repository."""
    found = _LINK.findall(_CODE.sub("", page.read_text()))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as links call them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_a_shopkeeper_reads_the_readme_in_five_minutes() -> None:
    assert len(README.read_text().split()) <= 1300


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    reached, new = set(), {README}
    while new:
        reached |= new
        targets = {(page.parent / link.partition("#")[0]).resolve() for page in new for link in links(page)}
        targets |= {target / "README.md" for target in targets if target.is_dir()}
        new = {target for target in targets if target.suffix == ".md" and target.exists()} - reached
    assert set(PAGES) <= reached


def test_a_newcomer_is_not_sent_to_a_wallet_that_shows_no_sign_of_life() -> None:
    assert "lnpay.co" not in README.read_text()


@pytest.fixture
def dressed(settings: Settings, wallet: FakeWallet, clock: FakeClock) -> Iterator[Flask]:
    """A shop with a colour and a logo of its own, which its pages load as well."""
    logo = read_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    app = create_app(replace(settings, accent=parse_colour("#0b6e4f"), logo=logo), wallet=wallet, clock=clock)
    yield app
    close(app)


def test_customers_need_nothing_that_is_closed_to_strangers(dressed: Flask) -> None:
    cashier = Cashier(dressed.test_client())
    pay_page = f"/pay/{cashier.sell(2100)}"
    People(dressed).claim()
    for path in (pay_page, f"{pay_page}/status", "/tips", "/language"):
        needed = {path, *re.findall(r'(?:href|src|action|data-\w+)="(/[^"?]+)', cashier.client.get(path).text)}
        # The way back to the till is the shop's own.
        for it in needed - {"/"}:
            with cashier.client.get(it, buffered=False) as answer:
                assert answer.status_code != 403, it


def test_the_docs_name_every_address_that_is_open_to_strangers() -> None:
    told = (ROOT / "docs/proxy.md").read_text()
    for first, door in DOORS.items():
        is_told = f"`/{first}`" in told or f"`/{first}/" in told
        assert is_told or door not in (Door.PUBLIC, Door.TOKEN), first


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    """`<face>` stands for any."""
    for path in re.findall(
        r"(?<![\w/.])(?:pos|tests|templates|static|deploy|docs|bench)/[\w/<>.-]*[\w>/]", page.read_text()
    ):
        assert list(ROOT.glob(re.sub(r"<\w+>", "*", path.rstrip("/")))), path


@pytest.mark.parametrize("page", ["export", "metrics", "shifts"])
def test_where_the_docs_list_the_ways_in_they_list_all(page: str) -> None:
    paragraphs = re.split(r"\n\n|\n(?=\|)", (ROOT / f"docs/{page}.md").read_text())
    lists = [words for it in paragraphs if (words := set(re.findall(r"\w+", it))) >= {"till", "kiosk", "tips", "api"}]
    assert lists
    for words in lists:
        assert words >= set(Channel)


def test_the_docs_say_how_many_charges_strangers_may_leave_open() -> None:
    assert f"{MOST_OPEN_OF_JAR} open of one jar and {MOST_OPEN} at once" in (ROOT / "SECURITY.md").read_text()
    of_lnurl = " ".join((ROOT / "docs/lnurl.md").read_text().split())
    assert (
        f"keep {MOST_OPEN_OF_JAR} charges open that nobody has paid yet, and all that is paid by LNURL {MOST_OPEN}."
        in of_lnurl
    )
    assert f"keep {MOST_OPEN} charges each that nobody has paid yet" in (ROOT / "docs/proxy.md").read_text()


def test_the_steps_of_an_update_may_be_taken_again_at_the_next_one() -> None:
    # A backup writes over no file.
    steps = (ROOT / "docs/install.md").read_text().partition("## Updating")[2].partition("## ")[0]
    [backup] = [line for line in steps.splitlines() if "flask backup" in line]
    assert "$(date +%F" in backup
