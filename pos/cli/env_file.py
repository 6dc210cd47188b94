"""The file `.env`, as a command meets it, and writing settings into it.

What else stands there stays, nobody else can read it, and the old file is kept.
"""

import os
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from dotenv import dotenv_values

DOTENV = Path(".env")
_NAME = re.compile(r"\s*(?:export\s+)?([A-Z0-9_]+)\s*=")
# Whatever reads the file takes these as they stand, without quotes.
_PLAIN = re.compile(r"[^\s'\"\\$#`]+")


def own_environment() -> dict[str, str]:
    """Return the environment without what Flask has put into it out of `.env`, which the till reads in its own way.

    Flask puts other values in the place of ${NAME}.
    """
    by_flask = dotenv_values(DOTENV)
    return {name: value for name, value in os.environ.items() if by_flask.get(name) != value}


def write_settings(file: Path, values: Mapping[str, str], forget: Collection[str]) -> Path | None:
    """Set values in the file, and take out the settings in `forget`. Return where the old file is kept, if there was
    one.

    Raises OSError; then the file is as it was.
    """
    # A link stays one, and what it leads to is changed.
    file = file.resolve()
    kept = [line for line in _lines(file) if _name(line) not in {*values, *forget}]
    text = "".join(f"{line}\n" for line in [*kept, *(f"{name}={_quoted(it)}" for name, it in values.items())])
    old = _keep(file)
    draft = file.with_name(f"{file.name}.draft-{os.getpid()}")
    try:
        _write(draft, text)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return old


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []


def _name(line: str) -> str | None:
    found = _NAME.match(line)
    return found[1] if found else None


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _keep(file: Path) -> Path | None:
    if not file.exists():
        return None
    old = file.with_name(f"{file.name}.before-{datetime.now():%Y%m%d-%H%M%S-%f}")
    _write(old, file.read_text("utf-8"))
    return old


def _write(file: Path, text: str) -> None:
    """Write a new file that only its owner can read, down to the disk."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(text)
        new.flush()
        os.fsync(new.fileno())
