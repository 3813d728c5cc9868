"""Where things are, and the environment variables of the bot with their defaults.

Relative paths start at the project's root, whatever directory a command was started in.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRETS_FILE = ROOT / "var" / "secrets.env"
SQLITE_SCHEME = "sqlite:///"


def resolve(path: str | Path) -> Path:
    """Return the path, relative to the project's root unless it is absolute."""
    return ROOT / path


def encoder_directory() -> Path:
    """Return the directory of the sentence encoder: what `bot.encoder.build` writes."""
    return resolve(os.environ.get("ENCODER_DIR") or "var/encoder")


def knowledge_file() -> Path:
    """Return the compiled knowledge that the bot may know."""
    return resolve(os.environ.get("KNOWLEDGE_FILE") or "var/knowledge.json")


def vectors_file() -> Path:
    """Return the file that remembers the vectors of training texts; it lies in Rasa's cache."""
    return resolve(os.environ.get("RASA_CACHE_DIRECTORY") or "var/cache") / "vectors.npz"


def absolute_database_url(url: str) -> str:
    """Make the file of an SQLite URL absolute; leave every other URL as it is.

    >>> absolute_database_url("postgresql://localhost/bot")
    'postgresql://localhost/bot'
    """
    if not url.startswith(SQLITE_SCHEME):
        return url
    file = url[len(SQLITE_SCHEME) :]
    if file in ("", ":memory:"):
        return url
    return SQLITE_SCHEME + str(resolve(file))


def _read_secrets(file: Path) -> dict[str, str]:
    """Read NAME=value lines; a missing or unreadable file gives nothing."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def set_environment() -> None:
    """Fill in what Rasa's files refer to, so that every Rasa command can read them."""
    for name, value in _read_secrets(SECRETS_FILE).items():
        if name in ("BOT_TOKEN", "ACTION_TOKEN"):
            os.environ.setdefault(name, value)
    app = f"http://{os.environ.get('APP_HOST') or '127.0.0.1'}:{os.environ.get('APP_PORT') or '8000'}"
    defaults = {
        "ACTION_ENDPOINT_URL": f"{app}/internal/actions",
        "ACTION_TOKEN": "",
        "BOT_TOKEN": "",
        "BOT_HOST": "127.0.0.1",
        "BOT_PORT": "5005",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    for name, value in defaults.items():
        if not os.environ.get(name):
            os.environ[name] = value
    url = os.environ.get("TRACKER_DATABASE_URL") or "sqlite:///var/bot.db"
    os.environ["TRACKER_DATABASE_URL"] = absolute_database_url(url)
