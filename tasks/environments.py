"""The locked environments: `.venv/tools` (uv), `.venv/app` and `.venv/bot`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks import interpreters, stamps
from tasks.console import say
from tasks.errors import CommandFailed, Problem
from tasks.paths import ENVIRONMENTS, ROOT
from tasks.processes import run_captured, run_logged

TOOLS = ENVIRONMENTS / "tools"
TOOLS_LOCK = ROOT / "tasks" / "requirements-tools.txt"
STAMP = "locked"


@dataclass(frozen=True)
class Environment:
    """One environment: its name, the Python it runs on and the lock file that says what is in it."""

    name: str
    version: str
    lock: Path

    @property
    def folder(self) -> Path:
        return ENVIRONMENTS / self.name

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def wanted(self) -> str:
        """What the stamp says when nothing has to be done."""
        if not self.lock.exists():
            raise Problem(f"{self.lock.relative_to(ROOT)} is missing: this checkout is not complete.")
        return f"{self.version} {stamps.digest([self.lock])}"

    def current(self) -> bool:
        """Whether it holds exactly what the lock says; the Python behind it may have gone."""
        return stamps.read(STAMP, self.folder) == self.wanted() and self.python.exists()


APP = Environment("app", "3.13", ROOT / "app" / "requirements.txt")
BOT = Environment("bot", "3.11", ROOT / "bot" / "requirements.txt")


@contextlib.contextmanager
def one_at_a_time(name: str = "setup") -> Iterator[None]:
    """Two starts at once wait for each other instead of writing into the same folders."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another task is setting things up: waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure(*environments: Environment) -> None:
    """Bring the environments up to their locks; does nothing, fast, when they are."""
    for environment in environments:
        if environment.current():
            continue
        with one_at_a_time("environments"):
            if not environment.current():
                _install(environment)


def _install(environment: Environment) -> None:
    uv = ensure_tools()
    wanted = environment.wanted()
    stamps.forget(STAMP, environment.folder)
    if not environment.python.exists() or not interpreters.runs(environment.python, environment.version):
        shutil.rmtree(environment.folder, ignore_errors=True)
        python = interpreters.find(environment.version, uv)
        say(f"Python {environment.version} for the {environment.name}: {python}")
        done = run_captured([str(uv), "venv", "--no-project", "--python", str(python), str(environment.folder)])
        if done.returncode != 0:
            raise CommandFailed(
                f"The environment {environment.name} could not be made: {done.stderr.strip()}", done.stderr
            )
    run_logged(
        [
            str(uv), "pip", "sync", "--require-hashes", "--compile-bytecode",
            "--python", str(environment.python), str(environment.lock),
        ],
        label=f"Installing the {environment.name}'s packages",
        log=f"install-{environment.name}.log",
        installing=True,
    )  # fmt: skip
    stamps.write(STAMP, wanted, environment.folder)


def ensure_tools() -> Path:
    """Install uv in the locked version; it is all that pip is used for."""
    uv = TOOLS / "bin" / "uv"
    wanted = stamps.digest([TOOLS_LOCK])
    if stamps.read(STAMP, TOOLS) == wanted and uv.exists():
        return uv
    python = TOOLS / "bin" / "python"
    if not python.exists() or run_captured([str(python), "-m", "pip", "--version"]).returncode != 0:
        shutil.rmtree(TOOLS, ignore_errors=True)
        _make_tools()
    run_logged(
        [str(python), "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", str(TOOLS_LOCK)],
        label="Installing uv",
        log="install-tools.log",
        installing=True,
    )
    stamps.write(STAMP, wanted, TOOLS)
    return uv


def _make_tools() -> None:
    """Debian's Python comes without ensurepip, so any Python on the machine that has it may help."""
    tried = [Path(sys.executable)]
    tried += [found for version in (APP.version, BOT.version, "3.12", "3.10") for found in _found(version)]
    for python in tried:
        if run_captured([str(python), "-I", "-c", "import ensurepip, venv"]).returncode == 0:
            done = run_captured([str(python), "-m", "venv", str(TOOLS)])
            if done.returncode == 0:
                return
            shutil.rmtree(TOOLS, ignore_errors=True)
    raise Problem(
        "No Python on this machine can make an environment, because the part called ensurepip is missing: "
        "install it (on Debian and Ubuntu: sudo apt install python3-venv) and start again."
    )


def _found(version: str) -> Iterator[Path]:
    found = interpreters.first_fitting(interpreters.candidates(version, os.environ), version)
    if found:
        yield found
