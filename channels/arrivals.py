"""Brings what a platform delivers to the right conversation, in one transaction, once.

Somebody new gets a conversation and the notice of what is kept; who comes with a code goes on with an earlier
conversation; who asks us to stop gets one last message. Rows are locked in one order, the conversation before its
addresses, so that two deliveries at once wait for each other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from channels import inbox, outbox
from channels.incoming import Incoming
from channels.resume import linking
from channels.resume.codes import Codes, TooManyTries
from dossiers import conversations, feedback
from dossiers.conversations import Said
from dossiers.database import Database, locked
from dossiers.models import Address, Conversation, Kind, Message, OutboxItem, OutboxState, Sender, SentPart, Verdict
from dossiers.sealing import Sealer
from knowledge.wording import say

log = structlog.get_logger(__name__)

LIKED, DISLIKED = frozenset("👍❤🔥🥰👏🎉💯"), frozenset("👎💩🤬😡")
OUR_KEY = re.compile(r"([0-9]{1,10})\.([0-9]{1,3})")  # of a part: its message's row and its place
DEADLOCK = "40P01"  # PostgreSQL ends one of two that wait for each other: two chats that change places
TRIES = 4


class ChangedMeanwhile(Exception):
    """Another delivery or the widget moved or ended the address while this one waited for it."""


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
    """Where a message was stored; ``new``: False when it was here already (perhaps before its address was unlinked)."""

    conversation_id: str
    address_id: str | None
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
        """Stores one message under the platform's id; taking it again changes nothing, wherever the address is now."""
        incoming = arrival.incoming
        incoming = replace(
            incoming,
            external_id=self.sealer.mark(arrival.channel, incoming.external_id),
            edits=None if incoming.edits is None else self.sealer.mark(arrival.channel, incoming.edits),
            text=_storable(incoming.text),
        )
        return self._at_once(lambda session: self._take(session, arrival, incoming, self.clock()))

    def blocked(self, channel: str, address: str) -> str | None:
        """The person blocked us: what waits is given up and nothing more is sent until they write again. Returns the
        conversation; None when the address is not known."""

        def block(session: Session) -> str | None:
            found = _found(session, channel, self.sealer.mark("address", channel, address))
            if found is None:
                return None
            now = self.clock()
            outbox.stop(session, found[0].id, now)
            found[0].stopped_at, found[0].agreed_at = now, None
            return found[1].id

        return self._at_once(block)

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

        def keep(session: Session) -> None:
            if key is not None:
                _adopt(session, channel, key, mark, now)
            outbox.receipt(session, mark, state, error, now)

        self._at_once(keep)

    def _at_once[T](self, work: Callable[[Session], T]) -> T:
        """Does it in one transaction, from the start again when another one came in between."""
        for _ in range(TRIES - 1):
            try:
                with self.database.write() as session:
                    return work(session)
            except (IntegrityError, StaleDataError, ChangedMeanwhile, OperationalError) as error:
                if isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) != DEADLOCK:
                    raise
                log.info("arrival_tried_again", reason=type(error).__name__)
        with self.database.write() as session:
            return work(session)

    def _take(self, session: Session, arrival: Arrival, incoming: Incoming, now: dt.datetime) -> Stored:
        key = self.sealer.mark("address", arrival.channel, arrival.address)
        found = _found(session, arrival.channel, key)
        earlier = inbox.taken(session, arrival.channel, incoming.external_id)
        if earlier is not None:
            return Stored(earlier, found[0].id if found else None, new=False)
        target = None
        if arrival.code is not None:
            target = self._redeemed(session, arrival.code, key, now)
            right = {"kind": Kind.MOVED, "text": ""} if target is not None else {"kind": Kind.WRONG_CODE}
            incoming = replace(incoming, command=None, **right)
        ended = found is not None and found[1].ended_at is not None and incoming.kind is not Kind.STOP
        fresh = found is None or (ended and target is None) or _only_stopped(session, *found)
        if ended and target is None:
            target, _ = conversations.start(session, channel=arrival.channel, municipality=None, now=now)
        if found is None:
            address, conversation = self._new_address(session, arrival, key, target, now)
        else:
            address, conversation = found
            if target is not None and target.id != conversation.id:
                linking.move(session, address, conversation, target, now)
                conversation = target
        conversation.channel, address.heard_at = address.channel, now
        if incoming.kind is Kind.STOP:
            _stop(session, address, conversation, incoming, now)
        else:
            address.stopped_at = None
            if fresh:
                self._give_notice(session, conversation, now)
            _receive(session, address, conversation, incoming, now)
        return Stored(conversation.id, address.id, new=True)

    def _redeemed(self, session: Session, code: str, key: str, now: dt.datetime) -> Conversation | None:
        """The conversation of a code, locked; None when the code is wrong or too many were tried."""
        try:
            target = self.codes.redeem(session, code, key, now)
        except TooManyTries:
            return None
        return None if target is None else _locked(session, target.id)

    def _new_address(
        self, session: Session, arrival: Arrival, key: str, target: Conversation | None, now: dt.datetime
    ) -> tuple[Address, Conversation]:
        """Somebody who never wrote on this channel: in the conversation of their code, else in one of their own."""
        if target is not None:
            linking.make_room(session, target, arrival.channel, now)
        else:
            target, _ = conversations.start(session, channel=arrival.channel, municipality=None, now=now)
        address = Address(
            conversation_id=target.id,
            channel=arrival.channel,
            key=key,
            sealed=self.sealer.seal(arrival.address),
            created_at=now,
            heard_at=now,
        )
        session.add(address)
        session.flush()
        return address, target

    def _give_notice(self, session: Session, conversation: Conversation, now: dt.datetime) -> None:
        text = say("privacy_first", url=self.privacy_url) if self.privacy_url else say("privacy_first_short")
        conversations.add(session, conversation, Sender.SYSTEM, Said(text), now)


