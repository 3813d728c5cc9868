"""An agent's own subscription to the mail that tells how many people wait."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from desk import pages
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.services import PREFIX, DeskServices
from dossiers import digest, teams

router = APIRouter(prefix="/digest")
Who = Annotated[SignedIn, needs(Action.QUEUE_SEE)]
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
PAUSES = {15: "15 minutes", 30: "30 minutes", 60: "hour", 120: "2 hours", 240: "4 hours"}
NOTES = {
    "kept": "Kept. A mail comes when somebody new waits while the desk is open.",
    "ended": "You get no more mails, and your address is deleted.",
}
WRONG = "This is no e-mail address that can be used. It looks like name@example.org."


@router.get("")
def show(request: Request, desk: Desk, who: Who, note: str = "") -> Response:
    """The form, with what the agent has now."""
    return _page(request, desk, who, note=NOTES.get(note, ""))


def _page(
    request: Request, desk: DeskServices, who: SignedIn, *, note: str = "", typed: dict[str, str] | None = None
) -> Response:
    with desk.database.read() as session:
        found = digest.of_agent(session, who.agent.id)
        own = [team for team in teams.all_teams(session) if who.may_in(Action.QUEUE_SEE, team.id)]
    kept = {
        "address": found.address if found else "",
        "team": (found.team_id or "") if found else "",
        "every": str(found.every_minutes if found else 60),
    }
    return pages.page(
        request,
        "digest.html",
        status=422 if typed else 200,
        has=found is not None,
        kept=typed or kept,
        teams=own,
        pauses=PAUSES,
        note=note,
        problem=WRONG if typed else "",
    )


@router.post("")
def subscribe(
    request: Request,
    desk: Desk,
    who: Who,
    address: Annotated[str, Form(max_length=254)],
    every: Annotated[int, Form()],
    team: Annotated[str, Form(pattern=r"^([0-9a-zA-Z_-]{1,32})?$")] = "",
) -> Response:
    """Subscribes, or changes the subscription. A team that the agent does not serve is taken as all they serve."""
    address = address.strip()
    if not ADDRESS.fullmatch(address) or every not in PAUSES:
        return _page(request, desk, who, typed={"address": address, "team": team, "every": str(every)})
    with desk.database.write() as session:
        known = any(one.id == team for one in teams.all_teams(session)) and who.may_in(Action.QUEUE_SEE, team)
        digest.subscribe(session, who.agent.id, address, team if known else None, every, desk.clock())
    return RedirectResponse(f"{PREFIX}/digest?note=kept", 303)


@router.post("/end")
def end(desk: Desk, who: Who) -> Response:
    """Ends the subscription."""
    with desk.database.write() as session:
        digest.unsubscribe(session, who.agent.id)
    return RedirectResponse(f"{PREFIX}/digest?note=ended", 303)
