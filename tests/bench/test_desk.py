"""`python -m bench desk`: a small run measures every page, and writes what it found."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bench.__main__ import app
from bench.desk import commands
from bench.desk.measure import BASELINE


@pytest.fixture
def result(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "results_folder", lambda: tmp_path)
    monkeypatch.delenv("BENCH_POSTGRESQL_URL", raising=False)
    found = CliRunner().invoke(app, ["desk", "--dossiers", "100", "--waiting", "80", "--times", "5"])
    assert found.exit_code == 0, found.output
    return tmp_path


def test_every_page_is_measured_beside_the_baseline_and_written_down(result):
    found = json.loads((result / "desk.json").read_text())["SQLite"]
    assert (found["dossiers"], found["open_conversations"]) == (100, 80)
    assert found["pages"][BASELINE]["ratio"] == 1.0
    assert len(found["pages"]) == 9
    for page in found["pages"].values():
        assert 0 < page["median_ms"] <= page["p95_ms"] <= page["slowest_ms"]
    assert "| queue |" in (result / "desk.md").read_text()


def test_more_open_conversations_than_dossiers_are_refused():
    assert CliRunner().invoke(app, ["desk", "--dossiers", "100", "--waiting", "200"]).exit_code == 2
