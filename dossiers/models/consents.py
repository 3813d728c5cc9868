"""What people agreed to."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime


class Where(StrEnum):
    """Where somebody agreed or took it back. ``service``: we ended it ourselves, because it did not say enough."""

    CHAT = "chat"
    SITE = "site"
    MY_DATA = "mydata"
    DESK = "desk"
    SERVICE = "service"


class ConsentRecord(Base):
    """That a person agreed to a text, word for word, and when they took it back.

    One row a purpose and ``partner`` (empty: the purpose concerns no partner). The message is the one that gave it;
    on a page there is none. ``withdrawn_in`` is empty for what was taken back before this was written down.
    """

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_purpose_partner", "purpose", "partner", "withdrawn_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    partner: Mapped[str] = mapped_column(String(40), default="", server_default="")
    text_version: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    given_in: Mapped[Where] = mapped_column(String(10), default=Where.CHAT, server_default="chat")
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    given_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    withdrawn_in: Mapped[Where | None] = mapped_column(String(10))
    withdrawn_message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
