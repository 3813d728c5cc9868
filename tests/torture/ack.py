"""How fast the webhooks acknowledge: from a platform's request to our 200, with the message stored in between.

Measured under a steady load of both platforms, while the messages are answered; beside each other with `/health`, so
that a slow machine is seen as such. Run as `python -m tests.torture ack`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.torture.cluster import PHONE_ID, WEBHOOKS, Cluster
from tests.torture.options import STUB, TELEGRAM, WHATSAPP, Options
from tests.torture.platform_phones import reader_of

TARGET = 0.050
HEALTH, PAGE = "health", "page"
BASELINES = {HEALTH: "/health", PAGE: "/"}
PEOPLE = 40
QUIET = 4  # seconds without anything on its way, before it begins
Times = dict[str, list[float]]


class Load:
    """Sends what the platforms would send, straight to one app, and takes the time."""

    def __init__(self, cluster: Cluster, rate: float) -> None:
        self.cluster, self.rate = cluster, rate
        self.times: Times = defaultdict(list)
        self.refused: list[str] = []
        self.numbers = itertools.count(1)
        self.chance = random.Random(1)
        self.http = httpx.AsyncClient(base_url=cluster.app_urls[0], timeout=30, trust_env=False)

    async def warm_up(self) -> None:
        """Everybody has written once, so that the platforms know them, and has an answer."""
        for channel in WEBHOOKS:
            reader = reader_of(channel)
            for number in range(PEOPLE):
                body = reader.words(reader.address(number), "hello")
                answer = await self.http.post(f"{self.cluster.platform_url(channel)}/_control/say", json=body)
                answer.raise_for_status()
        quiet = 0
        while quiet < QUIET:
            await asyncio.sleep(1.0)
            quiet = 0 if await self._pending() else quiet + 1

    async def _pending(self) -> int:
        """Webhooks that are still on their way, of both platforms."""
        urls = [f"{self.cluster.platform_url(channel)}/_control/state" for channel in WEBHOOKS]
        return sum([int((await self.http.get(url)).raise_for_status().json()["pending"]) for url in urls])

    async def run(self, requests: int) -> None:
        """So many webhooks at a steady pace, every fifth time with each baseline beside."""
        began, tasks = time.perf_counter(), []
        for number in range(requests):
            await asyncio.sleep(max(0.0, began + number / self.rate - time.perf_counter()))
            tasks.append(asyncio.create_task(self._webhook((TELEGRAM, WHATSAPP)[number % 2])))
            if number % 5 == 0:
                tasks += [asyncio.create_task(self._baseline(name)) for name in BASELINES]
        await asyncio.gather(*tasks)

    async def _webhook(self, channel: str) -> None:
        number = next(self.numbers)
        address = reader_of(channel).address(self.chance.randrange(PEOPLE))
        text = f"thank you ({number})"
        if channel == TELEGRAM:
            body, headers = json.dumps(_update(number, int(address), text)).encode(), self._secret()
        else:
            body = json.dumps(_payload(number, address, text)).encode()
            headers = self._signature(body)
        began = time.perf_counter()
        answer = await self.http.post(WEBHOOKS[channel], content=body, headers=headers)
        self.times[channel].append(time.perf_counter() - began)
        if answer.status_code != 200:
            self.refused.append(f"{channel}: {answer.status_code}")

    async def _baseline(self, name: str) -> None:
        began = time.perf_counter()
        await self.http.get(BASELINES[name])
        self.times[name].append(time.perf_counter() - began)

    def _secret(self) -> dict[str, str]:
        secret = self.cluster.values["TELEGRAM_SECRET"]
        return {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}

    def _signature(self, body: bytes) -> dict[str, str]:
        key = self.cluster.values["WHATSAPP_APP_SECRET"].encode()
        signed = hmac.new(key, body, hashlib.sha256).hexdigest()
        return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signed}"}


def _update(number: int, chat: int, text: str) -> dict[str, Any]:
    """A message as Telegram brings it."""
    who = {"id": chat, "is_bot": False, "first_name": "Amina", "language_code": "en"}
    where = {"id": chat, "type": "private", "first_name": "Amina"}
    message = {"message_id": 1_000_000 + number, "from": who, "chat": where, "date": int(time.time()), "text": text}
    return {"update_id": 900_000_000 + number, "message": message}


def _payload(number: int, address: str, text: str) -> dict[str, Any]:
    """A message as Meta brings it."""
    message = {
        "from": address,
        "id": f"wamid.acknowledged{number:08}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }
    metadata = {"display_phone_number": "15550783881", "phone_number_id": PHONE_ID}
    contacts = [{"profile": {"name": "Sam"}, "wa_id": address}]
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, "messages": [message]}
    changes = [{"value": value, "field": "messages"}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]}


def figures(times: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile and the slowest, in milliseconds."""
    cuts = statistics.quantiles(times, n=100)
    found = {"median": statistics.median(times), "p95": cuts[94], "p99": cuts[98], "slowest": max(times)}
    return {name: round(seconds * 1000, 1) for name, seconds in found.items()}


def summary(times: Times) -> dict[str, Any]:
    """All figures, and how many times longer than `/health` a webhook takes."""
    both = figures([*times[TELEGRAM], *times[WHATSAPP]])
    told: dict[str, Any] = {"webhooks": both, **{name: figures(found) for name, found in times.items()}}
    told["ratio"] = {name: round(both[name] / told[HEALTH][name], 2) for name in ("median", "p95", "p99")}
    return {"good": both["p95"] < TARGET * 1000, "target_ms": TARGET * 1000, **told}


async def _measure(options: Options, requests: int, rate: float) -> tuple[dict[str, Any], list[str]]:
    cluster = Cluster(options)
    try:
        await cluster.start()
        load = Load(cluster, rate)
        await load.warm_up()
        await load.run(requests)
        await load.http.aclose()
        database = "sqlite" if options.sqlite else "postgresql"
        return {"requests": requests, "rate": rate, "database": database, **summary(load.times)}, load.refused
    finally:
        await cluster.stop()


def lines(told: dict[str, Any], refused: Sequence[str]) -> Iterator[str]:
    """What is told at the end, the JSON last."""
    for name in ("webhooks", TELEGRAM, WHATSAPP, HEALTH, PAGE):
        yield f"{name:<9} " + "  ".join(f"{key} {value} ms" for key, value in told[name].items())
    yield "a webhook takes " + ", ".join(f"{key} {value}" for key, value in told["ratio"].items()) + " times /health"
    for one in refused[:10]:
        yield f"NOT TAKEN {one}"
    yield json.dumps({**told, "refused": len(refused)})


def main(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Measures; 0 when 95 of 100 webhooks are acknowledged within the target, and none was refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture ack", description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=8.0, help="webhooks in a second")
    parser.add_argument("--sqlite", action="store_true")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="what-now-ack-"))
    channels = (TELEGRAM, WHATSAPP)
    options = Options(folder, 1, apps=1, sqlite=given.sqlite, bot=STUB, channels=channels)
    say(f"logs in {folder}")
    told, refused = asyncio.run(_measure(options, given.requests, given.rate))
    told["good"] = told["good"] and not refused
    for line in lines(told, refused):
        say(line)
    return 0 if told["good"] else 1
