"""Every setting that is declared, of the till and of each wallet."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from pos.environment import Declaration, Group, Wrong, declarations
from pos.settings import Settings, SettingsError
from pos.settings.document import page
from pos.wallets.registry import WALLETS, wallet_module
from tests.settings.start import NO_FILE

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "settings.md"
GROUPS: list[type[Group]] = [Settings, *(wallet_module(name).WalletSettings for name in WALLETS)]
DECLARED = {it.name: it for group in GROUPS for it in declarations(group).values()}

each = pytest.mark.parametrize("declared", DECLARED.values(), ids=DECLARED)


@each
def test_its_example_is_taken(declared: Declaration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logo = tmp_path / "var" / "logo.png"
    for folder in ("pictures", "display"):
        (tmp_path / "var" / folder).mkdir(parents=True)
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    monkeypatch.chdir(tmp_path)
    assert declared.reader(declared.an_example()) is not None


def test_each_default_is_in_the_document() -> None:
    rows = [line.split("|") for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    for it in DECLARED.values():
        [said] = [row[2] for row in rows if row[1].startswith(f" `{it.name}`")]
        assert (f"`{it.default}`" if it.default else "none") in said, it.name


def test_one_plain_sentence_says_what_each_is_for() -> None:
    assert [it.name for it in DECLARED.values() if not re.fullmatch(r"[A-Z`].{10,}\.", it.about)] == []


def test_each_name_is_written_in_capitals_and_by_nobody_else() -> None:
    assert [name for name in DECLARED if not re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)+", name)] == []
    names = [name for it in DECLARED.values() for name in it.names]
    assert sorted(set(names)) == sorted(names)


def test_what_nobody_may_see_is_a_secret() -> None:
    told = re.compile(r"SECRET|TOKEN|KEY|DATABASE_URL|MACAROON|RUNE|PASSWORD")
    assert [it.name for it in DECLARED.values() if told.search(it.name) and not it.secret] == []


@pytest.mark.parametrize("name", [it.name for it in DECLARED.values() if it.secret])
def test_a_secret_that_is_wrong_is_not_repeated(name: str) -> None:
    for given in ("hunter", "hunter\N{LATIN SMALL LETTER E WITH ACUTE} 2", "hunter://2"):
        with pytest.raises(SettingsError) as caught:
            Settings.from_env({"POS_WALLET": "lnpay", name: given}, NO_FILE)
        assert "hunter" not in str(caught.value), given


@each
def test_its_reader_refuses_what_is_no_text_of_its_kind(declared: Declaration) -> None:
    """Those that take any text are known."""
    if declared.name in ("POS_HOST", "POS_VAR", "POS_WALLET_URL"):
        return
    with pytest.raises(Wrong):
        declared.reader("\x00 ?")


def test_the_document_is_what_the_code_makes() -> None:
    """If this fails: `make settings`."""
    assert DOCUMENT.read_text() == page()


def test_every_row_of_the_document_has_four_cells() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {6}


def test_every_field_of_the_settings_is_declared_but_the_wallets() -> None:
    assert {it.name for it in fields(Settings)} - set(declarations(Settings)) == {
        *("wallet_settings", "given", "office")
    }
