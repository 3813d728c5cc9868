import time
from pathlib import Path

import pytest

from tasks import environments, interpreters, stamps
from tasks.environments import Environment
from tasks.errors import Problem


@pytest.fixture
def environment(checkout: Path) -> Environment:
    lock = checkout / "app" / "requirements.txt"
    lock.parent.mkdir()
    lock.write_text("a==1\n")
    return Environment("app", "3.13", lock)


def ready(environment: Environment) -> None:
    environment.python.parent.mkdir(parents=True, exist_ok=True)
    environment.python.write_text("")
    stamps.write(environments.STAMP, environment.wanted(), environment.folder)


def test_a_current_environment_is_left_alone_within_milliseconds(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
):
    ready(environment)
    monkeypatch.setattr(environments, "_install", lambda environment: pytest.fail("installed again"))
    began = time.perf_counter()
    environments.ensure(environment)
    assert time.perf_counter() - began < 0.1


def test_a_changed_lock_or_a_lost_python_is_noticed(environment: Environment):
    assert not environment.current()
    ready(environment)
    assert environment.current()
    environment.lock.write_text("a==2\n")
    assert not environment.current()
    ready(environment)
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python")
    assert not environment.current()


def test_an_interrupted_installation_is_not_current(environment: Environment, monkeypatch: pytest.MonkeyPatch):
    ready(environment)
    environment.lock.write_text("a==2\n")
    monkeypatch.setattr(environments, "ensure_tools", lambda: Path("/bin/false"))
    monkeypatch.setattr(interpreters, "runs", lambda path, version: True)
    monkeypatch.setattr(environments, "run_logged", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environments.ensure(environment)
    assert not environment.current()
    assert stamps.read(environments.STAMP, environment.folder) == ""


def interrupted(*args: object, **options: object) -> None:
    raise KeyboardInterrupt


def test_an_incomplete_checkout_is_said(checkout: Path):
    with pytest.raises(Problem, match=r"bot/requirements\.txt is missing"):
        Environment("bot", "3.11", checkout / "bot" / "requirements.txt").current()


def test_a_python_without_ensurepip_is_a_sentence(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    lock = checkout / "tasks" / "requirements-tools.txt"
    lock.parent.mkdir()
    lock.write_text("uv==1\n")
    monkeypatch.setattr("sys.executable", "/bin/false")
    monkeypatch.setattr(interpreters, "candidates", lambda version, environ: [])
    with pytest.raises(Problem, match=r"ensurepip is missing: install it \(on Debian and Ubuntu: sudo apt install"):
        environments.ensure_tools()
