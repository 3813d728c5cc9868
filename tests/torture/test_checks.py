"""Each promise about a conversation is missed when it is broken, and only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.torture.checks import findings
from tests.torture.ledger import Entry
from tests.torture.records import Answer, Change, Fault, Kept, Sent, Talk

Kepts = list[Kept]


def person(number: int, label: str) -> Kept:
    return Kept(number, "person", label, state="done")


def ours(number: int, sender: str, label: str, **more: Any) -> Kept:
    return replace(Kept(number, sender, label, shown=(f"{label} on the screen",), state="sent"), **more)


def good() -> Talk:
    """Somebody asks, presses twice without waiting, and talks with a colleague."""
    kept = (
        ours(1, "system", "notice", notice=True),
        person(2, "hello"),
        ours(3, "bot", "hi", answer=Answer(2, 1, 2), shown=("hi", "there")),
        ours(4, "bot", "choose", answer=Answer(2, 2, 2)),
        person(5, "press a"),
        person(6, "press b"),
        ours(7, "bot", "about a", answer=Answer(5, 1, 1)),
        ours(8, "bot", "about b", answer=Answer(6, 1, 1)),
        ours(9, "system", "Ann is here", notice=True, change=Change.JOINED),
        person(10, "dear Ann"),
        ours(11, "agent", "dear you"),
        ours(12, "system", "Ann is gone", notice=True, change=Change.LEFT),
        person(13, "thanks"),
        ours(14, "bot", "bye"),
    )
    waited = {"hello": True, "press a": False, "press b": False, "dear Ann": True, "thanks": True}
    return Talk(
        "c1",
        "telegram",
        "t1",
        sent=tuple(Sent(label, f"number {place}", one) for place, (label, one) in enumerate(waited.items())),
        kept=kept,
        seen=tuple(Entry(label, f"seen {one.id}") for one in kept for label in one.shown),
        agent_sent=(Entry("dear you", "desk 1"),),
        taken=1,
        closed=1,
    )


def found(talk: Talk) -> list[tuple[Fault, str]]:
    return [(finding.fault, finding.side) for finding in findings(talk)]


def without(talk: Talk, number: int) -> tuple[Kept, ...]:
    return tuple(one for one in talk.kept if one.id != number)


def changed(talk: Talk, number: int, **values: Any) -> Talk:
    return replace(talk, kept=tuple(replace(one, **values) if one.id == number else one for one in talk.kept))


def test_a_good_conversation_has_no_findings() -> None:
    assert found(good()) == []


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (lambda t: replace(t, kept=without(t, 5)), (Fault.LOST, "in")),
        (lambda t: replace(t, kept=(*t.kept, person(15, "hello"), ours(16, "bot", "x"))), (Fault.DOUBLED, "in")),
        (lambda t: replace(t, sent=(t.sent[1], t.sent[0], *t.sent[2:])), (Fault.OUT_OF_ORDER, "in")),
        (lambda t: replace(t, kept=(*t.kept, person(15, "x"), ours(16, "bot", "y"))), (Fault.STRANGE, "in")),
    ],
)
def test_what_people_sent_is_kept_once_and_in_order(break_it: Callable[[Talk], Talk], fault: tuple[Fault, str]) -> None:
    assert fault in found(break_it(good()))


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (lambda seen: seen[:-1], Fault.LOST),
        (lambda seen: seen[:2] + seen[3:], Fault.LOST),
        (lambda seen: (*seen, seen[-1]), Fault.DOUBLED),
        (lambda seen: (seen[1], seen[0], *seen[2:]), Fault.OUT_OF_ORDER),
        (lambda seen: (*seen, Entry("who is that", "seen 99")), Fault.STRANGE),
    ],
)
def test_what_we_said_is_seen_once_and_in_order(
    break_it: Callable[[tuple[Entry, ...]], tuple[Entry, ...]], fault: Fault
) -> None:
    talk = good()
    assert found(replace(talk, seen=break_it(talk.seen))) == [(fault, "out")]


def test_a_part_that_is_missing_is_named_with_its_message() -> None:
    talk = good()
    gone = replace(talk, seen=tuple(entry for entry in talk.seen if entry.label != "there"))
    assert [str(finding) for finding in findings(gone)] == [
        "telegram: lost out: message 3 part 1 (conversation c1)",
    ]


def test_a_message_that_is_seen_twice_is_named_on_both_ends() -> None:
    talk = good()
    again = replace(talk, seen=(*talk.seen, Entry("bye on the screen", "seen as 99")))
    assert [finding.where for finding in findings(again)] == ["message 14, seen as 99"]


def test_who_waited_has_the_answer_before_their_next_message() -> None:
    talk = good()
    late = replace(talk, kept=(*without(talk, 11), ours(15, "bot", "late")), agent_sent=(), seen=())
    assert (Fault.UNANSWERED, "") in found(late)


def test_who_did_not_wait_has_an_answer_in_the_end() -> None:
    sent = (Sent("a", "1", False), Sent("b", "2", False))
    answered = Talk("c", "web", "w", sent, (person(1, "a"), person(2, "b"), ours(3, "bot", "x", state="delivered")))
    answered = replace(answered, seen=(Entry("x on the screen", "seen 3"),))
    assert found(answered) == []
    assert found(replace(answered, kept=answered.kept[:2], seen=())) == [(Fault.UNANSWERED, "")] * 2


def test_a_notice_is_no_answer() -> None:
    assert (Fault.UNANSWERED, "") in found(changed(good(), 14, notice=True))


@pytest.mark.parametrize("answer", [Answer(2, 1, 2), Answer(2, 3, 2), Answer(2, 1, 1)])
def test_a_turn_that_happened_twice_is_found(answer: Answer) -> None:
    assert found(changed(good(), 4, answer=answer)) == [(Fault.ANSWERED_TWICE, "")]


def test_an_answer_to_nothing_is_found() -> None:
    assert (Fault.STRANGE, "") in found(changed(good(), 7, answer=Answer(77, 1, 1)))


def test_answers_in_another_order_are_found() -> None:
    talk = changed(changed(good(), 7, answer=Answer(6, 1, 1)), 8, answer=Answer(5, 1, 1))
    assert found(talk) == [(Fault.OUT_OF_ORDER, "")]


def test_a_reply_that_is_given_twice_is_found_without_the_bots_help() -> None:
    kept = (person(1, "hello"), *(ours(number, "bot", label) for number, label in enumerate("xyxy", 2)))
    seen = tuple(Entry(f"{label} on the screen", "") for label in "xyxy")
    talk = Talk("c", "telegram", "t", (Sent("hello", "1", True),), kept, seen)
    assert found(talk) == [(Fault.ANSWERED_TWICE, "")]
    assert found(replace(talk, kept=kept[:3], seen=seen[:2])) == []


@pytest.mark.parametrize(
    ("number", "state", "fault"),
    [
        (2, "received", (Fault.LEFT_OVER, "in")),
        (2, None, (Fault.LEFT_OVER, "in")),
        (2, "dead", (Fault.DEAD, "in")),
        (3, "queued", (Fault.LEFT_OVER, "out")),
        (3, "sending", (Fault.LEFT_OVER, "out")),
        (3, "failed", (Fault.LEFT_OVER, "out")),
        (3, None, (Fault.LEFT_OVER, "out")),
        (3, "dead", (Fault.DEAD, "out")),
    ],
)
def test_nothing_is_left_over_or_given_up(number: int, state: str | None, fault: tuple[Fault, str]) -> None:
    assert found(changed(good(), number, state=state)) == [fault]


def test_the_website_counts_only_what_was_fetched() -> None:
    talk = replace(good(), channel="web")
    assert set(found(talk)) == {(Fault.LEFT_OVER, "out")}


def test_the_bot_is_silent_while_a_colleague_has_the_floor() -> None:
    assert found(changed(good(), 11, sender="bot")) == [(Fault.FLOOR, ""), (Fault.LOST, "desk")]


def test_a_colleague_without_the_floor_is_found() -> None:
    talk = good()
    assert (Fault.FLOOR, "") in found(changed(talk, 14, sender="agent"))


def test_a_hand_over_that_was_not_told_is_found() -> None:
    assert found(changed(good(), 12, change=None)) == [(Fault.FLOOR, ""), (Fault.FLOOR, "")]
    assert found(replace(good(), taken=2)) == [(Fault.FLOOR, "")]


@pytest.mark.parametrize(
    ("desk", "fault"),
    [((), Fault.STRANGE), ((Entry("dear you", "1"), Entry("and more", "2")), Fault.LOST)],
)
def test_what_the_colleague_sent_is_kept_once(desk: tuple[Entry, ...], fault: Fault) -> None:
    assert found(replace(good(), agent_sent=desk)) == [(fault, "desk")]
