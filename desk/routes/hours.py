"""When each team is there: the hours of the week, and days on which it is closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import hours as reading
from desk.services import PREFIX, DeskServices
from dossiers import audit, hours
from dossiers.hours import DAYS, Unreadable
from dossiers.models import Closure

router = APIRouter(prefix="/hours")
Who = Annotated[SignedIn, needs(Action.HOURS_EDIT)]
TeamId = Annotated[str, Query(pattern=r"^([0-9a-zA-Z_-]{1,32})?$")]
TeamField = Annotated[str, Form(pattern=r"^([0-9a-zA-Z_-]{1,32})?$")]
LONGEST_DAY, LONGEST_NOTE = 80, 200
NOTES = {
    "kept": "The hours are kept. People are told these from now on.",
    "forgotten": "This team has the hours of the service again.",
    "closed": "The closure is added.",
    "opened": "The closure is taken away.",
}
CLOSING_PROBLEMS = {
    "order": "The last day comes before the first day. Nothing was added.",
    "past": "These days have passed already. Nothing was added.",
}


@router.get("")
def show(request: Request, desk: Desk, _: Who, team: TeamId = "", note: str = "", problem: str = "") -> Response:
    """The hours of the service, or of one team."""
    return _page(request, desk, team or None, note=NOTES.get(note, ""), problem=CLOSING_PROBLEMS.get(problem, ""))


def _page(
    request: Request,
    desk: DeskServices,
    team_id: str | None,
    *,
    note: str = "",
    problem: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    with desk.database.read() as session:
        shown = reading.shown(session, team_id, desk.clock())
    if shown is None:
        raise Refused(404, "There is no such team. It may have been taken away.")
    if typed is not None:
        shown = replace(shown, days=reading.fields(typed), on_holidays="on_holidays" in typed)
    wrong = [day for day in shown.days if day.problem]
    status = 422 if wrong else 200
    return pages.page(request, "hours.html", status=status, shown=shown, note=note, problem=problem, wrong=wrong)


@router.post("")
async def keep(request: Request, desk: Desk, who: Who) -> Response:
    """Sets the hours; what cannot be read comes back with the reason, and nothing is changed."""
    form = {key: value.strip() for key, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_keep, request, desk, who, form)


def _keep(request: Request, desk: DeskServices, who: SignedIn, form: dict[str, str]) -> Response:
    team_id = form.get("team") or None
    if any(len(form.get(name.lower(), "")) > LONGEST_DAY for name in DAYS):
        raise Refused(422, "That is too long for the hours of one day.")
    try:
        week = reading.week(form)
    except Unreadable:
        return _page(request, desk, team_id, typed=form)
    with desk.database.write() as session:
        _known(session, team_id)
        if form.get("action") == "forget" and team_id is not None:
            hours.forget(session, team_id)
            note = "forgotten"
        else:
            hours.keep(session, team_id, week, desk.clock(), on_holidays="on_holidays" in form)
            note = "kept"
        _write_down(session, desk, who, f"hours.{note}", team_id)
    return _to(team_id, note=note)


@router.post("/closures")
def close_on(
    desk: Desk,
    who: Who,
    first_day: Annotated[dt.date, Form()],
    last_day: Annotated[str, Form(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = "",
    note: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
    team: TeamField = "",
) -> Response:
    """Adds days on which nobody is there; without a last day, one day."""
    team_id = team or None
    try:
        last = dt.date.fromisoformat(last_day) if last_day else first_day
    except ValueError:
        raise Refused(422, "There is no such day. Please check the date.") from None
    if last < desk.today():
        return _to(team_id, problem="past")
    with desk.database.write() as session:
        _known(session, team_id)
        try:
            hours.close_on(session, team_id, first_day, last, note.strip())
        except Unreadable:
            return _to(team_id, problem="order")
        _write_down(session, desk, who, "hours.closure_added", team_id)
    return _to(team_id, note="closed")


@router.post("/closures/{closure_id}/remove")
def open_again(desk: Desk, who: Who, closure_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """Takes a closure away."""
    with desk.database.write() as session:
        closure = session.get(Closure, closure_id)
        if closure is None:
            raise Refused(404, "There is no such closure. A colleague may have taken it away.")
        team_id = closure.team_id
        session.delete(closure)
        _write_down(session, desk, who, "hours.closure_removed", team_id)
    return _to(team_id, note="opened")


def _known(session: Session, team_id: str | None) -> None:
    if team_id is not None and reading.team(session, team_id) is None:
        raise Refused(404, "There is no such team. It may have been taken away.")


def _write_down(session: Session, desk: DeskServices, who: SignedIn, action: str, team_id: str | None) -> None:
    subject = f"team:{team_id or hours.SERVICE}"
    audit.note(session, actor=f"agent:{who.agent.id}", action=action, subject=subject, now=desk.clock())


def _to(team_id: str | None, **values: str) -> Response:
    query = urlencode({key: value for key, value in {"team": team_id or "", **values}.items() if value})
    return RedirectResponse(f"{PREFIX}/hours?{query}", 303)
