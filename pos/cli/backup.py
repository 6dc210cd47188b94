"""`flask backup` and `flask restore`: the database in a file, made while the till sells, and back again."""

import secrets
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from pos.migrations import migrate, revisions
from pos.settings import Settings
from pos.settings.storage import sqlite_url
from pos.store import Store, StoreError, TrialDatabase
from pos.store.backup import (
    BackupError,
    Contents,
    Doors,
    alone,
    copy,
    database_file,
    look_over,
    pg_dump,
    pg_restore,
    remove,
    sign_out,
    swap_in,
)
from pos.store.engine import open_engine

_FILE = click.argument("file", type=click.Path(path_type=Path))
_IS_BACK = "Whom the shop has removed since is back, and so are old PINs: look at Office, Owners, Devices and Staff."


def backup_command(settings: Settings) -> click.Command:
    """Make the command that backs up the database of these settings."""

    @click.command("backup")
    @_FILE
    def backup(file: Path) -> None:
        """Copy the database to FILE, where nothing may be yet, while the till sells."""
        database = database_file(settings.database_url)
        if database is None:
            sys.exit(f"The database is a PostgreSQL. To back it up, run:\n{pg_dump(settings.database_url, file)}")
        try:
            copy(database, file)
        except BackupError as error:
            sys.exit(f"No backup was made: {error}.")
        try:
            click.echo(f"Backed up to {file}: {_say(look_over(file), settings)}.")
        except BackupError as error:
            sys.exit(f"A copy was made, but {error}. The database is so, too: restore an older backup.")

    return backup


def restore_command(settings: Settings, store: Store | None = None) -> click.Command:
    """Make the command that restores the database of these settings. `store` is what has it open in this process."""

    @click.command("restore")
    @_FILE
    def restore(file: Path) -> None:
        """Put the backup FILE, which may be of an older till, in the database's place. The till has to be stopped."""
        database = database_file(settings.database_url)
        if database is None:
            command = pg_restore(settings.database_url, file)
            sys.exit(f"The database is a PostgreSQL. To restore it, stop every till, and run:\n{command}\n{_IS_BACK}")
        if store:
            store.close()
        try:
            contents, aside, doors = _restore(file, database, settings.var / "migrate.lock")
        except (BackupError, StoreError) as error:
            sys.exit(f"Nothing was restored: {error}.")
        click.echo(f"Restored from {file}: {_say(contents, settings)}.")
        if aside.exists():
            click.echo(f"What was there before is kept as {aside}.")
        for sentence in _say_who(doors):
            click.echo(sentence)

    return restore


def _restore(file: Path, database: Path, lock: Path) -> tuple[Contents, Path, Doors]:
    """Bring a copy of the backup up to date, and only then put it in place. All owners are signed out in it.

    Returns what is in it, where the old database is kept, and who comes in by the new one. Raises BackupError or
    StoreError, and then nothing is in another place than before.
    """
    revision = look_over(file).revision
    if revision not in revisions():
        raise BackupError(f"{file} is of a newer till (its database has the shape {revision}): update this one first")
    draft = database.with_name(f"{database.name}.restoring-{secrets.token_hex(4)}")
    aside = database.with_name(f"{database.name}.before-restore-{datetime.now():%Y%m%d-%H%M%S}")
    try:
        copy(file, draft, still=True, in_place=True)
        _bring_up_to_date(draft, lock)
        doors = sign_out(draft, int(time.time()))
        contents = look_over(draft)
        with alone(database, lock):
            swap_in(draft, database, aside)
    except TrialDatabase as error:
        reason = f"{file} was made by a trial version of the till, before 0.1.0, and cannot be restored"
        raise BackupError(reason) from error
    finally:
        remove(draft)
    return contents, aside, doors


def _bring_up_to_date(file: Path, lock: Path) -> None:
    engine = open_engine(sqlite_url(file))
    try:
        migrate(engine, lock)
    finally:
        engine.dispose()


def _say(contents: Contents, settings: Settings) -> str:
    if contents.newest_at is None:
        return "no sales yet"
    # With its zone: the office may have chosen another one, of which nobody knows before the database is opened.
    newest = datetime.fromtimestamp(contents.newest_at, settings.timezone).astimezone(settings.timezone)
    return f"{contents.charges:,} charges, the last of {newest:%Y-%m-%d %H:%M:%S %z}"


def _say_who(doors: Doors) -> Iterator[str]:
    """Say who comes in by what was restored: some may have been removed since the backup was made."""
    if doors.owners:
        yield f"Owners, signed out, with the passwords of then: {', '.join(doors.owners)}."
    if doors.devices:
        yield f"Devices, paired as they were: {', '.join(doors.devices)}."
    if doors.owners or doors.devices:
        yield _IS_BACK
