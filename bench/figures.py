"""From replies to figures."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bench.script import ROUND
from bench.turns import ANSWERED, Reply


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed, interpolated between neighbours.

    >>> percentile([1.0, 2.0, 3.0], 50)
    2.0
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def milliseconds(seconds: float | None) -> float | None:
    """Rounded to a tenth."""
    return None if seconds is None else round(seconds * 1000, 1)


def median(replies: Sequence[Reply]) -> float | None:
    """Seconds of the middle turn among those that were answered."""
    times = [reply.seconds for reply in replies if reply.seconds is not None]
    return statistics.median(times) if times else None


def of_turns(replies: Sequence[Reply]) -> dict[str, Any]:
    """What is said about the turns of a conversation. Failed turns are counted, and left out of the times."""
    times = [reply.seconds for reply in replies if reply.seconds is not None]
    first, last = median(replies[:ROUND]), median(replies[-ROUND:])
    kinds = list(dict.fromkeys(reply.kind for reply in replies))
    return {
        "turns": len(replies),
        "failed": sum(reply.seconds is None for reply in replies),
        "median_ms": milliseconds(median(replies)),
        "p95_ms": milliseconds(percentile(times, 95)) if times else None,
        "slowest_ms": milliseconds(max(times, default=None)),
        "very_first_ms": milliseconds(replies[0].seconds) if replies else None,
        "first_20_ms": milliseconds(first),
        "last_20_ms": milliseconds(last),
        "last_to_first": round(last / first, 2) if first and last else None,
        "answered_with_article": sum(reply.outcome in ANSWERED for reply in replies),
        "outcomes": dict(Counter(reply.outcome for reply in replies).most_common()),
        "by_kind_ms": {kind: milliseconds(median([r for r in replies if r.kind == kind])) for kind in kinds},
    }


def ratio(one: Mapping[str, Any], other: Mapping[str, Any], key: str) -> float | None:
    """How many times the one figure is the other; None when either is not known."""
    above, below = one.get(key), other.get(key)
    if not isinstance(above, int | float) or not isinstance(below, int | float) or not below:
        return None
    return round(above / below, 2)
