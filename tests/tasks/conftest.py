"""A checkout of its own for the tasks, so that nothing of the real one is touched."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import tasks
from tasks import paths

REAL_ROOT = paths.ROOT


def moved(value: object, root: Path) -> object:
    """The same path below another root; everything else as it is."""
    if isinstance(value, Path) and (value == REAL_ROOT or REAL_ROOT in value.parents):
        return root / value.relative_to(REAL_ROOT)
    if isinstance(value, tuple) and any(isinstance(part, Path) for part in value):
        return tuple(moved(part, root) for part in value)
    return value


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every path that the tasks know lies below a folder of this test."""
    for module in pkgutil.iter_modules(tasks.__path__):
        if module.name == "__main__":
            continue
        loaded = importlib.import_module(f"tasks.{module.name}")
        for name, value in list(vars(loaded).items()):
            if name.isupper() and moved(value, tmp_path) is not value:
                monkeypatch.setattr(loaded, name, moved(value, tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def values() -> dict[str, str]:
    """Settings as `settings.load` would give them."""
    return {
        "APP_HOST": "127.0.0.1",
        "APP_PORT": "8000",
        "BOT_HOST": "127.0.0.1",
        "BOT_PORT": "5005",
        "BOT_TOKEN": "token",
        "ENCODER_DIR": "var/encoder",
        "KNOWLEDGE_FILE": "var/knowledge.json",
        "PATH": "/usr/bin:/bin",
    }
