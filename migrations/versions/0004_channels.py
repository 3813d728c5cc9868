"""addresses on platforms, parts that were sent, codes to go on elsewhere, and who works on a conversation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "addresses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_addresses_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("channel", "key", name=op.f("uq_addresses_channel_key")),
    )
    op.create_index(op.f("ix_addresses_conversation_id"), "addresses", ["conversation_id"])
    op.create_table(
        "resume_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_resume_codes_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_resume_codes")),
    )
    op.create_index(op.f("ix_resume_codes_conversation_id"), "resume_codes", ["conversation_id"])
    op.add_column("conversations", sa.Column("turn_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("kind", sa.String(length=12), server_default="text", nullable=False))
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("address_id", sa.String(length=32), nullable=True))
        outbox.add_column(sa.Column("template", sa.JSON(), nullable=True))
        outbox.add_column(sa.Column("error", sa.String(length=60), nullable=True))
        outbox.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        outbox.create_foreign_key(
            op.f("fk_outbox_address_id"), "addresses", ["address_id"], ["id"], ondelete="SET NULL"
        )
        outbox.create_index("ix_outbox_channel_state", ["channel", "state", "address_id", "id"])
        outbox.create_index("ix_outbox_address_id_state", ["address_id", "state", "id"])
    op.create_table(
        "sent_parts",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_sent_parts_outbox_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("outbox_id", "part", name=op.f("pk_sent_parts")),
        sa.UniqueConstraint("platform_id", name=op.f("uq_sent_parts_platform_id")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("sent_parts")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_index("ix_outbox_address_id_state")
        outbox.drop_index("ix_outbox_channel_state")
        outbox.drop_constraint(op.f("fk_outbox_address_id"), type_="foreignkey")
        for column in ("claimed_until", "error", "template", "address_id"):
            outbox.drop_column(column)
    op.drop_column("messages", "kind")
    op.drop_column("conversations", "turn_until")
    op.drop_table("resume_codes")
    op.drop_table("addresses")
