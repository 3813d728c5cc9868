"""Conversations and what is said in them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dossiers.database import Base, UtcDateTime
from dossiers.models.accounts import Agent
from dossiers.models.ids import new_id


class Speaker(StrEnum):
    """Who has the floor of a conversation."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"


class Sender(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Kind(StrEnum):
    """What a person sent. Only the words of it are kept: files, places and contacts stay with the platform."""

    TEXT = "text"
    CHOICE = "choice"
    COMMAND = "command"
    EDIT = "edit"
    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    STOP = "stop"
    CODE = "code"
    MOVED = "moved"
    WRONG_CODE = "wrong_code"
    OTHER = "other"


class Conversation(Base):
    """One exchange with one person. ``channel``: where the person wrote last; answers go there. ``team_id``: whose
    colleagues serve it, none: all. Speaker, agent and lease change only through `dossiers.floor`. ``turn_until``:
    somebody works through its inbox until then. ``ended_at``: the person ended it; writing again begins a new one."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_speaker", "speaker", "last_message_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64))
    municipality: Mapped[str | None] = mapped_column(String(60))
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"), index=True)
    speaker: Mapped[Speaker] = mapped_column(String(10), default=Speaker.BOT)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    failed_turns: Mapped[int] = mapped_column(default=0)
    missed_turns: Mapped[int] = mapped_column(default=0)
    turn_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_message_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    agent: Mapped[Agent | None] = relationship(lazy="raise_on_sql")


class Message(Base):
    """One message as it was said. Ids grow with time within a conversation."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_messages_conversation_id_id", "conversation_id", "id"),
        Index("ix_messages_article_created_at", "article", "created_at"),
        Index("ix_messages_outcome_created_at", "outcome", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    sender: Mapped[Sender] = mapped_column(String(10))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[Kind] = mapped_column(String(12), default=Kind.TEXT)
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(30))
    article: Mapped[str | None] = mapped_column(String(120))
    facts: Mapped[list[str]] = mapped_column(JSON, default=list)
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    options: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    plan: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    client_id: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
