"""Skipping work: a stamp records what a thing was made from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from tasks.paths import STAMPS

_SKIPPED = {"node_modules", "__pycache__", ".git", "dist", "test-results", ".pytest_cache", ".mypy_cache"}


def files_under(path: Path, suffixes: tuple[str, ...] | None = None) -> list[Path]:
    """The files of a folder (or the file itself) in a fixed order, without what tools leave behind."""
    if path.is_file():
        return [path]
    found: list[Path] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        found += [Path(folder) / name for name in sorted(names) if suffixes is None or name.endswith(suffixes)]
    return found


def digest(paths: Iterable[Path], *extra: str, suffixes: tuple[str, ...] | None = None) -> str:
    """One hash of names and contents; `extra` are further words that matter."""
    total = hashlib.sha256()
    for path in paths:
        for file in files_under(path, suffixes):
            total.update(str(file.relative_to(path.parent)).encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest())
    for word in extra:
        total.update(b"\0" + word.encode())
    return total.hexdigest()


def read(name: str, folder: Path | None = None) -> str:
    """What was recorded last, or nothing."""
    try:
        return ((folder or STAMPS) / name).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def write(name: str, value: str, folder: Path | None = None) -> None:
    """Record in one go: a stamp is whole or absent."""
    target = (folder or STAMPS) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{name}.new")
    fresh.write_text(value + "\n", encoding="utf-8")
    fresh.replace(target)


def forget(name: str, folder: Path | None = None) -> None:
    """Before the work starts, so that an interrupted run is noticed."""
    ((folder or STAMPS) / name).unlink(missing_ok=True)
