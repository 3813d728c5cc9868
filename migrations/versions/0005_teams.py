"""who belongs to which team and has which role"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROLES_BEFORE = '["agent", "editor", "coordinator", "administrator", "privacy_officer"]'


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("municipalities", sa.JSON(), nullable=False),
        sa.Column("catch_all", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_team_members_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "agent_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_agent_id"), "team_members", ["agent_id"])
    # Who could log in until now could do everything, so nothing is taken from them.
    op.add_column("agents", sa.Column("roles", sa.JSON(), server_default=ROLES_BEFORE, nullable=False))
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("team_id", sa.String(length=32), nullable=True))
        conversations.create_foreign_key(
            op.f("fk_conversations_team_id"), "teams", ["team_id"], ["id"], ondelete="SET NULL"
        )
        conversations.create_index(op.f("ix_conversations_team_id"), ["team_id"])


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_index(op.f("ix_conversations_team_id"))
        conversations.drop_constraint(op.f("fk_conversations_team_id"), type_="foreignkey")
        conversations.drop_column("team_id")
    op.drop_column("agents", "roles")
    op.drop_table("team_members")
    op.drop_table("teams")
