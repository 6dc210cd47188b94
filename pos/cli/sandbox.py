"""The `flask sandbox` commands: the sandbox's keys, and its customer."""

import sys
from dataclasses import asdict

import click
from flask.cli import AppGroup

from pos.sandbox import Sandbox, SandboxError


def commands(sandbox: Sandbox) -> click.Command:
    """Return the group of commands."""
    group = AppGroup("sandbox", help="The play-money wallet of POS_WALLET=sandbox.")

    @group.command("keys")
    def keys() -> None:
        """Print the sandbox's keys, one a line with its name."""
        for name, key in asdict(sandbox.keys).items():
            click.echo(f"{name} {key}")

    @group.command("pay")
    @click.argument("payment_request")
    def pay(payment_request: str) -> None:
        """Pay an invoice of the sandbox as the customer would."""
        try:
            paid = sandbox.pay(payment_request)
        except SandboxError as error:
            sys.exit(str(error))
        click.echo(f"paid {paid['num_satoshis']} sat, {paid['id']}")

    return group
