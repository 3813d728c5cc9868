"""Logging in and out."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from desk import access, pages
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.services import PREFIX
from dossiers import accounts

router = APIRouter()
Own = Annotated[SignedIn, needs(Action.OWN_ACCOUNT)]
log = structlog.get_logger(__name__)
WRONG = "That login and password do not belong together. Please check both."


def _form(
    request: Request, desk: Desk, next_page: str, login: str = "", problem: str = "", status: int = 200
) -> Response:
    own = request.cookies.get(access.login_cookie_name(desk)) or access.new_login_token()
    page = pages.page(
        request, "login.html", status=status, next=next_page, login=login, problem=problem, login_token=own
    )
    access.set_cookie(page, desk, access.login_cookie_name(desk), own)
    return page


@router.get("/login")
def ask(request: Request, desk: Desk, next: str = "") -> Response:  # noqa: A002 - its name in the address
    """The form; whoever is logged in goes on to the page they wanted."""
    if request.state.signed_in is not None:
        return RedirectResponse(access.own_page(next), 303)
    return _form(request, desk, access.own_page(next))


@router.post("/login")
def log_in(
    request: Request,
    desk: Desk,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=500)] = "",  # noqa: A002 - the field's name
) -> Response:
    """Opens a session with a new token, and ends the one this browser had."""
    wanted = access.own_page(next)
    client = request.client.host if request.client else "unknown"
    try:
        opened = accounts.log_in(desk.database, login, password, client, desk.clock())
    except accounts.ThrottledError as error:
        log.warning("desk_log_in_throttled")
        minutes = "1 minute" if error.minutes == 1 else f"{error.minutes} minutes"
        text = f"There were several failed attempts. Please wait {minutes} and try again."
        answer = _form(request, desk, wanted, login, text, 429)
        answer.headers["Retry-After"] = str(error.minutes * 60)
        return answer
    if opened is None:
        log.info("desk_log_in_failed")
        return _form(request, desk, wanted, login, WRONG, 401)
    if earlier := request.cookies.get(access.cookie_name(desk)):
        with desk.database.write() as session:
            accounts.end_session(session, earlier)
    log.info("desk_log_in", agent=opened.agent.id)
    answer = RedirectResponse(wanted, 303)
    access.set_cookie(answer, desk, access.cookie_name(desk), opened.token)
    access.drop_cookie(answer, desk, access.login_cookie_name(desk))
    return answer


@router.post("/logout")
def log_out(desk: Desk, who: Own) -> Response:
    """Ends the session, here and in the database. Conversations stay with the agent until their lease is over."""
    with desk.database.write() as session:
        accounts.end_session(session, who.token)
    answer = RedirectResponse(f"{PREFIX}/login", 303)
    access.drop_cookie(answer, desk, access.cookie_name(desk))
    return answer
