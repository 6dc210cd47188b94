"""A receipt as it comes from a sale, and a shop to print it for."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pylopdf_fonts_jp
from PIL import Image, ImageOps

from pos.domain.charge import Channel, Charge, Payment
from pos.domain.invoice import Invoice
from pos.domain.money import Money
from pos.domain.number import Number
from pos.domain.rate import Rate
from pos.domain.receipt import Receipt
from pos.domain.sale import Line, Sale, price_of, quote
from pos.domain.tax import parse_tax_rate
from pos.printing.fonts import FOLDERS, Fonts
from pos.printing.slip import Letterhead, Slip
from pos.printing.words import Words

# Marks that keep figures and names in their own direction.
ISOLATES = dict.fromkeys((*range(0x2066, 0x206A), 0x200E, 0x200F))
AT = 1_795_600_060
PREIMAGE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
# The fonts of this machine, and one for Japanese.
FONTS = Fonts((*FOLDERS, Path(pylopdf_fonts_jp.__file__).parent))
ADDRESS = "https://till.lemoncrate.example/pay/{}/receipt"
LEMON = Letterhead(
    "Lemon Crate",
    ("Arch Lane 4", "10115 Sampletown"),
    "00/000/00000",
    ("Thank you, come again.",),
    address_of=ADDRESS.format,
)
HEADS = {
    "en": LEMON,
    "de": replace(LEMON, shop_name="Zitronenkiste", footer=("Vielen Dank, bis bald.",)),
    "ar": replace(
        LEMON,
        shop_name="صندوق الليمون",
        address=("زقاق القوس 4، 10115 المدينة",),
        footer=("شكراً لكم، نراكم قريباً.",),
    ),
    "ja": replace(LEMON, shop_name="レモン商店", footer=("ありがとうございました。",)),
}
MEMOS = {
    "en": "Breakfast for two 🍋, to take away",
    "de": "Frühstück für zwei, zum Mitnehmen, und süße Brötchen für Übermorgen",
    "ar": "فطور لشخصين، بدون سكر 🍋 with milk",
    "ja": "お茶とケーキを二つずつ、持ち帰りでお願いします。急いでいます",
}
GOODS = {
    "en": ("Lemonade", "Bread"),
    "de": ("Limonade", "Brötchen"),
    "ar": ("عصير ليمون", "خبز"),
    "ja": ("レモネード", "パン"),
}


@dataclass(frozen=True)
class ReadFonts(Fonts):
    """Fonts that remember what was written with them: what a reader of the paper would read, line by line."""

    written: list[str] = field(default_factory=list)

    def draw(self, text: str, size: int, *, bold: bool = False, turned: bool = False) -> Image.Image:
        self.written.append(text.translate(ISOLATES))
        return super().draw(text, size, bold=bold, turned=turned)


def texts(printed: Receipt, head: Letterhead | None = None, language: str = "en") -> list[str]:
    """Return all that is written on a receipt of paper."""
    return written_by(lambda it: it.draw(printed, again=False), head, language)


def written_by(draw: Callable[[Slip], object], head: Letterhead | None = None, language: str = "en") -> list[str]:
    """Return all that is written by who draws with a slip."""
    fonts = ReadFonts(FONTS.folders)
    draw(replace(slip(language, head=head), fonts=fonts))
    return fonts.written


def place_of(text: Image.Image, on: Image.Image) -> tuple[int, int] | None:
    """Find a text that was drawn by itself on paper, dot by dot."""
    ink = ImageOps.invert(text.convert("L")).getbbox()
    assert ink
    wanted = text.crop(ink).convert("L")
    rows = [wanted.crop((0, y, wanted.width, y + 1)).tobytes() for y in range(wanted.height)]
    lines = [on.crop((0, y, on.width, y + 1)).convert("L").tobytes() for y in range(on.height)]
    for top in range(len(lines) - len(rows) + 1):
        for at in range(on.width - wanted.width + 1):
            if all(lines[top + y].startswith(row, at) for y, row in enumerate(rows)):
                return at, top
    return None


def receipt(language: str = "en") -> Receipt:
    """A sale in euros at two rates of tax, with a tip, paid as it was asked."""
    usual, reduced = parse_tax_rate("19"), parse_tax_rate("7")
    drink, bread = GOODS[language]
    lines = (Line(380, 2, drink, usual), Line(250, 1, bread, reduced), Line(90, 1, "", reduced))
    sale = Sale(Money(price_of(lines), "EUR"), MEMOS[language], 195, "till", lines)
    quoted = quote(sale, Rate("EUR", Decimal(95_000), AT - 90, ("kraken", "coinbase")), 10**7)
    payment_hash = sha256(bytes.fromhex(PREIMAGE)).hexdigest()
    charge = Charge(
        id="mT1wq0u5b9S2xk7Rz3nVYg",
        sale_id="sale",
        channel=Channel.TILL,
        amount_sat=quoted.amount_sat,
        memo=sale.memo,
        invoice=Invoice("lntx_1", "lnbc1", payment_hash, AT + 600),
        created_at=AT - 60,
        payment=Payment(AT, quoted.amount_sat, PREIMAGE, proven=True),
        tip_sat=quoted.tip_sat,
        fiat=quoted.fiat,
        till="till",
        number=Number(2026, 1047),
    )
    return Receipt(sale, charge)


def slip(language: str = "en", dots: int = 576, head: Letterhead | None = None) -> Slip:
    words = Words(language, lambda at: datetime.fromtimestamp(at, UTC))
    return Slip(head or HEADS[language], words, FONTS, dots)
