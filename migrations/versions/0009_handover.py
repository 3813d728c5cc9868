"""office hours, and what a person chose while they wait"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NEW = (
    "risks",
    "first_taken_at",
    "choice",
    "chosen_at",
    "message_left_at",
    "after_hours",
    "ahead",
    "closing_summary",
)


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("handovers") as handovers:
        handovers.add_column(sa.Column("risks", sa.JSON(), server_default="[]", nullable=False))
        handovers.add_column(sa.Column("first_taken_at", MOMENT, nullable=True))
        handovers.add_column(sa.Column("choice", sa.String(length=12), nullable=True))
        handovers.add_column(sa.Column("chosen_at", MOMENT, nullable=True))
        handovers.add_column(sa.Column("message_left_at", MOMENT, nullable=True))
        handovers.add_column(sa.Column("after_hours", sa.Boolean(), server_default=sa.false(), nullable=False))
        handovers.add_column(sa.Column("ahead", sa.Integer(), nullable=True))
        handovers.add_column(sa.Column("closing_summary", sa.Text(), nullable=True))
        handovers.create_index("ix_handovers_closed_at_requested_at", ["closed_at", "requested_at"])
    op.execute("UPDATE handovers SET first_taken_at = taken_at")
    _hours()
    _digests()


def _hours() -> None:
    op.create_table(
        "team_hours",
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=True),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.Column("on_holidays", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_hours_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_team_hours")),
        sa.UniqueConstraint("team_id", name=op.f("uq_team_hours_team_id")),
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_closures_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index(op.f("ix_closures_team_id"), "closures", ["team_id"])
    op.create_index(op.f("ix_closures_last_day"), "closures", ["last_day"])


def _digests() -> None:
    table = "digest_subscriptions"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=True),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_sent_at", MOMENT, nullable=True),
        sa.Column("last_key", sa.String(length=64), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("sending_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f(f"fk_{table}_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f(f"fk_{table}_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("agent_id", name=op.f(f"uq_{table}_agent_id")),
    )
    op.create_index(op.f("ix_digest_subscriptions_team_id"), table, ["team_id"])
    op.create_index(op.f("ix_digest_subscriptions_due_at"), table, ["due_at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("digest_subscriptions")
    op.drop_table("closures")
    op.drop_table("team_hours")
    with op.batch_alter_table("handovers") as handovers:
        handovers.drop_index("ix_handovers_closed_at_requested_at")
        for name in NEW:
            handovers.drop_column(name)
