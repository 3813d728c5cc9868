"""A small real HTTP server with the web API of docs/architecture.md, for the widget's tests.

It keeps conversations in memory, honours ``client_id`` and ``Last-Event-ID`` as the real server does, and can be told
to be slow, to lose answers, to refuse streams or to stop and come back on the same port. To look at the widget by hand:
``python -m tests.widget.stub_server 8010``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import secrets
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "channels" / "web" / "static" / "widget"
DEMO = ROOT / "channels" / "web" / "demo"

Message = dict[str, Any]

REGISTER: Message = {
    "text": (
        "Register at the town hall soon after you arrive.\n\n**Bring**\n- your passport\n"
        "- your lease or a statement of the owner\n- a passport photo\n\n"
        "**Where** Town hall of Ghent. You need an appointment.\n\nA police officer then visits your address."
    ),
    "sources": [
        {
            "title": "Registering as a new resident",
            "url": "https://stad.example/en/register",
            "publisher": "City of Ghent",
            "checked_on": "2026-05-03",
        }
    ],
    "options": [
        {"title": "What does it cost?", "payload": '/ask{"article": "register-cost"}'},
        {"title": "And for my partner and children?", "payload": '/ask{"article": "register-family"}'},
        {"title": "Talk to a person", "payload": "/human"},
    ],
    "outcome": "answered",
}
ANSWER: Message = {**REGISTER, "article": "register-address"}

PLANNED: Message = {
    "text": (
        "Three things matter now.\n\n- **Declare your stay** the last day was Monday 9 November 2026\n"
        "- **Register at the town hall** by Wednesday 2 December 2026 (10 days left)\n\n"
        "[Open your whole plan](https://elsewhere.example/plan/k3Yd.aSe1-w.Q9_x)"
    ),
    "outcome": "planned",
    "plan": [
        {
            "step": "report-short-stay",
            "title": "Declare your stay to the municipality",
            "state": "now",
            "late": True,
            "by": "2026-11-09",
            "when": "the last day was Monday 9 November 2026",
            "reason": "Within three working days after you arrive.",
            "waits_for": [],
            "facts": ["short-stay-deadline"],
            "sources": [
                {
                    "title": "Declaration of arrival",
                    "url": "https://office.example/en/declaration-of-arrival",
                    "publisher": "Immigration Office",
                    "checked_on": "2026-11-20",
                }
            ],
        },
        {
            "step": "register-non-eu",
            "title": "Register at the town hall",
            "state": "now",
            "late": False,
            "by": "2026-12-02",
            "when": "by Wednesday 2 December 2026 (10 days left)",
            "reason": "Within eight working days after you arrive. The official page carries no date or an old one.",
            "waits_for": [],
            "facts": ["register-deadline"],
            "sources": REGISTER["sources"],
        },
        {
            "step": "collect-residence-card",
            "title": "Collect your residence card",
            "state": "blocked",
            "late": False,
            "by": None,
            "when": "",
            "reason": "",
            "waits_for": ["Register at the town hall", "Be at home for the residence check"],
            "facts": [],
            "sources": [],
        },
        {
            "step": "exchange-licence",
            "title": "Exchange your driving licence",
            "state": "later",
            "late": False,
            "by": None,
            "when": "possible from Monday 4 January 2027",
            "reason": "",
            "waits_for": [],
            "facts": [],
            "sources": [],
        },
        {
            "step": "sign-lease",
            "title": "Sign the lease",
            "state": "done",
            "late": False,
            "by": None,
            "when": "done on Sunday 1 November 2026",
            "reason": "",
            "waits_for": [],
            "facts": [],
            "sources": [],
        },
    ],
    "options": [{"title": "I have done the first one", "payload": '/inform{"done": "report-short-stay"}'}],
}


def site(**said: Any) -> dict[str, Any]:
    """What a municipality says of its chat: nothing special unless told."""
    return {
        "municipality": "gent",
        "name": "Ghent",
        "powered_by": None,
        "privacy": {"text": None, "url": None},
        "consent": None,
        "theme": None,
        "languages": ["en", "nl", "fr", "de", "es"],
        "channels": {"telegram": None, "whatsapp": None},
        **said,
    }


CONSENT = {
    "version": "2026-11",
    "text": "We keep your messages for 90 days to help you.\n\nYou can ask us to erase them at any time.",
    "agree": "I agree to this",
    "decline": "I do not agree",
}
APPS = {"telegram": "https://t.me/example_bot", "whatsapp": "https://wa.me/32000000000"}


def answer(text: str) -> list[Message]:
    """What the stub's bot says. Good enough to look real on a screenshot."""
    if "register" in text.lower() or "arrived" in text.lower():
        return [REGISTER]
    if "plan" in text.lower():
        return [PLANNED]
    return [
        {
            "text": f"I do not know this yet. You asked: {text}",
            "options": [{"title": "Talk to a person", "payload": "/human"}],
        }
    ]


