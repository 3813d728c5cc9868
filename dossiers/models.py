"""The tables. Columns say what they hold; rules for changing them live in the services beside this file."""

from __future__ import annotations

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dossiers.database import Base, UtcDateTime


def new_id() -> str:
    """An unguessable id."""
    return uuid.uuid4().hex


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


class FieldState(StrEnum):
    """How the value of a dossier's field is known."""

    STATED = "stated"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What a person says of an answer."""

    HELPED = "helped"
    NOT_HELPED = "not_helped"


class Person(Base):
    """Somebody who writes to the service. Holds nothing that identifies them."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Agent(Base):
    """A human pre-care agent who can log in to the desk."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AgentSession(Base):
    """A log-in. Only hashes of its secrets are kept, so that a copy of the database opens no desk."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    agent: Mapped[Agent] = relationship(lazy="joined")


class LoginAttempt(Base):
    """A failed log-in, for throttling."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Conversation(Base):
    """One exchange with one person. ``channel``: where the person wrote last; answers go there. Speaker, agent and
    lease change only through `dossiers.floor`. ``turn_until``: somebody works through its inbox until then."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_speaker", "speaker", "last_message_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64))
    municipality: Mapped[str | None] = mapped_column(String(60))
    speaker: Mapped[Speaker] = mapped_column(String(10), default=Speaker.BOT)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    failed_turns: Mapped[int] = mapped_column(default=0)
    missed_turns: Mapped[int] = mapped_column(default=0)
    turn_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_message_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    agent: Mapped[Agent | None] = relationship(lazy="raise_on_sql")


class Address(Base):
    """Where a person is reached on a platform: a Telegram chat, a WhatsApp number.

    ``key`` is a keyed hash by which it is found, ``sealed`` the address itself, encrypted (`dossiers.sealing`). It
    belongs to one conversation; moving on with a code moves it to another. ``heard_at``: the person's last message on
    it; ``stopped_at``: they asked us to write no more; ``agreed_at``: they agreed to be written to first.
    """

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("channel", "key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    agreed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


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


class InboxItem(Base):
    """An incoming message, stored under the platform's own id before anything is done with it."""

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


class OutboxItem(Base):
    """One delivery of a message to a person. The row commits together with the message.

    ``address_id``: on which address, none on the web; ``claimed_until``: a sender works on it until then;
    ``template``: the approved template to send instead of the text (`{"name", "language", "values"}`);
    ``error``: why it failed, in one word.
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


class ResumeCode(Base):
    """A short-lived code that moves a conversation to another channel, once. Only a keyed hash is kept."""

    __tablename__ = "resume_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Handover(Base):
    """One time that a conversation went to people: asked, taken, closed."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))


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
    """One statement about one field. A newer one replaces it: the older row stays, with ``replaced_at``."""

    __tablename__ = "dossier_fields"
    __table_args__ = (Index("ix_dossier_fields_dossier_key", "dossier_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[str | None] = mapped_column(Text)
    state: Mapped[FieldState] = mapped_column(String(10))
    stated_by: Mapped[Sender] = mapped_column(String(10))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    stated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class PlanRecord(Base):
    """What a person's plan is made from. The plan itself is not stored: it is made anew every day it is looked at.

    ``link_id`` is what the links to it carry; ``revision`` grows with every change of the profile.
    """

    __tablename__ = "plans"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    profile: Mapped[dict[str, Any]] = mapped_column(JSON)
    link_id: Mapped[str] = mapped_column(String(32), unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ConsentRecord(Base):
    """That a person agreed to a text, word for word, and when they took it back."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    text_version: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    given_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


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
