"""log-in from elsewhere, second factors and sessions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Everybody logs in anew: earlier sessions do not say how they were opened."""
    with op.batch_alter_table("agents") as agents:
        agents.add_column(sa.Column("roles_set_by", sa.String(length=32), nullable=True))
        agents.add_column(sa.Column("roles_set_at", sa.DateTime(timezone=True), nullable=True))
        agents.add_column(sa.Column("second_factor_since", sa.DateTime(timezone=True), nullable=True))
        agents.add_column(sa.Column("second_factor_exempt", sa.Boolean(), server_default="0", nullable=False))
        agents.create_foreign_key(
            op.f("fk_agents_roles_set_by"), "agents", ["roles_set_by"], ["id"], ondelete="SET NULL"
        )
    op.execute("DELETE FROM agent_sessions")
    with op.batch_alter_table("agent_sessions") as sessions:
        sessions.add_column(sa.Column("id", sa.String(length=32), nullable=False))
        sessions.add_column(sa.Column("device", sa.String(length=60), nullable=False))
        sessions.add_column(sa.Column("way", sa.String(length=20), nullable=False))
        sessions.add_column(sa.Column("strong", sa.Boolean(), nullable=False))
        sessions.create_unique_constraint(op.f("uq_agent_sessions_id"), ["id"])
    _log_in_tables()
    _link_tables()


def _agent(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f(f"fk_{table}_agent_id"), ondelete="CASCADE")


def _log_in_tables() -> None:
    op.create_table(
        "login_steps",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _agent("login_steps"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_steps")),
    )
    op.create_index(op.f("ix_login_steps_agent_id"), "login_steps", ["agent_id"])
    op.create_table(
        "second_factors",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        _agent("second_factors"),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        _agent("recovery_codes"),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_agent_id"), "recovery_codes", ["agent_id"])


def _link_tables() -> None:
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _agent("invitations"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_invitations_agent_id")),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        _agent("identities"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
        sa.UniqueConstraint("agent_id", "issuer", name=op.f("uq_identities_agent_id_issuer")),
    )


def downgrade() -> None:
    """Back."""
    for table in ("identities", "invitations", "recovery_codes", "second_factors", "login_steps"):
        op.drop_table(table)
    with op.batch_alter_table("agent_sessions") as sessions:
        sessions.drop_constraint(op.f("uq_agent_sessions_id"), type_="unique")
        for column in ("strong", "way", "device", "id"):
            sessions.drop_column(column)
    with op.batch_alter_table("agents") as agents:
        agents.drop_constraint(op.f("fk_agents_roles_set_by"), type_="foreignkey")
        for column in ("second_factor_exempt", "second_factor_since", "roles_set_at", "roles_set_by"):
            agents.drop_column(column)
