"""A stand-in for Meta's Cloud API: takes messages as strictly as the real one, and brings signed webhooks.

    python -m tests.platforms.whatsapp --port 9002 --webhook http://127.0.0.1:8000/whatsapp/webhook

What people do and see is under `/_control/`: `say`, `press`, `age`, `verify`, `trouble`, `log` and `state`; each says
below what it takes. Everything is kept in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import itertools
import os
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import uvicorn
from pydantic import BaseModel, ConfigDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from knowledge.templates import templates
from tests.channels.whatsapp.courier import Courier, WebhookTrouble
from tests.channels.whatsapp.limits import Message, refusal

WINDOW = 24 * 3600.0
ERRORS = {
    190: "OAuthException",
    130429: "Rate limit hit",
    131056: "Pair rate limit hit",
    131000: "Something went wrong",
}


class Fault(BaseModel):
    """What happens to the next requests: an error (``status``, ``code``), or the connection ends (``drop``), before or
    after the message was ``taken``; or all is well after a ``delay``. ``times``: how often (None: always); ``share``:
    of how many; ``to``: of whom."""

    model_config = ConfigDict(extra="forbid")
    status: int | None = None
    code: int | None = None
    drop: bool = False
    taken: bool = False
    delay: float = 0.0
    times: int | None = 1
    share: float = 1.0
    to: str | None = None


class Trouble(BaseModel):
    """Replaces everything that was set before. ``unreachable``: numbers without WhatsApp."""

    model_config = ConfigDict(extra="forbid")
    answers: list[Fault] = []
    webhooks: WebhookTrouble = WebhookTrouble()
    unreachable: list[str] = []


@dataclass
class Seen:
    """One message as the person sees it. ``options``: ids and titles; ``key``: what the app sent along."""

    wamid: str
    by: str
    type: str
    text: str = ""
    options: list[dict[str, str]] = field(default_factory=list)
    key: str | None = None


@dataclass
class Person:
    """Somebody with WhatsApp. ``heard_at``: when they last wrote."""

    seen: list[Seen] = field(default_factory=list)
    heard_at: float | None = None


class Graph:
    """The stand-in; ``app`` serves it. ``webhook``: where it brings what happens; ``pace``: seconds between two
    receipts of a message; ``approved``: bodies of templates by name and language; ``http``: brings the webhooks."""

    def __init__(
        self,
        *,
        webhook: str,
        token: str = "token",
        app_secret: str = "app secret",
        phone_number_id: str = "106540352242922",
        pace: float = 0.01,
        seed: int = 0,
        approved: Mapping[tuple[str, str], str] | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.token, self.phone_number_id = token, phone_number_id
        known = {(found.name, found.language): found.body for found in templates()}
        self.approved = dict(known if approved is None else approved)
        self.courier = Courier(webhook, app_secret, phone_number_id, pace, seed, http)
        self.counts = self.courier.counts
        self.trouble = Trouble()
        self.people: defaultdict[str, Person] = defaultdict(Person)
        self.keys: set[str] = set()
        self.doubled: list[str] = []
        self.failed: list[dict[str, Any]] = []
        self._random = random.Random(seed)
        self._numbers = itertools.count(1)
        self.app = Starlette(routes=self._routes(), lifespan=self._lifespan)

    def _routes(self) -> list[Route]:
        post = {"say": self.say, "press": self.press, "age": self.age, "verify": self.verify, "trouble": self.disturb}
        get = {"log": self.log, "state": self.state}
        return [
            Route("/{version}/{number}/messages", self.messages, methods=["POST"]),
            *(Route(f"/_control/{name}", does, methods=["POST"]) for name, does in post.items()),
            *(Route(f"/_control/{name}", does, methods=["GET"]) for name, does in get.items()),
        ]

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.courier.start()
        yield
        await self.courier.stop()

    async def messages(self, request: Request) -> JSONResponse:
        """POST /{version}/{phone number id}/messages."""
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return self._error(401, 190, "Error validating access token")
        if request.path_params["number"] != self.phone_number_id:
            return self._error(400, 100, "Object does not exist", subcode=33)
        body = await request.json()
        if isinstance(body, dict) and body.get("status") == "read":
            self.counts["marked_read"] += 1
            return JSONResponse({"success": True})
        if problem := refusal(body, self.approved):
            return self._error(400, *problem)
        message = Message.model_validate(body)
        address = message.to or message.recipient or ""
        fault = self._fault(address)
        await asyncio.sleep(fault.delay)
        failing = fault.drop or fault.status is not None
        answer = self._taken(address, message) if fault.taken or not failing else None
        if fault.drop:
            self.counts["dropped"] += 1
            _hang_up(request)
            return JSONResponse({})
        if fault.status is not None:
            return self._error(fault.status, fault.code, "Set by the test")
        assert answer is not None
        return answer

    def _fault(self, address: str) -> Fault:
        for fault in self.trouble.answers:
            if fault.times == 0 or fault.to not in (None, address) or self._random.random() >= fault.share:
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return Fault()

    def _error(self, status: int, code: int | None, details: str, subcode: int | None = None) -> JSONResponse:
        self.counts[f"refused_{code or status}"] += 1
        error: dict[str, Any] = {"message": f"(#{code}) {details}", "type": "OAuthException"}
        error |= {"code": code} if code is not None else {}
        error |= {"error_subcode": subcode} if subcode is not None else {}
        error |= {"error_data": {"messaging_product": "whatsapp", "details": details}, "fbtrace_id": "Az8or2yhqkZfEZ"}
        return JSONResponse({"error": error}, status)

    def _taken(self, address: str, message: Message) -> JSONResponse:
        wamid, person = self._wamid(address), self.people[address]
        key = message.biz_opaque_callback_data
        seen = Seen(wamid, "us", message.type, message.shown(self.approved), message.options, key)
        self.counts["taken"] += 1
        open_window = person.heard_at is not None and time.time() - person.heard_at < WINDOW
        if address in self.trouble.unreachable:
            self._fail(address, seen, 131026, "Message undeliverable")
        elif message.template is None and not open_window:
            self._fail(address, seen, 131047, "Re-engagement message")
        else:
            if key is not None and key in self.keys:
                self.doubled.append(key)
            self.keys.add(key or wamid)
            person.seen.append(seen)
            self.courier.receipts(_receipt(address, seen), ["sent", "delivered", "read"])
        contact = {"input": address, "wa_id" if message.to else "user_id": address.lstrip("+")}
        found = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}
        return JSONResponse(found)

    def _fail(self, address: str, seen: Seen, code: int, title: str) -> None:
        self.failed.append({"to": address, "key": seen.key, "code": code})
        error = {"code": code, "title": title, "message": title, "error_data": {"details": f"{title}."}}
        self.courier.receipts(_receipt(address, seen) | {"errors": [error]}, ["failed"])

    def _wamid(self, address: str) -> str:
        """Like a real one: whoever decodes it reads the number."""
        inside = f"\x1d\x0a\x0b{address}\x15\x02\x00{next(self._numbers):020X}"
        return f"wamid.{base64.b64encode(inside.encode()).decode()}"

    async def say(self, request: Request) -> JSONResponse:
        """{"from", "text"} or {"from", "message": {"type": "image", "image": {…}}}; ``id``: under an id that was given
        before. Answers with the id at once."""
        told = await request.json()
        given = told.get("message") or {"type": "text", "text": {"body": told["text"]}}
        return JSONResponse({"wamid": self.hear(told["from"], given, told.get("id"))})

    def hear(self, address: str, given: dict[str, Any], wamid: str | None = None) -> str:
        """A person sends something. Returns its id."""
        wamid = wamid or self._wamid(address)
        person = self.people[address]
        person.heard_at = time.time()
        text = given.get("text", {}).get("body", "") if given["type"] == "text" else ""
        person.seen.append(Seen(wamid, "person", given["type"], text))
        sender = {"from": address} if address.isdigit() else {"from_user_id": address}
        self.courier.message(address, sender | {"id": wamid, "timestamp": _now()} | given)
        return wamid

    async def press(self, request: Request) -> JSONResponse:
        """{"from", "index", "wamid"}: taps an option of a message; without ``wamid`` of the last that has any."""
        told = await request.json()
        of_us = [seen for seen in self.people[told["from"]].seen if seen.by == "us" and seen.options]
        offers = [seen for seen in of_us if told.get("wamid") in (None, seen.wamid)]
        if not offers or not 0 <= told["index"] < len(offers[-1].options):
            return JSONResponse({"error": "there is no such option"}, 404)
        option = dict(offers[-1].options[told["index"]])
        kind = option.pop("kind")
        context = {"from": "15550783881", "id": offers[-1].wamid}
        given = {"type": "interactive", "context": context, "interactive": {"type": kind, kind: option}}
        return JSONResponse({"wamid": self.hear(told["from"], given), "title": option["title"]})

    async def age(self, request: Request) -> JSONResponse:
        """{"from", "hours"}: so long ago the person wrote for the last time."""
        told = await request.json()
        self.people[told["from"]].heard_at = time.time() - told["hours"] * 3600
        return JSONResponse({})

    async def verify(self, request: Request) -> JSONResponse:
        """{"verify_token"}: asks the webhook whether it is ours, as Meta does when it is entered."""
        told = await request.json()
        return JSONResponse({"verified": await self.courier.ask(told["verify_token"])})

    async def disturb(self, request: Request) -> JSONResponse:
        """A `Trouble`; an empty one heals everything."""
        self.trouble = Trouble.model_validate(await request.json())
        self.courier.trouble = self.trouble.webhooks
        return JSONResponse({})

    async def log(self, request: Request) -> JSONResponse:
        """What each person sees, in order; `?from=…`: only one of them."""
        only = request.query_params.get("from")
        people = {only: self.people[only]} if only else self.people
        return JSONResponse({address: [asdict(seen) for seen in who.seen] for address, who in people.items()})

    async def state(self, _: Request) -> JSONResponse:
        """Counts; ``pending``: webhooks that are not acknowledged yet; ``doubled``: keys that were seen twice."""
        counts = {name: self.counts[name] for name in ("taken", "forged_accepted", "repeated")} | dict(self.counts)
        lists = {"doubled": self.doubled, "failed": self.failed}
        return JSONResponse(counts | lists | {"people": len(self.people), "pending": self.courier.pending})


def _now() -> str:
    return str(int(time.time()))


def _receipt(address: str, seen: Seen) -> dict[str, Any]:
    given = {"id": seen.wamid, "timestamp": _now(), "recipient_id": address}
    given |= {"biz_opaque_callback_data": seen.key} if seen.key is not None else {}
    return given | {"pricing": {"billable": False, "pricing_model": "PMP", "category": "service"}}


def _hang_up(request: Request) -> None:
    """Ends the connection without an answer; it is the server's own object that the request was received by."""
    request.receive.__self__.transport.abort()  # type: ignore[attr-defined]


@contextlib.asynccontextmanager
async def serving(graph: Graph) -> AsyncIterator[str]:
    """Serves it on a free port of this process; gives its address."""
    server = uvicorn.Server(uvicorn.Config(graph.app, port=0, log_level="error"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn tells it in no other way)
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def main() -> None:
    """Serves it as a process of its own. Without arguments it reads the same settings as the app."""
    setting = os.environ.get
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook", default="http://127.0.0.1:8000/whatsapp/webhook")
    parser.add_argument("--token", default=setting("WHATSAPP_TOKEN", "token"))
    parser.add_argument("--app-secret", default=setting("WHATSAPP_APP_SECRET", "app secret"))
    parser.add_argument("--phone-number-id", default=setting("WHATSAPP_PHONE_ID", "106540352242922"))
    parser.add_argument("--pace", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    given = vars(parser.parse_args())
    port = given.pop("port")
    uvicorn.run(Graph(**given).app, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
