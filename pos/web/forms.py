"""The forms of the three ways in: what a person may type, and the sentence for what they may not."""

import secrets

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from pos.domain.charge import is_key
from pos.domain.memo import MemoError, clean_memo
from pos.domain.money import SAT, AmountError, Money, parse_sat, total
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.web.context import current_shop
from pos.web.tape import Tape, edited, known_unit, read, units
from pos.web.words import language, say


class SaleForm(FlaskForm):  # type: ignore[misc]
    """A sale with its idempotency key: every page gets a new one, and keeps it until the sale is made."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Only what was typed: a file that is sent under a field's name is not a text."""

        def wrap_formdata(self, _form: FlaskForm, _formdata: object) -> object:
            return request.form or None

    key = HiddenField()
    amount_sat: int
    clean_memo: str = ""

    def validate_key(self, field: Field) -> None:
        field.data = field.data or secrets.token_urlsafe(16)
        if not is_key(field.data):
            raise ValidationError(say(Sentence("This page is damaged. Load it again.")))

    @property
    def sale(self) -> Sale:
        """What was asked for, once the form is known to be valid."""
        return Sale(Money(self.amount_sat, SAT), self.clean_memo)

    @property
    def sentence(self) -> str | None:
        """What is wrong, the first thing first."""
        return next((str(error) for errors in self.errors.values() for error in errors), None)

    def fresh(self) -> "SaleForm":
        """Give the form of a new page its key."""
        self.key.data = secrets.token_urlsafe(16)
        return self

    def _read_amount(self, text: str | None) -> None:
        try:
            self.amount_sat = parse_sat(text or "", current_shop().config.max_sat)
        except AmountError as error:
            raise ValidationError(say(error.sentence)) from error

    def _read_memo(self, text: str | None) -> None:
        try:
            self.clean_memo = clean_memo(text or "")
        except MemoError as error:
            raise ValidationError(say(error.sentence)) from error


class Texts(Field):  # type: ignore[misc]
    """All texts that are sent under one name."""

    def process_formdata(self, texts: list[str]) -> None:
        self.data = texts


class TillForm(SaleForm):
    """What the cashier types: amounts in one unit, on a tape and one more. `do` names a button of the tape."""

    unit = HiddenField()
    line = Texts()
    amount = StringField()
    memo = StringField()
    do = HiddenField()
    price: Money

    def __init__(self, till: str) -> None:
        super().__init__()
        self.till = till

    def validate_amount(self, _field: Field) -> None:
        try:
            tape = self.tape
            self.price = total(read(tape, language()), tape.unit)
        except AmountError as error:
            raise ValidationError(say(error.sentence)) from error

    def validate_memo(self, field: Field) -> None:
        self._read_memo(field.data)

    @property
    def sale(self) -> Sale:
        return Sale(self.price, self.clean_memo, till=self.till)

    @property
    def tape(self) -> Tape:
        """What was typed. Raises AmountError if it is in no unit of this shop."""
        return self._tape(known_unit(current_shop(), self.unit.data))

    @property
    def shown_tape(self) -> Tape:
        """What was typed, for the form that shows it again; where the unit is none of ours it is in sat."""
        return self._tape(self.unit.data if self.unit.data in units(current_shop()) else SAT)

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


class KioskForm(SaleForm):
    """A tile, or another amount."""

    amount = HiddenField()
    other = StringField("Other amount")

    def validate_other(self, field: Field) -> None:
        self._read_amount(field.data or self.amount.data)


class TipForm(KioskForm):
    """A tile or another amount, and a message that becomes the memo. What was typed goes before what was tapped."""

    memo = StringField("Message")

    def validate_memo(self, field: Field) -> None:
        self._read_memo(field.data)


class AgainForm(FlaskForm):  # type: ignore[misc]
    """One tap; only the CSRF token."""
