"""The till's form: what a cashier may type, and the sentence for what they may not."""

from dataclasses import dataclass

from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from pos.domain.money import SAT, AmountError, Money
from pos.domain.sale import Line, Sale, itemized, price_of
from pos.shop import Shop
from pos.web.access import seller_id
from pos.web.context import current_shop
from pos.web.forms import SaleForm
from pos.web.i18n import language, say
from pos.web.till.tape import (
    TakenOff,
    Tape,
    edited,
    empty,
    from_before,
    on_top,
    put_back,
    read,
    sent,
    sent_line,
    taken_off,
    units,
)


@dataclass(frozen=True, slots=True)
class Fields:
    """A sale that is not made yet, as it stands in the fields of a till's page.

    `of` is the charge that was made for it already, where it was taken up again.
    """

    till: str
    key: str
    tape: Tape
    memo: str = ""
    taken_off: TakenOff | None = None
    of: str | None = None


class Texts(Field):  # type: ignore[misc]
    """All texts that are sent under one name."""

    def process_formdata(self, texts: list[str]) -> None:
        self.data = texts


class TillForm(SaleForm):
    """What the cashier types: amounts in one unit, on a tape and one more, and the rate of tax of each.

    `on_top` is the tax that the page has added to all of it, so that nobody is charged more than the key said.

    `do` names a button of the tape, and `gone` is the line that the last one took off.
    """

    class Meta(SaleForm.Meta):
        """Without a CSRF token: the app has checked it before, and the page sets it by itself."""

        csrf = False

    unit = HiddenField()
    line = Texts()
    line_tax = Texts()
    amount = StringField()
    tax = HiddenField()
    on_top = HiddenField()
    memo = StringField()
    do = HiddenField()
    gone = HiddenField()
    gone_tax = HiddenField()
    price: Money
    lines: tuple[Line, ...]

    def __init__(self, till: str) -> None:
        super().__init__()
        self.till = till
        self._edited: Tape | None = None
        self._taken_off: TakenOff | None = None

    def validate_amount(self, _field: Field) -> None:
        try:
            tape = self.tape
            if (self.on_top.data or "") != on_top(current_shop()):
                raise from_before()
            lines = read(tape, language())
            self.price = Money(price_of(lines), tape.unit)
            self.lines = itemized(lines)
        except AmountError as error:
            raise ValidationError(say(error.sentence)) from error

    def validate_memo(self, field: Field) -> None:
        self._read_memo(field.data)

    @property
    def sale(self) -> Sale:
        return Sale(self.price, self.clean_memo, till=self.till, lines=self.lines, staff=seller_id())

    @property
    def tape(self) -> Tape:
        """What was typed. Raises AmountError if it is in no unit, or at no rate of tax, of this shop."""
        return sent(
            current_shop(),
            self.unit.data,
            self.line.data or (),
            self.line_tax.data or (),
            self.amount.data or "",
            self.tax.data,
        )

    @property
    def fields(self) -> Fields:
        """What was typed, for the page that shows it again.

        Amounts in a unit, or at a rate of tax, that is none of ours are left out: no number may stand there as another.
        """
        try:
            tape = self._edited or self.tape
        except AmountError:
            unit = self.unit.data
            tape = empty(current_shop(), unit if unit in units(current_shop()) else SAT)
        return Fields(self.till, self.key.data or "", tape, self.memo.data or "", self._taken_off)

    def edit(self) -> str | None:
        """Do what a button of the tape says, or return the sentence that tells why not."""
        try:
            self._edit(current_shop(), self.tape, self.do.data)
        except AmountError as error:
            return say(error.sentence)
        return None

    def _edit(self, shop: Shop, tape: Tape, do: str) -> None:
        if do.startswith("undo:"):
            self._edited = put_back(tape, do, sent_line(shop, self.gone.data or "", self.gone_tax.data))
            return
        self._edited = edited(tape, do, shop.settings.usual_tax, language())
        if do.startswith("remove:"):
            self._taken_off = taken_off(tape, do)
