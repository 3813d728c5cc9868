"""From the JSON that Telegram sends to the library's updates."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import Update

log = structlog.get_logger(__name__)

ESSENTIAL = frozenset({"message_id", "date", "chat", "text", "caption"})


def id_of(payload: Any) -> int | None:
    """The number of an update; None when it is none."""
    update_id = payload.get("update_id") if isinstance(payload, dict) else None
    return update_id if isinstance(update_id, int) and not isinstance(update_id, bool) else None


def parsed(payload: Any) -> Update | None:
    """The update; None when it is none, which is noted.

    A message that the library cannot read comes without what it stumbled over, so that the person is answered and not
    ignored.
    """
    update_id = id_of(payload)
    if update_id is None:
        log.warning("telegram_no_update")
        return None
    for form in (payload, _essence(payload)):
        try:
            return Update.de_json(form, None)
        except Exception as error:  # noqa: BLE001  (the library checks nothing: any error may come)
            log.warning("telegram_update_unreadable", update=update_id, error=type(error).__name__)
    return None


def _essence(payload: dict[str, Any]) -> dict[str, Any]:
    """What is needed to answer a message: who and which, and its words. `unread` stands for all the rest."""
    message = payload.get("message")
    if not isinstance(message, dict):
        return {"update_id": payload["update_id"]}
    kept = {key: value for key, value in message.items() if key in ESSENTIAL}
    return {"update_id": payload["update_id"], "message": {**kept, "unread": True}}
