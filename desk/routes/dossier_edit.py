"""Changes of a dossier: its fields, topics and interests, and which of two statements is right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from desk import lookup, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import dossier_forms, dossiers
from desk.services import PREFIX
from dossiers import audit, contradictions, fields, interests, record, topics
from dossiers.models import Dossier, Sender, TopicState
from dossiers.questions import Unclear

router = APIRouter(prefix="/dossiers/{dossier_id}")
Who = Annotated[SignedIn, needs(Action.DOSSIER_EDIT)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[str, Path(pattern=r"^[a-z_-]{1,40}$")]
Base = Annotated[int, Form(ge=0)]
PROBLEMS = {
    "answer_too_long": "That is too long: an answer has at most 500 characters.",
    "choose_yes_or_no": "Please choose yes or no, or leave it open.",
    "country_unknown": "We do not know this country. Please choose one from the list.",
    "name_too_long": "That is too long for a name. Please write what the person likes to be called.",
    "contact_unreadable": "There is no e-mail address or phone number in this. Please write one of them.",
}
MEANWHILE = "A colleague or the newcomer changed this meanwhile, so nothing was saved. Below you see what it is now."


def own(session: Session, who: SignedIn, dossier_id: str) -> Dossier:
    """The dossier, when they may change it.

    Raises:
        Refused: 404, there is none; 403, it belongs to another team.
    """
    return lookup.dossier(session, who, dossier_id, Action.DOSSIER_EDIT)


def back(desk: Desk, who: SignedIn, dossier_id: str, note: str, anchor: str = "") -> Response:
    """To the dossier, or to the list when a change of town gave it to another team."""
    with desk.database.read() as session:
        try:
            own(session, who, dossier_id)
        except Refused:
            return RedirectResponse(f"{PREFIX}/dossiers?note=moved", 303)
    return RedirectResponse(f"{PREFIX}/dossiers/{dossier_id}?note={note}" + (f"#{anchor}" if anchor else ""), 303)


def log(
    session: Session, desk: Desk, who: SignedIn, action: str, dossier: Dossier, **details: str | int | bool | None
) -> None:
    """Writes down what was done to a dossier."""
    audit.note(
        session,
        actor=f"agent:{who.agent.id}",
        action=action,
        subject=f"dossier:{dossier.id}",
        now=desk.clock(),
        details=details,
    )


@router.get("/fields/{key}")
def field(request: Request, desk: Desk, who: Who, dossier_id: Id, key: Key) -> Response:
    """The form for one answer."""
    return _field(request, desk, who, dossier_id, key)


def _field(
    request: Request,
    desk: Desk,
    who: SignedIn,
    dossier_id: str,
    key: str,
    *,
    typed: str | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    if key not in fields.EDITABLE:
        raise Refused(404, "There is no such question, or its answer is for the person alone to change.")
    with desk.database.read() as session:
        dossier = own(session, who, dossier_id)
        shown = dossiers.shown(session, [dossier], desk.library)[0]
        form = dossier_forms.field(session, dossier, key, desk.library)
    value = form.value if typed is None else typed
    return pages.page(
        request, "dossier_field.html", status=status, dossier=shown, form=form, value=value, problem=problem
    )


@router.post("/fields/{key}")
def change_field(
    request: Request,
    desk: Desk,
    who: Who,
    dossier_id: Id,
    key: Key,
    based_on: Base = 0,
    value: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Keeps an answer; what was there stays as history."""
    if key not in fields.EDITABLE:
        raise Refused(404, "There is no such question, or its answer is for the person alone to change.")
    try:
        kept = fields.read(desk.library, key, value)
        with desk.database.write() as session:
            dossier = own(session, who, dossier_id)
            record.change(
                session,
                dossier,
                key,
                kept,
                stated_by=Sender.AGENT,
                agent_id=who.agent.id,
                based_on=based_on or None,
                now=desk.clock(),
            )
            contradictions.follow(session, dossier, key, kept, desk.library, desk.clock())
            log(session, desk, who, "dossier.field_changed", dossier, field=key)
            conversation_id = dossier.conversation_id
    except Unclear as unclear:
        problem = PROBLEMS.get(unclear.key, "This cannot be used. Please check it.")
        return _field(request, desk, who, dossier_id, key, typed=value, problem=problem, status=422)
    except record.ChangedMeanwhile:
        return _field(request, desk, who, dossier_id, key, typed=value, problem=MEANWHILE, status=409)
    desk.hub.wake(conversation_id)
    return back(desk, who, dossier_id, "saved", f"field-{key}")


