"""What can go wrong with accounts."""

from __future__ import annotations


class AccountError(Exception):
    """Something about an account that cannot be done; the text says why in one sentence."""


class ThrottledError(Exception):
    """Guessed too often. ``minutes``: how long to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"wait {minutes} min")
        self.minutes = minutes


class StepOver(Exception):
    """The log-in that was begun is over, or was begun in another browser: it starts again."""
