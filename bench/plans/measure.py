"""Times of plans and questions beside a baseline in the same run; and the long run over the invariants."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from rich.progress import track

from bench.figures import percentile
from bench.measure import TO_PEOPLE
from bench.plans.invariants import INVARIANTS, Broken, Case
from bench.plans.people import FIRST, LAST, people
from knowledge.library import Library
from knowledge.planning.asking import next_questions
from knowledge.planning.dates import is_working_day
from knowledge.planning.plan import plan
from knowledge.planning.telling import tell, what_matters
from knowledge.profile import Profile

PLENTY = 20  # broken ones are enough to see what is wrong
TARGET = 5.0  # milliseconds for any plan


def baseline(library: Library) -> int:
    """The least that a plan needs: one pass over all steps, looking at what each requires."""
    met: set[str] = set()
    for key in library.graph.order:
        if all(one in met for one in library.graph.steps[key].requires.all):
            met.add(key)
    return len(met)


def said(profile: Profile, today: dt.date, library: Library) -> int:
    """What a message needs: the plan, and what matters of it in words."""
    made = plan(profile, today, library)
    return len([tell(entry, library, profile, today) for entry in what_matters(made)])


def speed(library: Library, count: int, seed: int) -> dict[str, Any]:
    """Median and slow times in milliseconds, each also as a multiple of the baseline of this run.

    Processor time, so that what else the machine does counts less. The first plan of all, which orders the steps, and
    the first of each year, which works out its holidays, are made before.
    """
    kinds: dict[str, Callable[[Profile, dt.date], object]] = {
        "baseline": lambda _profile, _today: baseline(library),
        "plan": lambda profile, today: plan(profile, today, library),
        "plan in words": lambda profile, today: said(profile, today, library),
        "next questions": lambda profile, today: next_questions(profile, today, library),
    }
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    plan(Profile(), FIRST, library)
    for year in range(FIRST.year - 1, LAST.year + 2):
        is_working_day(dt.date(year, 1, 1))
    everybody = people(count, seed, sorted(library.steps))
    for profile, today in track(everybody, "Planning", count, console=TO_PEOPLE):
        for kind, work in kinds.items():
            begun = time.thread_time()
            work(profile, today)
            times[kind].append((time.thread_time() - begun) * 1000)
    base = statistics.median(times["baseline"])
    rows = {kind: _figures(values, base) for kind, values in times.items()}
    slow = sum(one > TARGET for one in times["plan"])
    return {"people": count, "seed": seed, "steps": len(library.steps), "rows": rows, "plans_over_target": slow}


def _figures(values: list[float], base: float) -> dict[str, float]:
    median, slow = statistics.median(values), percentile(values, 99)
    return {
        "median_ms": round(median, 4),
        "p99_ms": round(slow, 4),
        "slowest_ms": round(max(values), 3),
        "median_ratio": round(median / base, 1),
        "p99_ratio": round(slow / base, 1),
    }


def checked(library: Library, count: int, seed: int) -> dict[str, Any]:
    """Looks at every invariant for so many people, and names the first that each breaks."""
    begun = time.perf_counter()
    broken: list[dict[str, str]] = []
    everybody = people(count, seed, sorted(library.steps))
    for number, (profile, today) in enumerate(track(everybody, "Checking", count, console=TO_PEOPLE)):
        case = Case(profile, today, library)
        chance = random.Random(f"{seed}/{number}")
        for invariant in INVARIANTS:
            try:
                invariant(case, chance)
            except Broken as error:
                broken.append(
                    {"invariant": invariant.__name__, "what": str(error), "on": f"{today}", "who": f"{profile}"}
                )
        if len(broken) >= PLENTY:
            break
    return {
        "people": count,
        "seed": seed,
        "invariants": len(INVARIANTS),
        "broken": broken,
        "seconds": round(time.perf_counter() - begun),
    }
