"""What a run is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WEB, TELEGRAM, WHATSAPP = "web", "telegram", "whatsapp"
CHANNELS = (WEB, TELEGRAM, WHATSAPP)
RASA, STUB = "rasa", "stub"


@dataclass(frozen=True, slots=True)
class Options:
    """One run.

    ``minutes``: after which nothing new is sent, however many messages are left; ``patience``: seconds until what was
    sent must be at rest; ``people``: on each channel; ``folder``: where logs and databases go.
    """

    folder: Path
    seed: int
    messages: int = 10_000
    minutes: float = 20.0
    apps: int = 2
    sqlite: bool = False
    bot: str = RASA
    people: int = 50
    channels: tuple[str, ...] = CHANNELS
    quick: bool = False
    peace: bool = False
    patience: float = 300.0

    @property
    def seconds(self) -> float:
        """How long people write."""
        return self.minutes * 60


def quick(folder: Path, seed: int, messages: int = 150) -> Options:
    """A run of less than a minute, to see that this program itself works: a stub bot, SQLite, one app."""
    return Options(folder, seed, messages, 0.34, apps=1, sqlite=True, bot=STUB, people=5, quick=True, patience=60)
