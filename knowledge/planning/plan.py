"""The plan: which steps apply to a person, in which state each is, and by when. A pure function of what is known.

An unknown facet makes a step uncertain, never wrong: what is certain stays certain whatever the person answers next
(three-valued logic of Kleene). The latest day of a step is its own or that of what waits for it, whichever is earlier
(backward pass of the critical path method).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from knowledge.figures import Standing, judge_fact
from knowledge.library import Library
from knowledge.planning.dates import first_possible_day, latest_day, shifted
from knowledge.planning.facets import YES, Facets, facets
from knowledge.planning.graph import Graph
from knowledge.planning.steps import Deadline, Step
from knowledge.profile import Profile

State = Literal["done", "now", "blocked", "later"]
LEAVES = frozenset({YES})
ORDER: dict[State, int] = {"now": 0, "blocked": 1, "later": 2, "done": 3}


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of somebody's plan.

    Attributes:
        step: what to do.
        state: done; now; blocked by other steps; later (it is not possible yet).
        certain: whether it surely applies; `unknown` names the facets that would tell.
        by: the latest legal day, by the rule `rule`; None without a rule, without the day that it counts from
            (`counts_from`: an anchor, or the step to do first), or while the source of the rule is in doubt (`doubt`:
            the reason).
        latest: the day by which it must be done so that nothing that waits for it is late; `drives` is the step whose
            legal day, or day of travelling, that is.
        begin_by: `latest` less the time that the step takes.
        opens: the first day on which it is possible, when that lies ahead.
        blocked_by: the steps to do first.
        blocks: the steps that wait for it directly.
        done_on: the day it was done, when that is known.
    """

    step: Step
    state: State
    certain: bool
    unknown: tuple[str, ...] = ()
    by: dt.date | None = None
    rule: Deadline | None = None
    counts_from: str | None = None
    doubt: str | None = None
    latest: dt.date | None = None
    drives: str | None = None
    begin_by: dt.date | None = None
    opens: dt.date | None = None
    blocked_by: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    done_on: dt.date | None = None

    def slack(self, today: dt.date) -> int | None:
        """Days left until `latest`; negative when it has passed."""
        return None if self.latest is None else (self.latest - today).days

    def is_late(self, today: dt.date) -> bool:
        """Whether the legal day of this step has passed and it is not done."""
        return self.state != "done" and self.by is not None and self.by < today


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps that apply or may apply, in the order in which to do them."""

    entries: tuple[Entry, ...]
    made_for: dt.date

    def of(self, state: State) -> tuple[Entry, ...]:
        """The certain entries in a state, in order."""
        return tuple(entry for entry in self.entries if entry.state == state and entry.certain)

    def get(self, step: str) -> Entry | None:
        """The entry of a step; None when the step does not apply."""
        return next((entry for entry in self.entries if entry.step.id == step), None)

    def critical_path(self) -> tuple[str, ...]:
        """The open steps with the least slack, from what can be done now to the step whose legal day presses."""
        open_ones = {entry.step.id: entry for entry in self.entries if entry.state != "done" and entry.certain}
        dated = [entry for entry in open_ones.values() if entry.latest is not None and not entry.blocked_by]
        if not dated:
            return ()
        chain = [min(dated, key=lambda entry: (entry.latest or dt.date.max, entry.step.id))]
        while (last := chain[-1]).drives not in (None, last.step.id):
            waiting = [open_ones[key] for key in last.blocks if key in open_ones]
            waiting = [one for one in waiting if one.drives == last.drives]
            if not waiting:
                break
            chain.append(min(waiting, key=lambda entry: (entry.latest or dt.date.max, entry.step.id)))
        return tuple(entry.step.id for entry in chain)


def plan(profile: Profile, today: dt.date, library: Library) -> Plan:
    """The plan of a person on a day. The same arguments always give the same plan."""
    graph, known = library.graph, facets(profile, today)
    applying = {key: _applies(step, known) for key, step in graph.steps.items()}
    here = {key for key, (answer, _) in applying.items() if answer is not False and key not in profile.not_for_me}
    done = _done(profile, known, graph, here)
    anchors = _anchors(profile, done, graph)
    marking = _marking(graph, here, done, applying)
    dated = {
        key: _legal_day(_rules(graph.steps[key], here), anchors, done, marking, library, today)
        for key in here - done.keys()
    }
    due = {key: day.by or _meant(graph.steps[key], profile) for key, day in dated.items()}
    latest = _latest(graph, here, done, due, applying)
    entries = []
    for key in graph.order:
        if key not in here:
            continue
        step, (answer, unknown) = graph.steps[key], applying[key]
        blocks = tuple(other for other in graph.waiting[key] if other in here and other not in done)
        if key in done:
            entries.append(Entry(step, "done", answer is True, unknown, blocks=blocks, done_on=done[key]))
            continue
        blockers = _blockers(step, here, done)
        opens = _opens(step, anchors, done)
        state: State = "blocked" if blockers else "later" if opens is None or opens > today else "now"
        day, (last, drives) = dated[key], latest[key]
        entries.append(
            Entry(
                step, state, answer is True, unknown, day.by, day.rule, day.counts_from, day.doubt, last, drives,
                _begin(step, last), opens if opens is not None and opens > today else None, blockers, blocks,
            )
        )  # fmt: skip
    return Plan(tuple(sorted(entries, key=lambda entry: _place(entry, graph))), today)


def _place(entry: Entry, graph: Graph) -> tuple[object, ...]:
    return (ORDER[entry.state], not entry.certain, entry.latest or dt.date.max, graph.place[entry.step.id])


def _applies(step: Step, known: Facets) -> tuple[bool | None, tuple[str, ...]]:
    """True, False, or None with the facets that would tell. Who leaves has only the steps of leaving."""
    if known["leaving"] == LEAVES and "leaving" not in step.applies_if:
        return False, ()
    unknown = []
    for facet, wanted in step.applies_if.items():
        value = known[facet]
        if value is None:
            unknown.append(facet)
        elif not value & frozenset(wanted):
            return False, ()
    return (None if unknown else True), tuple(unknown)


def _done(profile: Profile, known: Facets, graph: Graph, here: set[str]) -> dict[str, dt.date | None]:
    """What is done, with its day: what the person said, what follows from the profile, and what must have come before.
    What the person says is still to do is not done."""
    found: dict[str, dt.date | None] = {key: day for key, day in profile.done if key in here}
    for key in here:
        if any(_holds(facts, known) for facts in graph.steps[key].done_if):
            found.setdefault(key, _own_day(graph.steps[key], profile))
    for key in [key for key in reversed(graph.order) if key in here]:
        if key in found:
            requires = graph.steps[key].requires
            choices = [one for one in requires.any if one in here]
            for before in (*requires.all, *(choices if len(choices) == 1 else ())):
                if before in here:
                    found.setdefault(before, _own_day(graph.steps[before], profile))
    return {key: day for key, day in found.items() if key not in profile.todo}


def _holds(wanted: Mapping[str, Iterable[str]], known: Facets) -> bool:
    return all((value := known[facet]) is not None and value & frozenset(values) for facet, values in wanted.items())


def _own_day(step: Step, profile: Profile) -> dt.date | None:
    return {"arrival": profile.arrival, "address": profile.address_from, "departure": profile.departure}.get(
        step.marks or ""
    )


def _anchors(profile: Profile, done: Mapping[str, dt.date | None], graph: Graph) -> dict[str, dt.date | None]:
    found: dict[str, dt.date | None] = {
        "arrival": profile.arrival,
        "address": profile.address_from,
        "contract-start": profile.contract_start,
        "birth": profile.birth,
        "card-end": profile.card_end,
        "departure": profile.departure,
    }
    for key, day in done.items():
        mark = graph.steps[key].marks
        if mark is not None and found.get(mark) is None:
            found[mark] = day
    return found


def _marking(
    graph: Graph,
    here: set[str],
    done: Mapping[str, dt.date | None],
    applying: Mapping[str, tuple[bool | None, tuple[str, ...]]],
) -> dict[str, str]:
    """For each anchor the open step that will set it. The day of arrival is known beforehand: it can be asked."""
    return {
        mark: key
        for key in graph.order
        if key in here and key not in done and applying[key][0] is True
        if (mark := graph.steps[key].marks) is not None and mark != "arrival"
    }


def _rules(step: Step, here: set[str]) -> tuple[Deadline, ...]:
    """The rules that concern the person: none that counts from a step of others."""
    return tuple(rule for rule in step.deadlines if rule.step is None or rule.step in here)


def _meant(step: Step, profile: Profile) -> dt.date | None:
    """The day of travelling, when it is planned: what must be done before it is due then."""
    return profile.arrival if step.marks == "arrival" else None


@dataclass(frozen=True, slots=True)
class _LegalDay:
    by: dt.date | None = None
    rule: Deadline | None = None
    counts_from: str | None = None
    doubt: str | None = None


def _legal_day(
    rules: tuple[Deadline, ...],
    anchors: Mapping[str, dt.date | None],
    done: Mapping[str, dt.date | None],
    marking: Mapping[str, str],
    library: Library,
    today: dt.date,
) -> _LegalDay:
    """The earliest day of the step's rules; without one, why there is none."""
    found, without = [], _LegalDay()
    for rule in rules:
        verdict = judge_fact(library.facts[rule.fact], today)
        anchor = done.get(rule.step) if rule.step else anchors.get(rule.anchor or "")
        counts_from = rule.step or rule.anchor
        if anchor is None and rule.anchor is not None:
            counts_from = marking.get(rule.anchor, rule.anchor)
        if verdict.standing is Standing.WITHHELD:
            without = _LegalDay(rule=rule, counts_from=counts_from, doubt=verdict.reason)
        elif anchor is None:
            without = _LegalDay(rule=rule, counts_from=counts_from)
        else:
            found.append(_LegalDay(latest_day(rule, anchor), rule, counts_from))
    return min(found, key=lambda day: day.by or dt.date.max, default=without)


