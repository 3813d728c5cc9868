"""The knowledge as its files are now: read again when one of them has changed, without a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from knowledge.library import ROOT, KnowledgeError, Library, load

log = structlog.get_logger(__name__)
LOOK_EVERY = 1.0
# What a person's answer is made from. Drafts, history and visits lie beside these and change nothing for people.
FOLDERS = ("articles", "amounts", "places", "consents", "partners", "steps")

State = frozenset[tuple[str, int, int]]


class Shelf:
    """Gives the current library. Files that cannot be used change nothing: people go on getting what was there before.

    ``root``: the knowledge directory. Safe to use from several threads.

    Raises:
        KnowledgeError: at the start, when the files cannot be used.
    """

    def __init__(self, root: Path = ROOT, clock: Callable[[], float] = time.monotonic) -> None:
        self.root = root
        self._clock = clock
        self._lock = threading.Lock()
        self._state = self._files()
        self._library = load(root)
        self._looked_at = clock()
        self.problems: list[str] = []

    def current(self) -> Library:
        """The library. Looks at the files at most once a second, and never waits for another thread that does."""
        if self._clock() - self._looked_at >= LOOK_EVERY and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._library

    def refresh(self) -> Library:
        """The library with everything that is in the files at this moment."""
        with self._lock:
            self._look()
            return self._library

    def _look(self) -> None:
        self._looked_at = self._clock()
        now = self._files()
        if now == self._state:
            return
        try:
            self._library = load(self.root)
        except KnowledgeError as error:
            self.problems = [str(problem) for problem in error.problems]
            log.error("knowledge_not_usable", problems=len(self.problems), first=self.problems[0])  # noqa: TRY400
        else:
            self.problems = []
            log.info("knowledge_read_again", articles=len(self._library.articles))
        # also after a failure: files that cannot be used are not read again before they change
        self._state = now

    def _files(self) -> State:
        found = []
        for folder in FOLDERS:
            for path in (self.root / folder).rglob("*.yml"):
                try:
                    stat = path.stat()
                except FileNotFoundError:  # just replaced: the next look sees what came instead
                    continue
                found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return frozenset(found)
