"""Many PINs at once: of those that are typed at one device one is looked at, and the others go on selling."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import islice
from threading import Barrier, local

from pos.domain.event import Kind
from pos.services.unlock import TooSoon, WrongPin, unlock
from pos.shop import Shop
from tests.conftest import Cashier
from tests.people import People

AT_ONCE = 12


class StartingShot:
    """A clock that all look at first when all have come to it: nobody is ahead of the others."""

    def __init__(self, shop: Shop) -> None:
        self._clock, self._all, self._me = shop.clock, Barrier(AT_ONCE, timeout=20), local()

    def __call__(self) -> float:
        if not hasattr(self._me, "started"):
            self._me.started = True
            self._all.wait()
        return self._clock()


def test_of_many_at_one_device_one_is_looked_at_while_another_device_sells(people: People, shop: Shop) -> None:
    people.claim()
    ana = people.somebody("Ana", pin="2580")
    people.device()
    (device,) = shop.store.devices.listed()
    bar = Cashier(people.device(sells=ana))
    # Each has read how many were wrong before, namely none, when the first one counts its own.
    at_once = replace(shop, clock=StartingShot(shop))

    def guess(number: int) -> str:
        try:
            return unlock(at_once, device, f"{9000 + number}").name
        except (WrongPin, TooSoon) as error:
            return type(error).__name__

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        # Whose PIN is looked at stands in line for that meanwhile, and holds nothing up there.
        shop.hashing_at_devices._patience = 60
        with shop.hashing_at_devices.turn():
            tries = [crowd.submit(guess, number) for number in range(AT_ONCE)]
            sent_away = [it.result() for it in islice(as_completed(tries, timeout=30), AT_ONCE - 1)]
            sold = {bar.sell(1000 + number) for number in range(3)}
            assert shop.hashing_at_devices.waiting == 1
    assert sent_away == ["TooSoon"] * (AT_ONCE - 1)
    assert [it.result() for it in tries].count("WrongPin") == 1
    assert len(sold) == 3
    assert [it.data["wrong"] for it in people.told(Kind.PIN_WRONG)] == [1]
