"""Who is answered first. One pure rule decides the order of everybody who waits, and says why.

1. Somebody who may lose their home or is in danger.
2. Who left a message while we were closed: they are first when we open.
3. Who has a legal day soon, or missed one not long ago: the earliest day first.
4. Everybody else.

Within each, the earlier legal day comes first, then who waits longest. A legal day far ahead presses nobody yet: it
would keep others waiting who cannot wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

PRESSES = dt.timedelta(days=30)  # so far ahead a legal day presses
STILL_PRESSES = dt.timedelta(days=30)  # and so long after it has passed


class Why(IntEnum):
    """What gives somebody their place, the most urgent first."""

    RISK = 0
    MESSAGE = 1
    DEADLINE = 2
    WAIT = 3


@dataclass(frozen=True, slots=True)
class Case:
    """What the order depends on. ``since``: when they began to wait; ``left_closed``: they left a message outside of
    the hours; ``deadlines``: open legal days, in any order."""

    id: str
    since: dt.datetime
    risk: bool = False
    left_closed: bool = False
    deadlines: tuple[dt.date, ...] = ()

    def presses(self, today: dt.date) -> dt.date | None:
        """The earliest legal day that presses on a day: not far ahead, and not long gone."""
        near = [day for day in self.deadlines if today - STILL_PRESSES <= day <= today + PRESSES]
        return min(near, default=None)

    def why(self, today: dt.date) -> Why:
        """What gives them their place on a day."""
        if self.risk:
            return Why.RISK
        if self.left_closed:
            return Why.MESSAGE
        return Why.WAIT if self.presses(today) is None else Why.DEADLINE


def place(case: Case, today: dt.date) -> tuple[int, dt.date, dt.datetime, str]:
    """Where somebody stands: smaller comes first. No two cases have the same place, so the order is always one."""
    return case.why(today), case.presses(today) or dt.date.max, case.since, case.id


def in_order(cases: Iterable[Case], today: dt.date) -> list[Case]:
    """Everybody who waits, whoever is to be answered first at the front."""
    return sorted(cases, key=lambda case: place(case, today))
