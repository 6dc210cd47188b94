"""A wallet of PyPI's lnurl, as a program of its own, which asks for an invoice and says it.

Usage: lnurl_payer.py LNURL MSAT [COMMENT]. It is strict: an answer with a field that the specification does not name,
or without one that it does, is none.
"""

import asyncio
import sys

import lnurl
from lnurl.models import LnurlPayResponse


async def main(link: str, msat: str, comment: str = "") -> None:
    if not comment:
        asked = await lnurl.execute(link, msat)
    else:
        described = await lnurl.handle(link)
        assert isinstance(described, LnurlPayResponse)
        asked = await lnurl.execute_pay_request(described, int(msat), comment=comment)
    sys.stdout.write(asked.json())


asyncio.run(main(*sys.argv[1:]))
