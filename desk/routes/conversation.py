"""A conversation: read it, take it, answer, close it, or give it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from desk import answering, conversation_page, lookup, template_form
from desk.access import Desk, Refused, SignedIn, needs
from desk.answering import NotSent
from desk.conversation_page import LONGEST_REPLY, Typed
from desk.permissions import Action
from desk.problems import by_script
from desk.services import PREFIX, DeskServices
from dossiers import floor, handovers
from knowledge.wording import say

router = APIRouter(prefix="/conversations/{conversation_id}")
Reads = Annotated[SignedIn, needs(Action.CONVERSATION_READ)]
Who = Annotated[SignedIn, needs(Action.CONVERSATION_SPEAK)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
NOTES = {
    "first": "A colleague was first, so nothing was changed.",
    "lost": "You no longer have this conversation, so nothing was changed.",
}


@router.get("")
def show(
    request: Request,
    desk: Desk,
    who: Reads,
    conversation_id: Id,
    around: Annotated[int | None, Query(ge=0)] = None,
    note: str = "",
    template: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """The page. ``around``: the id of an older message that must be on it; ``template``: the one to fill in."""
    typed = Typed(chosen=template_form.chosen(template) if template else None)
    return conversation_page.show(
        request,
        desk,
        who,
        conversation_id,
        around=around,
        note=NOTES.get(note, ""),
        focus=note == "taken",
        typed=typed,
    )


def _to(conversation_id: str, note: str = "") -> Response:
    return RedirectResponse(f"{PREFIX}/conversations/{conversation_id}" + (f"?note={note}" if note else ""), 303)


@router.post("/take")
def take(desk: Desk, who: Who, conversation_id: Id) -> Response:
    """Takes the floor; taking what one has already changes nothing."""
    try:
        with desk.database.write() as session:
            conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
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
    client_id: Annotated[str, Form(pattern=f"^{CLIENT_ID.pattern}$")] = "",
) -> Response:
    """Sends an answer. Sending again with the same `client_id` sends nothing twice."""
    text = text.strip().replace("\r\n", "\n")
    if not text or "\x00" in text:
        raise Refused(422, "Please write an answer first.")
    if len(text) > LONGEST_REPLY:
        raise Refused(422, f"An answer has at most {LONGEST_REPLY} characters. Please send it in parts.")
    try:
        answering.send(desk, who, conversation_id, text, client_id)
    except NotSent as refused:
        if by_script(request):
            raise Refused(409, refused.text) from None
        typed = Typed(text, refused.text, "" if refused.used else client_id)
        return conversation_page.show(request, desk, who, conversation_id, typed=typed, status=409)
    return Response(status_code=204) if by_script(request) else _to(conversation_id)


@router.post("/template")
async def template(request: Request, desk: Desk, who: Who, conversation_id: Id) -> Response:
    """Shows a filled-in template as the person would read it, or sends it. What was typed is on the next page."""
    fields = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_template, request, desk, who, conversation_id, fields)


def _template(
    request: Request, desk: DeskServices, who: SignedIn, conversation_id: str, fields: dict[str, str]
) -> Response:
    chosen, client_id = template_form.filled(fields.get("template", ""), fields), fields.get("client_id", "")
    if chosen is None or not CLIENT_ID.fullmatch(client_id):
        raise Refused(422, "There is no such template. Please choose one again.")
    typed, status = Typed(chosen=chosen, client_id=client_id), 422 if chosen.problems else 200
    if fields.get("action") == "send" and not chosen.problems:
        try:
            answering.send(desk, who, conversation_id, chosen.text, client_id, chosen)
            return _to(conversation_id)
        except NotSent as refused:
            typed = replace(typed, template_problem=refused.text, client_id="" if refused.used else client_id)
            status = 409
    return conversation_page.show(request, desk, who, conversation_id, typed=typed, status=status)


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
            change(
                session,
                lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK),
                who.agent,
                say,
                desk.clock(),
            )
    except handovers.NotYours:
        return _to(conversation_id, "lost")
    desk.hub.wake(conversation_id)
    return RedirectResponse(f"{PREFIX}/?note={note}", 303)