def _found(session: Session, channel: str, key: str) -> tuple[Address, Conversation] | None:
    """An address and its conversation, which is locked.

    Raises:
        ChangedMeanwhile: it was moved or ended before the lock was there.
    """
    statement = select(Address).where(Address.channel == channel, Address.key == key)
    address = session.scalars(statement).first()
    if address is None:
        return None
    conversation = _locked(session, address.conversation_id)
    again = session.scalars(statement.execution_options(populate_existing=True)).first()
    if again is None or again.conversation_id != conversation.id:
        raise ChangedMeanwhile
    return again, conversation


def _locked(session: Session, conversation_id: str) -> Conversation:
    """A conversation as it is once its lock is held.

    Raises:
        ChangedMeanwhile: it was erased.
    """
    statement = select(Conversation).where(Conversation.id == conversation_id)
    found = session.scalars(locked(statement, session).execution_options(populate_existing=True)).first()
    if found is None:
        raise ChangedMeanwhile
    return found


def _only_stopped(session: Session, address: Address, conversation: Conversation) -> bool:
    """Whether nothing but a request to stop ever came, so that the person was told nothing yet."""
    said = [Message.conversation_id == conversation.id, Message.sender == Sender.PERSON, Message.kind != Kind.STOP]
    return address.stopped_at is not None and not session.scalar(select(exists().where(*said)))


def _receive(
    session: Session, address: Address, conversation: Conversation, incoming: Incoming, now: dt.datetime
) -> None:
    outbox.window_opened(session, address.id, now)
    key = incoming.external_id
    if incoming.kind is Kind.EDIT and inbox.change(session, conversation, incoming, now, key=key):
        return
    try:
        inbox.receive(session, conversation, incoming, now, key=key)
    except inbox.NotOffered:
        other = replace(incoming, kind=Kind.OTHER, payload=None, choice=None)
        inbox.receive(session, conversation, other, now, key=key)


def _stop(session: Session, address: Address, conversation: Conversation, incoming: Incoming, now: dt.datetime) -> None:
    said, key = Said(incoming.text or say("sent_stop")), incoming.external_id
    message = conversations.add(session, conversation, Sender.PERSON, said, now, client_id=key, kind=Kind.STOP)
    inbox.note(session, message, address.channel, key, now)
    if address.stopped_at is not None:
        return  # the last message was sent, or is on its way
    outbox.stop(session, address.id, now)
    conversations.add(session, conversation, Sender.SYSTEM, Said(say("stopped")), now)
    address.stopped_at, address.agreed_at = now, None


def _storable(text: str) -> str:
    """The text without what no database takes: a message that cannot be stored would come again for ever."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _adopt(session: Session, channel: str, key: str, mark: str, now: dt.datetime) -> None:
    ours = OUR_KEY.fullmatch(key)
    if ours is None or int(ours[1]) > inbox.LARGEST_ID:
        return
    item = session.get(OutboxItem, int(ours[1]))
    if item is not None and item.channel == channel:
        outbox.part_sent(session, item.id, int(ours[2]), mark, None, now)


def _verdict(emoji: str | None) -> Verdict | None:
    first = (emoji or "")[:1]
    if first in LIKED and first:
        return Verdict.HELPED
    return Verdict.NOT_HELPED if first and first in DISLIKED else None
