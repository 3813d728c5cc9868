"""People to plan for: the four of the workshops, and any other."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from bench.plans.people import ANSWERS, FIRST, LAST, OLDEST_CHILD
from bench.plans.people import DAYS as DATED
from knowledge.library import Library
from knowledge.profile import Profile

TODAY = dt.date(2026, 11, 23)  # a Monday

AYA = Profile(
    "gent", "JP", purpose="researcher", arrival=dt.date(2026, 11, 20), stay="long", partner=True, children=(3, 7),
    permit="visa-d", address=True, address_from=dt.date(2026, 11, 20), rents=True,
)  # fmt: skip
ROLF = Profile("gent", "DE", purpose="job-seeker", arrival=dt.date(2026, 11, 2), stay="long", partner=True, children=())
PEDRO = Profile("gent", "AR", purpose="employee", arrival=dt.date(2027, 1, 4), stay="long", permit="single-permit")
MIRELA = Profile(
    "aalst", "BG", purpose="employee", arrival=dt.date(2026, 10, 1), stay="long", children=(6, 14), diploma=True,
    licence="eu", car=True, address=True, address_from=dt.date(2026, 10, 1), rents=True,
)  # fmt: skip
PERSONAS = {"aya": AYA, "rolf": ROLF, "pedro": PEDRO, "mirela": MIRELA}

DAYS = st.dates(FIRST, LAST)


def maybe[T](values: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """The answer may be missing."""
    return st.none() | values


def profiles(library: Library) -> st.SearchStrategy[Profile]:
    """Anybody: every answer may be missing, and no combination is excluded."""
    steps = sorted(library.steps)
    answers = {field: maybe(st.sampled_from(values)) for field, values in ANSWERS.items()}
    days = {field: maybe(DAYS) for field in DATED}
    return st.builds(
        Profile,
        **answers,
        **days,
        children=maybe(st.lists(st.integers(0, OLDEST_CHILD), max_size=3).map(tuple)),
        done=st.lists(st.tuples(st.sampled_from(steps), maybe(DAYS)), max_size=4, unique_by=lambda one: one[0]).map(
            tuple
        ),
        not_for_me=st.lists(st.sampled_from(steps), max_size=2).map(tuple),
        todo=st.lists(st.sampled_from(steps), max_size=2).map(tuple),
    )
