"""The form of a tip jar."""

from dataclasses import replace

from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from pos.domain.jar import Jar
from pos.domain.memo import MemoError
from pos.domain.message import clean_message, clean_payer
from pos.domain.money import SAT, AmountError, Money, parse_money
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.web.context import current_shop
from pos.web.forms import SaleForm
from pos.web.i18n import language, say

_CHANGED = Sentence("The amounts of this jar have changed. Choose again.")


class JarForm(SaleForm):
    """One of the jar's amounts or another one, typed in the jar's `unit`; a message, and who says it.

    `audience`: who else the page said will read these.
    """

    unit = HiddenField()
    audience = HiddenField()
    amount = HiddenField()
    other = StringField()
    memo = StringField()
    payer = StringField()
    price: Money
    clean_payer: str = ""

    def __init__(self, jar: Jar) -> None:
        super().__init__()
        self.jar = jar

    def validate_other(self, field: Field) -> None:
        try:
            self.price = self._price(field.data or "")
        except AmountError as error:
            raise ValidationError(say(error.sentence)) from error

    def validate_memo(self, field: Field) -> None:
        try:
            self.clean_memo = clean_message(field.data or "")
        except MemoError as error:
            raise ValidationError(say(error.sentence)) from error

    def validate_payer(self, field: Field) -> None:
        try:
            self.clean_payer = clean_payer(field.data or "")
        except MemoError as error:
            raise ValidationError(say(error.sentence)) from error

    @property
    def sale(self) -> Sale:
        said = bool(self.clean_memo or self.clean_payer)
        # A page from before the owner turned messages on has promised something else.
        is_shown = said and self.jar.has_audience and self.audience.data == self.jar.audience
        sale = Sale(self.price, self.clean_memo)
        if self.jar.price:
            # A thing that is sold, and no tip: it is taxed as usual.
            sale = Sale.all_told(self.price, current_shop().settings.usual_tax, self.clean_memo, self.jar.title)
        return replace(sale, jar=self.jar.name, payer=self.clean_payer, shown=is_shown)

    def _price(self, other: str) -> Money:
        """Return what is to be paid. What was typed goes before what was tapped. Raises AmountError.

        A page from before the owner changed the jar meant other amounts, whose figures may be the same.
        """
        jar = self.jar
        # A page from before there was a field for it was in sat.
        if (self.unit.data or SAT) != jar.currency:
            raise AmountError(_CHANGED)
        if other.strip() and jar.price is None:
            return parse_money(other, jar.currency, language())
        if not self.amount.data:
            raise AmountError(Sentence("Type an amount first."))
        offered = [jar.price] if jar.price else jar.amounts
        tapped = next((it for it in offered if str(it.minor) == self.amount.data), None)
        if tapped is None:
            raise AmountError(_CHANGED)
        return tapped
