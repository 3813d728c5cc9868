"""The dates of a plan as a calendar to subscribe to (RFC 5545, 7986).

It says no more of a person than which steps are on their plan: no link, no town, nothing they told. The same plan gives
the same bytes on every day, so that a calendar program sees at once that nothing has changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from icalendar import Alarm, Calendar, Event, vDuration

from dossiers.plans import KeptPlan
from knowledge.library import Library
from knowledge.planning.plan import Entry, plan
from knowledge.profile import assumed

NAME = "What now? My plan"
DAY = dt.timedelta(days=1)
MORNING = dt.timedelta(hours=9)  # reminders come at nine, not at midnight
WARNINGS = (7, 1)  # days before


@dataclass(frozen=True, slots=True)
class Dated:
    """One event of a whole day. ``kind`` keeps the events of one step apart."""

    step: str
    kind: str
    day: dt.date
    title: str
    text: str
    page: str


def calendar(kept: KeptPlan, today: dt.date, library: Library) -> bytes:
    """The calendar of a plan."""
    made = Calendar()
    made.add("prodid", "-//What now?//Plan//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        made.add(name, NAME)
    made.add("refresh-interval", vDuration(DAY), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(DAY))
    for entry in plan(assumed(kept.profile), today, library).entries:
        if entry.certain and entry.state != "done":
            for dated in _dates(entry, library):
                made.add_component(_event(dated, kept))
    return bytes(made.to_ical())


def uid(kept: KeptPlan, step: str, kind: str) -> str:
    """The id of an event, the same for ever. The link's id does not stand in it."""
    owner = hashlib.sha256(kept.link_id.encode()).hexdigest()[:20]
    return f"{step}.{kind}.{owner}@what-now"


def _dates(entry: Entry, library: Library) -> Iterator[Dated]:
    """The day of a step, by law or so that others are in time, and the day to begin when that lies before it."""
    step, rule, day = entry.step, entry.rule, entry.by or entry.latest
    if day is None:
        return
    page = str(library.facts[rule.fact if rule else step.facts[0]].url)
    if entry.by is not None and rule is not None:
        title, text = "Last day", f"{rule.rule[:1].upper()}{rule.rule[1:]}."
    elif entry.drives == step.id:
        title, text = "Planned", "This is the day that you gave."
    else:
        title, text = "Best done by today", "Other steps wait for this one."
    yield Dated(step.id, "day", day, f"{title}: {step.title}", f"{text} {step.why}", page)
    if entry.begin_by is not None and entry.begin_by < day:
        text = (
            step.lead_time.say
            if step.lead_time
            else "Other steps wait for this one, so do not leave it to the last day."
        )
        yield Dated(step.id, "begin", entry.begin_by, f"Begin: {step.title}", text, page)


def _event(dated: Dated, kept: KeptPlan) -> Event:
    event = Event()
    event.add("uid", uid(kept, dated.step, dated.kind))
    event.add("dtstamp", kept.changed_at)
    event.add("last-modified", kept.changed_at)
    event.add("sequence", kept.revision)
    event.add("dtstart", dated.day)
    event.add("dtend", dated.day + DAY)
    event.add("summary", dated.title)
    event.add("description", dated.text)
    event.add("url", dated.page)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    for days in WARNINGS:
        event.add_component(_alarm(days, dated.title))
    return event


def _alarm(days: int, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", MORNING - DAY * days)
    alarm.add("description", title)
    return alarm
