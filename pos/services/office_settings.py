"""What the office shows of its settings: what each is now, and who says so."""

from dataclasses import dataclass

from pos.settings.office import OFFERED
from pos.shop import Shop


@dataclass(frozen=True, slots=True)
class OfficeSetting:
    """A setting that the office offers. `text` is what it would be in `.env`; empty stands for the default.

    `kept` is what the office has set, and `problem` why that cannot be used. `outside` is the name by which it is set
    in the environment or `.env`, if it is. `choices` are all that it takes, where they are few.
    """

    field: str
    name: str
    text: str
    kept: str
    default: str
    about: str
    outside: str
    problem: str
    is_picture: bool
    choices: tuple[str, ...]

    @property
    def is_set(self) -> bool:
        """Tell whether the office has set it."""
        return bool(self.text) and not self.outside


def office_settings(shop: Shop) -> dict[str, OfficeSetting]:
    """Return every setting that the office offers, by its field."""
    settings, office = shop.settings, shop.settings.office
    found = {}
    for field, it in OFFERED.items():
        given = settings.given.get(field)
        row = office.kept.get(it.name) if office else None
        kept = row.entered.text if row else ""
        found[field] = OfficeSetting(
            field,
            it.name,
            given.text if given else kept,
            kept,
            it.default or "",
            it.about,
            given.name if given else "",
            "" if given or office is None else office.problems.get(it.name, ""),
            it.office == "picture",
            tuple(getattr(it.reader, "choices", ())),
        )
    return found
