"""`make check`: everything that can be said about the code without running it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from tasks import environments, parts, stamps
from tasks.console import Progress, complain, say
from tasks.errors import Problem
from tasks.paths import APP_PYTHON, BOT_PYTHON, ROOT, relative
from tasks.processes import run_captured, run_shown

APP_ROOMS = ("actions", "app", "bench", "channels", "desk", "dossiers", "knowledge", "migrations", "pages")
IN_BOT = "bench/understanding/worker.py"  # runs in the bot's environment
LOCKS = (
    "app/requirements.txt",
    "bot/requirements.txt",
    "tasks/requirements-tools.txt",
    "widget/package-lock.json",
    "bench/stock/requirements.txt",
)
_ADDRESS = re.compile(r"[a-z+]+://|--(?:extra-)?index-url|--find-links")
_RESOLVED = re.compile(r'"resolved"\s*:\s*"')


def python_files(*names: str) -> list[str]:
    """The rooms that hold Python now."""
    return [name for name in names if stamps.files_under(ROOT / name, (".py",))]


def test_rooms() -> list[str]:
    """The tests that run in the app's environment."""
    folder = ROOT / "tests"
    rooms = (
        sorted(path for path in folder.iterdir() if path.name not in ("bot", "__pycache__")) if folder.is_dir() else []
    )
    return [
        relative(path)
        for path in rooms
        if path.suffix == ".py" or (path.is_dir() and stamps.files_under(path, (".py",)))
    ]


def addresses(paths: Iterable[Path]) -> list[str]:
    """Lock files name packages and hashes, never where they came from."""
    found = []
    for path in paths:
        if not path.exists():
            continue
        sign = _RESOLVED if path.suffix == ".json" else _ADDRESS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if sign.search(line):
                found.append(f"{relative(path)}:{number}: a lock file may not name an address: {line.strip()}")
    return found


def no_addresses() -> int:
    """Print what was found; the number is the exit code."""
    found = addresses(ROOT / name for name in LOCKS)
    for line in found:
        complain(line)
    return 1 if found else 0


def checks(settings: Mapping[str, str]) -> list[tuple[str, Callable[[], int]]]:
    """Every check with its title, in the order in which they run."""
    app, bot = str(APP_PYTHON), str(BOT_PYTHON)

    def command(*words: str) -> Callable[[], int]:
        return lambda: run_shown(words, settings)

    mypy = ("-m", "mypy", "--no-error-summary")
    return [
        ("lock files name no address", no_addresses),
        ("ruff check", command(app, "-m", "ruff", "check", "--quiet", ".")),
        ("ruff format", command(app, "-m", "ruff", "format", "--check", "--quiet", ".")),
        (
            "types of the app's rooms",
            command(app, *mypy, "--exclude", re.escape(IN_BOT), *python_files(*APP_ROOMS), *test_rooms()),
        ),
        ("types of the bot", command(bot, *mypy, *python_files("bot", "tests/bot"), IN_BOT)),
        ("types of the tasks", command(app, *mypy, "--python-version", "3.10", "tasks")),
        ("which room imports which", lambda: quiet([str(APP_PYTHON.parent / "lint-imports"), "--no-cache"], settings)),
        ("knowledge", command(app, "-m", "knowledge", "check")),
        ("training data", lambda: quiet(validation(bot), settings)),
    ]


def validation(bot: str) -> list[str]:
    """Rasa's own check of domain, stories, rules and examples."""
    return [bot, "-m", "bot", "data", "validate", "--domain", "domain.yml", "--data", "data", "--config", "config.yml"]


def quiet(command: Sequence[str], settings: Mapping[str, str]) -> int:
    """Run a talkative check; its words are shown only when it fails."""
    done = run_captured(command, {**settings, "PYTHONWARNINGS": "ignore"})
    if done.returncode != 0:
        complain((done.stdout + done.stderr).strip())
    return done.returncode


def run(settings: Mapping[str, str]) -> int:
    """All checks, also after one has failed; 1 when any did."""
    environments.ensure(environments.APP, environments.BOT)
    parts.knowledge(settings)
    parts.encoder(settings)
    failed = [title for title, check in checks(settings) if not passes(title, check)]
    if failed:
        complain(f"Checks that found something: {', '.join(failed)}.")
        return 1
    say("All checks passed.")
    return 0


def passes(title: str, check: Callable[[], int]) -> bool:
    """Run one check and say how it ended."""
    try:
        with Progress(f"Check: {title}", "found something"):
            if check() != 0:
                raise Problem(title)
    except Problem:
        return False
    return True
