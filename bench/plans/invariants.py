"""What holds for every plan, of anybody, on any day. The tests and the long run use the same functions.

Each takes a `Case` and a source of chance, and raises `Broken` with the step or answer that breaks it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from knowledge.figures import Standing, judge_fact
from knowledge.library import Library
from knowledge.planning.asking import QUESTIONS
from knowledge.planning.plan import Entry, Plan, plan
from knowledge.profile import Profile

Entries = Mapping[str, Entry]


class Broken(AssertionError):
    """An invariant that does not hold."""


@dataclass(frozen=True)
class Case:
    """Somebody on a day."""

    profile: Profile
    today: dt.date
    library: Library

    @cached_property
    def plan(self) -> Plan:
        """Their plan."""
        return self.planned(self.profile)

    @cached_property
    def entries(self) -> Entries:
        """Its entries by step."""
        return by_step(self.plan)

    def planned(self, profile: Profile) -> Plan:
        """The plan of somebody else on the same day."""
        return plan(profile, self.today, self.library)


Invariant = Callable[[Case, random.Random], None]


def by_step(made: Plan) -> Entries:
    """The entries of a plan by their step."""
    return {entry.step.id: entry for entry in made.entries}


def holds(condition: bool, what: str) -> None:
    """Raises `Broken` when it does not.

    Raises:
        Broken: the condition is false.
    """
    if not condition:
        raise Broken(what)


def no_plan_is_empty_and_each_step_stands_in_it_once(case: Case, _chance: random.Random) -> None:
    """Everybody has something to do, or to look back on."""
    holds(bool(case.plan.entries), "the plan is empty")
    holds(len(case.entries) == len(case.plan.entries), "a step stands in it twice")


def no_step_comes_before_what_it_requires(case: Case, _chance: random.Random) -> None:
    """What can be done now, or later, waits for nothing."""
    for key, entry in case.entries.items():
        if entry.state in ("now", "later"):
            requires = entry.step.requires
            missing = [one for one in requires.all if one in case.entries and case.entries[one].state != "done"]
            choices = [case.entries[one].state for one in requires.any if one in case.entries]
            holds(not missing, f"{key} comes before {missing}")
            holds(not choices or "done" in choices, f"{key} comes before each of {requires.any}")


def a_blocked_step_names_open_steps_of_the_plan(case: Case, _chance: random.Random) -> None:
    """Who must wait is told for what."""
    for key, entry in case.entries.items():
        holds(bool(entry.blocked_by) == (entry.state == "blocked"), f"{key} is {entry.state}: {entry.blocked_by}")
        holds(all(case.entries[one].state != "done" for one in entry.blocked_by), f"{key} waits for what is done")


def arriving_later_never_brings_a_legal_day_forward(case: Case, chance: random.Random) -> None:
    """One day or forty."""
    if case.profile.arrival is None:
        return
    later = case.profile.arrival + dt.timedelta(days=chance.randint(1, 40))
    for key, after in by_step(case.planned(replace(case.profile, arrival=later))).items():
        before = case.entries.get(key)
        if before and before.by and after.by:
            holds(after.by >= before.by, f"{key}: {before.by} becomes {after.by}")


def an_answer_never_removes_a_step_that_was_certain(case: Case, chance: random.Random) -> None:
    """What is certain stays certain, whatever is asked next."""
    unknown = [field for field in QUESTIONS if getattr(case.profile, field) is None]
    if not unknown:
        return
    field = chance.choice(unknown)
    answered = replace(case.profile, **{field: chance.choice(QUESTIONS[field](case.today))})
    if answered.arrival and answered.here not in (None, answered.arrival <= case.today):
        return  # the answer takes back what was said before
    after = by_step(case.planned(answered))
    for key, entry in case.entries.items():
        if entry.certain:
            holds(key in after and after[key].certain, f"{key} is lost by {field}={getattr(answered, field)}")


def finishing_a_step_makes_progress(case: Case, chance: random.Random) -> None:
    """It is done then, nothing else is undone, and nothing that was possible is blocked."""
    now = [key for key, entry in case.entries.items() if entry.state == "now"]
    if not now:
        return
    key = chance.choice(now)
    after = by_step(case.planned(_having_done(case.profile, [key], case.today)))
    holds(after[key].state == "done", f"{key} is not done")
    for other, entry in case.entries.items():
        holds(entry.state != "done" or after[other].state == "done", f"{key} undoes {other}")
        holds(entry.state != "now" or after[other].state != "blocked", f"{key} blocks {other}")


def who_does_what_comes_now_ends_with_nothing_blocked(case: Case, _chance: random.Random) -> None:
    """Except what waits for a day that has not come."""
    profile, made = case.profile, case.plan
    while now := [entry.step.id for entry in made.entries if entry.state == "now"]:
        profile = _having_done(profile, now, case.today)
        made = case.planned(profile)
    entries = by_step(made)
    for key, entry in entries.items():
        if entry.state == "blocked":
            holds(_waits_for_later(entry, entries), f"{key} is blocked for ever by {entry.blocked_by}")


def every_day_has_a_rule_and_a_source_that_may_carry_it(case: Case, _chance: random.Random) -> None:
    """No date without an official page that still holds."""
    for key, entry in case.entries.items():
        holds(bool(entry.step.facts), f"{key} has no source")
        if entry.by is not None:
            holds(entry.rule is not None and entry.doubt is None, f"{key} has a day without a rule")
            holds(entry.latest is not None and entry.latest <= entry.by, f"{key}: {entry.latest} after {entry.by}")
        if entry.by is not None and entry.rule is not None:
            standing = judge_fact(case.library.facts[entry.rule.fact], case.today).standing
            holds(standing is not Standing.WITHHELD, f"{key}: {entry.rule.fact} may carry no day")


def what_comes_first_is_due_before_what_waits_for_it_begins(case: Case, _chance: random.Random) -> None:
    """Who keeps the latest days is never late."""
    for key, entry in case.entries.items():
        if not entry.certain or entry.begin_by is None:
            continue
        for one in entry.blocked_by:
            if one in entry.step.requires.all:
                latest = case.entries[one].latest
                holds(latest is not None and latest <= entry.begin_by, f"{one}: {latest}, {key}: {entry.begin_by}")


def a_step_for_others_is_never_shown(case: Case, _chance: random.Random) -> None:
    """No visa for an EU citizen, no EU registration for others, no step for Ghent in Aalst."""
    own = {
        "citizenship": "belgian" if case.profile.country == "BE" else case.profile.citizenship,
        "purpose": case.profile.purpose,
        "stay": case.profile.stay,
        "permit": case.profile.permit,
        "joins": case.profile.joins,
        "licence": case.profile.licence,
        "municipality": case.profile.municipality,
    }
    for key, entry in case.entries.items():
        for facet, value in own.items():
            wanted = entry.step.applies_if.get(facet)
            known = value if facet != "municipality" or value in ("gent", "aalst", None) else "other"
            holds(wanted is None or known is None or known in wanted, f"{key} is shown to {facet}={value}")


def the_same_question_gives_the_same_plan(case: Case, _chance: random.Random) -> None:
    """Nothing is left to chance."""
    holds(case.planned(case.profile) == case.plan, "another plan")


def the_critical_path_is_a_chain_that_begins_with_what_can_be_done(case: Case, _chance: random.Random) -> None:
    """Each step of it waits for the one before."""
    path = case.plan.critical_path()
    for first, then in pairwise(path):
        holds(first in case.entries[then].step.requires.named, f"{then} does not wait for {first}")
    holds(not path or case.entries[path[0]].state in ("now", "later"), f"{path[:1]} cannot be done")


def _having_done(profile: Profile, steps: list[str], today: dt.date) -> Profile:
    rest = tuple(key for key in profile.todo if key not in steps)
    return replace(profile, done=(*profile.done, *((key, today) for key in steps)), todo=rest)


def _waits_for_later(entry: Entry, entries: Entries) -> bool:
    return any(
        entries[key].state == "later" or _waits_for_later(entries[key], entries)
        for key in entry.blocked_by
    )  # fmt: skip


INVARIANTS: tuple[Invariant, ...] = (
    no_plan_is_empty_and_each_step_stands_in_it_once,
    no_step_comes_before_what_it_requires,
    a_blocked_step_names_open_steps_of_the_plan,
    arriving_later_never_brings_a_legal_day_forward,
    an_answer_never_removes_a_step_that_was_certain,
    finishing_a_step_makes_progress,
    who_does_what_comes_now_ends_with_nothing_blocked,
    every_day_has_a_rule_and_a_source_that_may_carry_it,
    what_comes_first_is_due_before_what_waits_for_it_begins,
    a_step_for_others_is_never_shown,
    the_same_question_gives_the_same_plan,
    the_critical_path_is_a_chain_that_begins_with_what_can_be_done,
)
