"""A device's cookie that was copied goes to and fro between two places; a tablet that changes its network does not."""

from itertools import pairwise

from pos.domain.device import Footprint

SHOP, STREET = "the shop's network", "a phone's network"


def after(*uses: tuple[int, str]) -> Footprint:
    footprint = Footprint()
    for at, place in uses:
        footprint = footprint.seen(place, at)
    return footprint


def test_two_that_alternate_within_a_minute_are_told() -> None:
    uses = [(1000, SHOP), (1005, STREET), (1010, SHOP), (1015, STREET)]
    assert after(*uses[:3]).shared_at == 0
    assert after(*uses).shared_at == 1015


def test_a_tablet_that_changes_its_network_and_comes_back_is_one() -> None:
    assert after((1000, SHOP), (1005, STREET), (1060, STREET)).shared_at == 0
    assert after((1000, SHOP), (1005, STREET), (1030, SHOP), (1035, SHOP)).shared_at == 0


def test_a_tablet_that_is_carried_about_is_one() -> None:
    assert after(*((1000 + 100 * nth, (SHOP, STREET)[nth % 2]) for nth in range(20))).shared_at == 0
    assert after(*((1000 + 5 * nth, f"cell {nth}") for nth in range(20))).shared_at == 0


def test_whoever_copied_a_cookie_does_not_keep_the_database_busy() -> None:
    footprints = [Footprint()]
    for nth in range(600):
        footprints.append(footprints[-1].seen((SHOP, STREET)[nth % 2], 1000 + nth))
    writes = sum(before != now for before, now in pairwise(footprints))
    assert writes <= 40
    assert footprints[-1].shared_at >= 1540
