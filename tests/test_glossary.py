"""The glossary names one word for each thing in each language: that which the screens say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.translations.collect import said
from pos.translations.languages import LANGUAGES, catalog

GLOSSARY = Path(__file__).parent.parent / "docs/glossary.md"
# What the table says in a language: by its English term, a word.
Column = dict[str, str]


def columns() -> Iterator[tuple[str, Column]]:
    """The columns of the page's tables, each with its heading; the first of a table is English."""
    for table in GLOSSARY.read_text().split("\n\n"):
        if table.startswith("|"):
            heading, _, *rows = [[cell.strip() for cell in row.strip("|\n").split("|")] for row in table.splitlines()]
            for column, name in enumerate(heading):
                yield name, {row[0]: row[column] for row in rows}


WORDS = dict(columns())


@pytest.fixture(scope="module")
def sentences() -> set[object]:
    """All that the till says. It takes a second to find them."""
    return {message.id for message in said()}


def test_all_words_are_told_apart() -> None:
    assert len(WORDS["what it is"]) == 44
    assert all(WORDS["what it is"].values())


def test_all_languages_have_a_column() -> None:
    assert set(WORDS) == {*LANGUAGES.values(), "what it is"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_a_word_for_each_thing(language: str) -> None:
    words = WORDS[LANGUAGES[language]]
    assert list(words) == list(WORDS["what it is"])
    assert all(words.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_by_itself_is_said_with_that_word(language: str, sentences: set[object]) -> None:
    alone = [term for term in WORDS["what it is"] if term in sentences]
    assert len(alone) > 20
    spoken = {term: catalog(language).gettext(term) for term in alone}
    assert {term: word for term, word in WORDS[LANGUAGES[language]].items() if term in alone} == spoken
