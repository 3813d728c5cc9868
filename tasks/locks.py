"""`make lock`: compile the lock files anew from what the `.in` files ask for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tasks import environments, interpreters
from tasks.processes import run_logged


def command(uv: Path, python: Path, name: str, version: str, more: Sequence[str]) -> list[str]:
    """How one lock is compiled: hashed, and without the settings of the machine it is compiled on."""
    return [
        str(uv), "pip", "compile", f"{name}/requirements.in", "--no-config", "--generate-hashes", "--no-emit-index-url",
        "--custom-compile-command", "make lock", "--python", str(python), "--python-version", version,
        "--output-file", f"{name}/requirements.txt", *more,
    ]  # fmt: skip


def run(upgrade: bool) -> int:
    """Both locks; `upgrade` takes the newest releases that fit."""
    uv = environments.ensure_tools()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    more = ["--upgrade"] if upgrade else []
    for environment, extra in (
        (environments.APP, ["--universal"]),
        (environments.BOT, ["--override", "bot/overrides.txt", "--no-annotate", "--no-header"]),
    ):
        python = interpreters.find(environment.version, uv)
        run_logged(
            command(uv, python, environment.name, environment.version, [*extra, *more]),
            label=f"Locking the {environment.name}'s packages",
            log=f"lock-{environment.name}.log",
            env=clean,
            installing=True,
        )
    return 0
