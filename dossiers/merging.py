"""Makes one dossier of two that belong to the same person, without losing anything.

Everything that points to the other person or the other dossier, in whatever table, then points to the one that stays.
Statements that differ are chosen by an agent; what was not chosen stays as history. Of two consents the stricter holds:
what was taken back by either stays taken back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dossiers import consents, interests, moving, plans, record, topics
from dossiers.database import locked
from dossiers.differences import (
    KEEP,
    LISTS,
    OTHER,
    Choices,
    Conflict,
    Kind,
    Pair,
    conflicts,
    fingerprint,
    must_choose,
    said,
)
from dossiers.models import (
    ConsentRecord,
    Conversation,
    Dossier,
    DossierField,
    DossierMerge,
    ErasureAsked,
    FieldState,
    Interest,
    Person,
    PlanRecord,
    Sender,
    Speaker,
    TopicState,
    TopicStatus,
)
from dossiers.models.consents import Where
from knowledge.planning.keeping import to_data
from knowledge.profile import Profile

OWN_WAY = frozenset({Dossier.__tablename__, PlanRecord.__tablename__})  # at most one of a person


class Why(StrEnum):
    """Why two dossiers are not merged."""

    SAME = "same"
    HANDLED = "handled"
    NO_CONSENT = "no_consent"
    ERASING = "erasing"
    CHANGED = "changed"
    UNDECIDED = "undecided"
    IN_THE_WAY = "in_the_way"


class NotMerged(Exception):
    """Nothing was changed; ``why`` tells the reason."""

    def __init__(self, why: Why, details: str = "") -> None:
        super().__init__(f"{why} {details}".strip())
        self.why = why


def conversations_of(session: Session, pair: Pair) -> Sequence[Conversation]:
    """The conversations of both, the newest first."""
    people = (pair.keep.person_id, pair.other.person_id)
    statement = select(Conversation).where(Conversation.person_id.in_(people))
    return session.scalars(statement.order_by(Conversation.last_message_at.desc(), Conversation.id)).all()


def hindrance(session: Session, pair: Pair, agent_id: str, now: dt.datetime) -> Why | None:
    """Why these two cannot be merged by this agent now; None when they can."""
    people = (pair.keep.person_id, pair.other.person_id)
    if pair.keep.id == pair.other.id:
        return Why.SAME
    for one in conversations_of(session, pair):
        held = one.speaker == Speaker.AGENT and one.agent_id != agent_id
        if held and one.lease_until is not None and one.lease_until >= now:
            return Why.HANDLED
    if any(consents.held(session, person, consents.DOSSIER) is None for person in people):
        return Why.NO_CONSENT
    if session.scalars(select(ErasureAsked.person_id).where(ErasureAsked.person_id.in_(people))).first():
        return Why.ERASING
    return None


def merge(
    session: Session, pair: Pair, choices: Choices, *, agent_id: str, seen: str, now: dt.datetime
) -> DossierMerge:
    """Makes one of them. ``choices``: `KEEP` or `OTHER` by the name of each conflict; ``seen``: the `fingerprint` that
    the agent decided on.

    Raises:
        NotMerged: it cannot be done now, something changed meanwhile, or a choice is missing. Nothing was changed.
    """
    _lock(session, pair)
    if why := hindrance(session, pair, agent_id, now):
        raise NotMerged(why)
    if fingerprint(session, pair) != seen:
        raise NotMerged(Why.CHANGED)
    found = conflicts(session, pair)
    if any(choices.get(one.name) not in (KEEP, OTHER) for one in found):
        raise NotMerged(Why.UNDECIDED)
    made = DossierMerge(merged_id=pair.other.id, dossier_id=pair.keep.id, agent_id=agent_id, merged_at=now)
    with session.begin_nested():
        _merge_fields(session, pair, choices, agent_id, now)
        _merge_statuses(session, pair, found, choices, agent_id, now)
        made.plan = _merge_plans(session, pair, choices, now)
        _stricter(session, pair, now)
        keep, other = pair.keep, pair.other
        keep.created_at, keep.changed_at = min(keep.created_at, other.created_at), now
        keep.completed_at = keep.completed_at or other.completed_at
        session.add(made)
        _move_everything(session, pair)
    return made


def merged_into(session: Session, dossier_id: str) -> str | None:
    """The id of the dossier of which a merged one is a part now."""
    found = session.get(DossierMerge, dossier_id)
    return found.dossier_id if found else None


def _lock(session: Session, pair: Pair) -> None:
    """Always in the same order, so that two merges wait for each other instead of blocking each other."""
    people = sorted({pair.keep.person_id, pair.other.person_id})
    session.execute(locked(select(Person.id).where(Person.id.in_(people)).order_by(Person.id), session))
    talks = select(Conversation.id).where(Conversation.person_id.in_(people)).order_by(Conversation.id)
    session.execute(locked(talks, session))
    for dossier_id in sorted({pair.keep.id, pair.other.id}):
        record.lock(session, dossier_id)


def _merge_fields(session: Session, pair: Pair, choices: Choices, agent_id: str, now: dt.datetime) -> None:
    """One current statement of each field; the other becomes history, settled by the agent."""
    mine, theirs = (record.current_fields(session, one) for one in pair.both)
    for key in mine.keys() & theirs.keys():
        if must_choose(mine[key], theirs[key]):
            chosen = choices[f"{Kind.FIELD}.{key}"]
        else:
            chosen = KEEP if _strength(mine[key]) >= _strength(theirs[key]) else OTHER
        loser = theirs[key] if chosen == KEEP else mine[key]
        loser.replaced_at = loser.settled_at = now
        loser.settled_by = agent_id
    session.flush()


def _strength(row: DossierField) -> int:
    """What was said counts more than what was not answered, and that more than what was only concluded."""
    return {FieldState.INFERRED: 0, FieldState.SKIPPED: 1}.get(FieldState(row.state), 2)


def _merge_statuses(
    session: Session, pair: Pair, found: Sequence[Conflict], choices: Choices, agent_id: str, now: dt.datetime
) -> None:
    """Moves the history of topics and interests, and says anew what holds where the newest row would not say it."""
    mine, theirs = (topics.current(session, one.id) for one in pair.both)
    wanted, also = (interests.current(session, one.id) for one in pair.both)
    chosen = {one.name: one.kept if choices[one.name] == KEEP else one.other for one in found}
    for table in (TopicStatus, Interest):
        own = table.dossier_id == pair.other.id
        session.execute(update(table).where(own).values(dossier_id=pair.keep.id))
    by_agent = {"dossier_id": pair.keep.id, "agent_id": agent_id}
    for key in mine.keys() | theirs.keys():
        holds = chosen.get(f"{Kind.TOPIC}.{key}") or mine.get(key) or theirs[key]
        if said(topics.current(session, pair.keep.id)[key]) != said(holds):
            state, note, waits_for = TopicState(holds.state), holds.note, holds.waits_for
            row = {"topic": key, "state": state, "note": note, "waits_for": waits_for, "set_by": Sender.AGENT}
            session.add(TopicStatus(**row, **by_agent, set_at=now))
    for key in wanted.keys() | also.keys():
        holds = chosen.get(f"{Kind.INTEREST}.{key}") or wanted.get(key) or also[key]
        if interests.current(session, pair.keep.id)[key].wanted != holds.wanted:
            session.add(Interest(key=key, wanted=holds.wanted, stated_by=Sender.AGENT, stated_at=now, **by_agent))
    session.flush()


def _merge_plans(session: Session, pair: Pair, choices: Choices, now: dt.datetime) -> dict[str, Any] | None:
    """One plan of both. Gives what the other was made from, to be kept; its links end."""
    mine, theirs = (plans.kept(session, one.person_id) for one in pair.both)
    if theirs is None:
        return None
    if mine is None:
        rows = update(PlanRecord).where(PlanRecord.person_id == pair.other.person_id)
        session.execute(rows.values(person_id=pair.keep.person_id))
        return None
    values: dict[str, Any] = {}
    for key in Profile.__dataclass_fields__:
        ours, others = getattr(mine.profile, key), getattr(theirs.profile, key)
        if key in LISTS:
            values[key] = _joined(ours, others)
        elif ours is None or (others is not None and ours != others and choices[f"{Kind.PLAN}.{key}"] == OTHER):
            values[key] = others
    plans.keep(session, pair.keep.person_id, replace(mine.profile, **values), now)
    session.execute(delete(PlanRecord).where(PlanRecord.person_id == pair.other.person_id))
    return to_data(theirs.profile)


def _joined(ours: Sequence[Any], others: Sequence[Any]) -> tuple[Any, ...]:
    """Both lists, each step once: a step's own day wins over no day."""
    names = {one[0] if isinstance(one, tuple) else one for one in ours}
    return (*ours, *(one for one in others if (one[0] if isinstance(one, tuple) else one) not in names))


