import os
import stat
from pathlib import Path

import pytest

from tasks import checks, clean, locks, system_packages, testing
from tasks.errors import Problem

JUNIT = """<?xml version="1.0"?><testsuites>
<testsuite name="pytest" tests="10" failures="1" errors="1" skipped="2"/></testsuites>"""


def test_pytests_figures_are_read(tmp_path: Path):
    file = tmp_path / "x.xml"
    file.write_text(JUNIT)
    assert testing.read_junit("app", file, 1).line() == "6 passed, 2 failed, 2 skipped"


def test_a_run_that_broke_off_is_a_failure(tmp_path: Path):
    assert testing.read_junit("app", tmp_path / "none.xml", 3).failed == 1
    assert testing.read_junit("app", tmp_path / "none.xml", testing.NO_TESTS).failed == 0
    assert testing.read_vitest("widget", tmp_path / "none.json", 1).failed == 1


def test_vitests_figures_are_read(tmp_path: Path):
    file = tmp_path / "x.json"
    file.write_text('{"numPassedTests": 5, "numFailedTests": 0, "numPendingTests": 1, "numTodoTests": 1}')
    assert testing.read_vitest("widget", file, 0).line() == "5 passed, 0 failed, 2 skipped"


def test_the_closing_line_sums_all_runs(capsys: pytest.CaptureFixture[str]):
    assert testing.summary([testing.Count("a", 3, 0, 1), testing.Count("b", 4, 0, 0)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 0 failed, 1 skipped"
    assert testing.summary([testing.Count("a", 3, 1, 0)]) == 1


def test_no_tests_at_all_is_no_success():
    with pytest.raises(Problem, match="No test ran"):
        testing.summary([testing.Count("a")])


def test_what_is_missing_is_left_out_and_said(capsys: pytest.CaptureFixture[str]):
    browser, postgres, _ = system_packages.TOOLS
    assert testing.left_out([browser, postgres]) == ["-m", "not browser and not postgres"]
    said = capsys.readouterr().err
    assert "The tests marked 'browser' are left out: Chromium is not on this machine" in said
    assert testing.left_out([]) == []


def test_nothing_is_installed_when_it_may_not_be(monkeypatch: pytest.MonkeyPatch):
    tool = system_packages.Tool("browser", "Chromium", ("no-such-program-here",), "chromium")
    monkeypatch.setattr(system_packages, "_may_install", lambda: None)
    monkeypatch.setattr(system_packages, "run_logged", lambda *args, **options: pytest.fail("installed"))
    assert system_packages.ensure([tool]) == [tool]


def test_a_lock_may_not_name_an_address(checkout: Path):
    lock, npm, good = checkout / "requirements.txt", checkout / "package-lock.json", checkout / "good.txt"
    lock.write_text("--index-url x\na==1 \\\n    --hash=sha256:0\nb @ https://example.org/b.whl\n")
    npm.write_text('{"resolved": "https://example.org/x.tgz",\n"funding": {"url": "https://example.org"}}')
    good.write_text("a==1 \\\n    --hash=sha256:0\n    # via b\n")
    found = checks.addresses([lock, npm, good, checkout / "missing.txt"])
    assert [line.split(": ")[0] for line in found] == [
        "requirements.txt:1",
        "requirements.txt:4",
        "package-lock.json:1",
    ]


def test_locks_are_compiled_without_the_machines_settings():
    words = locks.command(Path("uv"), Path("python"), "app", "3.13", [])
    assert {"--no-config", "--generate-hashes", "--no-emit-index-url"} <= set(words)


def test_cleaning_keeps_the_databases_and_the_secrets(checkout: Path):
    for name in ("var/app.db", "var/secrets.env", "var/models/a.tar.gz", "var/knowledge.json", ".venv/app/x"):
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert clean.run() == 0
    assert sorted(path.name for path in (checkout / "var").iterdir()) == ["app.db", "secrets.env"]
    assert not (checkout / ".venv").exists()


def test_the_ci_script_can_be_started():
    script = Path(__file__).resolve().parents[2] / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    assert os.linesep.join(["make check", "make test"]) in script.read_text()
