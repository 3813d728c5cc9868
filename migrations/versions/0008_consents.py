"""one consent for each purpose and partner"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("consents") as consents:
        consents.add_column(sa.Column("partner", sa.String(length=40), server_default="", nullable=False))
        consents.add_column(sa.Column("given_in", sa.String(length=10), server_default="chat", nullable=False))
        consents.add_column(sa.Column("withdrawn_in", sa.String(length=10), nullable=True))
        consents.add_column(sa.Column("withdrawn_message_id", sa.Integer(), nullable=True))
        consents.create_foreign_key(
            op.f("fk_consents_withdrawn_message_id"), "messages", ["withdrawn_message_id"], ["id"], ondelete="SET NULL"
        )
        consents.create_index("ix_consents_purpose_partner", ["purpose", "partner", "withdrawn_at"])
    op.execute("UPDATE consents SET given_in = 'site' WHERE purpose = 'chat'")
    # An agreement to share that names no partner holds for none: it stays as what was said, and people are asked again.
    op.execute(
        "UPDATE consents SET withdrawn_at = CURRENT_TIMESTAMP, withdrawn_in = 'service' "
        "WHERE purpose = 'share-profile' AND withdrawn_at IS NULL"
    )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("consents") as consents:
        consents.drop_index("ix_consents_purpose_partner")
        consents.drop_constraint(op.f("fk_consents_withdrawn_message_id"), type_="foreignkey")
        consents.drop_column("withdrawn_message_id")
        consents.drop_column("withdrawn_in")
        consents.drop_column("given_in")
        consents.drop_column("partner")