def two_plans(session: Session, pair: Pair) -> bool:
    """Whether both have a plan. The links to the other's end then: the chat gives new ones."""
    return all(plans.kept(session, one.person_id) is not None for one in pair.both)


def ending(session: Session, pair: Pair) -> set[tuple[str, str]]:
    """The consents (purpose, partner) that one of them holds and the other took back: they end by a merge."""
    return {consent for _, consent in _ending(session, pair)}


def _ending(session: Session, pair: Pair) -> list[tuple[str, tuple[str, str]]]:
    people = [one.person_id for one in pair.both]
    return [
        (holder, (purpose, partner))
        for one, holder in (people, people[::-1])
        for purpose, partner in _taken_back(session, one)
        if consents.held(session, holder, purpose, partner) is not None
    ]


def _stricter(session: Session, pair: Pair, now: dt.datetime) -> None:
    """Ends what one of them holds and the other took back last."""
    for holder, (purpose, partner) in _ending(session, pair):
        consents.withdraw(session, holder, purpose, partner=partner, now=now, withdrawn_in=Where.SERVICE)


def _taken_back(session: Session, person_id: str) -> set[tuple[str, str]]:
    """What was agreed to once and is not held any more."""
    rows = session.execute(
        select(ConsentRecord.purpose, ConsentRecord.partner, ConsentRecord.withdrawn_at).where(
            ConsentRecord.person_id == person_id
        )
    ).all()
    held = {(purpose, partner) for purpose, partner, withdrawn_at in rows if withdrawn_at is None}
    return {(purpose, partner) for purpose, partner, _ in rows} - held


def _move_everything(session: Session, pair: Pair) -> None:
    """Lets every row of the other person and dossier belong to those that stay, and drops those two.

    Raises:
        NotMerged: of some kind of row there can be only one, and both have one; or something is left behind.
    """
    other_id, person_id = pair.other.id, pair.other.person_id
    try:
        moving.move(session, Dossier, other_id, pair.keep.id)
        moving.move(session, Person, person_id, pair.keep.person_id, leave=OWN_WAY)
        moving.drop(session, Dossier, other_id)
        moving.drop(session, Person, person_id)
    except moving.InTheWay as way:
        raise NotMerged(Why.IN_THE_WAY, way.table) from None
