"""What an agent is told while a page of theirs is open: that somebody waits, that something is for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk.permissions import Action
from desk.reading import queue
from desk.reading.queue import Seen
from dossiers import notes, presence, transfers
from dossiers.models import Availability, Conversation, Speaker, Transfer


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell. ``kind``: waiting, assigned, mention or lapsed; ``text`` names nobody; ``path``: the page;
    ``key``: the same in every page that tells the same, so that a browser with several makes one sound."""

    kind: str
    text: str
    path: str
    key: str = field(default="", compare=False)


QUEUE = "/"


@dataclass
class Watcher:
    """What one open page has seen. The first look only remembers: what was there before is no news."""

    waiting: frozenset[tuple[str, int | None]] | None = None
    mine: dict[str, dt.datetime | None] = field(default_factory=dict)
    transfer: int = 0
    mentions: frozenset[int] = frozenset()

    def look(self, session: Session, seen: Seen) -> list[News]:
        """What is new since the last look. Who is away, or busy, hears only what is for them."""
        if not seen.who.may(Action.QUEUE_SEE):
            return []
        first, had = self.waiting is None, frozenset(self.mine)
        found = [*self._assigned(session, seen, first), *self._mentions(session, seen), *self._lapsed(session, seen)]
        found += self._waiting(session, seen, had, quiet=bool(found))
        return [] if first else found

    def _waiting(self, session: Session, seen: Seen, had: frozenset[str], *, quiet: bool) -> list[News]:
        now = queue.waiting_ids(session, seen)
        fresh = now - (self.waiting or frozenset())
        self.waiting = now
        fresh = frozenset(one for one in fresh if one[0] not in had)  # not what they gave back themselves
        state = presence.of(session, seen.who.agent, seen.now).state
        if not fresh or quiet or state in (Availability.BUSY, Availability.AWAY):
            return []
        text = "Somebody waits for a colleague." if len(fresh) == 1 else f"{len(fresh)} people wait for a colleague."
        return [News("waiting", text, QUEUE, max(f"{request or 0}-{key}" for key, request in fresh))]

    def _assigned(self, session: Session, seen: Seen, first: bool) -> list[News]:
        agent_id = seen.who.agent.id
        if first:
            latest = select(func.max(Transfer.id)).where(Transfer.to_agent_id == agent_id)
            self.transfer = session.scalar(latest) or 0
            return []
        new = transfers.to_agent_after(session, agent_id, self.transfer)
        if not new:
            return []
        self.transfer = new[-1].id
        path = f"/conversations/{new[-1].conversation_id}" if len(new) == 1 else QUEUE
        return [News("assigned", "A colleague gave you a conversation.", path, str(self.transfer))]

    def _mentions(self, session: Session, seen: Seen) -> list[News]:
        unread = notes.mentions_of(session, seen.who.agent.id, unread=True)
        now = {one.note.id: one for one in unread if seen.who.may_in(Action.CONVERSATION_READ, one.team_id)}
        fresh = now.keys() - self.mentions
        self.mentions = frozenset(now)
        if not fresh:
            return []
        latest = now[max(fresh)].note
        return [News("mention", "A note mentions you.", f"/conversations/{latest.conversation_id}", str(latest.id))]

    def _lapsed(self, session: Session, seen: Seen) -> list[News]:
        """What was one's own and went back to the queue because its time was over."""
        gone = [key for key, until in self.mine.items() if until is not None and until < seen.now]
        back = select(Conversation.id).where(Conversation.id.in_(gone), Conversation.speaker == Speaker.QUEUE)
        lapsed = session.scalars(back).all() if gone else ()
        held = select(Conversation.id, Conversation.lease_until).where(
            Conversation.speaker == Speaker.AGENT, Conversation.agent_id == seen.who.agent.id
        )
        self.mine = {row.id: row.lease_until for row in session.execute(held)}
        if not lapsed:
            return []
        return [News("lapsed", "A conversation of yours went back to the queue.", QUEUE, max(lapsed))]
