"""Who may use the desk."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dossiers.database import Base, UtcDateTime
from dossiers.models.ids import new_id


class Role(StrEnum):
    """What somebody does at the desk. One person may have several; `desk.permissions` says what each may do."""

    AGENT = "agent"
    EDITOR = "editor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"
    PRIVACY_OFFICER = "privacy_officer"


class Agent(Base):
    """Somebody who can log in to the desk. ``roles``: values of `Role`; ``password_hash`` empty: no password.

    ``roles_set_by``: the agent who gave the roles, None: a command or the log-in of the organisation.
    ``second_factor_since``: since when a role asks for a second factor. ``second_factor_exempt``: the agent of the
    demonstration, who needs none on a machine of their own.
    """

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON, default=lambda: [str(Role.AGENT)])
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    roles_set_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    roles_set_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    second_factor_since: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    second_factor_exempt: Mapped[bool] = mapped_column(default=False, server_default="0")


class AgentSession(Base):
    """A log-in. Only hashes of its secrets are kept, so that a copy of the database opens no desk.

    ``id`` names it on pages and opens nothing. ``device``: the kind of browser, in words. ``way``: how the agent logged
    in. ``strong``: with a second factor.
    """

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True, default=new_id)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(60), default="")
    way: Mapped[str] = mapped_column(String(20), default="password")
    strong: Mapped[bool] = mapped_column(default=False)
    agent: Mapped[Agent] = relationship(lazy="joined")


class LoginAttempt(Base):
    """A failed log-in, for throttling."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class LoginStep(Base):
    """A log-in that is half done: the password was right and a code is asked for, or the browser is at the provider.

    ``data``: what the second half is compared with. Short-lived, and used once.
    """

    __tablename__ = "login_steps"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class SecondFactor(Base):
    """The secret of an agent's authenticator app, sealed. ``last_step``: of the last code that was accepted."""

    __tablename__ = "second_factors"

    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int | None]


class RecoveryCode(Base):
    """A code for an agent without their phone. Only a keyed hash is kept; it goes when it is used."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)


class Invitation(Base):
    """A link by which somebody makes their account their own: once, and not for long."""

    __tablename__ = "invitations"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Identity(Base):
    """Who an agent is at the organisation's own log-in (OpenID Connect)."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("agent_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    linked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
