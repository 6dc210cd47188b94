"""`flask owner`: a link that makes whoever opens it an owner of the shop, or gives one a new password."""

import click
from flask import Flask

from pos.services.claim import LINK_IS_GOOD_FOR, first_invitation, invite
from pos.shop import Shop


def owner_command(app: Flask) -> click.Command:
    """Make the command that prints a new link of an app's shop."""

    @click.command("owner")
    def owner() -> None:
        """Print a link that is good once: who opens it owns the shop, or gets a new password."""
        shop: Shop = app.extensions["shop"]
        click.echo(_told(shop, invite(shop)))

    return owner


def first_link(app: Flask) -> str | None:
    """Return what is said about owning a shop at its first start; None at all others."""
    shop: Shop = app.extensions["shop"]
    token = first_invitation(shop)
    return token and _told(shop, token)


def _told(shop: Shop, token: str) -> str:
    minutes = LINK_IS_GOOD_FOR // 60
    return f"To own this shop, open within {minutes} minutes, once:\n  {shop.settings.url}/claim/{token}"
