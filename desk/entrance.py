"""What the ways in have in common: which device and address it is, what the browser gets, how a refusal is said."""

from __future__ import annotations

import re

import structlog
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from desk import access, navigation, pages, permissions
from desk.services import PREFIX, DeskServices
from dossiers import accounts
from dossiers.accounts import CodeNeeded, LoggedIn, ThrottledError
from dossiers.sealing import Sealer

log = structlog.get_logger(__name__)
START = f"{PREFIX}/"
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device(request: Request) -> str:
    """The kind of browser, as its owner knows it again: “Firefox on Windows”. No version, nothing that singles out."""
    agent = request.headers.get("user-agent", "")[:400]
    browser = next((name for sign, name in _BROWSERS if sign in agent), "a browser")
    system = next((name for sign, name in _SYSTEMS if re.search(rf"\b{re.escape(sign)}", agent)), "")
    return f"{browser} on {system}" if system else browser


def client(request: Request) -> str:
    """From where somebody guesses."""
    return request.client.host if request.client else "unknown"


def sealer(desk: DeskServices) -> Sealer:
    """What seals and opens the secrets of authenticator apps.

    Raises:
        Refused: 404, this desk has none.
    """
    if desk.sealer is None:
        raise access.Refused(404, "Codes of an app are not set up at this desk. Ask the people who run it.")
    return desk.sealer


def waiting(error: ThrottledError) -> str:
    """How long somebody waits who guessed too often."""
    minutes = "1 minute" if error.minutes == 1 else f"{error.minutes} minutes"
    return f"There were several failed attempts. Please wait {minutes} and try again."


def turned_away(answer: Response, error: ThrottledError) -> Response:
    """The page, with how long to wait for programs."""
    log.warning("desk_log_in_throttled")
    answer.headers["Retry-After"] = str(error.minutes * 60)
    return answer


def own_token(request: Request, desk: DeskServices) -> str:
    """What ties the forms before the log-in to this browser."""
    return request.cookies.get(access.login_cookie_name(desk)) or access.new_login_token()


def page_outside(request: Request, desk: DeskServices, name: str, status: int = 200, **values: object) -> Response:
    """A page with a form for people who have not logged in."""
    own = own_token(request, desk)
    answer = pages.page(request, name, status=status, login_token=own, **values)
    access.set_cookie(answer, desk, access.login_cookie_name(desk), own)
    return answer


def after(request: Request, desk: DeskServices, opened: LoggedIn | CodeNeeded, wanted: str) -> Response:
    """Lets somebody in, or asks for the code. A session that this browser had ends."""
    if isinstance(opened, CodeNeeded):
        answer = RedirectResponse(f"{PREFIX}/login/code" + (f"?next={wanted}" if wanted != START else ""), 303)
        access.set_cookie(answer, desk, access.step_cookie_name(desk), opened.token)
        return answer
    if earlier := request.cookies.get(access.cookie_name(desk)):
        with desk.database.write() as session:
            accounts.end_session(session, earlier)
    log.info("desk_log_in", agent=opened.agent.id)
    answer = RedirectResponse(_first_page(opened, wanted), 303)
    access.set_cookie(answer, desk, access.cookie_name(desk), opened.token)
    access.drop_cookie(answer, desk, access.login_cookie_name(desk))
    access.drop_cookie(answer, desk, access.step_cookie_name(desk))
    return answer


def _first_page(opened: LoggedIn, wanted: str) -> str:
    """The page that was asked for, else the one that the role begins with."""
    roles = accounts.roles_of(opened.agent)
    return PREFIX + navigation.home(lambda action: permissions.may(roles, action)) if wanted == START else wanted
