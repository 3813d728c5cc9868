"""A bot process that is killed in the middle of a turn."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests import servers
from tests.bot.conftest import TOKEN

AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def action_server(calls: list[str], held: threading.Event) -> Iterator[str]:
    """Answers calls of actions over HTTP, the first one only when it is let go."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            calls.append(call["next_action"])
            held.wait(60)
            body = json.dumps({"events": [], "responses": [{"text": call["next_action"]}]}).encode()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # who asked was killed
                pass

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Bot:
    """The bot as a process of its own, on a port and a database that outlive it."""

    command: list[str]
    folder: Path
    environment: dict[str, str]
    http: aiohttp.ClientSession
    port: int = field(default_factory=servers.free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        environment = {**self.environment, "BOT_PORT": str(self.port)}
        self.process = subprocess.Popen(self.command, cwd=self.folder, env=environment, stderr=subprocess.DEVNULL)

    async def start(self) -> None:
        self.launch()
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with self.http.get(f"{self.address}/webhooks/app/") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.2)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    async def ask(self, message: str, message_id: int) -> list[str]:
        body = {"sender": "a", "message": message, "kind": "payload", "metadata": {"message_id": message_id}}
        async with self.http.post(f"{self.address}/webhooks/app/webhook", json=body) as answer:
            return [one["text"] for one in await answer.json()]

    async def events(self) -> Counter[str]:
        url = f"{self.address}/conversations/a/tracker"
        async with self.http.get(url, params={"token": TOKEN}) as answer:
            return Counter(event["event"] for event in (await answer.json())["events"])


async def test_the_turn_is_run_after_the_restart_and_then_said_again(
    model: Path, project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    calls: list[str] = []
    held = threading.Event()
    command = [sys.executable, "-m", "bot", "run", "--model", str(model)]
    with action_server(calls, held) as actions:
        more = {"ACTION_ENDPOINT_URL": actions, "TRACKER_DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
        async with aiohttp.ClientSession(headers=AUTHORISED) as http:
            bot = Bot(command, project, {**environment, **more}, http)
            try:
                await bot.start()
                first = asyncio.create_task(bot.ask("/what_now", 7))
                async with asyncio.timeout(20):
                    while not calls:  # noqa: ASYNC110  (another thread fills it)
                        await asyncio.sleep(0.05)
                bot.kill()
                with pytest.raises(aiohttp.ClientError):
                    await first
                held.set()
                await bot.start()
                assert await bot.ask("/what_now", 7) == ["action_what_now"]
                assert await bot.ask("/what_now", 7) == ["action_what_now"]
                events = await bot.events()
            finally:
                bot.kill()
    assert calls == ["action_what_now"] * 2, "once before it was killed, once after"
    assert events["user"] == events["bot"] == 1
