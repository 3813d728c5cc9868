"""What partner organisations see: the profiles of people who agreed to it, and asking to be introduced to them.

Searching is a POST, like everywhere at the desk; every profile that is shown is noted in the audit log.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.formats import day
from desk.permissions import Action
from desk.reading import talent as reading
from desk.services import PREFIX, DeskServices
from dossiers import talent
from dossiers.models import Agent
from dossiers.talent import AskedAlready, NotShared, Reason

router = APIRouter()
Who = Annotated[SignedIn, needs(Action.TALENT_SEARCH)]
Administrator = Annotated[SignedIn, needs(Action.ACCOUNTS_EDIT)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
NOT_THERE = "There is no such profile. The person may have stopped sharing it."
NOTES = {
    "asked": "You have asked to be introduced. The pre-care team asks the person first, and then writes to you.",
    "saved": "Saved.",
}


@router.get("/talent")
def show(request: Request, desk: Desk, who: Who) -> Response:
    """The page with an empty form. Nothing is shown before somebody searches, so that no look is noted for nothing."""
    return _list(request, desk, who, None)


@router.post("/talent")
def search(
    request: Request,
    desk: Desk,
    who: Who,
    text: Annotated[str, Form(max_length=200)] = "",
    town: Annotated[str, Form(max_length=500)] = "",
    purpose: Annotated[str, Form(max_length=500)] = "",
    after: Annotated[str, Form(pattern=r"^(?:[0-9a-f]{32})?$")] = "",
) -> Response:
    """Profiles that match, a page of them."""
    typed = {"text": text.replace("\x00", " ").strip(), "town": town, "purpose": purpose, "after": after}
    return _list(request, desk, who, typed)


@router.get("/talent/{person_id}")
def profile(request: Request, desk: Desk, who: Who, person_id: Id, note: str = "") -> Response:
    """One profile."""
    with desk.database.write() as session:
        partner = _partner(session, who)
        try:
            found = talent.open_profile(session, partner, person_id, agent=who.agent, now=desk.clock())
        except NotShared:
            raise Refused(404, NOT_THERE) from None
        shown = reading.shown(found, desk.library)
    may_ask = shown.asked_at is None or desk.clock() - shown.asked_at >= talent.ASK_AGAIN_AFTER
    values: dict[str, Any] = {
        "profile": shown,
        "reasons": talent.REASONS,
        "may_ask": may_ask,
        "note": NOTES.get(note, ""),
    }
    return pages.page(request, "talent_profile.html", **values)


@router.post("/talent/{person_id}/introduction")
def ask(desk: Desk, who: Who, person_id: Id, reason: Annotated[Reason, Form()]) -> Response:
    """Asks the pre-care team to introduce the two."""
    with desk.database.write() as session:
        partner = _partner(session, who)
        try:
            talent.ask_introduction(
                session, partner, person_id, reason, desk.library, agent=who.agent, now=desk.clock()
            )
        except NotShared:
            raise Refused(404, NOT_THERE) from None
        except AskedAlready as before:
            text = f"You asked to be introduced on {day(before.at)}. Please give the pre-care team some time."
            raise Refused(409, text) from None
    return RedirectResponse(f"{PREFIX}/talent/{person_id}?note=asked", 303)


@router.get("/partners")
def accounts(request: Request, desk: Desk, _: Administrator, note: str = "") -> Response:
    """Which account belongs to which partner."""
    with desk.database.read() as session:
        found = reading.accounts(session)
    values: dict[str, Any] = {"accounts": found, "partners": desk.library.partners, "note": NOTES.get(note, "")}
    return pages.page(request, "talent_accounts.html", **values)


@router.post("/partners/{agent_id}")
def tie(desk: Desk, who: Administrator, agent_id: Id, partner: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Ties an account to a partner, or to none."""
    if partner and partner not in desk.library.partners:
        raise Refused(422, "There is no such partner.")
    with desk.database.write() as session:
        if session.get(Agent, agent_id) is None:
            raise Refused(404, "There is no such account.")
        by = f"agent:{who.agent.id}"
        talent.belongs_to(session, agent_id, partner or None, by=by, now=desk.clock())
    return RedirectResponse(f"{PREFIX}/partners?note=saved", 303)


def _list(request: Request, desk: DeskServices, who: SignedIn, typed: dict[str, str] | None) -> Response:
    found, profiles = None, []
    with desk.database.write() as session:
        partner = _partner(session, who)
        towns, purposes = reading.choices(session, partner, desk.library)
        if typed is not None:
            found = talent.search(
                session,
                partner,
                desk.library,
                agent=who.agent,
                now=desk.clock(),
                typed=typed["text"],
                town=typed["town"],
                purpose=typed["purpose"],
                after=typed["after"],
            )
            profiles = [reading.shown(profile, desk.library) for profile in found.profiles]
    name = desk.library.partners[partner].name if partner in desk.library.partners else partner
    values: dict[str, Any] = {
        "towns": towns,
        "purposes": purposes,
        "found": found,
        "profiles": profiles,
        "partner": name,
    }
    empty = {"text": "", "town": "", "purpose": "", "after": ""}
    return pages.page(request, "talent.html", typed=typed or empty, **values)


def _partner(session: Session, who: SignedIn) -> str:
    """The partner of the account.

    Raises:
        Refused: 403, it has none.
    """
    partner = talent.partner_of(session, who.agent.id)
    if partner is None:
        raise Refused(
            403, "Your account does not belong to a partner organisation yet. Please ask the administrator to set it."
        )
    return partner
