"""What to ask next: the question whose answer changes the plan most. Nothing is asked that would change nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from knowledge.library import Library
from knowledge.planning.plan import Plan, plan
from knowledge.profile import Profile

OF_ARRIVING = frozenset({"arrival", "purpose", "stay", "address", "address_from", "permit", "joins", "diploma"})
SOON = dt.timedelta(days=30)
EXAMPLE_EU, EXAMPLE_NON_EU = "DE", "IN"  # one country of each group stands for all of it

Answers = Callable[[dt.date], tuple[Any, ...]]


def _always(*values: Any) -> Answers:
    return lambda _: values


# Each question: the field of the profile, and answers that stand for all.
QUESTIONS: Mapping[str, Answers] = {
    "country": _always(EXAMPLE_EU, EXAMPLE_NON_EU),
    "arrival": lambda today: (today - SOON, today + SOON),
    "purpose": _always("employee", "researcher", "self-employed", "job-seeker", "family", "student"),
    "stay": _always("short", "long"),
    "municipality": _always("gent", "aalst", "lokeren"),
    "address": _always(True, False),
    "address_from": lambda today: (today - SOON, today + SOON),
    "rents": _always(True, False),
    "permit": _always("none", "visa-d", "single-permit", "residence-card", "waiting-paper"),
    "joins": _always("eu", "belgian", "non-eu"),
    "partner": _always(True, False),
    "children": _always((), (1,), (3,), (8,), (14,)),
    "car": _always(True, False),
    "licence": _always("none", "eu", "non-eu"),
    "diploma": _always(True, False),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A question by its field of the profile, and how many steps of the plan its answer decides on average."""

    field: str
    weight: float


def is_known(profile: Profile, field: str) -> bool:
    """Whether a question needs no answer any more."""
    if profile.leaving and field in OF_ARRIVING:
        return True
    if field == "address_from":
        return profile.address_from is not None or profile.address is not True
    if field == "rents":
        return profile.rents is not None or profile.address is not True
    if field == "permit":
        return profile.permit is not None or profile.citizenship != "non-eu"
    if field == "joins":
        return profile.joins is not None or profile.purpose != "family"
    return getattr(profile, field) is not None


def next_questions(profile: Profile, today: dt.date, library: Library) -> tuple[Asking, ...]:
    """What is worth asking, most telling first; empty when no answer would change the plan."""
    found = []
    for field, answers in QUESTIONS.items():
        if is_known(profile, field):
            continue
        plans = [_seen(plan(replace(profile, **{field: value}), today, library)) for value in answers(today)]
        pairs = list(combinations(plans, 2))
        weight = sum(len(one ^ other) for one, other in pairs) / len(pairs)
        if weight > 0:
            found.append(Asking(field, weight))
    return tuple(sorted(found, key=lambda asking: (-asking.weight, list(QUESTIONS).index(asking.field))))


def _seen(plan: Plan) -> frozenset[tuple[object, ...]]:
    """What a person would notice of a plan."""
    return frozenset((entry.step.id, entry.state, entry.by) for entry in plan.entries if entry.certain)
