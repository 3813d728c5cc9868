"""The order of steps: what is required first; never by chance; rings are found."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from knowledge.library import load
from knowledge.planning.graph import PHASES, Graph, named
from knowledge.planning.steps import Step
from tests.knowledge.planning.folder import rule, step


def graph(*steps: dict[str, Any]) -> Graph:
    return Graph({one["id"]: Step.model_validate(one) for one in steps})


def test_what_is_required_comes_first() -> None:
    made = graph(step("a", requires={"all": ["b"]}), step("b", requires={"any": ["c"]}), step("c"))
    assert made.order == ("c", "b", "a")
    assert made.waiting == {"a": (), "b": ("a",), "c": ("b",)}


def test_among_free_steps_the_phase_decides_then_the_name() -> None:
    made = graph(step("a"), step("z", phase="before-arrival"), step("b", phase="before-arrival"))
    assert made.order == ("b", "z", "a")


def test_a_missing_requirement_is_left_out_of_the_order() -> None:
    assert graph(step("a", requires={"all": ["gone"]})).order == ("a",)


@pytest.mark.parametrize(
    "steps",
    [
        [step("a", requires={"all": ["b"]}), step("b", requires={"all": ["a"]})],
        [step("a", requires={"any": ["b"]}), step("b", requires={"all": ["c"]}), step("c", requires={"all": ["a"]})],
        [step("a", requires={"all": ["a"]})],
    ],
)
def test_a_ring_is_found(steps: list[dict[str, Any]]) -> None:
    ring = graph(*steps).cycle()
    assert set(ring) == {one["id"] for one in steps}


def test_without_a_ring_there_is_none() -> None:
    assert graph(step("a"), step("b", requires={"all": ["a"]})).cycle() == ()


def test_the_order_of_the_files_changes_nothing() -> None:
    steps = dict(load().steps)
    first = Graph(steps)
    for seed in range(5):
        keys = list(steps)
        random.Random(seed).shuffle(keys)
        other = Graph({key: steps[key] for key in keys})
        assert other.order == first.order
        assert other.place == first.place
        assert other.waiting == first.waiting


def test_all_steps_stand_in_the_order_after_what_they_require() -> None:
    made = load().graph
    assert sorted(made.order) == sorted(made.steps)
    number = {key: place for place, key in enumerate(made.order)}
    for key, one in made.steps.items():
        assert all(number[other] < number[key] for other in one.requires.named)
        assert made.place[key][0] == PHASES[one.phase]


def test_every_step_that_another_names_is_known(tmp_path: Path) -> None:
    one = Step.model_validate(
        step(
            "a",
            requires={"all": ["b"], "any": ["c"]},
            deadlines=[rule(anchor=None, step="d")],
            opens={"step": "e", "after": {"count": 1, "unit": "days"}, "fact": "lease-notice"},
        )
    )
    assert list(named(one)) == ["b", "c", "d", "e"]
