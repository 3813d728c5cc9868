"""Where Meta brings what people write and what became of our messages."""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from channels.whatsapp.reading import Unreadable, read
from channels.whatsapp.service import WhatsAppService

log = structlog.get_logger(__name__)

PATH = "/whatsapp/webhook"
SIGNATURE = "X-Hub-Signature-256"
MOST_BYTES = 4 * 1024 * 1024  # Meta sends at most 3 MB


def create_router(service: WhatsAppService) -> APIRouter:
    """Both sides of the webhook: Meta's question whether it is ours, and its deliveries."""
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    def verify(
        mode: Annotated[str, Query(alias="hub.mode")] = "",
        token: Annotated[str, Query(alias="hub.verify_token")] = "",
        challenge: Annotated[str, Query(alias="hub.challenge", max_length=200)] = "",
    ) -> Response:
        """Gives the challenge back to who knows the token."""
        if mode != "subscribe" or not _same(token, service.verify_token):
            return PlainTextResponse("forbidden", 403)
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    @router.post(PATH)
    async def deliver(request: Request) -> Response:
        """Stores what came, then acknowledges it. Meta repeats for days whatever is not answered with 200."""
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        if not _same(request.headers.get(SIGNATURE, ""), signature(service.app_secret, body)):
            log.warning("whatsapp_wrong_signature")
            return PlainTextResponse("forbidden", 403)
        try:
            news = read(body, service.phone_number_id)
        except Unreadable as error:
            # acknowledged, because the same bytes will never be readable, and Meta would repeat them and in the end
            # switch the webhook off
            log.warning("whatsapp_unreadable", reason=str(error), size=len(body))
            return PlainTextResponse("ok")
        if not await service.take(news):
            return PlainTextResponse("not stored", 503)
        return PlainTextResponse("ok")

    return router


def signature(app_secret: str, body: bytes) -> str:
    """What Meta's header says of a body. Only the bytes as they came give it: the same JSON written anew does not."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
