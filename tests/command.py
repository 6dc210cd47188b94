"""The `flask` command, given as in a shell but in this process: a new one takes a second to load the till."""

import os
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import cli

ROOT = Path(__file__).parent.parent


def flask(folder: Path, *words: str | Path, typed: str | None = None, **settings: str) -> Result:
    """Give the command in a folder, with these settings and no others. Raises what would be a traceback.

    The log is not part of what it wrote: pytest has it.
    """
    names = [name for name in os.environ if name.startswith(("POS_", "LNPAY_"))]
    with chdir(folder), _new_process():
        result = CliRunner().invoke(
            cli,
            ["--app", str(ROOT / "app.py"), *map(str, words)],
            input=typed,
            env={**dict.fromkeys(names), "FLASK_SKIP_DOTENV": "1", **settings},
        )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run(app: Flask, *words: str) -> tuple[int, str]:
    """Give a command of an app that is there, and return how it exits and what it says."""
    result = app.test_cli_runner().invoke(args=list(words))
    return result.exit_code, result.output + str(result.exception or "")


@contextmanager
def _new_process() -> Iterator[None]:
    """Load the app anew, and forget it afterwards."""
    path = sys.path.copy()
    before = sys.modules.pop("app", None)
    try:
        yield
    finally:
        sys.path[:] = path
        sys.modules.pop("app", None)
        if before:
            sys.modules["app"] = before
