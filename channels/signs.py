"""Signs of life in a conversation: somebody types, somebody reads. In memory only, and forgotten after some seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from dossiers.signs import READS

TYPES_SECONDS, READS_SECONDS = 7.0, 14.0  # longer than it takes until a page gives the sign again


class Signs:
    """By conversation. Safe to use from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[str, dict[str, float]] = {}

    def give(self, conversation_id: str, sign: str) -> bool:
        """Holds for some seconds from now. True when it did not hold before."""
        now = self._clock()
        with self._lock:
            self._forget(now)
            here = self._until.setdefault(conversation_id, {})
            is_new = sign not in here
            here[sign] = now + (READS_SECONDS if sign.startswith(READS) else TYPES_SECONDS)
        return is_new

    def take_back(self, conversation_id: str, sign: str) -> bool:
        """Ends at once. True when it held."""
        with self._lock:
            self._forget(self._clock())
            return self._until.get(conversation_id, {}).pop(sign, None) is not None

    def now(self, conversation_id: str) -> frozenset[str]:
        """What holds."""
        with self._lock:
            self._forget(self._clock())
            return frozenset(self._until.get(conversation_id, ()))

    def _forget(self, now: float) -> None:
        for conversation_id, here in list(self._until.items()):
            for sign in [sign for sign, until in here.items() if until <= now]:
                del here[sign]
            if not here:
                del self._until[conversation_id]
