"""Contact details: unreadable without the secret, found again with it, and readable after the secret was replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.sealing import Sealer, Unreadable

FIRST, SECOND, THIRD = "the first secret of all", "the second secret of all", "the third secret of all"
NUMBER = "32470123456"


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    sealer = Sealer([FIRST])
    assert sealer.open(sealer.seal(text)) == text


def test_the_same_is_sealed_differently_every_time_and_shows_nothing() -> None:
    sealer = Sealer([FIRST])
    first, second = sealer.seal(NUMBER), sealer.seal(NUMBER)
    assert first != second
    assert NUMBER not in first


def test_the_same_is_found_under_the_same_mark_also_after_a_restart() -> None:
    assert Sealer([FIRST]).mark("telegram", NUMBER) == Sealer([FIRST]).mark("telegram", NUMBER)


def test_marks_differ_by_channel_by_place_of_the_parts_and_by_secret() -> None:
    sealer = Sealer([FIRST])
    marks = {
        sealer.mark("telegram", NUMBER),
        sealer.mark("whatsapp", NUMBER),
        sealer.mark(NUMBER, "telegram"),
        sealer.mark("telegram" + NUMBER),
        Sealer([SECOND]).mark("telegram", NUMBER),
    }
    assert len(marks) == 5
    assert all(len(mark) == 64 and NUMBER not in mark for mark in marks)


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        Sealer([SECOND]).open(Sealer([FIRST]).seal(NUMBER))


@pytest.mark.parametrize("sealed", ["", "nonsense", NUMBER, "gAAAA"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(Unreadable):
        Sealer([FIRST]).open(sealed)


def test_what_was_changed_on_the_way_does_not_open() -> None:
    sealer = Sealer([FIRST])
    sealed = sealer.seal(NUMBER)
    changed = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    with pytest.raises(Unreadable):
        sealer.open(changed)


def test_after_the_secret_was_replaced_the_old_one_still_opens_and_the_new_one_seals() -> None:
    before, after = Sealer([FIRST]), Sealer([SECOND, FIRST])
    assert after.open(before.seal(NUMBER)) == NUMBER
    assert Sealer([SECOND]).open(after.seal(NUMBER)) == NUMBER
    with pytest.raises(Unreadable):
        before.open(after.seal(NUMBER))


def test_marks_stay_the_same_through_every_replacement() -> None:
    marks = {Sealer(secrets).mark("telegram", NUMBER) for secrets in ([FIRST], [SECOND, FIRST], [THIRD, SECOND, FIRST])}
    assert len(marks) == 1


def test_without_a_secret_nothing_starts() -> None:
    with pytest.raises(ValueError, match="secret"):
        Sealer([])
