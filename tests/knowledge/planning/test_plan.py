"""How states, days and order come about, each on a folder of a few steps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.planning.plan import Entry, Plan, plan
from knowledge.profile import Profile
from tests.knowledge.planning.folder import library, rule, step

TODAY = dt.date(2026, 11, 23)
DAYS = {"count": 10, "unit": "days"}
ARRIVE = step("arrive", marks="arrival", done_if=[{"where": ["here"]}])


def planned(root: Path, *steps: dict[str, Any], facts: dict[str, Any] | None = None, **known: Any) -> Plan:
    return plan(replace(Profile(), **known), TODAY, library(root, *steps, **(facts or {})))


def get(made: Plan, key: str) -> Entry:
    entry = made.get(key)
    assert entry is not None
    return entry


def states(made: Plan) -> dict[str, str]:
    return {entry.step.id: entry.state for entry in made.entries}


def test_a_step_waits_for_what_it_requires(tmp_path: Path) -> None:
    made = planned(tmp_path, step("a"), step("b", requires={"all": ["a"]}))
    assert states(made) == {"a": "now", "b": "blocked"}
    assert get(made, "b").blocked_by == ("a",)
    assert get(made, "a").blocks == ("b",)


def test_of_several_ways_one_is_enough(tmp_path: Path) -> None:
    steps = [step("a"), step("b"), step("c", requires={"any": ["a", "b"]})]
    made = planned(tmp_path, *steps, done=(("b", TODAY),))
    assert states(made) == {"a": "now", "b": "done", "c": "now"}


def test_a_requirement_that_is_not_for_the_person_counts_as_met(tmp_path: Path) -> None:
    steps = [step("visa", applies_if={"citizenship": ["non-eu"]}), step("go", requires={"all": ["visa"]})]
    assert states(planned(tmp_path, *steps, country="DE")) == {"go": "now"}


def test_a_later_step_that_is_done_shows_that_the_earlier_ones_are(tmp_path: Path) -> None:
    steps = [step("a"), step("b", requires={"all": ["a"]}), step("c", requires={"all": ["b"]})]
    made = planned(tmp_path, *steps, done=(("c", TODAY),))
    assert states(made) == {"a": "done", "b": "done", "c": "done"}
    assert get(made, "c").done_on == TODAY
    assert get(made, "a").done_on is None


def test_what_the_person_says_is_still_to_do_is_not_done(tmp_path: Path) -> None:
    steps = [step("a", done_if=[{"where": ["here"]}])]
    assert states(planned(tmp_path, *steps, here=True)) == {"a": "done"}
    assert states(planned(tmp_path / "again", *steps, here=True, todo=("a",))) == {"a": "now"}


def test_what_the_person_says_is_not_for_them_is_left_out(tmp_path: Path) -> None:
    steps = [step("a"), step("b", requires={"all": ["a"]})]
    assert states(planned(tmp_path, *steps, not_for_me=("a",))) == {"b": "now"}


def test_what_is_unknown_makes_a_step_uncertain_and_says_what_would_tell(tmp_path: Path) -> None:
    made = planned(tmp_path, step("a", applies_if={"car": ["yes"], "citizenship": ["eu"]}))
    assert not get(made, "a").certain
    assert get(made, "a").unknown == ("car", "citizenship")
    assert made.of("now") == ()


def test_one_answer_that_excludes_a_step_is_enough(tmp_path: Path) -> None:
    steps = [step("a", applies_if={"car": ["yes"], "citizenship": ["eu"]}), step("b")]
    assert states(planned(tmp_path, *steps, car=False)) == {"b": "now"}


def test_who_leaves_has_only_the_steps_of_leaving(tmp_path: Path) -> None:
    steps = [step("a"), step("out", applies_if={"leaving": ["yes"]})]
    assert states(planned(tmp_path, *steps, leaving=True)) == {"out": "now"}
    assert states(planned(tmp_path / "again", *steps)) == {"a": "now"}


def test_the_legal_day_counts_from_its_anchor(tmp_path: Path) -> None:
    made = planned(tmp_path, step("a", deadlines=[rule()]), arrival=dt.date(2026, 11, 20))
    entry = get(made, "a")
    assert (entry.by, entry.latest, entry.drives) == (dt.date(2026, 12, 2), dt.date(2026, 12, 2), "a")
    assert entry.slack(TODAY) == 9
    assert not entry.is_late(TODAY)
    assert entry.is_late(dt.date(2026, 12, 3))


def test_of_two_rules_the_earlier_day_counts(tmp_path: Path) -> None:
    rules = [rule(after={"count": 3, "unit": "months"}), rule(anchor="contract-start", after=DAYS)]
    arrival, start = dt.date(2026, 11, 20), dt.date(2026, 12, 1)
    made = planned(tmp_path, step("a", deadlines=rules), arrival=arrival, contract_start=start)
    assert get(made, "a").by == dt.date(2026, 12, 11)


def test_without_the_day_it_counts_from_there_is_no_date(tmp_path: Path) -> None:
    entry = get(planned(tmp_path, step("a", deadlines=[rule()])), "a")
    assert (entry.by, entry.counts_from, entry.doubt) == (None, "arrival", None)
    assert entry.rule is not None


def test_a_source_in_doubt_gives_no_date(tmp_path: Path) -> None:
    for number, change in enumerate(
        ({"status": "unofficial"}, {"review_by": "2026-11-22"}, {"conflict": "Another page differs."})
    ):
        made = planned(tmp_path / str(number), step("a", deadlines=[rule()]), facts=change, arrival=TODAY)
        assert get(made, "a").by is None
        assert get(made, "a").doubt


def test_a_rule_that_counts_from_a_step_of_others_is_not_the_persons(tmp_path: Path) -> None:
    sign = step("sign", applies_if={"citizenship": ["non-eu"]})
    steps = [sign, step("a", deadlines=[rule(anchor=None, step="sign")])]
    assert get(planned(tmp_path, *steps, country="DE"), "a").rule is None
    assert get(planned(tmp_path / "again", *steps, country="IN"), "a").counts_from == "sign"


def test_a_day_that_an_open_step_will_set_counts_from_that_step(tmp_path: Path) -> None:
    register = step("register", marks="registration", requires={"all": ["arrive"]})
    then = step("then", deadlines=[rule(anchor="registration")])
    made = planned(tmp_path, ARRIVE, register, then, here=True)
    assert get(made, "then").counts_from == "register"
    made = planned(tmp_path / "again", ARRIVE, register, then, here=True, done=(("register", TODAY),))
    assert get(made, "then").by == dt.date(2026, 12, 3)


def test_the_day_a_step_was_done_is_the_day_of_its_anchor(tmp_path: Path) -> None:
    register = step("register", marks="registration")
    then = step("then", deadlines=[rule(anchor="registration", after=DAYS)])
    made = planned(tmp_path, register, then, done=(("register", dt.date(2026, 11, 1)),))
    assert get(made, "then").by == dt.date(2026, 11, 11)


def test_a_step_must_be_done_in_time_for_what_waits_for_it(tmp_path: Path) -> None:
    lead = {"period": {"count": 5, "unit": "days"}, "say": "It takes some days."}
    register = step("register", requires={"all": ["find"]}, deadlines=[rule(after=DAYS)], lead_time=lead)
    made = planned(tmp_path, step("find"), register, arrival=TODAY)
    assert get(made, "register").begin_by == dt.date(2026, 11, 28)
    entry = get(made, "find")
    assert (entry.by, entry.latest, entry.drives) == (None, dt.date(2026, 11, 28), "register")
    assert made.critical_path() == ("find", "register")


def test_a_step_that_may_not_apply_presses_nobody(tmp_path: Path) -> None:
    register = step("register", requires={"all": ["find"]}, deadlines=[rule()], applies_if={"car": ["yes"]})
    assert get(planned(tmp_path, step("find"), register, arrival=TODAY), "find").latest is None


def test_what_must_be_done_before_travelling_is_due_on_the_planned_day(tmp_path: Path) -> None:
    arrive = {**ARRIVE, "requires": {"all": ["visa"]}}
    made = planned(tmp_path, step("visa"), arrive, arrival=dt.date(2027, 1, 4))
    assert get(made, "visa").latest == dt.date(2027, 1, 4)
    assert get(made, "visa").drives == "arrive"
    assert get(made, "arrive").by is None


def test_what_opens_later_is_not_possible_yet(tmp_path: Path) -> None:
    opening = {"anchor": "registration", "after": {"count": 5, "unit": "years"}, "fact": "lease-notice"}
    steps = [step("register", marks="registration"), step("vote", opens=opening)]
    made = planned(tmp_path, *steps, done=(("register", TODAY),))
    assert (get(made, "vote").state, get(made, "vote").opens) == ("later", dt.date(2031, 11, 23))
    made = planned(tmp_path / "unknown", *steps)
    assert (get(made, "vote").state, get(made, "vote").opens) == ("later", None)
    made = planned(tmp_path / "past", *steps, done=(("register", dt.date(2020, 1, 1)),))
    assert (get(made, "vote").state, get(made, "vote").opens) == ("now", None)


def test_the_order_is_by_state_then_certainty_then_day(tmp_path: Path) -> None:
    steps = [
        step("blocked", requires={"all": ["late"]}),
        step("perhaps", applies_if={"car": ["yes"]}),
        step("late", deadlines=[rule()]),
        step("some-day"),
        step("over"),
    ]
    made = planned(tmp_path, *steps, arrival=TODAY, done=(("over", None),))
    assert list(states(made)) == ["late", "some-day", "perhaps", "blocked", "over"]


def test_a_done_step_that_no_longer_exists_is_passed_over(tmp_path: Path) -> None:
    made = planned(tmp_path, step("a"), done=(("gone", TODAY),), todo=("gone",), not_for_me=("gone",))
    assert states(made) == {"a": "now"}
