"""Asking the two processes how they are."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from tasks.settings import address

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
HEALTHY = {"ok", "healthy", "up", "ready", "pass", True}


def get_json(url: str, timeout: float = 5.0) -> object | None:
    """The answer, or None when there is none or it is an error."""
    try:
        with _DIRECT.open(url, timeout=timeout) as answer:
            found: object = json.load(answer)
            return found
    except (OSError, ValueError, urllib.error.URLError):
        return None


def bot_ready(settings: Mapping[str, str]) -> bool:
    """Whether Rasa answers with a loaded model."""
    query = urllib.parse.urlencode({"token": settings["BOT_TOKEN"]})
    answer = get_json(f"{address(settings['BOT_HOST'], settings['BOT_PORT'])}/status?{query}")
    return isinstance(answer, dict) and bool(answer.get("model_id") or answer.get("model_file"))


def app_health(settings: Mapping[str, str]) -> dict[str, object] | None:
    """What the app says about itself and its parts."""
    answer = get_json(f"{address(settings['APP_HOST'], settings['APP_PORT'])}/health")
    return answer if isinstance(answer, dict) else None


def unhealthy(answer: Mapping[str, object]) -> list[str]:
    """The parts that are not well, by name."""
    parts = {name: part for name, part in answer.items() if name in PARTS}
    nested = answer.get("parts") or answer.get("checks")
    if isinstance(nested, dict):
        parts.update({str(name): part for name, part in nested.items()})
    bad = [name for name, part in parts.items() if not _well(part)]
    if not bad and "status" in answer and not _well(answer["status"]):
        bad.append("app")
    return bad


PARTS = ("app", "bot", "database", "model", "knowledge")


def _well(part: object) -> bool:
    if isinstance(part, dict):
        return _well(part.get("status", part.get("ok", True)))
    return part in HEALTHY if isinstance(part, (str, bool)) else part is not None
