import os
import sys
import threading
import time
from pathlib import Path

import pytest

from tasks.errors import Problem
from tasks.supervisor import Service, Supervisor

FOREVER = "import time; print('here', flush=True); time.sleep(60)"


def service(folder: Path, text: str, name: str = "bot") -> Service:
    return Service(name, [sys.executable, "-c", text], dict(os.environ), True, folder)


def wait_for(condition, seconds: float = 10.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_words_go_to_the_terminal_with_a_name_and_to_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    running = service(tmp_path, FOREVER)
    supervisor = Supervisor([running])
    supervisor.start()
    try:
        wait_for(lambda: "here" in running.tail)
    finally:
        supervisor.stop()
    assert "bot | here" in capsys.readouterr().out
    assert running.log.read_text() == "here\n"
    assert running.process is not None
    assert running.process.poll() is not None


def test_the_log_of_the_last_start_is_kept(tmp_path: Path):
    (tmp_path / "bot.log").write_text("old\n")
    supervisor = Supervisor([service(tmp_path, FOREVER)])
    supervisor.start()
    supervisor.stop()
    assert (tmp_path / "bot.previous.log").read_text() == "old\n"


def test_one_that_dies_while_starting_says_why(tmp_path: Path):
    supervisor = Supervisor([service(tmp_path, "raise SystemExit('no model found')")])
    supervisor.start()
    try:
        with pytest.raises(Problem, match="The bot stopped while it started: no model found"):
            supervisor.wait_until(lambda: "the bot does not answer yet", patience=10)
    finally:
        supervisor.stop()


def test_waiting_ends(tmp_path: Path):
    supervisor = Supervisor([service(tmp_path, FOREVER)])
    supervisor.start()
    try:
        with pytest.raises(Problem, match="After 0 seconds the bot does not answer yet; the logs are in"):
            supervisor.wait_until(lambda: "the bot does not answer yet", patience=0.1)
        supervisor.wait_until(lambda: "", patience=0.1)
    finally:
        supervisor.stop()


def test_one_that_keeps_dying_is_started_again_and_then_given_up(tmp_path: Path):
    marks = tmp_path / "marks"
    text = f"import pathlib; p = pathlib.Path({str(marks)!r}); p.open('a').write('x'); raise SystemExit('broken')"
    supervisor = Supervisor([service(tmp_path, text)], pauses=(0.01, 0.01))
    supervisor.start()
    with pytest.raises(Problem, match="The bot stopped 3 times in a row: broken"):
        supervisor.watch(every=0.01)
    supervisor.stop()
    assert marks.read_text() == "xxx"


def test_one_that_dies_once_runs_again(tmp_path: Path):
    running = service(tmp_path, FOREVER)
    supervisor = Supervisor([running], pauses=(0.01,))
    supervisor.start()
    assert running.process is not None
    first = running.process.pid

    def look() -> None:
        wait_for(lambda: running.tail)
        os.kill(first, 9)
        wait_for(lambda: running.process is not None and running.process.pid != first)

    killer = threading.Thread(target=look)
    killer.start()
    until = time.monotonic() + 10
    while killer.is_alive() and time.monotonic() < until:
        supervisor._look_after(running)
        time.sleep(0.01)
    killer.join()
    try:
        assert running.process.poll() is None
        assert running.deaths == 1
    finally:
        supervisor.stop()


def test_early_deaths_are_forgotten_after_a_steady_time(tmp_path: Path):
    running = service(tmp_path, "raise SystemExit(1)")
    supervisor = Supervisor([running], pauses=(0.01, 0.01), steady=0.0)
    running.start()
    running.deaths = 2
    assert running.process is not None
    running.process.wait()
    supervisor._look_after(running)
    assert running.deaths == 1
    supervisor.stop()
