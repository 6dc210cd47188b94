"""The relay of nostr-sdk, as a program of its own. It says its address."""

import asyncio
import sys

from nostr_sdk import LocalRelayBuilder

_for_ever = asyncio.Event()


async def main() -> None:
    relay = LocalRelayBuilder().addr("127.0.0.1").build()
    await relay.run()
    sys.stdout.write(f"{await relay.url()}\n")
    sys.stdout.flush()
    await _for_ever.wait()


asyncio.run(main())
