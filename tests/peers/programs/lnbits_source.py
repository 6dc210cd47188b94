"""A wallet class of LNbits, as a program of its own: it makes an invoice, and looks it up when a line is read.

Says each as JSON: first the invoice and whether it is paid, then whether it is paid.
"""

import asyncio
import json
import sys
from importlib import import_module

from lnbits.settings import settings

_CLASSES = {"phoenixd": "PhoenixdWallet", "lndrest": "LndRestWallet", "clnrest": "CLNRestWallet"}


def say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


async def main(module: str, own_settings: dict[str, str]) -> None:
    settings.user_agent = "LNbits"
    for name, value in own_settings.items():
        setattr(settings, name, value)
    wallet = getattr(import_module(f"lnbits.wallets.{module}"), _CLASSES[module])()
    made = await wallet.create_invoice(2100, "Coffee ☕", expiry=600)
    if not made.ok:
        say(error=made.error_message)
        return
    status = await wallet.get_invoice_status(made.checking_id)
    say(payment_request=made.payment_request, id=made.checking_id, paid=status.paid)
    sys.stdin.readline()
    status = await wallet.get_invoice_status(made.checking_id)
    say(paid=status.paid)


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2])))
