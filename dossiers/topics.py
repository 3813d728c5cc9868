"""How far each topic of a dossier is. What was set stays as history: a change is a new row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from dossiers.models import Dossier, Sender, TopicState, TopicStatus
from dossiers.record import lock
from knowledge.wording import say, say_or

TOPICS = (
    "housing",
    "education",
    "health-care",
    "social-security",
    "finance",
    "administration",
    "diploma",
    "work",
    "language",
    "social",
)
LONGEST_NOTE = 500
LONGEST_WAIT = 120


class NoSuchTopic(Exception):
    """There is no such topic, or what was said of it is too long."""


class TopicChanged(Exception):
    """Somebody else set the topic since the form was shown; ``current`` holds now."""

    def __init__(self, current: TopicStatus | None) -> None:
        super().__init__("changed meanwhile")
        self.current = current


def label(topic: str) -> str:
    """What a topic is called."""
    return say_or(f"topic_{topic}", topic.replace("-", " "))


def state_label(state: TopicState | str, waits_for: str | None = None) -> str:
    """What a state is called, with what it waits for."""
    waits = state == TopicState.WAITING and waits_for
    return say("topic_state_waiting_for", what=waits_for or "") if waits else say(f"topic_state_{state}")


def current(session: Session, dossier_id: str) -> dict[str, TopicStatus]:
    """How far each topic is that was ever set, in the order of `TOPICS`."""
    return of_dossiers(session, [dossier_id])[dossier_id]


def of_dossiers(session: Session, dossier_ids: Collection[str]) -> Mapping[str, dict[str, TopicStatus]]:
    """The same for several dossiers."""
    found: dict[str, dict[str, TopicStatus]] = {dossier_id: {} for dossier_id in dossier_ids}
    rows = select(TopicStatus).where(TopicStatus.dossier_id.in_(found)).order_by(TopicStatus.id)
    for row in session.scalars(rows):
        found[row.dossier_id][row.topic] = row
    return {key: {one: rows[one] for one in TOPICS if one in rows} for key, rows in found.items()}


def history(session: Session, dossier_id: str) -> Sequence[TopicStatus]:
    """Everything that was ever set, the oldest first."""
    rows = select(TopicStatus).where(TopicStatus.dossier_id == dossier_id)
    return session.scalars(rows.order_by(TopicStatus.set_at, TopicStatus.id)).all()


def put(
    session: Session,
    dossier: Dossier,
    topic: str,
    state: TopicState,
    *,
    set_by: Sender,
    now: dt.datetime,
    based_on: int | None,
    note: str = "",
    waits_for: str | None = None,
    agent_id: str | None = None,
    message_id: int | None = None,
) -> TopicStatus:
    """Sets how far a topic is. ``based_on``: the id of the row that the form showed, None when it showed none. The
    same again adds nothing.

    Raises:
        NoSuchTopic: no such topic, or a text that is too long.
        TopicChanged: it was set meanwhile; nothing was changed.
    """
    waits_for = (waits_for or None) if state == TopicState.WAITING else None
    if topic not in TOPICS or len(note) > LONGEST_NOTE or len(waits_for or "") > LONGEST_WAIT:
        raise NoSuchTopic
    lock(session, dossier.id)
    held = current(session, dossier.id).get(topic)
    if (held.id if held else None) != based_on:
        if held is not None:
            session.expunge(held)  # it can be read when the transaction is over
        raise TopicChanged(held)
    if held is not None and (held.state, held.note, held.waits_for) == (state, note, waits_for):
        return held
    row = TopicStatus(
        dossier_id=dossier.id,
        topic=topic,
        state=state,
        waits_for=waits_for,
        note=note,
        set_by=set_by,
        agent_id=agent_id,
        message_id=message_id,
        set_at=now,
    )
    session.add(row)
    dossier.changed_at = now
    session.flush()
    return row


def is_in(topic: str | None, state: TopicState) -> ColumnElement[bool]:
    """The condition that a dossier's topic, or any when None, is in a state. What nobody set is not looked at."""
    row, later = aliased(TopicStatus), aliased(TopicStatus)
    own = [row.dossier_id == Dossier.id, *([row.topic == topic] if topic else [])]
    newest = ~exists().where(later.dossier_id == row.dossier_id, later.topic == row.topic, later.id > row.id)
    in_state = exists().where(*own, row.state == state, newest)
    if state is not TopicState.NOT_LOOKED_AT or topic is None:
        return in_state
    return in_state | ~exists().where(*own)
