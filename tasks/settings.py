"""Settings for both processes: the environment first, then `.env`, then made secrets, then defaults."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from tasks.errors import Problem
from tasks.paths import ROOT, SECRETS

DEFAULTS = {
    "APP_HOST": "127.0.0.1",
    "APP_PORT": "8000",
    "BOT_HOST": "127.0.0.1",
    "BOT_PORT": "5005",
    "DATABASE_URL": "sqlite:///var/app.db",
    "TRACKER_DATABASE_URL": "sqlite:///var/bot.db",
    "ENCODER_DIR": "var/encoder",
    "KNOWLEDGE_FILE": "var/knowledge.json",
}
ALWAYS = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
}
SECRET_NAMES = ("BOT_TOKEN", "ACTION_TOKEN", "SECRET_KEY")
_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")


def parse(text: str) -> dict[str, str]:
    """Read lines of NAME=value; quotes and comments as in a shell, nothing is expanded."""
    values = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match and not line.lstrip().startswith("#"):
            name, value = match.groups()
            if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
                value = value[1 : value.find(value[0], 1)]
            else:
                value = re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()
            values[name] = value
    return values


def read_file(path: Path) -> dict[str, str]:
    """The values of a file, or none when it is not there."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def ensure_secrets(known: Mapping[str, str], path: Path = SECRETS) -> dict[str, str]:
    """The made secrets; those that are set nowhere are made now and kept in a file only the owner can read."""
    kept = read_file(path)
    missing = [name for name in SECRET_NAMES if not known.get(name) and not kept.get(name)]
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept.update({name: secrets.token_urlsafe(32) for name in missing})
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(
                "# Made by the first start. Keep it secret; delete it to get new ones (everybody is logged out then).\n"
            )
            file.writelines(f"{name}={value}\n" for name, value in kept.items())
        fresh.replace(path)
    elif path.exists() and path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return kept


def load(
    overrides: Mapping[str, str | None] | None = None,
    environ: Mapping[str, str] | None = None,
    root: Path = ROOT,
) -> dict[str, str]:
    """The whole environment that bot and app are started with."""
    shell = dict(os.environ if environ is None else environ)
    shell.pop("PYTHONPATH", None)
    shell.pop("VIRTUAL_ENV", None)
    given = {**read_file(root / ".env"), **{name: value for name, value in shell.items() if value}}
    made = ensure_secrets(given, root / "var" / "secrets.env")
    values = {**shell, **DEFAULTS, **{name: value for name, value in made.items() if value}}
    values.update({name: value for name, value in given.items() if value})
    values.update({name: value for name, value in (overrides or {}).items() if value})
    values.update(ALWAYS)
    check_ports(values)
    if not (overrides or {}).get("ACTION_ENDPOINT_URL") and not given.get("ACTION_ENDPOINT_URL"):
        values["ACTION_ENDPOINT_URL"] = f"{address(values['APP_HOST'], values['APP_PORT'])}/internal/actions"
    return values


def check_ports(values: Mapping[str, str]) -> None:
    """Ports are numbers and two different ones."""
    for name in ("APP_PORT", "BOT_PORT"):
        if not values[name].isdigit() or not 0 < int(values[name]) < 65536:
            raise Problem(f"{name} is {values[name]!r}, but a port is a number from 1 to 65535.")
    if values["APP_PORT"] == values["BOT_PORT"]:
        raise Problem(f"APP_PORT and BOT_PORT are both {values['APP_PORT']}: give them different numbers.")


def address(host: str, port: str) -> str:
    """How to reach a server that listens there from this machine."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
    if ":" in reachable and not reachable.startswith("["):
        reachable = f"[{reachable}]"
    return f"http://{reachable}:{port}"
