"""Each check of the steps finds the folder that breaks it, and leaves a correct one alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knowledge.library import KnowledgeError, load
from knowledge.planning.checks import CHECKS
from tests.knowledge.planning.folder import folder, library, rule, step

OPENING = {"anchor": "registration", "after": {"count": 5, "unit": "years"}, "fact": "lease-notice"}
LEAD = {"period": {"count": 2, "unit": "weeks"}, "say": "Begin early, because it takes long."}
COUNTER = {"dutch": "Goedendag, ik vertrek.", "english": "Good day, I am leaving."}


def found(root: Path, *steps: dict[str, Any]) -> str:
    made = library(root, *steps)
    return "\n".join(str(problem) for check in CHECKS for problem in check(made))


def test_correct_steps_have_no_problem(tmp_path: Path) -> None:
    first = step("first", applies_if={"where": ["abroad"]}, deadlines=[rule()], lead_time=LEAD, counter=COUNTER)
    then = step("then", requires={"all": ["first"]}, opens=OPENING, place=None, done_if=[{"where": ["here"]}])
    assert found(tmp_path, first, then) == ""


def test_all_steps_are_correct() -> None:
    made = load()
    assert [str(problem) for check in CHECKS for problem in check(made)] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"article": "gone"}, "article: 'gone' does not exist"),
        ({"trouble": [{"what": "It rains all day", "article": "gone"}]}, "article: 'gone' does not exist"),
        ({"facts": ["gone"]}, "fact: 'gone' does not exist"),
        ({"deadlines": [rule(fact="gone")]}, "fact: 'gone' does not exist"),
        ({"opens": {**OPENING, "fact": "gone"}}, "fact: 'gone' does not exist"),
        ({"lead_time": {**LEAD, "fact": "gone"}}, "fact: 'gone' does not exist"),
        ({"place": "moon-desk"}, "place: 'moon-desk' does not exist"),
        ({"requires": {"all": ["gone"]}}, "step: 'gone' does not exist"),
        ({"requires": {"any": ["gone"]}}, "step: 'gone' does not exist"),
        ({"deadlines": [rule(anchor=None, step="gone")]}, "step: 'gone' does not exist"),
        ({"opens": {**OPENING, "anchor": None, "step": "gone"}}, "step: 'gone' does not exist"),
        ({"applies_if": {"shoe-size": ["9"]}}, "'shoe-size' is no facet"),
        ({"applies_if": {"citizenship": ["martian"]}}, "citizenship cannot be martian"),
        ({"applies_if": {"citizenship": []}}, "citizenship cannot be nothing"),
        ({"done_if": [{"shoe-size": ["9"]}]}, "'shoe-size' is no facet"),
        ({"done_if": [{"permit": ["ticket"]}]}, "permit cannot be ticket"),
        ({"requires": {"all": ["the-step"]}}, "wait for each other: the-step -> the-step"),
        ({"title": "Leave in three months"}, "has the figure 'three months'"),
        ({"why": "It costs you €30 a year, so look."}, "has the figure '€'"),
        ({"deadlines": [rule(rule="you have 8 working days for this")]}, "has the figure '8 working days'"),
        ({"deadlines": [rule(late="Do it before 30 June at the latest.")]}, "has the figure '30 June'"),
        ({"lead_time": {**LEAD, "say": "It takes six weeks to get it."}}, "has the figure 'six weeks'"),
        ({"counter": {**COUNTER, "english": "I leave after two years here."}}, "has the figure 'two years'"),
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    assert message in found(tmp_path, step("the-step", **change))


def test_steps_that_wait_for_each_other_are_named_in_a_ring(tmp_path: Path) -> None:
    steps = [step("a", requires={"all": ["b"]}), step("b", requires={"any": ["c"]}), step("c", requires={"all": ["a"]})]
    said = found(tmp_path, *steps)
    assert "these steps wait for each other" in said
    assert all(key in said for key in "abc")


@pytest.mark.parametrize("how", ["all", "any"])
def test_a_requirement_for_other_people_is_found(tmp_path: Path, how: str) -> None:
    mine = step("mine", applies_if={"citizenship": ["eu"]}, requires={how: ["theirs"]})
    theirs = step("theirs", applies_if={"citizenship": ["non-eu", "belgian"]})
    assert "'theirs' is never for the same person as this step" in found(tmp_path, mine, theirs)


def test_a_requirement_that_some_of_the_people_share_is_fine(tmp_path: Path) -> None:
    mine = step("mine", applies_if={"citizenship": ["eu", "non-eu"]}, requires={"all": ["theirs"]})
    theirs = step("theirs", applies_if={"citizenship": ["non-eu"], "car": ["yes"]})
    assert found(tmp_path, mine, theirs) == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"facts": []}, "facts"),
        ({"done_when": ["only one"]}, "done_when"),
        ({"title": "x" * 91}, "title"),
        ({"phase": "someday"}, "phase"),
        ({"deadlines": [rule(step="other")]}, "counts from an `anchor` or from a `step`"),
        ({"deadlines": [rule(year_end="next-year")]}, "one of `after`, `before` and `year_end`"),
        ({"opens": {**OPENING, "next_year": True}}, "one of `after`, `before` and `next_year`"),
        ({"colour": "red"}, "remove it"),
    ],
)
def test_a_file_that_is_no_step_is_refused_in_a_sentence(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    folder(tmp_path, step("the-step", **change))
    with pytest.raises(KnowledgeError) as refused:
        load(tmp_path)
    assert "steps/the-step.yml" in str(refused.value)
    assert message in str(refused.value)


def test_the_file_has_the_name_of_the_step(tmp_path: Path) -> None:
    folder(tmp_path, step("the-step"))
    (tmp_path / "steps" / "the-step.yml").rename(tmp_path / "steps" / "other.yml")
    with pytest.raises(KnowledgeError, match=r"rename the file to the-step\.yml"):
        load(tmp_path)
