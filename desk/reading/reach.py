"""On which channels a person can be reached, and what may be written to them now. Never the number or chat id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.outbox import WEB, WINDOWS
from desk import labels
from dossiers import conversations
from dossiers.models import Address, Conversation, InboxItem, OutboxItem

SOON = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to a person. ``next``: the next answer goes here; the moments are those of `dossiers.models.Address`."""

    name: str
    since: dt.datetime
    next: bool
    heard_at: dt.datetime | None = None
    stopped_at: dt.datetime | None = None
    agreed_at: dt.datetime | None = None


class Free(StrEnum):
    """Whether words of our own reach the person on their current channel. ``elsewhere``: their address belongs to
    another conversation by now."""

    ALWAYS = "always"
    OPEN = "open"
    CLOSED = "closed"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Window:
    """What may be written now. ``until``: until when words of our own are taken, or were; ``templates``: whether the
    channel has approved templates; ``agreed``: whether the person agreed to be written to first."""

    free: Free
    channel: str
    until: dt.datetime | None = None
    templates: bool = False
    agreed: bool = False

    @property
    def takes_words(self) -> bool:
        """Whether an answer of one's own would be sent."""
        return self.free in (Free.ALWAYS, Free.OPEN)

    @property
    def takes_templates(self) -> bool:
        """Whether an approved template would be sent."""
        return self.templates and self.free in (Free.OPEN, Free.CLOSED)

    def closes_soon(self, now: dt.datetime) -> bool:
        """Whether the agent should hurry."""
        return self.free is Free.OPEN and self.until is not None and self.until - now < SOON


def channels(session: Session, conversation: Conversation) -> Sequence[Channel]:
    """Every way to a person, the oldest first."""
    found = [
        Channel(
            labels.spoken(labels.CHANNELS, address.channel),
            address.created_at,
            address.channel == conversation.channel,
            address.heard_at,
            address.stopped_at,
            address.agreed_at,
        )
        for address in conversations.addresses(session, conversation.id)
    ]
    if (since := _on_the_website_since(session, conversation)) is not None:
        found.append(Channel(labels.CHANNELS[WEB], since, conversation.channel == WEB))
    return sorted(found, key=lambda channel: channel.since)


def _on_the_website_since(session: Session, conversation: Conversation) -> dt.datetime | None:
    """When the person was first on the website; None when they never were."""
    heard = select(func.min(InboxItem.received_at)).where(
        InboxItem.conversation_id == conversation.id, InboxItem.channel == WEB
    )
    told = select(func.min(OutboxItem.created_at)).where(
        OutboxItem.conversation_id == conversation.id, OutboxItem.channel == WEB
    )
    known = [moment for moment in (session.scalar(heard), session.scalar(told)) if moment is not None]
    if known:
        return min(known)
    return conversation.created_at if conversation.channel == WEB else None


def window(session: Session, conversation: Conversation, now: dt.datetime) -> Window:
    """What may be written to a person on the channel where they wrote last."""
    name = labels.spoken(labels.CHANNELS, conversation.channel)
    address = conversations.current_address(session, conversation)
    if conversation.channel == WEB:
        return Window(Free.ALWAYS, name)
    if address is None:
        return Window(Free.ELSEWHERE, name)
    return window_of(address, now)


def window_of(address: Address, now: dt.datetime) -> Window:
    """What may be written to an address."""
    name, lasts = labels.spoken(labels.CHANNELS, address.channel), WINDOWS.get(address.channel)
    until = address.heard_at + lasts if lasts else None
    free = Free.ALWAYS if until is None else Free.OPEN if until > now else Free.CLOSED
    return Window(
        free=Free.STOPPED if address.stopped_at else free,
        channel=name,
        until=until,
        templates=until is not None,
        agreed=address.agreed_at is not None,
    )
