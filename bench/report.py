"""The figures as a table, for the terminal and for a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from bench.figures import ratio

MISSING = "–"
ROWS = (
    ("turns failed", "failed", "{:.0f}"),
    ("questions and follow-ups answered with an article", "answered_with_article", "{:.0f}"),
    ("a turn, median (ms)", "median_ms", "{:.0f}"),
    ("a turn, 95 of 100 are faster (ms)", "p95_ms", "{:.0f}"),
    ("the slowest turn (ms)", "slowest_ms", "{:.0f}"),
    ("the very first turn after the start (ms)", "very_first_ms", "{:.0f}"),
    ("the first 20 turns, median (ms)", "first_20_ms", "{:.0f}"),
    ("the last 20 turns, median (ms)", "last_20_ms", "{:.0f}"),
    ("last 20 to first 20", "last_to_first", "{:.2f}"),
    ("understanding a question alone, median (ms)", "understanding_ms", "{:.0f}"),
    ("a question to Rasa itself, without the app, median (ms)", "bot_alone_ms", "{:.0f}"),
    ("memory of all processes after the turns (MB)", "memory_mb", "{:.0f}"),
    ("from start to ready (s)", "start_s", "{:.1f}"),
    ("training from scratch (s)", "training_s", "{:.0f}"),
    ("environments on disk (MB)", "environments_mb", "{:.0f}"),
    ("model on disk (MB)", "model_mb", "{:.0f}"),
    ("processors used by other programs during the turns (%)", "others_cpu", "{:.0%}"),
    ("processors used by other programs during the training (%)", "others_cpu_training", "{:.0%}"),
)
NOT_COMPARED = {"failed", "answered_with_article", "last_to_first", "others_cpu", "others_cpu_training"}
Line = tuple[str, ...]


def shown(value: object, form: str) -> str:
    """One figure."""
    return form.format(value) if isinstance(value, int | float) else MISSING


def lines(sides: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    """A line for each figure, a column for each side, and how many times stock Rasa's is the assistant's."""
    found: list[Line] = []
    for label, key, form in ROWS:
        found.append(_line(label, key, form, sides, key not in NOT_COMPARED))
    for kind in next(iter(sides.values()))["by_kind_ms"]:
        kinds = {name: figures["by_kind_ms"] for name, figures in sides.items()}
        found.append(_line(f"one kind of turn: {kind}, median (ms)", kind, "{:.0f}", kinds, True))
    return found


def _line(label: str, key: str, form: str, sides: Mapping[str, Mapping[str, Any]], compare: bool) -> Line:
    cells = [shown(figures.get(key), form) for figures in sides.values()]
    if len(sides) < 2:
        return (label, *cells)
    one, other = list(sides.values())[:2]
    times = ratio(other, one, key) if compare else None
    return (label, *cells, f"{times:.1f} ×" if times is not None else "")


def heads(sides: Mapping[str, object]) -> list[str]:
    """Titles of the columns."""
    return ["", *sides, *(["stock / assistant"] if len(sides) > 1 else [])]


def table(sides: Mapping[str, Mapping[str, Any]]) -> Table:
    """For the terminal."""
    first, *rest = heads(sides)
    sheet = Table(first)
    for head in rest:
        sheet.add_column(head, justify="right")
    for line in lines(sides):
        sheet.add_row(*line)
    return sheet


def markdown(result: Mapping[str, Any]) -> str:
    """For docs/performance.md."""
    sides = result["sides"]
    machine = result["machine"]
    columns = heads(sides)
    text = [
        f"{result['date']}, {machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB.",
        f"{result['turns']} turns; {result['articles']} articles with {result['questions']} questions;",
        f"stock Rasa trained with {result['stock_epochs']} epochs.",
        "",
        _row(columns),
        _row(["---", *["---:"] * (len(columns) - 1)]),
        *(_row(line) for line in lines(sides)),
        "",
        *(_memory(name, figures) for name, figures in sides.items()),
    ]
    return "\n".join(text) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _memory(name: str, figures: Mapping[str, Any]) -> str:
    memory = ", ".join(f"{key} {shown(value, '{:.0f}')}" for key, value in figures["memory_by_process_mb"].items())
    disk = ", ".join(f"{key} {value}" for key, value in figures["environments_by_name_mb"].items())
    loads = f"load {figures['load_before']} before, {figures['load_before_turns']} before the turns"
    return f"* {name}: memory in MB: {memory}; environments in MB: {disk}; {loads}."
