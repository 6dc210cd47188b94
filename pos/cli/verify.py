"""`flask verify`: whether the reports of all shifts, and the payments that they have counted, are as they were."""

import sys

import click
from flask import Flask

from pos.services.verify import verify
from pos.store import StoreError


def verify_command(app: Flask) -> click.Command:
    """Make the command that verifies the reports of an app's shop."""

    @click.command("verify")
    def verify_() -> None:
        """Say whether the reports of all shifts, and their payments, are as they were when the shifts were closed."""
        reports = payments = wrong = 0
        try:
            for it in verify(app.extensions["shop"]):
                reports, payments, wrong = reports + bool(it.report), payments + it.payments, wrong + len(it.wrong)
                for sentence in it.wrong:
                    click.echo(sentence[0].upper() + sentence[1:])
        except StoreError as error:
            sys.exit(f"Not all was looked at: {error}.")
        if wrong:
            sys.exit("Somebody has changed the database, or it is damaged. A backup from before tells what it was.")
        click.echo(
            f"{_many(reports, 'report')}, {_many(payments, 'payment')}: all as it was when the shifts were closed."
        )

    return verify_


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
