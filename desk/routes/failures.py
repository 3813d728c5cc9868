"""Messages that were set aside, sending one again, and putting away what nobody can do anything about."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from channels import outbox
from desk import lookup, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import failures
from desk.reading.failures import Again
from desk.services import PREFIX, DeskServices
from dossiers import audit, conversations
from dossiers.models import Address, InboxItem, InboxState, OutboxItem, OutboxState

router = APIRouter(prefix="/set-aside")
Who = Annotated[SignedIn, needs(Action.FAILURES_HANDLE)]
Number = Annotated[int, Query(ge=1, le=100_000)]
RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
GONE = "There is no such message. It may have been erased."
HINTS = {
    Again.WEBSITE: "The chat on the website shows it when the person opens it.",
    Again.NO_ADDRESS: "There is no address for it any more.",
    Again.MOVED: "The person went on in another conversation.",
    Again.STOPPED: "Nothing is sent there until the person writes again.",
    Again.CLOSED: "WhatsApp takes no free text now; a template can be sent.",
    Again.BY_ITSELF: "It goes out by itself when the person writes again. Until then, a template can be sent.",
}
NOTES = {
    "sent": "The message is on its way again. The conversation shows how far it comes.",
    "away": "Put away. The message and its state stay in the conversation.",
    "changed": "Somebody was first: this message is no longer set aside. Nothing was changed.",
} | {f"not-{state}": f"It was not sent again. {hint}" for state, hint in HINTS.items()}


@router.get("")
def show(
    request: Request,
    desk: Desk,
    who: Who,
    incoming: Number = 1,
    outgoing: Number = 1,
    retrying: Number = 1,
    note: str = "",
) -> Response:
    """What could not be processed, what could not be delivered, what is tried again; a page of each."""
    now = desk.clock()
    with desk.database.read() as session:
        lists = {
            "outgoing": failures.undelivered(session, who, outgoing, now),
            "retrying": failures.tried_again(session, who, retrying, now),
            "incoming": failures.set_aside(session, who, incoming),
        }
    return pages.page(request, "failures.html", lists=lists, hints=HINTS, note=NOTES.get(note, ""))


@router.post("/{outbox_id}/again")
def send_again(
    desk: Desk,
    who: Who,
    outbox_id: RowId,
    outgoing: Annotated[int, Form(ge=1, le=100_000)] = 1,
) -> Response:
    """Puts a message that was given up back in its place. It goes when its address takes it."""
    note = _again(desk, who, outbox_id)
    return RedirectResponse(f"{PREFIX}/set-aside?outgoing={outgoing}&note={note}", 303)


@router.post("/{outbox_id}/put-away")
def put_away(desk: Desk, who: Who, outbox_id: RowId) -> Response:
    """Takes a message that was given up out of the list. It stays in its conversation as it is."""
    with desk.database.write() as session:
        item = _found(session, who, outbox_id)
        done = item.state == OutboxState.DEAD
        if done:
            item.put_away_at = desk.clock()
            _audit(session, desk, who, "message.put_away", item.message_id)
    return RedirectResponse(f"{PREFIX}/set-aside?note={'away' if done else 'changed'}", 303)


@router.post("/incoming/{inbox_id}/put-away")
def put_away_incoming(desk: Desk, who: Who, inbox_id: RowId) -> Response:
    """Takes a message that could not be processed out of the list. It stays in its conversation."""
    with desk.database.write() as session:
        item = session.get(InboxItem, inbox_id)
        if item is None:
            raise Refused(404, GONE)
        lookup.conversation(session, who, item.conversation_id, Action.FAILURES_HANDLE)
        done = item.state == InboxState.DEAD
        if done:
            item.put_away_at = desk.clock()
            _audit(session, desk, who, "message.put_away", item.message_id)
    return RedirectResponse(f"{PREFIX}/set-aside?note={'away' if done else 'changed'}", 303)


def _audit(session: Session, desk: DeskServices, who: SignedIn, action: str, message_id: int) -> None:
    actor = f"agent:{who.agent.id}"
    audit.note(session, actor=actor, action=action, subject=f"message:{message_id}", now=desk.clock())


def _again(desk: DeskServices, who: SignedIn, outbox_id: int) -> str:
    """The note that tells the result.

    Raises:
        Refused: 404, there is no such message.
    """
    now = desk.clock()
    with desk.database.write() as session:
        item = _found(session, who, outbox_id)
        # somebody who asks us to stop at this moment is heard first
        conversations.lock(session, item.conversation_id)
        session.refresh(item)
        address = session.get(Address, item.address_id, populate_existing=True) if item.address_id else None
        if item.state != OutboxState.DEAD:
            return "changed"
        if (answer := failures.again(item, address, now)) is not Again.YES:
            return f"not-{answer}"
        if not outbox.send_again(session, outbox_id, now):
            return "changed"
    desk.hub.wake(item.conversation_id)
    return "sent"


def _found(session: Session, who: SignedIn, outbox_id: int) -> OutboxItem:
    item = session.get(OutboxItem, outbox_id)
    if item is None:
        raise Refused(404, GONE)
    lookup.conversation(session, who, item.conversation_id, Action.FAILURES_HANDLE)
    return item
