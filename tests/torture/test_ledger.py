"""The ledger finds every planted fault, names it, and finds nothing where nothing is wrong."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.torture.ledger import Difference, Entry, compare


def entries(labels: str, place: str = "") -> list[Entry]:
    return [Entry(label, f"{place}{number}") for number, label in enumerate(labels)]


def labels(found: tuple[Entry, ...]) -> str:
    return "".join(sorted(str(entry.label) for entry in found))


def found(expected: str, kept: str) -> tuple[str, str, str, str]:
    difference = compare(entries(expected), entries(kept, "kept-"))
    return (
        labels(difference.lost),
        labels(difference.doubled),
        labels(difference.moved),
        labels(difference.strange),
    )


@pytest.mark.parametrize("same", ["", "a", "abc", "aab", "abab"])
def test_the_same_lists_do_not_differ(same: str) -> None:
    assert not compare(entries(same), entries(same))


@pytest.mark.parametrize(
    ("expected", "kept", "lost", "doubled", "moved", "strange"),
    [
        ("abc", "ac", "b", "", "", ""),
        ("abc", "ab", "c", "", "", ""),
        ("abc", "bc", "a", "", "", ""),
        ("abc", "", "abc", "", "", ""),
        ("abc", "abbc", "", "b", "", ""),
        ("abc", "abcb", "", "b", "", ""),
        ("abc", "abca", "", "a", "", ""),
        ("abc", "acb", "", "", "b", ""),
        ("abcd", "bcda", "", "", "a", ""),
        ("abc", "abxc", "", "", "", "x"),
        ("", "x", "", "", "", "x"),
        ("aa", "a", "a", "", "", ""),
        ("aa", "aaa", "", "a", "", ""),
        ("aba", "aaba", "", "a", "", ""),
        ("abcd", "acbbx", "d", "b", "b", "x"),
    ],
)
def test_what_is_wrong_is_named(expected: str, kept: str, lost: str, doubled: str, moved: str, strange: str) -> None:
    assert found(expected, kept)[:2] == (lost, doubled)
    assert found(expected, kept)[3] == strange
    assert len(found(expected, kept)[2]) == len(moved)


def test_each_fault_says_where_to_look() -> None:
    assert compare(entries("abc"), entries("ac", "kept-")) == Difference(lost=(Entry("b", "1"),))
    assert compare(entries("ac"), entries("aac", "kept-")).doubled[0].where in {"kept-0", "kept-1"}
    assert compare(entries("ac"), entries("acx", "kept-")).strange == (Entry("x", "kept-2"),)


numbers = st.lists(st.integers(0, 30), max_size=30)


@given(numbers, st.data())
def test_one_lost_message_is_one_lost_message(sent: list[int], data: st.DataObject) -> None:
    if not sent:
        return
    gone = data.draw(st.integers(0, len(sent) - 1))
    expected = [Entry(one, "") for one in sent]
    difference = compare(expected, expected[:gone] + expected[gone + 1 :])
    assert [entry.label for entry in difference.lost] == [sent[gone]]
    assert difference == Difference(lost=difference.lost)


@given(numbers, st.data())
def test_one_doubled_message_is_one_doubled_message(sent: list[int], data: st.DataObject) -> None:
    if not sent:
        return
    which, place = data.draw(st.integers(0, len(sent) - 1)), data.draw(st.integers(0, len(sent)))
    expected = [Entry(one, "") for one in sent]
    difference = compare(expected, [*expected[:place], expected[which], *expected[place:]])
    assert [entry.label for entry in difference.doubled] == [sent[which]]
    assert difference == Difference(doubled=difference.doubled)


@given(st.lists(st.integers(), unique=True, min_size=2, max_size=30), st.data())
def test_two_messages_that_changed_places_are_found(sent: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(sent) - 2))
    second = data.draw(st.integers(first + 1, len(sent) - 1))
    swapped = list(sent)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    difference = compare([Entry(one, "") for one in sent], [Entry(one, "") for one in swapped])
    assert difference.moved
    assert difference == Difference(moved=difference.moved)


@given(numbers, numbers)
def test_the_counts_always_balance(sent: list[int], kept: list[int]) -> None:
    difference = compare([Entry(one, "") for one in sent], [Entry(one, "") for one in kept])
    lost: Counter[object] = Counter(entry.label for entry in difference.lost)
    extra: Counter[object] = Counter(entry.label for entry in difference.doubled + difference.strange)
    before: Counter[object] = Counter(sent)
    after: Counter[object] = Counter(kept)
    assert before - lost == after - extra
    assert bool(difference) == (sent != kept)
