"""Brings what a platform delivers to the right conversation, in one transaction, once.

Somebody new gets a conversation and the notice of what is kept; who comes with a code goes on with an earlier
conversation; who asks us to stop gets one last message.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import inbox, outbox
from channels.incoming import Incoming
from channels.resume.codes import Codes, TooManyTries
from dossiers import conversations, feedback
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Address, Conversation, Kind, OutboxItem, OutboxState, Sender, SentPart, Verdict
from dossiers.sealing import Sealer
from knowledge.wording import say

LIKED, DISLIKED = frozenset("👍❤🔥🥰👏🎉💯"), frozenset("👎💩🤬😡")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as a platform brought it. ``address``: the platform's own address of the person; ``code``: a code to
    go on with an earlier conversation, when one came with it."""

    channel: str
    address: str
    incoming: Incoming
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a message was stored; ``new``: False when it was here already."""

    conversation_id: str
    address_id: str
    new: bool


class Arrivals:
    """Stores arrivals; see `take`."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        codes: Codes,
        clock: Callable[[], dt.datetime],
        *,
        privacy_url: str = "",
    ) -> None:
        self.database, self.sealer, self.codes, self.clock = database, sealer, codes, clock
        self.privacy_url = privacy_url

    def take(self, arrival: Arrival) -> Stored:
        """Stores one message under the platform's id; taking it again changes nothing."""
        incoming = replace(arrival.incoming, external_id=self._mark(arrival, arrival.incoming.external_id))
        if incoming.edits is not None:
            incoming = replace(incoming, edits=self._mark(arrival, incoming.edits))
        now = self.clock()
        with self.database.write() as session:
            address, conversation = self._address(session, arrival, now)
            if arrival.code is not None and not _known(session, conversation.id, incoming.external_id):
                conversation, incoming = self._go_on(session, address, conversation, incoming, arrival.code, now)
            new = self._store(session, address, conversation, incoming, now)
            return Stored(conversation.id, address.id, new)

    def react(self, channel: str, platform_id: str, emoji: str | None) -> bool:
        """Keeps a thumb on an answer as what the person thinks of it. False: it says nothing about an answer."""
        verdict = _verdict(emoji)
        if verdict is None:
            return False
        with self.database.write() as session:
            statement = (
                select(OutboxItem)
                .join(SentPart, SentPart.outbox_id == OutboxItem.id)
                .where(SentPart.platform_id == self.sealer.mark(channel, platform_id))
            )
            item = session.scalars(statement).first()
            if item is None:
                return False
            try:
                feedback.give(session, item.conversation_id, item.message_id, verdict, None, self.clock())
            except feedback.NotAnAnswer:
                return False
        return True

    def receipt(
        self, channel: str, platform_id: str, state: OutboxState, *, key: str | None = None, error: str | None = None
    ) -> None:
        """What a platform tells of a message later. ``key``: ours, by which a message is known whose sender died
        before it could keep the platform's id."""
        mark, now = self.sealer.mark(channel, platform_id), self.clock()
        with self.database.write() as session:
            if key is not None:
                _adopt(session, channel, key, mark, now)
            outbox.receipt(session, mark, state, error, now)

    def _mark(self, arrival: Arrival, platform_id: str) -> str:
        return self.sealer.mark(arrival.channel, platform_id)

    def _address(self, session: Session, arrival: Arrival, now: dt.datetime) -> tuple[Address, Conversation]:
        key = self.sealer.mark("address", arrival.channel, arrival.address)
        statement = select(Address).where(Address.channel == arrival.channel, Address.key == key)
        address = session.scalars(statement).first()
        if address is not None:
            return address, session.get_one(Conversation, address.conversation_id)
        conversation, _ = conversations.start(session, channel=arrival.channel, municipality=None, now=now)
        sealed = self.sealer.seal(arrival.address)
        address = Address(
            conversation_id=conversation.id,
            channel=arrival.channel,
            key=key,
            sealed=sealed,
            created_at=now,
            heard_at=now,
        )
        session.add(address)
        session.flush()
        if arrival.incoming.kind is not Kind.STOP:
            text = say("privacy_first", url=self.privacy_url) if self.privacy_url else say("privacy_first_short")
            conversations.add(session, conversation, Sender.SYSTEM, Said(text), now)
        return address, conversation

    def _go_on(
        self,
        session: Session,
        address: Address,
        conversation: Conversation,
        incoming: Incoming,
        code: str,
        now: dt.datetime,
    ) -> tuple[Conversation, Incoming]:
        """Moves the address to the conversation of a code. The address keeps only one."""
        try:
            moved_to = self.codes.redeem(session, code, address.key, now)
        except TooManyTries:
            moved_to = None
        if moved_to is None:
            return conversation, replace(incoming, kind=Kind.WRONG_CODE, command=None)
        outbox.move(session, address.id, now)
        before = session.scalars(
            select(Address).where(Address.conversation_id == moved_to.id, Address.channel == address.channel)
        ).first()
        if before is not None and before.id != address.id:
            session.delete(before)
        address.conversation_id = moved_to.id
        session.flush()
        return moved_to, replace(incoming, kind=Kind.MOVED, text="", command=None)

    def _store(
        self, session: Session, address: Address, conversation: Conversation, incoming: Incoming, now: dt.datetime
    ) -> bool:
        if _known(session, conversation.id, incoming.external_id):
            return False
        conversation.channel = address.channel
        address.heard_at = now
        if incoming.kind is Kind.STOP:
            self._stop(session, address, conversation, incoming, now)
            return True
        address.stopped_at = None
        outbox.window_opened(session, address.id, now)
        if incoming.kind is Kind.EDIT and inbox.change(session, conversation, incoming):
            return True
        try:
            inbox.receive(session, conversation, incoming, now)
        except inbox.NotOffered:
            other = replace(incoming, kind=Kind.OTHER, payload=None, choice=None)
            inbox.receive(session, conversation, other, now)
        return True

    def _stop(
        self, session: Session, address: Address, conversation: Conversation, incoming: Incoming, now: dt.datetime
    ) -> None:
        said = Said(incoming.text or say("sent_stop"))
        conversations.add(
            session, conversation, Sender.PERSON, said, now, client_id=incoming.external_id, kind=Kind.STOP
        )
        outbox.stop(session, address.id, now)
        conversations.add(session, conversation, Sender.SYSTEM, Said(say("stopped")), now)
        address.stopped_at, address.agreed_at = now, None


def _known(session: Session, conversation_id: str, external_id: str) -> bool:
    return conversations.by_client_id(session, conversation_id, external_id) is not None


def _adopt(session: Session, channel: str, key: str, mark: str, now: dt.datetime) -> None:
    outbox_id, _, part = key.partition(".")
    if not (outbox_id.isascii() and outbox_id.isdigit() and part.isascii() and part.isdigit()):
        return
    item = session.get(OutboxItem, int(outbox_id))
    if item is not None and item.channel == channel:
        outbox.part_sent(session, item.id, int(part), mark, None, now)


def _verdict(emoji: str | None) -> Verdict | None:
    first = (emoji or "")[:1]
    if first in LIKED and first:
        return Verdict.HELPED
    return Verdict.NOT_HELPED if first and first in DISLIKED else None
