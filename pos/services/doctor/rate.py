"""What a bitcoin costs, and who says so."""

from collections.abc import Iterator

from pos.domain.money import Money
from pos.domain.sentence import Sentence
from pos.rates import Report
from pos.services.doctor.finding import Finding, Verdict
from pos.shop import Shop


def look_at_rate(shop: Shop) -> Iterator[Finding]:
    """Say what the sources make of it, if the shop has a currency."""
    if shop.rates.currency:
        yield _consensus(shop.rates.currency, shop.rates.report())


def _consensus(currency: str, report: Report) -> Finding:
    ignored = _ignored(report)
    if not report.used:
        sentence = Sentence(
            "too few sources agree, so the till takes sat only: {ignored}. Is this machine online? With POS_RATE_FIXED"
            " nobody is asked.",
            {"ignored": ignored},
        )
        return Finding(Verdict.BAD, "rate", sentence)
    names = [said.source for said in report.used]
    values: dict[str, Money | int | str] = {"price": f"{report.price:,f} {currency}", "sources": ", ".join(names)}
    if names == ["fixed"]:
        return Finding(Verdict.GOOD, "rate", Sentence("1 bitcoin is {price}, from POS_RATE_FIXED.", values))
    if not ignored:
        return Finding(Verdict.GOOD, "rate", Sentence("1 bitcoin is {price}, the median of: {sources}.", values))
    sentence = Sentence(
        "1 bitcoin is {price}, the median of: {sources}. Ignored: {ignored}. POS_RATE_SOURCES can do without one that"
        " stays so.",
        {**values, "ignored": ignored},
    )
    return Finding(Verdict.WARNING, "rate", sentence)


def _ignored(report: Report) -> str:
    """Name who is ignored; those with the same reason together, as they are where this machine is not online."""
    names: dict[str, list[str]] = {}
    for each in report.ignored:
        names.setdefault(each.reason, []).append(each.source)
    return "; ".join(f"{', '.join(sources)} {reason}" for reason, sources in names.items())
