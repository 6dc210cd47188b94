"""The client of nostr-sdk, as a program of its own: it asks a wallet of NIP-47 for an invoice, and looks it up."""

import asyncio
import json
import sys

from nostr_sdk import LookupInvoiceRequest, MakeInvoiceRequest, NostrWalletConnect, NostrWalletConnectUri


async def main(uri: str) -> None:
    wallet = NostrWalletConnect(NostrWalletConnectUri.parse(uri))
    info = await wallet.get_info()
    made = await wallet.make_invoice(
        MakeInvoiceRequest(amount=2_100_000, description="Coffee", description_hash=None, expiry=600)
    )
    found = await wallet.lookup_invoice(LookupInvoiceRequest(payment_hash=made.payment_hash, invoice=None))
    said = {"pubkey": info.pubkey, "invoice": made.invoice, "amount": found.amount, "description": found.description}
    sys.stdout.write(json.dumps(said) + "\n")


asyncio.run(main(sys.argv[1]))
