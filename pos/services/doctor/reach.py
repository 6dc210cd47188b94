"""Whether the wallet's messages and payers' wallets find the till from outside."""

import json
from collections.abc import Callable, Iterator

from pos.domain.jar import FIRST, SHOP
from pos.domain.lnurl import is_safe, lightning_address, pay_url
from pos.domain.sentence import Sentence
from pos.services.doctor.finding import Finding, Unreached, Verdict
from pos.shop import Shop
from pos.wallets.base import (
    Hinting,
    WalletError,
    reads_hints,
)

CLOSED = Sentence("closed, so payments show a second later.")


def look_at_hook(shop: Shop, ping: Callable[[Hinting, str], int]) -> Iterator[Finding]:
    """Have the wallet's message sent, where it has one."""
    # Play money needs none: what pays it is in this process, and looked at within a second.
    if reads_hints(shop.wallet) and not (shop.settings.sandbox and not shop.wallet.hook_is_open):
        yield _hook_of(shop, shop.wallet, ping)


def _hook_of(shop: Shop, wallet: Hinting, ping: Callable[[Hinting, str], int]) -> Finding:
    address = f"{shop.settings.hooks_address}/{wallet.hook_name}"
    if not shop.settings.public_url and not wallet.hook_is_near:
        is_open = Sentence(
            "open, but the wallet does not know where. Set POS_PUBLIC_URL to the till's address from outside, and ask"
            " the doctor again."
        )
        is_closed = Sentence(
            "closed, so payments show a second later. Set POS_PUBLIC_URL to the till's address from outside, and ask"
            " the doctor again."
        )
        return Finding(Verdict.WARNING, "webhook", is_open if wallet.hook_is_open else is_closed)
    if not wallet.hook_is_open:
        return Finding(Verdict.WARNING, "webhook", CLOSED, wallet.hook_advice(address))
    try:
        status = ping(wallet, address)
    except WalletError as error:
        right = ", and POS_PUBLIC_URL right" if shop.settings.public_url else ""
        sentence = f"nothing answers at {address}: {error}. Is the till running{right}?"
        return Finding(Verdict.WARNING, "webhook", sentence)
    if status == 200:
        return Finding(Verdict.GOOD, "webhook", Sentence("answers."), wallet.hook_advice(address))
    if status == 403:
        return Finding(Verdict.BAD, "webhook", f"{address} has another secret. Start the till again with this one.")
    return Finding(Verdict.BAD, "webhook", f"what answers at {address} is not this till's hook (HTTP {status}).")


def look_at_lnurl(shop: Shop, get: Callable[[str], bytes]) -> Iterator[Finding]:
    """Say whether payers' wallets find this till: by a sticker's code, and by a Lightning address."""
    address, why_not = shop.settings.public_url, shop.wallet.advice.no_hashed_description
    if why_not:
        yield Finding(Verdict.WARNING, "lnurl", f"off: {why_not}")
    elif not address:
        sentence = Sentence(
            "off, as POS_PUBLIC_URL is not set: with it, stickers and a Lightning address work (docs/lnurl.md)."
        )
        yield Finding(Verdict.GOOD, "lnurl", sentence)
    elif not is_safe(address):
        sentence = Sentence(
            "off: wallets pay by https alone, and POS_PUBLIC_URL is without. docs/install.md says how to set it up."
        )
        yield Finding(Verdict.WARNING, "lnurl", sentence)
    else:
        yield _found("lnurl", pay_url(address, SHOP), get, "wallets find the shop and its jars.")
        named = lightning_address(address, FIRST)
        if named:
            looked_up = f"{address}/.well-known/lnurlp/{FIRST}"
            yield _found("address", looked_up, get, f"{named} is found; so is each other jar by its name.")
        else:
            sentence = Sentence("none: it would have to be POS_PUBLIC_URL=https://a.host.name, without port and path.")
            yield Finding(Verdict.WARNING, "address", sentence)


def _found(part: str, address: str, get: Callable[[str], bytes], sentence: str) -> Finding:
    """Say what comes where wallets ask."""
    try:
        said = json.loads(get(address))
    except Unreached as error:
        sentence = f"nothing answers at {address}: {error}. Is the till running, and POS_PUBLIC_URL right?"
        return Finding(Verdict.WARNING, part, sentence)
    except (ValueError, RecursionError):
        said = None
    said = said if isinstance(said, dict) else {}
    if said.get("tag") == "payRequest":
        return Finding(Verdict.GOOD, part, sentence)
    if said.get("status") == "ERROR":
        return Finding(Verdict.WARNING, part, f"{address} refuses wallets: {said.get('reason')}")
    sentence = (
        f"what answers at {address} is not this till: a proxy has to pass it, without a password (docs/proxy.md)."
    )
    return Finding(Verdict.WARNING, part, sentence)
