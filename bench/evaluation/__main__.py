"""Prints tables and one last line of JSON; writes every question's row and the confusions to the folder RESULTS."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import track

from bench.evaluation import floor, report
from bench.evaluation.asking import Ending, ask_all
from bench.evaluation.judging import Row, figures, judge_all
from bench.evaluation.questions import BadQuestions, Question, read_questions
from knowledge.library import load

Ask = Callable[[str, Sequence[Question]], Iterable[Ending]]


def parser() -> argparse.ArgumentParser:
    """The file, and what to do with its floor."""
    found = argparse.ArgumentParser(prog="python -m bench.evaluation", description=__doc__)
    found.add_argument("file", type=Path, help="one question a line, as JSON")
    found.add_argument("--floor", choices=["raise"], help="write better figures into the floor.json beside the file")
    return found


def hold(path: Path, rows: Sequence[Row], raising: bool) -> tuple[bool, list[str]]:
    """Compares with the floor beside the file of questions, or raises it; whether all is well, and what to say."""
    file, now = path.with_name(floor.NAME), floor.measured(rows)
    floors = floor.read(file)
    mine = floors.get(path.name, {})
    if raising:
        try:
            new = floor.raised(mine, now)
        except floor.WouldLower as refusal:
            return False, ["The floor was not touched, since it is never lowered:", *refusal.complaints]
        floor.write(file, {**floors, path.name: new})
        better = [f"{name}: the floor is now {count}" for name, count in new.items() if mine.get(name) != count]
        return True, better or ["No figure is so much better that its floor rises."]
    complaints = floor.below(mine, now)
    if complaints:
        return False, [f"Below the floor in {file}:", *complaints]
    if mine:
        return True, ["No figure lies below its floor."]
    return True, [f"{path.name} has no floor yet: FLOOR=raise writes one."] if floors else []


def main(arguments: Sequence[str], ask: Ask = ask_all) -> int:
    """Asks every question; 1 when a figure lies below its floor or something is wrong."""
    console = Console()
    given = parser().parse_args(arguments)
    path: Path = given.file
    url = os.environ.get("APP_URL") or f"http://127.0.0.1:{os.environ.get('APP_PORT', '8000')}"
    try:
        questions, library = read_questions(path), load()
        floor.read(path.with_name(floor.NAME))  # what is wrong with it is said before the long part
        to_people = Console(stderr=True)
        endings = list(track(ask(url, questions), "Asking", len(questions), console=to_people))
        rows = judge_all(library, questions, endings)
        every, confused = report.write(Path(os.environ.get("RESULTS", "results")), path.stem, rows, library)
        well, words = hold(path, rows, given.floor == "raise")
    except (BadQuestions, floor.BadFloor, OSError, httpx.HTTPError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    result = figures(rows)
    for sheet in report.tables(result, rows, library):
        console.print(sheet)
    console.print(f"Every question: {every}", markup=False, soft_wrap=True)
    console.print(f"Which article instead of which, with examples: {confused}", markup=False, soft_wrap=True)
    for word in words:
        console.print(word, style="" if well else "red", markup=False, highlight=False, soft_wrap=True)
    print(json.dumps(result))
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
