"""Collect all that the till says into the catalogs, where it waits for its translation: `make words`."""

from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

CATALOGS = Path(__file__).parent
ROOT = CATALOGS.parent.parent
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract")]
# A template that cannot be read would otherwise say nothing.
OPTIONS = {"**.html": {"silent": "false"}}
KEYWORDS = {**DEFAULT_KEYWORDS, "Sentence": None}
HEADER = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


class Words(Catalog):
    """A catalog whose header says nothing that is another each time."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What a translator and a program need to know."""
        return [(name, value) for name, value in super().mime_headers if name in HEADER]


def said() -> Catalog:
    """Return all that the till says, in English."""
    catalog = Catalog()
    for folder in ("pos", "templates"):
        for message, comments in _extract(folder):
            catalog.add(message, auto_comments=comments)
    return catalog


def languages() -> list[str]:
    """Return the codes of the languages that there are catalogs of."""
    return sorted(path.stem for path in CATALOGS.glob("*.po"))


def read(language: str) -> Catalog:
    """Return what is said in a language."""
    with (CATALOGS / f"{language}.po").open("rb") as file:
        return read_po(file, language)


def collect() -> None:
    """Write down what is said now, in every language: new words without a translation, the rest as it was."""
    template = said()
    for language in languages():
        catalog = Words(language, header_comment=_comment(language), fuzzy=False)
        old = read(language)
        for message in filter(lambda it: it.id, template):
            known = old.get(message.id) or message
            catalog.add(message.id, known.string, (), known.flags, message.auto_comments, known.user_comments)
        with (CATALOGS / f"{language}.po").open("wb") as file:
            write_po(file, catalog, width=100, no_location=True, sort_output=True)


def _comment(language: str) -> str:
    return f"# What the till says, in {Locale.parse(language).english_name}. `make words` adds what is new."


def _extract(folder: str) -> Iterator[tuple[str | tuple[str, ...], list[str]]]:
    found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, KEYWORDS, ("Translators:",))
    for _, _, message, comments, _ in found:
        yield message, comments


if __name__ == "__main__":
    collect()
