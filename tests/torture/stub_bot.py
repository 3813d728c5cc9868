"""A bot that understands nothing and answers everything, over the contract of docs/architecture.md.

What it answers follows from the message alone, so that the same message has the same answer after any crash, and each
part of an answer says which message it answers: `#12 1/2`. A wish for a person reaches the app as Rasa's action does.
Run as `python -m tests.torture.stub_bot`, with BOT_PORT, BOT_TOKEN, ACTION_ENDPOINT_URL and ACTION_TOKEN.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import re
import sys
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.torture.records import Answer

HUMAN = "/human"
WISH = "i want to talk to somebody"
_MARK = re.compile(r"#(\d+) (\d+)/(\d+)")


def answer_of(text: str) -> Answer | None:
    """Which message a text of this bot answers; None for any other text."""
    found = _MARK.search(text)
    return Answer(*(int(number) for number in found.groups())) if found else None


def replies(message_id: int, words: str) -> list[dict[str, Any]]:
    """What the bot says to a message: one text or two, with options on the last."""
    count = 2 if message_id % 4 == 0 else 1
    options = [
        {"title": f"Subject {message_id + place}", "payload": f'/ask{{"article": "subject-{message_id + place}"}}'}
        for place in range(message_id % 5)
    ]
    if message_id % 7 == 0:
        options.append({"title": "Talk to a person", "payload": HUMAN})
    return [
        {
            "text": f"About {len(words)} letters of yours (#{message_id} {part}/{count}).",
            "buttons": options if part == count else [],
            "custom": {},
            "metadata": {"outcome": "smalltalk"},
            "response": "utter_stub",
        }
        for part in range(1, count + 1)
    ]


class StubBot:
    """Answers turns; one that was begun already is answered with the same."""

    def __init__(self, token: str, actions: str, action_token: str) -> None:
        self.token, self.actions = token, actions
        self.headers = {"Authorization": f"Bearer {action_token}"}
        self.turns: dict[tuple[str, int], asyncio.Task[list[dict[str, Any]]]] = {}

    async def webhook(self, request: Request) -> JSONResponse:
        """`POST /webhooks/app/webhook`."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return JSONResponse({"error": "the token is missing or wrong"}, 401)
        body = await request.json()
        key = (str(body["sender"]), int(body["metadata"]["message_id"]))
        if key not in self.turns:
            self.turns[key] = asyncio.create_task(self._turn(key, str(body["message"])))
        return JSONResponse(await asyncio.shield(self.turns[key]))

    async def status(self, request: Request) -> JSONResponse:
        """`GET /status`, as the app's health asks for it."""
        if request.query_params.get("token") != self.token:
            return JSONResponse({}, 401)
        return JSONResponse({"model_file": "stub", "model_id": "stub"})

    async def _turn(self, key: tuple[str, int], message: str) -> list[dict[str, Any]]:
        await asyncio.sleep(0.01 * (key[1] % 5))
        said = replies(key[1], message)
        if message == HUMAN or WISH in message:
            return await self._ask_for_person(key)
        return said

    async def _ask_for_person(self, key: tuple[str, int]) -> list[dict[str, Any]]:
        """Has the app put the conversation in the queue, and says what it says; nothing when it cannot be asked."""
        call = {"next_action": "action_request_human", "sender_id": key[0], "tracker": _tracker(key), "domain": {}}
        try:
            async with httpx.AsyncClient(timeout=20, headers=self.headers) as http:
                answer = await http.post(self.actions, json=call)
            answer.raise_for_status()
        except httpx.HTTPError:
            self.turns.pop(key, None)
            return []
        said: list[dict[str, Any]] = []
        for response in answer.json()["responses"]:
            text = f"{response['text']} (#{key[1]} {len(said) + 1}/{len(answer.json()['responses'])})"
            said.append(
                {"text": text, "buttons": response.get("buttons") or [], "custom": response.get("custom") or {},
                 "metadata": {}, "response": None}
            )  # fmt: skip
        return said


def _tracker(key: tuple[str, int]) -> dict[str, Any]:
    message = {"text": HUMAN, "intent": {"name": "human"}, "entities": [], "metadata": {"message_id": key[1]}}
    return {
        "sender_id": key[0],
        "slots": {},
        "latest_message": message,
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
        "latest_input_channel": "app",
        "latest_event_time": 0.0,
    }


def create_app() -> Starlette:
    """The bot, from its environment."""
    bot = StubBot(os.environ["BOT_TOKEN"], os.environ["ACTION_ENDPOINT_URL"], os.environ["ACTION_TOKEN"])
    return Starlette(
        routes=[Route("/webhooks/app/webhook", bot.webhook, methods=["POST"]), Route("/status", bot.status)]
    )


def main() -> int:
    """Serves until it is stopped."""
    uvicorn.run(create_app(), host="127.0.0.1", port=int(os.environ["BOT_PORT"]), access_log=False, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
