"""One run: everything starts, people write while everything breaks, all heals, and both ends are compared."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

import httpx
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from dossiers.database import normal_url
from tests.torture import ending, plan
from tests.torture.checks import findings
from tests.torture.cluster import Cluster
from tests.torture.colleague import Colleague, Desk
from tests.torture.network import HOST
from tests.torture.options import WEB, Options
from tests.torture.people import Budget, Habits, Person
from tests.torture.phones import Phone, WebPhone
from tests.torture.platform_phones import News, reader_of
from tests.torture.records import Finding
from tests.torture.report import Report
from tests.torture.troubles import troubled
from tests.torture.watch import Watch

Say = Callable[[str], None]


class Story:
    """Holds what the parts of one run share."""

    def __init__(self, options: Options, say: Say) -> None:
        self.options, self.say = options, say
        self.cluster = Cluster(options)
        self.chance = random.Random(options.seed)
        self.http = httpx.AsyncClient(
            trust_env=False, timeout=120, limits=httpx.Limits(max_connections=None, max_keepalive_connections=20)
        )
        self.people: list[Person] = []
        self.by_conversation: dict[str, Person] = {}
        self.news: list[News] = []
        self.problems: list[str] = []

    async def run(self) -> Report:
        """The whole run, to its report.

        Raises:
            LookupError: something that is needed is not installed.
            NotReady: something does not come up.
        """
        try:
            self.say("starting everything ...")
            await self.cluster.start()
            return await self._run()
        finally:
            await self.http.aclose()
            await self.cluster.stop()

    async def _run(self) -> Report:
        url = normal_url(self.cluster.values["DATABASE_URL"])
        engine = create_engine(url, poolclass=NullPool)
        if url.startswith("sqlite"):
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))
        watch = Watch(engine)
        desk = Desk(self.cluster.app_urls, self.cluster.login, self.cluster.password)
        await desk.open()
        budget = Budget(self.options.messages, 0.0)
        self._gather(watch, budget)
        chance = random.Random(f"{self.options.seed} colleague")
        colleague = Colleague(desk, watch, self.by_conversation, chance, 4.0 if self.options.quick else 3.0)
        began = time.monotonic()
        budget.until = began + self.options.seconds
        async with self._background(watch.run(), colleague.run(), *(news.run() for news in self.news)):
            schedule = self._schedule()
            self.say(f"{len(self.people)} people write, {len(schedule)} troubles are planned ...")
            async with troubled(self.cluster, schedule) as maker:
                writing = asyncio.gather(*(person.live() for person in self.people), return_exceptions=True)
                await self._progress(writing, budget)
            self.say("all is healed; waiting until everything is at rest ...")
            await self._at_rest(writing, watch, colleague)
        seconds = time.monotonic() - began
        await self._keep_logs()
        for person in self.people:
            await person.phone.close()
        await desk.close()
        stored = await asyncio.to_thread(ending.read, engine)
        talks = [ending.talk(stored, person, colleague.cases[person.conversation]) for person in self.people]
        found = [one for talk in talks for one in findings(talk)] + ending.strangers(stored, self.people)
        self._keep_findings(stored, found)
        problems = [
            *self.problems,
            *(f"{key}: {text}" for key, case in colleague.cases.items() for text in case.problems),
        ]
        waits = [wait for person in self.people for wait in person.waits]
        return Report(
            self.options.seed, seconds, talks, found, waits, maker.counts, self._faults(), problems, maker.problems
        )

    def _schedule(self) -> list[plan.Trouble]:
        if self.options.peace:
            return []
        apps = self.cluster.app_names
        risks = plan.quick(apps) if self.options.quick else plan.full(apps, database=not self.options.sqlite)
        known = {*self.cluster.programs, "web", "webhooks"}
        return [one for one in plan.schedule(self.options.seed, self.options.seconds, risks) if one.target in known]

    def _gather(self, watch: Watch, budget: Budget) -> None:
        """Everybody, with a phone each."""
        web = f"http://{HOST}:{self.cluster.web.port}"
        for channel in self.options.channels:
            news = None
            if channel != WEB:
                news = News(self.http, self.cluster.platform_url(channel), reader_of(channel))
                self.news.append(news)
            for number in range(self.options.people):
                name = f"{channel[0]}{channel[2]}{number:03}"
                phone: Phone = WebPhone(self.http, web, name) if news is None else news.phone(number)
                chance = random.Random(f"{self.options.seed} {name}")
                habits = Habits(ask_person=0.12, rest=1.5) if self.options.quick else Habits()
                person = Person(name, phone, watch, budget, chance, self.by_conversation, habits)
                self.people.append(person)

    @contextlib.asynccontextmanager
    async def _background(self, *work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(one) for one in work]
        for task in tasks:
            task.add_done_callback(self._ended)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.problems.append(f"a part of this program broke: {type(error).__name__}: {error}")

    async def _progress(self, writing: asyncio.Future[list[BaseException | None]], budget: Budget) -> None:
        """Tells how far it is until everybody has written or the time is over."""
        told = time.monotonic()
        while not writing.done() and time.monotonic() < budget.until:
            await asyncio.sleep(0.2)
            if budget.left <= 0:
                return
            if time.monotonic() - told > 30:
                told = time.monotonic()
                self.say(f"  {sum(len(person.sent) for person in self.people)} messages sent")

    async def _at_rest(
        self, writing: asyncio.Future[list[BaseException | None]], watch: Watch, colleague: Colleague
    ) -> None:
        """Waits until nobody waits, nothing is on its way and no conversation is with people."""
        until = time.monotonic() + self.options.patience
        results: list[BaseException | None] = []
        while time.monotonic() < until:
            look = await watch.fresh()
            pending = sum([await news.pending() for news in self.news])
            everything = sum(look.inbox.values()) + sum(look.outbox.values()) + pending
            if writing.done() and colleague.idle and not look.speakers and not everything:
                results = writing.result()
                break
        else:
            unfinished = [person.name for person in self.people if not person.done]
            self.problems.append(f"not at rest after {self.options.patience:.0f} s; still writing: {unfinished[:10]}")
            writing.cancel()
        for news in self.news:
            await news.look()
        await asyncio.sleep(1.0)  # what was sent last to a widget is on its way
        for result in results:
            if isinstance(result, BaseException):
                self.problems.append(f"a person broke off: {type(result).__name__}: {result}")

    async def _keep_logs(self) -> None:
        """What each platform showed to people, for whoever looks for the reason of a finding."""
        for channel in self.cluster.platform_ports:
            for what in ("log", "state"):
                answer = await self.http.get(f"{self.cluster.platform_url(channel)}/_control/{what}")
                (self.options.folder / f"{channel}.{what}.json").write_text(answer.text)

    def _keep_findings(self, stored: ending.Stored, found: Sequence[Finding]) -> None:
        """Each conversation in which something is wrong, with all that the database has of it."""
        for conversation_id in {finding.conversation for finding in found}:
            whole = json.dumps(stored.of(conversation_id), indent=1, default=str, ensure_ascii=False)
            (self.options.folder / f"conversation-{conversation_id}.json").write_text(whole, encoding="utf-8")

    def _faults(self) -> Counter[str]:
        faults: Counter[str] = Counter()
        for relay in (self.cluster.web, self.cluster.webhooks):
            faults.update({f"{relay.name} {what}": count for what, count in relay.counts.items()})
        return faults
