"""Messages on their way in and out."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime


class InboxState(StrEnum):
    """How far an incoming message has come. ``dead``: set aside after repeated failure, shown on the desk."""

    RECEIVED = "received"
    DONE = "done"
    DEAD = "dead"


class OutboxState(StrEnum):
    """How far an outgoing message has come. ``sending``: given to the platform, whose answer is not known yet;
    ``failed``: refused for now and tried again; ``dead``: given up, shown on the desk."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    DEAD = "dead"


class InboxItem(Base):
    """An incoming message, stored under the platform's own id before anything is done with it. ``put_away_at``: it is
    dead, and an agent saw that nothing can be done."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_inbox_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(120))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    payload: Mapped[str | None] = mapped_column(Text)
    state: Mapped[InboxState] = mapped_column(String(10), default=InboxState.RECEIVED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    put_away_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class OutboxItem(Base):
    """One delivery of a message to a person. The row commits together with the message.

    ``address_id``: on which address, none on the web; ``claimed_until``: a sender works on it until then;
    ``template``: the approved template to send instead of the text (`{"name", "language", "values"}`);
    ``error``: why it failed, in one word; ``put_away_at``: it is dead, and an agent saw that nothing can be done.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_due", "state", "due_at"),
        Index("ix_outbox_channel_state", "channel", "state", "address_id", "id"),
        Index("ix_outbox_address_id_state", "address_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    address_id: Mapped[str | None] = mapped_column(ForeignKey("addresses.id", ondelete="SET NULL"))
    template: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[OutboxState] = mapped_column(String(10), default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(60))
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    put_away_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SentPart(Base):
    """One message that a platform took: a long answer is sent in parts. ``platform_id``: a keyed hash of the
    platform's own id, by which receipts and reactions find it; ``number``: the id itself where it is a plain number;
    ``state``: what receipts said of this part."""

    __tablename__ = "sent_parts"
    __table_args__ = (UniqueConstraint("platform_id"),)

    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[OutboxState] = mapped_column(String(10), default=OutboxState.SENT)
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
