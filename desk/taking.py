"""Takes a conversation for an agent, or says why not. Who has as many as they want is asked first, never refused."""

from __future__ import annotations

from desk import lookup
from desk.access import SignedIn
from desk.permissions import Action
from desk.reading import queue
from desk.reading.queue import Seen
from desk.services import DeskServices
from dossiers import floor, presence, transfers
from dossiers.handovers import NotYours
from dossiers.transfers import Reserved
from knowledge.wording import say


class Full(Exception):
    """The agent has as many conversations as they wanted at once: ask whether they want one more."""


def take(desk: DeskServices, who: SignedIn, conversation_id: str, *, really: bool = False) -> bool:
    """Gives the floor to the agent and tells the person. False: they had it already, and nothing changed.

    Raises:
        NotYours: a colleague was first.
        Reserved: it is meant for a colleague for a while.
        Full: they have as many as they wanted; ``really`` takes it all the same.
        Refused: 403 or 404, it is not for them.
    """
    now = desk.clock()
    with desk.database.write() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
        if floor.renew(session, conversation_id, who.agent.id, now):
            return False
        if not really and presence.is_full(session, who.agent, now):
            raise Full
        transfers.take(session, conversation, who.agent, say, now)
    desk.hub.wake(conversation_id)
    return True


def take_next(desk: DeskServices, who: SignedIn, *, really: bool = False, team: str = "") -> str | None:
    """Takes the most urgent conversation that is for the agent; None: nobody waits for them.

    Raises:
        Full: they have as many as they wanted; ``really`` takes one all the same.
    """
    with desk.database.read() as session:
        ids = queue.next_ones(session, Seen(who, desk.library, desk.deadlines, desk.clock(), team))
    for conversation_id in ids:
        try:
            take(desk, who, conversation_id, really=really)
        except (NotYours, Reserved):
            continue  # a colleague was faster: the next one
        return conversation_id
    return None
