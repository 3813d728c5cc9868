"""Who waits, in the order in which they are to be answered and why; who has taken what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session, aliased

from desk import labels, permissions
from desk.access import SignedIn
from desk.formats import shortened
from desk.permissions import Action, Reach
from desk.reading import pressing
from desk.reading.pressing import Reason
from dossiers import briefing, fields, handovers, urgency
from dossiers.deadlines import Deadline, Deadlines
from dossiers.models import Agent, Assignment, Conversation, Dossier, DossierField, Handover, Message, Sender, Speaker
from dossiers.transfers import MEANT_FOR
from knowledge.figures import BELGIUM
from knowledge.library import Library

MOST = 100
RECENT = 20
NAMING = ("first_name", "home_town")
NO_TEAM = "none"
BEFORE = 110  # letters of the question before the last message


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in a list.

    ``since``: the moment it waits from, or was taken, or last spoken in. ``reasons``: why it stands where it stands,
    what decided it first. ``meant_for``: for whom it is meant, in words; ``takeable``: no colleague has it for now.
    ``left``: nobody waits in the chat, there is something to answer or to look at.
    """

    id: str
    name: str
    town: str | None
    channel: str
    reason: str | None
    since: dt.datetime
    excerpt: str
    agent: str | None
    unanswered: bool
    reasons: Sequence[Reason] = ()
    meant_for: str = ""
    takeable: bool = True
    left: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """All lists of the queue's page. ``waiting_count`` counts also those that the list does not hold."""

    waiting: Sequence[Row]
    mine: Sequence[Row]
    colleagues: Sequence[Row]
    assistant: Sequence[Row]
    waiting_count: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose queue it is, on which moment, with what is known. ``team``: only that team's, for who sees several."""

    who: SignedIn
    library: Library
    deadlines: Deadlines
    now: dt.datetime
    team: str = ""

    @property
    def today(self) -> dt.date:
        """The day in Belgium."""
        return self.now.astimezone(BELGIUM).date()

    def scope(self) -> ColumnElement[bool]:
        """The conversations of the teams that they see, or chose to see."""
        own = within(self.who, Action.QUEUE_SEE)
        if not self.team:
            return own
        return own & (Conversation.team_id.is_(None) if self.team == NO_TEAM else Conversation.team_id == self.team)


def within(who: SignedIn, action: Action) -> ColumnElement[bool]:
    """Of a conversation: that somebody may do this with it, by its team."""
    if permissions.reach(who.roles, action) is Reach.EVERYWHERE:
        return true()
    return Conversation.team_id.is_(None) | Conversation.team_id.in_(who.teams)


def board(session: Session, seen: Seen) -> Board:
    """Everything the page shows. The most urgent come first; with colleagues, who was taken first."""
    ordered = order(session, seen)
    scope = seen.scope()
    with_people = Conversation.speaker == Speaker.AGENT
    agent_id = seen.who.agent.id
    shown = [case.id for case, _ in ordered[:MOST]]
    found = {
        "waiting": _rows(session, _listed(Conversation.id.in_(shown))),
        "mine": _rows(
            session,
            _listed(with_people & (Conversation.agent_id == agent_id)).order_by(Conversation.last_message_at.desc()),
        ),
        "colleagues": _rows(
            session,
            _listed(with_people & (Conversation.agent_id != agent_id) & scope).order_by(Handover.taken_at).limit(MOST),
        ),
        "assistant": _rows(
            session,
            _listed((Conversation.speaker == Speaker.BOT) & ~handovers.waits() & scope)
            .where(_last(Sender.PERSON).is_not(None))
            .order_by(Conversation.last_message_at.desc())
            .limit(RECENT),
        ),
    }
    known = names(session, {row.Conversation.person_id for rows in found.values() for row in rows})
    waiting = {row.Conversation.id: row for row in found.pop("waiting")}
    lists = {key: [_row(row, known, seen) for row in rows] for key, rows in found.items()}
    lists["mine"].sort(key=lambda row: not row.unanswered)
    first = [_row(waiting[case.id], known, seen, case, days) for case, days in ordered[:MOST] if case.id in waiting]
    return Board(waiting=first, **lists, waiting_count=len(ordered))


def order(session: Session, seen: Seen) -> list[tuple[urgency.Case, Sequence[Deadline]]]:
    """Everybody who waits, whoever is to be answered first at the front, each with their open legal days."""
    statement = (
        select(Conversation.id, Conversation.person_id, Conversation.last_message_at, Handover)
        .outerjoin(Handover, and_(Handover.conversation_id == Conversation.id, Handover.closed_at.is_(None)))
        .where(handovers.waits(), seen.scope())
        .order_by(Handover.id)
    )
    rows = {row.id: row for row in session.execute(statement)}
    days = seen.deadlines.of(session, {row.person_id for row in rows.values()}, seen.today, seen.library)
    cases = {key: (_case(row, days.get(row.person_id, ())), days.get(row.person_id, ())) for key, row in rows.items()}
    return [cases[case.id] for case in urgency.in_order((case for case, _ in cases.values()), seen.today)]


def next_ones(session: Session, seen: Seen) -> list[str]:
    """The conversations that an agent may take now, the most urgent first."""
    ids = [case.id for case, _ in order(session, seen)]
    meant = _meant(session, ids)
    return [key for key in ids if key not in meant or _takeable(meant[key], seen)]


