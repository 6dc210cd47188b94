"""What a payer wrote, on the page of a jar or off it: the owner decides."""

from pos.domain.jar import jar_topic
from pos.domain.number import Number
from pos.shop import Shop


def show_message(shop: Shop, number: Number, *, shown: bool) -> bool:
    """Put a payer's name and message on the page of the jar, or take them off every open page.

    Tell whether there is a sale of that number that is of a jar. Raises StoreError.
    """
    name = shop.store.jars.show_message(number, shown=shown)
    if name is None:
        return False
    shop.broker.publish(jar_topic(name))
    return True
