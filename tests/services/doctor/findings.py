"""What the doctor finds, by the part that it is about."""

from collections.abc import Callable
from dataclasses import replace

from pos.services.doctor import Finding, Verdict, examine
from pos.shop import Shop
from pos.wallets.base import Hinting
from tests.fakes import FakeClock, HintingWallet


def answers(status: int) -> Callable[[Hinting, str], int]:
    """A webhook that answers a ping with a status."""
    return lambda _wallet, _address: status


def says(answer: bytes) -> Callable[[str], bytes]:
    """What is answered wherever a wallet would ask."""
    return lambda _address: answer


def findings(
    shop: Shop, hook: Callable[[Hinting, str], int] | None = None, get: Callable[[str], bytes] | None = None
) -> dict[str, Finding]:
    return {
        finding.part: finding for finding in examine(shop, hook or answers(200), get or says(b'{"tag": "payRequest"}'))
    }


def verdicts(shop: Shop) -> dict[str, Verdict]:
    return {part: finding.verdict for part, finding in findings(shop).items()}


def with_hook(
    shop: Shop,
    secret: str | None = "the hook's secret",
    url: str | None = "https://till.example",
    *,
    is_near: bool = False,
) -> Shop:
    """The same shop with a wallet that tells a hook, which is closed without a secret."""
    wallet = HintingWallet(FakeClock(), hook_secret=secret, hook_is_near=is_near)
    return replace(shop, settings=replace(shop.settings, public_url=url), wallet=wallet)
