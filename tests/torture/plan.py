"""What goes wrong, and when: a schedule of troubles, the same for the same seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Blow(StrEnum):
    """What is done to a target.

    ``kill``: SIGKILL, started again after a while; ``stumble``: the same, and once more while it starts; ``pause``:
    SIGSTOP, later SIGCONT; ``starve``: busy programs take the processors from it; ``storm``: its connections break,
    lag and repeat.
    """

    KILL = "kill"
    STUMBLE = "stumble"
    PAUSE = "pause"
    STARVE = "starve"
    STORM = "storm"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One blow. ``at``: seconds after the start; ``seconds``: how long until it is over."""

    at: float
    blow: Blow
    target: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Risk:
    """How often a blow strikes a target: about every so many seconds, for so many seconds. ``rest``: how long the
    target is left alone afterwards, so that it lives between two blows."""

    blow: Blow
    target: str
    every: float
    shortest: float
    longest: float
    rest: float = 2.0


FIRST_PEACE = 2.0
LAST_PEACE = 0.92  # part of the time after which nothing new begins


def schedule(seed: int, seconds: float, risks: Sequence[Risk]) -> list[Trouble]:
    """All troubles of a run, in the order of time; each risk strikes at least once if there is room for it."""
    end = max(seconds * LAST_PEACE, FIRST_PEACE)
    drawn = [(risk, _draw(seed, risk, end)) for risk in risks]
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    kept = []
    for risk, troubles in drawn:
        for trouble in troubles[:1]:
            kept += _placed(trouble, risk.rest, taken[risk.target], end, may_wait=True)
    for risk, troubles in drawn:
        for trouble in troubles[1:]:
            kept += _placed(trouble, risk.rest, taken[risk.target], end, may_wait=False)
    return sorted(kept, key=lambda one: (one.at, one.target, one.blow))


def _draw(seed: int, risk: Risk, end: float) -> list[Trouble]:
    chance = random.Random(f"{seed} {risk.blow} {risk.target} {risk.every}")
    at = FIRST_PEACE + chance.random() * min(risk.every, end - FIRST_PEACE)
    drawn = []
    while at <= end:
        seconds = chance.uniform(risk.shortest, risk.longest)
        drawn.append(Trouble(round(at, 2), risk.blow, risk.target, round(seconds, 2)))
        at += seconds + risk.rest + risk.every * chance.uniform(0.4, 1.6)
    return drawn


def _placed(
    trouble: Trouble, rest: float, taken: list[tuple[float, float]], end: float, *, may_wait: bool
) -> list[Trouble]:
    """The trouble, where it does not strike a target that has not recovered from another; none if there is no room."""
    at = trouble.at
    for begin, over in sorted(taken):
        if at < over and begin < at + trouble.seconds + rest:
            if not may_wait:
                return []
            at = over
    if at > end:
        return []
    taken.append((at, at + trouble.seconds + rest))
    return [replace(trouble, at=at)]


def full(apps: Sequence[str], database: bool) -> list[Risk]:
    """The risks of a whole run of some ten minutes. ``database``: it and Redis are programs of their own."""
    risks = [
        *(Risk(Blow.KILL, app, 60, 0.2, 3, rest=8) for app in apps),
        *(Risk(Blow.STUMBLE, app, 200, 0.2, 1, rest=8) for app in apps),
        *(Risk(Blow.PAUSE, app, 70, 1, 9, rest=2) for app in apps),
        Risk(Blow.KILL, "bot", 150, 0.2, 3, rest=25),
        Risk(Blow.PAUSE, "bot", 120, 1, 8, rest=2),
        Risk(Blow.STARVE, "bot", 200, 5, 10, rest=2),
        *(Risk(Blow.STARVE, app, 250, 5, 10, rest=2) for app in apps),
        *(Risk(Blow.STORM, where, 30, 4, 10, rest=5) for where in ("web", "webhooks", "telegram", "whatsapp")),
    ]
    if not database:
        return risks
    longer_than_any_claim = Risk(Blow.PAUSE, apps[-1], 5000, 66, 68, rest=5)
    return [
        *risks,
        longer_than_any_claim,
        Risk(Blow.KILL, "database", 70, 0.2, 3, rest=8),
        Risk(Blow.PAUSE, "database", 100, 1, 6, rest=2),
        Risk(Blow.KILL, "redis", 60, 0.2, 4, rest=2),
        Risk(Blow.PAUSE, "redis", 90, 1, 6, rest=2),
    ]


def quick(apps: Sequence[str]) -> list[Risk]:
    """The risks of a run of less than a minute: a handful of kills, all else once or twice."""
    return [
        *(Risk(Blow.KILL, app, 4, 0.1, 0.5, rest=5) for app in apps),
        *(Risk(Blow.PAUSE, app, 12, 0.5, 1.5, rest=1) for app in apps),
        Risk(Blow.KILL, "bot", 7, 0.1, 0.5, rest=2),
        *(Risk(Blow.STORM, where, 8, 2, 4, rest=2) for where in ("web", "webhooks", "telegram", "whatsapp")),
    ]
