"""Speaks to Rasa through its authenticated channel (docs/architecture.md, "The app calls the bot")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from dossiers.conversations import Said

CHANNEL_PATH = "/webhooks/app/webhook"
CONVERSATIONS_PATH = "/webhooks/app/conversations"
NOT_NOW = 503  # no model loaded yet, or the conversation is locked: the turn did not begin


class BotUnavailable(Exception):
    """The bot could not be reached or refused; the message may be tried again."""


class BotSilent(Exception):
    """The bot took the message and could not answer it. Trying again would repeat the turn."""


def said(reply: Mapping[str, Any]) -> Said:
    """One bot message as it will be stored. Actions put the outcome in `custom`, plain responses in `metadata`."""
    custom, metadata = reply.get("custom") or {}, reply.get("metadata") or {}
    options = [
        {"title": str(button.get("title", "")), "payload": str(button.get("payload", ""))}
        for button in reply.get("buttons") or ()
    ]
    return Said(
        text=str(reply.get("text") or ""),
        outcome=custom.get("outcome") or metadata.get("outcome"),
        article=custom.get("article"),
        facts=list(custom.get("facts") or ()),
        sources=list(custom.get("sources") or ()),
        options=options,
        plan=list(custom.get("plan") or ()),
    )


class BotClient:
    """One connection pool to the bot."""

    def __init__(self, url: str, token: str, timeout: float = 30.0) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout)
        self._token = token

    async def turn(self, conversation_id: str, message_id: int, text: str, payload: str | None) -> list[Said]:
        """Runs one turn and returns what the bot says, in order.

        Raises:
            BotUnavailable: no connection, a time-out, or a refusal.
            BotSilent: nothing came back, or the turn broke inside the bot.
        """
        body = {
            "sender": conversation_id,
            "message": text if payload is None else payload,
            "kind": "text" if payload is None else "payload",
            "metadata": {"message_id": message_id},
        }
        try:
            answer = await self._http.post(CHANNEL_PATH, json=body)
            if answer.status_code >= 500 and answer.status_code != NOT_NOW:
                raise BotSilent(f"status {answer.status_code}")
            replies = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise BotUnavailable(type(error).__name__) from None
        messages = [said(reply) for reply in replies if reply.get("text")]
        if not messages:
            raise BotSilent
        return messages

    async def forget(self, conversation_id: str) -> None:
        """Takes a conversation out of the bot's memory. Again changes nothing.

        Raises:
            BotUnavailable: it is not certain that the bot forgot; ask again.
        """
        try:
            answer = await self._http.delete(f"{CONVERSATIONS_PATH}/{quote(conversation_id, safe='')}")
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise BotUnavailable(type(error).__name__) from None

    async def model(self) -> str | None:
        """The name of the loaded model, or None when the bot is not ready."""
        try:
            answer = await self._http.get("/status", params={"token": self._token}, timeout=3.0)
            answer.raise_for_status()
            return str(answer.json().get("model_file") or "") or None
        except (httpx.HTTPError, ValueError):
            return None

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()
