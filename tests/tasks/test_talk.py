from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks import health, parts, start, talk
from tasks.errors import Problem


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """Commands that would have been run in front, without anything being started."""
    found: list[tuple[list[str], dict[str, str]]] = []

    @contextmanager
    def running(settings):
        yield

    monkeypatch.setattr(talk, "running", running)
    monkeypatch.setattr(talk, "run_shown", lambda command, env: found.append((command, env)) or 0)
    monkeypatch.setattr(start, "prepare", lambda settings: None)
    monkeypatch.setattr(parts, "database", lambda settings: None)
    return found


def test_the_chat_uses_the_assistant_that_runs(values, shown, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "app_health", lambda settings: {"status": "ok"})
    assert talk.chat(values) == 0
    assert shown[0][1]["APP_URL"] == "http://127.0.0.1:8000"


def test_the_chat_starts_one_on_free_ports_otherwise(values, shown, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "app_health", lambda settings: None)
    assert talk.chat(values) == 0
    _, env = shown[0]
    assert env["APP_URL"] == f"http://127.0.0.1:{env['APP_PORT']}"
    assert env["ACTION_ENDPOINT_URL"] == f"{env['APP_URL']}/internal/actions"
    assert len({env["APP_PORT"], env["BOT_PORT"], "8000", "5005"}) == 4


def test_an_evaluation_leaves_no_trace_among_real_conversations(values, shown, tmp_path: Path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text("{}")
    assert talk.evaluate({**values, "DATABASE_URL": "sqlite:///var/app.db"}, str(questions)) == 0
    command, env = shown[0]
    assert command[-2:] == ["bench.evaluation", str(questions)]
    assert "var/app.db" not in env["DATABASE_URL"]
    assert not Path(env["DATABASE_URL"].removeprefix("sqlite:///")).parent.exists()


@pytest.mark.parametrize("file", ["", "nothing.jsonl"])
def test_a_missing_file_is_said(values, file: str):
    with pytest.raises(Problem, match="is no file: `make evaluate FILE=questions"):
        talk.evaluate(values, file)


def test_the_floor_is_raised_only_when_asked(values, shown, tmp_path: Path):
    questions = tmp_path / "questions.jsonl"
    questions.write_text("{}")
    assert talk.evaluate(values, str(questions), "raise") == 0
    assert shown[0][0][-2:] == [str(questions), "--floor=raise"]
    with pytest.raises(Problem, match="FLOOR=lower means nothing"):
        talk.evaluate(values, str(questions), "lower")
