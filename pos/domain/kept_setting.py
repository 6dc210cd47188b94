"""A setting as the office keeps it in the database: the text that `.env` would have, or a picture."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody gives for a setting. An empty text stands for the default; of a picture it is the digest."""

    text: str
    picture: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeptSetting:
    """What the database keeps of a setting, by its name in `.env`, and the version that it was written with."""

    name: str
    entered: Entered
    version: int


@dataclass(frozen=True, slots=True)
class SettingChange:
    """Who changed a setting, when (unix seconds), from what to what. Each has a version, higher than all before it."""

    version: int
    at: int
    name: str
    old: str
    new: str
    by: str
