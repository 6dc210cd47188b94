"""What is said of a jar where somebody shares its address: in chats and on social networks, in no language."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preview:
    """The owner's words, and `raised`: how far the goal is, which is `percent` as a bar; both empty without one.

    `address` is where the jar is, as people read it. `picture` is a JPEG, or empty.
    """

    title: str
    text: str
    goal: str
    raised: str
    percent: int
    address: str
    picture: bytes = field(repr=False)