@dataclass
class Conversation:
    """One conversation, with everything that was said."""

    id: str
    token: str
    municipality: str
    messages: list[Message] = field(default_factory=list)
    speaker: str = "bot"
    agent: str | None = None
    gone: bool = False
    consent: str | None = None
    channels: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Faults:
    """What goes wrong. Counters fall to zero by use."""

    thinking: float = 0.15
    """Seconds before the bot answers."""
    lose_answers: int = 0
    """So many sends are stored, but the connection is cut before the answer."""
    refuse_sends: int = 0
    """So many sends get a 422 with a polite sentence."""
    fail_sends: int = 0
    """So many sends get a 503."""
    slow_sends: float = 0.0
    """Seconds before a stored send is acknowledged."""
    no_streams: bool = False
    """Streams get a 502, as behind a proxy that forbids them."""
    held_streams: bool = False
    """Streams open, but nothing comes through, as behind a proxy that buffers."""
    mute_streams: bool = False
    """Streams open, but not even their first word comes through."""
    no_site: bool = False
    """What the municipality says cannot be had."""
    slow_site: float = 0.0
    """Seconds before the municipality says it."""
    many_codes: bool = False
    """Codes were tried too often."""
    no_pieces: bool = False
    """The menu and the languages cannot be had."""
    fail_feedback: int = 0
    """So much feedback gets a 503."""
    no_panel: bool = False
    """The panel's file cannot be had."""


class Cut(Exception):
    """Cut the connection without an answer."""


