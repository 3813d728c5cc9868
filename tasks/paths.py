"""Where things are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LOGS = VAR / "logs"
STAMPS = VAR / "stamps"
MODELS = VAR / "models"
ENCODER = VAR / "encoder"
SECRETS = VAR / "secrets.env"
ENVIRONMENTS = ROOT / ".venv"
APP_PYTHON = ENVIRONMENTS / "app" / "bin" / "python"
BOT_PYTHON = ENVIRONMENTS / "bot" / "bin" / "python"
WIDGET = ROOT / "widget"


def relative(path: Path) -> str:
    """A path as a person would type it from the checkout."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
