"""The till's form: what a cashier may type, and the sentence for what they may not."""

from dataclasses import dataclass

from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from pos.domain.money import SAT, AmountError, Money, total
from pos.domain.sale import Line, Sale, itemized
from pos.web.context import current_shop
from pos.web.forms import SaleForm
from pos.web.i18n import language, say
from pos.web.till.tape import Tape, edited, known_unit, read, units


@dataclass(frozen=True, slots=True)
class Draft:
    """A sale that is not made yet, as it stands in the fields of a till's page."""

    till: str
    key: str
    tape: Tape
    memo: str = ""


class Texts(Field):  # type: ignore[misc]
    """All texts that are sent under one name."""

    def process_formdata(self, texts: list[str]) -> None:
        self.data = texts


class TillForm(SaleForm):
    """What the cashier types: amounts in one unit, on a tape and one more. `do` names a button of the tape."""

    class Meta(SaleForm.Meta):
        """Without a CSRF token: the app has checked it before, and the page sets it by itself."""

        csrf = False

    unit = HiddenField()
    line = Texts()
    amount = StringField()
    memo = StringField()
    do = HiddenField()
    price: Money
    lines: tuple[Line, ...]

    def __init__(self, till: str) -> None:
        super().__init__()
        self.till = till

    def validate_amount(self, _field: Field) -> None:
        try:
            tape = self.tape
            amounts = read(tape, language())
            self.price = total(amounts, tape.unit)
            self.lines = itemized(tuple(Line(amount.minor) for amount in amounts))
        except AmountError as error:
            raise ValidationError(say(error.sentence)) from error

    def validate_memo(self, field: Field) -> None:
        self._read_memo(field.data)

    @property
    def sale(self) -> Sale:
        return Sale(self.price, self.clean_memo, till=self.till, lines=self.lines)

    @property
    def tape(self) -> Tape:
        """What was typed. Raises AmountError if it is in no unit of this shop."""
        return self._tape(known_unit(current_shop(), self.unit.data))

    @property
    def draft(self) -> Draft:
        """What was typed, for the page that shows it again.

        Amounts in a unit that is none of ours are left out, as no number may stand there as an amount of another unit.
        """
        unit = self.unit.data or SAT
        tape = self._tape(unit) if unit in units(current_shop()) else Tape()
        return Draft(self.till, self.key.data or "", tape, self.memo.data or "")

    def edit(self) -> str | None:
        """Do what a button of the tape says, or return the sentence that tells why not."""
        try:
            tape = edited(self.tape, self.do.data, language())
        except AmountError as error:
            return say(error.sentence)
        self.line.data, self.amount.data = list(tape.lines), tape.amount
        return None

    def _tape(self, unit: str) -> Tape:
        return Tape(unit, tuple(self.line.data or ()), self.amount.data or "")
