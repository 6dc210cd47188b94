"""The `flask` commands: doctor, watch, backup, restore, and the sandbox's keys and play customer."""

import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import click
from flask import Flask
from flask.cli import AppGroup

from pos.cli.backup import backup_command, restore_command
from pos.services.doctor import Verdict, examine
from pos.services.watch import open_watch
from pos.settings import Settings, SettingsError
from pos.store import StoreError
from pos.transport import Transport
from pos.version import NoVersion
from pos.wallets.base import CannotOpen, Hinting

MARKS = {Verdict.GOOD: "ok     ", Verdict.WARNING: "warning", Verdict.BAD: "WRONG  "}


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


def read_settings() -> Settings:
    """Read the settings of the till that a command is about. Raises SettingsError."""
    return Settings.from_env(as_it_ran=True)


def or_restore(create: Callable[[], Flask]) -> Flask:
    """Make the app. Where its database cannot be used, make one for the `flask` command that can restore a backup.

    Raises StoreError where it is not the `flask` command that asks: nobody is to be served by such an app.
    """
    try:
        return create()
    except StoreError as error:
        if not is_asked():
            raise
        app = Flask(__name__)
        app.cli = _OnlyRestore(error)
        app.cli.add_command(restore_command(read_settings()))
        return app


class _OnlyRestore(AppGroup):
    """The commands of a till that cannot start: each of them but one ends by saying why."""

    def __init__(self, why: StoreError) -> None:
        super().__init__()
        self._why = why

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        return super().get_command(ctx, cmd_name) or sys.exit(_no_start(self._why))


def _no_start(why: Exception) -> str:
    return f"The till cannot start.\n{why}"


def register(app: Flask) -> None:
    """Add the commands to an app."""
    app.cli.add_command(_doctor(app))
    app.cli.add_command(_watch(app))
    shop = app.extensions["shop"]
    app.cli.add_command(backup_command(shop.settings))
    app.cli.add_command(restore_command(shop.settings, shop.store))
    app.cli.add_command(_sandbox(app))


def _doctor(app: Flask) -> click.Command:
    @click.command("doctor")
    def doctor() -> None:
        """Say whether settings, database, wallet, clock and QR are in order, and what to do if not."""
        shop = app.extensions["shop"]
        with _no_log():
            findings = examine(shop, _ping)
        for finding in findings:
            click.echo(f"{MARKS[finding.verdict]}  {finding.part}: {finding.sentence}")
        if any(finding.verdict is Verdict.BAD for finding in findings):
            sys.exit(1)

    return doctor


@contextmanager
def _no_log() -> Iterator[None]:
    """Keep the log silent: what the doctor finds, it says itself, and the same in other words would stand above it."""
    ours = logging.getLogger("pos")
    before = ours.level
    ours.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        ours.setLevel(before)


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


def _ping(wallet: Hinting, address: str) -> int:
    # Over the network even where the wallet is in this process, as its messages come that way.
    return wallet.ping_webhook(Transport(), address)


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
