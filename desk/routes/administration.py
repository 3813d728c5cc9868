"""Accounts of colleagues: making them, roles and teams, links instead of passwords, locking somebody out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import access, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import accounts as reading
from desk.services import PREFIX, DeskServices
from dossiers import accounts, audit
from dossiers.accounts import AccountError, invitations, second_factor
from dossiers.models import Agent, Role, Team

router = APIRouter(prefix="/accounts")
Who = Annotated[SignedIn, needs(Action.ACCOUNTS_EDIT)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, Form(max_length=500)]
Several = Annotated[list[str], Form(max_length=100, default_factory=list)]
NOTES = {
    "saved": "Saved. With other roles, the colleague logs in anew.",
    "off": "This account can no longer log in, and every session has ended. What was written stays.",
    "on": "This account may log in again. Send a link if the colleague needs a password.",
    "factor": "The second factor is off and every session has ended. A new one is set up at the next log-in.",
    "ended": "Every session of this account has ended.",
}


@router.get("")
def everybody(request: Request, desk: Desk, who: Who) -> Response:
    """All accounts."""
    with desk.database.read() as session:
        rows = reading.listed(session)
    return pages.page(request, "accounts.html", rows=rows, mine=who.agent.id)


@router.get("/new")
def ask_for_new(request: Request, desk: Desk, _: Who) -> Response:
    """The form for a new account."""
    return _new_form(request, desk, {"login": "", "name": ""}, frozenset(), frozenset())


def _new_form(
    request: Request,
    desk: DeskServices,
    typed: dict[str, str],
    roles: Iterable[Role],
    teams: Iterable[str],
    problem: str = "",
) -> Response:
    with desk.database.read() as session:
        every = session.scalars(select(Team).order_by(Team.name)).all()
    return pages.page(
        request,
        "accounts_new.html",
        status=422 if problem else 200,
        typed=typed,
        all_roles=reading.ROLES,
        chosen=set(roles),
        teams=every,
        own_teams=set(teams),
        problem=problem,
    )


@router.post("")
def make(
    request: Request,
    desk: Desk,
    who: Who,
    roles: Several,
    teams: Several,
    login: Text = "",
    name: Text = "",
) -> Response:
    """Makes an account and shows the link for its owner, once."""
    me, now = f"agent:{who.agent.id}", desk.clock()
    chosen = _roles(roles)
    try:
        with desk.database.write() as session:
            agent = accounts.create_agent(
                session, login=login, name=name, password=None, now=now, roles=chosen, actor=me
            )
            accounts.set_teams(session, agent, teams, actor=me, now=now)
            token = invitations.invite(session, agent, actor=me, now=now)
    except AccountError as error:
        return _new_form(request, desk, {"login": login, "name": name}, chosen, teams, str(error))
    return _with_link(request, desk, agent, token)


def _roles(given: Iterable[str]) -> list[Role]:
    """The roles that exist among those."""
    return [Role(role) for role in given if role in Role]


def _with_link(request: Request, desk: DeskServices, agent: Agent, token: str) -> Response:
    base = desk.doors.address or f"{request.url.scheme}://{request.url.netloc}{PREFIX}"
    return pages.page(
        request, "accounts_link.html", account=agent, link=f"{base}/join/{token}", openid=desk.doors.openid
    )


@router.get("/{agent_id}")
def one(request: Request, desk: Desk, who: Who, agent_id: Id, note: str = "") -> Response:
    """One account."""
    return _show(request, desk, who, agent_id, note=NOTES.get(note, ""))


def _show(
    request: Request, desk: DeskServices, who: SignedIn, agent_id: str, *, note: str = "", problem: str = ""
) -> Response:
    with desk.database.read() as session:
        account = reading.account(session, _found(session, agent_id), desk.doors.rules, desk.clock())
        teams = session.scalars(select(Team).order_by(Team.name)).all()
    return pages.page(
        request,
        "accounts_one.html",
        status=422 if problem else 200,
        account=account,
        all_roles=reading.ROLES,
        teams=teams,
        ways=reading.WAYS,
        me_too=agent_id == who.agent.id,
        note=note,
        problem=problem,
    )


def _found(session: Session, agent_id: str) -> Agent:
    agent = session.get(Agent, agent_id)
    if agent is None:
        raise Refused(404, "There is no such account.")
    return agent


def _to(agent_id: str, note: str) -> RedirectResponse:
    return RedirectResponse(f"{PREFIX}/accounts/{agent_id}?note={note}", 303)


@router.post("/{agent_id}")
def change(
    request: Request,
    desk: Desk,
    who: Who,
    agent_id: Id,
    roles: Several,
    teams: Several,
    name: Text = "",
) -> Response:
    """Changes name, roles and teams. With other roles every session ends; one's own goes on under a new token."""
    me, now, token = f"agent:{who.agent.id}", desk.clock(), ""
    try:
        with desk.database.write() as session:
            agent = _found(session, agent_id)
            accounts.rename(session, agent, name, actor=me, now=now)
            accounts.set_teams(session, agent, teams, actor=me, now=now)
            if accounts.set_roles(session, agent, _roles(roles), actor=me, now=now):
                if agent_id == who.agent.id:
                    token = accounts.renew(session, who.token, now)
                else:
                    accounts.end_sessions(session, agent_id)
    except AccountError as error:
        return _show(request, desk, who, agent_id, problem=str(error))
    answer: Response = _to(agent_id, "saved")
    if token:
        still_may = Role.ADMINISTRATOR in _roles(roles)
        answer = answer if still_may else RedirectResponse(f"{PREFIX}/account", 303)
        access.set_cookie(answer, desk, access.cookie_name(desk), token)
    return answer


