"""The calendar, as another program reads it than the one that wrote it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]

from knowledge.planning.plan import plan
from knowledge.profile import Profile
from tests.knowledge.planning.people import AYA, PEDRO, PERSONAS, TODAY


def events(text: str) -> dict[str, Any]:
    """The events by id."""
    read = vobject.readOne(text)
    found = {event.uid.value: event for event in read.contents.get("vevent", [])}
    assert len(found) == len(read.contents.get("vevent", []))
    return found


def days(world, path) -> dict[str, dt.date]:
    return {key: event.dtstart.value for key, event in events(world.text(path)).items()}


@pytest.mark.parametrize("name", PERSONAS)
def test_one_whole_day_for_every_open_step_with_a_date(world, name):
    found = events(world.text(world.path(PERSONAS[name]) + ".ics"))
    entries = [e for e in plan(PERSONAS[name], TODAY, world.library).entries if e.certain and e.state != "done"]
    dated = {e.step.id: e for e in entries if e.by or e.latest}
    assert {key.split(".")[0] for key in found} == set(dated)
    for key, event in found.items():
        step, kind, _ = key.split(".")
        entry = dated[step]
        assert event.dtstart.value == (entry.begin_by if kind == "begin" else entry.by or entry.latest)
        assert type(event.dtstart.value) is dt.date
        assert event.dtend.value - event.dtstart.value == dt.timedelta(days=1)
        assert entry.step.title in event.summary.value
    begun = {e.step.id for e in dated.values() if e.begin_by and e.begin_by < (e.by or e.latest or dt.date.min)}
    assert {key.split(".")[0] for key in found if ".begin." in key} == begun


def test_reminders_come_a_week_and_a_day_before_at_nine(world):
    for event in events(world.text(world.path(PEDRO) + ".ics")).values():
        triggers = sorted(alarm.trigger.value for alarm in event.contents["valarm"])
        nine = dt.timedelta(hours=9)
        assert triggers == [nine - dt.timedelta(days=7), nine - dt.timedelta(days=1)]


def test_an_unchanged_plan_gives_the_same_bytes_on_another_day(world):
    path = world.path(AYA) + ".ics"
    first = world.get(path)
    world.now += dt.timedelta(days=2, hours=3)
    again = world.get(path)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
        answer = world.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert world.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_new_link_to_the_same_plan_gives_the_same_bytes(world):
    kept = world.keep(AYA)
    first = world.get(world.path_of(kept) + ".ics").content
    world.now += dt.timedelta(days=1)
    assert world.get(world.path_of(kept) + ".ics").content == first


def test_another_arrival_moves_the_dates_and_keeps_the_ids(world):
    path = world.path(PEDRO) + ".ics"
    before, first = days(world, path), events(world.text(path))
    later = dt.timedelta(days=7)
    world.now += dt.timedelta(hours=1)
    assert PEDRO.arrival is not None
    world.keep(replace(PEDRO, arrival=PEDRO.arrival + later))
    after, then = days(world, path), events(world.text(path))
    assert before.keys() == after.keys()
    travel = next(key for key in after if key.startswith("arrive.day."))
    assert after[travel] - before[travel] == later
    assert all(after[key] >= before[key] for key in after)
    assert any(after[key] > before[key] for key in after if not key.startswith("arrive."))
    for key in after:
        assert int(then[key].sequence.value) == int(first[key].sequence.value) + 1
        assert then[key].last_modified.value > first[key].last_modified.value
        assert then[key].dtstamp.value == world.now


def test_what_is_done_leaves_the_calendar(world):
    path = world.path(AYA) + ".ics"
    assert any(key.startswith("register-non-eu.") for key in days(world, path))
    world.keep(replace(AYA, done=(("register-non-eu", TODAY),)))
    left = days(world, path)
    assert left
    assert not any(key.startswith("register-non-eu.") for key in left)


def test_two_people_never_share_an_id(world):
    one, other = days(world, world.path(AYA, "one") + ".ics"), days(world, world.path(AYA, "other") + ".ics")
    assert len(one) == len(other)
    assert not one.keys() & other.keys()


def test_it_says_nothing_of_the_person_but_their_steps(world):
    kept = world.keep(AYA)
    path = world.path_of(kept)
    text = world.text(f"{path}.ics").replace("\r\n ", "")
    for private in ("Japan", "JP", "researcher", kept.link_id, path, world.people["somebody"], "plans.test"):
        assert private not in text


def test_a_plan_without_dates_is_still_a_calendar(world):
    assert events(world.text(world.path(Profile()) + ".ics")) == {}


def test_lines_are_folded_and_end_as_the_standard_says(world):
    content = world.get(world.path(PEDRO) + ".ics").content
    assert content.count(b"\n") == content.count(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
