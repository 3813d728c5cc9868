"""My account: the name people see, the password, the second factor, where I am logged in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import access, entrance, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import accounts as reading
from desk.services import PREFIX, DeskServices
from dossiers import accounts, audit
from dossiers.accounts import AccountError, ThrottledError, identities
from dossiers.models import Agent

router = APIRouter(prefix="/account")
Own = Annotated[SignedIn, needs(Action.OWN_ACCOUNT)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Secret = Annotated[str, Form(max_length=1000)]
NOTES = {
    "named": "Your name is changed. People see it from your next message on.",
    "password": "Your password is changed. Everywhere else you are logged out.",
    "ended": "That session has ended.",
    "others": "You are logged out everywhere else.",
    "connected": "From now on you can also log in at your organisation.",
    "disconnected": "You no longer log in at your organisation.",
    "taken": "That log-in belongs to another account already. Ask your administrator to look.",
}


def show(
    request: Request,
    desk: DeskServices,
    who: SignedIn,
    note: str = "",
    problem: str = "",
    about: str = "",
    status: int = 200,
) -> Response:
    """The page. ``about``: the part of it that the problem is about."""
    with desk.database.read() as session:
        account = reading.account(session, session.get_one(Agent, who.agent.id), desk.doors.rules, desk.clock())
    return pages.page(
        request,
        "account.html",
        status=status,
        account=account,
        roles=reading.role_words(account.agent),
        ways=reading.WAYS,
        here=who.session_id,
        doors=desk.doors,
        codes=desk.sealer is not None,
        note=NOTES.get(note, ""),
        problem=problem,
        about=about,
        shortest=accounts.SHORTEST_PASSWORD,
    )


@router.get("")
def own(request: Request, desk: Desk, who: Own, note: str = "") -> Response:
    """The page."""
    return show(request, desk, who, note)


def _to(note: str) -> RedirectResponse:
    return RedirectResponse(f"{PREFIX}/account?note={note}", 303)


@router.post("/name")
def rename(request: Request, desk: Desk, who: Own, name: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Changes the name that people see."""
    try:
        with desk.database.write() as session:
            agent = session.get_one(Agent, who.agent.id)
            accounts.rename(session, agent, name, actor=f"agent:{agent.id}", now=desk.clock())
    except AccountError as error:
        return show(request, desk, who, problem=str(error), about="name", status=422)
    return _to("named")


@router.post("/password")
def change_password(
    request: Request, desk: Desk, who: Own, current: Secret = "", password: Secret = "", again: Secret = ""
) -> Response:
    """Changes the password; the session goes on under a new token, all others end."""
    try:
        confirm_password(request, desk, who, current)
        if password != again:
            raise AccountError("The two new passwords are not the same. Please type them again.")
        if password == current and who.agent.password_hash:
            raise AccountError("That is the password you have. Choose another one.")
        with desk.database.write() as session:
            agent = session.get_one(Agent, who.agent.id)
            agent.password_hash = accounts.hash_password(password)
            audit.note(
                session,
                actor=f"agent:{agent.id}",
                action="account.password",
                subject=f"agent:{agent.id}",
                now=desk.clock(),
            )
            token = accounts.renew(session, who.token, desk.clock())
    except ThrottledError as error:
        page = show(request, desk, who, problem=entrance.waiting(error), about="password", status=429)
        return entrance.turned_away(page, error)
    except AccountError as error:
        return show(request, desk, who, problem=str(error), about="password", status=422)
    answer = _to("password")
    access.set_cookie(answer, desk, access.cookie_name(desk), token)
    return answer


def confirm_password(request: Request, desk: DeskServices, who: SignedIn, given: str) -> None:
    """A second look before something that a borrowed browser must not do.

    Raises:
        AccountError: it is not the password.
        ThrottledError: it was guessed too often.
    """
    if not who.agent.password_hash:  # comes in at the organisation's log-in, and has nothing to type here
        return
    client = entrance.client(request)
    if not accounts.check_password(desk.database, who.agent, given, client, desk.clock()):
        raise AccountError("That is not your current password. Please check it.")


@router.post("/sessions/{session_id}/end")
def end_session(desk: Desk, who: Own, session_id: Id) -> Response:
    """Logs out one other device."""
    if session_id == who.session_id:
        raise Refused(409, "This is the session you are in. Use “Log out” at the top of the page.")
    with desk.database.write() as session:
        if accounts.end_one(session, who.agent.id, session_id):
            _note_ended(session, desk, who, 1)
    return _to("ended")


@router.post("/sessions/end-others")
def end_others(desk: Desk, who: Own) -> Response:
    """Logs out everywhere else."""
    with desk.database.write() as session:
        others = len(accounts.sessions_of(session, who.agent.id, desk.clock())) - 1
        accounts.end_sessions(session, who.agent.id, but=who.token)
        _note_ended(session, desk, who, others)
    return _to("others")


def _note_ended(session: Session, desk: DeskServices, who: SignedIn, number: int) -> None:
    me = f"agent:{who.agent.id}"
    audit.note(
        session, actor=me, action="account.sessions_ended", subject=me, now=desk.clock(), details={"number": number}
    )


@router.post("/provider/remove")
def disconnect(request: Request, desk: Desk, who: Own, current: Secret = "") -> Response:
    """Unties the account from the organisation's log-in, for who has a password too."""
    if not who.agent.password_hash:
        raise Refused(409, "You have no password, so you could not log in any more. Ask your administrator for a link.")
    try:
        confirm_password(request, desk, who, current)
        with desk.database.write() as session:
            agent = session.get_one(Agent, who.agent.id)
            identities.unlink(session, agent, actor=f"agent:{agent.id}", now=desk.clock())
    except ThrottledError as error:
        page = show(request, desk, who, problem=entrance.waiting(error), about="provider", status=429)
        return entrance.turned_away(page, error)
    except AccountError as error:
        return show(request, desk, who, problem=str(error), about="provider", status=422)
    return _to("disconnected")
