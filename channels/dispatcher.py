"""Works through the outbox: in order on each address, several addresses at once, again after a crash."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from channels import outbox
from channels.hub import EVERYTHING, Hub, wait
from channels.platform import Delivery, Later, Outgoing, Part, Platform, Refused, Taken, Unknown
from channels.router import Clock
from dossiers.database import Database
from dossiers.models import Address, Agent, Message, OutboxItem, OutboxState
from dossiers.sealing import Sealer, Unreadable

log = structlog.get_logger(__name__)

AT_ONCE = 16
LOOK_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """One message that is being sent."""

    outbox_id: int
    conversation_id: str
    platform: Platform
    address: str
    heard_at: dt.datetime
    message: Outgoing
    unsure: bool
    sent: frozenset[int]
    before: tuple[int, int]


class Dispatcher:
    """One background task of the app."""

    def __init__(
        self, database: Database, platforms: Sequence[Platform], sealer: Sealer, hub: Hub, clock: Clock
    ) -> None:
        self.database, self.sealer, self.hub, self.clock = database, sealer, hub, clock
        self.platforms = {platform.name: platform for platform in platforms}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._paused: dict[str, dt.datetime] = {}

    async def run(self) -> None:
        """Runs until cancelled. An error with one address never stops the others."""
        if not self.platforms:
            return
        async with self.hub.listen(EVERYTHING) as news:
            while True:
                news.clear()
                try:
                    await self._start_due()
                except Exception:
                    log.exception("dispatcher_failed")
                await wait(news, LOOK_EVERY)

    async def _start_due(self) -> None:
        now = self.clock()
        open_now = [name for name in self.platforms if self._paused.get(name, now) <= now]

        def due() -> Sequence[str]:
            with self.database.read() as session:
                return outbox.due_addresses(session, open_now, now)

        for address_id in await asyncio.to_thread(due):
            if address_id not in self._running:
                task = asyncio.create_task(self._drain(address_id))
                self._running[address_id] = task
                task.add_done_callback(functools.partial(self._ended, address_id))

    def _ended(self, address_id: str, _: asyncio.Task[None]) -> None:
        self._running.pop(address_id, None)

    async def _drain(self, address_id: str) -> None:
        async with self._places:
            try:
                while (job := await asyncio.to_thread(self._claim, address_id)) is not None:
                    if not await self._deliver(job):
                        return
                    self.hub.wake(job.conversation_id)
            except Exception:  # what is broken is found again when its claim is over
                log.exception("delivery_broken", address=address_id)

    def _claim(self, address_id: str) -> Job | None:
        now = self.clock()
        with self.database.write() as session:
            address = session.get(Address, address_id)
            if address is None or self._paused.get(address.channel, now) > now:
                return None
            claimed = outbox.claim(session, address_id, now)
            if claimed is None:
                return None
            item, unsure = claimed
            platform = self.platforms[item.channel]
            if item.template is None and not platform.window_open(address.heard_at, now):
                outbox.settle(session, item.id, OutboxState.DEAD, outbox.WINDOW_CLOSED, now)
                return None
            try:
                plain = self.sealer.open(address.sealed)
            except Unreadable:
                outbox.settle(session, item.id, OutboxState.DEAD, "address_unreadable", now)
                return None
            before = (
                outbox.largest_number(session, item.channel, address_id),
                outbox.largest_number(session, item.channel),
            )
            sent = frozenset(outbox.parts_of(session, item.id))
            message = _outgoing(session, item)
            return Job(item.id, item.conversation_id, platform, plain, address.heard_at, message, unsure, sent, before)

    async def _deliver(self, job: Job) -> bool:
        """Sends what is left of a message. False: stop here for now, so that nothing overtakes it."""
        unsure = job.unsure
        for place, part in enumerate(job.platform.render(job.message)):
            if place in job.sent:
                continue
            delivery = Delivery(job.address, f"{job.outbox_id}.{place}", job.heard_at, job.before)
            try:
                taken = await self._send(job.platform, part, delivery, unsure=unsure)
            except Later as problem:
                await self._later(job, problem)
                return False
            except Refused as problem:
                await self._settle(job, OutboxState.DEAD, problem.reason)
                return True
            except Unknown:
                await asyncio.to_thread(self._leave_unsure, job)
                return False
            unsure = False
            await asyncio.to_thread(self._keep, job, place, taken)
        await self._settle(job, OutboxState.SENT, None)
        return True

    @staticmethod
    async def _send(platform: Platform, part: Part, delivery: Delivery, *, unsure: bool) -> Taken:
        found = await platform.find(part, delivery) if unsure else None
        return found if found is not None else await platform.send(part, delivery)

    async def _later(self, job: Job, problem: Later) -> None:
        now = self.clock()
        if problem.everybody and problem.seconds is not None:
            self._paused[job.platform.name] = now + dt.timedelta(seconds=problem.seconds)

        def put_off() -> bool:
            with self.database.write() as session:
                return outbox.put_off(session, job.outbox_id, problem.reason, problem.seconds, now)

        again = await asyncio.to_thread(put_off)
        log.warning("delivery_put_off", outbox=job.outbox_id, reason=problem.reason, again=again)

    async def _settle(self, job: Job, state: OutboxState, error: str | None) -> None:
        def settle() -> None:
            with self.database.write() as session:
                outbox.settle(session, job.outbox_id, state, error, self.clock())

        await asyncio.to_thread(settle)
        if error:
            log.warning("delivery_given_up", outbox=job.outbox_id, reason=error)

    def _keep(self, job: Job, place: int, taken: Taken) -> None:
        mark = self.sealer.mark(job.platform.name, taken.platform_id)
        with self.database.write() as session:
            outbox.part_sent(session, job.outbox_id, place, mark, taken.number, self.clock())

    def _leave_unsure(self, job: Job) -> None:
        with self.database.write() as session:
            outbox.leave_unsure(session, job.outbox_id, job.platform.look_after, self.clock())


def _outgoing(session: Session, item: OutboxItem) -> Outgoing:
    message = session.get_one(Message, item.message_id)
    agent = session.get(Agent, message.agent_id) if message.agent_id else None
    return Outgoing(
        message_id=message.id,
        text=message.text,
        sender=message.sender,
        agent=agent.name if agent else None,
        options=message.options,
        sources=message.sources,
        plan=message.plan,
        template=item.template,
    )
