"""When each team is there, as the page of the hours shows it, and what a form of it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dossiers import hours, teams
from dossiers.hours import DAYS, Unreadable, Week
from dossiers.models import Closure, Team

OF = {
    "default": "Nobody has set hours yet. These are the default of this software, not hours that somebody decided.",
    "service": "These are the hours of the service. This team has none of its own.",
    "team": "These are this team's own hours.",
}
HOLIDAYS_AHEAD = 4
YEAR = 366


@dataclass(frozen=True, slots=True)
class DayField:
    """One day of the week in the form. ``problem``: why what was typed cannot be used."""

    name: str
    title: str
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the page says about one team, or about the service. ``state``: whether somebody is there now."""

    team_id: str | None
    title: str
    choices: Sequence[tuple[str, str]]
    days: Sequence[DayField]
    on_holidays: bool
    whose: str
    own: bool
    is_open: bool
    state: str
    holidays: Sequence[tuple[dt.date, str]]
    closures: Sequence[Closure]


def shown(session: Session, team_id: str | None, now: dt.datetime) -> Shown | None:
    """The page of a team; without a team, of the service. None: there is no such team."""
    names = {team.id: team.name for team in teams.all_teams(session)}
    if team_id is not None and team_id not in names:
        return None
    calendar = hours.calendar(session, team_id, now)
    today = now.astimezone(hours.BELGIUM).date()
    opening = calendar.next_open(now)
    is_open = calendar.is_open(now)
    state = "Open now." if is_open else "Closed now, and not open in the next year."
    if not is_open and opening is not None:
        state = f"Closed now. Open {hours.when(opening, now)}."
    return Shown(
        team_id=team_id,
        title=names[team_id] if team_id is not None else "The service",
        choices=[("", "The service: every team without hours of its own"), *names.items()],
        days=fields({name.lower(): hours.written(day) for name, day in zip(DAYS, calendar.week, strict=True)}),
        on_holidays=calendar.on_holidays,
        whose=OF[calendar.of] if team_id is not None or calendar.of == "default" else "",
        own=calendar.of == ("service" if team_id is None else "team"),
        is_open=is_open,
        state=state,
        holidays=_holidays(today),
        closures=hours.closures(session, team_id, today),
    )


def team(session: Session, team_id: str) -> Team | None:
    """The team with this id."""
    return session.get(Team, team_id)


def fields(typed: Mapping[str, str]) -> list[DayField]:
    """The days of the form with what was typed in them."""
    return [_field(name, typed.get(name.lower(), "")) for name in DAYS]


def _field(title: str, text: str) -> DayField:
    try:
        hours.read_day(text)
    except Unreadable as problem:
        return DayField(title.lower(), title, text, str(problem))
    return DayField(title.lower(), title, text)


def week(typed: Mapping[str, str]) -> Week:
    """The week of a form.

    Raises:
        Unreadable: a day cannot be read.
    """
    return tuple(hours.read_day(typed.get(name.lower(), "")) for name in DAYS)


def _holidays(today: dt.date) -> list[tuple[dt.date, str]]:
    ahead = (today + dt.timedelta(days=number) for number in range(YEAR))
    return [(day, name) for day in ahead if (name := hours.holiday(day))][:HOLIDAYS_AHEAD]
