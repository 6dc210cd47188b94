"""The settings of the office: what it offers, and what it has set laid over what the environment and `.env` say.

Those go first. What is kept is read as it would be in `.env`, by the same readers, and refused with the same sentences.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pos.domain.kept_setting import Entered, KeptSetting
from pos.domain.picture import NoPicture, read_picture
from pos.environment import Declaration, Fault, Wrong, declarations, sentence
from pos.settings import Office, Settings

# The fields of the settings that a shopkeeper may change.
OFFERED: Mapping[str, Declaration] = {field: it for field, it in declarations(Settings).items() if it.office}


@dataclass(frozen=True, slots=True)
class _Read:
    """Settings with what could be used of what is kept, and by name what is wrong with the rest."""

    settings: Settings
    problems: Mapping[str, str]


def lay_over(below: Settings, kept: Iterable[KeptSetting], version: int) -> Settings:
    """Return settings with what the office has set, as far as it can be used.

    What a newer version has written, or does not go together any more, stops nobody: its default stands in its place.
    """
    known = {it.name: it for it in kept}
    entered = {field: known[it.name].entered for field, it in OFFERED.items() if it.name in known}
    read = _read(below, {field: it for field, it in entered.items() if field not in below.given})
    return replace(read.settings, office=Office(below=below, kept=known, version=version, problems=read.problems))


def refusals(settings: Settings, entered: Mapping[str, Entered]) -> Mapping[str, str]:
    """Say by field, in the sentences of `.env`, why these cannot be set beside what is; nothing if they can."""
    below, kept = _parts(settings)
    taken = {field: kept[it.name].entered for field, it in OFFERED.items() if it.name in kept}
    taken |= entered
    if elsewhere := {field: below.given[field].name for field in entered if field in below.given}:
        return {
            field: f"{name} is set in the environment or in .env: change it there." for field, name in elsewhere.items()
        }
    told, values = dict[str, str](), dict[str, Any]()
    for field, it in taken.items():
        try:
            values |= _value(field, it)
        except Wrong as wrong:
            # What is kept and cannot be used is no fault of what is entered now.
            if field in entered:
                told.setdefault(field, str(wrong))
    if not told:
        wanted = replace(below, **values)
        told |= dict(wanted.faults()) or dict(_repriced(settings, wanted, entered))
    return {field: _sentence(field, problem) for field, problem in told.items()}


def _repriced(settings: Settings, wanted: Settings, entered: Iterable[str]) -> Iterator[Fault]:
    """Say what a kiosk would sell for another price, as its figure stays and the currency does not."""
    if wanted.currency == settings.currency:
        return
    now, then = settings.currency or "sat", wanted.currency or "sat"
    for field, written in (("kiosk_amounts", wanted.kiosk_amounts or ()), *(("kiosks", it) for _, it in wanted.kiosks)):
        if found := next((it for it in written if it.is_in_currency and field not in entered), None):
            problem = (
                f"has {found}, which is in {now} and would be in {then} at once. Write such amounts in sat, as"
                " Coffee:2100 sat, or take them off; then change the currency, and write them anew"
            )
            yield field, problem


def _parts(settings: Settings) -> tuple[Settings, Mapping[str, KeptSetting]]:
    office = settings.office
    return (office.below, office.kept) if office else (settings, {})


def _read(below: Settings, entered: Mapping[str, Entered]) -> _Read:
    values, problems = dict[str, Any](), dict[str, str]()
    for field, it in entered.items():
        try:
            values |= _value(field, it)
        except Wrong as wrong:
            problems[OFFERED[field].name] = str(wrong)
    settings = replace(below, **values)
    while values and (faults := dict(settings.faults())):
        # Where what is wrong is not the office's own, all of it goes: one of them does not fit to that.
        mine = {field: problem for field, problem in faults.items() if field in values}
        for field, problem in (mine or dict.fromkeys(values, "; ".join(faults.values()))).items():
            del values[field]
            problems[OFFERED[field].name] = problem
        settings = replace(below, **values)
    return _Read(settings, problems)


def _value(field: str, entered: Entered) -> dict[str, Any]:
    """Return the value of a field; nothing where the default is meant. Raises Wrong."""
    declared = OFFERED[field]
    if not entered.text:
        return {}
    if declared.office == "text":
        return {field: declared.reader(entered.text)}
    try:
        return {field: read_picture(entered.picture or b"")}
    except NoPicture as error:
        raise Wrong(str(error)) from error


def _sentence(field: str, problem: str) -> str:
    # What is not offered may not go together with what is.
    declared = declarations(Settings)[field]
    if declared.office == "picture":
        return f"{declared.name} {problem}."
    return sentence(declared.name, problem, f"{declared.name}={declared.an_example()}")
