"""Asking the two processes how they are."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from tasks.settings import address

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
WELL = ("ok", "healthy")
ILL = (None, False, "unavailable", "missing")
PARTS = ("app", "bot", "database", "model", "knowledge")


def get_json(url: str, timeout: float = 5.0) -> object | None:
    """The answer, or None when there is none or it is an error."""
    try:
        with _DIRECT.open(url, timeout=timeout) as answer:
            found: object = json.load(answer)
            return found
    except urllib.error.HTTPError as refused:  # "not well" comes with an error code and the reason
        with refused:
            return _parsed(refused.read())
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _parsed(text: bytes) -> object | None:
    try:
        found: object = json.loads(text)
    except ValueError:
        return None
    return found


def bot_ready(settings: Mapping[str, str]) -> bool:
    """Whether Rasa answers with a loaded model."""
    query = urllib.parse.urlencode({"token": settings["BOT_TOKEN"]})
    answer = get_json(f"{address(settings['BOT_HOST'], settings['BOT_PORT'])}/status?{query}")
    return isinstance(answer, dict) and bool(answer.get("model_id") or answer.get("model_file"))


def app_health(settings: Mapping[str, str]) -> dict[str, object] | None:
    """What the app says about itself and its parts."""
    answer = get_json(f"{address(settings['APP_HOST'], settings['APP_PORT'])}/health")
    return answer if isinstance(answer, dict) and "bot" in answer else None


def unhealthy(answer: Mapping[str, object]) -> list[str]:
    """The parts that are not well, by name; the app's own verdict decides."""
    if answer.get("status") in WELL:
        return []
    return [name for name in PARTS if name in answer and answer[name] in ILL] or ["something"]
