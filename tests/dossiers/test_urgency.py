"""Who is answered first."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from dossiers.urgency import PRESSES, STILL_PRESSES, Case, Why, in_order, place

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

days = st.dates(TODAY - 60 * DAY, TODAY + 400 * DAY)
cases = st.builds(
    Case,
    id=st.text("abcdef0123456789", min_size=4, max_size=4),
    since=st.integers(0, 5000).map(lambda minutes: NOW - dt.timedelta(minutes=minutes)),
    risk=st.booleans(),
    left_closed=st.booleans(),
    deadlines=st.lists(days, max_size=3).map(tuple),
)
many = st.lists(cases, max_size=12, unique_by=lambda case: case.id)


def waiting(name: str, minutes: int, **more) -> Case:
    return Case(name, NOW - dt.timedelta(minutes=minutes), **more)


def ids(*some: Case) -> list[str]:
    return [case.id for case in in_order(some, TODAY)]


def test_an_earlier_legal_day_comes_before_a_later_one_however_long_somebody_waits():
    late = waiting("late", 500, deadlines=(TODAY + 9 * DAY,))
    soon = waiting("soon", 1, deadlines=(TODAY + 2 * DAY,))
    assert ids(late, soon) == ["soon", "late"]


def test_of_equal_legal_days_and_without_any_who_waits_longest_comes_first():
    same = [waiting(str(minutes), minutes, deadlines=(TODAY + DAY,)) for minutes in (5, 50, 20)]
    assert ids(*same) == ["50", "20", "5"]
    assert ids(*(waiting(str(minutes), minutes) for minutes in (5, 50, 20))) == ["50", "20", "5"]


def test_a_legal_day_that_presses_comes_before_waiting_and_one_far_ahead_does_not():
    patient = waiting("patient", 300)
    assert ids(patient, waiting("pressed", 1, deadlines=(TODAY + PRESSES,))) == ["pressed", "patient"]
    assert ids(patient, waiting("far", 1, deadlines=(TODAY + PRESSES + DAY,))) == ["patient", "far"]


def test_a_legal_day_that_has_passed_presses_for_a_month():
    patient = waiting("patient", 300)
    assert ids(patient, waiting("missed", 1, deadlines=(TODAY - STILL_PRESSES,))) == ["missed", "patient"]
    assert ids(patient, waiting("old", 1, deadlines=(TODAY - STILL_PRESSES - DAY,))) == ["patient", "old"]


def test_a_legal_day_long_gone_does_not_hide_one_that_comes_soon():
    case = waiting("x", 1, deadlines=(TODAY - 200 * DAY, TODAY + DAY))
    assert case.presses(TODAY) == TODAY + DAY


def test_danger_comes_first_then_messages_left_while_closed_then_legal_days_then_waiting():
    wait = waiting("wait", 600)
    legal = waiting("legal", 300, deadlines=(TODAY,))
    message = waiting("message", 100, left_closed=True)
    risk = waiting("risk", 1, risk=True)
    assert ids(wait, legal, message, risk) == ["risk", "message", "legal", "wait"]
    assert [case.why(TODAY) for case in (risk, message, legal, wait)] == list(Why)


@given(many, st.randoms(use_true_random=False))
def test_the_order_is_the_same_however_the_cases_come(some, chance):
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert in_order(shuffled, TODAY) == in_order(some, TODAY)


@given(many)
def test_the_order_holds_everybody_once(some):
    assert sorted(in_order(some, TODAY), key=lambda case: case.id) == sorted(some, key=lambda case: case.id)


@given(many, cases)
def test_who_else_waits_changes_nothing_between_two(some, other):
    if other.id in {case.id for case in some}:
        return
    without = ids(*some)
    assert [key for key in ids(*some, other) if key != other.id] == without


@given(many)
def test_no_two_people_have_the_same_place(some):
    assert len({place(case, TODAY) for case in some}) == len(some)


@given(cases, cases)
def test_within_what_decides_the_earlier_legal_day_wins_and_then_the_longer_wait(one, two):
    if one.why(TODAY) is not two.why(TODAY) or one.id == two.id:
        return
    first, second = in_order([one, two], TODAY)
    ahead, behind = first.presses(TODAY), second.presses(TODAY)
    if ahead == behind:
        assert first.since <= second.since
    else:
        assert behind is None or (ahead is not None and ahead < behind)
