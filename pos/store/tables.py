"""The tables of the book. How they came to be so is in pos/migrations."""

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

charges = Table(
    "charge",
    metadata,
    Column("id", Text, primary_key=True),
    # Play money and real money may share a book: one is nothing to the other.
    Column("network", Text, nullable=False),
    Column("face", Text, key="channel", nullable=False),
    Column("key", Text, key="idempotency_key", nullable=False),
    Column("amount_sat", BigInteger, nullable=False),
    Column("memo", Text, nullable=False),
    Column("invoice_id", Text, nullable=False, unique=True),
    Column("payment_request", Text, nullable=False),
    # Unique: a wallet that answers with the same invoice twice would let one payment settle two charges.
    Column("payment_hash", Text, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("paid_at", BigInteger),
    Column("received_sat", BigInteger),
    Column("preimage", Text),
    Column("proven", Boolean),
    # Grows every few seconds while a screen looks at it. Not a time: the clocks of two hosts are not to be compared.
    Column("looks", BigInteger, nullable=False, server_default="0"),
    # The tip is part of the amount.
    Column("tip_sat", BigInteger, nullable=False, server_default="0"),
    Column("till", Text, nullable=False, server_default=""),
    Column("cancelled_at", BigInteger),
    # The price and the tip in the shop's currency, in its minor units, and the rate, exact as a decimal text. All of
    # these, or none where no rate was known.
    Column("currency", Text),
    Column("price_minor", BigInteger),
    Column("tip_minor", BigInteger),
    Column("typed_fiat", Boolean),
    Column("rate", Text),
    Column("rate_at", BigInteger),
    Column("rate_sources", Text),
    # Each channel has keys of its own, so that nobody at the public tip jar can take one that a program will use.
    UniqueConstraint("network", "channel", "idempotency_key"),
)
UNPAID = charges.c.paid_at.is_(None)
Index("charge_unpaid", charges.c.network, charges.c.expires_at, sqlite_where=UNPAID, postgresql_where=UNPAID)
Index("charge_till", charges.c.network, charges.c.till, charges.c.created_at)

# Who leads. `beat` goes up as long as the holder lives; each process sees by its own clock when it stands still.
leases = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("beat", BigInteger, nullable=False),
)
