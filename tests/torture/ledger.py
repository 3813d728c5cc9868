"""Compares what should be in a list of messages with what is in it: what is lost, doubled, moved or of nobody.

Both ends of a conversation are compared with it: what people sent with what is kept, what is kept with what people saw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a list. ``label``: what it is, the same on both ends; ``where``: where to look for it."""

    label: Hashable
    where: str


@dataclass(frozen=True, slots=True)
class Difference:
    """How a list differs from what it should be. ``strange``: what nobody sent."""

    lost: tuple[Entry, ...] = ()
    doubled: tuple[Entry, ...] = ()
    moved: tuple[Entry, ...] = ()
    strange: tuple[Entry, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.moved or self.strange)


def compare(expected: Sequence[Entry], found: Sequence[Entry]) -> Difference:
    """What is wrong with the found list. As little as possible counts as moved, and nothing counts twice.

    Labels need not be unique: the same words sent twice are expected twice.
    """
    missing, extra = _beside_the_common(expected, found)
    wanted = Counter(entry.label for entry in missing)
    known = {entry.label for entry in expected}
    moved: list[Entry] = []
    doubled: list[Entry] = []
    strange: list[Entry] = []
    for entry in extra:
        if wanted[entry.label]:
            wanted[entry.label] -= 1
            moved.append(entry)
        else:
            (doubled if entry.label in known else strange).append(entry)
    arrived = Counter(entry.label for entry in moved)
    lost = []
    for entry in missing:
        if arrived[entry.label]:
            arrived[entry.label] -= 1
        else:
            lost.append(entry)
    return Difference(tuple(lost), tuple(doubled), tuple(moved), tuple(strange))


def _beside_the_common(expected: Sequence[Entry], found: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What of each list is not in their longest common part."""
    start = 0
    while start < min(len(expected), len(found)) and expected[start].label == found[start].label:
        start += 1
    end = 0
    while end < min(len(expected), len(found)) - start and expected[-1 - end].label == found[-1 - end].label:
        end += 1
    one, other = expected[start : len(expected) - end], found[start : len(found) - end]
    lengths = _common_lengths(one, other)
    missing, extra, i, j = [], [], 0, 0
    while i < len(one) and j < len(other):
        if one[i].label == other[j].label:
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            missing.append(one[i])
            i += 1
        else:
            extra.append(other[j])
            j += 1
    return missing + list(one[i:]), extra + list(other[j:])


def _common_lengths(one: Sequence[Entry], other: Sequence[Entry]) -> list[list[int]]:
    """How long the longest common part is from each pair of places on."""
    lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) - 1, -1, -1):
        for j in range(len(other) - 1, -1, -1):
            same = one[i].label == other[j].label
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if same else max(lengths[i + 1][j], lengths[i][j + 1])
    return lengths
