"""Works through the outbox: in order on each address, several addresses at once, again after a crash.

Several processes may do so. What is kept before and after each request to a platform says after a crash, at whatever
moment, whether a part was taken, was not sent, or must be looked for.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
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
LONGEST_REQUEST = 40.0  # a claim outlives it, so that nobody else looks for a part that is still on its way
TO_END = 5.0
WRITES, WRITE_EVERY = 120, 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """One message that is being sent. ``hindrance``: why it must not be sent any more, were it not sent already;
    ``handed_at``: since when it may have been sent."""

    outbox_id: int
    attempt: int
    claimed_until: dt.datetime
    conversation_id: str
    platform: Platform
    address: str
    heard_at: dt.datetime
    message: Outgoing
    unsure: bool
    hindrance: str | None
    handed_at: dt.datetime
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
        self._ending = False

    async def run(self) -> None:
        """Runs until cancelled; what is being sent then is given a moment to end. An error with one address never
        stops the others."""
        if not self.platforms:
            return
        self._ending = False
        try:
            async with self.hub.listen(EVERYTHING) as news:
                while True:
                    news.clear()
                    try:
                        await self._start_due()
                    except Exception as error:  # noqa: BLE001  (the next look may go well)
                        _tell("dispatcher_failed", error)
                    await wait(news, LOOK_EVERY)
        finally:
            self._ending = True
            await self._end()

    async def _end(self) -> None:
        if self._running:
            _, late = await asyncio.wait(list(self._running.values()), timeout=TO_END)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def work_off(self) -> None:
        """Sends what is due now, and returns when nothing is being sent any more."""
        await self._start_due()
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def _start_due(self) -> None:
        now = self.clock()
        open_now = [name for name in self.platforms if self._paused.get(name, now) <= now]

        def due() -> Sequence[str]:
            with self.database.read() as session:
                lost, found = outbox.lost(session, open_now, now), outbox.due_addresses(session, open_now, now)
            if lost:
                with self.database.write() as session:
                    outbox.give_up(session, lost, now)
            return found

        for address_id in await asyncio.to_thread(due):
            if address_id not in self._running:
                task = asyncio.create_task(self._drain(address_id))
                self._running[address_id] = task
                task.add_done_callback(functools.partial(self._ended, address_id))

    def _ended(self, address_id: str, task: asyncio.Task[None]) -> None:
        self._running.pop(address_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _tell("delivery_broken", error, address=address_id)

    async def _drain(self, address_id: str) -> None:
        async with self._places:
            go_on = True
            while go_on and not self._ending and (job := await asyncio.to_thread(self._claim, address_id)) is not None:
                go_on = await self._deliver(job)
                self.hub.wake(job.conversation_id)

    def _claim(self, address_id: str) -> Job | None:
        """The next message of an address that may be sent. What must not be sent on the way to it is given up."""
        now = self.clock()
        with self.database.write() as session:
            address = session.get(Address, address_id)
            if address is None or self._paused.get(address.channel, now) > now:
                return None
            while (claimed := outbox.claim(session, address_id, now)) is not None:
                item, unsure = claimed
                job = self._job(session, address, item, now, unsure=unsure)
                if job.address and (unsure or not job.hindrance):
                    return job
                outbox.settle(session, item.id, item.attempts, OutboxState.DEAD, job.hindrance, now)
                log.warning("delivery_given_up", outbox=item.id, reason=job.hindrance)
        return None

    def _job(self, session: Session, address: Address, item: OutboxItem, now: dt.datetime, *, unsure: bool) -> Job:
        platform = self.platforms[address.channel]
        hindrance = _hindrance(address, item, platform, now)
        try:
            plain = self.sealer.open(address.sealed)
        except Unreadable:
            plain, hindrance = "", "address_unreadable"
        return Job(
            outbox_id=item.id,
            attempt=item.attempts,
            claimed_until=now + outbox.CLAIM,
            conversation_id=item.conversation_id,
            platform=platform,
            address=plain,
            heard_at=address.heard_at,
            message=_outgoing(session, item),
            unsure=unsure,
            hindrance=hindrance,
            handed_at=item.due_at,
            sent=frozenset(outbox.parts_of(session, item.id)),
            before=outbox.largest_numbers(session, item) if unsure else (0, 0),
        )

    async def _deliver(self, job: Job) -> bool:
        """Sends what is left of a message. False: stop here for now, so that nothing overtakes it."""
        try:
            return await self._send_parts(job)
        except Later as problem:
            return await self._later(job, problem)
        except Refused as problem:
            return await self._settle(job, OutboxState.DEAD, problem.reason)
        except (Unknown, TimeoutError):
            return await self._leave_unsure(job)
        except Exception as error:  # noqa: BLE001  (an error of ours: what was sent before it must be looked for)
            _tell("delivery_broken", error, outbox=job.outbox_id)
            return await self._leave_unsure(job)

    async def _send_parts(self, job: Job) -> bool:
        unsure, claimed_until = job.unsure, job.claimed_until
        for place, part in enumerate(_rendered(job)):
            if place in job.sent:
                continue
            if self.clock() + dt.timedelta(seconds=LONGEST_REQUEST) > claimed_until:
                return False  # this process stood still for a while: another may be sending it
            async with asyncio.timeout(LONGEST_REQUEST):
                taken = await self._hand_over(job, place, part, claimed_until, unsure=unsure)
            mark = (self.sealer.mark(job.platform.name, taken.platform_id), taken.number) if taken else None
            held = await self._write(outbox.keep, job, place, mark)
            if held is None:
                return False
            unsure, claimed_until = False, held
        return await self._settle(job, OutboxState.SENT, None)

    async def _hand_over(
        self, job: Job, place: int, part: Part, claimed_until: dt.datetime, *, unsure: bool
    ) -> Taken | None:
        """Sends one part, unless it is found to be there already. None: a receipt told so meanwhile."""
        delivery = Delivery(job.address, f"{job.outbox_id}.{place}", job.heard_at, job.before)
        if unsure:
            if self._too_early(job) > 0:
                raise Unknown
            try:
                found = await job.platform.find(part, delivery)
            except Later as problem:  # it was not looked for: still nobody knows
                self._pause(job, problem)
                raise Unknown(problem.reason) from problem
            if found is not None:
                return found
            if await asyncio.to_thread(self._known, job, place):
                return None
            if self.clock() >= claimed_until:
                raise Unknown
        if job.hindrance is not None:
            raise Refused(job.hindrance)
        return await job.platform.send(part, delivery)

    def _known(self, job: Job, place: int) -> bool:
        with self.database.read() as session:
            return place in outbox.parts_of(session, job.outbox_id)

    def _pause(self, job: Job, problem: Later) -> None:
        if problem.everybody and problem.seconds is not None:
            until = self.clock() + dt.timedelta(seconds=problem.seconds)
            self._paused[job.platform.name] = max(until, self._paused.get(job.platform.name, until))

    async def _later(self, job: Job, problem: Later) -> bool:
        self._pause(job, problem)
        again = await self._write(outbox.put_off, job, problem.reason, problem.seconds)
        log.warning("delivery_put_off", outbox=job.outbox_id, reason=problem.reason, again=again)
        return not again

    async def _settle(self, job: Job, state: OutboxState, error: str | None) -> bool:
        settled = await self._write(outbox.settle, job, state, error)
        if error:
            log.warning("delivery_given_up", outbox=job.outbox_id, reason=error)
        return settled

    def _too_early(self, job: Job) -> float:
        """Seconds until it may be looked for: what would tell that it was sent may still be on its way."""
        return job.platform.look_after - (self.clock() - job.handed_at).total_seconds()

    async def _leave_unsure(self, job: Job) -> bool:
        seconds = self._too_early(job) if job.unsure else job.platform.look_after
        again = await self._write(outbox.leave_unsure, job, max(seconds, 0.0))
        log.warning("delivery_unsure", outbox=job.outbox_id, again=again)
        return not again

    async def _write[T](self, change: Callable[..., T], job: Job, *values: object) -> T:
        """Changes a message's row, also when the database is away for a while: what a platform did must be kept."""

        def write() -> T:
            with self.database.write() as session:
                return change(session, job.outbox_id, job.attempt, *values, self.clock())

        for _ in range(WRITES - 1):
            try:
                return await asyncio.to_thread(write)
            except (OperationalError, InterfaceError, PoolTimeout):
                await asyncio.sleep(WRITE_EVERY)
        return await asyncio.to_thread(write)


def _hindrance(address: Address, item: OutboxItem, platform: Platform, now: dt.datetime) -> str | None:
    """Why a message must not go to its address any more."""
    if address.conversation_id != item.conversation_id:
        return outbox.MOVED
    if address.stopped_at is not None and item.created_at < address.stopped_at:
        return outbox.STOPPED
    if item.template is None and not platform.window_open(address.heard_at, now):
        return outbox.WINDOW_CLOSED
    return None


def _rendered(job: Job) -> list[Part]:
    try:
        return job.platform.render(job.message)
    except Exception as error:
        _tell("message_not_rendered", error, outbox=job.outbox_id)
        raise Refused("not_rendered") from error


def _tell(event: str, error: BaseException, **ids: object) -> None:
    """Logs the kind and the place of an error. Its words may hold what a person wrote."""
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f"{frame.filename}:{frame.lineno}" for frame in place)
    log.error(event, error=type(error).__name__, where=where, **ids)


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
