"""`make bench`: speed, memory, start and training of the assistant, beside a stock Rasa with the same articles."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from bench import machine, report
from bench.desk import commands as desk_commands
from bench.measure import TO_PEOPLE, measure
from bench.plans import commands as plans
from bench.script import script
from bench.sides import LOG_FOLDER, STOCK_PYTHON, Assistant, Side, Stock, articles
from bench.stock.project import EPOCHS
from bench.turns import BrokeOff
from bench.understanding import commands
from tasks import settings
from tasks.errors import Problem, full_disk, is_full_disk
from tasks.paths import ROOT, VAR, relative

app = typer.Typer(add_completion=False)
app.command()(commands.understanding)
app.command()(commands.growth)
app.command()(plans.plan)
app.command()(desk_commands.desk)
LOGS_HINT = f"the logs are in {relative(LOG_FOLDER)}"


def sides(values: dict[str, str], folder: Path, skip_stock: bool, epochs: int) -> tuple[list[Side], dict[str, int]]:
    """What is measured, and of how much knowledge.

    Raises:
        Problem: something has to be made first.
    """
    file = ROOT / values["KNOWLEDGE_FILE"]
    if not file.exists() or not (ROOT / values["ENCODER_DIR"]).is_dir():
        raise Problem("The knowledge or the encoder is not made yet: `make bench` makes both, or `make setup`.")
    compiled = articles(json.loads(file.read_text(encoding="utf-8")))
    extent = {"articles": len(compiled), "questions": sum(len(article.questions) for article in compiled)}
    found: list[Side] = [Assistant(values, folder)]
    if not skip_stock:
        if not STOCK_PYTHON.exists():
            raise Problem(
                f"{relative(STOCK_PYTHON)} is missing: `make bench` installs it; --skip-stock measures without it."
            )
        found.append(Stock(values, folder, compiled, epochs))
    return found, extent


def run(turns: int, skip_stock: bool, folder: Path, train: bool, epochs: int) -> dict[str, Any]:
    """Measures one side after the other and writes the results.

    Raises:
        Problem: it cannot be done; the text says why.
    """
    try:
        said = script(turns)
    except ValueError as error:
        raise Problem(str(error)) from None
    measured, extent = sides(settings.load(), folder, skip_stock, epochs)
    untrained = [side.model for side in measured if not train and not side.model.exists()]
    if untrained:
        raise Problem(f"{untrained[0]} is missing: --trained takes the folder of a run with --keep.")
    result: dict[str, Any] = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "machine": machine.description(),
        "turns": turns,
        "stock_epochs": epochs,
        **extent,
        "sides": {},
    }
    every: dict[str, list[dict[str, object]]] = {}
    for side in measured:
        try:
            result["sides"][side.name], replies = measure(side, said, train)
        except BrokeOff as error:
            raise Problem(f"{side.name}: {error} ({LOGS_HINT}).") from error
        except httpx.HTTPError as error:
            raise Problem(f"{side.name}: {type(error).__name__} {error} ({LOGS_HINT}).") from error
        every[side.name] = [
            {"text": turn.text, "kind": turn.kind, "seconds": reply.seconds, "outcome": reply.outcome, "why": reply.why}
            for turn, reply in zip(said, replies, strict=True)
        ]
    target = Path(os.environ.get("RESULTS") or ROOT / "results")
    target.mkdir(parents=True, exist_ok=True)
    (target / "bench.json").write_text(json.dumps({**result, "every_turn": every}, indent=1) + "\n", encoding="utf-8")
    (target / "bench.md").write_text(report.markdown(result), encoding="utf-8")
    TO_PEOPLE.print(f"Every turn: {target / 'bench.json'}; for docs/performance.md: {target / 'bench.md'}")
    return result


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@app.callback(invoke_without_command=True, help=__doc__)
def main(
    context: typer.Context,
    turns: Annotated[int, typer.Option(help="Turns of the one conversation: a multiple of 20.")] = 200,
    skip_stock: Annotated[bool, typer.Option("--skip-stock", help="Measure the assistant alone.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the models, projects and databases that were made.")
    ] = False,
    stock_epochs: Annotated[
        int, typer.Option(min=1, help="Epochs of stock Rasa's training. Its default takes an hour or more.")
    ] = EPOCHS,
    trained: Annotated[Path | None, typer.Option(help="Take the models of an earlier run with --keep.")] = None,
) -> None:
    """Prints one table and one last line of JSON."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that no step goes on alone
        signal.signal(number, _interrupt)
    if context.invoked_subcommand:
        return
    VAR.mkdir(exist_ok=True)
    # beside the real databases, so that writing costs what it costs there
    folder = trained.resolve() if trained else Path(tempfile.mkdtemp(prefix="bench-", dir=VAR))
    try:
        result = run(turns, skip_stock, folder, trained is None, stock_epochs)
        Console().print(report.table(result["sides"]))
        print(json.dumps(result))
    except (Problem, KeyboardInterrupt) as error:
        TO_PEOPLE.print(str(error) or "Interrupted.", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(130 if isinstance(error, KeyboardInterrupt) else 1) from None
    except OSError as error:
        if not is_full_disk(error):
            raise
        TO_PEOPLE.print(full_disk(ROOT), style="red", markup=False)
        raise typer.Exit(1) from None
    finally:
        if keep and not trained:
            TO_PEOPLE.print(f"Kept: {relative(folder)}", markup=False)
        elif not trained:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(app())
