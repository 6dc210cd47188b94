"""The kiosk's form."""

from pos.domain.money import SAT, Money
from pos.domain.sale import Sale
from pos.web.context import current_shop
from pos.web.forms import PresetForm


class KioskForm(PresetForm):
    """An amount, which is all that the customer pays: the tax of what a shop usually sells is in it."""

    @property
    def sale(self) -> Sale:
        return Sale.all_told(Money(self.amount_sat, SAT), current_shop().settings.usual_tax)
