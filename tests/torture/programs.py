"""Programs that are started, killed, stopped in their tracks and starved, and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.paths import ROOT

BUSY = "while True: pass"
PATIENCE = 180.0


class NotReady(Exception):
    """A program did not come up; its last words say why."""


@dataclass
class Program:
    """One program with everything it starts. ``ready``: whether it does its work; asked in a thread.

    ``user``: run as somebody else (only root can). ``before``: what to do before each start.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    ready: Callable[[], bool]
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Everything it said, over all its lives."""
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Starts it and does not wait for it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                cwd=ROOT if self.user is None else "/",
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
            )
        self.starts.append(time.monotonic())

    async def until_ready(self, patience: float = PATIENCE) -> None:
        """Waits until it does its work; one that died is not started again.

        Raises:
            NotReady: it died, or took too long.
        """
        until = time.monotonic() + patience
        while not await asyncio.to_thread(self.ready):
            if self.process is None or self.process.poll() is not None or time.monotonic() > until:
                raise NotReady(f"the {self.name} does not come up: {self.last_words()} ({self.log})")
            await asyncio.sleep(0.1)

    def last_words(self) -> str:
        """The end of what it said."""
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1] if lines else "it said nothing"

    def alive(self) -> bool:
        """Whether it runs or stands still."""
        return self.process is not None and self.process.poll() is None

    def family(self) -> list[int]:
        """It and everything it started that still lives: PostgreSQL's children leave its group."""
        if self.process is None or self.process.poll() is not None:
            return []
        return [self.process.pid, *_below(self.process.pid)]

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to all of it."""
        for pid in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """Ends all of it at once, with no chance to tidy up."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def pause(self) -> None:
        """All of it stands still."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """All of it goes on."""
        self.signal(signal.SIGCONT)

    def nice(self, value: int) -> None:
        """Gives it less of the processors. Only root can give it back."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.setpriority(os.PRIO_PGRP, self.process.pid, value)


def _below(pid: int) -> list[int]:
    """Everything that a process started, and what that started."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    children: dict[int, list[int]] = defaultdict(list)
    for line in listed.splitlines():
        child, parent = line.split()
        children[int(parent)].append(int(child))
    found, look = [], [pid]
    while look:
        new = children[look.pop()]
        found += new
        look += new
    return found


@contextlib.contextmanager
def busy(programs: int) -> Iterator[None]:
    """Programs that do nothing, as fast as they can."""
    running = [
        subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.DEVNULL, start_new_session=True)
        for _ in range(programs)
    ]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


def processors() -> int:
    """How many this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
