"""A platform's stand-in as a program of its own, with one more question: what is new since the last time.

Run as `python -m tests.torture.platforms telegram|whatsapp PORT`, with the app's settings and WEBHOOK.
`POST /_torture/news {"address": how many are known, …}` gives what each sees beyond that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from unittest.mock import patch

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.platforms.telegram import app as emulator
from tests.platforms.telegram.state import Account
from tests.platforms.whatsapp import Graph
from tests.torture.options import TELEGRAM, WHATSAPP

FIRST_RETRY = 0.5
Seen = Callable[[str, int], list[dict[str, Any]]]


def whatsapp() -> tuple[Starlette, Seen]:
    """The stand-in of Meta's Cloud API, and what a person sees after so many messages."""
    graph = Graph(
        webhook=os.environ["WEBHOOK"],
        token=os.environ["WHATSAPP_TOKEN"],
        app_secret=os.environ["WHATSAPP_APP_SECRET"],
        phone_number_id=os.environ["WHATSAPP_PHONE_ID"],
    )
    return graph.app, lambda address, known: [asdict(one) for one in graph.people[address].seen[known:]]


def telegram() -> tuple[Starlette, Seen]:
    """The emulator of the Bot API, and what a person sees after so many messages."""
    account = Account()
    with patch.object(emulator, "Account", lambda: account):
        app = emulator.create_app(first_retry=FIRST_RETRY)
    return app, lambda address, known: [post.shown() for post in account.ledger[int(address)][known:]]


def with_news(app: Starlette, seen: Seen) -> Starlette:
    """The stand-in with the question for news."""

    async def news(request: Request) -> JSONResponse:
        known: dict[str, int] = await request.json()
        return JSONResponse({address: new for address, count in known.items() if (new := seen(address, count))})

    app.router.routes.append(Route("/_torture/news", news, methods=["POST"]))
    return app


def main(name: str, port: int) -> None:
    """Serves until it is stopped."""
    app, seen = {WHATSAPP: whatsapp, TELEGRAM: telegram}[name]()
    uvicorn.Server(emulator.settings(with_news(app, seen), "127.0.0.1", port)).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
