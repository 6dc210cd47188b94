"""Reads groups of settings from the environment and `.env`, and says in sentences what is wrong. It stores nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from dotenv.parser import Binding, parse_stream

from pos.environment.declare import Declaration, Group, Wrong, declarations, like_secret

G = TypeVar("G", bound=Group)


# How much of two names has to be the same (difflib); less, and all that they share may be how they begin.
_NEAR = 0.7


class SettingsError(Exception):
    """Settings that the till cannot start with; its text has a line for each: name, problem, example."""


@dataclass(frozen=True, slots=True)
class Given:
    """That a setting is set: the name that it goes by there, and its text; that of a secret is left out."""

    name: str
    text: str


class Reading:
    """One reading of all settings. It collects what is wrong, so that one start shows all of it.

    What the environment says goes before what `.env` says; an empty setting is one that is not set.
    """

    def __init__(self, environ: Mapping[str, str], dotenv: Path) -> None:
        self._values = {**_dotenv(dotenv), **environ}
        self._source: dict[str, str] = {}
        self._wrong: list[str] = []
        self._refused: set[str] = set()

    def read(self, group: type[G], **otherwise: object) -> tuple[G, Mapping[str, Given]]:
        """Read a group; return it with what was set, by the names of the fields.

        `otherwise` is for what is not set and has no default. What is wrong is remembered; until `stop_if_wrong` its
        default or its example stands in its place, so that the rest can be looked at.
        """
        values, given = dict(otherwise), dict[str, Given]()
        for field, declaration in declarations(group).items():
            said = len(self._wrong)
            name, text = self._find(declaration)
            if text:
                given[field] = Given(name, "" if declaration.secret else text)
                values |= self._value(field, declaration, name, text)
            elif declaration.needed and field not in otherwise:
                if len(self._wrong) == said:
                    self._say(declaration.name, f"is not set: {declaration.needed}", declaration.an_example())
                values |= _stand_in(field, declaration)
            if len(self._wrong) > said:
                self._refused.add(declaration.name)
        return group(**values), given

    def take(self, values: Mapping[str, str], source: str) -> None:
        """Read these values before all others, also before files that hold the same; they come out of `source`."""
        self._values |= {f"{name}_FILE": "" for name in values} | dict(values)
        self._source |= dict.fromkeys(values, source)

    def refuse(self, group: type[Group], field: str, problem: str) -> None:
        """Remember that a setting is wrong, for a reason that its reader does not know."""
        declaration = declarations(group)[field]
        self._say(declaration.name, problem, declaration.an_example())

    def check(self, group: Group) -> None:
        """Look at what a group's settings are to each other.

        Of what was wrong by itself only its default is there, or its example: that it is not set would not be true.
        """
        declared = declarations(type(group))
        for field, problem in group.faults():
            if declared[field].name not in self._refused:
                self._say(declared[field].name, problem, declared[field].an_example())

    def miss(self, group: type[Group], field: str) -> None:
        """Remember that a setting is not set which has to be."""
        declaration = declarations(group)[field]
        self._say(declaration.name, f"is not set: {declaration.needed}", declaration.an_example())

    def stop_if_wrong(self) -> None:
        """Raise SettingsError if anything was wrong."""
        if self._wrong:
            raise SettingsError("\n".join(self._wrong))

    def unknown(self, *groups: type[Group]) -> list[str]:
        """Say which names begin like those of these groups, but are none of them: somebody meant something."""
        declared = [it for group in groups for it in declarations(group).values()]
        known = {name for it in declared for name in _spellings(it)}
        beginnings = tuple({f"{name.partition('_')[0]}_" for name in known})
        strangers = {name for name, text in self._values.items() if name.startswith(beginnings) and text} - known
        return [_unknown(name, known) for name in sorted(strangers)]

    def _find(self, declaration: Declaration) -> tuple[str, str]:
        """Return the name that a setting goes by here, and its text."""
        for name in declaration.names:
            text = self._text(name, declaration)
            file = self._text(f"{name}_FILE", declaration) if declaration.secret else ""
            if text and file:
                self._say(name, f"and {name}_FILE are both set: only one may be", declaration.an_example())
            if text or file:
                return name, text or self._content(f"{name}_FILE", file)
        return declaration.name, ""

    def _text(self, name: str, declaration: Declaration) -> str:
        text = self._values.get(name, "").strip()
        if _is_utf8(text):
            return text
        self._say(name, "is not a text in UTF-8", declaration.an_example())
        return ""

    def _content(self, name: str, file: str) -> str:
        example = f"/run/secrets/{name.removesuffix('_FILE').lower()}"
        try:
            # Some editors begin a text with a mark of their own, which is no part of the secret.
            content = Path(file).read_text("utf-8-sig").strip()
        except (OSError, ValueError) as error:
            # Somebody may have put the secret itself here.
            why = error.strerror if isinstance(error, OSError) and like_secret(file) else error
            self._say(name, f"cannot be read: {why}", example)
            return ""
        if not content:
            self._say(name, f"is a file in which nothing stands: {file}", example)
        return content

    def _value(self, field: str, declaration: Declaration, name: str, text: str) -> dict[str, Any]:
        try:
            return {field: declaration.reader(text)}
        except Wrong as wrong:
            self._say(name, wrong.problem if declaration.secret else str(wrong), declaration.an_example())
            return _stand_in(field, declaration)

    def _say(self, name: str, problem: str, example: str) -> None:
        source = self._source.get(name)
        named = f"{source} holds a {name} that" if source else name
        self._wrong.append(sentence(named, problem, f"{name}={example}"))


def sentence(named: str, problem: str, example: str) -> str:
    """Say what is wrong with a setting, wherever it was given."""
    return f"{named} {problem}. Example: {example}"


def _stand_in(field: str, declaration: Declaration) -> dict[str, Any]:
    return {field: declaration.reader(declaration.an_example())} if declaration.required else {}


def _spellings(declaration: Declaration) -> list[str]:
    ends = ("", "_FILE") if declaration.secret else ("",)
    return [f"{name}{end}" for name in declaration.names for end in ends]


def _unknown(name: str, known: Collection[str]) -> str:
    nearest = get_close_matches(name, known, n=1, cutoff=_NEAR)
    return f"{name} is not a setting, and nobody reads it" + (f": is {nearest[0]} meant?" if nearest else ".")


def _dotenv(path: Path) -> dict[str, str]:
    """Read the file as it stands: nothing is put in the place of a ${NAME}, as a secret may hold one by chance."""
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            lines = list(parse_stream(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Example: a text file in UTF-8") from error
    if torn := [_number(it) for it in lines if _is_torn(it)]:
        # What stands there may be a secret.
        problem = "cannot be read: it has to be a name, = and a value, and each quote has its other one"
        raise SettingsError(
            "\n".join(sentence(f"{path}, line {it},", problem, "POS_SHOP_NAME='My shop'") for it in torn)
        )
    return {it.key: it.value for it in lines if it.key is not None and it.value is not None}


def _is_torn(line: Binding) -> bool:
    """Tell whether a line says something that nobody can read; a name may stand there alone."""
    return line.error or (line.value is None and line.key is not None and not line.key.isidentifier())


def _number(line: Binding) -> int:
    """Return where a line is; to its text belong the empty ones before it."""
    text = line.original.string
    return line.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _is_utf8(text: str) -> bool:
    """Tell whether the environment's bytes were UTF-8; Python keeps others as halves of surrogate pairs."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
