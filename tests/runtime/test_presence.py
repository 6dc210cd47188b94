"""Who looks at what is written down, though not at every look."""

from pos.runtime.presence import WRITE_EVERY, Presence


def test_what_is_noted_or_waited_for_is_written_down_once() -> None:
    presence = Presence()
    presence.note("a")
    presence.note("a")
    assert presence.take(["b"], 0) == {"a", "b"}
    assert presence.take([], 0.2) == set()


def test_whoever_goes_on_waiting_is_written_down_again_after_a_few_seconds() -> None:
    presence = Presence()
    taken = [presence.take(["a"], tenth / 10) for tenth in range(round(WRITE_EVERY * 10) + 1)]
    assert taken[0] == taken[-1] == {"a"}
    assert not any(taken[1:-1])
