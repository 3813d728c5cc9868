"""How long people wait: from what really happened, in rounded words, or honestly unknown."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers import conversations, handovers, hours, presence, waiting
from dossiers.database import Database
from dossiers.models import Agent, Availability, Conversation, Handover, Team
from dossiers.waiting import Sample, estimate
from knowledge.wording import say

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


def samples(*minutes: float, days: int = 1, at: dt.datetime = NOW, ahead: int = 0) -> list[Sample]:
    return [Sample(at - dt.timedelta(days=days), one, ahead) for one in minutes]


def test_too_few_hand_overs_give_no_promise() -> None:
    assert estimate(samples(*[5] * 7), NOW, 0) is None
    assert estimate(samples(*[5] * 8), NOW, 0) is not None


def test_nobody_present_gives_no_promise() -> None:
    assert estimate(samples(*[5] * 20), NOW, 0, present=0) is None


def test_the_estimate_holds_for_most_and_is_rounded_outwards() -> None:
    low, high = estimate(samples(6, 7, 8, 9, 10, 11, 12, 13, 14, 90), NOW, 0) or (0, 0)
    assert (low, high) == (5, 15), "one that waited very long does not decide"


def test_each_place_in_the_queue_adds_to_it() -> None:
    alone, third = estimate(samples(*[8] * 10), NOW, 0), estimate(samples(*[8] * 10), NOW, 2)
    assert alone is not None
    assert third is not None
    assert alone == (5, 10)
    assert third == (20, 30)
    assert estimate(samples(*[24] * 10, ahead=2), NOW, 0) == alone, "a long queue then does not count now"


def test_the_same_time_of_day_decides_when_there_is_enough_of_it() -> None:
    evening = samples(*[100] * 30, at=NOW + dt.timedelta(hours=6))
    assert estimate([*samples(*[4] * 8), *evening], NOW, 0) == (3, 5)


def test_a_wait_of_many_hours_is_not_put_into_figures() -> None:
    assert estimate(samples(*[400] * 20), NOW, 0) is None


@given(st.lists(st.floats(0, 300), min_size=8, max_size=60), st.integers(0, 5))
def test_the_range_is_ordered_and_grows_with_the_queue(minutes: list[float], ahead: int) -> None:
    found, longer = (estimate(samples(*minutes), NOW, queue) for queue in (ahead, ahead + 1))
    if found is not None:
        assert 0 <= found[0] <= found[1]
        if longer is not None:
            assert longer[1] >= found[1]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "I cannot say how long it takes."),
        ((0, 5), "It takes about 5 minutes or less."),
        ((0, 10), "It takes up to about 10 minutes."),
        ((10, 20), "It takes about 10 to 20 minutes."),
        ((45, 60), "It takes about 45 minutes to 1 hour."),
        ((60, 120), "It takes about 1 to 2 hours."),
        ((90, 180), "It takes about 1.5 to 3 hours."),
        ((120, 120), "It takes up to about 2 hours."),
    ],
)
def test_a_wait_is_said_in_words(minutes: tuple[int, int] | None, words: str) -> None:
    assert waiting.in_words(minutes) == words


def waited(session, number: int, minutes: float, team: str | None = None, **more) -> None:
    """One hand-over of an earlier day that waited so long."""
    asked = NOW - dt.timedelta(days=number + 1)
    conversation, _ = conversations.start(session, channel="web", municipality=None, now=asked)
    conversation.team_id = team
    values = {"reason": "asked", "closed_at": asked + dt.timedelta(hours=2), "ahead": 0} | more
    taken = asked + dt.timedelta(minutes=minutes)
    session.add(
        Handover(conversation_id=conversation.id, summary="", requested_at=asked, first_taken_at=taken, **values)
    )


@pytest.fixture
def here(database: Database) -> Database:
    """Somebody is at the desk."""
    with database.write() as session:
        session.add(Agent(id="mia", login="mia", name="Mia", password_hash="-", created_at=NOW))
        session.add(Team(id="t", name="Ghent", created_at=NOW))
        session.flush()
        presence.declare(session, "mia", Availability.AVAILABLE, 4, NOW)
    return database


def test_only_what_was_waited_for_counts(here: Database) -> None:
    with here.write() as session:
        for number in range(9):
            waited(session, number, 9)
            waited(session, number, 500, after_hours=True)
            waited(session, number, 500, message_left_at=NOW)
            waited(session, number, 0, reason="agent")
            waited(session, number, 200, team="t")
            waited(session, number + 60, 200)  # long ago
        session.flush()
        assert waiting.outlook(session, None, NOW).minutes == (5, 10)


def test_the_wait_of_one_team_says_nothing_of_another(here: Database) -> None:
    with here.write() as session:
        for number in range(9):
            waited(session, number, 9)
        session.flush()
        assert waiting.outlook(session, "t", NOW).minutes is None


def test_without_anybody_at_the_desk_nothing_is_promised(here: Database) -> None:
    later = NOW + dt.timedelta(minutes=10)
    with here.write() as session:
        for number in range(9):
            waited(session, number, 9)
        session.flush()
        assert waiting.outlook(session, None, later).minutes is None


def test_who_came_before_is_counted_and_who_came_after_is_not(here: Database) -> None:
    ids = []
    with here.write() as session:
        for number in range(3):
            found, _ = conversations.start(session, channel="web", municipality=None, now=NOW)
            handovers.request(session, found, "asked", NOW + dt.timedelta(minutes=number))
            ids.append(found.id)
        requests = [handovers.open_handover(session, one) for one in ids]
        assert [one.ahead for one in requests if one] == [0, 1, 2]
        second = requests[1]
        assert second is not None
        assert waiting.outlook(session, None, NOW, before=second.requested_at).ahead == 1


def test_outside_of_the_hours_the_next_opening_is_told(database: Database) -> None:
    friday_evening = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)
    with database.read() as session:
        found = waiting.outlook(session, None, friday_evening)
        assert not found.is_open
        told = waiting.told(found, friday_evening)
    assert told == "Nobody is here at this moment. We answer on Monday 23 November from 9:00."


def test_a_desk_that_never_opens_promises_no_day(database: Database) -> None:
    with database.write() as session:
        hours.keep(session, None, ((),) * 7, NOW)
        assert waiting.told(waiting.outlook(session, None, NOW), NOW) == say("closed_unknown")
        assert session.query(Conversation).count() == 0
