"""My second factor: setting it up, new recovery codes, turning it off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from desk import access, entrance, pages
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.reading import accounts as reading
from desk.routes.account import confirm_password
from desk.services import PREFIX, DeskServices
from dossiers import accounts, audit
from dossiers.accounts import AccountError, ThrottledError, second_factor, throttle
from dossiers.models import Agent

router = APIRouter(prefix="/account/second-factor")
Own = Annotated[SignedIn, needs(Action.OWN_ACCOUNT)]
Secret = Annotated[str, Form(max_length=1000)]
HERE = f"{PREFIX}/account/second-factor"
WRONG = "That code does not fit. Check the clock of your phone, and take the newest code."


def _show(request: Request, desk: DeskServices, who: SignedIn, problem: str = "", status: int = 200) -> Response:
    sealer = entrance.sealer(desk)
    with desk.database.read() as session:
        agent = session.get_one(Agent, who.agent.id)
        offer = second_factor.offered(session, sealer, agent)
        account = reading.account(session, agent, desk.doors.rules, desk.clock())
    return pages.page(
        request,
        "second_factor.html",
        status=status,
        account=account,
        secret=" ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4)) if offer else "",
        qr=reading.qr_code(offer) if offer else "",
        forced=who.must_add_factor,
        problem=problem,
    )


def _with_codes(request: Request, codes: list[str], *, new: bool) -> Response:
    return pages.page(request, "second_factor_codes.html", codes=codes, new=new)


@router.get("")
def show(request: Request, desk: Desk, who: Own) -> Response:
    """How it stands, and the next thing to do."""
    return _show(request, desk, who)


@router.post("/begin")
def begin(request: Request, desk: Desk, who: Own, current: Secret = "") -> Response:
    """Makes a secret for the app. Asks for the password, so that a borrowed browser cannot lock its owner out."""
    sealer = entrance.sealer(desk)
    try:
        confirm_password(request, desk, who, current)
        with desk.database.write() as session:
            second_factor.begin(session, sealer, session.get_one(Agent, who.agent.id), desk.clock())
    except ThrottledError as error:
        return entrance.turned_away(_show(request, desk, who, entrance.waiting(error), 429), error)
    except AccountError as error:
        return _show(request, desk, who, str(error), 422)
    return RedirectResponse(HERE, 303)


@router.post("/confirm")
def confirm(request: Request, desk: Desk, who: Own, code: Annotated[str, Form(max_length=60)] = "") -> Response:
    """Turns it on with the first code; the session goes on under a new token, all others end. Shows recovery codes."""
    sealer, limit = entrance.sealer(desk), throttle.of_codes(who.agent.id)
    try:
        attempts = throttle.attempt(desk.database, (limit,), desk.clock())
    except ThrottledError as error:
        return entrance.turned_away(_show(request, desk, who, entrance.waiting(error), 429), error)
    token = ""
    with desk.database.write() as session:
        agent = session.get_one(Agent, who.agent.id)
        codes = second_factor.confirm(session, sealer, agent, code, desk.clock())
        if codes is not None:
            throttle.succeeded(session, limit, attempts)
            token = accounts.renew(session, who.token, desk.clock(), strong=True)
    if codes is None:
        return _show(request, desk, who, WRONG, 422)
    request.state.signed_in = access.look_up(desk, token)
    answer = _with_codes(request, codes, new=False)
    access.set_cookie(answer, desk, access.cookie_name(desk), token)
    return answer


@router.post("/codes")
def renew_codes(request: Request, desk: Desk, who: Own, current: Secret = "") -> Response:
    """New recovery codes; the earlier ones no longer count."""
    sealer = entrance.sealer(desk)
    try:
        confirm_password(request, desk, who, current)
    except ThrottledError as error:
        return entrance.turned_away(_show(request, desk, who, entrance.waiting(error), 429), error)
    except AccountError as error:
        return _show(request, desk, who, str(error), 422)
    me = f"agent:{who.agent.id}"
    with desk.database.write() as session:
        if not second_factor.is_on(session, who.agent.id):
            return RedirectResponse(HERE, 303)
        codes = second_factor.new_recovery_codes(session, sealer, who.agent.id)
        audit.note(session, actor=me, action="account.second_factor.codes", subject=me, now=desk.clock())
    return _with_codes(request, codes, new=True)


@router.post("/remove")
def turn_off(
    request: Request, desk: Desk, who: Own, current: Secret = "", code: Annotated[str, Form(max_length=60)] = ""
) -> Response:
    """Turns it off, with the password and a code; the session goes on under a new token."""
    sealer, limit = entrance.sealer(desk), throttle.of_codes(who.agent.id)
    try:
        confirm_password(request, desk, who, current)
        attempts = throttle.attempt(desk.database, (limit,), desk.clock())
        with desk.database.write() as session:
            agent = session.get_one(Agent, who.agent.id)
            if second_factor.accepted(session, sealer, agent.id, code, desk.clock()) is None:
                raise AccountError(WRONG)
            throttle.succeeded(session, limit, attempts)
            second_factor.turn_off(session, agent, actor=f"agent:{agent.id}", now=desk.clock())
            token = accounts.renew(session, who.token, desk.clock(), strong=False)
    except ThrottledError as error:
        return entrance.turned_away(_show(request, desk, who, entrance.waiting(error), 429), error)
    except AccountError as error:
        return _show(request, desk, who, str(error), 422)
    answer = RedirectResponse(HERE, 303)
    access.set_cookie(answer, desk, access.cookie_name(desk), token)
    return answer
