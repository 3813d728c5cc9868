"""The emulator as a web application, and how it is served."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.platforms.telegram.checks import Refusal
from tests.platforms.telegram.control import Control
from tests.platforms.telegram.courier import Courier
from tests.platforms.telegram.methods import Methods
from tests.platforms.telegram.state import Account
from tests.platforms.telegram.troubles import Fault, Troubles

TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{5,64}")
Given = dict[str, Any]


class Protocol(HttpToolsProtocol):
    """Lets a request cut its own connection, as a bad network does."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class Api:
    """Answers calls of the Bot API, with the faults that were asked for."""

    def __init__(self, account: Account, troubles: Troubles, courier: Courier) -> None:
        self.account, self.troubles = account, troubles
        self.methods = Methods(account, courier.notify)

    async def __call__(self, request: Request) -> Response:
        if not TOKEN.fullmatch(request.path_params["token"]):
            return _answer(Refusal(401, "Unauthorized"))
        method = str(request.path_params["method"]).lower()
        call = self.methods.named(method)
        if call is None:
            return _answer(Refusal(404, "Not Found: method not found"))
        self.account.requests[method] += 1
        given = await _given(request)
        fault = self.troubles.met(method, _chat_of(given))
        if fault is None:
            return await self._carry_out(call, given)
        return await self._troubled(fault, request, call, given)

    async def _carry_out(self, call: Callable[[Given], Any], given: Given) -> Response:
        try:
            return JSONResponse({"ok": True, "result": await call(given)})
        except Refusal as refusal:
            return _answer(refusal)

    async def _troubled(self, fault: Fault, request: Request, call: Callable[[Given], Any], given: Given) -> Response:
        if fault.do == "retry_after":
            wait = max(1, int(fault.seconds))
            return _answer(Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait))
        answer: Response = _answer(Refusal(fault.status, "Internal Server Error"))
        if fault.do == "slow":
            if not fault.taken:
                await asyncio.sleep(fault.seconds)
            answer = await self._carry_out(call, given)
            if fault.taken:
                await asyncio.sleep(fault.seconds)
            return answer
        if fault.taken:
            await self._carry_out(call, given)
        if fault.do == "drop":
            request.state.transport.abort()
        return answer


def create_app(first_retry: float = 1.0, account: Account | None = None) -> Starlette:
    """A Bot API with nobody in it yet. ``first_retry``: seconds before a webhook is tried a second time."""
    account, troubles = account or Account(), Troubles()
    courier = Courier(account, troubles, first_retry)
    control = Control(account, troubles, courier)

    def post(path: str, act: Callable[[Given], Given]) -> Route:
        async def endpoint(request: Request) -> Response:
            return JSONResponse(act(await request.json()))

        return Route(f"/_control/{path}", endpoint, methods=["POST"])

    async def log(request: Request) -> Response:
        chat = request.query_params.get("chat")
        return JSONResponse(control.log(int(chat) if chat else None))

    async def state(_: Request) -> Response:
        return JSONResponse(control.state())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await courier.close()

    api = Api(account, troubles, courier)

    async def call(request: Request) -> Response:
        return await api(request)

    routes = [
        Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
        post("say", control.say),
        post("press", control.press),
        post("react", control.react),
        post("block", lambda given: control.block(given, blocked=True)),
        post("unblock", lambda given: control.block(given, blocked=False)),
        post("deactivate", control.deactivate),
        post("trouble", control.trouble),
        Route("/_control/log", log),
        Route("/_control/state", state),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def settings(app: Any, host: str, port: int) -> uvicorn.Config:
    """How it is served."""
    return uvicorn.Config(
        app, host=host, port=port, http=Protocol, log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """Serves an application beside a test, on a free port; gives its address."""
    server = uvicorn.Server(settings(app, "127.0.0.1", 0))
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


def _answer(refusal: Refusal) -> Response:
    return JSONResponse(refusal.body(), refusal.code)


async def _given(request: Request) -> Given:
    """The parameters, from wherever Telegram would read them."""
    given: Given = dict(request.query_params)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        found = json.loads(body or b"{}")
        return {**given, **found} if isinstance(found, dict) else given
    return {**given, **dict(parse_qsl(body.decode(), keep_blank_values=True))}


def _chat_of(given: Given) -> int | None:
    try:
        return int(given["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None
