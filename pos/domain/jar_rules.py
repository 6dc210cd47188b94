"""What a jar may be: how long its texts are, which amounts go together."""

from dataclasses import replace

from pos.domain.jar import Goal, Jar, is_jar_name
from pos.domain.memo import on_one_line
from pos.domain.money import SAT, Money, format_money

LONGEST_TITLE = 60
LONGEST_TEXT = 500
# As much as a wallet may show after paying (LUD-09).
LONGEST_THANKS = 144
LONGEST_GOAL = 60
MOST_AMOUNTS = 8


class JarError(ValueError):
    """A jar that cannot be; the text says why, in a sentence for the owner."""


def checked(jar: Jar, most_sat: int, title: str | None = None) -> Jar:
    """Return a jar as it is written down, its texts cleaned, in a shop that takes so many sat at most.

    The `title` that it has had so far is not measured: the first jar has the shop's name, however long that is.
    Raises JarError.
    """
    if not is_jar_name(jar.name):
        raise JarError(
            f"No jar can be called {jar.name[:40]!r}: a name is 1 to 32 of a-z, 0-9, - and _ and dots inside,"
            " and none of the words that addresses of the till have."
        )
    _check_amounts(jar)
    _check_sat(jar, most_sat)
    return replace(
        jar,
        title=jar.title if jar.title == title else _needed(_line(jar.title, "title", LONGEST_TITLE), "title"),
        text=_text(jar.text),
        thanks=_line(jar.thanks, "thanks", LONGEST_THANKS),
        goal=_checked_goal(jar.goal, jar.currency) if jar.goal else None,
    )


def _check_amounts(jar: Jar) -> None:
    every = [*jar.amounts, *([jar.price] if jar.price else [])]
    if any(it.currency != jar.currency for it in every):
        raise JarError(f"Its amounts are not in {jar.currency}: say them anew, too.")
    if any(it.minor < 1 for it in every):
        raise JarError("An amount must be more than nothing.")
    if len(set(jar.amounts)) < len(jar.amounts) or len(jar.amounts) > MOST_AMOUNTS:
        raise JarError(f"It can suggest at most {MOST_AMOUNTS} amounts, each once.")
    if jar.price and (jar.amounts or jar.least_sat is not None or jar.most_sat is not None):
        raise JarError("What has a price takes nothing else: neither other amounts nor limits.")


def _check_sat(jar: Jar, most_sat: int) -> None:
    least, most = jar.least_sat or 1, jar.most_sat or most_sat
    for it in (jar.least_sat, jar.most_sat):
        if it is not None and not 1 <= it <= most_sat:
            raise JarError(f"Its limits must be from 1 to {_sat(most_sat)}, which is the most for one sale.")
    if least > most:
        raise JarError("The least is more than the most.")
    if jar.currency == SAT:
        for amount in [*jar.amounts, *([jar.price] if jar.price else [])]:
            if not least <= amount.minor <= most:
                raise JarError(f"{_sat(amount.minor)} is not from {_sat(least)} to {_sat(most)}, which it takes.")


def _checked_goal(goal: Goal, currency: str) -> Goal:
    if goal.amount.currency != currency:
        raise JarError(f"The goal is not in {currency}: say its amount anew, too.")
    if goal.amount.minor < 1:
        raise JarError("A goal must be more than nothing.")
    return replace(goal, text=_needed(_line(goal.text, "goal", LONGEST_GOAL), "goal"))


def _line(text: str, what: str, most: int) -> str:
    return _short(on_one_line(text), what, most)


def _text(text: str) -> str:
    """Clean a text that may have lines."""
    return _short("\n".join(map(on_one_line, text.splitlines())).strip(), "text", LONGEST_TEXT)


def _short(text: str, what: str, most: int) -> str:
    if len(text) > most:
        raise JarError(f"The {what} is too long: at most {most} characters.")
    return text


def _needed(text: str, what: str) -> str:
    if not text:
        raise JarError(f"The {what} is empty.")
    return text


def _sat(amount: int) -> str:
    return format_money(Money(amount, SAT))
