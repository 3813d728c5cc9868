"""Logging in at the organisation's own provider, and tying an account to it.

Both begin with a link: a form may not lead to another site here. What comes back counts only in the browser that left.
"""

from __future__ import annotations

import hmac
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from desk import access, entrance
from desk.access import Desk, Refused, SignedIn, needs
from desk.openid import NotTrusted, OpenId, ProviderAway
from desk.permissions import Action
from desk.services import PREFIX, DeskServices
from dossiers import accounts
from dossiers.accounts import AccountError, StepOver, ThrottledError, Way, identities, invitations, steps, throttle
from dossiers.accounts.identities import Shown, Unknown
from dossiers.accounts.steps import Half
from dossiers.models import Agent, LoginStep

router = APIRouter()
Own = Annotated[SignedIn, needs(Action.OWN_ACCOUNT)]
Short = Annotated[str, Query(max_length=2000)]
log = structlog.get_logger(__name__)


def _openid(desk: DeskServices) -> OpenId:
    if desk.doors.openid is None:
        raise Refused(404, "There is no log-in of an organisation at this desk.")
    return desk.doors.openid


def _from_elsewhere(request: Request) -> bool:
    return request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


def _leave(desk: DeskServices, **kept: str | None) -> Response:
    """To the provider; what must fit when the person comes back stays here, opened by a cookie of this browser."""
    try:
        started = _openid(desk).start()
    except ProviderAway:
        log.warning("desk_provider_away")
        return _back_to_log_in("away")
    data = {"state": started.state, "nonce": started.nonce, "verifier": started.verifier, **kept}
    with desk.database.write() as session:
        token = steps.begin(session, Half.PROVIDER, desk.clock(), **data)
    answer = RedirectResponse(started.address, 303)
    access.set_cookie(answer, desk, access.step_cookie_name(desk), token)
    return answer


def _back_to_log_in(note: str) -> Response:
    return RedirectResponse(f"{PREFIX}/login?note={note}", 303)


@router.get("/login/provider")
def leave(
    desk: Desk,
    next: Annotated[str, Query(max_length=500)] = "",  # noqa: A002 - its name in the address
    invitation: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Off to the provider, to log in or to take up an invitation."""
    return _leave(desk, next=access.own_page(next), invitation=invitation)


@router.get("/account/provider")
def leave_to_connect(request: Request, desk: Desk, who: Own) -> Response:
    """Off to the provider, to tie one's own account to it."""
    if _from_elsewhere(request):
        raise Refused(403, "This did not come from the desk, so nothing was changed.")
    return _leave(desk, agent=who.agent.id)


@router.get("/login/provider/back")
def back(
    request: Request, desk: Desk, code: Short = "", state: Short = "", error: Short = "", iss: Short = ""
) -> Response:
    """What the provider sends back: used once, only in the browser that left."""
    openid = _openid(desk)
    try:
        limit = throttle.of_client(f"provider {entrance.client(request)}")
        attempts = throttle.attempt(desk.database, (limit,), desk.clock())
        step = _used(request, desk, state)
        if error or not code or (iss and iss != openid.provider.issuer):
            raise NotTrusted("refused" if error else "answer")
        shown = openid.finish(code, step.data["nonce"], step.data["verifier"])
        with desk.database.write() as session:
            throttle.succeeded(session, limit, attempts)
        return _enter(request, desk, step, shown)
    except ThrottledError as problem:
        return entrance.turned_away(_back_to_log_in("many"), problem)
    except StepOver:
        return _back_to_log_in("over")
    except ProviderAway:
        log.warning("desk_provider_away")
        return _back_to_log_in("away")
    except NotTrusted as problem:
        log.warning("desk_provider_not_trusted", reason=problem.reason)
        return _back_to_log_in("provider")
    except Unknown:
        log.info("desk_provider_unknown")
        return _back_to_log_in("unknown")


def _used(request: Request, desk: DeskServices, state: str) -> LoginStep:
    """The log-in that this browser began, with this state.

    Raises:
        StepOver: there is none.
    """
    token = request.cookies.get(access.step_cookie_name(desk), "")
    with desk.database.read() as session:
        step = steps.look(session, Half.PROVIDER, token, desk.clock())
    if not hmac.compare_digest(str(step.data["state"]).encode(), state.encode()):
        raise StepOver
    with desk.database.write() as session:
        return steps.use(session, Half.PROVIDER, token, desk.clock())


def _enter(request: Request, desk: DeskServices, step: LoginStep, shown: Shown) -> Response:
    if step.data.get("agent"):
        return _connect(request, desk, step.data["agent"], shown)
    groups, now = _openid(desk).provider.groups, desk.clock()
    with desk.database.write() as session:
        if token := step.data.get("invitation"):
            guest = invitations.invited(session, token, now)
            try:
                identities.link(session, guest, shown, now)
            except AccountError:
                raise Unknown from None
            invitations.use(session, guest.id)
        agent = identities.agent_of(session, shown, groups, now)
        opened = accounts.enter(
            session, agent, now, way=Way.PROVIDER, device=entrance.device(request), strong=shown.strong
        )
    return entrance.after(request, desk, opened, access.own_page(step.data.get("next")))


def _connect(request: Request, desk: DeskServices, agent_id: str, shown: Shown) -> Response:
    """Ties the account of who is logged in in this browser, and was when they left."""
    who: SignedIn | None = request.state.signed_in
    if who is None or who.agent.id != agent_id:
        raise StepOver
    try:
        with desk.database.write() as session:
            identities.link(session, session.get_one(Agent, agent_id), shown, desk.clock())
    except AccountError:
        return RedirectResponse(f"{PREFIX}/account?note=taken", 303)
    return RedirectResponse(f"{PREFIX}/account?note=connected", 303)
