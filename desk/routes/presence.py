"""What an agent says of themselves: available, busy or away, and how many conversations at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.services import EVERYTHING, PREFIX
from dossiers import presence
from dossiers.models import Availability
from dossiers.presence import MOST_CAPACITY

router = APIRouter()
Who = Annotated[SignedIn, needs(Action.QUEUE_SEE)]


@router.post("/presence")
def declare(
    desk: Desk,
    who: Who,
    availability: Annotated[Availability, Form()],
    capacity: Annotated[int, Form(ge=1, le=MOST_CAPACITY)],
) -> Response:
    """Keeps it; colleagues see it at once."""
    with desk.database.write() as session:
        presence.declare(session, who.agent.id, availability, capacity, desk.clock())
    desk.hub.wake(EVERYTHING)
    return RedirectResponse(f"{PREFIX}/?note=presence", 303)
