"""`python -m bench plan`: the same people for a seed, figures beside a baseline, broken invariants are told."""

import datetime as dt
import json
import random

import pytest
from typer.testing import CliRunner

from bench.__main__ import app
from bench.plans import commands, measure
from bench.plans.invariants import INVARIANTS, Broken, Case, no_plan_is_empty_and_each_step_stands_in_it_once
from bench.plans.people import FIRST, LAST, people
from knowledge.library import Library, load
from knowledge.profile import Profile

STEPS = ["a", "b", "c", "d", "e", "f"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "results_folder", lambda: tmp_path)


def test_the_same_seed_gives_the_same_people():
    assert list(people(20, 7, STEPS)) == list(people(20, 7, STEPS))
    assert list(people(20, 7, STEPS)) != list(people(20, 8, STEPS))


def test_people_know_little_or_much_on_days_of_five_years():
    made = list(people(300, 1, STEPS))
    assert all(FIRST <= today <= LAST for _, today in made)
    assert {profile.citizenship for profile, _ in made} == {None, "eu", "non-eu"}
    assert any(profile.done for profile, _ in made)
    assert any(profile.children == () for profile, _ in made)


def test_speed_is_told_beside_a_baseline_of_the_same_run(tmp_path):
    result = CliRunner().invoke(app, ["plan", "--people", "5", "--seed", "1"])
    assert result.exit_code == 0, result.output
    told = json.loads((tmp_path / "plan.json").read_text())
    assert set(told["rows"]) == {"baseline", "plan", "plan in words", "next questions"}
    assert told["rows"]["baseline"]["median_ratio"] == 1.0
    assert told["seed"] == 1
    assert (tmp_path / "plan.md").read_text().count("\n| plan") == 2


def test_a_chosen_seed_is_told():
    result = CliRunner().invoke(app, ["plan", "--invariants", "2", "--seed", "99"])
    assert result.exit_code == 0, result.output
    assert "Seed: 99" in result.output
    assert "0 broken" in result.output


def test_what_is_broken_is_told_with_the_person_and_the_day(monkeypatch):
    def never(case: Case, _chance: random.Random) -> None:
        raise Broken("it never holds")

    monkeypatch.setattr(measure, "INVARIANTS", (never,))
    result = CliRunner().invoke(app, ["plan", "--invariants", "50", "--seed", "1"])
    assert result.exit_code == 1
    assert "never: it never holds" in result.output
    assert result.output.count("Profile(purpose=") >= measure.PLENTY


def test_an_empty_plan_breaks_the_first_invariant():
    empty = Library({}, {}, {}, {}, {})
    with pytest.raises(Broken, match="empty"):
        no_plan_is_empty_and_each_step_stands_in_it_once(
            Case(Profile(), dt.date(2026, 11, 23), empty), random.Random(0)
        )


def test_the_baseline_looks_at_every_step():
    library = load()
    assert measure.baseline(library) == len(library.steps)
    assert len(INVARIANTS) == 12
