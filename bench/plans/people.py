"""Random people on random days: every answer may be missing, and no combination is excluded."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from knowledge.profile import Profile

FIRST, LAST = dt.date(2023, 12, 1), dt.date(2029, 3, 31)
YES_NO = (True, False)
# The answers that a field can have; the days and the lists of steps are drawn apart.
ANSWERS: dict[str, tuple[Any, ...]] = {
    "municipality": ("gent", "aalst", "lokeren"),
    "country": ("DE", "PL", "CH", "IN", "JP", "GB", "AR", "BE"),
    "purpose": ("employee", "researcher", "self-employed", "job-seeker", "family", "student"),
    "here": YES_NO,
    "stay": ("short", "long"),
    "address": YES_NO,
    "rents": YES_NO,
    "partner": YES_NO,
    "joins": ("eu", "belgian", "non-eu"),
    "pet": YES_NO,
    "car": YES_NO,
    "licence": ("none", "eu", "non-eu"),
    "diploma": YES_NO,
    "permit": ("none", "visa-d", "single-permit", "residence-card", "waiting-paper"),
    "leaving": YES_NO,
    "moved": YES_NO,
}
DAYS = ("arrival", "address_from", "departure", "contract_start", "birth", "card_end")
OLDEST_CHILD = 20
KNOWN = (0.3, 0.6, 0.9)  # how much somebody has told: little, half, nearly all


def day(chance: random.Random) -> dt.date:
    """Any day of five years."""
    return FIRST + dt.timedelta(days=chance.randrange((LAST - FIRST).days + 1))


def profile(chance: random.Random, steps: Sequence[str]) -> Profile:
    """Anybody."""
    known = chance.choice(KNOWN)

    def maybe(draw: Callable[[], Any]) -> Any:
        return draw() if chance.random() < known else None

    fields = {field: maybe(partial(chance.choice, values)) for field, values in ANSWERS.items()}
    fields |= {field: maybe(lambda: day(chance)) for field in DAYS}
    ages = maybe(lambda: tuple(chance.randint(0, OLDEST_CHILD) for _ in range(chance.randrange(4))))
    done = tuple((step, maybe(lambda: day(chance))) for step in chance.sample(steps, chance.randrange(5)))
    todo, others = (tuple(chance.sample(steps, chance.randrange(3))) for _ in range(2))
    return Profile(**fields, children=ages, done=done, todo=todo, not_for_me=others)


def people(count: int, seed: int, steps: Sequence[str]) -> Iterator[tuple[Profile, dt.date]]:
    """So many people, each on a day; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        yield profile(chance, steps), day(chance)
