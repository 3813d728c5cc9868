"""`python -m bench desk`: the pages of the desk with 10,000 dossiers and 500 open conversations."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench import machine
from bench.desk import measure
from bench.measure import TO_PEOPLE
from bench.understanding.run import results_folder
from dossiers.database import Database, make_engine
from knowledge.library import load

HEADS = ("", "processor (ms)", "median (ms)", "95 of 100 (ms)", "slowest (ms)", "first (ms)", "processor / baseline")


def desk(
    dossiers: Annotated[int, typer.Option(min=100, help="Dossiers, each with a conversation and a plan.")] = 10_000,
    waiting: Annotated[int, typer.Option(min=80, help="How many of the conversations are open.")] = 500,
    times: Annotated[int, typer.Option(min=5, help="How often each page is asked for.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people.")] = 1,
    postgresql: Annotated[
        str, typer.Option(envvar="BENCH_POSTGRESQL_URL", help="Also on this PostgreSQL database. It is emptied first.")
    ] = "",
) -> None:
    """How fast the pages of the desk are with many dossiers and many people waiting."""
    if waiting > dossiers:
        raise typer.BadParameter("there cannot be more open conversations than dossiers")
    library, kinds = load(), {}
    try:
        for kind, place in (("SQLite", _sqlite()), ("PostgreSQL", _postgresql(postgresql))):
            with place as database:
                if database is not None:
                    kinds[kind] = measure.measured(
                        database, library, dossiers=dossiers, waiting=waiting, times=times, seed=seed
                    )
    except KeyboardInterrupt:
        TO_PEOPLE.print("Interrupted.", style="red")
        raise typer.Exit(130) from None
    result = {"date": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"), "machine": machine.description(), **kinds}
    (results_folder() / "desk.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (results_folder() / "desk.md").write_text(_markdown(kinds), encoding="utf-8")
    for kind, found in kinds.items():
        Console().print(_table(kind, found))
    print(json.dumps(result))


@contextmanager
def _sqlite() -> Iterator[Database | None]:
    with tempfile.TemporaryDirectory(prefix="bench-desk-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'desk.db'}")
        yield Database(engine)
        engine.dispose()


@contextmanager
def _postgresql(url: str) -> Iterator[Database | None]:
    if not url:
        yield None
        return
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield Database(engine)
    engine.dispose()


def _cells(name: str, row: dict[str, Any]) -> list[str]:
    figures = [f"{row[key]:.1f}" for key in ("processor_ms", "median_ms", "p95_ms", "slowest_ms", "first_ms")]
    return [name, *figures, f"{row['ratio']:.1f} ×"]


def _table(kind: str, found: dict[str, Any]) -> Table:
    table = Table(*HEADS, title=kind)
    for name, row in found["pages"].items():
        table.add_row(*_cells(name, row))
    return table


def _markdown(kinds: dict[str, Any]) -> str:
    lines = []
    for kind, found in kinds.items():
        others = f"{found['others_cpu']:.0%}" if found["others_cpu"] is not None else "an unknown part"
        made = f"{found['dossiers']} dossiers, {found['open_conversations']} open conversations, {found['rows']} rows"
        busy = f"load {found['load']}, {others} of the processors used by other programs"
        lines += [
            f"{kind}: {made}; each page {found['times']} times; {busy}.",
            "",
            "| " + " | ".join(HEADS) + " |",
            "| --- |" + " ---: |" * (len(HEADS) - 1),
            *("| " + " | ".join(_cells(name, row)) + " |" for name, row in found["pages"].items()),
            "",
        ]
    return "\n".join(lines)
