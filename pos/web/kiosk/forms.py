"""The kiosk's forms: something that is on offer, or another amount."""

from dataclasses import replace

from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from pos.domain.kiosk import USUAL_SAT, Kiosk, Offer, find_offer, is_round
from pos.domain.money import SAT, AmountError, Money, check_sat, parse_money
from pos.domain.sale import Sale
from pos.domain.sentence import Sentence
from pos.web.context import current_shop
from pos.web.forms import SaleForm
from pos.web.i18n import language, say

CHANGED = Sentence("What is offered here has changed. Choose again.")


class KioskForm(SaleForm):
    """What a customer of a kiosk pays is all told: the tax of what a shop usually sells is in it."""

    offer: Offer

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__()
        self.kiosk = kiosk

    @property
    def sale(self) -> Sale:
        sale = Sale.all_told(self.offer.price, current_shop().settings.usual_tax, self.offer.name)
        return replace(sale, till=self.kiosk.name)

    def _read(self, field: Field) -> Offer:
        """Raises AmountError."""
        raise NotImplementedError

    def _check(self, field: Field) -> None:
        try:
            self.offer = self._read(field)
            if self.offer.price.currency == SAT:
                check_sat(self.offer.price.minor, current_shop().settings.max_sat)
        except AmountError as error:
            raise ValidationError(say(error.sentence)) from error


class ChoiceForm(KioskForm):
    """One of the offers. A page from before an update named it `amount`, and all were in sat."""

    chosen = HiddenField(name="offer")
    amount = HiddenField()

    def validate_chosen(self, field: Field) -> None:
        self._check(field)

    def _read(self, field: Field) -> Offer:
        key = field.data or self.amount.data or ""
        offer = find_offer(self.kiosk.offers, key) or self._of_before(key)
        if offer is None:
            raise AmountError(CHANGED if key else Sentence("Type an amount first."))
        return offer

    def _of_before(self, key: str) -> Offer | None:
        """Return what the till had chosen by itself to offer when the rate was another one, or there was none."""
        if self.kiosk.name or current_shop().settings.kiosk_amounts is not None:
            return None
        minor, _, currency = key.partition(" ")
        if currency not in ("", current_shop().settings.currency) or not (minor.isascii() and minor.isdigit()):
            return None
        offer = Offer(Money(int(minor[:20]), currency or SAT))
        known = is_round(offer.price) if currency else offer.price.minor in USUAL_SAT
        return offer if known and offer.key == key else None


class AmountForm(KioskForm):
    """Another amount, typed in one of the units that the shop takes."""

    unit = HiddenField()
    other = StringField()

    def validate_other(self, field: Field) -> None:
        self._check(field)

    def _read(self, field: Field) -> Offer:
        unit = self.unit.data or SAT
        if unit not in units():
            raise AmountError(CHANGED)
        return Offer(parse_money(field.data or "", unit, language()))


def units() -> tuple[str, ...]:
    """Return the units in which an amount may be typed: the shop's currency first, where it has one."""
    currency = current_shop().rates.currency
    return (currency, SAT) if currency else (SAT,)
