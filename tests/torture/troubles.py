"""Carries out a schedule of troubles, counts them, and heals everything at the end."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from tests.torture.cluster import Cluster
from tests.torture.network import BREEZE, STILL, STORM, Relay
from tests.torture.options import TELEGRAM, WHATSAPP
from tests.torture.plan import Blow, Trouble
from tests.torture.programs import NotReady, Program, busy, processors

KEEP_EVERY = 0.5
TOO_LATE = 5.0  # seconds after which a blow that had to wait for the one before is left out
COME_UP = 180.0
LONGEST_LIFE = 40.0  # seconds that a program is left alone at most after it has come up
ALWAYS = {"times": None}
STORMS: dict[str, list[dict[str, Any]]] = {
    WHATSAPP: [
        {
            "answers": [
                {"status": 429, "code": 131056, "share": 0.06, **ALWAYS},
                {"status": 429, "code": 130429, "share": 0.02, **ALWAYS},
                {"status": 500, "code": 131000, "share": 0.03, **ALWAYS},
                {"status": 500, "code": 131000, "taken": True, "share": 0.03, **ALWAYS},
                {"drop": True, "share": 0.03, **ALWAYS},
                {"drop": True, "taken": True, "share": 0.06, **ALWAYS},
                {"delay": 1.0, "share": 0.2, **ALWAYS},
            ],
            "webhooks": {"doubled": 0.2, "late": 2.0, "shuffled": True, "forged": 0.1},
        }
    ],
    TELEGRAM: [
        {"do": "retry_after", "share": 0.06, "seconds": 1},
        {"do": "error", "share": 0.03},
        {"do": "error", "share": 0.03, "taken": True},
        {"do": "drop", "share": 0.03},
        {"do": "drop", "share": 0.06, "taken": True},
        {"do": "slow", "share": 0.15, "seconds": 1.0, "taken": True},
        {"do": "error", "on": "editMessageText", "share": 0.1},
        {"do": "double", "on": "webhook", "share": 0.15},
        {"do": "twice_at_once", "on": "webhook", "share": 0.08},
        {"do": "delay", "on": "webhook", "share": 0.1, "seconds": 0.5},
        {"do": "error", "on": "webhook", "share": 0.05},
    ],
}
CALMS: dict[str, dict[str, Any]] = {WHATSAPP: {}, TELEGRAM: {"clear": True}}


class TroubleMaker:
    """Does to a cluster what a schedule says."""

    def __init__(self, cluster: Cluster, schedule: Sequence[Trouble]) -> None:
        self.cluster, self.schedule = cluster, schedule
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self._down: set[str] = set()
        self._one_at_a_time: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._over = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._http = httpx.AsyncClient(timeout=30, trust_env=False)

    async def run(self) -> None:
        """Strikes at the times of the schedule; returns after the last blow has begun."""
        began = time.monotonic()
        self._keeper = asyncio.create_task(self._keep_alive())
        if self.schedule:
            self.cluster.web.weather = BREEZE
            self.cluster.webhooks.weather = BREEZE
        for trouble in self.schedule:
            await asyncio.sleep(max(0.0, began + trouble.at - time.monotonic()))
            task = asyncio.create_task(self._strike(trouble))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def heal(self) -> None:
        """Waits for what has begun, sets everything right, and waits until all is well.

        Raises:
            NotReady: something does not come up any more.
        """
        self._over.set()
        await asyncio.gather(*self._running)
        for relay in (self.cluster.web, self.cluster.webhooks):
            relay.weather = STILL
        for program in self.cluster.programs.values():
            program.resume()
            if not program.alive():
                program.start()
            await program.until_ready()

    async def close(self) -> None:
        """Stops to keep the programs alive."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._http.aclose()

    async def _strike(self, trouble: Trouble) -> None:
        if trouble.blow is Blow.STORM:
            await self._storm(trouble)
            return
        program = self.cluster.programs[trouble.target]
        due = time.monotonic()
        async with self._one_at_a_time[program.name]:
            if time.monotonic() - due > TOO_LATE:
                self.counts["blows left out"] += 1
                return
            await self._strike_at(program, trouble)

    async def _strike_at(self, program: Program, trouble: Trouble) -> None:
        if trouble.blow in (Blow.KILL, Blow.STUMBLE):
            await self._kill(program, trouble.seconds)
            if trouble.blow is Blow.STUMBLE:
                await asyncio.sleep(trouble.seconds)
                await self._kill(program, trouble.seconds)
            await self._come_up(program)
        elif trouble.blow is Blow.PAUSE:
            await self._pause(program, trouble.seconds)
        else:
            await self._starve(program, trouble.seconds)

    def _count(self, blow: str, target: str) -> None:
        self.counts[f"{blow} {target.rstrip('-0123456789')}"] += 1
        self._note(f"{blow} {target}")

    def _note(self, what: str) -> None:
        """Writes it beside the logs, with the moment as it stands in them."""
        with (self.cluster.folder / "timeline.log").open("a", encoding="utf-8") as timeline:
            timeline.write(f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ} {what}\n")

    async def _kill(self, program: Program, seconds: float) -> None:
        self._down.add(program.name)
        await asyncio.to_thread(program.kill)
        self._count("kill", program.name)
        await asyncio.sleep(seconds)
        program.start()
        self._down.discard(program.name)
        self._count("restart", program.name)

    async def _come_up(self, program: Program) -> None:
        """Waits until it works again, and leaves it alone as long as that took: on a slow machine a program that is
        struck too soon never works at all."""
        began = time.monotonic()
        try:
            await program.until_ready(COME_UP)
        except NotReady as error:
            self.problems.append(str(error)[:300])
            return
        self._note(f"ready {program.name}")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), min(time.monotonic() - began, LONGEST_LIFE))

    async def _pause(self, program: Program, seconds: float) -> None:
        program.pause()
        self._count("pause", program.name)
        await asyncio.sleep(seconds)
        program.resume()
        self._note(f"resume {program.name}")

    async def _starve(self, program: Program, seconds: float) -> None:
        program.nice(19)
        self._count("starve", program.name)
        with busy(2 * processors()):
            await asyncio.sleep(seconds)
        program.nice(0)

    async def _storm(self, trouble: Trouble) -> None:
        relays: dict[str, Relay] = {"web": self.cluster.web, "webhooks": self.cluster.webhooks}
        self._count("storm", trouble.target)
        if trouble.target in relays:
            relays[trouble.target].weather = STORM
            await asyncio.sleep(trouble.seconds)
            relays[trouble.target].weather = BREEZE
            self._note(f"calm {trouble.target}")
        elif trouble.target in self.cluster.platform_ports:
            for fault in STORMS[trouble.target]:
                await self._disturb(trouble.target, fault)
            await asyncio.sleep(trouble.seconds)
            await self._disturb(trouble.target, CALMS[trouble.target])
            self._note(f"calm {trouble.target}")

    async def _disturb(self, channel: str, body: dict[str, Any]) -> None:
        url = f"{self.cluster.platform_url(channel)}/_control/trouble"
        (await self._http.post(url, json=body)).raise_for_status()

    async def _keep_alive(self) -> None:
        """Starts again what ended by itself, as a supervisor would, and counts it."""
        while True:
            await asyncio.sleep(KEEP_EVERY)
            for program in self.cluster.programs.values():
                if program.name in self._down or program.alive():
                    continue
                self._count("ended by itself", program.name)
                self.problems.append(f"{program.name} ended by itself: {program.last_words()[:200]}")
                program.start()


@contextlib.asynccontextmanager
async def troubled(cluster: Cluster, schedule: Sequence[Trouble]) -> AsyncIterator[TroubleMaker]:
    """A trouble maker that works as long as the block, no longer; everything is well after it."""
    maker = TroubleMaker(cluster, schedule)
    task = asyncio.create_task(maker.run())
    try:
        yield maker
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await maker.heal()
    finally:
        task.cancel()
        await maker.close()
