"""Dossiers: the list and one dossier.

Searching is a POST: what people told about themselves does not belong in addresses, which end up in logs and histories.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from desk import lookup, pages
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.reading import dossier_page, dossiers, tasks
from desk.reading.dossiers import Filter
from desk.services import PREFIX
from dossiers import audit, fields, merging, topics
from dossiers.models import TopicState

router = APIRouter(prefix="/dossiers")
Who = Annotated[SignedIn, needs(Action.DOSSIER_READ)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
NOTES = {
    "saved": "Saved.",
    "settled": "Settled. The other statement stays in the history.",
    "asked": "The person sees in “My data” that you ask for this document. Please tell them in the conversation too.",
    "checked": "Noted as checked. The file is deleted.",
    "deleted": "The file and what was written about it are deleted.",
    "merged": "The two dossiers are one now. Everything of both is here.",
    "moved": "Saved. Because of its town the dossier went to another team.",
}


@router.get("")
def latest(request: Request, desk: Desk, who: Who, note: str = "") -> Response:
    """The dossiers that changed last."""
    return _list(request, desk, who, note=NOTES.get(note, "") if note == "moved" else "")


@router.post("")
def search(
    request: Request,
    desk: Desk,
    who: Who,
    text: Annotated[str, Form(max_length=200)] = "",
    page: Annotated[int, Form(ge=1, le=10_000)] = 1,
    topic: Annotated[str, Form(max_length=40)] = "",
    state: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Dossiers whose fields hold every word and whose topic is in a state; only the results when htmx asks."""
    return _list(request, desk, who, text, page, topic, state)


def _list(
    request: Request,
    desk: Desk,
    who: SignedIn,
    text: str = "",
    page: int = 1,
    topic: str = "",
    state: str = "",
    note: str = "",
) -> Response:
    text = text.replace("\x00", " ").strip()
    topic = topic if topic in topics.TOPICS else ""
    state = state if state in TopicState else ""
    only = Filter(topic or None, TopicState(state) if state else None)
    with desk.database.read() as session:
        found = dossiers.search(session, who, text, page, desk.library, only)
    by_script = request.headers.get("hx-request") == "true"
    return pages.page(
        request,
        "_results.html" if by_script else "dossiers.html",
        found=found,
        text=text,
        topic=topic,
        state=state,
        topics=[(key, topics.label(key)) for key in topics.TOPICS],
        states=[(str(one), topics.state_label(one)) for one in TopicState],
        note=note,
    )


@router.get("/{dossier_id}")
def show(request: Request, desk: Desk, who: Who, dossier_id: Id, note: str = "") -> Response:
    """One dossier with everything that belongs to it. A merged one leads to the one of which it is a part now."""
    with desk.database.write() as session:
        if (now_in := merging.merged_into(session, dossier_id)) is not None:
            return RedirectResponse(f"{PREFIX}/dossiers/{now_in}", 303)
        found = lookup.dossier(session, who, dossier_id)
        audit.note(
            session,
            actor=f"agent:{who.agent.id}",
            action="dossier.read",
            subject=f"dossier:{found.id}",
            now=desk.clock(),
        )
    with desk.database.read() as session:
        found = lookup.dossier(session, who, dossier_id)
        read = dossier_page.read(session, found, who, desk.library, desk.today())
        here = f"{PREFIX}/dossiers/{found.id}"
        beside = tasks.of_person(session, who, found.person_id, desk.clock(), found.conversation_id, back=here)
    held = {statement.key for statement in read.dossier.current}
    return pages.page(
        request,
        "dossier.html",
        page=read,
        dossier=read.dossier,
        note=NOTES.get(note, ""),
        editable=fields.EDITABLE,
        missing=[(key, fields.label(key)) for key in fields.ASKED if key not in held],
        today=desk.today(),
        tasks=beside if who.may(Action.TASK_EDIT) else None,
    )
