"""What the tests need from the system: Chromium, PostgreSQL, Redis. Installed from Debian when we may."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.console import complain
from tasks.errors import Problem
from tasks.paths import ROOT
from tasks.processes import run_captured, run_logged


@dataclass(frozen=True)
class Tool:
    """Something from the system: the pytest marker of the tests that need it, its program and Debian's package."""

    marker: str
    title: str
    programs: tuple[str, ...]
    package: str

    def path(self) -> Path | None:
        """Where its program is, if it is there."""
        for program in self.programs:
            found = shutil.which(program)
            if found:
                return Path(found)
        if self.marker == "postgres":
            return postgres_program("initdb")
        return None


def postgres_program(name: str) -> Path | None:
    """Debian keeps PostgreSQL's server programs off the PATH; the newest version wins."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    found = next((folder / name for folder in folders if (folder / name).exists()), None)
    on_path = shutil.which(name)
    return found or (Path(on_path) if on_path else None)


TOOLS = (
    Tool("browser", "Chromium", ("chromium", "chromium-browser", "google-chrome"), "chromium"),
    Tool("postgres", "PostgreSQL", ("initdb",), "postgresql"),
    Tool("redis", "Redis", ("redis-server",), "redis-server"),
)


def _may_install() -> list[str] | None:
    """How to call apt-get here, or None when we may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if shutil.which("sudo") and run_captured(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return None


def ensure(tools: Sequence[Tool] = TOOLS) -> list[Tool]:
    """Install what is missing if that is allowed; hand back what is still missing."""
    lacking = [tool for tool in tools if tool.path() is None]
    apt = _may_install() if lacking else None
    if apt:
        packages = [tool.package for tool in lacking]
        try:
            run_logged([*apt, "update", "-q"], label="Asking for Debian's list of packages", log="apt-update.log")
            run_logged(
                [*apt, "install", "-q", "-y", "--no-install-recommends", *packages],
                label=f"Installing {', '.join(packages)} for the tests",
                log="apt-install.log",
                cwd=ROOT,
            )
        except Problem as problem:
            complain(str(problem))
    return [tool for tool in lacking if tool.path() is None]
