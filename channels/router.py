"""Takes one stored message to whoever has the floor, and stores what comes back, in one transaction."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import inbox
from channels.bot_client import BotSilent, BotUnavailable
from channels.incoming import SPOKEN, words
from channels.resume.codes import LIFE, Codes, TooManyTries
from dossiers import choosing, conversations
from dossiers.conversations import Said
from dossiers.database import Database, locked
from dossiers.models import Choice, Conversation, InboxItem, InboxState, Kind, Message, Sender, Speaker
from knowledge.risk import risks
from knowledge.wording import say, say_or

log = structlog.get_logger(__name__)

# What may come with words that can be answered, and what is not looked at itself.
BESIDE_WORDS = frozenset({Kind.PHOTO, Kind.VIDEO, Kind.DOCUMENT, Kind.AUDIO, Kind.VOICE})
TALK_TO_PERSON = "/human"
MY_DATA = "/my_data"
# After these the assistant has helped: questions without an answer are no longer two in a row.
HELPED = frozenset({"answered", "answered_stale", "planned", "referred", "dossier"})
MAX_ATTEMPTS = 4
FAILED_TURNS_TO_QUEUE = 3
BACKOFF = (dt.timedelta(seconds=1), dt.timedelta(seconds=3), dt.timedelta(seconds=8))

Clock = Callable[[], dt.datetime]


class Bot(Protocol):
    """What the router needs of the bot."""

    def turn(self, conversation_id: str, message_id: int, text: str, payload: str | None) -> Awaitable[list[Said]]:
        """Runs one turn."""


class AnsweredMeanwhile(Exception):
    """The message needs no processing any more."""


@dataclass(frozen=True, slots=True)
class Work:
    """A message that is being processed. ``choice``: what it chooses while no colleague is there."""

    item_id: int
    conversation_id: str
    message_id: int
    kind: Kind
    text: str
    payload: str | None
    speaker: Speaker
    channel: str
    attempts: int
    due_at: dt.datetime
    choice: Choice | None = None


def next_work(session: Session, conversation_id: str) -> Work | None:
    """The oldest unprocessed message of a conversation."""
    item = inbox.next_item(session, conversation_id)
    if item is None:
        return None
    message = session.get_one(Message, item.message_id)
    conversation = session.get_one(Conversation, conversation_id)
    kind, text = Kind(message.kind), words(Kind(message.kind), message.text)
    return Work(
        item.id,
        conversation_id,
        message.id,
        kind,
        text,
        item.payload,
        Speaker(conversation.speaker),
        conversation.channel,
        item.attempts,
        item.due_at,
        choosing.meant(session, conversation, item.payload, text) if kind in SPOKEN else None,
    )


class Router:
    """Processes messages; see `process`. ``codes``: makes codes to go on elsewhere for who asks for one; ``data_link``:
    gives the address of the page of one's data, by conversation, also while people have the floor."""

    def __init__(
        self,
        database: Database,
        bot: Bot,
        clock: Clock,
        codes: Codes | None = None,
        data_link: Callable[[str], str] | None = None,
    ) -> None:
        self.database, self.bot, self.clock, self.codes = database, bot, clock, codes
        self.data_link = data_link

    async def process(self, work: Work) -> None:
        """Processes one message to its end: answered, left for people, put off, or set aside."""
        try:
            await self._process(work)
        except AnsweredMeanwhile:
            log.info("turn_dropped", conversation=work.conversation_id, reason="another worker was faster")

    async def _process(self, work: Work) -> None:
        if work.kind not in SPOKEN and not (work.text and work.kind in BESIDE_WORDS):
            await asyncio.to_thread(self._not_words, work)
            return
        if work.choice is not None:
            await asyncio.to_thread(self._choose, work, work.choice)
            return
        if work.speaker is not Speaker.BOT:
            await asyncio.to_thread(self._leave_to_people, work)
            return
        try:
            replies = await self.bot.turn(work.conversation_id, work.message_id, work.text, work.payload)
        except BotUnavailable as error:
            await asyncio.to_thread(self._unavailable, work, str(error))
        except BotSilent as error:
            await asyncio.to_thread(self._apologise, work, str(error) or "silent")
        else:
            await asyncio.to_thread(self._answer, work, replies)

    def set_aside(self, work: Work, reason: str) -> None:
        """Gives up on a message that breaks the processing itself: kept, shown on the desk, the person is told."""
        with self.database.write() as session:
            conversation, item = self._open(session, work)
            item.state, item.error = InboxState.DEAD, reason
            self._add(session, conversation, Said(say("message_stuck"), outcome="failed"), Sender.SYSTEM)
            self._to_queue(session, conversation, "failed")

    def _open(self, session: Session, work: Work) -> tuple[Conversation, InboxItem]:
        """The conversation, locked, and the message.

        Raises:
            AnsweredMeanwhile: another worker was faster, after this one's claim had lapsed, or the person had
                everything erased during the turn.
        """
        statement = select(Conversation).where(Conversation.id == work.conversation_id)
        conversation = session.scalars(locked(statement, session)).one_or_none()
        item = session.get(InboxItem, work.item_id)
        if conversation is None or item is None or item.state != InboxState.RECEIVED:
            raise AnsweredMeanwhile
        return conversation, item

    def _add(self, session: Session, conversation: Conversation, said: Said, sender: Sender) -> None:
        conversations.add(session, conversation, sender, said, self.clock())

    def _to_queue(self, session: Session, conversation: Conversation, reason: str) -> None:
        if conversation.speaker == Speaker.BOT:
            offer = choosing.ask(session, conversation, reason, self.clock(), say("queue_failed_turns"))
            self._add(session, conversation, offer.said(), Sender.SYSTEM)

    def _choose(self, work: Work, choice: Choice) -> None:
        """Somebody chooses to wait, to leave a message, or to go on with the assistant: the bot is not asked."""
        with self.database.write() as session:
            conversation, item = self._open(session, work)
            item.state = InboxState.DONE
            said = choosing.choose(session, conversation, choice, self.clock())
            if said is not None:
                self._add(session, conversation, said, Sender.SYSTEM)

    def _leave_to_people(self, work: Work) -> None:
        with self.database.write() as session:
            conversation, item = self._open(session, work)
            if conversation.speaker == Speaker.BOT:
                return  # people gave the floor back meanwhile: the bot answers it at the next look
            item.state = InboxState.DONE
            now = self.clock()
            if work.payload == MY_DATA and self.data_link is not None:  # needs nobody's help, so nobody is asked
                link = f"[{say('my_data_open')}]({self.data_link(conversation.id)})"
                self._add(session, conversation, Said(f"{say('my_data')}\n\n{link}", "dossier"), Sender.SYSTEM)
                return
            self._look_soon(session, conversation, work)
            if (handover := choosing.writing(session, conversation)) is not None:
                session.flush()
                more = inbox.next_item(session, conversation.id) is not None
                said = choosing.message_left(session, conversation, handover, now, more=more)
                if said is not None:
                    self._add(session, conversation, said, Sender.SYSTEM)

    def _look_soon(self, session: Session, conversation: Conversation, work: Work) -> None:
        """Brings in a colleague when something is at stake for the person, after what was answered."""
        if work.payload is None and (found := risks(work.text)):
            said = choosing.look_soon(session, conversation, found, self.clock())
            if said is not None:
                self._add(session, conversation, said, Sender.SYSTEM)

    def _not_words(self, work: Work) -> None:
        """What is not words gets a polite answer of its own, also while people have the floor: they cannot see it."""
        with self.database.write() as session:
            conversation, item = self._open(session, work)
            item.state = InboxState.DONE
            if work.kind is Kind.EDIT and work.speaker is not Speaker.BOT:
                return  # the colleague reads the new words
            self._add(session, conversation, Said(self._about(session, work)), Sender.SYSTEM)

    def _about(self, session: Session, work: Work) -> str:
        """What to say of something that is not words."""
        if work.kind is Kind.CODE and self.codes is not None:
            try:
                code, _ = self.codes.make(session, work.conversation_id, self.clock())
            except TooManyTries:
                return say("code_too_many")
            return say("code_given", code=code, minutes=str(int(LIFE.total_seconds()) // 60))
        return say_or(f"cannot_{work.kind}", say("cannot_other"))

    def _answer(self, work: Work, replies: list[Said]) -> None:
        with self.database.write() as session:
            conversation, item = self._open(session, work)
            item.state = InboxState.DONE
            conversation.failed_turns = 0
            if conversation.speaker == Speaker.AGENT:
                log.info("turn_dropped", conversation=conversation.id, reason="an agent took the floor meanwhile")
                return
            if work.kind in BESIDE_WORDS:
                self._add(session, conversation, Said(say("only_words")), Sender.SYSTEM)
            for said in replies:
                self._add(session, conversation, said, Sender.BOT)
            if any(said.outcome in HELPED for said in replies):
                conversation.missed_turns = 0
            self._look_soon(session, conversation, work)

    def _unavailable(self, work: Work, reason: str) -> None:
        if work.attempts + 1 >= MAX_ATTEMPTS:
            self._apologise(work, reason)
            return
        with self.database.write() as session:
            _, item = self._open(session, work)
            item.attempts += 1
            item.error = reason
            item.due_at = self.clock() + BACKOFF[min(work.attempts, len(BACKOFF) - 1)]

    def _apologise(self, work: Work, reason: str) -> None:
        log.warning("turn_failed", conversation=work.conversation_id, reason=reason)
        with self.database.write() as session:
            conversation, item = self._open(session, work)
            item.state, item.error = InboxState.DONE, reason
            conversation.failed_turns += 1
            if work.payload == TALK_TO_PERSON or conversation.failed_turns >= FAILED_TURNS_TO_QUEUE:
                self._to_queue(session, conversation, "failed")
                return
            options = [{"title": say("talk_to_person"), "payload": TALK_TO_PERSON}]
            said = Said(say("turn_failed"), outcome="failed", options=options)
            self._add(session, conversation, said, Sender.SYSTEM)
            self._look_soon(session, conversation, work)
