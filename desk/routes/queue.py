"""The queue: who waits, who has taken what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from desk import pages
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.reading import queue

router = APIRouter()
Who = Annotated[SignedIn, needs(Action.QUEUE_SEE)]
NOTES = {
    "closed": "You have closed the conversation. The newcomer is with the assistant again.",
    "returned": "The conversation is back in the queue.",
}


@router.get("/")
def show(request: Request, desk: Desk, who: Who, note: str = "") -> Response:
    """The page; `live.queue_events` keeps it current."""
    with desk.database.read() as session:
        board = queue.board(session, who.agent.id, desk.library)
    return pages.page(request, "queue.html", board=board, note=NOTES.get(note, ""))
