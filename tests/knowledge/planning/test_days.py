"""Days as people write them. Today is Monday 23 November 2026."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.planning.days import first_day
from tests.knowledge.planning.people import DAYS, TODAY

WRITTEN = {
    "today": "2026-11-23",
    "this morning": "2026-11-23",
    "yesterday": "2026-11-22",
    "last night": "2026-11-22",
    "the day before yesterday": "2026-11-21",
    "tomorrow": "2026-11-24",
    "the day after tomorrow": "2026-11-25",
    "last week": "2026-11-16",
    "next week": "2026-11-30",
    "last month": "2026-10-23",
    "next month": "2026-12-01",
    "3 weeks ago": "2026-11-02",
    "three weeks ago": "2026-11-02",
    "a week ago": "2026-11-16",
    "a couple of days ago": "2026-11-21",
    "a few weeks ago": "2026-11-02",
    "2 months ago": "2026-09-23",
    "in 10 days": "2026-12-03",
    "in a month": "2026-12-23",
    "in about two weeks": "2026-12-07",
    "two weeks from now": "2026-12-07",
    "been here for 3 months": "2026-08-23",
    "here since 2 weeks": "2026-11-09",
    "been here for the last 3 weeks": "2026-11-02",
    "on 12 march": "2027-03-12",
    "on the 5th of november": "2026-11-05",
    "december 3rd": "2026-12-03",
    "3 december 2027": "2027-12-03",
    "march 12, 2027": "2027-03-12",
    "12 sept": "2026-09-12",
    "15/03/2027": "2027-03-15",
    "15.03.2027": "2027-03-15",
    "15-3-27": "2027-03-15",
    "2027-03-15": "2027-03-15",
    "12/12": "2026-12-12",
    "on 03.01": "2027-01-03",
    "29 february 2028": "2028-02-29",
    "in september": "2027-09-01",
    "in january": "2027-01-01",
    "in november": "2026-11-01",
    "came in september": "2026-09-01",
    "since march": "2026-03-01",
    "in march 2028": "2028-03-01",
    "end of june": "2027-06-01",
    "on friday": "2026-11-27",
    "next monday": "2026-11-30",
    "on monday": "2026-11-30",
    "arrived on monday": "2026-11-16",
    "last friday": "2026-11-20",
    "arrived friday": "2026-11-20",
}
NO_DAY = [
    "",
    "hello",
    "soon",
    "for two years",
    "for 3 weeks",
    "3 marriage certificates",
    "2 decisions",
    "1 junior room",
    "open 24/7",
    "2.5 years",
    "1-2 weeks",
    "31/02/2027",
    "29 february 2027",
    "version 2027",
    "the 35th of march",
]


@pytest.mark.parametrize(("text", "day"), WRITTEN.items(), ids=list(WRITTEN))
def test_a_day_is_found(text: str, day: str) -> None:
    assert first_day(text, TODAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("text", NO_DAY)
def test_no_day_is_found_where_none_is_named(text: str) -> None:
    assert first_day(text, TODAY) is None


def test_on_the_29th_of_february_a_year_ago_is_the_28th() -> None:
    assert first_day("1 year ago", dt.date(2028, 2, 29)) == dt.date(2027, 2, 28)


@settings(deadline=None)
@given(st.sampled_from(sorted(WRITTEN)), DAYS)
def test_any_phrase_on_any_day_gives_a_day_or_none(text: str, today: dt.date) -> None:
    found = first_day(text, today)
    assert found is None or abs(found.year - today.year) <= 6


@settings(deadline=None)
@given(DAYS, DAYS)
def test_a_whole_date_is_that_date_on_any_day(day: dt.date, today: dt.date) -> None:
    for text in (f"{day:%d/%m/%Y}", day.isoformat(), f"{day.day} {day:%B %Y}", f"on {day:%B} {day.day}, {day.year}"):
        assert first_day(f"i arrive {text}", today) == day
