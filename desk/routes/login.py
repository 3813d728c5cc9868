"""Logging in with a password and a code, joining by an invitation, logging out."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from desk import access, entrance
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.services import PREFIX
from dossiers import accounts, presence
from dossiers.accounts import AccountError, StepOver, ThrottledError, Way, invitations, steps
from dossiers.models import AgentSession

router = APIRouter()
Own = Annotated[SignedIn, needs(Action.OWN_ACCOUNT)]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
Secret = Annotated[str, Form(max_length=1000)]
log = structlog.get_logger(__name__)
WRONG = "That login and password do not belong together. Please check both."
WRONG_CODE = "That code does not fit. Wait for the next one in your app, or take a recovery code."
OVER = "This took too long, or it was begun in another window. Please log in again."
LINK_OVER = "This link no longer works: it was used, it is older than three days, or a newer one was made."
NOTES = {
    "out": "You are logged out.",
    "over": OVER,
    "away": "The log-in of your organisation does not answer. Please try again in a moment.",
    "provider": "Your organisation's log-in was broken off. Please try again.",
    "unknown": "You are known to your organisation, but not yet to this desk. Ask for an invitation.",
    "many": "There were several failed attempts. Please wait a quarter of an hour and try again.",
}


def _form(
    request: Request, desk: Desk, next_page: str, login: str = "", problem: str = "", note: str = "", status: int = 200
) -> Response:
    values = {"next": next_page, "login": login, "problem": problem, "note": note, "openid": desk.doors.openid}
    leave = desk.doors.openid.log_out_address() if note == "out" and desk.doors.openid else None
    return entrance.page_outside(request, desk, "login.html", status, leave=leave, notes=NOTES, **values)


@router.get("/login")
def ask(request: Request, desk: Desk, next: str = "", note: str = "") -> Response:  # noqa: A002 - its name
    """The form; whoever is logged in goes on to the page they wanted."""
    if request.state.signed_in is not None:
        return RedirectResponse(access.own_page(next), 303)
    return _form(request, desk, access.own_page(next), note=note if note in NOTES else "")


@router.post("/login")
def log_in(
    request: Request,
    desk: Desk,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Secret = "",
    next: Annotated[str, Form(max_length=500)] = "",  # noqa: A002 - the field's name
) -> Response:
    """Opens a session with a new token, and ends the one this browser had; or asks for the code first."""
    wanted = access.own_page(next)
    client, device = entrance.client(request), entrance.device(request)
    try:
        opened = accounts.log_in(desk.database, login, password, client, desk.clock(), device)
    except ThrottledError as error:
        text = entrance.waiting(error)
        return entrance.turned_away(_form(request, desk, wanted, login, text, status=429), error)
    if opened is None:
        log.info("desk_log_in_failed")
        return _form(request, desk, wanted, login, WRONG, status=401)
    return entrance.after(request, desk, opened, wanted)


@router.get("/login/code")
def ask_code(request: Request, desk: Desk, next: str = "") -> Response:  # noqa: A002 - its name
    """The second half: the code."""
    try:
        with desk.database.read() as session:
            steps.look(session, steps.Half.CODE, _step(request, desk), desk.clock())
    except StepOver:
        return RedirectResponse(f"{PREFIX}/login?note=over", 303)
    return _code_form(request, desk, access.own_page(next))


def _step(request: Request, desk: Desk) -> str:
    return request.cookies.get(access.step_cookie_name(desk), "")


def _code_form(request: Request, desk: Desk, next_page: str, problem: str = "", status: int = 200) -> Response:
    return entrance.page_outside(request, desk, "second_factor_ask.html", status, next=next_page, problem=problem)


@router.post("/login/code")
def give_code(
    request: Request,
    desk: Desk,
    code: Annotated[str, Form(max_length=60)] = "",
    next: Annotated[str, Form(max_length=500)] = "",  # noqa: A002 - the field's name
) -> Response:
    """Opens the session when the code is right."""
    wanted, sealer = access.own_page(next), entrance.sealer(desk)
    client, device = entrance.client(request), entrance.device(request)
    try:
        opened = accounts.finish(desk.database, sealer, _step(request, desk), code, client, desk.clock(), device)
    except StepOver:
        return RedirectResponse(f"{PREFIX}/login?note=over", 303)
    except ThrottledError as error:
        return entrance.turned_away(_code_form(request, desk, wanted, entrance.waiting(error), 429), error)
    if opened is None:
        log.info("desk_code_failed")
        return _code_form(request, desk, wanted, WRONG_CODE, 401)
    return entrance.after(request, desk, opened, wanted)


@router.get("/join/{token}")
def ask_to_join(request: Request, desk: Desk, token: Token) -> Response:
    """The page behind an invitation."""
    return _join_form(request, desk, token)


def _join_form(request: Request, desk: Desk, token: str, problem: str = "", status: int = 200) -> Response:
    try:
        with desk.database.read() as session:
            agent = invitations.invited(session, token, desk.clock())
    except StepOver:
        return entrance.page_outside(request, desk, "account_join.html", 404, problem=LINK_OVER, guest=None)
    values = {"guest": agent, "token": token, "problem": problem, "openid": desk.doors.openid}
    return entrance.page_outside(
        request, desk, "account_join.html", status, shortest=accounts.SHORTEST_PASSWORD, **values
    )


@router.post("/join/{token}")
def join(request: Request, desk: Desk, token: Token, password: Secret = "", again: Secret = "") -> Response:
    """Gives the account its password and opens the first session."""
    if password != again:
        return _join_form(request, desk, token, "The two passwords are not the same. Please type them again.", 422)
    try:
        with desk.database.write() as session:
            agent = invitations.accept(session, token, password, desk.clock())
            opened = accounts.enter(session, agent, desk.clock(), way=Way.INVITATION, device=entrance.device(request))
    except StepOver:
        return entrance.page_outside(request, desk, "account_join.html", 404, problem=LINK_OVER, guest=None)
    except AccountError as error:
        return _join_form(request, desk, token, str(error), 422)
    return entrance.after(request, desk, opened, entrance.START)


@router.post("/logout")
def log_out(desk: Desk, who: Own) -> Response:
    """Ends the session, here and in the database. Conversations stay with the agent until their lease is over.

    The page that follows offers the way out of the organisation's log-in to whoever came in there.
    """
    with desk.database.write() as session:
        found = session.query(AgentSession).filter_by(id=who.session_id).first()
        from_provider = found is not None and found.way == Way.PROVIDER
        accounts.end_session(session, who.token)
        presence.leave(session, who.agent.id)
    answer = RedirectResponse(f"{PREFIX}/login" + ("?note=out" if from_provider else ""), 303)
    access.drop_cookie(answer, desk, access.cookie_name(desk))
    return answer
