"""Changing settings in the office: read as in `.env`, and never over what another owner has set meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pos.domain.kept_setting import Entered, KeptSetting
from pos.domain.refusal import Refusal
from pos.domain.sentence import Sentence
from pos.settings import Settings
from pos.settings.office import OFFERED, lay_over, refusals
from pos.shop import Shop

_MEANWHILE = Sentence("Somebody else changed this meanwhile. Nothing was changed. Look at both, and choose.")


class ChangedMeanwhile(Refusal):
    """Settings that somebody else has set since the form was made, by their fields, as they are kept now."""

    def __init__(self, kept: Mapping[str, KeptSetting]) -> None:
        super().__init__(_MEANWHILE, 409)
        self.kept = kept


class NotTaken(Refusal):
    """Settings that cannot be set so: by field, what `.env` would say to it."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__(Sentence("This cannot be set so. Nothing was changed."))
        self.told = told


def change_settings(shop: Shop, entered: Mapping[str, Entered], made_from: int, by: str) -> None:
    """Set fields, all of them or none. `made_from` is the version of the settings that whoever entered them has seen.

    Raises NotTaken, ChangedMeanwhile or StoreError. Each process sees by itself that they are other ones.
    """
    entered = {field: _shortest(field, it) for field, it in entered.items()}
    by_name = {OFFERED[field].name: it for field, it in entered.items()}
    while True:
        kept, version = shop.store.settings.read()
        _check_seen(kept, entered, made_from)
        if told := refusals(_of_now(shop, kept, version), entered):
            raise NotTaken(told)
        if shop.store.settings.change(by_name, version, shop.now(), by):
            return


def _shortest(field: str, entered: Entered) -> Entered:
    """Who leaves a default as it stands sets nothing."""
    text = entered.text.strip()
    return replace(entered, text="" if text == OFFERED[field].default else text)


def _check_seen(kept: Iterable[KeptSetting], entered: Mapping[str, Entered], made_from: int) -> None:
    """Raise ChangedMeanwhile where another value was set than is entered, and after the form was made."""
    known = {it.name: it for it in kept}
    now = {field: known[OFFERED[field].name] for field in entered if OFFERED[field].name in known}
    newer = {field: it for field, it in now.items() if it.version > made_from and it.entered != entered[field]}
    if newer:
        raise ChangedMeanwhile(newer)


def _of_now(shop: Shop, kept: Iterable[KeptSetting], version: int) -> Settings:
    office = shop.settings.office
    return lay_over(office.below if office else shop.settings, kept, version)
