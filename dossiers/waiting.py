"""How long a person waits for a colleague, from what really happened; and what they are told about it.

The estimate rests on the hand-overs of the last weeks of the same team, asked at about the same time of day while
somebody was there. Each counts by how long it waited for each place in the queue, so that a long queue then does not
make a short one look slow now. With too few of them, or with nobody present, nothing is promised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dossiers import hours, presence
from dossiers.models import Choice, Conversation, Handover, Speaker
from knowledge.wording import say

WEEKS = dt.timedelta(weeks=6)
FEWEST = 8
NEAR_HOURS = 2
MOST_SAMPLES = 500
ROUND = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240)
TOO_LONG = 240  # minutes; who has to wait for longer is told nothing but that


@dataclass(frozen=True, slots=True)
class Sample:
    """One hand-over that was taken: when it was asked, how many minutes it waited, how many waited before it."""

    asked_at: dt.datetime
    minutes: float
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said to somebody who wants a colleague now. ``minutes``: shortest and longest likely wait."""

    is_open: bool
    next_open: dt.datetime | None = None
    minutes: tuple[int, int] | None = None
    ahead: int = 0


def estimate(
    samples: Sequence[Sample], now: dt.datetime, ahead: int, present: int | None = None
) -> tuple[int, int] | None:
    """The likely wait in minutes, rounded to what people say; None when there is too little to go by.

    ``ahead``: how many wait before; ``present``: how many colleagues are there, None when that is not known.
    """
    if present == 0:
        return None
    near = [one for one in samples if _hours_apart(one.asked_at, now) <= NEAR_HOURS]
    chosen = near if len(near) >= FEWEST else samples
    if len(chosen) < FEWEST:
        return None
    places = sorted(one.minutes / (one.ahead + 1) for one in chosen)
    cuts = quantiles(places, n=20, method="inclusive")
    low, high = cuts[4] * (ahead + 1), cuts[15] * (ahead + 1)  # a quarter are faster, a fifth are slower
    return None if high > TOO_LONG else (_rounded(low, down=True), _rounded(high))


def _hours_apart(one: dt.datetime, other: dt.datetime) -> float:
    first, second = (at.astimezone(hours.BELGIUM) for at in (one, other))
    apart = abs((first.hour * 60 + first.minute) - (second.hour * 60 + second.minute)) / 60
    return min(apart, 24 - apart)


def _rounded(minutes: float, *, down: bool = False) -> int:
    fitting = [one for one in ROUND if one <= minutes] if down else [one for one in ROUND if one >= minutes]
    if down:
        return fitting[-1] if fitting else 0
    return fitting[0] if fitting else ROUND[-1]


def outlook(session: Session, team_id: str | None, now: dt.datetime, *, before: dt.datetime | None = None) -> Outlook:
    """What can be said about a team now. ``before``: when the person asked, once they wait themselves."""
    calendar = hours.calendar(session, team_id, now)
    ahead = queue_length(session, team_id, before)
    if not calendar.is_open(now):
        return Outlook(is_open=False, next_open=calendar.next_open(now), ahead=ahead)
    minutes = estimate(samples(session, team_id, now), now, ahead, presence.available(session, team_id, now))
    return Outlook(is_open=True, minutes=minutes, ahead=ahead)


def queue_length(session: Session, team_id: str | None, before: dt.datetime | None = None) -> int:
    """How many wait in a team's queue for somebody to join; ``before``: only those who asked earlier."""
    statement = (
        select(func.count())
        .select_from(Conversation)
        .outerjoin(Handover, (Handover.conversation_id == Conversation.id) & Handover.closed_at.is_(None))
        .where(Conversation.speaker == Speaker.QUEUE, _same_team(team_id))
        .where((Handover.choice.is_(None)) | (Handover.choice != Choice.MESSAGE))
    )
    if before is not None:
        statement = statement.where(Handover.requested_at < before)
    return session.scalar(statement) or 0


def samples(session: Session, team_id: str | None, now: dt.datetime) -> list[Sample]:
    """The team's hand-overs of the last weeks that somebody took while the person waited, the newest first."""
    statement = (
        select(Handover.requested_at, Handover.first_taken_at, Handover.ahead)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(_same_team(team_id), Handover.requested_at >= now - WEEKS, Handover.first_taken_at.is_not(None))
        .where(Handover.reason != "agent", Handover.after_hours.is_(False), Handover.message_left_at.is_(None))
        .order_by(Handover.id.desc())
        .limit(MOST_SAMPLES)
    )
    return [
        Sample(asked, (taken - asked).total_seconds() / 60, ahead or 0)
        for asked, taken, ahead in session.execute(statement)
        if taken is not None
    ]


def _same_team(team_id: str | None) -> ColumnElement[bool]:
    return Conversation.team_id.is_(None) if team_id is None else Conversation.team_id == team_id


def in_words(minutes: tuple[int, int] | None) -> str:
    """A wait as a sentence; honest when it is not known."""
    if minutes is None:
        return say("wait_unknown")
    low, high = minutes
    if high <= 5:
        return say("wait_short")
    if low < 1 or low == high:
        return say("wait_up_to", long=_spoken(high))
    return say("wait_between", short=_spoken(low, high), long=_spoken(high))


def _spoken(minutes: int, beside: int = 0) -> str:
    if minutes < 60 or (minutes % 60 and minutes != 90):
        return str(minutes) if beside and beside < 60 else f"{minutes} minutes" if minutes > 1 else "1 minute"
    number = "1.5" if minutes == 90 else str(minutes // 60)
    if beside >= 60:
        return number
    return "1 hour" if minutes == 60 else f"{number} hours"


def closed_in_words(moment: dt.datetime | None, now: dt.datetime) -> str:
    """That nobody is there, and when somebody will be."""
    if moment is None:
        return say("closed_unknown")
    return say("closed_until", when=hours.when(moment, now))


def told(found: Outlook, now: dt.datetime) -> str:
    """What a person is told of an outlook."""
    return in_words(found.minutes) if found.is_open else closed_in_words(found.next_open, now)
