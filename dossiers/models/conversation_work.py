"""What colleagues keep beside a conversation while they work on it. None of it is ever sent to a person."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime
from dossiers.models.ids import new_id


class Note(Base):
    """What a colleague wrote for colleagues."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Mention(Base):
    """That a note names a colleague, and when that colleague saw it."""

    __tablename__ = "mentions"

    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class PreparedAnswer(Base):
    """A text that is used often, with gaps. ``owner_id``: only for this agent; ``team_id``: for this team; neither: for
    everybody. ``revision`` changes with every change."""

    __tablename__ = "prepared_answers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    shortcut: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))


class ReplyDraft(Base):
    """What an agent has typed and not sent. ``articles``: whose sources will go along; ``revision``: a new random word
    with every change, so that one window knows that another one wrote."""

    __tablename__ = "reply_drafts"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)
    text: Mapped[str] = mapped_column(Text)
    articles: Mapped[list[str]] = mapped_column(JSON, default=list)
    revision: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
