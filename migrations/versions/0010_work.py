"""presence, transfers, assigned work and follow-up"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _to(table: str, column: str, ondelete: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{of}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "presence",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("availability", sa.String(length=10), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        _to("agents", "agent_id", "CASCADE", "presence"),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "assignments",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("by_agent_id", sa.String(length=32), nullable=True),
        sa.Column("assigned_at", MOMENT, nullable=False),
        _to("handovers", "handover_id", "CASCADE", "assignments"),
        _to("agents", "agent_id", "CASCADE", "assignments"),
        _to("agents", "by_agent_id", "SET NULL", "assignments"),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_agent_id"), "assignments", ["agent_id"])
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("from_agent_id", sa.String(length=32), nullable=True),
        sa.Column("to_agent_id", sa.String(length=32), nullable=True),
        sa.Column("to_team_id", sa.String(length=32), nullable=True),
        sa.Column("to_place", sa.String(length=80), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("conversations", "conversation_id", "CASCADE", "transfers"),
        _to("agents", "from_agent_id", "SET NULL", "transfers"),
        _to("agents", "to_agent_id", "SET NULL", "transfers"),
        _to("teams", "to_team_id", "SET NULL", "transfers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    op.create_index(op.f("ix_transfers_conversation_id"), "transfers", ["conversation_id"])
    _tasks()


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("settled_by", sa.String(length=32), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        _to("people", "person_id", "CASCADE", "tasks"),
        _to("conversations", "conversation_id", "CASCADE", "tasks"),
        _to("agents", "agent_id", "SET NULL", "tasks"),
        _to("agents", "created_by", "SET NULL", "tasks"),
        _to("agents", "settled_by", "SET NULL", "tasks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_person_id"), "tasks", ["person_id"])
    op.create_index(op.f("ix_tasks_conversation_id"), "tasks", ["conversation_id"])
    op.create_index(op.f("ix_tasks_state_due_on"), "tasks", ["state", "due_on"])


def downgrade() -> None:
    """Back."""
    for table in ("tasks", "transfers", "assignments", "presence"):
        op.drop_table(table)
