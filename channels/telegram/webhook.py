"""The address to which Telegram brings updates."""

from __future__ import annotations

import hmac
import json
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from starlette.background import BackgroundTask

from channels.telegram.service import NotStored, TelegramService

PATH = "/telegram/webhook"
LARGEST_BODY = 1_000_000
TRY_AGAIN_SECONDS = 5


def create_router(service: TelegramService) -> APIRouter:
    """The route; everything without the right secret is refused before it is read."""
    router = APIRouter()

    @router.post(PATH, include_in_schema=False)
    async def update(request: Request, x_telegram_bot_api_secret_token: Annotated[str, Header()] = "") -> Response:
        """Stores an update and only then says so; what else it asks for comes after the answer.

        403: a wrong secret. 413, 400: no update. 503: it could not be stored, Telegram is to bring it again.
        """
        given, right = x_telegram_bot_api_secret_token.encode(), service.secret.encode()
        if not right or not hmac.compare_digest(given, right):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        try:
            found = await service.take(payload)
        except NotStored:
            return Response(status_code=503, headers={"Retry-After": str(TRY_AGAIN_SECONDS)})
        return Response(status_code=200, background=BackgroundTask(service.follow_up, found))

    return router


async def _body(request: Request) -> bytes | None:
    """The body, read no further than an update can be long; None when it goes on."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
