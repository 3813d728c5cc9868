"""The widget's types, by Node. Its unit tests are a run of their own in `make test`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

WIDGET = Path(__file__).resolve().parents[2] / "widget"


def test_the_sources_are_sound() -> None:
    node, script = shutil.which("node"), WIDGET / "node_modules" / "typescript" / "bin" / "tsc"
    if node is None:
        pytest.skip("No node on the PATH: the widget's types were not checked.")
    if not script.is_file():
        pytest.skip("widget/node_modules is missing: run `npm ci` in widget/.")
    done = subprocess.run([node, str(script), "--noEmit"], cwd=WIDGET, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
