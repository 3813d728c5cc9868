"""Why somebody stands where they stand in the queue, in a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desk import formats, labels
from dossiers.deadlines import Deadline
from dossiers.models import Handover
from dossiers.urgency import Case, Why
from knowledge.figures import BELGIUM

SOON = 3  # days before a legal day that stand out
NIGHT, NOON, EVENING = 6, 12, 17  # the hours at which the first ends and the others begin


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words. ``strong``: it stands out."""

    words: str
    strong: bool


def reasons(case: Case, days: Sequence[Deadline], handover: Handover | None, now: dt.datetime) -> tuple[Reason, ...]:
    """Everything that presses, what decides the place first. Empty: nothing does, only the waiting counts."""
    return tuple(_reasons(case, days, handover, now))


def _reasons(case: Case, days: Sequence[Deadline], handover: Handover | None, now: dt.datetime) -> Iterator[Reason]:
    today = now.astimezone(BELGIUM).date()
    if handover is not None and handover.risks:
        words = " and ".join(labels.spoken(labels.RISKS, risk) for risk in handover.risks)
        yield Reason(f"at risk: {words}", strong=True)
    if handover is not None and handover.message_left_at is not None:
        first = ": first today" if case.left_closed else ""
        yield Reason(f"left a message {when(handover.message_left_at, now)}{first}", strong=case.left_closed)
    pressing = case.presses(today)
    if pressing is not None:
        yield legal(next(day for day in days if day.by == pressing), today)
    elif case.why(today) is Why.WAIT and (coming := [day for day in days if day.by > today]):
        yield Reason(f"next legal day {formats.day(coming[0].by)}", strong=False)


def legal(deadline: Deadline, today: dt.date) -> Reason:
    """A legal day, what must be done by then, and how many days are left."""
    left = (deadline.by - today).days
    day = f"{deadline.by.day} {deadline.by:%B}"
    if left < 0:
        return Reason(f"{formats.days(-left)} late: {deadline.title}, it had to be done by {day}", strong=True)
    if left == 0:
        return Reason(f"today is the last day: {deadline.title}", strong=True)
    return Reason(f"{formats.days(left)} left: {deadline.title}, by {day}", strong=left <= SOON)


def when(moment: dt.datetime, now: dt.datetime) -> str:
    """About when something was, as people say it: yesterday evening."""
    local, today = moment.astimezone(BELGIUM), now.astimezone(BELGIUM).date()
    part = "evening" if local.hour >= EVENING else "morning" if local.hour < NOON else "afternoon"
    days = (today - local.date()).days
    if days <= 0 and local.hour < NIGHT:
        return "last night"
    if days <= 0:
        return f"this {part}"
    if days == 1:
        return f"yesterday {part}"
    if days < 7:
        return f"on {local:%A} {part}"
    return f"on {local.day} {local:%B}"
