"""Finding a real Python of a given version: not a shim, not one of our own environments."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tasks.errors import Problem
from tasks.paths import ENVIRONMENTS
from tasks.processes import run_logged

# It must be CPython with the modules that everything here needs; a home-built one sometimes lacks them.
_PROBE = (
    "import ssl, sqlite3, sys; "
    "print(sys.implementation.name, '%d.%d' % sys.version_info[:2], sys.prefix == sys.base_prefix)"
)


def is_shim(path: Path) -> bool:
    """Whether this is a small script that looks for a Python, such as pyenv's or asdf's."""
    if path.parent.name == "shims":
        return True
    try:
        with path.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


def folders(version: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Folders in which a Python may lie, the person's own choice of PATH first."""
    home = Path(environ.get("HOME") or Path.home())
    yield from (Path(entry) for entry in environ.get("PATH", "").split(os.pathsep) if entry)
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    patterns = [
        (pyenv / "versions", f"{version}*/bin"),
        (Path(environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python"), f"*{version}*/bin"),
        (home / ".asdf/installs/python", f"{version}*/bin"),
        (Path("/opt"), "*/bin"),
        (Path("/opt/python"), "*/bin"),
    ]
    yield from (Path("/usr/local/bin"), Path("/usr/bin"), home / ".local/bin", Path("/opt/homebrew/bin"))
    for parent, pattern in patterns:
        if parent.is_dir():
            yield from sorted(parent.glob(pattern), key=_newest_first)


def _newest_first(folder: Path) -> tuple[int, ...]:
    digits = "".join(letter if letter.isdigit() else " " for letter in folder.parent.name).split()
    return tuple(-int(number) for number in digits)


def candidates(version: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Programs that may be this Python, each once."""
    seen: set[Path] = set()
    for folder in folders(version, environ):
        for name in (f"python{version}", "python3"):
            path = folder / name
            if path in seen or not os.access(path, os.X_OK) or ENVIRONMENTS in path.parents or is_shim(path):
                continue
            seen.add(path)
            yield path


def _answer(path: Path) -> list[str]:
    """Ask the program itself what it is."""
    try:
        done = subprocess.run([str(path), "-I", "-c", _PROBE], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split() if done.returncode == 0 else []


def fits(path: Path, version: str) -> bool:
    """Whether an environment can be made from it."""
    return _answer(path) == ["cpython", version, "True"]


def runs(path: Path, version: str) -> bool:
    """Whether the Python of an environment still works and is of this version."""
    return _answer(path)[:2] == ["cpython", version]


def search(version: str, environ: Mapping[str, str] | None = None) -> Path | None:
    """The first that fits, or None."""
    known = os.environ if environ is None else environ
    named = known.get("PYTHON_" + version.replace(".", "_"))
    if named:
        if fits(Path(named), version):
            return Path(named)
        raise Problem(f"PYTHON_{version.replace('.', '_')} names {named}, which is no usable Python {version}.")
    return first_fitting(candidates(version, known), version)


def first_fitting(paths: Iterable[Path], version: str) -> Path | None:
    """Try one after the other."""
    return next((path for path in paths if fits(path, version)), None)


def find(version: str, uv: Path) -> Path:
    """A Python of this version; as a last resort one that uv fetches."""
    found = search(version)
    if found:
        return found
    try:
        run_logged(
            [str(uv), "python", "install", "--no-config", version],
            label=f"Python {version} is not on this machine: fetching it",
            log=f"python-{version}.log",
        )
    except Problem as error:
        raise Problem(
            f"Python {version} was not found and could not be fetched: install it (for example with pyenv or from your "
            f"system's packages), or name it with PYTHON_{version.replace('.', '_')}=/path/to/python{version}, and "
            "start again."
        ) from error
    found = search(version)
    if not found:
        raise Problem(
            f"Python {version} was fetched but cannot be found: name it with PYTHON_{version.replace('.', '_')}."
        )
    return found
