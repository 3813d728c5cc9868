"""`make evaluate` holds a floor for each set of questions, raises it when asked and never lowers it."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.evaluation import floor
from bench.evaluation.__main__ import main
from bench.evaluation.asking import Ending
from bench.evaluation.floor import Count
from bench.evaluation.judging import Row
from knowledge.models import Topic

FLOOR = {"straight": Count(60, 100), "wrong": Count(5, 100)}


def row(verdict: str, *judgements: str) -> Row:
    found: dict[str, Any] = dict.fromkeys(judgements, True)
    return Row("who?", verdict, "mobility", "answered", "bus", (), **found)


def test_the_floor_counts_six_figures():
    rows = [
        row("answerable", "straight", "after_one"),
        row("answerable", "after_one"),
        row("answerable", "wrong"),
        row("answerable", "missed"),
        row("not-covered", "false_answer"),
        row("out-of-scope", "declined"),
        row("partial", "helped"),
    ]
    assert floor.measured(rows) == {
        "straight": Count(1, 4),
        "after_one": Count(2, 4),
        "wrong": Count(1, 4),
        "missed": Count(1, 4),
        "false_answers_not_covered": Count(1, 1),
        "false_answers_out_of_scope": Count(0, 1),
    }


def test_a_kind_without_questions_has_no_figure():
    assert set(floor.measured([row("not-covered")])) == {"false_answers_not_covered"}


@pytest.mark.parametrize(
    "now",
    [FLOOR, {"straight": Count(61, 100), "wrong": Count(0, 100)}, {"straight": Count(6, 10), "wrong": Count(10, 200)}],
)
def test_figures_on_the_floor_or_better_hold(now: floor.Counts):
    assert floor.below(FLOOR, now) == []


def test_a_figure_below_its_floor_is_named_with_both():
    assert floor.below(FLOOR, {"straight": Count(59, 100), "wrong": Count(6, 100)}) == [
        "straight: the floor is at least 60 of 100 (60.0%), but 59 of 100 (59.0%) was measured.",
        "wrong: the floor is at most 5 of 100 (5.0%), but 6 of 100 (6.0%) was measured.",
    ]


def test_a_figure_that_is_no_longer_measured_does_not_hold():
    (complaint,) = floor.below(FLOOR, {"straight": Count(70, 100)})
    assert complaint.startswith("wrong: the floor is at most 5 of 100 (5.0%), but no question")


def test_a_first_floor_is_what_was_measured_but_for_one_question():
    now = {"straight": Count(70, 100), "wrong": Count(0, 100), "missed": Count(100, 100)}
    assert floor.raised({}, now) == {"straight": Count(69, 100), "wrong": Count(1, 100), "missed": Count(100, 100)}


def test_only_figures_that_are_better_rise():
    now = {"straight": Count(65, 100), "wrong": Count(5, 100), "missed": Count(4, 100)}
    assert floor.raised(FLOOR, now) == {"straight": Count(64, 100), "wrong": Count(5, 100), "missed": Count(5, 100)}


def test_one_question_better_does_not_move_the_floor():
    assert floor.raised(FLOOR, {"straight": Count(61, 100), "wrong": Count(4, 100)}) == FLOOR


def test_raising_never_lowers():
    with pytest.raises(floor.WouldLower, match=r"straight: the floor is at least 60 of 100 .* but 59 of 100"):
        floor.raised(FLOOR, {"straight": Count(59, 100), "wrong": Count(0, 100)})


def test_floors_are_read_as_they_were_written(tmp_path: Path):
    file = tmp_path / "floor.json"
    assert floor.read(file) == {}
    floor.write(file, {"set.jsonl": FLOOR})
    assert floor.read(file) == {"set.jsonl": FLOOR}
    assert json.loads(file.read_text())["set.jsonl"]["wrong"] == {"at_most": 5, "of": 100}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"s": 1}',
        '{"s": {"other": {"at_least": 1, "of": 2}}}',
        '{"s": {"straight": {"at_most": 1, "of": 2}}}',
        '{"s": {"straight": {"at_least": 1, "of": 0}}}',
        '{"s": {"straight": {"at_least": 3, "of": 2}}}',
    ],
)
def test_another_file_of_floors_is_refused(tmp_path: Path, content: str):
    (tmp_path / "floor.json").write_text(content)
    with pytest.raises(floor.BadFloor, match="Write it like"):
        floor.read(tmp_path / "floor.json")


# the command

Evaluate = Callable[..., tuple[int, dict[str, Any]]]


def answered(key: str) -> Ending:
    return Ending("answered", key, (), person_offered=True)


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Evaluate:
    """Evaluates ten questions about the bus; so many are answered with the bus, the others with the doctor."""
    bus, doctor = (SimpleNamespace(topic=Topic.MOBILITY, fact_ids=(fact,)) for fact in ("ticket", "which-doctor"))
    library = SimpleNamespace(articles={"bus": bus, "doctor": doctor})
    line = json.dumps({"q": "which ticket?", "verdict": "answerable", "facts": ["ticket"], "also": []})
    (tmp_path / "set.jsonl").write_text(f"{line}\n" * 10, encoding="utf-8")
    monkeypatch.setenv("RESULTS", str(tmp_path / "results"))
    monkeypatch.setattr("bench.evaluation.__main__.load", lambda: library)

    def run(right: int, *options: str) -> tuple[int, dict[str, Any]]:
        endings = [answered("bus")] * right + [answered("doctor")] * (10 - right)
        code = main([str(tmp_path / "set.jsonl"), *options], ask=lambda url, questions: endings)
        said = capsys.readouterr().out
        return code, {"said": said, "last": json.loads(said.splitlines()[-1])}

    return run


def test_a_file_without_floor_is_only_measured(evaluate: Evaluate, tmp_path: Path):
    code, told = evaluate(8)
    assert code == 0
    assert told["last"]["answerable"]["straight"] == 0.8
    assert not (tmp_path / "floor.json").exists()
    assert "which ticket?" not in told["said"]
    assert len((tmp_path / "results" / "set.rows.jsonl").read_text().splitlines()) == 10
    assert "- which ticket?" in (tmp_path / "results" / "set.confusion.md").read_text()


def test_the_floor_is_written_raised_and_then_held(evaluate: Evaluate, tmp_path: Path):
    assert evaluate(7, "--floor=raise")[0] == 0
    assert evaluate(9, "--floor=raise")[0] == 0
    kept = (tmp_path / "floor.json").read_text()
    assert json.loads(kept)["set.jsonl"]["straight"] == {"at_least": 8, "of": 10}
    assert evaluate(8)[0] == 0
    for options in ([], ["--floor=raise"]):
        code, told = evaluate(7, *options)
        assert code == 1
        assert "straight: the floor is at least 8 of 10 (80.0%), but 7 of 10 (70.0%) was measured." in told["said"]
        assert told["last"]["answerable"]["straight"] == 0.7
        assert (tmp_path / "floor.json").read_text() == kept


def test_the_floors_of_other_sets_stay(evaluate: Evaluate, tmp_path: Path):
    floor.write(tmp_path / "floor.json", {"other.jsonl": FLOOR})
    assert "set.jsonl has no floor yet" in evaluate(8)[1]["said"]
    evaluate(8, "--floor=raise")
    assert set(floor.read(tmp_path / "floor.json")) == {"other.jsonl", "set.jsonl"}


def test_a_broken_floor_is_said_before_anything_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "set.jsonl").write_text('{"q": "who?", "verdict": "partial"}', encoding="utf-8")
    (tmp_path / "floor.json").write_text("{")
    assert main([str(tmp_path / "set.jsonl")], ask=lambda url, questions: pytest.fail("asked")) == 1
    assert "is not as it should be" in capsys.readouterr().out
