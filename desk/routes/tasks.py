"""Tasks: what is to be done for somebody and on which day, and asking somebody how it goes."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import access, answering, conversation_page, lookup, pages, permissions, taking
from desk.access import Desk, Refused, SignedIn, needs
from desk.answering import NotSent, why_not
from desk.conversation_page import LONGEST_REPLY, Typed
from desk.permissions import Action, Reach
from desk.reading import reach
from desk.reading import tasks as reading
from desk.reading.queue import Seen
from desk.services import PREFIX, DeskServices
from dossiers import tasks, teams
from dossiers.handovers import NotYours
from dossiers.models import Conversation, Task, TaskState
from dossiers.tasks import LONGEST_TITLE, New, NoConsent
from dossiers.transfers import Reserved

router = APIRouter(prefix="/tasks")
Who = Annotated[SignedIn, needs(Action.TASK_EDIT)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
AgentId = Annotated[str, Form(pattern=r"^(?:[0-9a-f]{32})?$")]
Title = Annotated[str, Form(max_length=LONGEST_TITLE)]
Back = Annotated[str, Form(max_length=200)]
NOTES = {
    "added": "The task is kept.",
    "changed": "The task was changed.",
    "done": "Done. You find it with the newcomer's finished tasks.",
    "dropped": "Nobody has to do it any more.",
    "open": "The task is open again.",
}


@router.get("")
def show(
    request: Request,
    desk: Desk,
    who: Who,
    whose: Annotated[str, Query(pattern=rf"^(?:{reading.MINE}|{reading.TEAM}|{reading.EVERYBODY})$")] = reading.MINE,
    note: str = "",
) -> Response:
    """One's own tasks; those that nobody has taken; for coordinators everybody's."""
    sees_all = permissions.reach(who.roles, Action.TASK_EDIT) is Reach.EVERYWHERE
    whose = whose if sees_all or whose != reading.EVERYBODY else reading.MINE
    seen = Seen(who, desk.library, desk.deadlines, desk.clock())
    with desk.database.read() as session:
        lists = reading.lists(session, seen, whose)
        people = reading.everybody(session, who)
    return pages.page(
        request,
        "tasks.html",
        lists=lists,
        whose=whose,
        sees_all=sees_all,
        people=people,
        note=NOTES.get(note, ""),
        back=f"{PREFIX}/tasks",
        longest=LONGEST_TITLE,
        longest_message=LONGEST_REPLY,
        new_id=lambda: secrets.token_urlsafe(16),
    )


@router.post("")
def add(
    desk: Desk,
    who: Who,
    conversation_id: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
    title: Title,
    due_on: Annotated[dt.date, Form()],
    agent_id: AgentId = "",
    back: Back = "",
) -> Response:
    """Adds a task about the person of a conversation."""
    with desk.database.write() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.TASK_EDIT)
        _must_serve(session, conversation, agent_id)
        new = New(conversation.person_id, conversation_id, _titled(title), due_on, agent_id or None)
        tasks.add(session, new, by=who.agent, now=desk.clock())
    return _back(back, "added")


@router.post("/{number}")
def change(
    desk: Desk,
    who: Who,
    number: Number,
    title: Title,
    due_on: Annotated[dt.date, Form()],
    agent_id: AgentId = "",
    back: Back = "",
) -> Response:
    """Says anew what is to be done, when and by whom."""
    with desk.database.write() as session:
        task, conversation = _found(session, who, number)
        if agent_id != (task.agent_id or ""):
            _must_serve(session, conversation, agent_id)
        named = _titled(title)
        tasks.change(session, task, who.agent, desk.clock(), title=named, due_on=due_on, agent_id=agent_id or None)
    return _back(back, "changed")


@router.post("/{number}/settle")
def settle(desk: Desk, who: Who, number: Number, state: Annotated[TaskState, Form()], back: Back = "") -> Response:
    """Done; not to be done any more; or open again."""
    with desk.database.write() as session:
        task, _ = _found(session, who, number)
        tasks.settle(session, task, state, who.agent, desk.clock())
    return _back(back, str(state))


@router.post("/{number}/message")
def message(
    request: Request,
    desk: Desk,
    who: Annotated[SignedIn, needs(Action.CONVERSATION_SPEAK)],
    number: Number,
    text: Annotated[str, Form(max_length=LONGEST_REPLY)],
    client_id: Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")],
) -> Response:
    """Writes to the person, who agreed to it: takes the conversation, sends, and the task is done."""
    text = text.strip().replace("\r\n", "\n")
    if not text or "\x00" in text:
        raise Refused(422, "Please write a message first.")
    conversation_id, problem = _reachable(desk, who, number)
    if problem:
        return _not_sent(request, desk, who, conversation_id, Typed(text, problem, client_id))
    try:
        taking.take(desk, who, conversation_id, really=True)
        answering.send(desk, who, conversation_id, text, client_id)
    except NotYours:
        raise Refused(409, "A colleague is talking with this person now. Nothing was sent.") from None
    except Reserved as meant:
        raise Refused(409, f"This conversation is kept for {meant.name} now. Nothing was sent.") from None
    except NotSent as refused:
        typed = Typed(text, refused.text, "" if refused.used else client_id)
        return _not_sent(request, desk, who, conversation_id, typed)
    with desk.database.write() as session:
        task, _ = _found(session, who, number)
        tasks.settle(session, task, TaskState.DONE, who.agent, desk.clock())
    return RedirectResponse(f"{PREFIX}/conversations/{conversation_id}", 303)


def _reachable(desk: DeskServices, who: SignedIn, number: int) -> tuple[str, str]:
    """The conversation of a task, and why nothing can be sent in it now; nobody is written to without consent."""
    with desk.database.read() as session:
        task, conversation = _found(session, who, number)
        try:
            tasks.must_agree(session, task)
        except NoConsent:
            text = "This person does not agree, or no longer agrees, to be written to first. Nothing was sent."
            raise Refused(403, text) from None
        return conversation.id, why_not(reach.window(session, conversation, desk.clock()), None)


def _not_sent(request: Request, desk: DeskServices, who: SignedIn, conversation_id: str, typed: Typed) -> Response:
    return conversation_page.show(request, desk, who, conversation_id, typed=typed, status=409)


def _found(session: Session, who: SignedIn, number: int) -> tuple[Task, Conversation]:
    """A task with its conversation.

    Raises:
        Refused: 404, there is none; 403, it belongs to another team.
    """
    task = session.get(Task, number)
    if task is None:
        raise Refused(404, "There is no such task. It may have been erased.")
    return task, lookup.conversation(session, who, task.conversation_id, Action.TASK_EDIT)


def _must_serve(session: Session, conversation: Conversation, agent_id: str) -> None:
    if agent_id and agent_id not in {agent.id for agent in teams.serving(session, conversation.team_id)}:
        raise Refused(422, "This colleague does not work for the team of this newcomer. Please choose another.")


def _titled(title: str) -> str:
    if not title.replace("\x00", " ").strip():
        raise Refused(422, "Please say in a few words what is to be done.")
    return title.replace("\x00", " ")


def _back(address: str, note: str) -> Response:
    """To the page that the form stood on."""
    page = access.own_page(address) if address else f"{PREFIX}/tasks"
    own = page == f"{PREFIX}/tasks"
    return RedirectResponse(f"{page}?note={note}" if own else page, 303)
