"""Days and moments as the queue says them."""

from __future__ import annotations

import datetime as dt

import pytest

from desk.reading import pressing
from dossiers.deadlines import Deadline

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)  # nine o'clock on a Monday in Ghent


@pytest.mark.parametrize(
    ("days", "words", "strong"),
    [
        (8, "8 days left: Register with your town hall, by 1 December", False),
        (4, "4 days left: Register with your town hall, by 27 November", False),
        (3, "3 days left: Register with your town hall, by 26 November", True),
        (1, "1 day left: Register with your town hall, by 24 November", True),
        (0, "today is the last day: Register with your town hall", True),
        (-1, "1 day late: Register with your town hall, it had to be done by 22 November", True),
    ],
)
def test_a_legal_day_says_how_many_days_are_left_and_stands_out_when_few_are(days, words, strong):
    deadline = Deadline("register-non-eu", "Register with your town hall", TODAY + dt.timedelta(days=days))
    assert pressing.legal(deadline, TODAY) == pressing.Reason(words, strong)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23 07:30", "this morning"),
        ("2026-11-23 01:00", "last night"),
        ("2026-11-22 23:30", "last night"),  # half past midnight in Ghent
        ("2026-11-22 19:00", "yesterday evening"),
        ("2026-11-22 13:00", "yesterday afternoon"),
        ("2026-11-20 17:00", "on Friday evening"),
        ("2026-11-16 12:00", "on 16 November"),
    ],
)
def test_a_moment_is_said_as_people_say_it_by_the_clock_of_ghent(moment, words):
    assert pressing.when(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC), NOW) == words
