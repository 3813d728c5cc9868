"""Server-Sent Events: the pages stay current without being loaded again.

A stream looks at the database when the hub wakes it and every few seconds in any case, sends only what has changed,
and ends when the session does or the app stops.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from desk import access, labels, lookup, pages, template_form
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.reading import conversation as reading
from desk.reading import delivery, dossiers, news, queue, reach
from desk.reading.beside import Around
from desk.reading.delivery import Delivery
from desk.routes.conversation import Id, Reads
from desk.routes.queue import Chosen, colleagues, seen_by
from desk.services import EVERYTHING, DeskServices
from dossiers import floor, presence, signs
from dossiers.models import Conversation, Sender

router = APIRouter()
QueueWatcher = Annotated[SignedIn, needs(Action.QUEUE_SEE)]
LOOK_EVERY = 5.0
AT_MOST_EVERY = 0.3
RENEW_EVERY = dt.timedelta(minutes=1)
TOUCH_EVERY = dt.timedelta(seconds=30)
ENDED = "signed-out"

Events = list[ServerSentEvent]


@dataclass
class Changed:
    """Remembers what was sent, so that the same is not sent again."""

    sent: dict[str, object] = field(default_factory=dict)

    def is_new(self, key: str, value: object) -> bool:
        """Whether this differs from what was sent last."""
        if key in self.sent and self.sent[key] == value:
            return False
        self.sent[key] = value
        return True


def _stream(desk: DeskServices, who: SignedIn, topic: str, look: Callable[[], Events]) -> EventSourceResponse:
    """What a page shows anew, with the news for its agent; while it is open, the agent counts as there."""
    news_of = NewsOf(desk, who)

    async def events() -> AsyncIterator[ServerSentEvent]:
        async with desk.hub.listen(topic) as news:
            while not desk.hub.closing:
                news.clear()
                if not await run_in_threadpool(access.still_signed_in, desk, who):
                    yield ServerSentEvent("Your session has ended. Load this page again to log in.", event=ENDED)
                    return
                for event in await run_in_threadpool(lambda: [*look(), *news_of.look()]):
                    yield event
                    if event.event == ENDED:
                        return
                await _wait(news)

    return EventSourceResponse(events(), ping=15, headers={"X-Accel-Buffering": "no"})


async def _wait(news: asyncio.Event) -> None:
    """Until there is news, at most a few seconds; a burst of news counts as one."""
    try:
        async with asyncio.timeout(LOOK_EVERY):
            await news.wait()
            await asyncio.sleep(AT_MOST_EVERY)
    except TimeoutError:
        return


@dataclass
class NewsOf:
    """What is new for the agent of one open page, and that the page is open."""

    desk: DeskServices
    who: SignedIn
    watcher: news.Watcher = field(default_factory=news.Watcher)
    touched_at: dt.datetime | None = None

    def look(self) -> Events:
        """One event with everything that came since the last look."""
        if not self.who.may(Action.QUEUE_SEE):
            return []
        self._touch()
        with self.desk.database.read() as session:
            found = self.watcher.look(session, seen_by(self.desk, self.who))
        if not found:
            return []
        return [ServerSentEvent(pages.fragment("_news.html", self.desk, self.who, news=found), event="news")]

    def _touch(self) -> None:
        """Now and then: colleagues see that the agent is there."""
        now = self.desk.clock()
        if self.touched_at is not None and now - self.touched_at < TOUCH_EVERY:
            return
        self.touched_at = now
        with self.desk.database.write() as session:
            presence.touch(session, self.who.agent.id, now)


@router.get("/events")
async def queue_events(desk: Desk, who: QueueWatcher, team: Chosen = "") -> EventSourceResponse:
    """The queue's page: `board` with all lists, `waiting` with the number in words, `presence` of the colleagues."""
    changed = Changed()

    def look() -> Events:
        seen = seen_by(desk, who, team)
        with desk.database.read() as session:
            board = queue.board(session, seen)
            here = colleagues(session, who, seen)
        events = []
        if changed.is_new("board", board):
            events.append(ServerSentEvent(pages.fragment("_board.html", desk, who, board=board), event="board"))
        if changed.is_new("waiting", board.waiting_count):
            events.append(ServerSentEvent(pages.fragment("_waiting.html", desk, who, board=board), event="waiting"))
        if changed.is_new("presence", here):
            part = pages.fragment("_presence.html", desk, who, colleagues=here)
            events.append(ServerSentEvent(part, event="presence"))
        return events

    return _stream(desk, who, EVERYTHING, look)


