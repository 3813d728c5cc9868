import os
import sys
from pathlib import Path

import pytest

from tasks import interpreters
from tasks.errors import Problem

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
REAL = Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def link(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.symlink_to(REAL)
    return path


def test_a_shim_is_a_script_or_lies_among_shims(tmp_path: Path):
    assert interpreters.is_shim(program(tmp_path / "bin", "python3", "#!/bin/sh\nexec pyenv exec\n"))
    assert interpreters.is_shim(link(tmp_path / "shims", "python3"))
    assert not interpreters.is_shim(REAL)


def test_a_shim_is_passed_over_for_the_real_one(tmp_path: Path):
    program(tmp_path / "shims", f"python{HERE}", "#!/bin/sh\nexit 1\n")
    real = link(tmp_path / "bin", f"python{HERE}")
    path = os.pathsep.join([str(tmp_path / "shims"), str(tmp_path / "bin")])
    assert interpreters.search(HERE, {"PATH": path, "HOME": str(tmp_path)}) == real


def test_pyenv_is_searched_without_being_on_the_path_and_the_newest_patch_first(tmp_path: Path):
    for patch in ("9.9.2", "9.9.10"):
        program(tmp_path / ".pyenv" / "versions" / patch / "bin", "python9.9", "binary")
    found = list(interpreters.candidates("9.9", {"PATH": "", "HOME": str(tmp_path)}))
    assert [path.parent.parent.name for path in found if path.name == "python9.9"] == ["9.9.10", "9.9.2"]


def test_a_named_interpreter_wins(tmp_path: Path):
    named = link(tmp_path, "my-python")
    key = "PYTHON_" + HERE.replace(".", "_")
    assert interpreters.search(HERE, {"PATH": "", "HOME": str(tmp_path), key: str(named)}) == named


def test_a_named_interpreter_that_does_not_fit_is_said(tmp_path: Path):
    with pytest.raises(Problem, match=r"PYTHON_3_1 names .*, which is no usable Python 3\.1\."):
        interpreters.search("3.1", {"PATH": "", "HOME": str(tmp_path), "PYTHON_3_1": str(REAL)})


def test_another_version_or_a_broken_program_does_not_fit(tmp_path: Path):
    assert interpreters.fits(REAL, HERE)
    assert not interpreters.fits(REAL, "3.1")
    assert not interpreters.fits(program(tmp_path, "python", "not a program"), HERE)


def test_an_environment_is_no_base_for_another():
    if sys.prefix != sys.base_prefix:
        assert not interpreters.fits(Path(sys.executable), HERE)
        assert interpreters.runs(Path(sys.executable), HERE)


def test_a_missing_interpreter_is_one_sentence(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    uv = program(checkout, "uv", "#!/bin/sh\necho 'error: could not connect' >&2\nexit 2\n")
    monkeypatch.setattr(interpreters, "search", lambda version: None)
    with pytest.raises(Problem) as raised:
        interpreters.find("3.13", uv)
    assert str(raised.value).startswith("Python 3.13 was not found and could not be fetched: install it")
    assert "PYTHON_3_13=/path/to/python3.13" in str(raised.value)
