"""`make clean`: remove what can be made again; what people wrote and the secrets stay."""

from __future__ import annotations

import shutil
from pathlib import Path

from tasks.console import say
from tasks.parts import WIDGET_BUILDS
from tasks.paths import ENVIRONMENTS, ROOT, VAR, WIDGET, relative

MADE = (
    ENVIRONMENTS,
    *(VAR / name for name in ("cache", "encoder", "logs", "models", "stamps", "test-results", "training")),
    VAR / "knowledge.json",
    WIDGET / "node_modules",
    *WIDGET_BUILDS,
    *(ROOT / name for name in (".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".rasa")),
)


def remove(path: Path) -> bool:
    """Remove a file or a folder; whether there was one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
        return True
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed


def run() -> int:
    """Remove all of it and say what stays."""
    removed = [relative(path) for path in MADE if remove(path)]
    say(f"Removed: {', '.join(removed) or 'nothing'}.")
    say("Kept: the databases and var/secrets.env.")
    return 0