@dataclass
class Watch:
    """One agent's open page of one conversation."""

    desk: DeskServices
    who: SignedIn
    conversation_id: str
    seen: int
    changed: Changed = field(default_factory=Changed)
    renewed_at: dt.datetime | None = None

    def look(self) -> Events:
        """What is new since the last look."""
        self._renew()
        desk = self.desk
        desk.hub.sign(self.conversation_id, signs.reads(self.who.agent.id))
        events: Events = []
        with desk.database.read() as session:
            conversation = session.get(Conversation, self.conversation_id)
            if conversation is None:
                return [ServerSentEvent("This conversation was erased.", event=ENDED)]
            if not self.who.may_in(Action.CONVERSATION_READ, conversation.team_id):
                return [ServerSentEvent(lookup.OTHER_TEAM, event=ENDED)]
            dossier = dossiers.of_person(session, conversation.person_id, desk.library)
            name = labels.newcomer(dossier.value("first_name") if dossier else None, conversation.id)
            lines = reading.lines(session, conversation, self.seen + 1, name, desk.library)
            now_speaks = reading.floor_of(session, conversation, self.who.agent.id)
            channels = reach.channels(session, conversation)
            window = reach.window(session, conversation, desk.clock())
            first = delivery.watched_from(session, self.conversation_id)
            deliveries = delivery.of_messages(session, self.conversation_id, first)
            around = Around.of(session, desk, self.who, self.conversation_id)
        for line in lines:
            self.seen = line.id
            if line.sender == Sender.PERSON:
                desk.hub.unsign(self.conversation_id, signs.PERSON_TYPES)
            events.append(
                ServerSentEvent(
                    self._part("_message.html", line=line, conversation_id=self.conversation_id),
                    event="message",
                    id=str(line.id),
                )
            )
        if self.changed.is_new("floor", now_speaks):
            events.append(ServerSentEvent(self._part("_floor.html", floor=now_speaks), event="floor"))
        if self.changed.is_new("dossier", dossier):
            events.append(ServerSentEvent(self._part("_dossier.html", dossier=dossier), event="dossier"))
        for name, value in around.parts():
            if self.changed.is_new(name, value):
                part = self._part(f"_{name}.html", **{name: value}, here=self.conversation_id)
                events.append(ServerSentEvent(part, event=name))
        return [*events, *self._news_of_channels(channels, window, now_speaks), *self._news_of_deliveries(deliveries)]

    def _news_of_channels(
        self, channels: Sequence[reach.Channel], window: reach.Window, now_speaks: reading.Floor
    ) -> Iterator[ServerSentEvent]:
        """What may be written now, said anew with every minute that passes, and where it goes."""
        part = self._part(
            "_window.html", window=window, floor=now_speaks, offered=template_form.offered(window), live=True
        )
        if self.changed.is_new("window", part):
            yield ServerSentEvent(part, event="window")
        if self.changed.is_new("channels", channels):
            yield ServerSentEvent(self._part("_channels.html", channels=channels), event="channels")

    def _news_of_deliveries(self, deliveries: dict[int, Delivery]) -> Iterator[ServerSentEvent]:
        now = self.desk.clock()
        for message_id, one in deliveries.items():
            words = delivery.in_words(one, now)
            if self.changed.is_new(f"delivery-{message_id}", words):
                part = self._part("_delivery.html", message_id=message_id, words=words)
                yield ServerSentEvent(part, event="delivery")

    def _part(self, template: str, **values: object) -> str:
        return pages.fragment(template, self.desk, self.who, **values)

    def _renew(self) -> None:
        """Keeps the floor while the page is open. Does nothing for an agent who does not have it."""
        now = self.desk.clock()
        if self.renewed_at is not None and now - self.renewed_at < RENEW_EVERY:
            return
        self.renewed_at = now
        with self.desk.database.read() as session:
            conversation = session.get(Conversation, self.conversation_id)
            if conversation is None or not reading.floor_of(session, conversation, self.who.agent.id).mine:
                return
        with self.desk.database.write() as session:
            floor.renew(session, self.conversation_id, self.who.agent.id, now)


@router.get("/conversations/{conversation_id}/events")
async def conversation_events(
    desk: Desk,
    who: Reads,
    conversation_id: Id,
    after: Annotated[int, Query(ge=0)] = 0,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> EventSourceResponse:
    """A conversation's page: `message` (id: the message's), `floor`, `dossier`, `window`, `channels`, `delivery`, and
    what stands beside it: `notes`, `mine`, `company`."""

    def exists() -> None:
        with desk.database.read() as session:
            lookup.conversation(session, who, conversation_id)

    await run_in_threadpool(exists)
    watch = Watch(desk, who, conversation_id, max(after, last_event_id or 0))
    return _stream(desk, who, conversation_id, watch.look)
