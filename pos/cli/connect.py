"""`flask connect`: from the one string that a wallet shows to a till that sells for real."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click
from dotenv import dotenv_values
from flask import Flask

from pos.cli.env_file import DOTENV, own_environment, write_settings
from pos.cli.findings import are_bad, no_log, tell
from pos.cli.network import get, ping
from pos.environment import Declaration, Wrong, declarations
from pos.services.doctor import examine
from pos.settings import Settings, SettingsError
from pos.store import StoreError
from pos.wallets.base import CannotOpen, Wallet
from pos.wallets.registry import Connection, connection, wallet_module

# What says today which wallet it is.
CHOICE = ("POS_WALLET", "POS_WALLET_URL", "POS_WALLET_URL_FILE")
# Of what the doctor examines, what another wallet changes.
_PARTS = {"wallet", "clock", "invoice", "QR"}
# How the name of a picture ends: no wallet's string does.
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
_PROMPT = "Paste what your wallet shows (a Lightning address, a connection string, or an address and its key)"


def connect_command(create_app: Callable[[Settings], Flask]) -> click.Command:
    """Make the command. `create_app` makes a till of these settings, and may raise as `pos.create_app` does."""

    @click.command("connect")
    @click.argument("string", required=False)
    def connect(string: str | None) -> None:
        """Connect the till to your wallet: give STRING, which the wallet shows, or a picture of its QR code."""
        found = _found(_text(string))
        superseded = _superseded(found)
        app = _or_stop(lambda: create_app(_settings(found, superseded)))
        shop = app.extensions["shop"]
        with no_log():
            findings = [it for it in examine(shop, ping, get) if it.part in _PARTS]
        _describe(found, shop.wallet)
        tell(findings)
        if are_bad(findings):
            sys.exit("Nothing was written. Mend what is WRONG above, then connect again.")
        _write(found, superseded, shop.settings.var)

    return connect


def _text(given: str | None) -> str:
    """Return the string; an argument that names a file is a picture with it."""
    if given is None:
        return str(click.prompt(_PROMPT))
    if _is_file(given):
        return _in_picture(Path(given))
    if given.lower().endswith(_PICTURES) and "://" not in given:
        sys.exit(f"There is no file {given}.")
    return given


def _is_file(given: str) -> bool:
    try:
        return Path(given).is_file()
    except OSError:
        # Too long for a name: most strings are.
        return False


def _in_picture(file: Path) -> str:
    # Only here: no other part of the till reads pictures, and it is not to be had for every machine.
    try:
        import zxingcpp
    except ImportError:
        sys.exit("Pictures cannot be read on this machine: paste the text that the code stands for.")
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file) as picture:
            seen: Image.Image = picture
            if picture.has_transparency_data:
                # What lies behind it is white, as on most screens.
                seen = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
            codes = zxingcpp.read_barcodes(seen.convert("L"))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        sys.exit(f"{file} is no picture that can be read: {error}.")
    if not codes:
        sys.exit(f"There is no QR code in {file}, or it is too blurred. Take the picture again, or paste the text.")
    return str(codes[0].text)


def _found(text: str) -> Connection:
    try:
        return connection(text)
    except Wrong as wrong:
        sys.exit(f"Nothing was changed: this {wrong.problem}.")


def _superseded(found: Connection) -> list[str]:
    """Name what may be set for the wallet that was there before, and does not go with this string: files that hold what
    the string does, and the certificate of another node."""
    declared = declarations(wallet_module(found.wallet).WalletSettings)
    files = [f"{it.name}_FILE" for it in declared.values() if it.secret and it.name in found.settings]
    # So each wallet calls it that has one.
    pin = declared.get("certificate")
    if pin is None or pin.name in found.settings or _is_of_before(found, declared["url"]):
        return files
    return [*files, *pin.names]


def _is_of_before(found: Connection, url: Declaration) -> bool:
    """Tell whether a string leads to the node that the till has by now, whichever way that is written."""
    before = {**_before(), **own_environment()}
    if string := before.get("POS_WALLET_URL"):
        with suppress(Wrong):
            before |= connection(string).settings
    given = next((it for name in url.names if (it := before.get(name))), "")
    try:
        return str(url.reader(given)).lower() == str(url.reader(found.settings[url.name])).lower()
    except Wrong:
        return False


def _before() -> Mapping[str, str | None]:
    """Return what stands in the file. Flask has put it into the environment, too."""
    try:
        return dotenv_values(DOTENV)
    except (OSError, UnicodeDecodeError):
        # The till says in a sentence what is wrong with it.
        return {}


def _settings(found: Connection, superseded: Sequence[str]) -> Settings:
    chosen = {**dict.fromkeys((*CHOICE, *superseded), ""), "POS_WALLET": found.wallet, **found.settings}
    return Settings.from_env({**own_environment(), **chosen}, DOTENV)


def _or_stop(create: Callable[[], Flask]) -> Flask:
    try:
        return create()
    except (SettingsError, StoreError, CannotOpen) as error:
        sys.exit(f"Nothing was changed: the till could not start with this wallet.\n{error}")


def _describe(found: Connection, wallet: Wallet) -> None:
    click.echo(f"The wallet is {found.wallet}. {wallet.advice.holder}")


def _write(found: Connection, superseded: Sequence[str], var: Path) -> None:
    before = _before()
    try:
        old = write_settings(DOTENV, {"POS_WALLET": found.wallet, **found.settings}, (*CHOICE, *superseded), var)
    except (OSError, ValueError) as error:
        sys.exit(f"Nothing was changed: {DOTENV} cannot be written: {error}.")
    kept = f" What stood there before is kept in {_named(old)}." if old else ""
    click.echo(f"Written to {DOTENV}, which only you can read.{kept} Start the till again, and sell.")
    if taken_out := [name for name in superseded if before.get(name)]:
        click.echo(f"Taken out of it, as it was for the wallet before: {', '.join(taken_out)}.")
    for name in (*CHOICE, *superseded, *found.settings):
        if os.environ.get(name, "") not in ("", before.get(name)):
            click.echo(f"{name} is set in the environment, which goes before {DOTENV}: take it out there.")


def _named(old: Path) -> str:
    return old.name if old.parent == DOTENV.resolve().parent else str(old)
