"""The widget's own checks: its types and its unit tests, by Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

WIDGET = Path(__file__).resolve().parents[2] / "widget"


@pytest.mark.parametrize(
    ("tool", "arguments"), [("typescript/bin/tsc", ["--noEmit"]), ("vitest/vitest.mjs", ["run", "--reporter=dot"])]
)
def test_the_sources_are_sound(tool: str, arguments: list[str]) -> None:
    node, script = shutil.which("node"), WIDGET / "node_modules" / tool
    if node is None:
        pytest.skip("No node on the PATH: the widget's types and unit tests were not run.")
    if not script.is_file():
        pytest.skip("widget/node_modules is missing: run `npm ci` in widget/.")
    done = subprocess.run([node, str(script), *arguments], cwd=WIDGET, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
