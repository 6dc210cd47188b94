"""The preview of a sale while it is typed: every amount on the till, as the reader writes it, at the rate of now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pos.domain import sale
from pos.domain.money import SAT, AmountError, Money, as_typed, format_number, parse_money
from pos.domain.rate import SAT_PER_BITCOIN, Rate
from pos.domain.refusal import Refusal
from pos.domain.sale import Quote, Sale, price_of, taxes_of
from pos.services.quote import quote_at_hand
from pos.shop import Shop
from pos.web.access import identity
from pos.web.i18n import direction, gettext, language, ngettext, say, write_age, write_money, write_percent
from pos.web.till.tape import Tape, Typed, read


@dataclass(frozen=True, slots=True)
class Line:
    """An amount on the tape, and the name of the button that takes it off."""

    text: str
    remove: str


@dataclass(frozen=True, slots=True)
class Other:
    """What was typed, as it would have been typed in the other unit."""

    unit: str
    amount: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """Texts for the screen. `added` and `summed` are for who hears it; `priced`: there is a rate to sell at.

    `count` and `sum` are of what is on the tape alone; `total` is with what is being typed.

    `rate` says what a bitcoin costs, or what tax comes on top of what is typed.
    """

    priced: bool
    lines: list[Line]
    worth: str
    count: str = ""
    sum: str = ""
    rate: str = ""
    total: str = ""
    added: str = ""
    summed: str = ""
    other: Other | None = None
    error: str = ""


def preview(shop: Shop, tape: Tape) -> Preview:
    """Work out what stands on the screen, without waiting: what needs a rate is at one that is at hand, or left out."""
    rate = shop.rates.at_hand()
    shown = Preview(
        priced=rate is not None,
        lines=[_line(it, tape.unit, len(shop.settings.tax_rates) > 1) for it in tape.lines],
        worth=_most(shop, tape.unit, rate),
        count=ngettext("%(num)s item", "%(num)s items", len(tape.lines)) if tape.lines else "",
        sum=_sum(tape),
        rate=_write_rate(rate, shop.now()) if rate else "",
        # What cannot be converted is typed anew.
        other=None if rate or tape.unit == SAT else Other(SAT, "", []),
    )
    try:
        return _summed(shop, shown, tape, rate)
    except Refusal as error:
        return replace(shown, error=say(error.sentence))


def not_read(lines: Sequence[str], error: AmountError) -> Preview:
    """Say of a tape that cannot be read at all, of which nothing is known but its texts, why that is."""
    shown = [Line(it, gettext("Remove %(amount)s", amount=it)) for it in lines]
    return Preview(priced=True, lines=shown, worth="", error=say(error.sentence))


def _summed(shop: Shop, shown: Preview, tape: Tape, rate: Rate | None) -> Preview:
    lines = read(tape, language()) if any(it.text.strip() for it in tape.amounts) else ()
    price = Money(price_of(lines), tape.unit)
    if price.minor == 0:
        return replace(shown, other=_other(tape, lines, rate) if rate else shown.other)
    asked = quote_at_hand(shop, Sale(price))
    written = write_money(price)
    return replace(
        shown,
        worth=_worth(asked, tape, written) if rate else shown.worth if shop.rates.currency else "",
        rate=_tax_on_top(lines, tape.unit) or shown.rate,
        total=written,
        added=_added(lines[: len(tape.lines)], tape.unit),
        summed=gettext("Total %(total)s.", total=written),
        other=_other(tape, lines, rate) if rate else shown.other,
    )


def _added(lines: tuple[sale.Line, ...], unit: str) -> str:
    """Say what came on the tape last. What is being typed by now is not added, and may have no end yet."""
    if not lines:
        return ""
    amount, total = (write_money(Money(it, unit)) for it in (lines[-1].price, price_of(lines)))
    return gettext("Added %(amount)s. Total %(total)s.", amount=amount, total=total)


def _line(typed: Typed, unit: str, chosen: bool) -> Line:
    """Write an amount out; with its tax, where that was `chosen`."""
    text = typed.text
    try:
        money = parse_money(text, unit, language())
    except AmountError:
        amount = text
    else:
        text, amount = format_number(money, language()), write_money(money)
    if chosen and typed.tax:
        remove = gettext(
            "Remove %(amount)s with %(percent)s tax", amount=amount, percent=write_percent(typed.tax.percent)
        )
    else:
        remove = gettext("Remove %(amount)s", amount=amount)
    return Line(text, remove)


def _sum(tape: Tape) -> str:
    """Add up what is on the tape; nothing is said of it while nobody can read it."""
    if not tape.lines:
        return ""
    try:
        return write_money(Money(price_of(read(replace(tape, amount=Typed()), language())), tape.unit))
    except AmountError:
        return ""


def _tax_on_top(lines: tuple[sale.Line, ...], unit: str) -> str:
    """Say how much tax comes to what was typed, if any does: it stands there instead of the rate."""
    on_top = [it for it in taxes_of(lines) if it.rate.on_top]
    if not on_top:
        return ""
    percent = ", ".join(write_percent(it.rate.percent) for it in on_top)
    amount = write_money(Money(sum(it.tax for it in on_top), unit))
    return gettext("+ %(percent)s tax %(amount)s", percent=_apart(percent), amount=_as_elsewhere(amount))


def _most(shop: Shop, unit: str, rate: Rate | None) -> str:
    if shop.rates.currency and rate is None:
        return gettext("No exchange rate right now: sat only.")
    limit = shop.settings.max_sat
    most = Money(limit, SAT) if rate is None or unit == SAT else rate.worth_at_most(limit)
    own = _most_of_seller(unit, rate)
    if own and own.minor < most.minor:
        most = own
    return gettext("up to %(amount)s", amount=_as_elsewhere(write_money(most)))


def _most_of_seller(unit: str, rate: Rate | None) -> Money | None:
    """Return how much whoever has signed in may sell at once; None where no limit is known in that unit."""
    seller = identity().staff
    limit = seller.sale_limit if seller else None
    if limit is None or limit.currency == unit:
        return limit
    if rate is None or {limit.currency, unit} != {SAT, rate.currency}:
        return None
    return rate.worth_at_most(limit.minor) if limit.currency == SAT else Money(rate.sat_at_most(limit), SAT)


def _worth(asked: Quote, tape: Tape, written: str) -> str:
    if asked.fiat is None:
        return ""
    other = write_money(asked.fiat.total if tape.unit == SAT else Money(asked.amount_sat, SAT))
    if tape.lines:
        # It stands below the one amount that is being typed.
        return gettext("%(total)s ≈ %(amount)s", total=_as_elsewhere(written), amount=_as_elsewhere(other))
    return gettext("≈ %(amount)s", amount=_as_elsewhere(other))


def _other(tape: Tape, lines: tuple[sale.Line, ...], rate: Rate) -> Other:
    """Nothing typed is nothing in the other unit, too."""
    unit = rate.currency if tape.unit == SAT else SAT
    texts = [as_typed(_converted(Money(line.price, tape.unit), rate), language()) for line in lines]
    kept = texts[: len(tape.lines)]
    return Other(unit, "".join(texts[len(kept) :]), kept)


def _converted(money: Money, rate: Rate) -> Money:
    return rate.from_sat(money.minor) if money.currency == SAT else Money(rate.to_sat(money), SAT)


def _write_rate(rate: Rate, now: int) -> str:
    price = write_money(rate.from_sat(SAT_PER_BITCOIN))
    # The shop's own rate has no age: it is what the shop says.
    age = gettext("the shop's own rate") if rate.is_fixed else write_age(now - rate.at)
    values = {"bitcoin": _apart("1 BTC"), "price": _as_elsewhere(price), "age": _apart(age)}
    return gettext("%(bitcoin)s = %(price)s · %(age)s", **values)


def _apart(text: str) -> str:
    """Isolate a text from the direction of what is around it, where no tag can: these go into the page as text."""
    return f"\u2068{text}\u2069" if direction() == "rtl" else text


def _as_elsewhere(amount: str) -> str:
    """Isolate an amount, and keep its sign on the side on which a page's tags have it: no letter of it says which."""
    return f"\u2067{amount}\u2069" if direction() == "rtl" else amount
