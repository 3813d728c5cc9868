"""Notes of colleagues for colleagues beside a conversation, and the list of those that name somebody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from desk import conversation_page, lookup, mentioning, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.conversation_page import Typed
from desk.permissions import Action
from desk.problems import by_script
from desk.reading import mentions
from desk.routes.conversation import Id
from desk.services import PREFIX
from dossiers import audit, notes

router = APIRouter()
Writer = Annotated[SignedIn, needs(Action.NOTE_WRITE)]
Reads = Annotated[SignedIn, needs(Action.CONVERSATION_READ)]
NoteId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("/conversations/{conversation_id}/notes")
def write(
    request: Request, desk: Desk, who: Writer, conversation_id: Id, text: Annotated[str, Form(max_length=8000)] = ""
) -> Response:
    """Keeps a note. It is no message: it goes to nobody but colleagues."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    problem = ""
    if not text:
        problem = "Please write the note first."
    elif len(text) > notes.LONGEST:
        problem = f"A note has at most {notes.LONGEST} characters. Your text is kept here; please shorten it."
    named = mentioning.Mentioned()
    with desk.database.write() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.NOTE_WRITE)
        if not problem:
            named = mentioning.mentioned(session, text, conversation.team_id)
            notes.write(session, conversation, who.agent, text, named.told, desk.clock())
    if problem and by_script(request):
        raise Refused(422, problem)
    if problem:
        typed = Typed(note=text, note_problem=problem)
        return conversation_page.show(request, desk, who, conversation_id, typed=typed, status=422)
    desk.hub.wake(conversation_id)
    if by_script(request):
        return HTMLResponse(pages.fragment("_noted.html", desk, who, remark=named.remark))
    if named.remark:
        return conversation_page.show(request, desk, who, conversation_id, note=f"The note is kept. {named.remark}")
    return RedirectResponse(f"{PREFIX}/conversations/{conversation_id}#notes", 303)


@router.post("/conversations/{conversation_id}/notes/{note_id}/delete")
def delete(desk: Desk, who: Writer, conversation_id: Id, note_id: NoteId) -> Response:
    """Deletes a note of one's own."""
    with desk.database.write() as session:
        lookup.conversation(session, who, conversation_id, Action.NOTE_WRITE)
        if notes.remove(session, note_id, who.agent.id, conversation_id):
            actor, subject = f"agent:{who.agent.id}", f"conversation:{conversation_id}"
            audit.note(session, actor=actor, action="note.deleted", subject=subject, now=desk.clock())
        else:
            raise Refused(404, "There is no such note of yours. It may have been deleted.")
    desk.hub.wake(conversation_id)
    return RedirectResponse(f"{PREFIX}/conversations/{conversation_id}#notes", 303)


@router.get("/mentions")
def mentions_of_me(request: Request, desk: Desk, who: Reads) -> Response:
    """The notes that name the agent, the newest first."""
    with desk.database.read() as session:
        found = mentions.of_agent(session, who)
    return pages.page(request, "mentions.html", mentions=found)
