"""What holds for every plan, of anybody, on any day. `python -m bench plan --invariants 200000` looks at many more."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.plans.invariants import INVARIANTS, Case, Invariant
from bench.plans.people import people
from knowledge.library import load
from knowledge.profile import Profile
from tests.knowledge.planning.people import DAYS, profiles

LIBRARY = load()


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.__name__)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles(LIBRARY), DAYS, st.randoms(use_true_random=False))
def test_it_holds(invariant: Invariant, profile: Profile, today: dt.date, chance: random.Random) -> None:
    invariant(Case(profile, today, LIBRARY), chance)


def test_it_holds_for_many_random_people() -> None:
    for number, (profile, today) in enumerate(people(400, 1, sorted(LIBRARY.steps))):
        for invariant in INVARIANTS:
            invariant(Case(profile, today, LIBRARY), random.Random(number))
