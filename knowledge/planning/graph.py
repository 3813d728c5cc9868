"""The step graph: all steps, in an order in which what is required comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from knowledge.models import Phase
from knowledge.planning.steps import Step

PHASES = {phase: number for number, phase in enumerate(Phase)}


@dataclass(frozen=True)
class Graph:
    """Steps by id. `order` raises `graphlib.CycleError` when steps wait for each other; the checks find that."""

    steps: Mapping[str, Step]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every step after what it requires; else by phase and name, so that the order never changes by chance."""
        sorter = TopologicalSorter(
            {key: [other for other in step.requires.named if other in self.steps] for key, step in self.steps.items()}
        )
        sorter.prepare()
        found: list[str] = []
        ready: list[str] = []
        while sorter.is_active():
            ready = sorted([*ready, *sorter.get_ready()], key=self._rank)
            found.append(ready.pop(0))
            sorter.done(found[-1])
        return tuple(found)

    @cached_property
    def place(self) -> dict[str, tuple[int, int]]:
        """The place of each step: by phase, then by the order of requirements."""
        return {key: (PHASES[self.steps[key].phase], number) for number, key in enumerate(self.order)}

    @cached_property
    def waiting(self) -> dict[str, tuple[str, ...]]:
        """For each step those that require it."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.order:
            for other in self.steps[key].requires.named:
                found[other].append(key)
        return {key: tuple(found[key]) for key in self.steps}

    def cycle(self) -> tuple[str, ...]:
        """Steps that wait for each other, in a ring; empty when there are none."""
        try:
            _ = self.order
        except CycleError as error:
            return tuple(error.args[1])
        return ()

    def _rank(self, key: str) -> tuple[int, str]:
        return PHASES[self.steps[key].phase], key


def named(step: Step) -> Iterator[str]:
    """Every other step that a step names."""
    yield from step.requires.named
    yield from (rule.step for rule in step.deadlines if rule.step)
    if step.opens is not None and step.opens.step:
        yield step.opens.step
