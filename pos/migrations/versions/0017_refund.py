"""Refunds: what of a sale goes back, the invoices that customers gave for it, and the proof that it was paid."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("sale", sa.Column("refunded_sat", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("sale", sa.Column("refunded", sa.BigInteger, nullable=False, server_default="0"))
    _index("sale_refunded", "sale", ["network", "at"], "refunded_sat > 0")
    op.create_table(
        "refund",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("sale_id", sa.Text, sa.ForeignKey("sale.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("till", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("amount_sat", sa.BigInteger, nullable=False),
        sa.Column("at_rate", sa.Text, nullable=False),
        sa.Column("rate", sa.Text),
        sa.Column("rate_at", sa.BigInteger),
        sa.Column("rate_sources", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("staff", sa.Text, nullable=False),
        sa.Column("paid_at", sa.BigInteger),
        sa.Column("paid_by", sa.Text),
        sa.Column("preimage", sa.Text),
        sa.Column("cancelled_at", sa.BigInteger),
        sa.Column("shift", sa.BigInteger),
        sa.UniqueConstraint("sale_id", "position"),
        sa.UniqueConstraint("sale_id", "idempotency_key"),
    )
    _index("refund_due", "refund", ["network", "created_at"], "paid_at IS NULL AND cancelled_at IS NULL")
    _index("refund_unreported", "refund", ["network", "till", "paid_at"], "paid_at IS NOT NULL AND shift IS NULL")
    op.create_table(
        "refund_invoice",
        sa.Column("payment_hash", sa.Text, primary_key=True),
        sa.Column("refund_id", sa.Text, sa.ForeignKey("refund.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("payment_request", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("refund_id", "position"),
    )


def downgrade() -> None:
    op.drop_table("refund_invoice")
    op.drop_table("refund")
    op.drop_index("sale_refunded")
    op.drop_column("sale", "refunded")
    op.drop_column("sale", "refunded_sat")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
