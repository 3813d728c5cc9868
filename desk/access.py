"""Lets requests to the desk through, or not: every route passes `guard` and names with `needs` what it does.

What each role may do is one table in `desk.permissions`.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from desk import navigation, permissions
from desk.permissions import Action
from desk.services import PREFIX, DeskServices
from dossiers import accounts, teams
from dossiers.models import Agent, Role

OPEN = frozenset({f"{PREFIX}/login{rest}" for rest in ("", "/code", "/provider", "/provider/back")})
JOIN = f"{PREFIX}/join/"  # links of invitations
OWN_DOOR = (f"{PREFIX}/account/second-factor", f"{PREFIX}/logout")  # what is left without a second factor that is due
SAFE_METHODS = frozenset({"GET", "HEAD"})
CSRF_FIELD, CSRF_HEADER = "csrf_token", "x-csrf-token"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
LARGEST_FORM = 256 * 1024  # the longest article, its form beside it, each character written as nine
_OWN_PAGE = re.compile(rf"{PREFIX}/(?:[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*/?)?")


class LoginNeeded(Exception):
    """There is no session, or it is over."""


class GoTo(Exception):
    """Another page of the desk comes first."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Refused(Exception):
    """The request is not carried out; ``text`` tells the agent why, in one sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The agent behind a request."""

    agent: Agent
    token: str
    csrf: str
    roles: frozenset[Role] = frozenset()
    teams: frozenset[str] = frozenset()
    session_id: str = ""
    must_add_factor: bool = False

    def may(self, action: Action) -> bool:
        """Whether they may do this at all."""
        return permissions.may(self.roles, action)

    def may_in(self, action: Action, team_id: str | None) -> bool:
        """Whether they may do this with something of a team; None: of no team."""
        return permissions.may_in(self.roles, self.teams, action, team_id)


def services(request: Request) -> DeskServices:
    """What the desk works with, wired once in `app.main`."""
    found: DeskServices = request.app.state.desk
    return found


async def guard(request: Request) -> None:
    """Lets a request through to its route, or not.

    Raises:
        LoginNeeded: no session, an expired or revoked one, or one of an agent who is no longer active.
        GoTo: their role needs a second factor by now, and this session was opened without.
        Refused: a change that was not sent from one of the desk's own pages.

    """
    desk = services(request)
    is_open = is_open_to_all(request.url.path)
    found = await run_in_threadpool(look_up, desk, request.cookies.get(cookie_name(desk), ""))
    request.state.signed_in = found
    if found is None and not is_open:
        raise LoginNeeded
    if found is not None and not is_open:
        _first_things_first(request, found)
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, "This did not come from the desk, so nothing was changed.")
    given = await _csrf_token(request)
    own = request.cookies.get(login_cookie_name(desk), "") if is_open or found is None else found.csrf
    if not own or not hmac.compare_digest(own.encode(), given.encode()):
        raise Refused(403, "This page was open for too long, so nothing was changed. Please reload it and try again.")


def is_open_to_all(path: str) -> bool:
    """Whether a page is for people who have not logged in."""
    return path in OPEN or path.startswith(JOIN)


def _first_things_first(request: Request, who: SignedIn) -> None:
    """The second factor that is due; and the page that this role begins with, for who may not see the queue."""
    path = request.url.path
    if who.must_add_factor and not path.startswith(OWN_DOOR):
        raise GoTo(OWN_DOOR[0])
    if path == f"{PREFIX}/" and request.method in SAFE_METHODS and not who.may(Action.QUEUE_SEE):
        raise GoTo(PREFIX + navigation.home(who.may))


