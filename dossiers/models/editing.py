"""What editors have to look at."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime


class Verdict(StrEnum):
    """What a person says of an answer."""

    HELPED = "helped"
    NOT_HELPED = "not_helped"


class EditorTask(Base):
    """Something an editor must look at, found while answering. One open row for each kind and subject."""

    __tablename__ = "editor_tasks"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(120))
    article: Mapped[str | None] = mapped_column(String(120))
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Feedback(Base):
    """What a person said of one answer; goes when the message goes. ``read_at``: when an editor had read it."""

    __tablename__ = "feedback"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    article: Mapped[str] = mapped_column(String(120), index=True)
    verdict: Mapped[Verdict] = mapped_column(String(10))
    comment: Mapped[str | None] = mapped_column(Text)
    given_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    read_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))


class SettledQuestion(Base):
    """A question without an answer that an editor has dealt with. Its words stay in the message alone."""

    __tablename__ = "settled_questions"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"))
    settled_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
