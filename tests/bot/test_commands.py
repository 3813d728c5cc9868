"""Rasa's own commands still work."""

from __future__ import annotations

import json
from pathlib import Path

from bot.settings import ROOT, absolute_database_url
from tests.bot.conftest import rasa

STORIES = ROOT / "tests" / "bot" / "stories"
UNKNOWN_TO_RASA = "is not used in any story or rule"  # it does not look at what forms and actions say


def test_data_validate_finds_nothing(project: Path, environment: dict[str, str]) -> None:
    done = rasa(["data", "validate"], project, {**environment, "PYTHONWARNINGS": "default"})
    assert done.returncode == 0, done.stderr[-2000:]
    found = [line for line in done.stderr.splitlines() if "UserWarning" in line and UNKNOWN_TO_RASA not in line]
    assert not [line for line in found if "Slot auto-fill" not in line], found
    assert "No story structure conflicts found" in done.stderr


def test_training_again_trains_nothing(model: Path, project: Path, environment: dict[str, str]) -> None:
    done = rasa(["train", "--dry-run", "--out", "models"], project, environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_other_knowledge_means_training(
    model: Path, project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    changed = json.loads(Path(environment["KNOWLEDGE_FILE"]).read_text())
    changed["articles"][0]["questions"].append("one more question about the deposit")
    (tmp_path / "knowledge.json").write_text(json.dumps(changed))
    environment = {**environment, "KNOWLEDGE_FILE": str(tmp_path / "knowledge.json")}
    assert rasa(["train", "--dry-run", "--out", "models"], project, environment).returncode != 0


def test_test_core_runs_the_conversations(
    model: Path, project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    arguments = [
        "test",
        "core",
        "--model",
        str(model),
        "--stories",
        str(STORIES),
        "--out",
        str(tmp_path),
        "--fail-on-prediction-errors",
    ]
    done = rasa(arguments, project, environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]


def test_test_nlu_measures(model: Path, project: Path, environment: dict[str, str], tmp_path: Path) -> None:
    arguments = [
        "test",
        "nlu",
        "--model",
        str(model),
        "--nlu",
        str(project / "data" / "nlu" / "follow_up.yml"),
        "--out",
        str(tmp_path),
        "--no-plot",
    ]
    done = rasa(arguments, project, environment)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads((tmp_path / "intent_report.json").read_text())
    assert report["weighted avg"]["recall"] > 0.8


def test_shell_nlu_reads_a_line(model: Path, project: Path, environment: dict[str, str]) -> None:
    done = rasa(["shell", "nlu", "--model", str(model)], project, environment, given="my landlord keeps the deposit\n")
    assert '"deposit-return"' in done.stdout, done.stderr[-2000:]


def test_a_missing_knowledge_file_is_said_in_one_sentence(
    project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    environment = {**environment, "KNOWLEDGE_FILE": str(tmp_path / "none.json")}
    done = rasa(["data", "validate"], project, environment)
    assert done.returncode != 0
    assert "python -m knowledge compile" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_file_of_a_database_starts_at_the_root() -> None:
    assert absolute_database_url("sqlite:///var/bot.db") == f"sqlite:///{ROOT}/var/bot.db"
    assert absolute_database_url("sqlite:////tmp/bot.db") == "sqlite:////tmp/bot.db"
    assert absolute_database_url("sqlite://") == "sqlite://"