def waiting_ids(session: Session, seen: Seen) -> frozenset[tuple[str, int | None]]:
    """Who waits, each with their request: somebody who asks again is new."""
    statement = (
        select(Conversation.id, func.max(Handover.id))
        .outerjoin(Handover, and_(Handover.conversation_id == Conversation.id, Handover.closed_at.is_(None)))
        .where(handovers.waits(), seen.scope())
        .group_by(Conversation.id)
    )
    return frozenset((key, handover) for key, handover in session.execute(statement))


def names(session: Session, people: Iterable[str]) -> dict[str, dict[str, str]]:
    """Name and town from the dossiers, by person."""
    known: dict[str, dict[str, str]] = {}
    statement = (
        select(Dossier.person_id, DossierField.key, DossierField.value)
        .join(DossierField, DossierField.dossier_id == Dossier.id)
        .where(Dossier.person_id.in_(set(people)), DossierField.key.in_(NAMING))
        .where(DossierField.replaced_at.is_(None), DossierField.value.is_not(None))
    )
    for person_id, key, value in session.execute(statement):
        known.setdefault(person_id, {})[key] = value or ""
    return known


def _case(row: Any, days: Sequence[Deadline]) -> urgency.Case:
    handover: Handover | None = row.Handover
    if handover is None:
        return urgency.Case(row.id, row.last_message_at, deadlines=tuple(day.by for day in days))
    return urgency.Case(
        row.id,
        handover.message_left_at or handover.requested_at,
        risk=bool(handover.risks),
        left_closed=handover.message_left_at is not None and handover.after_hours,
        deadlines=tuple(day.by for day in days),
    )


@cache
def _last(sender: Sender) -> ColumnElement[int | None]:
    message = aliased(Message)
    return (
        select(func.max(message.id))
        .where(message.conversation_id == Conversation.id, message.sender == sender)
        .correlate(Conversation)
        .scalar_subquery()
    )


def _listed(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return _every().where(which)


@cache
def _every() -> Select[*tuple[Any, ...]]:
    """Every conversation with what a list shows of it. Made once: putting it together takes longer than running it."""
    latest, meant = aliased(Handover), aliased(Agent)
    open_handover = (
        select(func.max(latest.id))
        .where(latest.conversation_id == Conversation.id, latest.closed_at.is_(None))
        .correlate(Conversation)
        .scalar_subquery()
    )
    columns = (Conversation, Handover, Assignment, meant.name.label("meant"), Message.id, Message.text, Agent.name)
    return (
        select(*columns, _last(Sender.AGENT).label("answered"))
        .select_from(Conversation)
        .outerjoin(Handover, Handover.id == open_handover)
        .outerjoin(Assignment, Assignment.handover_id == Handover.id)
        .outerjoin(meant, meant.id == Assignment.agent_id)
        .outerjoin(Message, Message.id == _last(Sender.PERSON))
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
    )


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    return session.execute(statement).all()


def _meant(session: Session, ids: Sequence[str]) -> dict[str, Assignment]:
    statement = (
        select(Handover.conversation_id, Assignment)
        .join(Assignment, Assignment.handover_id == Handover.id)
        .where(Handover.closed_at.is_(None))
    )
    wanted = set(ids)
    return {key: assignment for key, assignment in session.execute(statement) if key in wanted}


def _takeable(meant: Assignment | None, seen: Seen) -> bool:
    return meant is None or meant.agent_id == seen.who.agent.id or meant.assigned_at + MEANT_FOR <= seen.now


def _row(
    found: Any,
    known: dict[str, dict[str, str]],
    seen: Seen,
    case: urgency.Case | None = None,
    days: Sequence[Deadline] = (),
) -> Row:
    conversation, handover = found.Conversation, found.Handover
    own = known.get(conversation.person_id, {})
    since = conversation.last_message_at
    if handover is not None and (case or conversation.speaker != Speaker.BOT):
        since = handover.taken_at or (case.since if case else handover.requested_at)
    return Row(
        id=conversation.id,
        name=labels.newcomer(own.get("first_name"), conversation.id),
        town=fields.town_name(seen.library, own.get("home_town") or conversation.municipality),
        channel=labels.spoken(labels.CHANNELS, conversation.channel),
        reason=labels.spoken(labels.REASONS, handover.reason) if handover else None,
        since=since,
        excerpt=_excerpt(found),
        agent=found.name,
        unanswered=conversation.speaker == Speaker.AGENT and (found.id or 0) > (found.answered or 0),
        reasons=pressing.reasons(case, days, handover, seen.now) if case else (),
        meant_for=_meant_words(found, seen) if case else "",
        takeable=_takeable(found.Assignment, seen) if case else False,
        left=case is not None and conversation.speaker == Speaker.BOT,
    )


def _excerpt(found: Any) -> str:
    """What the person wrote last, after the question with which a colleague was called: the last words are often only
    that they want a person."""
    request, last = found.Handover, shortened(found.text or "")
    asked = briefing.asked(request.summary) if request else []
    before = [question for question in asked if shortened(question) != last]
    return f"{shortened(before[-1], BEFORE)} · {last}" if before else last


def _meant_words(found: Any, seen: Seen) -> str:
    if found.Assignment is None:
        return ""
    return "you" if found.Assignment.agent_id == seen.who.agent.id else found.meant
