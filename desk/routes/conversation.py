"""A conversation: read it, take it, answer, close it, or give it back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import pages
from desk.access import Desk, Refused, Who
from desk.reading import conversation as reading
from desk.services import PREFIX
from dossiers import floor, handovers
from dossiers.models import Conversation
from knowledge.wording import say

router = APIRouter(prefix="/conversations/{conversation_id}")
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
LONGEST_REPLY = 4000
NOTES = {
    "first": "A colleague was first, so nothing was changed.",
    "lost": "You no longer have this conversation, so nothing was changed.",
}


def found(session: Session, conversation_id: str) -> Conversation:
    """The conversation.

    Raises:
        Refused: 404, there is none.

    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise Refused(404, "There is no such conversation. It may have been erased.")
    return conversation


@router.get("")
def show(
    request: Request,
    desk: Desk,
    who: Who,
    conversation_id: Id,
    around: Annotated[int | None, Query(ge=0)] = None,
    note: str = "",
) -> Response:
    """The page. ``around``: the id of an older message that must be on it."""
    with desk.database.read() as session:
        conversation = found(session, conversation_id)
        view = reading.view(session, conversation, who.agent.id, desk.library)
        first = reading.first_shown(session, conversation_id, around)
        lines = reading.lines(session, conversation, first, view.name, desk.library)
        earlier = bool(lines) and reading.has_earlier(session, conversation_id, lines[0].id)
    return pages.page(
        request,
        "conversation.html",
        view=view,
        lines=lines,
        last_id=lines[-1].id if lines else 0,
        earlier=lines[0].id if earlier else None,
        note=NOTES.get(note, ""),
        just_taken=note == "taken",
        client_id=secrets.token_urlsafe(16),
        longest=LONGEST_REPLY,
    )


def _to(conversation_id: str, note: str = "") -> Response:
    return RedirectResponse(f"{PREFIX}/conversations/{conversation_id}" + (f"?note={note}" if note else ""), 303)


@router.post("/take")
def take(desk: Desk, who: Who, conversation_id: Id) -> Response:
    """Takes the floor; taking what one has already changes nothing."""
    try:
        with desk.database.write() as session:
            conversation = found(session, conversation_id)
            if floor.renew(session, conversation_id, who.agent.id, desk.clock()):
                return _to(conversation_id)
            handovers.take(session, conversation, who.agent, say, desk.clock())
    except handovers.NotYours:
        return _to(conversation_id, "first")
    desk.hub.wake(conversation_id)
    return _to(conversation_id, "taken")


@router.post("/reply")
def reply(
    request: Request,
    desk: Desk,
    who: Who,
    conversation_id: Id,
    text: Annotated[str, Form()] = "",
    client_id: Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")] = "",
) -> Response:
    """Sends an answer. Sending again with the same `client_id` sends nothing twice."""
    text = text.strip().replace("\r\n", "\n")
    if not text or "\x00" in text:
        raise Refused(422, "Please write an answer first.")
    if len(text) > LONGEST_REPLY:
        raise Refused(422, f"An answer has at most {LONGEST_REPLY} characters. Please send it in parts.")
    own_id = f"desk-{client_id}" if client_id else None
    try:
        with desk.database.write() as session:
            conversation = found(session, conversation_id)
            message = handovers.reply(session, conversation, who.agent, text, own_id, desk.clock())
            sent = message.text
    except handovers.NotYours:
        raise Refused(409, _not_yours(desk, who, conversation_id)) from None
    desk.hub.wake(conversation_id)
    if sent != text:
        raise Refused(409, "An earlier version of this answer was sent already. Send again if this one should follow.")
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204)
    return _to(conversation_id)


@router.post("/close")
def close(desk: Desk, who: Who, conversation_id: Id) -> Response:
    """Ends the agent's part: the assistant has the floor again."""
    return _leave(desk, who, conversation_id, handovers.close, "closed")


@router.post("/back")
def give_back(desk: Desk, who: Who, conversation_id: Id) -> Response:
    """Puts the conversation back in the queue for a colleague."""
    return _leave(desk, who, conversation_id, handovers.give_back, "returned")


def _leave(desk: Desk, who: Who, conversation_id: str, change: Callable[..., None], note: str) -> Response:
    try:
        with desk.database.write() as session:
            change(session, found(session, conversation_id), who.agent, say, desk.clock())
    except handovers.NotYours:
        return _to(conversation_id, "lost")
    desk.hub.wake(conversation_id)
    return RedirectResponse(f"{PREFIX}/?note={note}", 303)


def _not_yours(desk: Desk, who: Who, conversation_id: str) -> str:
    with desk.database.read() as session:
        now = reading.floor_of(session, found(session, conversation_id), who.agent.id)
    if now.mine:
        return "Your time with this conversation is over. Your text was not sent. Take the conversation again."
    if now.agent:
        return f"This conversation is with {now.agent} now. Your text was not sent."
    return "You do not have this conversation. Your text was not sent. Take the conversation first."
