"""Everything that the till says can be said in every language."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from pos.domain.money.signs import SPOKEN
from pos.translations.collect import languages, read, said
from pos.translations.languages import LANGUAGES, catalog

ROOT = Path(__file__).parent.parent
# A name that a value takes the place of: `{name}` of a Sentence, `%(name)s` of a template.
PLACE = re.compile(r"\{\w+\}|%\(\w+\)\w")
# What begins like a sentence in a script's quotes is something that somebody reads.
WORDS = re.compile(r"""(['"`])[A-Z][^'"`\n]* [^'"`\n]*\1""")


def messages(of: Iterator[Message]) -> dict[object, Message]:
    return {message.id: message for message in of if message.id}


def texts(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


@pytest.fixture(scope="module")
def sentences() -> set[object]:
    """All that the till says. It takes seconds to find them."""
    return set(messages(iter(said())))


def plain(name: str) -> str:
    """Return a name without its accents, so that Čeština comes before Deutsch."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def test_the_languages_stand_in_the_order_of_their_own_names() -> None:
    assert list(LANGUAGES.values()) == sorted(LANGUAGES.values(), key=plain)


def test_an_amount_may_have_its_unit_in_the_words_of_any_language() -> None:
    assert set(LANGUAGES) <= set(SPOKEN)


def test_there_is_a_catalog_for_every_language_but_english() -> None:
    assert set(languages()) == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize("language", languages())
def test_the_catalogs_hold_what_the_till_says_and_nothing_else(language: str, sentences: set[object]) -> None:
    """If this fails: `make words`."""
    assert messages(iter(read(language))).keys() == sentences


@pytest.mark.parametrize("language", languages())
def test_everything_is_translated(language: str) -> None:
    known = messages(iter(read(language)))
    assert [words for words, it in known.items() if it.fuzzy or not all(texts(it.string or ""))] == []


@pytest.mark.parametrize("language", languages())
def test_numbers_of_things_have_all_their_forms(language: str) -> None:
    known = read(language)
    forms = {words: len(texts(it.string or "")) for words, it in messages(iter(known)).items() if it.pluralizable}
    assert set(forms.values()) == {known.num_plurals}, forms


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_values_of_its_sentence(language: str) -> None:
    for words, message in messages(iter(read(language))).items():
        wanted = {place for text in texts(words) for place in PLACE.findall(text)}  # type: ignore[arg-type]
        for text in filter(None, texts(message.string or "")):
            # "One minute" may do without its number.
            spare = {"%(num)s"} if message.pluralizable else set()
            assert wanted - spare <= set(PLACE.findall(text)) <= wanted, (words, text)


def test_what_is_not_translated_is_said_in_english() -> None:
    assert catalog("de").gettext("A sentence that nobody has translated") == "A sentence that nobody has translated"


@pytest.mark.parametrize("script", sorted((ROOT / "static/js").rglob("*.js")), ids=lambda it: it.name)
def test_a_script_holds_no_words(script: Path) -> None:
    code = re.sub(r"/\*.*?\*/", "", script.read_text(), flags=re.DOTALL)
    assert [found[0] for found in WORDS.finditer(code)] == []
