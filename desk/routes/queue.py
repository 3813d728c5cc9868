"""The queue: who waits, who has taken what, and taking the next one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import lookup, pages, permissions, taking
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action, Reach
from desk.reading import mentions, queue, tasks
from desk.reading.queue import NO_TEAM, Seen
from desk.services import PREFIX, DeskServices
from dossiers import handovers, presence, teams
from dossiers.models import Availability
from dossiers.presence import MOST_CAPACITY

router = APIRouter()
Who = Annotated[SignedIn, needs(Action.QUEUE_SEE)]
Speaks = Annotated[SignedIn, needs(Action.CONVERSATION_SPEAK)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Chosen = Annotated[str, Query(alias="team", pattern=rf"^(?:[0-9a-f]{{32}}|{NO_TEAM})?$")]
TeamField = Annotated[str, Form(alias="team", pattern=rf"^(?:[0-9a-f]{{32}}|{NO_TEAM})?$")]
NOTES = {
    "closed": "You have closed the conversation. The newcomer is with the assistant again.",
    "returned": "The conversation is back in the queue.",
    "passed": "You have passed the conversation on.",
    "assigned": "The conversation is kept for your colleague for 15 minutes. Then anybody of the team may take it.",
    "kept": "The conversation is kept for you for 15 minutes. Then anybody of the team may take it.",
    "referred": "The newcomer was told where to go, and is with the assistant again.",
    "settled": "It is closed. The newcomer was not disturbed.",
    "nobody": "Nobody waits for you now.",
    "presence": "Your colleagues see it now.",
}


def seen_by(desk: DeskServices, who: SignedIn, team: str = "") -> Seen:
    """The queue as somebody sees it now. A team may be chosen by who sees all of them."""
    sees_all = permissions.reach(who.roles, Action.QUEUE_SEE) is Reach.EVERYWHERE
    chosen = team if sees_all or team in who.teams or team == NO_TEAM else ""
    return Seen(who, desk.library, desk.deadlines, desk.clock(), chosen)


@router.get("/")
def show(request: Request, desk: Desk, who: Who, note: str = "", team: Chosen = "") -> Response:
    """The page; `live.queue_events` keeps it current."""
    seen = seen_by(desk, who, team)
    with desk.database.read() as session:
        board = queue.board(session, seen)
        here = colleagues(session, who, seen)
        own = presence.of(session, who.agent, seen.now)
        every = teams.all_teams(session)
        due = tasks.due(session, seen)
        named = mentions.of_agent(session, who, unread=True)
    sees_all = permissions.reach(who.roles, Action.QUEUE_SEE) is Reach.EVERYWHERE
    return pages.page(
        request,
        "queue.html",
        board=board,
        note=NOTES.get(note, ""),
        team=seen.team,
        teams=[one for one in every if sees_all or one.id in who.teams],
        own=own,
        states=Availability,
        most=MOST_CAPACITY,
        colleagues=here,
        due=due,
        mentions=named,
    )


def colleagues(session: Session, who: SignedIn, seen: Seen) -> list[presence.Colleague]:
    """Who is at the desk now and works in the same teams, without oneself."""
    groups: list[str | None] = [*sorted(who.teams)] or [None]
    found = {one.id: one for team_id in groups for one in presence.serving(session, team_id, seen.now)}
    found.pop(who.agent.id, None)
    return sorted((one for one in found.values() if one.state != presence.OFFLINE), key=lambda one: one.name)


@router.post("/next")
def take_next(
    request: Request, desk: Desk, who: Speaks, team: TeamField = "", really: Annotated[bool, Form()] = False
) -> Response:
    """Takes the most urgent conversation that is for the agent."""
    try:
        taken = taking.take_next(desk, who, really=really, team=seen_by(desk, who, team).team)
    except taking.Full:
        return _ask(request, desk, who, f"{PREFIX}/next", team)
    if taken is None:
        return RedirectResponse(f"{PREFIX}/?note=nobody", 303)
    return RedirectResponse(f"{PREFIX}/conversations/{taken}?note=taken", 303)


@router.get("/conversations/{conversation_id}/one-more")
def one_more(request: Request, desk: Desk, who: Speaks, conversation_id: Id) -> Response:
    """Asks whether to take one more than the agent wanted at once."""
    with desk.database.read() as session:
        lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
    return _ask(request, desk, who, f"{PREFIX}/conversations/{conversation_id}/take", "")


@router.post("/conversations/{conversation_id}/settle")
def settle(desk: Desk, who: Speaks, conversation_id: Id) -> Response:
    """Closes a request that needs no answer any more. The assistant goes on, and the person is not disturbed."""
    with desk.database.write() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
        if not handovers.dismiss(session, conversation, who.agent, desk.clock()):
            raise Refused(409, "This person waits for an answer, or a colleague has it: nothing was closed.")
    desk.hub.wake(conversation_id)
    return RedirectResponse(f"{PREFIX}/?note=settled", 303)


def _ask(request: Request, desk: DeskServices, who: SignedIn, action: str, team: str) -> Response:
    with desk.database.read() as session:
        own = presence.of(session, who.agent, desk.clock())
    return pages.page(request, "queue_one_more.html", own=own, action=action, team=team, status=409)
