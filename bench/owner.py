"""The owner of a shop whose till crashes, in the office: claims it, lets staff and tablets in, looks at the books."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from bench.caller import Caller, NotThere, WrongAnswer
from bench.clients import hidden_fields
from pos.domain.staff import Role

OWNER = "Marta"
_PASSWORD = "correct horse battery"
# Who works there, with role and PIN.
STAFF = {"Ana": (Role.CASHIER, "2741"), "Ben": (Role.CASHIER, "90812"), "Mia": (Role.MANAGER, "385016")}
_LINK = re.compile(rb"/pair/[\w-]+(?=<)")
_DEVICE = re.compile(rb'class="device" href="(/office/devices/[^"]+)"')


class Owner:
    """Who owns the shop, in the office. `link` is the address that makes an owner."""

    def __init__(self, caller: Caller, link: str) -> None:
        self.caller = caller
        self._link = link

    def open_shop(self) -> None:
        """Claim the shop, and let the staff work in it."""
        fields = self._form(self._link) | {"name": OWNER, "password": _PASSWORD}
        if self.caller.insist(lambda: self.caller.post(self._link, fields, 303, 410)).status == 410:
            # It was done, and the till died before it said so.
            self.caller.insist(partial(self.caller.post, "/sign-in", self._form("/sign-in") | fields))
        for name, (role, pin) in STAFF.items():
            # The second time the name is taken.
            person = self._form("/office/staff/add") | {"name": name, "role": role.value, "pin": pin}
            self.caller.insist(partial(self.caller.post, "/office/staff/add", person, 303, 409))

    def pair(self, tablet: Caller, name: str) -> None:
        """Make a browser a device of the till."""
        fields = self._form("/office/devices/add") | {"what": "till till", "name": name}
        shown = self.caller.insist(lambda: self.caller.post("/office/devices/add", fields, 200)).page
        found = _LINK.search(shown)
        if found is None:
            raise WrongAnswer(f"no link stands there: {shown[:500]!r}")
        link = found[0].decode()
        # Always from the same page: it makes the same device of whoever asks again.
        yes = hidden_fields(tablet.insist(lambda: tablet.get(link)).page)
        tablet.insist(lambda: tablet.post(link, yes))

    def count_devices(self) -> int:
        """Count the devices that the office lists."""
        return len(set(_DEVICE.findall(self.caller.insist(lambda: self.caller.get("/office/devices")).page)))

    def reports(self) -> Iterator[str]:
        """Take the reports of the till along, the first one first."""
        number = 1
        while text := self.caller.insist(partial(self._report, number)):
            yield text
            number += 1

    def listed(self) -> list[dict[str, Any]]:
        """Take all sales along, as the export tells of them."""
        today, a_day = date.today(), timedelta(days=1)
        path = f"/sales.json?from={today - a_day}&to={today + a_day}"
        sales: list[dict[str, Any]] = json.loads(self.caller.insist(lambda: self.caller.get(path)).page)
        return sales

    def _report(self, number: int) -> str:
        try:
            return self.caller.get(f"/shifts/till/{number}.json").page.decode()
        except NotThere:
            return ""

    def _form(self, path: str) -> dict[str, str]:
        return hidden_fields(self.caller.insist(lambda: self.caller.get(path)).page)
