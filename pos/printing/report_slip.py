"""The Z report on paper, as a picture: the same facts in the same order as on its page."""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from pos.domain.charge import CALLED
from pos.domain.money import SAT, Money
from pos.domain.report import Booked
from pos.domain.shift import Seller, Shift
from pos.domain.z_report import Closing, ZReport
from pos.printing.fonts import Fonts
from pos.printing.paper import Paper
from pos.printing.slip import NAME, SMALL, TEXT
from pos.printing.words import Words, isolated, left_to_right

# Hex digits of a hash, as many as its page has.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class ReportSlip:
    """Draws reports of shifts, so many `dots` wide."""

    words: Words
    fonts: Fonts
    dots: int

    def draw(self, report: ZReport) -> Image.Image:
        """Return a report as a picture of 1 bit a dot."""
        paper, shift = Paper(self.dots, self.fonts, self.words.turned), report.shift
        self._head(paper, shift, report.closing)
        for currency in shift.currencies:
            self._sums(paper, shift, currency)
        self._apart(paper, shift)
        self._foot(paper, report)
        return paper.picture()

    def _head(self, paper: Paper, shift: Shift, closing: Closing) -> None:
        gettext, moment = self.words.gettext, self.words.moment
        paper.text(gettext("Z report %(number)s", number=shift.number), NAME, bold=True, middle=True)
        paper.text(f"{isolated(closing.shop_name)}, {isolated(shift.till)}", TEXT, middle=True)
        for line in closing.shop_address:
            paper.text(isolated(line), TEXT, middle=True)
        if closing.tax_id:
            paper.text(gettext("Tax number %(number)s", number=left_to_right(closing.tax_id)), TEXT, middle=True)
        paper.rule()
        if shift.takings.began_at:
            paper.row(gettext("First payment"), moment(shift.takings.began_at), SMALL)
        paper.row(gettext("Closed at"), moment(closing.at), SMALL)

    def _sums(self, paper: Paper, shift: Shift, currency: str) -> None:
        gettext, money, number = self.words.gettext, self.words.money, self.words.number
        sums = shift.balance(currency)
        booked, returned = sums.booked, sums.returned
        paper.rule(4)
        paper.figure(money(sums.total), self.dots // 5)
        if currency != SAT:
            paper.figure(money(sums.total_sat), self.dots // 9, part=0.8)
        paper.row(gettext("Sales"), self.words.count(booked.count), TEXT, bold=True)
        rows = [
            (gettext("Price"), booked.price, booked.price_sat),
            (gettext("Tips"), booked.tip, booked.tip_sat),
            (gettext("Given back"), -returned.minor, -returned.sat),
        ]
        for words, minor, sat in rows:
            if currency != SAT:
                paper.row(words, money(Money(minor, currency)), TEXT)
            paper.row("" if currency != SAT else words, money(Money(sat, SAT)), SMALL)
        if booked.taxes:
            head = (gettext("Tax"), gettext("Net"), gettext("Tax"), gettext("Gross"))
            paper.gap(8)
            paper.table([head, *self._taxes(booked)], SMALL)
        if sellers := [it for it in shift.takings.sellers if it.currency == currency]:
            who = (gettext("Who sold"), gettext("Sales"), gettext("sat") if currency == SAT else currency)
            paper.gap(8)
            paper.table(
                [who, *((self._name(it), self.words.count(it.count), number(it.money)) for it in sellers)], SMALL
            )

    def _taxes(self, booked: Booked) -> Iterator[tuple[str, ...]]:
        gettext = self.words.gettext
        taxes = booked.taxes_by_percent
        rows = [(self.words.percent(it.rate.percent), it.net, it.tax, it.gross) for it in taxes]
        untaxed = booked.price - sum(it.gross for it in taxes)
        for words, minor in ((gettext("Without tax"), untaxed), (gettext("Tips"), booked.tip)):
            rows += [(words, minor, 0, minor)] if minor else []
        for words, *figures in rows:
            yield words, *(self.words.number(booked.money(it)) for it in figures)

    def _name(self, it: Seller) -> str:
        return isolated(it.name) or self.words.gettext(CALLED[it.channel].words)

    def _apart(self, paper: Paper, shift: Shift) -> None:
        gettext, money = self.words.gettext, self.words.money
        takings = shift.takings
        paper.rule()
        paper.row(gettext("Received"), money(Money(takings.received_sat, SAT)), TEXT)
        for words, count in (
            (gettext("Late"), takings.late.count),
            (gettext("Less than asked"), takings.less.count),
            (gettext("More than asked"), takings.more.count),
            (gettext("Not proven"), takings.unproven.count),
            (gettext("Paid twice"), takings.surplus.count),
            (gettext("Cancelled"), shift.cancelled),
            (gettext("Of the shift before"), shift.carried.count),
        ):
            paper.row(words, self.words.count(count), TEXT)
        paper.row(gettext("Open at the close"), self.words.count(shift.open_count), TEXT)
        if shift.open_count:
            paper.row("", money(Money(shift.open_sat, SAT)), SMALL)
            paper.text(gettext("What was open at the close counts in the shift in which it is paid."), SMALL)
        if shift.is_full:
            told = gettext("There were more payments than go into one report: the next one has the others.")
            paper.text(told, SMALL)

    def _foot(self, paper: Paper, report: ZReport) -> None:
        gettext = self.words.gettext
        paper.rule()
        if report.before:
            paper.text(gettext("Report before:"), SMALL)
            paper.digits(report.before[:_DIGITS], SMALL)
        paper.text(gettext("This report:"), SMALL)
        paper.digits(report.sha256[:_DIGITS], SMALL)
        if report.closing.by:
            paper.text(gettext("Closed by %(name)s.", name=report.closing.by), TEXT, bold=True)
        paper.text(gettext("This report never changes."), TEXT, bold=True)
        paper.gap(16)
