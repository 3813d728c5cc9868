"""plans, and the steps that a message tells"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "plans",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_plans_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_plans")),
        sa.UniqueConstraint("link_id", name=op.f("uq_plans_link_id")),
    )
    op.add_column("messages", sa.Column("plan", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Back."""
    op.drop_column("messages", "plan")
    op.drop_table("plans")
