"""While much is read, a sale does not wait for one part of it after the other."""

import gevent

from pos.store.turns import give_way


def test_who_needs_many_turns_has_them_all_at_once() -> None:
    steps = []

    def sell() -> None:
        for step in range(15):
            steps.append(step)
            gevent.sleep(0)

    sale = gevent.spawn(sell)
    give_way(gevent.sleep)
    assert len(steps) == 15
    sale.join()
