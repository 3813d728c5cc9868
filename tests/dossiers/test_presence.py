"""Who is at the desk, and how much they can take."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import handovers, presence
from dossiers.models import Availability
from dossiers.presence import HERE_FOR, OFFLINE
from knowledge.wording import say
from tests.dossiers import work
from tests.dossiers.work import START


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


@pytest.fixture
def mia(session):
    return work.agent(session, "mia")


def state(session, agent, now: dt.datetime) -> str:
    return presence.of(session, agent, now).state


def test_who_never_opened_the_desk_is_offline(session, mia):
    assert state(session, mia, START) == OFFLINE


def test_an_open_page_makes_somebody_available_until_two_minutes_after_it_closed(session, mia):
    presence.touch(session, mia.id, START)
    assert state(session, mia, START) == Availability.AVAILABLE
    assert state(session, mia, START + HERE_FOR) == Availability.AVAILABLE
    assert state(session, mia, START + HERE_FOR + dt.timedelta(seconds=1)) == OFFLINE
    presence.touch(session, mia.id, START + dt.timedelta(minutes=10))
    assert state(session, mia, START + dt.timedelta(minutes=11)) == Availability.AVAILABLE


def test_what_somebody_said_of_themselves_holds_whenever_they_are_there(session, mia):
    presence.declare(session, mia.id, Availability.BUSY, 2, START)
    assert state(session, mia, START) == Availability.BUSY
    later = START + dt.timedelta(hours=1)
    assert state(session, mia, later) == OFFLINE
    presence.touch(session, mia.id, later)
    assert state(session, mia, later) == Availability.BUSY
    assert presence.of(session, mia, later).capacity == 2


def test_who_logs_out_is_gone_at_once(session, mia):
    presence.touch(session, mia.id, START)
    presence.leave(session, mia.id)
    assert state(session, mia, START) == OFFLINE


def test_only_who_is_there_and_available_counts_for_a_team(session):
    gent = work.team(session, "Gent", "gent")
    aalst = work.team(session, "Aalst", "aalst")
    work.agent(session, "mia", teams=[gent], here=True)
    busy = work.agent(session, "tom", teams=[gent], here=True)
    presence.declare(session, busy.id, Availability.BUSY, 3, START)
    work.agent(session, "ana", teams=[aalst], here=True)
    work.agent(session, "off", teams=[gent])
    assert presence.available(session, gent.id, START) == 1
    assert presence.available(session, aalst.id, START) == 1
    assert presence.available(session, None, START) == 2
    assert presence.available(session, gent.id, START + dt.timedelta(minutes=3)) == 0


def test_somebody_is_full_with_as_many_conversations_as_they_wanted(session, mia):
    presence.declare(session, mia.id, Availability.AVAILABLE, 2, START)
    for expected in (False, False, True):
        assert presence.is_full(session, mia, START) is expected
        handovers.take(session, work.conversation(session), mia, say, START)
    assert presence.of(session, mia, START).has == 3


@pytest.mark.parametrize("capacity", [0, -1, 21])
def test_nobody_can_want_none_or_a_crowd(session, mia, capacity):
    with pytest.raises(ValueError):
        presence.declare(session, mia.id, Availability.AVAILABLE, capacity, START)
