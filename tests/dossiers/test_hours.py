"""When colleagues are there: by the clock on the wall in Belgium, with holidays, closures and hours per team."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers import hours
from dossiers.database import Database
from dossiers.hours import ALWAYS, DEFAULT, Calendar, Span, Unreadable
from dossiers.models import Team

UTC = dt.UTC


def local(day: str, clock: str = "00:00", fold: int = 0) -> dt.datetime:
    moment = dt.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=hours.BELGIUM, fold=fold)
    return moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        ("2026-11-23", "08:59", False),
        ("2026-11-23", "09:00", True),
        ("2026-11-23", "16:59", True),
        ("2026-11-23", "17:00", False),
        ("2026-11-22", "12:00", False),  # a Sunday
        ("2026-11-11", "12:00", False),  # a Wednesday, Armistice Day
        ("2026-07-21", "12:00", False),  # a Tuesday, the National Day
        ("2026-12-24", "12:00", True),
        ("2026-12-25", "12:00", False),
    ],
)
def test_the_default_is_weekdays_without_public_holidays(day: str, clock: str, is_open: bool) -> None:
    assert Calendar().is_open(local(day, clock)) is is_open


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (local("2026-11-20", "17:00"), local("2026-11-23", "09:00")),  # Friday evening: Monday
        (local("2026-11-23", "08:00"), local("2026-11-23", "09:00")),
        (local("2026-11-23", "10:15"), local("2026-11-23", "10:15")),  # open now
        (local("2026-12-24", "18:00"), local("2026-12-28", "09:00")),  # over Christmas and the weekend
        (local("2026-12-31", "18:00"), local("2027-01-04", "09:00")),  # over New Year and the weekend
        (local("2027-03-26", "18:00"), local("2027-03-30", "09:00")),  # over Easter Monday and the change of clocks
    ],
)
def test_the_next_opening_is_computed_over_weekends_and_holidays(now: dt.datetime, expected: dt.datetime) -> None:
    assert Calendar().next_open(now) == expected


def test_a_closure_of_several_days_is_closed_on_its_first_and_last_day() -> None:
    calendar = Calendar(closed=((dt.date(2026, 11, 24), dt.date(2026, 11, 25)),))
    assert calendar.is_open(local("2026-11-23", "10:00"))
    assert not calendar.is_open(local("2026-11-24", "10:00"))
    assert not calendar.is_open(local("2026-11-25", "10:00"))
    assert calendar.next_open(local("2026-11-24", "10:00")) == local("2026-11-26", "09:00")


def test_a_team_that_is_never_there_has_no_next_opening() -> None:
    assert Calendar(week=((),) * 7).next_open(local("2026-11-23")) is None


def test_when_the_clock_goes_back_an_hour_counts_twice_and_when_it_goes_on_it_is_skipped() -> None:
    night = Calendar(week=((Span(2 * 60, 3 * 60),),) * 7, on_holidays=True)
    autumn = local("2026-10-25", "02:00")
    assert [night.is_open(autumn + dt.timedelta(minutes=m)) for m in (-1, 0, 59, 60, 119, 120)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip
    spring = local("2027-03-28", "01:59")
    assert not any(night.is_open(spring + dt.timedelta(minutes=m)) for m in range(120))


spans = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
    lambda cuts: tuple(Span(a, b) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)
weeks = st.tuples(*[spans] * 7)
days = st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31))
moments = st.datetimes(
    dt.datetime(2026, 1, 1),  # noqa: DTZ001  (hypothesis wants it so)
    dt.datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
calendars = st.builds(
    Calendar,
    week=weeks,
    closed=st.lists(st.tuples(days, st.integers(0, 9)), max_size=4).map(
        lambda found: tuple((first, first + dt.timedelta(days=more)) for first, more in found)
    ),
    on_holidays=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(calendars, moments)
def test_the_next_opening_is_open_not_before_now_and_nothing_is_open_between(
    calendar: Calendar, now: dt.datetime
) -> None:
    found = calendar.next_open(now)
    assert calendar.is_open(now) is (found == now)
    if found is None:
        return
    assert found >= now
    assert calendar.is_open(found)
    gap = found - now
    for part in range(1, 8):
        moment = now + gap * part / 8
        assert moment >= found or not calendar.is_open(moment)


@settings(max_examples=100, deadline=None)
@given(calendars, days)
def test_nobody_is_there_on_a_closed_day_whatever_the_hour(calendar: Calendar, day: dt.date) -> None:
    noon = [local(day.isoformat(), f"{hour:02d}:30") for hour in range(24)]
    if calendar.why_closed(day):
        assert not any(calendar.is_open(moment) for moment in noon)


@given(weeks)
def test_hours_are_kept_and_written_without_loss(week: hours.Week) -> None:
    assert hours.from_data(hours.to_data(week)) == week
    assert all(hours.read_day(hours.written(day)) == day for day in week)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("9-17", (Span(540, 1020),)),
        ("9:00-12:30, 13:00-17:00", (Span(540, 750), Span(780, 1020))),
        ("13h00 - 17h30; 9.15 to 12", (Span(555, 720), Span(780, 1050))),
        ("0:00-24:00", (Span(0, 1440),)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, expected: tuple[Span, ...]) -> None:
    assert hours.read_day(text) == expected


@pytest.mark.parametrize("text", ["nine to five", "17-9", "9-12, 11-15", "25-26", "9:75-10", "9-24:01", "-"])
def test_hours_that_cannot_be_meant_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        hours.read_day(text)
    assert str(refused.value).endswith((".", "17:00."))


def test_a_team_has_its_own_hours_else_those_of_the_service_else_the_default(database: Database) -> None:
    now = local("2026-11-23", "07:00")
    with database.write() as session:
        session.add(Team(id="t", name="Ghent", created_at=now))
        session.flush()
        assert hours.calendar(session, "t", now).week == DEFAULT
        assert hours.calendar(session, "t", now).of == "default"
        hours.keep(session, None, ALWAYS, now, on_holidays=True)
        assert hours.open_now(session, "t", now)
        assert hours.calendar(session, "t", now).of == "service"
        early = (hours.read_day("8-12"),) * 7
        hours.keep(session, "t", early, now)
        assert not hours.open_now(session, "t", now)
        assert hours.next_open(session, "t", now) == local("2026-11-23", "08:00")
        assert hours.open_now(session, None, now)
        assert hours.forget(session, "t")
        assert hours.open_now(session, "t", now)


def test_a_closure_concerns_its_team_or_everybody(database: Database) -> None:
    now = local("2026-11-23", "10:00")
    today = dt.date(2026, 11, 23)
    with database.write() as session:
        session.add_all([Team(id="a", name="A", created_at=now), Team(id="b", name="B", created_at=now)])
        session.flush()
        hours.close_on(session, "a", today, today)
        assert [hours.open_now(session, team, now) for team in ("a", "b", None)] == [False, True, True]
        hours.close_on(session, None, today, today)
        assert [hours.open_now(session, team, now) for team in ("a", "b", None)] == [False, False, False]
        with pytest.raises(Unreadable):
            hours.close_on(session, None, today, today - dt.timedelta(days=1))


def test_a_moment_is_said_as_people_say_it() -> None:
    now = local("2026-11-20", "18:00")
    said = [
        hours.when(moment, now)
        for moment in (
            local("2026-11-20", "19:30"),
            local("2026-11-21", "09:00"),
            local("2026-11-23", "09:00"),
            local("2027-01-04", "09:00"),
        )
    ]
    assert said == [
        "today from 19:30",
        "tomorrow, Saturday 21 November, from 9:00",
        "on Monday 23 November from 9:00",
        "on Monday 4 January 2027 from 9:00",
    ]
