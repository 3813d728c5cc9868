"""What must be true of a conversation at the end, one function for each promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tests.torture.ledger import Entry, compare
from tests.torture.records import Answer, Change, Fault, Finding, Kept, Sent, Talk

PERSON, BOT, AGENT = "person", "bot", "agent"
WEB = "web"
DONE, DEAD = "done", "dead"
GONE_OUT = {WEB: {"delivered", "read"}}
TAKEN_BY_PLATFORM = {"sent", "delivered", "read"}


def findings(talk: Talk) -> list[Finding]:
    """Everything that is wrong with a conversation."""
    checks = (arrived, seen, answered, answered_once, settled, floor, agent_kept)
    return [finding for check in checks for finding in check(talk)]


def arrived(talk: Talk) -> Iterator[Finding]:
    """Every message of the person is kept exactly once, in the order in which it was sent."""
    expected = [Entry(sent.label, f"sent {sent.where}") for sent in talk.sent]
    kept = [Entry(one.label, f"message {one.id}") for one in talk.kept if one.sender == PERSON]
    yield from _differing(talk, "in", expected, kept)


def seen(talk: Talk) -> Iterator[Finding]:
    """Every message of ours was seen exactly once, in order, all of its parts."""
    expected = [
        Entry(label, f"message {one.id}" + (f" part {place}" if place else ""))
        for one in talk.kept
        for place, label in enumerate(one.shown)
    ]
    yield from _differing(talk, "out", expected, talk.seen)


def agent_kept(talk: Talk) -> Iterator[Finding]:
    """Every answer that the desk took from the colleague is kept exactly once, in order."""
    kept = [Entry(one.label, f"message {one.id}") for one in talk.kept if one.sender == AGENT]
    yield from _differing(talk, "desk", talk.agent_sent, kept)


def _differing(talk: Talk, side: str, expected: Sequence[Entry], found: Sequence[Entry]) -> Iterator[Finding]:
    difference = compare(expected, found)
    named = {entry.label: entry.where for entry in expected}
    for fault, entries in (
        (Fault.LOST, difference.lost),
        (Fault.DOUBLED, difference.doubled),
        (Fault.OUT_OF_ORDER, difference.moved),
        (Fault.STRANGE, difference.strange),
    ):
        for entry in entries:
            other = named.get(entry.label)
            where = entry.where if other in (None, entry.where) else f"{other}, {entry.where}"
            yield Finding(fault, talk.channel, talk.id, where, side)


def answered(talk: Talk) -> Iterator[Finding]:
    """Every message of the person has an answer; the one of who waited stands before their next message.

    On the website a late part of the answer before can be taken for the answer: where an answer names its message, that
    it is there is enough (`answered_once` looks at the order).
    """
    waited = _waited(talk)
    named = {one.answer.message_id for one in talk.kept if one.answer is not None}
    for place, one in enumerate(talk.kept):
        if one.sender != PERSON:
            continue
        after = list(talk.kept[place + 1 :])
        if waited.get(one.id, False) and not (talk.channel == WEB and one.id in named):
            after = list(_until_person(after))
        if not any(other.sender != PERSON and not other.notice for other in after):
            yield Finding(Fault.UNANSWERED, talk.channel, talk.id, f"message {one.id}")


def _waited(talk: Talk) -> dict[int, bool]:
    """Of each kept message of the person, whether they waited for its answer."""
    by_label: dict[object, list[Sent]] = defaultdict(list)
    for sent in talk.sent:
        by_label[sent.label].append(sent)
    waited = {}
    for one in talk.kept:
        if one.sender == PERSON and by_label[one.label]:
            waited[one.id] = by_label[one.label].pop(0).waited
    return waited


def _until_person(kept: Iterable[Kept]) -> Iterator[Kept]:
    for one in kept:
        if one.sender == PERSON:
            return
        yield one


def answered_once(talk: Talk) -> Iterator[Finding]:
    """No turn of the bot happened twice: of a stub by what it says it answers, of any bot by the same reply again."""
    people = [one.id for one in talk.kept if one.sender == PERSON]
    given: dict[int, list[Answer]] = defaultdict(list)
    for one in talk.kept:
        if one.answer is not None:
            given[one.answer.message_id].append(one.answer)
    for message_id, answers in given.items():
        if message_id not in people:
            yield Finding(Fault.STRANGE, talk.channel, talk.id, f"an answer to message {message_id}")
        elif [answer.part for answer in answers] != list(range(1, answers[0].parts + 1)):
            yield Finding(Fault.ANSWERED_TWICE, talk.channel, talk.id, f"message {message_id}")
    if list(given) != sorted(given):
        yield Finding(Fault.OUT_OF_ORDER, talk.channel, talk.id, "answers of the bot")
    yield from _said_again(talk)


def _said_again(talk: Talk) -> Iterator[Finding]:
    waited = _waited(talk)
    for place, one in enumerate(talk.kept):
        if one.sender != PERSON or not waited.get(one.id, False):
            continue
        before = talk.kept[place - 1] if place else None
        if before is not None and before.sender == PERSON:
            continue  # two answers may be alike when two messages were
        said = [other.shown for other in _until_person(talk.kept[place + 1 :]) if other.sender == BOT]
        half = len(said) // 2
        unnamed = all(other.answer is None for other in _until_person(talk.kept[place + 1 :]))
        if said and unnamed and said[:half] == said[half:]:
            yield Finding(Fault.ANSWERED_TWICE, talk.channel, talk.id, f"message {one.id}")


def settled(talk: Talk) -> Iterator[Finding]:
    """Nothing waits in the inbox or the outbox, and nothing was given up."""
    good = GONE_OUT.get(talk.channel, TAKEN_BY_PLATFORM)
    for one in talk.kept:
        side = "in" if one.sender == PERSON else "out"
        if one.state == DEAD:
            yield Finding(Fault.DEAD, talk.channel, talk.id, f"message {one.id}", side)
        elif one.state not in ({DONE} if side == "in" else good):
            where = f"message {one.id} is {one.state or 'in no box'}"
            yield Finding(Fault.LEFT_OVER, talk.channel, talk.id, where, side)


def floor(talk: Talk) -> Iterator[Finding]:
    """While a colleague has the floor the bot is silent, and only then the colleague speaks."""
    held, taken, closed = False, 0, 0
    for one in talk.kept:
        if one.change is Change.JOINED:
            held, taken = True, taken + 1
        elif one.change is Change.LEFT:
            held, closed = False, closed + 1
        elif (one.sender == BOT and held) or (one.sender == AGENT and not held):
            yield Finding(Fault.FLOOR, talk.channel, talk.id, f"message {one.id}, of the {one.sender}")
    if (taken, closed) != (talk.taken, talk.closed):
        where = f"taken {talk.taken} and closed {talk.closed} times, told {taken} and {closed} times"
        yield Finding(Fault.FLOOR, talk.channel, talk.id, where)
