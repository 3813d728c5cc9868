"""Documents of a dossier: what is known of each, asking for one, reading what was sent, and deleting it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Path, Request, Response

from desk import lookup, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import dossier_page, dossiers
from desk.reading.dossiers import Sources
from desk.routes.dossier_edit import back, log, own
from dossiers import documents
from dossiers.documents import NotPossible
from dossiers.models import Document, DocumentState, Dossier
from dossiers.vault import FileMissing

router = APIRouter(prefix="/dossiers/{dossier_id}/documents")
Edits = Annotated[SignedIn, needs(Action.DOSSIER_EDIT)]
Reads = Annotated[SignedIn, needs(Action.DOCUMENT_READ)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Kind = Annotated[str, Form(max_length=40)]
Text = Annotated[str, Form(max_length=4000)]
USUAL_DAYS = 14
ENDING = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
ERASED = "There is no such document. It may have been deleted."
log_event = structlog.get_logger(__name__)


@router.get("/new")
def new(request: Request, desk: Desk, who: Edits, dossier_id: Id) -> Response:
    """The forms for a document that is not listed yet."""
    return _page(request, desk, who, dossier_id, None)


@router.get("/{document_id}")
def show(request: Request, desk: Desk, who: Edits, dossier_id: Id, document_id: Id) -> Response:
    """One document, with what can be done."""
    return _page(request, desk, who, dossier_id, document_id)


def _page(
    request: Request,
    desk: Desk,
    who: SignedIn,
    dossier_id: str,
    document_id: str | None,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    today = desk.today()
    with desk.database.read() as session:
        dossier = own(session, who, dossier_id)
        shown = dossiers.shown(session, [dossier], desk.library)[0]
        row = _row(session.get(Document, document_id), dossier) if document_id else None
        paper = dossier_page.paper(row, Sources(session, [row]), today) if row else None
    usual = {
        "kind": paper.kind if paper else "passport",
        "state": paper.state if paper else "needed",
        "note": paper.note if paper else "",
        "reason": paper.reason if paper else "",
        "last_day": str(today + dt.timedelta(days=USUAL_DAYS)),
    }
    return pages.page(
        request,
        "dossier_document.html",
        status=status,
        dossier=shown,
        document=paper,
        typed=usual | (typed or {}),
        problem=problem,
        kinds=[(kind, documents.kind_label(kind)) for kind in documents.KINDS],
        states=[(str(one), documents.state_label(one)) for one in documents.SAID],
        today=str(today),
        days_kept=documents.DAYS_KEPT,
    )


def _row(found: Document | None, dossier: Dossier) -> Document:
    if found is None or found.dossier_id != dossier.id:
        raise Refused(404, ERASED)
    return found


@router.post("/note")
def note(
    request: Request,
    desk: Desk,
    who: Edits,
    dossier_id: Id,
    kind: Kind,
    state: Annotated[DocumentState, Form()],
    text: Text = "",
    document_id: Annotated[str, Form(pattern=r"^(?:[0-9a-f]{32})?$")] = "",
) -> Response:
    """Lists a document, or says anew what is known of it."""
    text = _plain(text)
    try:
        with desk.database.write() as session:
            dossier = own(session, who, dossier_id)
            found = documents.note(
                session, dossier, kind, state, text=text, now=desk.clock(), document_id=document_id or None
            )
            log(session, desk, who, "document.noted", dossier, document=found.id, kind=kind, state=str(state))
    except NotPossible:
        typed = {"kind": kind, "state": str(state), "note": text}
        problem = f"This could not be saved. A note has at most {documents.LONGEST_NOTE} characters."
        return _page(request, desk, who, dossier_id, document_id or None, typed=typed, problem=problem, status=422)
    return back(desk, who, dossier_id, "saved", "documents")


@router.post("/ask")
def ask(
    request: Request,
    desk: Desk,
    who: Edits,
    dossier_id: Id,
    kind: Kind,
    reason: Text = "",
    last_day: Annotated[str, Form(max_length=10)] = "",
    document_id: Annotated[str, Form(pattern=r"^(?:[0-9a-f]{32})?$")] = "",
) -> Response:
    """Asks the person to send a document, with a reason and a last day."""
    reason = _plain(reason)
    try:
        day = dt.date.fromisoformat(last_day)
        with desk.database.write() as session:
            dossier = own(session, who, dossier_id)
            found = documents.request(
                session,
                dossier,
                kind,
                reason=reason,
                last_day=day,
                agent_id=who.agent.id,
                now=desk.clock(),
                document_id=document_id or None,
            )
            log(session, desk, who, "document.asked", dossier, document=found.id, kind=kind)
    except (NotPossible, ValueError):
        typed = {"kind": kind, "reason": reason, "last_day": last_day}
        problem = "Please write a short reason, and choose a last day that is not in the past."
        return _page(request, desk, who, dossier_id, document_id or None, typed=typed, problem=problem, status=422)
    return back(desk, who, dossier_id, "asked", "documents")


@router.post("/{document_id}/checked")
def checked(desk: Desk, who: Edits, dossier_id: Id, document_id: Id, text: Text = "") -> Response:
    """Notes that the file was looked at; it is deleted."""
    try:
        with desk.database.write() as session:
            dossier = own(session, who, dossier_id)
            documents.checked(session, dossier, document_id, text=_plain(text), now=desk.clock())
            log(session, desk, who, "document.checked", dossier, document=document_id)
    except NotPossible:
        raise Refused(
            409, "There is no file to check any more, or the note is too long. Nothing was changed."
        ) from None
    return back(desk, who, dossier_id, "checked", "documents")


@router.post("/{document_id}/delete")
def delete(desk: Desk, who: Edits, dossier_id: Id, document_id: Id) -> Response:
    """Deletes the file, or takes back that it was asked for."""
    with desk.database.write() as session:
        dossier = own(session, who, dossier_id)
        _row(session.get(Document, document_id), dossier)
        documents.delete(session, document_id, desk.clock())
        log(session, desk, who, "document.deleted", dossier, document=document_id)
    return back(desk, who, dossier_id, "deleted", "documents")


@router.get("/{document_id}/file")
def file(desk: Desk, who: Reads, dossier_id: Id, document_id: Id) -> Response:
    """The file, to be saved and never shown by the browser itself. Each time is written down before it is read."""
    if desk.sealer is None:
        raise Refused(503, "Documents cannot be opened here: the service has no key for them.")
    with desk.database.write() as session:
        dossier = lookup.dossier(session, who, dossier_id, Action.DOCUMENT_READ)
        row = _row(session.get(Document, document_id), dossier)
        log(session, desk, who, "document.read", dossier, document=document_id)
        name = f"{row.kind}-{row.id[:6]}.{ENDING.get(row.media_type or '', 'bin')}"
        media_type = row.media_type or "application/octet-stream"
    try:
        with desk.database.read() as session:
            data = documents.read(session, desk.sealer, document_id)
    except FileMissing:
        log_event.warning("document_unreadable", document=document_id)
        raise Refused(404, "This file is not here any more, or it can no longer be decrypted.") from None
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)


def _plain(text: str) -> str:
    return text.replace("\x00", " ").replace("\r\n", "\n").strip()
