"""When colleagues are there: hours of the week, public holidays, exceptional closures; per team, in Belgian time.

`Calendar` is pure: it answers from what was loaded. A team without hours of its own has those of the service; while
nobody has set these, `DEFAULT` holds, and the desk says that it is a default.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dossiers.models import Closure, TeamHours

BELGIUM = ZoneInfo("Europe/Brussels")
SERVICE = "service"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHT = 24 * 60
LOOK_AHEAD = 400
DAY = dt.timedelta(days=1)
_SPAN = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.h](\d{2}))?")


class Unreadable(ValueError):
    """Hours that cannot be read; the text says what is wrong with them."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Part of a day, in minutes since midnight by the clock on the wall."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"


type Week = tuple[tuple[Span, ...], ...]

_OFFICE = (Span(9 * 60, 17 * 60),)
DEFAULT: Week = (_OFFICE,) * 5 + ((), ())
ALWAYS: Week = ((Span(0, MIDNIGHT),),) * 7


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody is there. ``closed``: first and last days; ``on_holidays``: also there on public holidays;
    ``of``: whose hours these are: `team`, `service`, or `default` when nobody has set any."""

    week: Week = DEFAULT
    closed: tuple[tuple[dt.date, dt.date], ...] = ()
    on_holidays: bool = False
    of: str = "default"

    def why_closed(self, day: dt.date) -> str | None:
        """`closure` or `holiday` when a day of the week is not as usual."""
        if any(first <= day <= last for first, last in self.closed):
            return "closure"
        return "holiday" if not self.on_holidays and holiday(day) else None

    def spans(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """The open times of a day as moments, in order. A time that the clock skips is the moment it skips to."""
        if self.why_closed(day):
            return []
        return [(_moment(day, span.opens), _moment(day, span.closes)) for span in self.week[day.weekday()]]

    def is_open(self, now: dt.datetime) -> bool:
        """Whether somebody is there at a moment."""
        return any(opens <= now < closes for opens, closes in self.spans(now.astimezone(BELGIUM).date()))

    def next_open(self, now: dt.datetime) -> dt.datetime | None:
        """The first moment from now on at which somebody is there; None when that is more than a year away."""
        today = now.astimezone(BELGIUM).date()
        for number in range(LOOK_AHEAD):
            for opens, closes in self.spans(today + number * DAY):
                if now < closes:
                    return max(opens, now)
        return None


def _moment(day: dt.date, minutes: int) -> dt.datetime:
    """The moment at which a clock in Belgium shows this, in UTC: there alone moments can be compared."""
    day, minutes = day + DAY * (minutes // MIDNIGHT), minutes % MIDNIGHT
    return dt.datetime.combine(day, dt.time(minutes // 60, minutes % 60), BELGIUM).astimezone(dt.UTC)


@cache
def _holidays(year: int) -> dict[dt.date, str]:
    found = holidays.country_holidays("BE", years=year, language="en_US")
    return {day: found[day] for day in found}


def holiday(day: dt.date) -> str | None:
    """The name of a public holiday of Belgium; None on other days."""
    return _holidays(day.year).get(day)


def calendar(session: Session, team_id: str | None, now: dt.datetime) -> Calendar:
    """When a team is there; without a team, the service."""
    wanted = [SERVICE] if team_id is None else [SERVICE, team_id]
    rows = {row.scope: row for row in session.scalars(select(TeamHours).where(TeamHours.scope.in_(wanted)))}
    concerned = or_(Closure.team_id.is_(None), Closure.team_id == team_id)  # the latter is never so without a team
    since = now.astimezone(BELGIUM).date()
    found = session.execute(
        select(Closure.first_day, Closure.last_day).where(concerned, Closure.last_day >= since - DAY)
    )
    closed = tuple((first, last) for first, last in found)
    row = rows.get(team_id or SERVICE) or rows.get(SERVICE)
    if row is None:
        return Calendar(closed=closed)
    return Calendar(from_data(row.week), closed, row.on_holidays, SERVICE if row.scope == SERVICE else "team")


def open_now(session: Session, team_id: str | None, now: dt.datetime) -> bool:
    """Whether somebody of the team is there now."""
    return calendar(session, team_id, now).is_open(now)


def next_open(session: Session, team_id: str | None, now: dt.datetime) -> dt.datetime | None:
    """When somebody of the team is there next: now, while it is open; None when no day is known."""
    return calendar(session, team_id, now).next_open(now)


def keep(session: Session, team_id: str | None, week: Week, now: dt.datetime, *, on_holidays: bool = False) -> None:
    """Sets the hours of a team; without a team, those of the service."""
    row = session.get(TeamHours, team_id or SERVICE)
    if row is None:
        row = TeamHours(scope=team_id or SERVICE, team_id=team_id)
        session.add(row)
    row.week, row.on_holidays, row.changed_at = to_data(week), on_holidays, now
    session.flush()


def forget(session: Session, team_id: str | None) -> bool:
    """Takes a team's own hours away: it has those of the service again. False when it had none."""
    row = session.get(TeamHours, team_id or SERVICE)
    if row is not None:
        session.delete(row)
    return row is not None


