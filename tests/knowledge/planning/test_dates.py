"""Days from rules: weekends, the holidays of Belgium, the ends of years and months, leap days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.planning.dates import first_possible_day, is_working_day, latest_day, shifted
from knowledge.planning.steps import Deadline, Opening, Period
from tests.knowledge.planning.folder import rule
from tests.knowledge.planning.people import DAYS

UNITS = ["working-days", "days", "weeks", "months", "years"]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def period(count: int, unit: str) -> Period:
    return Period.model_validate({"count": count, "unit": unit})


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-11-23", True),  # Monday
        ("2026-11-21", False),  # Saturday
        ("2026-11-22", False),  # Sunday
        ("2026-11-11", False),  # Armistice Day, a Wednesday
        ("2026-12-25", False),
        ("2026-12-24", True),
        ("2027-01-01", False),
        ("2027-03-29", False),  # Easter Monday
        ("2027-05-06", False),  # Ascension Day
        ("2027-05-17", False),  # Whit Monday
        ("2027-07-21", False),
        ("2028-02-29", True),
        ("2028-05-01", False),
        ("2028-08-15", False),
        ("2028-11-01", False),
    ],
)
def test_weekends_and_holidays_are_no_working_days(text: str, works: bool) -> None:
    assert is_working_day(day(text)) is works


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2026-11-23", 8, "working-days", "2026-12-03"),
        ("2026-11-20", 8, "working-days", "2026-12-02"),  # from a Friday
        ("2026-11-21", 8, "working-days", "2026-12-02"),  # from a Saturday
        ("2026-11-22", 8, "working-days", "2026-12-02"),  # from a Sunday
        ("2026-11-05", 8, "working-days", "2026-11-18"),  # over 11 November
        ("2026-12-21", 8, "working-days", "2027-01-04"),  # over Christmas and New Year
        ("2027-03-25", 3, "working-days", "2027-03-31"),  # over Easter
        ("2026-11-23", 0, "working-days", "2026-11-23"),
        ("2026-11-23", 10, "days", "2026-12-03"),
        ("2028-02-28", 1, "days", "2028-02-29"),
        ("2027-02-28", 1, "days", "2027-03-01"),
        ("2026-12-28", 2, "weeks", "2027-01-11"),
        ("2026-10-31", 1, "months", "2026-11-30"),
        ("2026-11-30", 3, "months", "2027-02-28"),
        ("2027-11-30", 3, "months", "2028-02-29"),
        ("2026-12-31", 2, "months", "2027-02-28"),
        ("2026-11-15", 14, "months", "2028-01-15"),
        ("2028-02-29", 1, "years", "2029-02-28"),
        ("2028-02-29", 4, "years", "2032-02-29"),
        ("2026-11-23", 5, "years", "2031-11-23"),
    ],
)
def test_a_period_after_a_day(start: str, count: int, unit: str, end: str) -> None:
    assert shifted(day(start), period(count, unit)) == day(end)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2027-01-04", 2, "working-days", "2026-12-30"),  # back over New Year and a weekend
        ("2026-12-01", 1, "days", "2026-11-30"),
        ("2028-03-01", 1, "days", "2028-02-29"),
        ("2027-03-31", 1, "months", "2027-02-28"),
        ("2028-03-31", 1, "months", "2028-02-29"),
        ("2027-01-31", 3, "months", "2026-10-31"),
        ("2027-05-31", 3, "months", "2027-02-28"),
        ("2028-02-29", 1, "years", "2027-02-28"),
    ],
)
def test_a_period_before_a_day(start: str, count: int, unit: str, end: str) -> None:
    assert shifted(day(start), period(count, unit), -1) == day(end)


@settings(deadline=None)
@given(DAYS, st.integers(0, 300), st.sampled_from(UNITS), st.integers(1, 30))
def test_a_later_start_never_ends_earlier(start: dt.date, count: int, unit: str, later: int) -> None:
    length = period(count, unit)
    for direction in (1, -1):
        assert shifted(start, length, direction) <= shifted(start + dt.timedelta(days=later), length, direction)


@settings(deadline=None)
@given(DAYS, st.integers(0, 300), st.sampled_from(UNITS))
def test_a_longer_period_ends_later(start: dt.date, count: int, unit: str) -> None:
    assert shifted(start, period(count, unit)) < shifted(start, period(count + 1, unit))
    assert shifted(start, period(count, unit)) >= start


@settings(deadline=None)
@given(DAYS, st.integers(1, 60))
def test_working_days_end_on_a_working_day_and_count_each_once(start: dt.date, count: int) -> None:
    end = shifted(start, period(count, "working-days"))
    between = [start + dt.timedelta(days=number + 1) for number in range((end - start).days)]
    assert is_working_day(end)
    assert sum(map(is_working_day, between)) == count


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({}, "2026-12-03"),
        ({"after": None, "before": {"count": 1, "unit": "months"}}, "2026-10-23"),
        ({"after": None, "year_end": "same-year"}, "2026-12-31"),
        ({"after": None, "year_end": "next-year"}, "2027-12-31"),
    ],
)
def test_the_latest_day_of_a_rule(changes: dict[str, Any], end: str) -> None:
    assert latest_day(Deadline.model_validate(rule(**changes)), day("2026-11-23")) == day(end)


@pytest.mark.parametrize(
    ("part", "first"),
    [
        ({"after": {"count": 5, "unit": "years"}}, "2031-11-23"),
        ({"before": {"count": 45, "unit": "days"}}, "2026-10-09"),
        ({"next_year": True}, "2027-01-01"),
    ],
)
def test_the_first_possible_day(part: dict[str, Any], first: str) -> None:
    opening = Opening.model_validate({"anchor": "registration", "fact": "lease-notice", **part})
    assert first_possible_day(opening, day("2026-11-23")) == day(first)


@pytest.mark.parametrize(
    "changes",
    [
        {"anchor": None},
        {"step": "other"},
        {"after": None},
        {"year_end": "same-year"},
        {"after": {"count": -1, "unit": "days"}},
        {"after": {"count": 1, "unit": "moons"}},
    ],
)
def test_a_rule_counts_from_one_thing_in_one_way(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Deadline.model_validate(rule(**changes))


@pytest.mark.parametrize("part", [{}, {"after": {"count": 1, "unit": "days"}, "next_year": True}])
def test_an_opening_counts_in_one_way(part: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Opening.model_validate({"anchor": "registration", "fact": "lease-notice", **part})
