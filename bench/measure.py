"""One side, from training to its last turn."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import track

from bench import figures, machine
from bench.script import Turn, questions
from bench.sides import Side
from bench.turns import Reply, talk

TO_PEOPLE = Console(stderr=True)


def measure(side: Side, turns: list[Turn], train: bool) -> tuple[dict[str, Any], list[Reply]]:
    """All figures of one side, and its replies."""
    found: dict[str, Any] = {"load_before": machine.load()}
    if train:
        before = machine.Work.now(())
        found["training_s"] = round(side.train(), 1)
        found["others_cpu_training"] = machine.others_share(before, machine.Work.now(()))
    TO_PEOPLE.print(f"Starting: {side.name} ...")
    with side.running() as running:
        found["start_s"] = round(running.start_seconds, 1)
        found["memory_at_start_mb"] = total(running.memory().values())
        found["load_before_turns"] = machine.load()
        before = running.work()
        replies = talk(side.conversation(), track(turns, f"Talking: {side.name}", console=TO_PEOPLE))
        found["others_cpu"] = machine.others_share(before, running.work())
        found |= figures.of_turns(replies)
        by_process = running.memory()
        found["memory_mb"] = total(by_process.values())
        found["memory_by_process_mb"] = by_process
        found |= layers(side)
    sizes = {name: machine.size(folder) for name, folder in side.environments.items()}
    found["environments_mb"] = sum(sizes.values())
    found["environments_by_name_mb"] = sizes
    found["model_mb"] = machine.size(*side.trained_files())
    return found, replies


def layers(side: Side) -> dict[str, float | None]:
    """Where the time of a question goes: understanding alone, and Rasa with its actions but without the app."""
    asked = questions()
    found = {"understanding_ms": figures.milliseconds(statistics.median(side.parse(asked)))}
    alone = side.bot_alone()
    if alone is not None:
        found["bot_alone_ms"] = figures.milliseconds(figures.median(talk(alone, [Turn("question", q) for q in asked])))
    return found


def total(values: Iterable[float | None]) -> float | None:
    """The sum; None when a part is not known."""
    known = list(values)
    return None if None in known or not known else round(sum(value for value in known if value is not None), 1)
