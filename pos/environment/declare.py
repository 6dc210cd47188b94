"""The declaration of a setting: name, default, reader, example and what it is for, all in one place."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, overload

T = TypeVar("T")
# Makes a value of a setting's text, or raises Wrong. An empty text it sees only as a default.
Reader: TypeAlias = Callable[[str], T]
# The field of a group that is wrong, and the problem as Wrong has it.
Fault: TypeAlias = tuple[str, str]
# What the office offers of a setting: nothing, its text to type, or a picture to give where `.env` names its file.
Office: TypeAlias = Literal["", "text", "picture"]

_METADATA = "setting"
# An address with more in it than where something is, or as many letters and digits in a row as no word has.
_LIKE_SECRET = re.compile(r"://.*[?@]|[\w+=-]{21}", re.ASCII | re.DOTALL)


class Wrong(Exception):
    """A text that a setting cannot have. The problem goes on where the name ends: "must be a whole number".

    What was given is told apart from the problem, so that a secret can be left out.
    """

    def __init__(self, problem: str, given: str = "") -> None:
        super().__init__(f"{problem}, not {given!r}" if given and not like_secret(given) else problem)
        self.problem = problem


def like_secret(given: str) -> bool:
    """Tell whether a text could be a secret that was put into the wrong setting: a wallet's string, or a long key."""
    return bool(_LIKE_SECRET.search(given))


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is known of a setting before anybody has set it. Default and example stand as one writes them in `.env`."""

    name: str
    reader: Reader[Any]
    default: str | None
    required: bool
    example: str | Callable[[], str]
    about: str
    unset: str
    needed: str
    secret: bool
    aliases: tuple[str, ...]
    office: Office

    @property
    def names(self) -> tuple[str, ...]:
        """All the names that it goes by, its own first."""
        return (self.name, *self.aliases)

    def an_example(self) -> str:
        """Return the example; that of a secret is a new one each time, as a printed one would be no secret."""
        return self.example if isinstance(self.example, str) else self.example()


@dataclass(frozen=True, kw_only=True)
class Group:
    """Settings that belong together. Each field of a class under this one is a `setting`."""

    title: ClassVar[str] = ""

    def faults(self) -> Iterator[Fault]:
        """Say which settings do not go together, once each is right by itself."""
        yield from ()


@overload
def setting(
    name: str,
    reader: Reader[T],
    *,
    default: str,
    example: str | Callable[[], str],
    about: str,
    unset: str = "",
    secret: bool = False,
    aliases: tuple[str, ...] = (),
    office: Office = "",
) -> T: ...


@overload
def setting(
    name: str,
    reader: Reader[T],
    *,
    default: None,
    example: str | Callable[[], str],
    about: str,
    unset: str = "",
    secret: bool = False,
    aliases: tuple[str, ...] = (),
    office: Office = "",
) -> T | None: ...


@overload
def setting(
    name: str,
    reader: Reader[T],
    *,
    example: str | Callable[[], str],
    about: str,
    unset: str = "",
    needed: str = "",
    secret: bool = False,
    aliases: tuple[str, ...] = (),
    office: Office = "",
) -> T: ...


def setting(
    name: str,
    reader: Reader[Any],
    *,
    default: Any = MISSING,
    example: str | Callable[[], str],
    about: str,
    unset: str = "",
    needed: str = "",
    secret: bool = False,
    aliases: tuple[str, ...] = (),
    office: Office = "",
) -> Any:
    """Declare a setting as the field of a Group.

    `default` is a text that the reader takes, or None: not set is None then. Without it the field has to be given, and
    `needed` says why. `about` is one plain sentence, with the unit. `unset` says what the till does where it is not
    set, if the default does not. A `secret` is neither printed nor repeated, and may stand in a file that NAME_FILE
    names. `aliases` are other names for it. With `office` a shopkeeper may change it there.
    """
    declaration = Declaration(
        name=name,
        reader=reader,
        default=None if default is MISSING else default,
        required=default is MISSING,
        example=example,
        about=about,
        unset=unset,
        needed=needed,
        secret=secret,
        aliases=aliases,
        office=office,
    )
    value = reader(default) if isinstance(default, str) else default
    return field(default=value, repr=not secret, metadata={_METADATA: declaration})


def declarations(group: type[Group]) -> Mapping[str, Declaration]:
    """Return the declared fields of a group in their order."""
    return {it.name: it.metadata[_METADATA] for it in fields(group) if _METADATA in it.metadata}


def fresh_secret() -> str:
    """Make an example for a secret, good enough to be taken."""
    return secrets.token_urlsafe(24)
