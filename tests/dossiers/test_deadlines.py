"""The legal days of people, from their plans, remembered no longer than they hold."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import deadlines, plans
from dossiers.deadlines import Deadlines
from dossiers.models import Person, PlanRecord
from knowledge.library import read
from knowledge.planning.plan import plan
from knowledge.profile import Profile, assumed
from tests.dossiers.work import START

TODAY = START.date()
ARRIVED = Profile(country="JP", municipality="gent", purpose="employee", stay="long", permit="visa-d", arrival=TODAY)


@pytest.fixture(scope="module")
def library():
    return read()[0]


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


@pytest.fixture
def made(monkeypatch) -> list[Profile]:
    """The profiles for which legal days were worked out."""
    seen: list[Profile] = []
    real = deadlines.open_legal

    def spied(profile, today, library):
        seen.append(profile)
        return real(profile, today, library)

    monkeypatch.setattr(deadlines, "open_legal", spied)
    return seen


def person(session, profile: Profile) -> str:
    found = Person(created_at=START)
    session.add(found)
    session.flush()
    plans.keep(session, found.id, profile, START)
    return found.id


def test_they_are_the_open_legal_days_of_the_plan_the_earliest_first(library):
    found = deadlines.open_legal(ARRIVED, TODAY, library)
    assert [day.by for day in found] == sorted(day.by for day in found)
    entries = {entry.step.id: entry for entry in plan(assumed(ARRIVED), TODAY, library).entries}
    assert found
    for day in found:
        assert entries[day.step].by == day.by
        assert entries[day.step].state != "done"
    assert "register-non-eu" in {day.step for day in found}


def test_a_step_that_is_done_has_no_legal_day(library):
    done = Profile(
        **{**{key: getattr(ARRIVED, key) for key in ARRIVED.__dataclass_fields__}, "permit": "residence-card"}
    )
    assert "register-non-eu" not in {day.step for day in deadlines.open_legal(done, TODAY, library)}


def test_everybody_with_a_plan_gets_theirs_and_others_are_left_out(session, library):
    with_days, without = person(session, ARRIVED), person(session, Profile())
    found = Deadlines().of(session, {with_days, without, "nobody"}, TODAY, library)
    assert set(found) == {with_days}
    assert list(found[with_days]) == deadlines.open_legal(ARRIVED, TODAY, library)


def test_they_are_worked_out_once_a_day(session, library, made):
    someone, kept = person(session, ARRIVED), Deadlines()
    first = kept.of(session, {someone}, TODAY, library)
    assert kept.of(session, {someone}, TODAY, library) == first
    assert len(made) == 1
    kept.of(session, {someone}, TODAY + dt.timedelta(days=1), library)
    assert len(made) == 2


@pytest.mark.parametrize("change", ["profile", "forgotten and made anew", "knowledge"])
def test_they_are_worked_out_anew_when_something_changed(session, library, made, change):
    someone, kept = person(session, ARRIVED), Deadlines()
    kept.of(session, {someone}, TODAY, library)
    if change == "profile":
        plans.keep(session, someone, Profile(), START)
    elif change == "forgotten and made anew":
        plans.forget(session, someone)
        plans.keep(session, someone, Profile(), START)
    found = kept.of(session, {someone}, TODAY, read()[0] if change == "knowledge" else library)
    assert len(made) == 2
    assert (someone in found) is (change == "knowledge")


def test_a_profile_that_cannot_be_read_does_not_empty_the_list_of_all(session, library):
    broken, fine = person(session, ARRIVED), person(session, ARRIVED)
    session.get_one(PlanRecord, broken).profile = {"arrival": "some day"}
    session.flush()
    assert set(Deadlines().of(session, {broken, fine}, TODAY, library)) == {fine}
