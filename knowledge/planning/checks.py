"""What all steps together must satisfy."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.figures import FIGURE
from knowledge.library import Library, Problem
from knowledge.planning.facets import VALUES
from knowledge.planning.graph import named
from knowledge.planning.steps import Step

NOWHERE = "none"  # a step without a counter


def steps_name_what_exists(library: Library) -> Iterator[Problem]:
    """Articles, facts, places and steps that a step names but that are not there."""
    roles = {role for place in library.places.values() for role in (*place.roles, place.id)}
    for step in library.steps.values():
        named_things = (
            *(("article", key, key in library.articles) for key in (step.article, *(t.article for t in step.trouble))),
            *(("fact", key, key in library.facts) for key in _facts(step)),
            *(("place", key, key in roles) for key in (step.place,) if key not in (None, NOWHERE)),
            *(("step", key, key in library.steps) for key in named(step)),
        )
        for kind, key, there in named_things:
            if not there:
                yield Problem(file_of(step), kind, f"{key!r} does not exist; correct the id")


def steps_name_known_facets(library: Library) -> Iterator[Problem]:
    """Facets and values that no profile has."""
    for step in library.steps.values():
        for facet, values in (pair for one in (step.applies_if, *step.done_if) for pair in one.items()):
            if facet not in VALUES:
                yield Problem(file_of(step), "applies_if", f"{facet!r} is no facet; write one of {', '.join(VALUES)}")
            elif not values or set(values) - set(VALUES[facet]):
                found = ", ".join(sorted(set(values) - set(VALUES[facet]))) or "nothing"
                text = f"{facet} cannot be {found}; write one of {', '.join(VALUES[facet])}"
                yield Problem(file_of(step), "applies_if", text)


def steps_do_not_wait_for_each_other(library: Library) -> Iterator[Problem]:
    """A ring of steps of which none can come first."""
    if ring := library.graph.cycle():
        text = f"these steps wait for each other: {' -> '.join(ring)}; remove one requirement"
        yield Problem(file_of(library.steps[ring[0]]), "requires", text)


def steps_can_be_reached(library: Library) -> Iterator[Problem]:
    """A requirement that is never for the same person as the step: it would never be met, or never matter."""
    for step in library.steps.values():
        known = [key for key in step.requires.named if key in library.steps]
        for key in known:
            if not _together(step, library.steps[key]):
                text = f"{key!r} is never for the same person as this step; remove it or correct applies_if"
                yield Problem(file_of(step), "requires", text)


def steps_state_no_figures(library: Library) -> Iterator[Problem]:
    """A figure in a step's words: days are computed, amounts stand in the articles."""
    for step in library.steps.values():
        texts = [step.title, step.why, *(text for rule in step.deadlines for text in (rule.rule, rule.late))]
        texts += [] if step.lead_time is None else [step.lead_time.say]
        texts += [] if step.counter is None else [step.counter.dutch, step.counter.english]
        for text in texts:
            if match := FIGURE.search(text):
                yield Problem(file_of(step), "text", f"has the figure {match[0]!r}; leave it to the article")


def file_of(step: Step) -> str:
    """Path of a step's file, for messages."""
    return f"steps/{step.id}.yml"


def _facts(step: Step) -> Iterator[str]:
    yield from step.facts
    yield from (rule.fact for rule in step.deadlines)
    yield from (part.fact for part in (step.opens, step.lead_time) if part is not None and part.fact is not None)


def _together(one: Step, other: Step) -> bool:
    shared = one.applies_if.keys() & other.applies_if.keys()
    return all(set(one.applies_if[facet]) & set(other.applies_if[facet]) for facet in shared)


CHECKS = (
    steps_name_what_exists,
    steps_name_known_facets,
    steps_do_not_wait_for_each_other,
    steps_can_be_reached,
    steps_state_no_figures,
)
