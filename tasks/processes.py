"""Running commands: long ones show progress and keep what they said in a log."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tasks.console import Progress
from tasks.errors import CommandFailed, Problem, diagnose
from tasks.paths import LOGS, ROOT, relative

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
TAIL = 400  # lines of output that are kept for the diagnosis


def stop_group(process: subprocess.Popen[str], patience: float = 10.0) -> None:
    """End a process and everything it started: first politely, then not."""
    for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=wait)
        until = time.monotonic() + min(wait, 2.0)
        while group_alive(process.pid) and time.monotonic() < until:
            time.sleep(0.02)  # what it started may need a moment more
        if not group_alive(process.pid):
            return


def group_alive(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def start_group(command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start a command in a process group of its own, its words on one pipe."""
    try:
        return subprocess.Popen(
            list(command),
            cwd=cwd or ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            bufsize=1,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        missing = Path(error.filename or command[0])
        raise Problem(f"{relative(missing)} is missing: `make clean` and `make run` build everything anew.") from error


def _lines(process: subprocess.Popen[str]) -> Iterator[str | None]:
    """Lines as they come; None about twice a second so that the caller can show it is alive."""
    heard: queue.Queue[str | None] = queue.Queue()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            heard.put(line.rstrip("\n"))
        heard.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            line = heard.get(timeout=0.5)
        except queue.Empty:
            if process.poll() is not None and heard.empty():
                return
            yield None
            continue
        if line is None:
            return
        yield line


def run_logged(
    command: Sequence[str],
    *,
    label: str,
    log: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    installing: bool = False,
) -> str:
    """Run a long command; raise CommandFailed with a sentence, and what it said, when it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    file = LOGS / log
    tail: list[str] = []
    with Progress(label) as progress, file.open("w", encoding="utf-8") as written:
        process = start_group(command, env if env is not None else os.environ, cwd)
        try:
            for line in _lines(process):
                if line is not None:
                    written.write(line + "\n")
                    tail = [*tail, line][-TAIL:]
                progress.tick(line.strip() if line else None)
            code = process.wait()
        except BaseException:
            stop_group(process)
            raise
        if code != 0:
            said = "\n".join(tail)
            sentence = (
                diagnose(said, ROOT, installing)
                or f"{label} did not work: {last_words(said)} (all of it: {relative(file)})."
            )
            raise CommandFailed(sentence, said, code)
    return "\n".join(tail)


def last_words(output: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in _COLOURS.sub("", output).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it said nothing"


def run_captured(
    command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a short command and hand back what it said."""
    return subprocess.run(
        list(command),
        cwd=cwd or ROOT,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def run_shown(command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> int:
    """Run a command on the person's own terminal and hand back its exit code."""
    process = subprocess.Popen(list(command), cwd=cwd or ROOT, env=None if env is None else dict(env))
    try:
        return process.wait()
    except KeyboardInterrupt:
        end_gently(process)
        raise


def end_gently(process: subprocess.Popen[bytes], patience: float = 5.0) -> None:
    """Let a command tidy up: Ctrl-C has reached it already, a signal to us alone has not."""
    for number in (None, signal.SIGINT, signal.SIGKILL):
        if number is not None:
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
            return
