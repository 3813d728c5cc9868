"""Prepared answers: one's own, those of a team, and those for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import inserting, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.services import PREFIX
from dossiers import audit, canned
from dossiers.canned import Variable
from dossiers.models import PreparedAnswer, Team

router = APIRouter(prefix="/prepared")
Who = Annotated[SignedIn, needs(Action.CONVERSATION_SPEAK)]
AnswerId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, Form(max_length=8000)]
HERE = f"{PREFIX}/prepared"
MINE, EVERYBODY = "mine", "everybody"
NOTES = {"kept": "The prepared answer is kept.", "deleted": "The prepared answer is deleted."}
EXPLAINED = {
    Variable.FIRST_NAME: "the person's first name",
    Variable.TOWN: "their town",
    Variable.AGENT: "your own name",
    Variable.DEADLINE: "their nearest legal day",
    Variable.PLACE: "the counter they have to go to",
}


@router.get("")
def show_all(request: Request, desk: Desk, who: Who, note: str = "") -> Response:
    """The list."""
    with desk.database.read() as session:
        answers = inserting.prepared(session, who)
        names = _team_names(session)
    rows = [(one, _for_whom(one, names), may_change(who, one)) for one in answers]
    return pages.page(request, "prepared.html", rows=rows, note=NOTES.get(note, ""))


@router.get("/new")
def ask_new(request: Request, desk: Desk, who: Who) -> Response:
    """The form for a new one."""
    return _form(request, desk, who, None)


@router.post("/new")
def make_new(
    request: Request,
    desk: Desk,
    who: Who,
    title: Text = "",
    shortcut: Text = "",
    text: Text = "",
    whose: Annotated[str, Form(max_length=40)] = MINE,
) -> Response:
    """Keeps a new one. For others than oneself only who may edit shared ones."""
    given = (shortcut, title, text)
    try:
        fields = canned.checked(*given)
    except canned.Unusable as problem:
        return _form(request, desk, who, None, given, problem.text, whose, 422)
    with desk.database.write() as session:
        owner, team = (who.agent.id, None) if whose == MINE else (None, _team(session, who, whose))
        made = canned.keep(session, fields, agent_id=who.agent.id, owner_id=owner, team_id=team, now=desk.clock())
        _note(session, desk, who, "prepared.created", made.id)
    return RedirectResponse(f"{HERE}?note=kept", 303)


@router.get("/{answer_id}")
def ask_change(request: Request, desk: Desk, who: Who, answer_id: AnswerId) -> Response:
    """The form for one that is there."""
    with desk.database.read() as session:
        answer = _changeable(session, who, answer_id)
    return _form(request, desk, who, answer)


@router.post("/{answer_id}")
def change(
    request: Request,
    desk: Desk,
    who: Who,
    answer_id: AnswerId,
    title: Text = "",
    shortcut: Text = "",
    text: Text = "",
    based_on: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Changes one; nothing that a colleague wrote meanwhile is overwritten."""
    given = (shortcut, title, text)
    try:
        fields = canned.checked(*given)
        with desk.database.write() as session:
            answer = _changeable(session, who, answer_id)
            canned.change(session, answer, fields, agent_id=who.agent.id, based_on=based_on, now=desk.clock())
            _note(session, desk, who, "prepared.changed", answer_id)
    except (canned.Unusable, canned.Outdated) as problem:
        with desk.database.read() as session:
            answer = _changeable(session, who, answer_id)
        sentence = "A colleague changed this meanwhile: below is your text. Saving it again replaces theirs."
        unusable = isinstance(problem, canned.Unusable)
        shown, status = (problem.text, 422) if isinstance(problem, canned.Unusable) else (sentence, 409)
        kept = based_on if unusable else answer.revision
        return _form(request, desk, who, answer, given, shown, status=status, based_on=kept)
    return RedirectResponse(f"{HERE}?note=kept", 303)


@router.post("/{answer_id}/delete")
def delete(desk: Desk, who: Who, answer_id: AnswerId) -> Response:
    """Deletes one."""
    with desk.database.write() as session:
        session.delete(_changeable(session, who, answer_id))
        _note(session, desk, who, "prepared.deleted", answer_id)
    return RedirectResponse(f"{HERE}?note=deleted", 303)


def may_change(who: SignedIn, answer: PreparedAnswer) -> bool:
    """One's own always; shared ones with the right to."""
    if answer.owner_id is not None:
        return answer.owner_id == who.agent.id
    return who.may_in(Action.CANNED_EDIT, answer.team_id)


def _changeable(session: Session, who: SignedIn, answer_id: str) -> PreparedAnswer:
    found = canned.get(session, answer_id, who.agent.id, who.teams, all_teams=inserting.sees_all(who))
    if found is None:
        raise Refused(404, "There is no such prepared answer. It may have been deleted.")
    if not may_change(who, found):
        raise Refused(403, "This prepared answer is for several colleagues. Ask your coordinator to change it.")
    return found


def _team(session: Session, who: SignedIn, whose: str) -> str | None:
    """The team of the form; None for everybody."""
    team = None if whose == EVERYBODY else session.get(Team, whose)
    if whose != EVERYBODY and team is None:
        raise Refused(422, "There is no such team. Please choose again.")
    if not who.may_in(Action.CANNED_EDIT, team.id if team else None):
        raise Refused(403, "Prepared answers for several colleagues are made by coordinators. You can keep your own.")
    return team.id if team else None


def _note(session: Session, desk: Desk, who: SignedIn, action: str, answer_id: str) -> None:
    actor, subject = f"agent:{who.agent.id}", f"prepared_answer:{answer_id}"
    audit.note(session, actor=actor, action=action, subject=subject, now=desk.clock())


def _team_names(session: Session) -> dict[str, str]:
    return {team.id: team.name for team in session.scalars(select(Team).order_by(Team.name))}


def _for_whom(answer: PreparedAnswer, names: dict[str, str]) -> str:
    if answer.owner_id is not None:
        return "only you"
    return names.get(answer.team_id, "a team") if answer.team_id else "everybody"


def _form(
    request: Request,
    desk: Desk,
    who: SignedIn,
    answer: PreparedAnswer | None,
    given: tuple[str, str, str] | None = None,
    problem: str = "",
    whose: str = MINE,
    status: int = 200,
    based_on: int | None = None,
) -> Response:
    with desk.database.read() as session:
        teams = _team_names(session) if who.may(Action.CANNED_EDIT) else {}
    kept = (answer.shortcut, answer.title, answer.text) if answer else ("", "", "")
    shortcut, title, text = given or kept
    return pages.page(
        request,
        "prepared_answer.html",
        status=status,
        answer=answer,
        shortcut=shortcut,
        title=title,
        text=text,
        whose=whose,
        teams=teams,
        problem=problem,
        explained=EXPLAINED,
        based_on=answer.revision if answer and based_on is None else based_on or 0,
    )