def close_on(session: Session, team_id: str | None, first: dt.date, last: dt.date, note: str = "") -> Closure:
    """Adds an exceptional closure; without a team, for everybody.

    Raises:
        Unreadable: it ends before it begins.
    """
    if last < first:
        raise Unreadable("The last day comes before the first day.")
    closure = Closure(team_id=team_id, first_day=first, last_day=last, note=note)
    session.add(closure)
    session.flush()
    return closure


def closures(session: Session, team_id: str | None, since: dt.date) -> Sequence[Closure]:
    """What is to come of a team's own closures; without a team, of those for everybody."""
    own = Closure.team_id.is_(None) if team_id is None else Closure.team_id == team_id
    statement = select(Closure).where(own, Closure.last_day >= since).order_by(Closure.first_day, Closure.id)
    return session.scalars(statement).all()


def read_day(text: str) -> tuple[Span, ...]:
    """The hours of a day as people write them: "9:00-12:30, 13-17"; nothing: closed.

    Raises:
        Unreadable: it cannot be read, a part ends before it begins, or two parts overlap.
    """
    found = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;]|\band\b", text.lower()))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise Unreadable(f"“{part}” cannot be read. Write it like 9:00-12:30, 13:00-17:00.")
        span = Span(_minutes(match[1], match[2]), _minutes(match[3], match[4]))
        if span.closes <= span.opens:
            raise Unreadable(f"“{part}” ends before it begins.")
        found.append(span)
    found.sort()
    if any(after.opens < before.closes for before, after in pairwise(found)):
        raise Unreadable("Two of these times overlap.")
    return tuple(found)


def written(spans: Sequence[Span]) -> str:
    """The hours of a day as `read_day` reads them."""
    return ", ".join(map(str, spans))


def to_data(week: Week) -> list[list[list[str]]]:
    """A week as it is stored."""
    return [[[_clock(span.opens), _clock(span.closes)] for span in day] for day in week]


def from_data(data: Sequence[Sequence[Sequence[str]]]) -> Week:
    """The week that `to_data` wrote."""
    return tuple(read_day(", ".join("-".join(span) for span in day)) for day in data)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(hours: str, minutes: str | None) -> int:
    found = int(hours) * 60 + int(minutes or 0)
    if int(minutes or 0) > 59 or found > MIDNIGHT:
        raise Unreadable(f"“{hours}:{minutes or '00'}” is no time of a day.")
    return found


def when(moment: dt.datetime, now: dt.datetime) -> str:
    """A moment to come as people say it: "today from 13:00", "on Monday 23 November from 9:00"."""
    local, today = moment.astimezone(BELGIUM), now.astimezone(BELGIUM).date()
    hour = f"from {local.hour}:{local.minute:02d}"
    if local.date() == today:
        return f"today {hour}"
    if local.date() == today + DAY:
        return f"tomorrow, {DAYS[local.weekday()]} {local.day} {local:%B}, {hour}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"on {DAYS[local.weekday()]} {local.day} {local:%B}{year} {hour}"
