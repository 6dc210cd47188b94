"""The lists of CONTRIBUTING.md are true: what they name is there, and what is there was added as they say."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from pos.domain.money.signs import SPOKEN
from pos.translations.collect import languages
from pos.translations.languages import LANGUAGES
from pos.wallets.base import Wallet
from pos.wallets.registry import WALLETS, WalletModule, wallet_module

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
# A wallet that no server answers for has no answers that could be recorded.
UNRECORDED = {"sandbox"}
# These answer programs, in JSON or plain text.
WITHOUT_TEMPLATES = {"api", "hooks", "lnurl", "ops"}


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def in_code(text: str) -> list[str]:
    """What stands in `code`, on one line or over two."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", re.sub(r"(?s)```.*?```", "", text))]


def paths() -> list[str]:
    looks_so = re.compile(r"[\w<>.-]+(/[\w<>.-]*)+|\w+\.(md|py)")
    return sorted({code for code in in_code(TEXT) if looks_so.fullmatch(code)})


def names() -> list[tuple[str, str]]:
    """Each "`NAME` in `file`"."""
    return re.findall(r"`(\w+)`\s+in\s+(?:the\s+)?`([\w/.]+\.py)`", TEXT)


def defined_in(file: str) -> set[str]:
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


@pytest.mark.parametrize("title", ["Add a wallet", "Add a setting", "Add a page", "Add a language"])
def test_there_is_a_list_with_steps(title: str) -> None:
    assert section(title).count("\n1. ") == 1


@pytest.mark.parametrize("path", paths())
def test_every_file_that_is_named_is_there(path: str) -> None:
    """`<face>` stands for any: there is one such file at least."""
    assert list(ROOT.glob(re.sub(r"<\w+>", "*", path.rstrip("/"))))


@pytest.mark.parametrize(("name", "file"), names())
def test_every_name_is_in_the_file_that_it_is_said_to_be_in(name: str, file: str) -> None:
    assert name in defined_in(file)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|^)make ([\w-]+)", TEXT, re.MULTILINE))))
def test_make_knows_what_it_is_told(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", WALLETS)
def test_a_wallet_is_made_as_the_list_says(name: str) -> None:
    module = wallet_module(name)
    assert {part for part in vars(WalletModule) if not part.startswith("_")} <= set(vars(module))
    assert name in UNRECORDED or list((ROOT / "tests/samples" / name).glob("*"))
    assert name in UNRECORDED or (ROOT / "docs/wallets" / f"{name}.md").exists()
    assert Wallet.__name__ in defined_in("pos/wallets/base/wallet.py")


@pytest.mark.parametrize("place", ["WALLETS", "DOUBLES", "TELLING", "docs/wallets/README.md", "make settings"])
def test_whoever_adds_a_wallet_is_told_of_each_place_where_all_of_them_stand(place: str) -> None:
    assert place in in_code(section("Add a wallet"))


def test_every_setting_has_a_test_in_the_file_of_its_group() -> None:
    for group in re.findall(r"`pos/settings/(\w+)\.py`", section("Add a setting")):
        assert (ROOT / f"tests/settings/test_{group}.py").exists(), group


def faces() -> list[str]:
    return sorted(folder.parent.name for folder in (ROOT / "pos/web").glob("*/__init__.py"))


@pytest.mark.parametrize("face", faces())
def test_a_face_is_made_as_the_list_says(app: Flask, face: str) -> None:
    assert face in WITHOUT_TEMPLATES or list((ROOT / "templates" / face).glob("*.html"))
    served = {view.__module__ for view in app.view_functions.values()}
    assert face == "hooks" or any(module.startswith(f"pos.web.{face}.") for module in served)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_made_as_the_list_says(language: str) -> None:
    assert language == "en" or language in languages()
    assert language in SPOKEN
    assert f"`{language}`" in (ROOT / "docs/settings.md").read_text()


@pytest.mark.parametrize("place", ["LANGUAGES", "SPOKEN", "make words", "make settings", "README.md"])
def test_whoever_adds_a_language_is_told_of_each_place_where_all_of_them_stand(place: str) -> None:
    assert place in in_code(section("Add a language"))


def test_the_readme_counts_the_languages() -> None:
    words = {20: "twenty", 21: "twenty-one", 22: "twenty-two", 23: "twenty-three", 24: "twenty-four"}
    assert f"in {words[len(LANGUAGES)]} languages" in " ".join((ROOT / "README.md").read_text().split())
