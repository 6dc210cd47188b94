"""Desks of a till that crashes: paired tablets at which the staff take turns, sell, and close shifts."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from bench.caller import Caller, WrongAnswer
from bench.clients import MEMO, hidden_fields
from bench.owner import STAFF, Owner
from bench.verdict import Sale

_NOBODYS_PIN = "4711"
# Every so-manieth sale or closing somebody else takes over.
_TURN = 3
# Seconds: who has to wait longer than that after wrong PINs gets another tablet the next time.
_LONGEST_WAIT = 4
_SHIFT = "/till/till/shift"
_SELLS = re.compile(rb'aria-label="Lock: ([^"]+)"')
_NUMBER = re.compile(rb'name="number" value="([0-9]+)"')

# Sends one sale, always the same, and returns what is shown.
Order = Callable[[], Sale]


class Desk:
    """A place at which the staff sell or close shifts, on a tablet that is paired. `seller` is who has signed in there.

    Every now and then it is locked and somebody else takes over. `tablets` are all that it ever had, the last one being
    in use, and `counts` what happened there: "cut short" are answers of pairings, locks and PINs that were lost.
    """

    def __init__(self, owner: Owner, new_caller: Callable[[], Caller], random: Random, name: str) -> None:
        self.name = name
        self.seller = ""
        self.tablets: list[Caller] = []
        self.counts: Counter[str] = Counter()
        self._owner = owner
        self._new_caller = new_caller
        self._random = random
        self._turns = 0
        self._is_worn = True
        self._last: tuple[Mapping[str, str], str] | None = None

    @property
    def caller(self) -> Caller:
        """The browser of the tablet in use."""
        return self.tablets[-1]

    def order(self, amount_sat: int) -> Order:
        """Type a sale; whoever has signed in then sells it."""
        self._be_ready()
        fields = hidden_fields(self._open_till()) | {"amount": str(amount_sat), "memo": MEMO}
        if self._is_turn():
            self._hand_over(("/", fields), ("/", fields | {"do": "lock"}))
            if self._last:
                self._send_again(*self._last)
        return partial(self._send, fields, amount_sat, self.seller)

    def close_shift(self) -> tuple[int, str] | None:
        """Close the shift as somebody does who opens its page. Tell its number and who closed it, if it was them."""
        self._be_ready()
        fields = _open_shift(self.caller)
        if fields is None:
            return None
        if self._is_turn():
            self._hand_over((_SHIFT, fields), ("/pin/lock", fields))
        return (int(fields["number"]), self.seller) if _close(self.caller, fields) else None

    def _send(self, fields: Mapping[str, str], amount_sat: int, seller: str) -> Sale:
        charge_id = self._sell(fields)
        self._last = fields, charge_id
        return Sale(fields["key"], charge_id, amount_sat, staff=seller)

    def _send_again(self, fields: Mapping[str, str], charge_id: str) -> None:
        """Send once more what the one before has sold: it stays that sale."""
        if self.caller.insist(partial(self._sell, fields)) != charge_id:
            raise WrongAnswer(f"sale {charge_id}, sent by another one of the staff, is another sale")
        self.counts["sold again by another"] += 1

    def _sell(self, fields: Mapping[str, str]) -> str:
        leads_to = self.caller.post("/", fields).leads_to
        if not leads_to.startswith("/pay/"):
            raise WrongAnswer(f"{self.seller} sold at {self.name}, and was led to {leads_to}")
        return leads_to.rpartition("/")[2]

    def _be_ready(self) -> None:
        """Have a tablet at hand at which somebody has signed in: another one than the one that is worn."""
        if not self._is_worn:
            return
        tablet = self._new_caller()
        self._owner.pair(tablet, f"{self.name} {len(self.tablets) + 1}")
        self.tablets.append(tablet)
        self.counts["devices"] += 1
        self._is_worn = False
        # A form is sent by the browser that has opened it.
        self._last = None
        self.seller = ""
        self._sign_in()
        self.counts["cut short"] += tablet.lost

    def _open_till(self) -> bytes:
        """Open the till's page, and see to it that whoever signed in stands there."""
        page = self.caller.insist(lambda: self.caller.get("/")).page
        named = [it.decode() for it in _SELLS.findall(page)]
        if named != [self.seller]:
            raise WrongAnswer(f"{self.seller} has signed in at {self.name}, and the till names {named}")
        return page

    def _is_turn(self) -> bool:
        self._turns += 1
        return self._turns % _TURN == 0

    def _hand_over(self, done: tuple[str, Mapping[str, str]], locks: tuple[str, Mapping[str, str]]) -> None:
        """Lock, try what cannot be `done` then, and let somebody else sign in."""
        before = self.caller.lost
        self._lead_to_pin(*locks)
        if self._random.random() < 1 / 2:
            self._lead_to_pin(*done)
            self.counts["refused while locked"] += 1
        if self._random.random() < 1 / 8:
            self._mistype()
        # Tablets break as well.
        self._is_worn = self._random.random() < 1 / 8
        self._sign_in()
        self.counts["cut short"] += self.caller.lost - before

    def _lead_to_pin(self, path: str, fields: Mapping[str, str]) -> None:
        leads_to = self.caller.insist(lambda: self.caller.post(path, fields)).leads_to
        if not leads_to.startswith("/pin"):
            raise WrongAnswer(f"{self.name} is locked, and {path} leads to {leads_to}")

    def _mistype(self) -> None:
        """Type a PIN that is nobody's."""
        fields = hidden_fields(self.caller.insist(lambda: self.caller.get("/pin")).page) | {"pin": _NOBODYS_PIN}
        answer = self.caller.insist(lambda: self.caller.post("/pin", fields, 403, 429))
        self.counts["wrong PINs"] += answer.status == 403

    def _sign_in(self) -> None:
        """Let anybody but who has just left sign in, after as long as the till wants them to wait."""
        name = self._random.choice([it for it in STAFF if it != self.seller])
        while wait := self.caller.insist(partial(self._type_pin, name)):
            self._is_worn |= wait > _LONGEST_WAIT
            self.caller.wait(wait)
        self.seller = name
        self.counts["unlocks"] += 1

    def _type_pin(self, name: str) -> int:
        """Return the seconds until another try; 0 if it let them in, now or when the answer was lost."""
        asked = self.caller.get("/pin", 200, 303)
        if asked.status == 303:
            return 0
        _, pin = STAFF[name]
        return self.caller.post("/pin", hidden_fields(asked.page) | {"pin": pin}, 303, 429).wait


def close_all(caller: Caller) -> list[int]:
    """Close the shift until nothing is left to close, and return the numbers of those that it closed."""
    numbers = []
    while fields := _open_shift(caller):
        if _close(caller, fields):
            numbers.append(int(fields["number"]))
    return numbers


def _open_shift(caller: Caller) -> dict[str, str] | None:
    """Return the form that closes the shift; none where nothing is to be closed."""
    page = caller.insist(lambda: caller.get(_SHIFT)).page
    number = _NUMBER.search(page)
    return hidden_fields(page) | {"number": number[1].decode()} if number else None


def _close(caller: Caller, fields: Mapping[str, str]) -> bool:
    """Send that form. Tell whether it was this one that closed it."""
    return caller.insist(lambda: caller.post(_SHIFT, fields)).leads_to.endswith("closed=now")
