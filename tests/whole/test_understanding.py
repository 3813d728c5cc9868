"""The trained assistant holds the floors of our own sets of questions: `tests/evaluation/floor.json`."""

from __future__ import annotations

import pytest

from bench.evaluation import floor, report
from bench.evaluation.asking import ask_all
from bench.evaluation.judging import judge_all
from bench.evaluation.questions import read_questions
from knowledge.library import load
from tasks.paths import ROOT, VAR, relative
from tests.whole.conftest import Stack

FOLDER = ROOT / "tests" / "evaluation"
FLOORS = floor.read(FOLDER / floor.NAME)
SETS = sorted({*FLOORS, *(file.name for file in FOLDER.glob("*.jsonl"))})


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_no_figure_lies_below_its_floor(stack: Stack, name: str) -> None:
    questions, library = read_questions(FOLDER / name), load()
    rows = judge_all(library, questions, ask_all(stack.url, questions))
    written = report.write(VAR / "evaluation", name.removesuffix(".jsonl"), rows, library)
    now, bounds = floor.measured(rows), FLOORS.get(name, {})
    missing = [figure for figure in now if figure not in bounds]
    assert not missing, f"{name} has no floor for {', '.join(missing)}: `make evaluate FILE=... FLOOR=raise` writes it"
    complaints = floor.below(bounds, now)
    assert not complaints, "\n".join([f"{name} (see {relative(written[1])}):", *complaints])