@router.post("/{agent_id}/link")
def link(request: Request, desk: Desk, who: Who, agent_id: Id) -> Response:
    """A new link; the password of before no longer works and every session ends."""
    _not_myself(who, agent_id, "Change your own password in “My account”.")
    with desk.database.write() as session:
        agent = _found(session, agent_id)
        if not agent.active:
            raise Refused(409, "This account is locked. Let it in again first.")
        token = invitations.invite(session, agent, actor=f"agent:{who.agent.id}", now=desk.clock())
    return _with_link(request, desk, agent, token)


def _not_myself(who: SignedIn, agent_id: str, instead: str) -> None:
    if agent_id == who.agent.id:
        raise Refused(409, f"You cannot do this to your own account. {instead}")


@router.post("/{agent_id}/lock")
def lock(request: Request, desk: Desk, who: Who, agent_id: Id) -> Response:
    """Locks an account at once."""
    _not_myself(who, agent_id, "Ask another administrator.")
    try:
        with desk.database.write() as session:
            agent = _found(session, agent_id)
            accounts.deactivate(session, agent, actor=f"agent:{who.agent.id}", now=desk.clock())
    except AccountError as error:
        return _show(request, desk, who, agent_id, problem=str(error))
    return _to(agent_id, "off")


@router.post("/{agent_id}/unlock")
def unlock(desk: Desk, who: Who, agent_id: Id) -> Response:
    """Lets an account in again."""
    with desk.database.write() as session:
        accounts.activate(session, _found(session, agent_id), actor=f"agent:{who.agent.id}", now=desk.clock())
    return _to(agent_id, "on")


@router.post("/{agent_id}/second-factor")
def reset_factor(desk: Desk, who: Who, agent_id: Id) -> Response:
    """Turns off the second factor of a colleague who has lost the phone and the recovery codes."""
    _not_myself(who, agent_id, "Turn it off in “My account”, with a code.")
    with desk.database.write() as session:
        agent = _found(session, agent_id)
        second_factor.turn_off(session, agent, actor=f"agent:{who.agent.id}", now=desk.clock())
        accounts.end_sessions(session, agent_id)
    return _to(agent_id, "factor")


@router.post("/{agent_id}/sessions")
def end_sessions(desk: Desk, who: Who, agent_id: Id) -> Response:
    """Logs a colleague out everywhere."""
    _not_myself(who, agent_id, "Your own sessions are in “My account”.")
    with desk.database.write() as session:
        agent = _found(session, agent_id)
        accounts.end_sessions(session, agent.id)
        me, subject = f"agent:{who.agent.id}", f"agent:{agent.id}"
        audit.note(session, actor=me, action="account.sessions_ended", subject=subject, now=desk.clock())
    return _to(agent_id, "ended")
