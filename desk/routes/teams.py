"""Teams: which towns they serve and who is in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import accounts as reading
from desk.services import PREFIX, DeskServices
from dossiers.accounts import AccountError, administration
from dossiers.models import Agent, Role, Team, TeamMember

router = APIRouter(prefix="/teams")
Who = Annotated[SignedIn, needs(Action.TEAMS_EDIT)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, Form(max_length=500)]
Several = Annotated[list[str], Form(max_length=1000, default_factory=list)]
NOTES = {
    "saved": "Saved. New conversations go to the team of their town; earlier ones stay where they are.",
    "gone": "The team is removed.",
}


@router.get("")
def everything(request: Request, desk: Desk, _: Who, note: str = "") -> Response:
    """All teams, and the form for a new one."""
    return _list(request, desk, note=NOTES.get(note, ""))


def _list(request: Request, desk: DeskServices, *, note: str = "", name: str = "", problem: str = "") -> Response:
    with desk.database.read() as session:
        rows = reading.teams(session, desk.library)
    status = 422 if problem else 200
    return pages.page(request, "teams.html", status=status, rows=rows, note=note, typed=name, problem=problem)


@router.post("")
def make(request: Request, desk: Desk, who: Who, name: Text = "") -> Response:
    """Makes a team; its page asks for the rest."""
    try:
        with desk.database.write() as session:
            me, now = f"agent:{who.agent.id}", desk.clock()
            team = administration.save_team(
                session, None, name=name, municipalities=(), catch_all=False, actor=me, now=now
            )
    except AccountError as error:
        return _list(request, desk, name=name, problem=str(error))
    return RedirectResponse(f"{PREFIX}/teams/{team.id}", 303)


@router.get("/{team_id}")
def one(request: Request, desk: Desk, _: Who, team_id: Id, note: str = "") -> Response:
    """One team."""
    with desk.database.read() as session:
        team = _found(session, team_id)
        members = set(session.scalars(select(TeamMember.agent_id).where(TeamMember.team_id == team_id)))
    typed: dict[str, str | bool] = {"name": team.name, "catch_all": team.catch_all}
    return _show(request, desk, team_id, typed, set(team.municipalities), members, note=NOTES.get(note, ""))


def _show(
    request: Request,
    desk: DeskServices,
    team_id: str,
    typed: dict[str, str | bool],
    towns: set[str],
    members: set[str],
    *,
    note: str = "",
    problem: str = "",
) -> Response:
    with desk.database.read() as session:
        team = _found(session, team_id)
        found = session.scalars(select(Agent).where(Agent.active).order_by(func.lower(Agent.name), Agent.login))
        colleagues = [agent for agent in found if Role.PARTNER not in agent.roles]
    places = sorted(desk.library.municipalities.values(), key=lambda town: town.name)
    return pages.page(
        request,
        "teams_one.html",
        status=422 if problem else 200,
        team=team,
        typed=typed,
        places=places,
        towns=towns,
        colleagues=colleagues,
        members=members,
        note=note,
        problem=problem,
    )


def _found(session: Session, team_id: str) -> Team:
    team = session.get(Team, team_id)
    if team is None:
        raise Refused(404, "There is no such team.")
    return team


@router.post("/{team_id}")
def change(
    request: Request,
    desk: Desk,
    who: Who,
    team_id: Id,
    towns: Several,
    members: Several,
    name: Text = "",
    catch_all: Annotated[bool, Form()] = False,
) -> Response:
    """Changes name, towns and members."""
    me, now = f"agent:{who.agent.id}", desk.clock()
    known = [town for town in towns if town in desk.library.municipalities]
    try:
        with desk.database.write() as session:
            team = _found(session, team_id)
            administration.save_team(
                session, team, name=name, municipalities=known, catch_all=catch_all, actor=me, now=now
            )
            administration.set_members(session, team, members, actor=me, now=now)
    except AccountError as error:
        typed: dict[str, str | bool] = {"name": name, "catch_all": catch_all}
        return _show(request, desk, team_id, typed, set(known), set(members), problem=str(error))
    return RedirectResponse(f"{PREFIX}/teams/{team_id}?note=saved", 303)


@router.post("/{team_id}/remove")
def remove(desk: Desk, who: Who, team_id: Id) -> Response:
    """Removes a team to which no conversation belongs."""
    try:
        with desk.database.write() as session:
            me = f"agent:{who.agent.id}"
            administration.remove_team(session, _found(session, team_id), actor=me, now=desk.clock())
    except AccountError as error:
        raise Refused(409, str(error)) from None
    return RedirectResponse(f"{PREFIX}/teams?note=gone", 303)