def look_up(desk: DeskServices, token: str) -> SignedIn | None:
    """Who has this session; None: nobody."""
    if not token:
        return None
    now = desk.clock()
    with desk.database.read() as session:
        found = accounts.session_of(session, token, now)
        own_teams = teams.teams_of(session, found.agent_id) if found else frozenset()
    if found is None:
        return None
    accounts.seen(desk.database, found, now)
    due = None if found.strong else desk.doors.rules.due_at(found.agent)
    return SignedIn(
        agent=found.agent,
        token=token,
        csrf=found.csrf_token,
        roles=accounts.roles_of(found.agent),
        teams=own_teams,
        session_id=found.id,
        must_add_factor=due is not None and now >= due and desk.sealer is not None,
    )


def still_signed_in(desk: DeskServices, who: SignedIn) -> bool:
    """Whether a stream may go on: the session was not ended meanwhile. Does not count as activity."""
    with desk.database.read() as session:
        return accounts.session_of(session, who.token, desk.clock()) is not None


async def _csrf_token(request: Request) -> str:
    if header := request.headers.get(CSRF_HEADER):
        return header
    if not request.headers.get("content-type", "").startswith(FORM_TYPES):
        return ""
    if int(request.headers.get("content-length") or LARGEST_FORM + 1) > LARGEST_FORM:
        raise Refused(413, "That is too long to send at once. Please shorten it.")
    return str((await request.form()).get(CSRF_FIELD, ""))


def signed_in(request: Request) -> SignedIn:
    """The agent behind a request that `guard` let through."""
    found: SignedIn | None = request.state.signed_in
    if found is None:
        raise LoginNeeded
    return found


@dataclass(frozen=True, slots=True)
class Needs:
    """A route's dependency: lets through who may do ``action``."""

    action: Action

    def __call__(self, request: Request) -> SignedIn:
        """Who is behind the request.

        Raises:
            LoginNeeded: nobody.
            Refused: 403, their roles do not allow it.
        """
        who = signed_in(request)
        if not who.may(self.action):
            raise Refused(403, "Your account may not do this. Ask a colleague whose task it is, or your coordinator.")
        return who


def needs(action: Action) -> Any:
    """The dependency of a route that does this: lets in who may and gives who it is (`Annotated[SignedIn, …]`)."""
    return Depends(Needs(action))


Desk = Annotated[DeskServices, Depends(services)]
Who = Annotated[SignedIn, Depends(signed_in)]
Editor = Annotated[SignedIn, needs(Action.KNOWLEDGE_EDIT)]
Reader = Annotated[SignedIn, needs(Action.KNOWLEDGE_READ)]


def cookie_name(desk: DeskServices) -> str:
    """Over HTTPS the name itself makes browsers insist on a secure cookie."""
    return "__Secure-desk-session" if desk.secure_cookies else "desk-session"


def step_cookie_name(desk: DeskServices) -> str:
    """The cookie that goes on with a log-in that is half done."""
    return "__Secure-desk-step" if desk.secure_cookies else "desk-step"


def login_cookie_name(desk: DeskServices) -> str:
    """The cookie that ties the log-in form to this browser before there is a session."""
    return "__Secure-desk-login" if desk.secure_cookies else "desk-login"


def set_cookie(response: Response, desk: DeskServices, name: str, value: str) -> None:
    """A cookie for the desk only, gone when the browser closes, out of reach of scripts and of other sites."""
    response.set_cookie(name, value, path=PREFIX, secure=desk.secure_cookies, httponly=True, samesite="lax")


def drop_cookie(response: Response, desk: DeskServices, name: str) -> None:
    """Removes a cookie."""
    response.delete_cookie(name, path=PREFIX, secure=desk.secure_cookies, httponly=True, samesite="lax")


def new_login_token() -> str:
    """A token for one browser's log-in form."""
    return secrets.token_urlsafe(32)


def signature(agent: Agent) -> str:
    """How an agent signs a change of the knowledge: two agents of the same name stay two people."""
    return f"{agent.name} ({agent.login})"


def own_page(address: str | None) -> str:
    """The address when it is a page of the desk, else the queue: log-in never leads to another site."""
    own = bool(address and _OWN_PAGE.fullmatch(address) and not address.startswith(f"{PREFIX}/log"))
    return address if address and own else f"{PREFIX}/"
