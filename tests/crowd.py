"""Many who ask the shop for an invoice and have not paid: made one after another they take a hundred times as long."""

from collections.abc import Iterable

from sqlalchemy import select

from pos.domain.charge import Charge
from pos.shop import Shop
from pos.store.tables import charges, sales
from tests.by_hand import write


def ask_too(shop: Shop, first: Charge, jars: Iterable[str]) -> None:
    """Write down a sale like that of a charge, and its charge, for each of these jars; none is named for no jar."""
    numbers = list(enumerate(jars))
    with write(shop.store) as connection:
        sale = connection.execute(select(sales).where(sales.c.id == first.sale_id)).mappings().one()
        made = connection.execute(select(charges).where(charges.c.id == first.id)).mappings().one()
        of = f"{first.channel}-"
        connection.execute(
            sales.insert(),
            [
                {
                    **sale,
                    "id": f"{of}s{number}",
                    "charge_id": f"{of}c{number}",
                    "idempotency_key": f"{of}k{number}",
                    # What is sold next has the next number, as if nobody had asked but the first.
                    "number": 1000 * sale["number"] + number,
                    "jar": jar,
                }
                for number, jar in numbers
            ],
        )
        connection.execute(
            charges.insert(),
            [
                {
                    **made,
                    "id": f"{of}c{number}",
                    "sale_id": f"{of}s{number}",
                    "invoice_id": f"{of}i{number}",
                    "payment_hash": f"{of}h{number}",
                }
                for number, _ in numbers
            ],
        )
