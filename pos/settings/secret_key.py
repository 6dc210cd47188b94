"""A secret that nobody has set: made once, and kept for the till's owner alone."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from pos.environment import SettingsError


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Read a secret that was made once; make it if it is not there, readable by its owner alone.

    Raises SettingsError if the folder cannot be written to, or what was kept is damaged.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, make())
        kept = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"POS_SECRET_KEY was kept in {path}, which is damaged: delete that file, and a new one is made"
        ) from error
    except OSError as error:
        raise SettingsError(
            f"POS_VAR cannot be used: {error.filename or path}: {error.strerror}. It has to be a folder that the user"
            " of the till may write to. Example: POS_VAR=var"
        ) from error
    if not kept:
        raise SettingsError(
            f"POS_SECRET_KEY was kept in {path}, which is empty: delete that file, and a new one is made"
        )
    return kept


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        with draft.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, so of several processes that start at once one wins and all read the same.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
