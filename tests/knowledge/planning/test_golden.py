"""The whole plans of four people, as pages to read: `golden/*.txt`. Read the difference before you write them anew."""

from __future__ import annotations

import difflib

import pytest

from knowledge.library import load
from knowledge.planning.plan import plan
from tests.knowledge.planning.people import PERSONAS, TODAY
from tests.knowledge.planning.render import REWRITE, page, path_of

LIBRARY = load()


@pytest.mark.parametrize("name", PERSONAS)
def test_the_plan_of_each_person_reads_as_it_did(name: str) -> None:
    wanted = path_of(name).read_text(encoding="utf-8")
    found = page(name, PERSONAS[name], TODAY, LIBRARY)
    difference = "\n".join(difflib.unified_diff(wanted.splitlines(), found.splitlines(), "golden", "now", lineterm=""))
    assert found == wanted, f"read this; if it is right, write the files anew with `{REWRITE}`:\n{difference}"


def state(name: str, step: str) -> str | None:
    entry = plan(PERSONAS[name], TODAY, LIBRARY).get(step)
    return None if entry is None else entry.state


def test_what_these_people_would_miss() -> None:
    assert state("aya", "register-family-non-eu") == "now"
    assert state("aya", "enrol-school") == "now"
    assert state("rolf", "register-vdab") == "now"
    assert state("rolf", "register-family-eu") == "blocked"
    assert state("pedro", "apply-visa-d") == "now"
    assert state("mirela", "diploma-recognition") == "now"
    assert state("mirela", "register-car") == "blocked"


def test_what_is_not_for_them() -> None:
    assert state("aya", "ask-family-visas") is None  # the family is here
    assert state("rolf", "civic-integration") is None
    assert state("pedro", "register-family-non-eu") is not None  # it is not known whether he has one
    assert state("mirela", "check-low-emission-zone") is None  # Aalst has none
    assert all(state(name, "report-new-address") is None for name in PERSONAS)  # nobody has moved


def test_who_is_registered_is_not_told_to_travel() -> None:
    for name in ("aya", "rolf", "mirela"):
        assert state(name, "arrive") == "done"
