"""topics, interests and documents of dossiers"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _to(table: str, column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _said(table: str) -> list[sa.schema.SchemaItem]:
    """Where a row of a dossier comes from."""
    return [
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        _to(table, "dossier_id", "dossiers", "CASCADE"),
        _to(table, "agent_id", "agents", "SET NULL"),
        _to(table, "message_id", "messages", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("dossier_fields") as fields:
        for name in ("agent_id", "settled_by"):
            fields.add_column(sa.Column(name, sa.String(length=32), nullable=True))
            fields.create_foreign_key(op.f(f"fk_dossier_fields_{name}"), "agents", [name], ["id"], ondelete="SET NULL")
        fields.add_column(_moment("settled_at", nullable=True))
    op.create_table(
        "topic_statuses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("waits_for", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=10), nullable=False),
        _moment("set_at"),
        *_said("topic_statuses"),
    )
    op.create_index("ix_topic_statuses_dossier_topic", "topic_statuses", ["dossier_id", "topic", "id"])
    op.create_table(
        "interests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("stated_by", sa.String(length=10), nullable=False),
        _moment("stated_at"),
        *_said("interests"),
    )
    op.create_index("ix_interests_dossier_key", "interests", ["dossier_id", "key", "id"])
    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.String(length=32), nullable=True),
        _moment("asked_at", nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(length=32), nullable=True),
        sa.Column("sealed_key", sa.Text(), nullable=True),
        sa.Column("media_type", sa.String(length=40), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("scanned", sa.Boolean(), nullable=True),
        _moment("received_at", nullable=True),
        _moment("checked_at", nullable=True),
        _moment("deleted_at", nullable=True),
        _moment("created_at"),
        _moment("changed_at"),
        _to("documents", "dossier_id", "dossiers", "CASCADE"),
        _to("documents", "asked_by", "agents", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("file_name", name=op.f("uq_documents_file_name")),
    )
    op.create_index(op.f("ix_documents_dossier_id"), "documents", ["dossier_id"])
    op.create_index(op.f("ix_documents_state"), "documents", ["state"])
    op.create_table(
        "dossier_merges",
        sa.Column("merged_id", sa.String(length=32), nullable=False),
        sa.Column("dossier_id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=True),
        _moment("merged_at"),
        _to("dossier_merges", "dossier_id", "dossiers", "CASCADE"),
        _to("dossier_merges", "agent_id", "agents", "SET NULL"),
        sa.PrimaryKeyConstraint("merged_id", name=op.f("pk_dossier_merges")),
    )
    op.create_index(op.f("ix_dossier_merges_dossier_id"), "dossier_merges", ["dossier_id"])


def downgrade() -> None:
    """Back. What was inferred or corrected reads as stated: there is no other word for it there."""
    for table in ("dossier_merges", "documents", "interests", "topic_statuses"):
        op.drop_table(table)
    op.execute("UPDATE dossier_fields SET state = 'stated' WHERE state IN ('inferred', 'corrected')")
    with op.batch_alter_table("dossier_fields") as fields:
        for name in ("agent_id", "settled_by"):
            fields.drop_constraint(op.f(f"fk_dossier_fields_{name}"), type_="foreignkey")
        for name in ("agent_id", "settled_by", "settled_at"):
            fields.drop_column(name)
