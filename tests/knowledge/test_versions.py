"""How two texts are compared."""

from __future__ import annotations

import difflib

import pytest

from knowledge.versions import difference

# Long articles whose lines come back: some of them, and all of them.
FACTS = [line for n in range(60) for line in (f"- id: fact-{n}", "  status: official", "  checks:", "  - page", "")]
SAME = ["- id: fact", "  status: official", "  checks:", "  - page", ""] * 60


def changed(diff: str) -> list[str]:
    return [line for line in diff.splitlines()[2:] if line[0] in "+-"]


@pytest.mark.parametrize("lines", [FACTS, SAME])
@pytest.mark.parametrize("place", [0, 1, 149, 151, 298, 299])
def test_one_line_of_three_hundred_is_one_line_of_the_difference(lines: list[str], place: int) -> None:
    new = [*lines[:place], "  another: line", *lines[place + 1 :]]
    diff = difference("\n".join(lines) + "\n", "\n".join(new) + "\n", "lease-end")
    assert changed(diff) == [f"-{lines[place]}", "+  another: line"]


def test_lines_that_come_back_are_not_shown_between_two_changes() -> None:
    new = [*FACTS[:10], "- id: one", *FACTS[11:15], "- id: two", *FACTS[16:]]
    diff = difference("\n".join(FACTS), "\n".join(new), "lease-end")
    assert changed(diff) == ["-- id: fact-2", "+- id: one", "-- id: fact-3", "+- id: two"]


def test_changes_far_apart_are_shown_apart() -> None:
    new = [*FACTS[:10], *FACTS[11:200], "  first: new", "  second: new", *FACTS[200:]]
    diff = difference("\n".join(FACTS), "\n".join(new), "lease-end")
    assert changed(diff) == ["-- id: fact-2", "+  first: new", "+  second: new"]
    assert diff.count("@@ -") == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "one\ntwo"),
        ("one", ""),
        ("one", "two"),
        ("a\nb\nc\nd\ne\nf\ng\nh", "a\nb\nc\nd\ne\nf\ng\nx\ny"),
        ("a", "a"),
    ],
)
def test_it_has_the_form_of_a_unified_difference(old: str, new: str) -> None:
    usual = difflib.unified_diff(old.splitlines(), new.splitlines(), "lease before", "lease after", lineterm="")
    assert difference(old, new, "lease") == "\n".join(usual)
