"""The tables of the database. How they came to be so is in pos/migrations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    true,
)

from pos.domain.charge import READ_WITHIN

metadata = MetaData()

# What was sold. Play money and real money may share a database: one network is nothing to the other.
sales = Table(
    "sale",
    metadata,
    Column("id", Text, primary_key=True),
    Column("network", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("till", Text, nullable=False),
    # What it was typed in, ISO 4217 or SAT. Price and tip are in its minor units; the tip is not part of the price.
    Column("currency", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("tip", BigInteger, nullable=False),
    Column("memo", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # The number that people call it by: the so-manieth sale of a year. None is left out, and none is given twice.
    Column("year", Integer, nullable=False, server_default="0"),
    Column("number", BigInteger, nullable=False, server_default="0"),
    # The charge that says what became of it: the first that was paid, or else the last one.
    Column("charge_id", Text, nullable=False, server_default=""),
    Column("paid_at", BigInteger),
    # When it was paid, or else made: in this order sales are listed.
    Column("at", BigInteger, nullable=False, server_default="0"),
    # What further charges of it brought, when it was paid already.
    Column("surplus_sat", BigInteger, nullable=False, server_default="0"),
    # What of it was given back, in sat and in minor units of its currency.
    Column("refunded_sat", BigInteger, nullable=False, server_default="0"),
    Column("refunded", BigInteger, nullable=False, server_default="0"),
    # The tip jar that it was put in, what its payer calls himself, and whether that and the memo stand on its page.
    Column("jar", Text, nullable=False, server_default=""),
    Column("payer", Text, nullable=False, server_default=""),
    Column("shown", Boolean, nullable=False, server_default=false()),
    # Who made it, by the id; empty where nobody has to say who they are.
    Column("staff", Text, nullable=False, server_default=""),
    # Each channel has keys of its own, so that nobody at the public tip jar can take one that a program will use.
    UniqueConstraint("network", "channel", "idempotency_key"),
)

Index("sale_number", sales.c.network, sales.c.year, sales.c.number, unique=True)
Index("sale_at", sales.c.network, sales.c.at, sales.c.id)
Index("sale_channel", sales.c.network, sales.c.channel, sales.c.till, sales.c.at, sales.c.id)
# The number is part of the condition, and no parameter: else no database takes this index for it.
SURPLUS = sales.c.surplus_sat > literal_column("0")
Index("sale_surplus", sales.c.network, sales.c.at, sqlite_where=SURPLUS, postgresql_where=SURPLUS)
REFUNDED = sales.c.refunded_sat > literal_column("0")
Index("sale_refunded", sales.c.network, sales.c.at, sqlite_where=REFUNDED, postgresql_where=REFUNDED)

# Written out, for the same reason.
_OF_JAR = sales.c.jar != literal_column("''")
IN_JAR = and_(_OF_JAR, sales.c.paid_at.is_not(None))
Index("sale_jar", sales.c.network, sales.c.jar, sales.c.paid_at, sqlite_where=IN_JAR, postgresql_where=IN_JAR)
# On the page of its jar once it is paid. First the jar: all of it is hidden at once, paid or not, of every network.
SHOWN = and_(_OF_JAR, sales.c.shown.is_(true()))
Index("sale_shown", sales.c.jar, sales.c.network, sales.c.paid_at, sqlite_where=SHOWN, postgresql_where=SHOWN)

# The last number that was given, year by year.
numbering = Table(
    "numbering",
    metadata,
    Column("network", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

# What the price is made of. A price that was typed in one go is one line without a text.
sale_lines = Table(
    "sale_line",
    metadata,
    Column("sale_id", Text, ForeignKey("sale.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    # The rate of its tax, 19 or +8.25; empty where there is none.
    Column("tax", Text, nullable=False, server_default=""),
)

charges = Table(
    "charge",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sale_id", Text, ForeignKey("sale.id"), nullable=False),
    # 1, 2, ...: one that has ended gets one successor, whoever asks for it how often.
    Column("attempt", Integer, nullable=False),
    Column("network", Text, nullable=False),
    # Which wallet made the invoice. Empty in charges from before wallets had names.
    Column("wallet", Text, nullable=False),
    # The sale's, once more: a list, and a sum, is one walk along an index, however many sales there are.
    Column("channel", Text, nullable=False, server_default=""),
    Column("till", Text, nullable=False),
    # The tip is part of the amount.
    Column("amount_sat", BigInteger, nullable=False),
    Column("tip_sat", BigInteger, nullable=False),
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
    Column("cancelled_at", BigInteger),
    # Grows every few seconds while a screen looks at it. Not a time: the clocks of two hosts are not to be compared.
    Column("looks", BigInteger, nullable=False, server_default="0"),
    # When the wallet was last asked with a good answer, in unix seconds, and when it first gave none after that.
    Column("asked_at", BigInteger),
    Column("silent_since", BigInteger),
    # The price and the tip in the shop's currency, in its minor units, and the rate, exact as a decimal text. All of
    # these, or none where no rate was known.
    Column("currency", Text),
    Column("price_minor", BigInteger),
    Column("tip_minor", BigInteger),
    Column("rate", Text),
    Column("rate_at", BigInteger),
    Column("rate_sources", Text),
    # Another charge of its sale was paid before this one: all that came is more than was asked.
    Column("surplus", Boolean, nullable=False, server_default=false()),
    # By which the payer's own program asks what became of it, and gets the preimage (LUD-21).
    Column("verify_token", Text),
    # The shift that it was counted in, by its id, once that is closed; 0 if it was paid before there were shifts.
    Column("shift", BigInteger),
    UniqueConstraint("sale_id", "attempt"),
)
UNPAID = charges.c.paid_at.is_(None)
PAID = charges.c.paid_at.is_not(None)
ENDS_AT = func.coalesce(charges.c.cancelled_at, charges.c.expires_at)
# What Charge.needs_review says, to the database.
REVIEW = and_(
    PAID,
    or_(charges.c.received_sat != charges.c.amount_sat, not_(charges.c.proven), charges.c.paid_at > ENDS_AT),
)
# And what Charge.is_known says of one that has ended, at `now`.
KNOWN = and_(
    *(charges.c.asked_at.is_not(None), charges.c.asked_at >= ENDS_AT),
    or_(charges.c.asked_at <= bindparam("now") + READ_WITHIN, charges.c.asked_at <= ENDS_AT + READ_WITHIN),
)
# It has ended, or will, and its wallet has not been asked since.
UNHEARD = and_(UNPAID, or_(charges.c.asked_at.is_(None), charges.c.asked_at < ENDS_AT))
Index("charge_unheard", charges.c.network, charges.c.expires_at, sqlite_where=UNHEARD, postgresql_where=UNHEARD)
Index("charge_unpaid", charges.c.network, charges.c.expires_at, sqlite_where=UNPAID, postgresql_where=UNPAID)
Index("charge_till", charges.c.network, charges.c.till, charges.c.created_at)
Index("charge_paid_at", charges.c.network, charges.c.paid_at, sqlite_where=PAID, postgresql_where=PAID)
for _name, _where in (("charge_paid", PAID), ("charge_review", REVIEW)):
    Index(_name, charges.c.network, charges.c.till, charges.c.paid_at, sqlite_where=_where, postgresql_where=_where)
Index("charge_review_at", charges.c.network, charges.c.paid_at, sqlite_where=REVIEW, postgresql_where=REVIEW)
# What the next reports of all tills will count, and what those that are written have counted.
UNCOUNTED = and_(PAID, charges.c.shift.is_(None))
Index(
    "charge_uncounted",
    *(charges.c.network, charges.c.till, charges.c.paid_at),
    sqlite_where=UNCOUNTED,
    postgresql_where=UNCOUNTED,
)
COUNTED = charges.c.shift > literal_column("0")
Index("charge_shift", charges.c.shift, sqlite_where=COUNTED, postgresql_where=COUNTED)

_VERIFIED = charges.c.verify_token.is_not(None)
Index(
    "charge_verify_token",
    charges.c.verify_token,
    unique=True,
    sqlite_where=_VERIFIED,
    postgresql_where=_VERIFIED,
)

# Money of a paid sale that goes back: the so-manieth of the sale. `amount` is in minor units of `currency`, which the
# sale was typed in; rate and sources as a charge has them.
refunds = Table(
    "refund",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sale_id", Text, ForeignKey("sale.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("network", Text, nullable=False),
    # The sale's, once more.
    Column("channel", Text, nullable=False),
    Column("till", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("amount_sat", BigInteger, nullable=False),
    Column("at_rate", Text, nullable=False),
    Column("rate", Text),
    Column("rate_at", BigInteger),
    Column("rate_sources", Text),
    Column("reason", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # Who asked for it, and who said that it is paid, by name; empty where nobody has to say who they are.
    Column("staff", Text, nullable=False),
    Column("paid_at", BigInteger),
    Column("paid_by", Text),
    # Only one that fits an invoice of the refund is written down: it proves the payment, and nothing else does.
    Column("preimage", Text),
    Column("cancelled_at", BigInteger),
    # The shift that it was counted in, by its id, as a paid charge is.
    Column("shift", BigInteger),
    # The proof that came after it was marked by hand. A report that has counted it without one stays as it is.
    Column("late_preimage", Text),
    # What of the sale had gone back when it was paid, in the unit of `amount`: so all parts of a sale in sat come to
    # what the whole is in the books. It is written once, as a report may count it.
    Column("given_before", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("sale_id", "position"),
    UniqueConstraint("sale_id", "idempotency_key"),
)
REFUND_DUE = and_(refunds.c.paid_at.is_(None), refunds.c.cancelled_at.is_(None))
REFUND_ENDED = not_(REFUND_DUE)
# Two of the same columns: with one of all refunds, SQLite looked for those that wait among all there ever were.
for _name, _where in (("refund_due", REFUND_DUE), ("refund_ended", REFUND_ENDED)):
    Index(_name, refunds.c.network, refunds.c.created_at, sqlite_where=_where, postgresql_where=_where)
REFUND_PAID = refunds.c.paid_at.is_not(None)
Index(
    "refund_paid_at",
    refunds.c.network,
    refunds.c.paid_at,
    sqlite_where=REFUND_PAID,
    postgresql_where=REFUND_PAID,
)
REFUND_UNREPORTED = and_(refunds.c.paid_at.is_not(None), refunds.c.shift.is_(None))
Index(
    "refund_unreported",
    refunds.c.network,
    refunds.c.till,
    refunds.c.paid_at,
    sqlite_where=REFUND_UNREPORTED,
    postgresql_where=REFUND_UNREPORTED,
)

REFUND_REPORTED = refunds.c.shift > literal_column("0")
Index("refund_shift", refunds.c.shift, sqlite_where=REFUND_REPORTED, postgresql_where=REFUND_REPORTED)

# The invoices that a customer gave for a refund: the last one is to be paid, and any of them may have been.
refund_invoices = Table(
    "refund_invoice",
    metadata,
    # Unique: one payment is to prove one refund.
    Column("payment_hash", Text, primary_key=True),
    Column("refund_id", Text, ForeignKey("refund.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("payment_request", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    UniqueConstraint("refund_id", "position"),
)

# The tip jars as the owner set them up, the same for play money and real money. Amounts are in minor units of
# `currency` (ISO 4217 or SAT). Without a row the first one goes by the shop's settings.
jars = Table(
    "jar",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("thanks", Text, nullable=False),
    Column("currency", Text, nullable=False),
    # With commas between them.
    Column("amounts", Text, nullable=False),
    Column("price", BigInteger),
    Column("least_sat", BigInteger),
    Column("most_sat", BigInteger),
    Column("goal", Text, nullable=False),
    Column("goal_amount", BigInteger),
    Column("goal_ends_at", BigInteger),
    Column("shows_messages", Boolean, nullable=False),
    # A digest of the two, by which a browser keeps them; empty where there is none.
    Column("picture", Text, nullable=False),
    Column("picture_page", LargeBinary),
    Column("picture_thumbnail", LargeBinary),
    Column("live_token", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    # Goes up with each change that pages show.
    Column("version", BigInteger, nullable=False),
)

# What came into a jar since its goal began, in each currency by itself, kept up to date with each payment.
jar_totals = Table(
    "jar_total",
    metadata,
    Column("network", Text, primary_key=True),
    Column("jar", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("tips", BigInteger, nullable=False),
    Column("raised", BigInteger, nullable=False),
)

# The tax in a charge as the shop's books have it, rate by rate, in minor units of `currency`. `paid_at` is the charge's
# if it was the first of its sale that was paid: what is summed up stands in one place.
charge_taxes = Table(
    "charge_tax",
    metadata,
    Column("charge_id", Text, ForeignKey("charge.id"), primary_key=True),
    Column("rate", Text, primary_key=True),
    Column("network", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("till", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("paid_at", BigInteger),
)
_TAX_PAID = charge_taxes.c.paid_at.is_not(None)
Index(
    "charge_tax_paid_at",
    charge_taxes.c.network,
    charge_taxes.c.paid_at,
    sqlite_where=_TAX_PAID,
    postgresql_where=_TAX_PAID,
)

# The shifts that are closed, the so-manieth of a till. `report` is the text that never changes, with the sums and the
# hashes, and `sales` the payments that it was made from, one a line.
shifts = Table(
    "shift",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("network", Text, nullable=False),
    Column("till", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("closed_at", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False, server_default=""),
    Column("report", Text, nullable=False, server_default=""),
    Column("sales", Text, nullable=False, server_default=""),
    UniqueConstraint("network", "till", "number"),
    sqlite_autoincrement=True,
)
Index("shift_of_network", shifts.c.network, shifts.c.id)

# The receipts that somebody, or a payment, asked to have printed: the so-manieth of a charge. `refund` is which one of
# its sale it is of, and 0 for that of the sale itself.
print_jobs = Table(
    "print_job",
    metadata,
    Column("charge_id", Text, ForeignKey("charge.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("network", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    # Written before the first dot: what has a start and no end may be on paper, in part or whole.
    Column("started_at", BigInteger),
    Column("printed_at", BigInteger),
    Column("given_up_at", BigInteger),
    # What kept it off the paper the last time.
    Column("trouble", Text),
    Column("refund", Integer, nullable=False, server_default="0"),
)
UNPRINTED = print_jobs.c.printed_at.is_(None)
Index(
    "print_job_unprinted",
    print_jobs.c.network,
    print_jobs.c.asked_at,
    sqlite_where=UNPRINTED,
    postgresql_where=UNPRINTED,
)

# The last time that a card was tried for a charge, and nothing of the card: the so-manieth, and when it was opened.
card_tries = Table(
    "card_try",
    metadata,
    Column("charge_id", Text, ForeignKey("charge.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    # Empty once it has failed.
    Column("opened_at", BigInteger),
)

# What is being typed at a till, browser by browser, in minor units of `currency`. `lines` is a JSON array. Of a till it
# is the highest `version` that was typed last.
drafts = Table(
    "draft",
    metadata,
    Column("network", Text, primary_key=True),
    Column("till", Text, primary_key=True),
    Column("browser", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("lines", Text, nullable=False),
    # What it comes to in the other unit, where a rate was at hand.
    Column("worth_currency", Text),
    Column("worth", BigInteger),
    Column("typed_at", BigInteger, nullable=False),
    # When its page was heard of last.
    Column("seen_at", BigInteger, nullable=False),
)

# The customer's display of a till: when it was there last, and the sale that its customer was asked about last, sealed
# and with the key that it is sold with. Without a token nothing is asked.
displays = Table(
    "display",
    metadata,
    Column("network", Text, primary_key=True),
    Column("till", Text, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("token", Text, nullable=False, server_default=""),
    Column("idempotency_key", Text, nullable=False, server_default=""),
    Column("asked_at", BigInteger, nullable=False, server_default="0"),
)

# What the office has set, by the names of `.env`, as it would stand there: an empty value is the default again. Of a
# picture the value is a digest. `version` is that of the change that wrote it.
settings = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("picture", LargeBinary),
    Column("version", BigInteger, nullable=False),
)

# Who changed them, from what to what. The highest version is that of all settings.
setting_changes = Table(
    "setting_change",
    metadata,
    Column("version", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("by", Text, nullable=False),
    # A number that was given is never given again.
    sqlite_autoincrement=True,
)

# Who may everything. `name_key` is the name as people compare names; `totp_used` is the last step of time whose code
# was taken (RFC 6238), as each is good once. Without a secret no code is asked for.
owners = Table(
    "owner",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("totp_secret", Text, nullable=False, server_default=""),
    Column("totp_used", BigInteger, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
)

# The links by which somebody becomes an owner, or gets a new password. A digest is the SHA-256 of what stands in a link
# or a cookie: who reads the database has neither.
owner_links = Table(
    "owner_link",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

# The browsers in which an owner is signed in; to end a session is to delete it.
owner_sessions = Table(
    "owner_session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("owner_id", Text, ForeignKey("owner.id"), nullable=False),
    Column("browser", Text, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("owner_session_owner", owner_sessions.c.owner_id)

# The browsers that are a till, a kiosk or a customer's display. `staff_id` is who sells there, and `active_at` when
# they did something last; `wrong_pins` counts those in a row.
devices = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("face", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("paired_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("staff_id", Text, nullable=False, server_default=""),
    Column("active_at", BigInteger, nullable=False, server_default="0"),
    Column("wrong_pins", Integer, nullable=False, server_default="0"),
    Column("wrong_at", BigInteger, nullable=False, server_default="0"),
    # From where it was used, and from where before that: not the places, but what tells one from another.
    Column("seen_as", Text, nullable=False, server_default=""),
    Column("seen_before", Text, nullable=False, server_default=""),
    Column("changed_at", BigInteger, nullable=False, server_default="0"),
    Column("changes", Integer, nullable=False, server_default="0"),
    Column("shared_at", BigInteger, nullable=False, server_default="0"),
)

# What a browser may become, for who opens the link or types the code.
pairings = Table(
    "pairing",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("code_digest", Text, nullable=False, unique=True),
    Column("face", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("made_by", Text, nullable=False, server_default=""),
)

# Who sells. The limits are in minor units of `currency`. Who has left stays, as sales name them, and has no PIN.
staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin_digest", Text, unique=True),
    Column("currency", Text, nullable=False),
    Column("sale_limit", BigInteger),
    Column("refund_limit", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
)

# The wrong passwords and codes of late, by a hash of what they were tried for: a name, an address, a device.
guesses = Table(
    "guess",
    metadata,
    Column("asked", Text, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("wrong_at", BigInteger, nullable=False),
)
Index("guess_wrong_at", guesses.c.wrong_at)

# What happened, in the order in which it was written down. `data` is a JSON object.
events = Table(
    "event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("network", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", Text, nullable=False),
    # A number that was given is never given again.
    sqlite_autoincrement=True,
)

# Without a type: of a boolean SQLite would be asked whether it is 1, and then knows no index of it.
NOT_OF_SALES: ColumnElement[bool] = literal_column("kind NOT IN ('charge.made', 'charge.paid', 'charge.cancelled')")
Index("event_told", events.c.seq, sqlite_where=NOT_OF_SALES, postgresql_where=NOT_OF_SALES)

# What all charges of a channel come to, kept up to date with each: nobody has to count a million of them. In several
# rows that are added up, so that sales at the same time do not wait for one another.
totals = Table(
    "total",
    metadata,
    Column("network", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("made", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("late", BigInteger, nullable=False),
    Column("received_sat", BigInteger, nullable=False),
)

# Who leads. `heartbeat` goes up as long as the holder lives; each process sees by its own clock when it stands still.
leases = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("heartbeat", BigInteger, nullable=False),
)
