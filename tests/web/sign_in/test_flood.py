"""A flood of passwords, from one address and from a thousand: a few are looked at, and the shop's devices go on."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pos.domain.device import Face
from tests.conftest import Cashier
from tests.people import PASSWORD, People

TRIES = 200
# So many wait in line at most, and each of them costs a core some 40 ms.
LINE = 20


@pytest.mark.parametrize("addresses", [1, 1000])
def test_a_flood_is_sent_away_and_the_shops_devices_go_on_meanwhile(people: People, addresses: int) -> None:
    people.claim("Marta")
    tablet, owners = Cashier(people.device(Face.TILL)), Cashier(people.device(Face.TILL))

    def guess(number: int) -> int:
        here = number % addresses
        return (
            people.stranger()
            .post(
                "/sign-in",
                data={"name": f"name {number}", "password": f"wrong {number}"},
                headers={"Sec-Fetch-Site": "same-origin"},
                environ_base={"REMOTE_ADDR": f"203.{here >> 8}.{here & 255}.1"},
            )
            .status_code
        )

    with ThreadPoolExecutor(60) as crowd:
        answers = crowd.map(guess, range(TRIES))
        signed_in = [owners.send("/sign-in", name="Marta", password=PASSWORD).status_code for _ in range(5)]
        sold = [tablet.sell(1000 + number) for number in range(5)]
        told = list(answers)
    assert len(set(sold)) == 5
    assert signed_in == [303] * 5
    assert set(told) <= {403, 429, 503}
    assert told.count(503) > 0 if addresses > 1 else told.count(403) <= 3 + LINE
