"""Passing a conversation on: keeping it for a colleague, giving it to one, to another team, or to another service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import labels, lookup, pages, permissions
from desk.access import Desk, Refused, SignedIn, needs
from desk.answering import why_not
from desk.permissions import Action, Reach
from desk.reading import queue, reach
from desk.reading import transfers as reading
from desk.services import PREFIX, DeskServices
from dossiers import handovers, presence, transfers
from dossiers.handovers import NotYours
from dossiers.models import Agent, Conversation, Speaker, Team
from dossiers.transfers import LONGEST_NOTE, NotThere, NotWaiting
from knowledge.models import Place
from knowledge.wording import say

router = APIRouter(prefix="/conversations/{conversation_id}/pass-on")
Assigns = Annotated[SignedIn, needs(Action.CONVERSATION_ASSIGN)]
Speaks = Annotated[SignedIn, needs(Action.CONVERSATION_SPEAK)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
OneOf = Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")]
Note = Annotated[str, Form(max_length=LONGEST_NOTE)]


def assigns_others(who: SignedIn) -> bool:
    """Whether they may mean a conversation for a colleague; others only for themselves."""
    return permissions.reach(who.roles, Action.CONVERSATION_ASSIGN) is Reach.EVERYWHERE


@router.get("")
def show(request: Request, desk: Desk, who: Assigns, conversation_id: Id) -> Response:
    """The page with everything that can be done with it now."""
    return _page(request, desk, who, conversation_id)


def _page(
    request: Request,
    desk: DeskServices,
    who: SignedIn,
    conversation_id: str,
    *,
    place: Place | None = None,
    note: str = "",
) -> Response:
    """``place``: a service whose words are shown before they are sent; ``note``: what was typed beside it."""
    with desk.database.read() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_ASSIGN)
        open_request = handovers.open_handover(session, conversation_id) is not None
        known = queue.names(session, [conversation.person_id]).get(conversation.person_id, {})
        everybody = presence.serving(session, conversation.team_id, desk.clock())
        return pages.page(
            request,
            "transfer.html",
            id=conversation_id,
            newcomer=labels.newcomer(known.get("first_name"), conversation_id),
            mine=conversation.speaker == Speaker.AGENT and conversation.agent_id == who.agent.id,
            waits=open_request and conversation.speaker != Speaker.AGENT,
            meant=transfers.meant_for(session, conversation_id),
            me_id=who.agent.id,
            others=assigns_others(who),
            colleagues=[one for one in everybody if one.id != who.agent.id],
            teams=reading.other_teams(session, conversation),
            places=reading.places(session, conversation, desk.library),
            place=place,
            words=reading.referral(place, who.agent).said.text if place else "",
            note=note,
            longest=LONGEST_NOTE,
            history=reading.history(session, conversation_id, desk.library),
        )


@router.post("/assign")
def assign(desk: Desk, who: Assigns, conversation_id: Id, agent_id: OneOf, note: Note = "") -> Response:
    """Keeps a waiting conversation for a colleague, or for oneself."""
    if agent_id != who.agent.id and not assigns_others(who):
        raise Refused(403, "You can keep a conversation for yourself. Your coordinator can keep it for a colleague.")
    with _change(desk, who, conversation_id, Action.CONVERSATION_ASSIGN) as (session, conversation):
        meant = transfers.meant_for(session, conversation_id)
        taken = meant is not None and meant.agent_id != who.agent.id and desk.clock() < meant.until
        if meant is not None and taken and not assigns_others(who):
            raise Refused(409, f"It is kept for {meant.name} for now. Ask them, or your coordinator.")
        to = _agent(session, agent_id)
        transfers.assign(session, conversation, to, who.agent, _clean(note), desk.clock())
    return _to_queue("kept" if agent_id == who.agent.id else "assigned")


@router.post("/colleague")
def to_colleague(desk: Desk, who: Speaks, conversation_id: Id, agent_id: OneOf, note: Note = "") -> Response:
    """Gives one's own conversation to a colleague who is there. The person is told who helps them now."""
    with _change(desk, who, conversation_id, Action.CONVERSATION_SPEAK) as (session, conversation):
        to = _agent(session, agent_id)
        transfers.to_colleague(session, conversation, who.agent, to, _clean(note), say, desk.clock())
    return _to_queue("passed")


@router.post("/team")
def to_team(desk: Desk, who: Assigns, conversation_id: Id, team_id: OneOf, note: Note = "") -> Response:
    """Puts a conversation in the queue of another team: one's own, or one that waits."""
    with _change(desk, who, conversation_id, Action.CONVERSATION_ASSIGN) as (session, conversation):
        team = session.get(Team, team_id)
        if team is None:
            raise Refused(404, "There is no such team any more. Please choose again.")
        transfers.to_team(session, conversation, who.agent, team, _clean(note), say, desk.clock())
    return _to_queue("passed")


@router.post("/service")
def to_service(
    request: Request,
    desk: Desk,
    who: Speaks,
    conversation_id: Id,
    place: Annotated[str, Form(max_length=80)],
    action: Annotated[str, Form()] = "see",
    note: Note = "",
) -> Response:
    """Shows what the person will read, or tells them where to go and closes the conversation."""
    chosen = desk.library.places.get(place)
    if chosen is None:
        raise Refused(404, "There is no such service any more. Please choose again.")
    if action != "send":
        return _page(request, desk, who, conversation_id, place=chosen, note=note)
    with _change(desk, who, conversation_id, Action.CONVERSATION_SPEAK) as (session, conversation):
        if problem := why_not(reach.window(session, conversation, desk.clock()), None):
            raise Refused(409, problem)
        to = reading.referral(chosen, who.agent)
        transfers.to_service(session, conversation, who.agent, to, _clean(note), say, desk.clock())
    return _to_queue("referred")


@contextmanager
def _change(
    desk: DeskServices, who: SignedIn, conversation_id: str, action: Action
) -> Iterator[tuple[Session, Conversation]]:
    """One transaction on a conversation; what the floor or a colleague forbids becomes a plain sentence."""
    try:
        with desk.database.write() as session:
            yield session, lookup.conversation(session, who, conversation_id, action)
    except NotYours:
        raise Refused(409, "You do not have this conversation now, so nothing was changed.") from None
    except NotWaiting:
        raise Refused(409, "Nobody waits in this conversation any more, so nothing was changed.") from None
    except NotThere as error:
        text = f"{error.name} cannot take it now: they are not at the desk, or do not work for this team."
        raise Refused(409, f"{text} Nothing was changed.") from None
    desk.hub.wake(conversation_id)


def _agent(session: Session, agent_id: str) -> Agent:
    found = session.get(Agent, agent_id)
    if found is None or not found.active:
        raise Refused(404, "This colleague has no account any more. Please choose another.")
    return found


def _clean(note: str) -> str:
    return note.replace("\x00", " ").replace("\r\n", "\n").strip()


def _to_queue(note: str) -> Response:
    return RedirectResponse(f"{PREFIX}/?note={note}", 303)
