"""The `flask` commands: doctor, connect, watch, owner, backup, restore, export, jar, verify, and the sandbox's own."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event

import click
from flask import Flask
from flask.cli import AppGroup

from pos.cli.backup import backup_command, restore_command
from pos.cli.connect import connect_command
from pos.cli.env_file import own_environment
from pos.cli.export import export_command
from pos.cli.findings import are_bad, no_log, tell
from pos.cli.hand_over import hand_over
from pos.cli.jar import jar_command
from pos.cli.network import get, ping
from pos.cli.owner import owner_command
from pos.cli.verify import verify_command
from pos.services.doctor import examine
from pos.services.watch import open_watch
from pos.settings import Settings, SettingsError
from pos.store import DatabaseInUse, StoreError
from pos.store.backup import database_file
from pos.version import NoVersion
from pos.wallets.base import CannotOpen


@contextmanager
def or_stop() -> Iterator[None]:
    """End the process with a sentence, and no traceback, when the till cannot start."""
    try:
        yield
    except (NoVersion, SettingsError, StoreError, CannotOpen) as error:
        sys.exit(_no_start(error))


def is_asked() -> bool:
    """Tell whether this process runs a `flask` command: the doctor says itself what a start would log."""
    return click.get_current_context(silent=True) is not None


def load(create_app: Callable[[Settings | None], Flask]) -> Flask:
    """Make the app of a server or of a `flask` command. A command can do without some of it.

    Where the settings are not right yet it can connect a wallet; where the database cannot be used it can restore a
    backup, and make one where an older till still uses it. Nobody is to be served by such an app: raises SettingsError,
    StoreError or CannotOpen if it is no command.
    """
    if not is_asked():
        return create_app(None)
    try:
        settings = read_settings()
        leave = partial(hand_over, settings.var, database_file(settings.database_url))
        click.get_current_context().find_root().call_on_close(leave)
        app = create_app(settings)
    except DatabaseInUse as error:
        app = _only(str(error), backup_command(settings), restore_command(settings))
    except StoreError as error:
        app = _only(_no_start(error), restore_command(settings))
    except SettingsError as error:
        app = _only(_no_start(error))
    app.cli.add_command(connect_command(create_app))
    return app


def read_settings() -> Settings:
    """Read the settings of the till that a command is about. Raises SettingsError."""
    # Who serves the till has to say with which wallet; a command is about the till as it was served.
    return Settings.from_env(own_environment(), as_it_ran=True)


def _only(why: str, *commands: click.Command) -> Flask:
    app = Flask(__name__)
    app.cli = _Only(why)
    for command in commands:
        app.cli.add_command(command)
    return app


class _Only(AppGroup):
    """The commands of a till that cannot start, or must not yet: all but a few end by saying why."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self._why = why

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        return super().get_command(ctx, cmd_name) or sys.exit(self._why)


def _no_start(why: Exception) -> str:
    return f"The till cannot start.\n{why}"


def register(app: Flask) -> None:
    """Add the commands to an app, once somebody asks for one: who serves it has no use for them."""
    app.cli = _AtNeed(partial(_add_all, app))


class _AtNeed(AppGroup):
    """The commands of a till, which are made when they are first looked for."""

    def __init__(self, add_all: Callable[[], None]) -> None:
        super().__init__()
        self._add_all = add_all

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._make()
        found = super().get_command(ctx, cmd_name)
        return found and _or_sentence(found)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._make()
        return super().list_commands(ctx)

    def _make(self) -> None:
        self._add_all()
        self._add_all = lambda: None


def _or_sentence(command: click.Command) -> click.Command:
    """Have a command end with a sentence where the database fails it: its disk is full, or another has it locked."""
    invoke = command.invoke

    def with_sentence(ctx: click.Context) -> object:
        try:
            return invoke(ctx)
        except StoreError as error:
            sys.exit(f"The database did not take or give what was asked: {error}.")

    command.invoke = with_sentence  # type: ignore[method-assign]
    return command


def _add_all(app: Flask) -> None:
    app.cli.add_command(_doctor(app))
    app.cli.add_command(_watch(app))
    shop = app.extensions["shop"]
    app.cli.add_command(backup_command(shop.settings))
    app.cli.add_command(restore_command(shop.settings, shop.store))
    app.cli.add_command(export_command(app))
    app.cli.add_command(jar_command(app))
    app.cli.add_command(verify_command(app))
    app.cli.add_command(owner_command(app))
    app.cli.add_command(_sandbox(app))


def _doctor(app: Flask) -> click.Command:
    @click.command("doctor")
    def doctor() -> None:
        """Say whether settings, database, wallet, clock and QR are in order, and what to do if not."""
        shop = app.extensions["shop"]
        with no_log():
            findings = examine(shop, ping, get)
        tell(findings)
        if are_bad(findings):
            sys.exit(1)

    return doctor


def _watch(app: Flask) -> click.Command:
    @click.command("watch")
    def watch() -> None:
        """Ask the wallet about every charge that is not paid, as a process of its own (see POS_WATCH)."""
        ended = Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: ended.set())

        def is_over(seconds: float) -> bool:
            # Not ended.wait: a signal that comes while that holds its lock would wait for it for ever.
            time.sleep(seconds)
            return ended.is_set()

        open_watch(app.extensions["shop"]).run(is_over)

    return watch


def _sandbox(app: Flask) -> click.Command:
    if app.extensions["hosted"] is None:
        return _no_sandbox
    # Here and not above: where there is real money, the sandbox is not even loaded.
    from pos.cli.sandbox import commands

    return commands(app.extensions["hosted"])


@click.command("sandbox", context_settings={"ignore_unknown_options": True}, hidden=True)
@click.argument("words", nargs=-1, expose_value=False)
def _no_sandbox() -> None:
    """Say that there is none."""
    sys.exit("There is no sandbox: this till's POS_WALLET is another one.")
