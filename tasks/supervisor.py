"""Keeps processes running: reads their words, restarts what dies, stops everything cleanly."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tasks.console import complain, say
from tasks.errors import Problem, diagnose, is_full_disk
from tasks.paths import LOGS, ROOT, relative
from tasks.processes import last_words, start_group, stop_group

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before each restart; then it is given up
STEADY = 120.0  # seconds of life after which earlier deaths are forgotten


@dataclass
class Service:
    """A process that has to run: how to start it and what it said last."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    show: bool = True
    folder: Path = LOGS
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=60))
    reader: threading.Thread | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start it and begin to read what it says."""
        self.process = start_group(self.command, self.env)
        self.started = time.monotonic()
        self.due = 0.0
        self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self.reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        written: IO[str] | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            written = self.log.open("a", encoding="utf-8")
        except OSError as error:
            self._no_log(error)
        for line in process.stdout:
            words = line.rstrip("\n")
            self.tail.append(words)
            if self.show:
                say(f"{self.name:<4}| {words}")
            if written:
                try:
                    written.write(line)
                    written.flush()
                except OSError as error:
                    self._no_log(error)
                    written = None

    def _no_log(self, error: OSError) -> None:
        why = "the disk is full" if is_full_disk(error) else str(error.strerror)
        complain(f"{relative(self.log)} cannot be written ({why}); the {self.name} goes on without it.")

    def last_words(self) -> str:
        """Why it died, as far as it said so."""
        if self.reader:
            self.reader.join(timeout=1.0)
        said = "\n".join(self.tail)
        return diagnose(said, ROOT) or last_words(said)

    def stop(self) -> None:
        """End it with everything it started."""
        if self.process is not None:
            stop_group(self.process)
        if self.reader:
            self.reader.join(timeout=1.0)


class Supervisor:
    """Starts services, waits until they are well, and watches over them."""

    def __init__(self, services: Sequence[Service], pauses: Sequence[float] = PAUSES, steady: float = STEADY) -> None:
        self.services = list(services)
        self.pauses = pauses
        self.steady = steady

    def start(self) -> None:
        """Start all, with fresh logs; the logs of the last start stay beside them."""
        for service in self.services:
            service.folder.mkdir(parents=True, exist_ok=True)
            if service.log.exists():
                service.log.replace(service.log.with_suffix(".previous.log"))
            service.start()

    def wait_until(self, ready: Callable[[], str], patience: float, every: float = 0.2) -> None:
        """Wait until `ready` returns an empty text; what it returns meanwhile says what is missing."""
        until = time.monotonic() + patience
        while True:
            missing = ready()
            if not missing:
                return
            for service in self.services:
                if service.process is not None and service.process.poll() is not None:
                    raise Problem(f"The {service.name} stopped while it started: {_end(service)}")
            if time.monotonic() > until:
                raise Problem(f"After {patience:.0f} seconds {missing}; the logs are in {relative(LOGS)}.")
            time.sleep(every)

    def watch(self, every: float = 0.5) -> None:
        """Restart what dies; returns only by an exception: an interruption, or a process that keeps dying."""
        while True:
            for service in self.services:
                self._look_after(service)
            time.sleep(every)

    def _look_after(self, service: Service) -> None:
        now = time.monotonic()
        if service.due:
            if now >= service.due:
                service.start()
            return
        if service.process is None or service.process.poll() is None:
            return
        stop_group(service.process, patience=2.0)  # what it started may still hold its port
        if now - service.started > self.steady:
            service.deaths = 0
        if service.deaths >= len(self.pauses):
            raise Problem(f"The {service.name} stopped {service.deaths + 1} times in a row: {_end(service)}")
        pause = self.pauses[service.deaths]
        service.deaths += 1
        service.due = now + pause
        complain(f"The {service.name} {_how(service.process.returncode)}; it is started again in {pause:g} s.")

    def stop(self) -> None:
        """Stop all at once: the app lets go of its visitors while the bot ends."""
        enders = [threading.Thread(target=service.stop) for service in self.services]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()


def _how(code: int) -> str:
    if code >= 0:
        return f"stopped by itself (exit code {code})"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _end(service: Service) -> str:
    return f"{service.last_words()} (all of it: {relative(service.log)})."
