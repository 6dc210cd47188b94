"""`flask export`: the sales in a file, for a spreadsheet or a program."""

import os
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import click
from flask import Flask

from pos.domain.charge import Channel
from pos.domain.report import Selection, State
from pos.domain.span import EARLIEST, LATEST, Span
from pos.services.books import times_of
from pos.services.export import Format, export
from pos.store import StoreError

_DAY = click.DateTime(["%Y-%m-%d"])


def export_command(app: Flask) -> click.Command:
    """Make the command that exports the sales of an app's shop."""

    @click.command("export")
    @click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
    @click.option("--from", "first", type=_DAY, help="The first day.")
    @click.option("--to", "last", type=_DAY, help="The last day.")
    @click.option("--channel", type=click.Choice([it.value for it in Channel]), help="How they came in.")
    @click.option("--till", help="The till that they were typed at, or the kiosk, by its name.")
    @click.option("--state", type=click.Choice([it.value for it in State]), help="What became of them.")
    @click.option("--lines", is_flag=True, help="A row for each line that was sold, and not for each sale.")
    @click.option(
        "--format", "file_format", type=click.Choice([it.value for it in Format]), default="csv", show_default=True
    )
    def export_(
        file: Path,
        first: datetime | None,
        last: datetime | None,
        channel: str | None,
        till: str | None,
        state: str | None,
        lines: bool,
        file_format: str,
    ) -> None:
        """Write all sales to FILE, where nothing may be yet, or to the standard output (-), while the till sells."""
        shop = app.extensions["shop"]
        span = Span(_within(first, EARLIEST), _within(last, LATEST))
        if span.last < span.first:
            sys.exit("The last day is before the first one.")
        if till and channel is None and till in dict(shop.settings.kiosks):
            channel = Channel.KIOSK
        selection = Selection(
            *times_of(shop, span),
            channel=Channel(channel) if channel else None,
            till=till or None,
            state=State(state) if state else None,
        )
        pieces = export(shop, selection, Format(file_format), lines=lines, alone=True)
        try:
            _write(file, pieces)
        except (OSError, StoreError) as error:
            # What is on the standard output already cannot be taken back.
            what = "The export ends in the middle" if str(file) == "-" else "Nothing was exported"
            sys.exit(f"{what}: {error}.")

    return export_


def _within(day: datetime | None, otherwise: date) -> date:
    return min(max(day.date(), EARLIEST), LATEST) if day else otherwise


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that only the owner can read; none is left that ends in the middle. Raises OSError."""
    if str(file) == "-":
        sys.stdout.buffer.writelines(pieces)
        return
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        try:
            target.writelines(pieces)
            # The end of it waits to be written still, and a disk may be full only then.
            target.flush()
        except BaseException:
            file.unlink()
            raise
