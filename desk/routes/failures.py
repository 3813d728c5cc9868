"""Messages that were set aside."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from desk import pages
from desk.access import Desk, Who
from desk.reading import failures

router = APIRouter()


@router.get("/set-aside")
def show(request: Request, desk: Desk, _: Who) -> Response:
    """What could not be processed, and what could not be delivered."""
    with desk.database.read() as session:
        incoming, outgoing = failures.set_aside(session), failures.undelivered(session)
    return pages.page(request, "failures.html", incoming=incoming, outgoing=outgoing)
