"""A conversation: read it, take it, answer, close it, or give it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from desk import answering, conversation_page, lookup, pages, taking, template_form
from desk.access import Desk, Refused, SignedIn, needs
from desk.answering import Doubted, NotSent
from desk.conversation_page import LONGEST_REPLY, LONGEST_SUMMARY, Typed
from desk.permissions import Action
from desk.problems import by_script
from desk.services import PREFIX, DeskServices
from dossiers import audit, handovers
from dossiers.transfers import Reserved
from knowledge.wording import say

router = APIRouter(prefix="/conversations/{conversation_id}")
Reads = Annotated[SignedIn, needs(Action.CONVERSATION_READ)]
Who = Annotated[SignedIn, needs(Action.CONVERSATION_SPEAK)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Articles = Annotated[Sequence[Annotated[str, Field(max_length=120)]], Form(max_length=10)]
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
NOTES = {
    "first": "A colleague was first, so nothing was changed.",
    "reserved": "This conversation is kept for a colleague just now, so nothing was changed.",
    "suggested": "Thank you. The editors find your answer among the drafts. They check it before anybody publishes it.",
    "suggested-before": "Your answer is among the drafts of the knowledge already. Thank you.",
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
    with desk.database.write() as session:
        lookup.conversation(session, who, conversation_id)
        subject, actor = f"conversation:{conversation_id}", f"agent:{who.agent.id}"
        audit.note(session, actor=actor, action="conversation.read", subject=subject, now=desk.clock())
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
def take(desk: Desk, who: Who, conversation_id: Id, really: Annotated[bool, Form()] = False) -> Response:
    """Takes the floor; taking what one has already changes nothing. Who has as many as they want is asked first."""
    try:
        taken = taking.take(desk, who, conversation_id, really=really)
    except handovers.NotYours:
        return _to(conversation_id, "first")
    except Reserved:
        return _to(conversation_id, "reserved")
    except taking.Full:
        return RedirectResponse(f"{PREFIX}/conversations/{conversation_id}/one-more", 303)
    return _to(conversation_id, "taken" if taken else "")


@router.post("/reply")
def reply(
    request: Request,
    desk: Desk,
    who: Who,
    conversation_id: Id,
    text: Annotated[str, Form()] = "",
    client_id: Annotated[str, Form(pattern=f"^{CLIENT_ID.pattern}$")] = "",
    article: Articles = (),
    looked_at: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Sends an answer. Sending again with the same `client_id` sends nothing twice. What states something else than the
    knowledge is shown first, and sent with one more click (`looked_at`)."""
    text = text.strip().replace("\r\n", "\n")
    if not text or "\x00" in text:
        raise Refused(422, "Please write an answer first.")
    if len(text) > LONGEST_REPLY:
        raise Refused(422, f"An answer has at most {LONGEST_REPLY} characters. Please send it in parts.")
    try:
        answering.send(desk, who, conversation_id, text, client_id, articles=article, looked_at=looked_at)
    except NotSent as refused:
        doubted = refused if isinstance(refused, Doubted) else None
        if by_script(request) and doubted:
            return HTMLResponse(pages.fragment("_findings.html", desk, who, doubted=doubted), 409)
        if by_script(request):
            raise Refused(409, refused.text) from None
        problem, own = "" if doubted else refused.text, "" if refused.used else client_id
        typed = Typed(text, problem, own, articles=tuple(article), doubted=doubted)
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
def close(
    desk: Desk, who: Who, conversation_id: Id, summary: Annotated[str, Form(max_length=LONGEST_SUMMARY + 100)] = ""
) -> Response:
    """Ends the agent's part: the assistant has the floor again. ``summary``: what was agreed; the person reads it."""
    agreed = summary.replace("\r\n", "\n").replace("\x00", "")
    return _leave(desk, who, conversation_id, partial(handovers.close, summary=agreed), "closed")


@router.post("/dismiss")
def dismiss(desk: Desk, who: Who, conversation_id: Id) -> Response:
    """Settles a request while the assistant goes on: somebody has looked, and there is nothing to do."""
    with desk.database.write() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
        settled = handovers.dismiss(session, conversation, who.agent, desk.clock())
    desk.hub.wake(conversation_id)
    return _to(conversation_id, "" if settled else "first")


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
