"""`python -m bench plan`, and `python -m bench plan --invariants 200000`."""

from __future__ import annotations

import json
import random
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bench import machine
from bench.measure import TO_PEOPLE
from bench.plans import measure
from bench.understanding.run import results_folder
from knowledge.library import load

HEADS = ("", "median (ms)", "99 of 100 (ms)", "slowest (ms)", "median / baseline", "99 of 100 / baseline")


def plan(
    people: Annotated[int, typer.Option(min=1, help="Random people, each on a random day.")] = 10_000,
    invariants: Annotated[
        int, typer.Option(min=0, help="Instead, check what must hold for every plan, for so many people.")
    ] = 0,
    seed: Annotated[int | None, typer.Option(help="The seed that an earlier run printed.")] = None,
) -> None:
    """How fast plans are made; with --invariants, whether what must hold for each plan does."""
    chosen = random.randrange(10**9) if seed is None else seed
    TO_PEOPLE.print(f"Seed: {chosen}")
    library = load()
    try:
        if invariants:
            _invariants(measure.checked(library, invariants, chosen))
        else:
            _speed(measure.speed(library, people, chosen))
    except KeyboardInterrupt:
        TO_PEOPLE.print("Interrupted.", style="red")
        raise typer.Exit(130) from None


def _speed(result: dict[str, Any]) -> None:
    result = {"machine": machine.description(), **result}
    table = Table(*HEADS)
    lines = [
        "| " + " | ".join(HEADS) + " |",
        "| --- |" + " ---: |" * (len(HEADS) - 1),
    ]
    for kind, row in result["rows"].items():
        cells = [
            kind, f"{row['median_ms']:.3f}", f"{row['p99_ms']:.3f}", f"{row['slowest_ms']:.1f}",
            f"{row['median_ratio']:.0f} ×", f"{row['p99_ratio']:.0f} ×",
        ]  # fmt: skip
        table.add_row(*cells)
        lines.append("| " + " | ".join(cells) + " |")
    (results_folder() / "plan.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (results_folder() / "plan.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Console().print(table)
    TO_PEOPLE.print(f"{result['plans_over_target']} of {result['people']} plans took over {measure.TARGET:.0f} ms.")
    print(json.dumps(result))


def _invariants(result: dict[str, Any]) -> None:
    for one in result["broken"]:
        TO_PEOPLE.print(f"{one['invariant']}: {one['what']}\n  on {one['on']}: {one['who']}", markup=False, style="red")
    TO_PEOPLE.print(
        f"{result['people']} people, {result['invariants']} invariants, {len(result['broken'])} broken, "
        f"{result['seconds']} seconds."
    )
    print(json.dumps(result))
    if result["broken"]:
        raise typer.Exit(1)
