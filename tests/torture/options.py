"""What a run is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WEB, TELEGRAM, WHATSAPP = "web", "telegram", "whatsapp"
CHANNELS = (WEB, TELEGRAM, WHATSAPP)
RASA, STUB = "rasa", "stub"


@dataclass(frozen=True, slots=True)
class Options:
    """One run. ``minutes``: after which nothing new is sent; ``patience``: seconds until what was sent must be at rest;
    ``people``: on each channel; ``folder``: where logs and databases go."""

    folder: Path
    seed: int
    messages: int = 10_000
    minutes: float = 10.0
    apps: int = 2
    sqlite: bool = False
    bot: str = RASA
    people: int = 50
    channels: tuple[str, ...] = CHANNELS
    quick: bool = False
    peace: bool = False
    patience: float = 240.0

    @property
    def seconds(self) -> float:
        """How long people write."""
        return self.minutes * 60


def quick(folder: Path, seed: int, messages: int = 150) -> Options:
    """A run of less than a minute, to see that this program itself works: a stub bot, SQLite, one app."""
    return Options(folder, seed, messages, 0.42, apps=1, sqlite=True, bot=STUB, people=5, quick=True, patience=30)
