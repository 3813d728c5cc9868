"""What a profile says about each facet; what is not known is None, never a guess."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from knowledge.library import load
from knowledge.planning.facets import VALUES, facets
from knowledge.profile import Profile
from tests.knowledge.planning.people import DAYS, TODAY, profiles


def seen(facet: str, **known: Any) -> set[str] | None:
    value = facets(replace(Profile(), **known), TODAY)[facet]
    return None if value is None else set(value)


def test_nothing_is_known_of_an_empty_profile_but_that_nothing_special_was_said() -> None:
    known = {facet: value for facet, value in facets(Profile(), TODAY).items() if value is not None}
    assert known == {"newborn": {"no"}, "leaving": {"no"}, "moved": {"no"}}


@pytest.mark.parametrize(
    ("facet", "known", "value"),
    [
        ("citizenship", {"country": "DE"}, {"eu"}),
        ("citizenship", {"country": "NO"}, {"eu"}),
        ("citizenship", {"country": "CH"}, {"eu"}),
        ("citizenship", {"country": "GB"}, {"non-eu"}),
        ("citizenship", {"country": "BE"}, {"belgian"}),
        ("where", {"arrival": TODAY}, {"here"}),
        ("where", {"arrival": TODAY + dt.timedelta(days=1)}, {"abroad"}),
        ("where", {"arrival": TODAY - dt.timedelta(days=1), "here": False}, {"here"}),
        ("where", {"here": True}, {"here"}),
        ("where", {"here": False}, {"abroad"}),
        ("municipality", {"municipality": "gent"}, {"gent"}),
        ("municipality", {"municipality": "lokeren"}, {"other"}),
        ("children", {"children": ()}, {"none"}),
        ("children", {"children": (0,)}, {"baby"}),
        ("children", {"children": (2,)}, {"baby"}),
        ("children", {"children": (3, 4)}, {"toddler"}),
        ("children", {"children": (5, 11)}, {"school"}),
        ("children", {"children": (2, 5, 12, 17)}, {"baby", "school", "teen"}),
        ("children", {"children": (18,)}, {"none"}),
        ("children", {"children": (4, 20)}, {"toddler"}),
        ("family", {"partner": True}, {"yes"}),
        ("family", {"children": (4,)}, {"yes"}),
        ("family", {"partner": False, "children": (4,)}, {"yes"}),
        ("family", {"partner": False, "children": ()}, {"no"}),
        ("family", {"partner": False, "children": (20,)}, {"no"}),
        ("family", {"partner": False}, None),
        ("family", {"children": ()}, None),
        ("newborn", {"birth": TODAY}, {"yes"}),
        ("leaving", {"leaving": True}, {"yes"}),
        ("leaving", {"leaving": False}, {"no"}),
        ("moved", {"moved": True}, {"yes"}),
        ("address", {"address": False}, {"no"}),
        ("address", {"address_from": TODAY}, None),
    ],
)
def test_a_facet(facet: str, known: dict[str, Any], value: set[str] | None) -> None:
    assert seen(facet, **known) == value


@settings(max_examples=200, deadline=None)
@given(profiles(load()), DAYS)
def test_every_facet_is_listed_and_has_a_listed_value(profile: Profile, today: dt.date) -> None:
    known = facets(profile, today)
    assert known.keys() == VALUES.keys()
    for facet, value in known.items():
        assert value is None or (value and value <= set(VALUES[facet]))