class Cutting:
    """Turns `Cut` into a connection that simply ends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except Cut:
            cycle: Any = receive.__self__  # type: ignore[attr-defined]
            cycle.transport.abort()


class Stub:
    """The server and everything a test may change about it."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.faults = Faults()
        self.conversations: dict[str, Conversation] = {}
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.requests: list[str] = []
        self.site = site()
        self.codes: dict[str, Conversation] = {}
        self.bot: Callable[[str], list[Message]] = answer
        self._next = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def only(self) -> Conversation:
        """The one conversation of a test."""
        (conversation,) = self.conversations.values()
        return conversation

    def said(self, sender: str) -> list[str]:
        """All texts of one kind of sender in the only conversation."""
        return [message["text"] for message in self.only.messages if message["sender"] == sender]

    def start(self) -> Stub:
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=self.port, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        for _ in range(100):
            if self._server.started:
                return self
            time.sleep(0.05)
        raise RuntimeError(f"the stub server did not start on port {self.port}")

    def stop(self) -> None:
        """Ends at once, with every open connection. What was said is kept for the next start."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)
        self._server = self._thread = None

    def page(self, path: str, body: str, **headers: str) -> str:
        """Serves a page of a test; gives its address."""
        self.pages[path] = (body, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.url + path

    # --- what happens in a conversation ---

    def say(self, conversation: Conversation, sender: str, text: str, **rest: object) -> Message:
        self._next += 1
        message: Message = {
            "id": self._next,
            "sender": sender,
            "text": text,
            "outcome": None,
            "article": None,
            "facts": [],
            "sources": [],
            "options": [],
            "plan": [],
            "created_at": dt.datetime.now(dt.UTC).isoformat(),
            "agent": None,
            "client_id": None,
            "feedback": None,
            **rest,
        }
        conversation.messages.append(message)
        return message

    def give_floor(self, conversation: Conversation, speaker: str, agent: str | None = None) -> None:
        conversation.speaker, conversation.agent = speaker, agent

    def _reply(self, conversation: Conversation, text: str, payload: str | None) -> None:
        time.sleep(self.faults.thinking)
        if conversation.speaker != "bot":
            return
        if payload == "/human" or "person" in text.lower():
            self.say(conversation, "system", "A colleague joins you, about 5 minutes.")
            self.give_floor(conversation, "queue")
            return
        for message in self.bot(text):
            self.say(conversation, "bot", **{"text": "", **message})

    def code_for(self, conversation: Conversation) -> str:
        """A code that another app shows for a conversation."""
        code = f"K7QF-{len(self.codes) + 2:04d}"
        self.codes = {known: owner for known, owner in self.codes.items() if owner is not conversation}
        self.codes[code] = conversation
        return code

    # --- the API ---

    async def _site(self, _: Request) -> Response:
        await asyncio.sleep(self.faults.slow_site)
        if self.faults.no_site:
            return HTMLResponse("<h1>Bad gateway</h1>", 502)
        return JSONResponse(self.site)

    async def _code(self, request: Request) -> Response:
        conversation = self._open(request)
        if self.faults.many_codes:
            raise ApiError(429, "too_many", "That was tried too often.")
        until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=15)
        return JSONResponse(
            {"code": self.code_for(conversation), "expires_at": until.isoformat(), "links": self.site["channels"]}
        )

    async def _resume(self, request: Request) -> Response:
        if self.faults.many_codes:
            raise ApiError(429, "too_many", "That was tried too often.")
        conversation = self.codes.pop((await request.json())["code"], None)
        if conversation is None:
            raise ApiError(404, "code_wrong", "This code does not work.")
        conversation.token = secrets.token_urlsafe(24)
        return JSONResponse({"id": conversation.id, "token": conversation.token})

    async def _channels(self, request: Request) -> Response:
        return JSONResponse({"channels": self._open(request).channels})

    async def _unlink(self, request: Request) -> Response:
        conversation = self._open(request)
        gone = request.path_params["channel"]
        if gone not in [linked["channel"] for linked in conversation.channels]:
            raise ApiError(404, "channel_unknown", "This chat is not linked to that channel.")
        conversation.channels = [linked for linked in conversation.channels if linked["channel"] != gone]
        return Response(status_code=204)

    async def _mydata(self, request: Request) -> Response:
        return JSONResponse({"url": f"{self.url}/mydata/{self._open(request).id}.signed"})

    async def _end(self, request: Request) -> Response:
        self._open(request).gone = True
        return JSONResponse({"receipt": "K7QF-93MX-2WTP-A4ND"})

    def _open(self, request: Request) -> Conversation:
        conversation = self.conversations.get(request.path_params["id"])
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if conversation is None or conversation.gone or not secrets.compare_digest(token, conversation.token):
            raise ApiError(
                404, "conversation_unknown", "This conversation has ended or does not exist. Start a new one."
            )
        return conversation

    async def _create(self, request: Request) -> Response:
        body = await request.json()
        conversation = Conversation(secrets.token_hex(8), secrets.token_urlsafe(24), body.get("municipality", ""))
        conversation.consent = body.get("consent")
        wanted = self.site["consent"]
        if wanted is not None and conversation.consent != wanted["version"]:
            raise ApiError(422, "consent_needed", "Please read the text first and say whether you agree.")
        self.conversations[conversation.id] = conversation
        return JSONResponse({"id": conversation.id, "token": conversation.token}, 201)

    async def _send(self, request: Request) -> Response:
        conversation = self._open(request)
        body = await request.json()
        if self.faults.fail_sends > 0:
            self.faults.fail_sends -= 1
            return JSONResponse({"error": {"code": "internal", "message": "Something went wrong on our side."}}, 503)
        if self.faults.refuse_sends > 0:
            self.faults.refuse_sends -= 1
            raise ApiError(422, "too_long", "That is too much at once. Please send a shorter message.")
        stored = next((m for m in conversation.messages if m["client_id"] == body["client_id"]), None)
        if stored is None:
            payload = body.get("payload")
            text = body.get("text") or self._title(conversation, payload)
            stored = self.say(conversation, "person", text, client_id=body["client_id"])
            threading.Thread(target=self._reply, args=(conversation, text, payload), daemon=True).start()
        if self.faults.lose_answers > 0:
            self.faults.lose_answers -= 1
            raise Cut
        await asyncio.sleep(self.faults.slow_sends)
        return JSONResponse(stored, 202)

    async def _judge(self, request: Request) -> Response:
        conversation = self._open(request)
        if self.faults.fail_feedback > 0:
            self.faults.fail_feedback -= 1
            return JSONResponse({"error": {"code": "internal", "message": "Something went wrong on our side."}}, 503)
        body = await request.json()
        message = next(m for m in conversation.messages if m["id"] == request.path_params["message"])
        earlier = (message["feedback"] or {}).get("comment")
        comment = body["comment"] or None if "comment" in body else earlier
        message["feedback"] = {"verdict": body["verdict"], "comment": comment}
        return JSONResponse(message["feedback"])

    @staticmethod
    def _title(conversation: Conversation, payload: str | None) -> str:
        for message in conversation.messages:
            for option in message["options"]:
                if option["payload"] == payload:
                    return str(option["title"])
        raise ApiError(
            422, "not_offered", "This choice was not offered in this conversation. Please type your question."
        )

    async def _read(self, request: Request) -> Response:
        conversation = self._open(request)
        after = int(request.query_params.get("after", 0))
        messages = [message for message in conversation.messages if message["id"] > after]
        return JSONResponse({"messages": messages[:200], "speaker": conversation.speaker, "agent": conversation.agent})

    async def _events(self, request: Request) -> Response:
        conversation = self._open(request)
        if self.faults.no_streams:
            return HTMLResponse("<h1>Bad gateway</h1>", 502)
        seen = int(request.headers.get("last-event-id") or 0)

        async def stream() -> AsyncIterator[str]:
            nonlocal seen
            floor = ""
            if not self.faults.mute_streams:
                yield ": open\n\n"
            while not conversation.gone and self._server is not None and not self._server.should_exit:
                if not (self.faults.held_streams or self.faults.mute_streams):
                    for message in [m for m in conversation.messages if m["id"] > seen]:
                        seen = message["id"]
                        data = json.dumps(message)
                        yield f"id: {seen}\r\nevent: message\r\ndata: {data}\r\n\r\n"
                    now = json.dumps({"speaker": conversation.speaker, "agent": conversation.agent})
                    if now != floor:
                        floor = now
                        yield f"event: floor\r\ndata: {now}\r\n\r\n"
                await asyncio.sleep(0.03)

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    # --- files and pages ---

    async def _page(self, request: Request) -> Response:
        body, headers = self.pages[request.url.path]
        return HTMLResponse(body, headers=headers)

    async def _demo(self, _: Request) -> Response:
        return FileResponse(DEMO / "index.html")

    async def _loader(self, _: Request) -> Response:
        return FileResponse(BUILD / "widget.js", headers={"Cache-Control": "no-cache"})

    async def _panel(self, request: Request) -> Response:
        name = request.path_params["name"]
        if self.faults.no_panel or (self.faults.no_pieces and not name.startswith(("panel-", "widget"))):
            return Response(status_code=503)
        return FileResponse(BUILD / name)

    def _app(self) -> ASGIApp:
        async def refuse(_: Request, error: Exception) -> Response:
            assert isinstance(error, ApiError)
            return JSONResponse({"error": {"code": error.code, "message": str(error)}}, error.status)

        app = Starlette(
            routes=[
                Route("/api/sites/{municipality}", self._site),
                Route("/api/resume", self._resume, methods=["POST"]),
                Route("/api/conversations", self._create, methods=["POST"]),
                Route("/api/conversations/{id}/code", self._code, methods=["POST"]),
                Route("/api/conversations/{id}/channels", self._channels),
                Route("/api/conversations/{id}/channels/{channel}", self._unlink, methods=["DELETE"]),
                Route("/api/conversations/{id}/mydata", self._mydata, methods=["POST"]),
                Route("/api/conversations/{id}", self._end, methods=["DELETE"]),
                Route("/api/conversations/{id}/messages", self._send, methods=["POST"]),
                Route("/api/conversations/{id}/messages", self._read),
                Route("/api/conversations/{id}/messages/{message:int}/feedback", self._judge, methods=["POST"]),
                Route("/api/conversations/{id}/events", self._events),
                Route("/widget.js", self._loader),
                Route("/widget/{name}", self._panel),
                Route("/test/{name}", self._page),
                Route("/", self._demo),
                Mount("/demo", StaticFiles(directory=DEMO)),
            ],
            middleware=[
                Middleware(_Noting, seen=self.requests),
                Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]),
            ],
            exception_handlers={ApiError: refuse},
        )
        return Cutting(app)


class _Noting:
    """Notes every request, so that a test can ask what the widget did on the wire."""

    def __init__(self, app: ASGIApp, seen: list[str]) -> None:
        self.app, self.seen = app, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.seen.append(f"{scope['method']} {scope['path']}")
        await self.app(scope, receive, send)


class ApiError(Exception):
    """An error in the API's form."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    stub = Stub(int(sys.argv[1]) if len(sys.argv) > 1 else 8010).start()
    print(f"{stub.url} (Ctrl-C ends)")  # noqa: T201
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    stub.stop()
