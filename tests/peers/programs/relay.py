"""The relay of nostr-sdk, as a program of its own. It says its address."""

import asyncio
import sys

from nostr_sdk import LocalRelayBuilder, RateLimit

_for_ever = asyncio.Event()


async def main() -> None:
    # By default one connection may say 60 things a minute, which a wallet with a few busy tills is over.
    limit = RateLimit(max_reqs=1000, notes_per_minute=60_000)
    relay = LocalRelayBuilder().addr("127.0.0.1").rate_limit(limit).build()
    await relay.run()
    sys.stdout.write(f"{await relay.url()}\n")
    sys.stdout.flush()
    await _for_ever.wait()


asyncio.run(main())
