"""How long to send nothing at all after Meta refused, when it does not say how long."""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST, LONGEST = 2.0, 600.0


class Brake:
    """Pauses that double while every try is refused, and begin anew after a success."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pauses = 0
        self._until = clock()

    def pull(self) -> tuple[float, bool]:
        """Seconds to wait, and whether a new pause begins by this: what was under way already joins the one before."""
        now = self._clock()
        begins = now >= self._until
        if begins:
            self._until = now + min(LONGEST, FIRST * float(2 ** min(self._pauses, 20)))
            self._pauses += 1
        return max(self._until - now, 0.1), begins

    def free(self) -> None:
        """Something was taken. While a pause lasts that says nothing: it was under way before."""
        if self._clock() >= self._until:
            self._pauses = 0