def _latest(
    graph: Graph,
    here: set[str],
    done: Mapping[str, dt.date | None],
    by: Mapping[str, dt.date | None],
    applying: Mapping[str, tuple[bool | None, tuple[str, ...]]],
) -> dict[str, tuple[dt.date | None, str | None]]:
    """For each open step the day that keeps everything that waits for it in time, and the step that sets it. A step
    that may not apply presses nobody."""
    found: dict[str, tuple[dt.date | None, str | None]] = {}
    for key in reversed(graph.order):
        if key not in here or key in done:
            continue
        own = by.get(key)
        best: tuple[dt.date | None, str | None] = (own, key if own else None)
        for other in graph.waiting[key]:
            if other not in found or applying[other][0] is not True or key not in graph.steps[other].requires.all:
                continue
            last, drives = found[other]
            start = _begin(graph.steps[other], last)
            if start is not None and (best[0] is None or start < best[0]):
                best = (start, drives)
        found[key] = best
    return found


def _begin(step: Step, latest: dt.date | None) -> dt.date | None:
    takes = step.lead_time.period if step.lead_time else None
    return latest if latest is None or takes is None else shifted(latest, takes, -1)


def _blockers(step: Step, here: set[str], done: Mapping[str, dt.date | None]) -> tuple[str, ...]:
    """What must be done first. Of `any` one is enough, and none is needed when none of them applies."""
    missing = [key for key in step.requires.all if key in here and key not in done]
    choices = [key for key in step.requires.any if key in here]
    if choices and not any(key in done for key in choices):
        missing += choices
    return tuple(missing)


def _opens(step: Step, anchors: Mapping[str, dt.date | None], done: Mapping[str, dt.date | None]) -> dt.date | None:
    """The first day on which it is possible; None when it is not possible yet on an unknown day."""
    if step.opens is None:
        return dt.date.min
    anchor = done.get(step.opens.step) if step.opens.step else anchors.get(step.opens.anchor or "")
    return None if anchor is None else first_possible_day(step.opens, anchor)
