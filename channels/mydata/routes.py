"""The page itself, and what ends things: the copy to take along, erasing, the end of the chat."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

from channels.mydata import pages
from channels.mydata.access import NotOpened, Own, Sent, Service
from channels.mydata.showing import home, looked, show
from dossiers import audit, record
from dossiers.models import Conversation, Right
from dossiers.privacy import ending, erasing, export, receipts
from dossiers.privacy.erasing import NobodyThere

router = APIRouter()
What = Literal["dossier", "everything"]


@router.get("/{token}")
def whole_page(own: Own, service: Service, receipt: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Everything that is kept about the person, with the ways to change it."""
    with service.database.write() as session:
        looked(session, own, service.links.hours, service.clock())
    return show(own, service, receipt=receipt)


@router.post("/{token}/export")
def take_along(own: Sent, service: Service, kind: Annotated[Literal["json", "page"], Form()] = "json") -> Response:
    """A copy of everything: as data, or to read and print."""
    now, person = service.clock(), f"person:{own.person_id}"
    with service.database.write() as session:
        found = export.collect(session, own.person_id, service.current(), now, service.sealer)
        audit.note(session, actor=person, action="data.exported", subject=person, now=now, details={"kind": kind})
        receipt = receipts.write(session, own.person_id, Right.EXPORT, found.counts, now)
    if kind == "page":
        return pages.page("export.html", own=own, export=found, receipt=receipt)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "X-Receipt": receipt.number}
    return Response(found.to_json(), media_type="application/json; charset=utf-8", headers=headers)


@router.get("/{token}/erase")
def ask_to_erase(own: Own, what: Annotated[What, Query()] = "everything") -> Response:
    """Asks once before anything is erased."""
    return pages.page("erase.html", own=own, what=what)


@router.post("/{token}/erase")
def erase(own: Sent, service: Service, what: Annotated[What, Form()]) -> Response:
    """Erases the dossier with the plan, or everything. After the second, no link of this person opens anything."""
    if what == "dossier":
        return _erase_dossier(own, service)
    conversation_ids = _chats(own, service)
    try:
        receipt = erasing.erase_person(service.database, own.person_id, now=service.clock())
    except NobodyThere:
        raise NotOpened(410) from None
    for conversation_id in conversation_ids:
        service.wake(conversation_id)
    return pages.page("done.html", title="Everything about you is erased", receipt=receipt, own=None, what=what)


@router.get("/{token}/end")
def ask_to_end(own: Own) -> Response:
    """Asks once before the chat is ended."""
    return pages.page("end.html", own=own)


@router.post("/{token}/end")
def end(own: Sent, service: Service) -> Response:
    """Ends the conversation in which the link was asked for."""
    receipt = ending.end_chat(service.database, own.conversation_id, service.clock())
    service.wake(own.conversation_id)
    if receipt is None:  # it was over before
        return home(own, None)
    return pages.page("done.html", title="Your chat has ended", receipt=receipt, own=own, what="end")


def _erase_dossier(own: Sent, service: Service) -> Response:
    now, person = service.clock(), f"person:{own.person_id}"
    with service.database.write() as session:
        had = record.dossier_of(session, own.person_id) is not None
        if not record.erase(session, own.person_id, now):
            return home(own, None)
        audit.note(session, actor=person, action="dossier.erased", subject=person, now=now)
        receipt = receipts.write(session, own.person_id, Right.ERASE, {"dossiers": int(had)}, now)
    return pages.page(
        "done.html", title="Your dossier and your plan are erased", receipt=receipt, own=own, what="dossier"
    )


def _chats(own: Sent, service: Service) -> list[str]:
    with service.database.read() as session:
        found = session.query(Conversation.id).filter(Conversation.person_id == own.person_id)
        return [row[0] for row in found]
