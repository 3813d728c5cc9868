"""The schedule of troubles: the same for the same seed, and never two blows on one target at once."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.torture.plan import Blow, Risk, Trouble, full, quick, schedule

seeds = st.integers(0, 10_000)
APPS = ["app-0", "app-1"]


@given(seeds)
def test_the_same_seed_gives_the_same_troubles(seed: int) -> None:
    assert schedule(seed, 600, full(APPS, database=True)) == schedule(seed, 600, full(APPS, database=True))


def test_another_seed_gives_other_troubles() -> None:
    assert schedule(1, 600, full(APPS, database=True)) != schedule(2, 600, full(APPS, database=True))


@given(seeds, st.floats(5, 900))
def test_a_target_suffers_one_blow_at_a_time_and_all_end_in_peace(seed: int, seconds: float) -> None:
    of: dict[str, list[Trouble]] = defaultdict(list)
    for trouble in schedule(seed, seconds, full(APPS, database=True)):
        of[trouble.target].append(trouble)
        assert trouble.at <= seconds * 0.92
    for troubles in of.values():
        for one, following in pairwise(troubles):
            assert following.at >= one.at + one.seconds


@given(seeds)
def test_a_whole_run_kills_and_pauses_everything(seed: int) -> None:
    struck = {(trouble.blow, trouble.target) for trouble in schedule(seed, 600, full(APPS, database=True))}
    for target in (*APPS, "bot", "database", "redis"):
        assert {(Blow.KILL, target), (Blow.PAUSE, target)} <= struck
    assert len([1 for blow, _ in struck if blow is Blow.STORM]) == 4


@given(seeds)
def test_a_quick_run_has_a_handful_of_kills(seed: int) -> None:
    kills = [trouble for trouble in schedule(seed, 25, quick(["app-0"])) if trouble.blow is Blow.KILL]
    assert 3 <= len(kills) <= 9


def test_a_risk_strikes_even_when_the_run_is_short() -> None:
    assert schedule(1, 10, [Risk(Blow.KILL, "app-0", 1000, 1, 2)])
