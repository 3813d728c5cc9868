"""The whole start in a checkout of its own: real processes, with small stand-ins for bot and app."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks import health, ports, stamps

ROOT = Path(__file__).resolve().parents[2]
SERVER = """
import http.server, json, os, sys
bot = sys.argv[1] == "bot"
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if bot and "token=" + os.environ["BOT_TOKEN"] not in self.path:
            return self.send_error(401)
        if self.path.startswith("/die"):
            os._exit(3)
        answer = {"model_file": "m", "model_id": "m"} if bot else {"status": "ok", "bot": "ok"}
        self.send_response(200); self.end_headers(); self.wfile.write(json.dumps(answer).encode())
    def log_message(self, *words): pass
print("pid", os.getpid(), flush=True)
port = int(os.environ["BOT_PORT" if bot else "APP_PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
STAND_IN = """#!/bin/sh
case "$*" in
  *"bot run"*) exec {python} server.py bot ;;
  *uvicorn*) exec {python} server.py app ;;
  *seed-demo*) echo "agent: an password: pa55" ;;
  *train*) while [ $# -gt 0 ]; do [ "$1" = --out ] && out="$2"; shift; done; echo model > $out/assistant.tar.gz ;;
  *compile*) echo "{{}}" > "$4" ;;
  *encoder*) mkdir -p var/encoder; echo weights > var/encoder/model.onnx ;;
esac
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout with both environments in place."""
    shutil.copytree(ROOT / "tasks", tmp_path / "tasks", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "server.py").write_text(SERVER)
    for name, version in (("app", "3.13"), ("bot", "3.11")):
        (tmp_path / name).mkdir()
        lock = tmp_path / name / "requirements.txt"
        lock.write_text("")
        python = tmp_path / ".venv" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(STAND_IN.format(python=sys.executable))
        python.chmod(0o755)
        stamps.write("locked", f"{version} {stamps.digest([lock])}", tmp_path / ".venv" / name)
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "var" / "models").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def started(copy: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """`make run`, as far as the address is printed."""
    port = str(ports.free_port())
    env = {**os.environ, "BOT_PORT": str(ports.free_port())}
    process = subprocess.Popen(
        [sys.executable, "-m", "tasks", "run", "--port", port],
        cwd=copy, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    yield process, {"app": port, "bot": env["BOT_PORT"]}
    if process.poll() is None:
        process.kill()
        process.wait()


def read_until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if words in line:
            return lines
    raise AssertionError("\n".join(lines))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_everything_starts_says_where_it_is_and_stops_cleanly(started, copy: Path, number: signal.Signals):
    process, chosen = started
    said = read_until(process, "Stop with Ctrl-C")
    text = "\n".join(said)
    assert f"http://127.0.0.1:{chosen['app']}/" in text
    assert "agent: an password: pa55" in text
    assert all(
        f"{name}: done" in text for name in ("Compiling the knowledge", "Building the encoder", "Training the model")
    )
    assert ports.is_taken("127.0.0.1", int(chosen["app"]))
    process.send_signal(number)
    rest, _ = process.communicate(timeout=60)
    assert rest.splitlines()[-1] == "Stopped."
    assert process.returncode == 0
    assert not any(ports.is_taken("127.0.0.1", int(port)) for port in chosen.values())
    assert (copy / "var" / "logs" / "bot.log").read_text().startswith("pid ")


def test_one_that_dies_is_started_again(started):
    process, chosen = started
    read_until(process, "Stop with Ctrl-C")
    assert health.get_json(f"http://127.0.0.1:{chosen['app']}/die") is None
    said = read_until(process, "app | pid")
    assert any("The app stopped by itself (exit code 3); it is started again in 1 s." in line for line in said)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def test_a_second_start_says_that_one_runs_already_and_leaves_it_alone(started, copy: Path):
    process, chosen = started
    read_until(process, "Stop with Ctrl-C")
    second = subprocess.run(
        [sys.executable, "-m", "tasks", "run", "--port", chosen["app"]],
        cwd=copy, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr.startswith(f"The assistant already runs at http://127.0.0.1:{chosen['app']}")
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def test_what_is_current_is_not_made_again(started, copy: Path):
    process, _ = started
    read_until(process, "Stop with Ctrl-C")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    began = time.monotonic()
    again = subprocess.run(
        [sys.executable, "-m", "tasks", "setup"], cwd=copy, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0
    assert again.stdout == ""
    assert time.monotonic() - began < 5
