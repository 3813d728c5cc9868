"""A profile that is kept comes back as it was."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from knowledge.library import load
from knowledge.planning.keeping import from_data, to_data
from knowledge.profile import Profile
from tests.knowledge.planning.people import PERSONAS, profiles


@settings(max_examples=300, deadline=None)
@given(profiles(load()))
def test_a_round_trip_changes_nothing(profile: Profile) -> None:
    assert from_data(json.loads(json.dumps(to_data(profile)))) == profile


def test_what_is_not_known_is_not_kept() -> None:
    assert to_data(Profile()) == {}
    assert to_data(Profile(children=())) == {"children": []}


def test_what_is_kept_can_be_read_by_a_person() -> None:
    kept = to_data(PERSONAS["aya"])
    assert kept["arrival"] == "2026-11-20"
    assert kept["children"] == [3, 7]


def test_no_and_none_are_kept_apart() -> None:
    for value in (True, False, None):
        assert from_data(to_data(Profile(car=value))).car is value


def test_a_done_step_keeps_its_day_or_that_it_has_none() -> None:
    profile = Profile(done=(("arrive", dt.date(2026, 11, 20)), ("find-address", None)), todo=("join-health-fund",))
    assert from_data(json.loads(json.dumps(to_data(profile)))) == profile


def test_a_field_of_another_version_is_passed_over() -> None:
    assert from_data({"country": "DE", "favourite_colour": "blue"}) == Profile(country="DE")


@pytest.mark.parametrize(
    "data", [{"purpose": "holiday"}, {"arrival": "soon"}, {"children": ["three"]}, {"car": "blue"}]
)
def test_nonsense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        from_data(data)
