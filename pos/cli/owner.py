"""`flask owner`: a link that makes whoever opens it an owner of the shop, or gives one a new password."""

import click
from flask import Flask

from pos.cli.served_at import served_at
from pos.services.claim import LINK_IS_GOOD_FOR, first_invitation, invite
from pos.shop import Shop

TYPE_IT = "Nobody owns this shop yet: type flask owner, which prints a link."


def owner_command(app: Flask) -> click.Command:
    """Make the command that prints a new link of an app's shop."""

    @click.command("owner")
    def owner() -> None:
        """Print a link that is good once: who opens it owns the shop, or gets a new password."""
        shop: Shop = app.extensions["shop"]
        # The till that runs may have been started at another port than this command knows of.
        click.echo(_told(served_at(shop.settings), invite(shop)))

    return owner


def first_word(app: Flask, *, at_terminal: bool) -> str | None:
    """Return what a start says about owning a shop that nobody owns: at a terminal a link, at the first start of all.

    What is said elsewhere is kept in a log, where no link belongs: who has it owns the shop.
    """
    shop: Shop = app.extensions["shop"]
    if not at_terminal:
        return None if shop.store.owners.exist() else TYPE_IT
    token = first_invitation(shop)
    return token and _told(shop.settings.url, token)


def _told(url: str, token: str) -> str:
    minutes = LINK_IS_GOOD_FOR // 60
    return f"To own this shop, open within {minutes} minutes, once:\n  {url}/claim/{token}"
