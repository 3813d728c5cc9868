"""The pre-care dossier: what was stated, how far each topic is, what somebody wishes, which documents there are."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime
from dossiers.models.conversations import Sender
from dossiers.models.ids import new_id


class FieldState(StrEnum):
    """How the value of a dossier's field is known. ``inferred``: the assistant concluded it, nobody said it;
    ``corrected``: an agent put it in the place of what was said."""

    STATED = "stated"
    SKIPPED = "skipped"
    INFERRED = "inferred"
    CORRECTED = "corrected"


class TopicState(StrEnum):
    """How far a topic of a dossier is."""

    NOT_LOOKED_AT = "not_looked_at"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DONE = "done"
    NOT_FOR_THEM = "not_for_them"


class DocumentState(StrEnum):
    """What is known of a document. Only what was ``received`` is a file of ours, until it was checked or deleted."""

    NEEDED = "needed"
    HELD = "held"
    ASKED = "asked"
    RECEIVED = "received"
    CHECKED = "checked"
    DELETED = "deleted"


class Dossier(Base):
    """A person's pre-care dossier. At most one for a person."""

    __tablename__ = "dossiers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class DossierField(Base):
    """One statement about one field. A newer one replaces it: the older row stays, with ``replaced_at``.

    ``agent_id``: which agent, when one stated it; ``settled_at``: that a later statement differs needs no look any
    more, because the person corrected themselves or an agent (``settled_by``) found out which is right.
    """

    __tablename__ = "dossier_fields"
    __table_args__ = (Index("ix_dossier_fields_dossier_key", "dossier_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[str | None] = mapped_column(Text)
    state: Mapped[FieldState] = mapped_column(String(10))
    stated_by: Mapped[Sender] = mapped_column(String(10))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    stated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))


class TopicStatus(Base):
    """How far a topic was at a moment. Rows are only added: the newest of a topic holds. ``waits_for``: for whom or
    what, while it is waiting."""

    __tablename__ = "topic_statuses"
    __table_args__ = (Index("ix_topic_statuses_dossier_topic", "dossier_id", "topic", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(40))
    state: Mapped[TopicState] = mapped_column(String(20))
    waits_for: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    set_by: Mapped[Sender] = mapped_column(String(10))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    set_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Interest(Base):
    """That a person wants something, or does not. Rows are only added: the newest of a key holds."""

    __tablename__ = "interests"
    __table_args__ = (Index("ix_interests_dossier_key", "dossier_id", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    wanted: Mapped[bool]
    stated_by: Mapped[Sender] = mapped_column(String(10))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    stated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Document(Base):
    """A document that matters for a person. It is listed, not stored, unless an agent asks for it.

    ``reason``, ``asked_by``, ``asked_at``, ``last_day``: the request. ``file_name`` (a random id in the vault),
    ``sealed_key`` (the key of that one file, sealed), ``media_type``, ``size``, ``scanned``: the file, while there is
    one. Without the key the bytes of the file are of no use to anybody.
    """

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[DocumentState] = mapped_column(String(12), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    asked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_day: Mapped[dt.date | None] = mapped_column(Date)
    file_name: Mapped[str | None] = mapped_column(String(32), unique=True)
    sealed_key: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str | None] = mapped_column(String(40))
    size: Mapped[int | None]
    scanned: Mapped[bool | None]
    received_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class DossierMerge(Base):
    """That another dossier of the same person became part of this one. ``merged_id``: what its id was;
    ``plan``: what its plan was made from, when the plan of this one took its place."""

    __tablename__ = "dossier_merges"

    merged_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    merged_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
