"""The file `.env`, as a command meets it, and writing settings into it.

What else stands there stays, nobody else can read it, and the old file is kept.
"""

import os
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

DOTENV = Path(".env")
# Whatever reads the file takes these as they stand, without quotes.
_PLAIN = re.compile(r"[^\s'\"\\$#`]+")


def own_environment() -> dict[str, str]:
    """Return the environment without what Flask has put into it out of `.env`, which the till reads in its own way.

    Flask puts other values in the place of ${NAME}.
    """
    try:
        by_flask = dotenv_values(DOTENV)
    except (OSError, UnicodeDecodeError):
        # Flask, which stops at such a file, was told to leave it: the till says in a sentence what is wrong with it.
        by_flask = {}
    return {name: value for name, value in os.environ.items() if by_flask.get(name) != value}


def write_settings(file: Path, values: Mapping[str, str], forget: Collection[str], spare: Path) -> Path | None:
    """Set values in the file, and take out the settings in `forget`. Return where the old file is kept, if there was
    one: beside it, or in the folder `spare` where who gives the command may make nothing beside it.

    Raises OSError; then the file is as it was.
    """
    # A link stays one, and what it leads to is changed.
    file = file.resolve()
    kept = _without(file, {*values, *forget})
    text = "".join(f"{it}\n" for it in [*kept, *(f"{name}={_quoted(it)}" for name, it in values.items())])
    if file.exists() and not os.access(file.parent, os.W_OK | os.X_OK):
        old = _keep(file, spare)
        _write_in_place(file, text)
        return old
    old = _keep(file, file.parent)
    draft = file.with_name(f"{file.name}.draft-{os.getpid()}")
    try:
        _write(draft, text, like=file)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return old


def _without(file: Path, names: Collection[str]) -> list[str]:
    """Return what stands in the file but for these settings, as the till reads it: a value may go over many lines."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8") as opened:
        return [it.original.string.removesuffix("\n") for it in parse_stream(opened) if it.key not in names]


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _keep(file: Path, folder: Path) -> Path | None:
    if not file.exists():
        return None
    old = folder / f"{file.name}.before-{datetime.now():%Y%m%d-%H%M%S-%f}"
    _write(old, file.read_text("utf-8"), like=file)
    return old


def _write(file: Path, text: str, *, like: Path) -> None:
    """Write a new file that only its owner can read, down to the disk. Root leaves it to whoever has the old one."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        if os.geteuid() == 0 and like.exists():
            _leave_to(like.stat(), new.fileno())
        try:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        except OSError:
            file.unlink()
            raise


def _leave_to(owner: os.stat_result, new: int) -> None:
    os.fchown(new, owner.st_uid, owner.st_gid)
    if owner.st_gid != 0:
        # The till may be in that group, and read it so.
        os.fchmod(new, 0o600 | (owner.st_mode & 0o040))


def _write_in_place(file: Path, text: str) -> None:
    written = text.encode()
    with file.open("r+b") as old:
        # Room first: a disk may be full, and by then half of the old text would be gone.
        os.posix_fallocate(old.fileno(), 0, max(1, len(written)))
        old.write(written)
        old.truncate()
        old.flush()
        os.fsync(old.fileno())
