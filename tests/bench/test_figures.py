import json

import pytest

from bench import figures, report
from bench.script import ROUND, script
from bench.turns import Reply


def replies(*seconds: float | None) -> list[Reply]:
    return [Reply("question", s, "answered" if s is not None else "no answer") for s in seconds]


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([5.0], 95, 5.0),
        ([1.0, 2.0], 50, 1.5),
        ([3.0, 1.0, 2.0], 100, 3.0),
        ([3.0, 1.0, 2.0], 0, 1.0),
        ([float(n) for n in range(1, 102)], 95, 96.0),
    ],
)
def test_percentile(values: list[float], percent: float, expected: float):
    assert figures.percentile(values, percent) == pytest.approx(expected)


def test_turns_are_summed_up():
    found = figures.of_turns(replies(*[0.1] * 20, *[0.2] * 160, *[0.3] * 20))
    assert found["median_ms"] == 200
    assert found["p95_ms"] == 300
    assert (found["first_20_ms"], found["last_20_ms"]) == (100, 300)
    assert found["last_to_first"] == 3
    assert found["failed"] == 0


def test_failed_turns_are_counted_and_not_timed():
    found = figures.of_turns(replies(0.1, None, 0.3))
    assert found["failed"] == 1
    assert found["median_ms"] == 200
    assert found["outcomes"] == {"answered": 2, "no answer": 1}
    assert found["answered_with_article"] == 2


def test_when_every_turn_fails_there_are_no_times():
    found = figures.of_turns(replies(None, None))
    assert found["failed"] == 2
    assert found["median_ms"] is found["p95_ms"] is found["last_to_first"] is None


def test_kinds_are_told_apart():
    found = figures.of_turns([Reply("button", 0.01, "x"), Reply("question", 0.02, "x"), Reply("button", 0.03, "x")])
    assert found["by_kind_ms"] == {"button": 20.0, "question": 20.0}


@pytest.mark.parametrize(("one", "other", "expected"), [(3, 2, 1.5), (3, 0, None), (None, 2, None)])
def test_ratio(one: float | None, other: float | None, expected: float | None):
    assert figures.ratio({"a": one}, {"a": other}, "a") == expected


@pytest.mark.parametrize("turns", [60, 100, 200, 220])
def test_the_script_ends_as_it_begins(turns: int):
    said = script(turns)
    assert len(said) == turns
    assert said[:ROUND] == said[-ROUND:]
    assert [turn.kind for turn in said].count("dossier") == ROUND
    assert not any(turn.kind == "dossier" for turn in (*said[:ROUND], *said[-ROUND:]))


def test_two_hundred_turns_ask_many_different_questions():
    assert len({turn.text for turn in script(200) if turn.kind == "question"}) == 40


@pytest.mark.parametrize("turns", [0, 40, 199])
def test_other_numbers_of_turns_are_refused(turns: int):
    with pytest.raises(ValueError, match="multiple of 20"):
        script(turns)


def side(**values: object) -> dict[str, object]:
    found = figures.of_turns(replies(0.1, 0.2))
    return {
        **found,
        "load_before": 0.1,
        "load_before_turns": 0.5,
        "others_cpu": 0.25,
        "memory_by_process_mb": {"bot": 221.4},
        "environments_by_name_mb": {"bot": 900},
        **values,
    }


RESULT = {
    "date": "2026-11-22T03:00+00:00",
    "machine": {"processor": "Some Processor", "cores": 2, "memory_gb": 24.0},
    "turns": 200,
    "stock_epochs": 4,
    "articles": 183,
    "questions": 3402,
}


def test_the_table_compares_both():
    sides = {"assistant": side(memory_mb=300.0), "stock": side(memory_mb=1200.0)}
    found = {line[0]: line[1:] for line in report.lines(sides)}
    assert found["memory of all processes after the turns (MB)"] == ("300", "1200", "4.0 ×")
    assert found["training from scratch (s)"] == ("–", "–", "")
    assert found["processors used by other programs during the turns (%)"] == ("25%", "25%", "")
    assert report.table(sides).row_count == len(found)


def test_the_page_is_a_table_too():
    text = report.markdown({**RESULT, "sides": {"assistant": side(), "stock": side()}})
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert "183 articles with 3402 questions" in text
    assert "* assistant: memory in MB: bot 221" in text


def test_one_side_alone_is_not_compared():
    assert all(len(line) == 2 for line in report.lines({"assistant": side()}))
    assert json.dumps({**RESULT, "sides": {"assistant": side()}})
