"""PINs that are guessed at one device, from ever other addresses: how many are looked at, and what a sale notices."""

import hmac
import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlencode

from sqlalchemy import insert

from bench.clients import WrongAnswer
from bench.flood import sales, told
from bench.server import HOST, Server
from bench.wallet import wallet
from pos.services.tokens import digest_of, new_token
from pos.store import Store
from pos.store.tables import devices, owners, staff

GUESSES = 100_000
# Who guesses as fast as it goes.
_GUESSERS = 8
_PATIENCE = 60
_LOOKED_AT, _REFUSED = 403, 429


def guesses(most: int = GUESSES) -> Iterator[tuple[str, str]]:
    """Give what was measured, a line each."""
    with _shop() as (server, cookie):
        guesser = _Guesser(cookie)
        yield "Sale, quiet, in a shop with staff", told(sales(server, None))
        yield "Sale, while PINs are guessed at a device, 100 a second", told(sales(server, guesser.guess))
        began = perf_counter()
        with ThreadPoolExecutor(_GUESSERS) as guessers:
            list(guessers.map(lambda _: guesser.guess_until(server.port, most), range(_GUESSERS)))
        tries, seconds = sum(guesser.answers.values()), perf_counter() - began
        result = f"{guesser.answers[_LOOKED_AT]} looked at, in the time and {seconds:.0f} s as fast as it went"
        yield f"{tries:,} PINs guessed at one device, from as many addresses", result


class _Guesser:
    """Types one PIN after the other, each from another address. Counts what was answered."""

    def __init__(self, cookie: str) -> None:
        self.answers: Counter[int] = Counter()
        self._cookie = cookie
        self._numbers = count()

    def guess(self, port: int, _number: int) -> None:
        """Type the next one."""
        with closing(HTTPConnection(HOST, port, timeout=_PATIENCE)) as connection:
            self._type(connection, port, next(self._numbers))

    def guess_until(self, port: int, most: int) -> None:
        """Type the next ones, until so many were typed."""
        with closing(HTTPConnection(HOST, port, timeout=_PATIENCE)) as connection:
            while (number := next(self._numbers)) < most:
                self._type(connection, port, number)

    def _type(self, connection: HTTPConnection, port: int, number: int) -> None:
        """Raise WrongAnswer if it lets anybody in, or is not refused as it should be."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://{HOST}:{port}",
            "Cookie": self._cookie,
            "X-Forwarded-For": f"9.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        }
        connection.request("POST", "/pin", urlencode({"pin": f"{number:05}"}), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (_LOOKED_AT, _REFUSED):
            raise WrongAnswer(f"a PIN was answered with {answer.status}")
        self.answers[answer.status] += 1


@contextmanager
def _shop() -> Iterator[tuple[Server, str]]:
    """Serve a shop with staff, and give the cookie of a till in it."""
    key, token = secrets.token_urlsafe(32), new_token()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="till-bench-")))
        there = stack.enter_context(wallet(folder / "wallet"))
        server = Server(folder, {**there.settings, "POS_PROXIES": "1", "POS_SECRET_KEY": key})
        stack.callback(server.close)
        server.start()
        with closing(Store(f"sqlite:///{folder / 'var/till.db'}", "bcrt")) as store:
            _let_in(store, token)
        yield server, f"till_{hmac.digest(key.encode(), b'cookie', 'sha256').hex()[:8]}_device={token}"


def _let_in(store: Store, token: str) -> None:
    """Claim the shop, and pair a till. No PIN has the hash that is kept, so that none is right."""
    owner = {"id": "o", "name": "Marta", "name_key": "marta", "password_hash": "", "created_at": 0}
    person = {"id": "a", "name": "Ana", "role": "cashier", "pin_digest": "none", "currency": "", "created_at": 0}
    till = {"id": "d", "face": "till", "name": "Counter", "place": "till", "digest": digest_of(token)}
    with store.engine.begin() as connection:
        connection.execute(insert(owners).values(owner))
        connection.execute(insert(staff).values(person))
        connection.execute(insert(devices).values(**till, paired_at=0, seen_at=0))
