"""rasa-sdk's executor behind one route: the bot's custom actions run inside the app."""

from __future__ import annotations

import hmac
import json
import zlib
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

log = structlog.get_logger(__name__)
MAX_BODY = 4 * 1024 * 1024


def _refuse(status: int, error: str, action: str) -> JSONResponse:
    # Rasa's client looks for `action_name` in the body of a 400.
    return JSONResponse({"error": error, "action_name": action}, status)


def _call(body: bytes, encoding: str | None) -> dict[str, Any]:
    if encoding == "deflate":
        inflater = zlib.decompressobj()
        body = inflater.decompress(body, MAX_BODY)
        if inflater.unconsumed_tail:
            raise ValueError("too large")
    call = json.loads(body)
    if not isinstance(call, dict):
        raise TypeError("not an object")
    call.setdefault("domain", {})  # Rasa 3.6 sends no domain digest; without this rasa-sdk asks for the domain again
    return call


def create_router(executor: ActionExecutor, token: str) -> APIRouter:
    """`POST /internal/actions`, for the bearer of the token only."""
    router = APIRouter(include_in_schema=False)
    expected = f"Bearer {token}".encode()

    @router.post("/internal/actions")
    async def run(request: Request) -> JSONResponse:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
            return _refuse(401, "not allowed", "")
        try:
            call = _call(await request.body(), request.headers.get("content-encoding"))
        except (ValueError, TypeError, zlib.error):
            return _refuse(422, "unreadable call", "")
        name = str(call.get("next_action") or "")
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as error:
            return _refuse(400, "rejected", error.action_name)
        except ActionNotFoundException:
            return _refuse(404, "no such action", name)
        except Exception as error:  # noqa: BLE001  (whatever an action raises becomes one line in the log and a 500)
            log.error(  # noqa: TRY400  (a trace could hold what a person wrote)
                "action_failed", action=name, error=type(error).__name__, where=_where(error)
            )
            return _refuse(500, "action failed", name)
        return JSONResponse(result.model_dump() if result else None)

    return router


def _where(error: BaseException) -> str:
    """File and line of the failure; the message itself may hold what a person wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
