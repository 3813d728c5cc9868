"""What the tasks say on the terminal."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from types import TracebackType

_LOCK = threading.Lock()


def say(text: str = "") -> None:
    """Print one line at once."""
    with _LOCK:
        print(text, flush=True)


def complain(text: str) -> None:
    """Print one line to standard error."""
    with _LOCK:
        print(text, file=sys.stderr, flush=True)


class Progress:
    """One step: a moving line on a terminal, a line at the start and one at the end elsewhere."""

    def __init__(self, label: str, failure: str = "did not work") -> None:
        self.label = label
        self.failure = failure
        self.detail = ""
        self.moving = sys.stdout.isatty()
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def __enter__(self) -> Progress:
        self.started = time.monotonic()
        if self.moving:
            self.tick()
        else:
            say(f"{self.label} ...")
        return self

    def tick(self, detail: str | None = None) -> None:
        """Show that it is alive; `detail` is what it does now."""
        if detail is not None:
            self.detail = detail
        if self.moving:
            width = max(shutil.get_terminal_size().columns - 1, 20)
            line = f"{self.label} ... {self.seconds:.0f} s  {self.detail}"[:width]
            with _LOCK:
                print(f"\r\033[K{line}", end="", flush=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        start = "\r\033[K" if self.moving else ""
        result = f"done in {self.seconds:.1f} s" if kind is None else self.failure
        say(f"{start}{self.label}: {result}")