@router.post("/settle/{key}")
def settle(
    desk: Desk,
    who: Who,
    dossier_id: Id,
    key: Key,
    value: Annotated[str, Form(max_length=2000)],
    based_on: Base,
) -> Response:
    """Notes which of several statements is right. Only what somebody said, or the plan holds, can be chosen."""
    try:
        with desk.database.write() as session:
            dossier = own(session, who, dossier_id)
            record.lock(session, dossier.id)
            open_ones = {one.key: one for one in contradictions.of(session, dossier, desk.library)}
            if key not in open_ones or value not in open_ones[key].values:
                raise Refused(
                    409, "This was settled meanwhile, so nothing was changed. Please look at the dossier again."
                )
            contradictions.settle(
                session,
                dossier,
                key,
                value,
                agent_id=who.agent.id,
                based_on=based_on,
                library=desk.library,
                now=desk.clock(),
            )
            log(session, desk, who, "dossier.contradiction_settled", dossier, field=key)
            conversation_id = dossier.conversation_id
    except record.ChangedMeanwhile:
        raise Refused(409, "Something new was said meanwhile, so nothing was changed. Please look again.") from None
    desk.hub.wake(conversation_id)
    return back(desk, who, dossier_id, "settled", f"field-{key}")


@router.get("/topics/{topic}")
def topic_form(request: Request, desk: Desk, who: Who, dossier_id: Id, topic: Key) -> Response:
    """The form for one topic."""
    return _topic(request, desk, who, dossier_id, topic)


def _topic(
    request: Request,
    desk: Desk,
    who: SignedIn,
    dossier_id: str,
    topic: str,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    if topic not in topics.TOPICS:
        raise Refused(404, "There is no such topic.")
    with desk.database.read() as session:
        dossier = own(session, who, dossier_id)
        shown = dossiers.shown(session, [dossier], desk.library)[0]
        form = dossier_forms.topic(session, dossier, topic)
    return pages.page(
        request,
        "dossier_topic.html",
        status=status,
        dossier=shown,
        form=form,
        typed=typed or form.values,
        problem=problem,
        states=[(str(one), topics.state_label(one)) for one in TopicState],
    )


@router.post("/topics/{topic}")
def change_topic(
    request: Request,
    desk: Desk,
    who: Who,
    dossier_id: Id,
    topic: Key,
    state: Annotated[TopicState, Form()],
    based_on: Base = 0,
    waits_for: Annotated[str, Form(max_length=2000)] = "",
    note: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Sets how far a topic is; what was set before stays as history."""
    waits_for, note = waits_for.replace("\x00", " ").strip(), note.replace("\x00", " ").replace("\r\n", "\n").strip()
    typed = {"state": str(state), "waits_for": waits_for, "note": note}
    try:
        with desk.database.write() as session:
            dossier = own(session, who, dossier_id)
            topics.put(
                session,
                dossier,
                topic,
                state,
                note=note,
                waits_for=waits_for,
                set_by=Sender.AGENT,
                agent_id=who.agent.id,
                based_on=based_on or None,
                now=desk.clock(),
            )
            log(session, desk, who, "dossier.topic_set", dossier, topic=topic, state=str(state))
            conversation_id = dossier.conversation_id
    except topics.NoSuchTopic:
        problem = f"A note has at most {topics.LONGEST_NOTE} characters, and what it waits for {topics.LONGEST_WAIT}."
        return _topic(request, desk, who, dossier_id, topic, typed=typed, problem=problem, status=422)
    except topics.TopicChanged:
        return _topic(request, desk, who, dossier_id, topic, typed=typed, problem=MEANWHILE, status=409)
    desk.hub.wake(conversation_id)
    return back(desk, who, dossier_id, "saved", f"topic-{topic}")


@router.post("/interests/{key}")
def change_interest(
    desk: Desk, who: Who, dossier_id: Id, key: Key, wanted: Annotated[bool, Form()], based_on: Base = 0
) -> Response:
    """Keeps that the person wants something, or does not, as they told the agent."""
    try:
        with desk.database.write() as session:
            dossier = own(session, who, dossier_id)
            interests.put(
                session,
                dossier,
                key,
                wanted,
                stated_by=Sender.AGENT,
                agent_id=who.agent.id,
                based_on=based_on or None,
                now=desk.clock(),
            )
            log(session, desk, who, "dossier.interest_set", dossier, interest=key, wanted=wanted)
    except interests.NoSuchInterest:
        raise Refused(404, "There is no such interest.") from None
    except interests.InterestChanged:
        raise Refused(
            409, "This was changed meanwhile, so nothing was saved. Please look at the dossier again."
        ) from None
    return back(desk, who, dossier_id, "saved", f"interest-{key}")
