"""The receipt on paper, as a picture: the same facts in the same order as on its page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from string import ascii_uppercase

from PIL import Image

from pos import qr
from pos.domain.money import SAT, Money
from pos.domain.picture import Picture
from pos.domain.rate import SAT_PER_BITCOIN, Rate
from pos.domain.receipt import Receipt
from pos.domain.sale import Line, unnamed
from pos.domain.tax import TaxRate
from pos.printing.fonts import SHAPES, Fonts
from pos.printing.paper import Paper
from pos.printing.words import Words, isolated, left_to_right

# Letters in dots: 23 are 8 points on a head of 203 dpi, the least that is still read.
SMALL, TEXT, LARGE, NAME = 23, 25, 30, 42
# The widest picture of the shop.
LOGO = 200
# For screens alone: nothing here draws it.
_DRAWING = "image/svg+xml"
# Dots of one module of the QR code: .75 mm.
MODULE = 6


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What is the same on every receipt of a shop. `address_of` gives the address of a charge's receipt, if any."""

    shop_name: str
    address: tuple[str, ...] = ()
    tax_id: str | None = None
    footer: tuple[str, ...] = ()
    logo: Picture | None = None
    address_of: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Slip:
    """Draws receipts of a shop, so many `dots` wide."""

    head: Letterhead
    words: Words
    fonts: Fonts
    dots: int

    def draw(self, receipt: Receipt, *, again: bool) -> Image.Image:
        """Return a receipt as a picture of 1 bit a dot; `again` marks it as one that is not the first."""
        paper = Paper(self.dots, self.fonts, self.words.turned)
        self.letterhead(paper)
        self._when(paper, receipt, again=again)
        self._sold(paper, receipt)
        self._total(paper, receipt)
        self._given_back(paper, receipt)
        self._tax(paper, receipt)
        self._proof(paper, receipt)
        self.foot(paper, receipt)
        return paper.picture()

    def shortcomings(self) -> Iterator[str]:
        """Say what of this shop's receipts cannot be drawn, as for want of a font or a library of this machine."""
        head, gettext = self.head, self.words.gettext
        said = (gettext("Total"), gettext("Paid by Lightning"))
        if any(map(self.fonts.lacks, (head.shop_name, *head.address, *head.footer, *said))):
            yield (
                "no font of this machine has all of the letters on your receipts. On Debian: apt install"
                " fonts-dejavu-core fonts-noto-cjk"
            )
        if not SHAPES:
            yield "Arabic and Hebrew are left out, as FriBiDi is not there. On Debian: apt install libfribidi0"
        if head.logo and head.logo.media_type == _DRAWING:
            yield "the logo is left out, as POS_LOGO is an SVG. A PNG, JPEG or WebP is printed"

    def letterhead(self, paper: Paper) -> None:
        """Draw what stands above all: the shop."""
        head = self.head
        if logo := _in_dots(head.logo):
            paper.image(logo)
            paper.gap(12)
        paper.text(isolated(head.shop_name), NAME, bold=True, middle=True)
        for line in head.address:
            paper.text(isolated(line), TEXT, middle=True)
        if head.tax_id:
            paper.text(
                self.words.gettext("Tax number %(number)s", number=left_to_right(head.tax_id)), TEXT, middle=True
            )

    def _when(self, paper: Paper, receipt: Receipt, *, again: bool) -> None:
        gettext = self.words.gettext
        paper.rule()
        if again:
            paper.sign(gettext("Printed again"), LARGE)
        paper.text(gettext("No. %(number)s", number=left_to_right(str(receipt.charge.number or ""))), LARGE, bold=True)
        paper.text(self.words.moment(receipt.payment.paid_at), TEXT)
        if receipt.cashier:
            paper.text(gettext("Served by %(name)s", name=receipt.cashier), TEXT)
        memo = receipt.charge.memo
        if memo and [self._text(receipt, line) for line in receipt.lines] != [memo]:
            paper.text(isolated(memo), TEXT)
        if receipt.surplus:
            told = gettext("This sale had been paid before. This payment came on top of it.")
            paper.text(told, TEXT, bold=True)
        paper.rule()

    def _sold(self, paper: Paper, receipt: Receipt) -> None:
        gettext, number = self.words.gettext, self.words.number
        letters = _letters(receipt)
        for line in receipt.lines:
            each = left_to_right(f"{line.quantity} × {number(Money(line.unit_price, receipt.currency))}")
            told = " ".join(filter(None, (isolated(self._text(receipt, line)), each if line.quantity != 1 else "")))
            price = number(Money(line.price, receipt.currency))
            letter = letters[line.tax] if line.tax else ""
            paper.row(told, f"{letter}   {price}" if letter else price, TEXT)
        for it in receipt.taxes:
            if it.rate.on_top:
                paper.row(
                    f"{gettext('Tax')} {self.words.percent(it.rate.percent)}",
                    f"{letters[it.rate]}   {number(Money(it.tax, receipt.currency))}",
                    TEXT,
                )
        if receipt.tip:
            paper.row(gettext("Tip"), number(receipt.tip), TEXT)

    def _text(self, receipt: Receipt, line: Line) -> str:
        """Name what was sold."""
        gettext, in_jar = self.words.gettext, receipt.charge.is_in_jar
        return line.text or unnamed(receipt.lines, receipt.sale.memo, gettext("Tip"), in_jar=in_jar)

    def _total(self, paper: Paper, receipt: Receipt) -> None:
        gettext = self.words.gettext
        paper.rule(4)
        paper.text(gettext("Total"), LARGE, bold=True)
        paper.figure(self.words.money(receipt.total), self.dots // 5)
        if receipt.other:
            paper.figure(self.words.money(receipt.other), self.dots // 9, part=0.8)
        charge = receipt.charge
        if charge.payment and charge.payment.received_sat != charge.amount_sat:
            paper.row(
                gettext("Received"), self.words.money(Money(charge.payment.received_sat, "SAT")), LARGE, bold=True
            )
        if charge.fiat:
            paper.gap(8)
            paper.text(self.rate(charge.fiat.rate), SMALL)

    def rate(self, rate: Rate) -> str:
        """Write a rate, and where it is from."""
        gettext = self.words.gettext
        price = self.words.money(rate.from_sat(SAT_PER_BITCOIN))
        if rate.is_fixed:
            return gettext("1 BTC = %(price)s, the shop's own rate", price=price)
        return gettext(
            "1 BTC = %(price)s, %(sources)s, at %(time)s",
            price=price,
            sources=", ".join(rate.sources),
            time=self.words.time(rate.at),
        )

    def _given_back(self, paper: Paper, receipt: Receipt) -> None:
        gettext, money = self.words.gettext, self.words.money
        for it in receipt.refunds:
            paper.rule()
            paper.row(gettext("Given back"), money(it.amount), LARGE, bold=True)
            if it.amount.currency != SAT:
                paper.row("", money(Money(it.amount_sat, SAT)), TEXT)
            if it.payment:
                paper.text(self.words.moment(it.payment.paid_at), SMALL)
                if not it.payment.proven:
                    paper.text(gettext("Marked as paid by hand: there is no proof of it."), SMALL)

    def _tax(self, paper: Paper, receipt: Receipt) -> None:
        if not receipt.taxes:
            return
        gettext, number = self.words.gettext, self.words.number
        letters = _letters(receipt)
        rows: list[tuple[str, ...]] = [(gettext("Tax"), gettext("Net"), gettext("Tax"), gettext("Gross"))]
        for it in receipt.taxes:
            figures = (number(Money(minor, receipt.currency)) for minor in (it.net, it.tax, it.gross))
            rows.append((f"{letters[it.rate]} {self.words.percent(it.rate.percent)}", *figures))
        paper.gap(8)
        paper.table(rows, SMALL)

    def _proof(self, paper: Paper, receipt: Receipt) -> None:
        gettext = self.words.gettext
        payment = receipt.payment
        paper.rule()
        paper.text(gettext("Paid by Lightning"), TEXT, bold=True)
        paper.text(gettext("Payment hash"), SMALL)
        paper.digits(receipt.charge.invoice.payment_hash, SMALL)
        if payment.proven and payment.preimage:
            paper.text(gettext("Preimage"), SMALL)
            paper.digits(payment.preimage, SMALL)
            paper.text(gettext("The proof: SHA-256 of the preimage, read as 32 bytes, is the payment hash."), SMALL)

    def foot(self, paper: Paper, receipt: Receipt) -> None:
        """Draw what stands below all: the code of the receipt's page, and the shop's own words."""
        address = self.head.address_of(receipt.charge.id)
        if address:
            paper.gap(8)
            paper.image(_code(address, self.dots))
        for line in self.head.footer:
            paper.text(isolated(line), TEXT, bold=True, middle=True)
        paper.gap(16)


def _letters(receipt: Receipt) -> dict[TaxRate, str]:
    return {it.rate: letter for it, letter in zip(receipt.taxes, ascii_uppercase, strict=False)}


def _code(address: str, width: int) -> Image.Image:
    """Draw a QR code as large as it is read well, with its white border."""
    with Image.open(BytesIO(qr.of_address(address))) as image:
        modules = image.width // qr.PIXELS
        side = modules * max(1, min(MODULE, width // modules))
        return image.resize((side, side), Image.Resampling.NEAREST)


def _in_dots(logo: Picture | None) -> Image.Image | None:
    """Return the shop's picture in black and white; None of a drawing."""
    if logo is None or logo.media_type == _DRAWING:
        return None
    with Image.open(BytesIO(logo.data)) as image:
        coloured = image.convert("RGBA")
    coloured.thumbnail((LOGO, LOGO))
    white = Image.new("RGBA", coloured.size, "white")
    white.alpha_composite(coloured)
    return white.convert("L").convert("1")
