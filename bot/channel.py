"""The one way into the bot: the `app` channel. The contract is in docs/architecture.md.

Rasa's REST channel lets anybody choose a sender and trigger intents with a slash. This channel takes messages
from the app alone (bearer token), and reads a slash as a command only in what the app marks as a payload.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.forgetting import CannotForget, forget
from bot.replies import MESSAGE_ID, Reply, Turns, as_reply

logger = logging.getLogger(__name__)

LONGEST_SENDER = 255  # what the tracker store's column holds
LONGEST_MESSAGE = 8000
NOTHING = "?"  # stands for a text of which only slashes were left
SCHEME = "Bearer "

Handler = Callable[[UserMessage], Awaitable[Any]]


class BadRequest(ValueError):
    """The app sent something this channel does not take; the message says what."""


@dataclass(frozen=True)
class Incoming:
    """A message that may be handed to Rasa."""

    sender: str
    text: str
    metadata: dict[str, Any]


def without_command(text: str) -> str:
    """Return the text so that Rasa cannot read it as a command."""
    return text.strip().lstrip("/ \t\r\n\f\v\u00a0").strip() or NOTHING


def read(body: Any) -> Incoming:
    """Check the body of a request.

    Raises:
        BadRequest: it is not of the form that the contract names.
    """
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    sender, text, kind = body.get("sender"), body.get("message"), body.get("kind")
    if not isinstance(sender, str) or not sender.strip() or len(sender) > LONGEST_SENDER:
        raise BadRequest(f"sender must be a text of 1 to {LONGEST_SENDER} characters")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_MESSAGE:
        raise BadRequest(f"message must be a text of 1 to {LONGEST_MESSAGE} characters")
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise BadRequest("metadata must be a JSON object")
    if not isinstance(metadata.get(MESSAGE_ID), int | str | None):
        raise BadRequest("message_id must be a number or a text")
    if kind == "text":
        return Incoming(sender, without_command(text), metadata)
    if kind == "payload":
        if not text.startswith("/") or text.startswith("//"):
            raise BadRequest("a payload starts with one slash")
        return Incoming(sender, text, metadata)
    raise BadRequest("kind must be text or payload")


class Collector(OutputChannel):  # type: ignore[misc]  # untyped base
    """Collects what the bot says as whole messages, instead of one piece for each paragraph or button list."""

    def __init__(self) -> None:
        self.messages: list[Reply] = []

    @classmethod
    def name(cls) -> str:
        """Return the name by which responses can be written for this channel."""
        return AppChannel.name()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message of the bot."""
        self.messages.append(as_reply(message))


class AppChannel(InputChannel):  # type: ignore[misc]  # untyped base
    """`POST /webhooks/app/webhook`, for the app alone."""

    def __init__(self, token: str) -> None:
        """Guard the channel with a token.

        Raises:
            RasaException: there is no token.
        """
        if not token:
            raise RasaException("BOT_TOKEN is not set: the bot does not listen without a token.")
        self._expected = (SCHEME + token).encode()
        self._turns = Turns()

    @classmethod
    def name(cls) -> str:
        """Return the channel's name in credentials.yml and in its address."""
        return "app"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> AppChannel:
        """Make the channel from its entry in credentials.yml."""
        return cls(str((credentials or {}).get("token") or ""))

    def _allowed(self, request: Request) -> bool:
        offered = request.headers.get("Authorization", "")
        return hmac.compare_digest(offered.encode("utf-8", "surrogateescape"), self._expected)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the routes: health, the webhook, and forgetting a conversation.

        Messages do not go by way of `on_new_message`, which is `Agent.handle_message`: whether a message was answered
        before can be known only inside the lock that it takes (`bot.replies`).
        """
        blueprint = Blueprint("app_webhook", __name__)

        @blueprint.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = agent is not None and agent.is_ready()
            return response.json({"status": "ok" if ready else "loading"}, status=200 if ready else 503)

        @blueprint.route("/webhook", methods=["POST"])
        async def webhook(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return response.json({"error": "the token is missing or wrong"}, status=401)
            try:
                incoming = read(request.json)
            except InvalidUsage:
                return response.json({"error": "the body is not JSON"}, status=400)
            except BadRequest as error:
                return response.json({"error": str(error)}, status=400)
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"error": "no model is loaded yet"}, status=503)
            message = UserMessage(
                incoming.text, Collector(), incoming.sender, input_channel=self.name(), metadata=incoming.metadata
            )
            try:
                return response.json(await self._turns.take(agent, message))
            except LockError:
                return response.json({"error": "the turn before has not ended"}, status=503)
            except Exception:
                logger.exception("a message could not be handled")
                return response.json({"error": "the message could not be handled"}, status=500)

        self._add_forgetting(blueprint)
        return blueprint

    def _add_forgetting(self, blueprint: Blueprint) -> None:
        @blueprint.route("/conversations/<sender:str>", methods=["DELETE"])
        async def conversation(request: Request, sender: str) -> HTTPResponse:
            if not self._allowed(request):
                return response.json({"error": "the token is missing or wrong"}, status=401)
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"error": "no model is loaded yet"}, status=503)
            try:
                return response.json({"forgotten": await forget(agent, sender)})
            except (LockError, CannotForget):
                return response.json({"error": "it cannot be forgotten now"}, status=503)
            except Exception:
                logger.exception("a conversation could not be forgotten")
                return response.json({"error": "it could not be forgotten"}, status=500)
