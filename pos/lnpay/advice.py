"""What an owner with an LNPay wallet is told to do: the sentences that name LNPay's keys and pages."""

from pos.wallets.base import Advice

SPENDS = "a key can spend: whoever steals this till has the money. Use a pak_ and a waki_ key instead."
PLAIN = "LNPAY_URL is not https: whoever is on the way can read the keys."


def advice(*, plain: bool, spends: bool) -> Advice:
    """Return the sentences for a till whose address is `plain` http, and whose keys are known to spend, or not."""
    return Advice(
        holder="What is paid goes to a wallet at LNPAY_URL: whoever runs that LNPay holds it.",
        key="Copy LNPAY_API_KEY and LNPAY_WALLET_KEY from the dashboard again.",
        reach="Is this machine online, and LNPAY_URL right?",
        spends=SPENDS,
        warnings=tuple(sentence for sentence, holds in ((PLAIN, plain), (SPENDS, spends)) if holds),
    )


def hook_advice(address: str, *, is_open: bool) -> str:
    """Say what to set here, or what to tell LNPay, so that it hints at payments."""
    if is_open:
        return f"Give LNPay {address} and the secret, for the event wallet_receive."
    return f"Set LNPAY_WEBHOOK_SECRET, and give LNPay {address}."
