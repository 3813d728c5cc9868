"""A scripted colleague at the desk: takes whoever waits, answers everything they write, and closes in peace."""

from __future__ import annotations

import asyncio
import functools
import random
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from tests.torture.ledger import Entry
from tests.torture.notices import is_notice
from tests.torture.people import AGENT, QUEUE, Person
from tests.torture.watch import Line, Watch

# Longer than any pause: an old request must never come to life after what was done since.
LONG = httpx.Timeout(150.0, connect=5.0)
LOOK = 0.5
ANSWERS = (2, 5)
_CSRF = re.compile(r"X-CSRF-Token\D+?([A-Za-z0-9_-]{16,})")


@dataclass
class Case:
    """What the colleague did in one conversation, over all its hand-overs."""

    sent: list[Entry] = field(default_factory=list)
    taken: int = 0
    closed: int = 0
    problems: list[str] = field(default_factory=list)


class Desk:
    """The desk over HTTP, with one log-in. Tries each app in turn until a request has an answer."""

    def __init__(self, urls: list[str], login: str, password: str) -> None:
        self.urls, self.login, self.password = urls, login, password
        self.http = httpx.AsyncClient(timeout=LONG, trust_env=False)
        self._csrf = ""
        self._turn = 0

    async def open(self) -> None:
        """Logs in."""
        page = await self.request("GET", "/desk/login")
        own = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert own is not None, page.text[:500]
        form = {"csrf_token": own.group(1), "login": self.login, "password": self.password}
        answer = await self.request("POST", "/desk/login", form)
        assert answer.status_code == 303, answer.text[:500]
        found = _CSRF.search((await self.request("GET", "/desk/")).text)
        assert found is not None
        self._csrf = found.group(1)

    async def request(self, method: str, path: str, data: Mapping[str, str] | None = None) -> httpx.Response:
        """An answer that is no error of the server."""
        while True:
            self._turn += 1
            url = f"{self.urls[self._turn % len(self.urls)]}{path}"
            headers = {"X-CSRF-Token": self._csrf} if self._csrf else {}
            try:
                answer = await self.http.request(method, url, data=data, headers=headers)
                if answer.status_code < 500:
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.5)

    async def close(self) -> None:
        """Hangs up."""
        await self.http.aclose()


class Colleague:
    """Works until everybody who waits was helped; see `run`. ``step_in_every``: seconds between two conversations that
    are taken from the bot although nobody asked for it."""

    def __init__(
        self, desk: Desk, watch: Watch, people: Mapping[str, Person], chance: random.Random, step_in_every: float
    ) -> None:
        self.desk, self.watch, self.people, self.chance = desk, watch, people, chance
        self.step_in_every = step_in_every
        self.cases: dict[str, Case] = defaultdict(Case)
        self._open: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Takes conversations out of the queue, each in a task of its own, and now and then one that is with the bot;
        never ends by itself."""
        stepped_in = time.monotonic()
        while True:
            look = await self.watch.fresh()
            for conversation_id, speaker in look.speakers.items():
                if speaker == QUEUE:
                    self._begin(conversation_id)
            if time.monotonic() - stepped_in > self.step_in_every:
                stepped_in = time.monotonic()
                self._step_in()

    def _begin(self, conversation_id: str) -> None:
        if conversation_id not in self._open:
            task = asyncio.create_task(self._help(conversation_id))
            self._open[conversation_id] = task
            task.add_done_callback(functools.partial(self._ended, conversation_id))

    def _step_in(self) -> None:
        """Takes the floor from the bot, at best while it is about to answer."""
        talking = [key for key, person in self.people.items() if person.busy.locked() and not person.done]
        if talking:
            self._begin(self.chance.choice(talking))

    def _ended(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        del self._open[conversation_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.cases[conversation_id].problems.append(f"broke off: {type(error).__name__}: {error}")

    @property
    def idle(self) -> bool:
        """Whether no conversation is open."""
        return not self._open

    async def _help(self, conversation_id: str) -> None:
        await asyncio.sleep(self.chance.uniform(0.2, 2.0))
        case, path = self.cases[conversation_id], f"/desk/conversations/{conversation_id}"
        # this one has more open than a person would: taking "one more" is asked, and meant
        answer = await self.desk.request("POST", f"{path}/take", {"really": "true"})
        location = answer.headers.get("location", "")
        if answer.status_code != 303 or location not in (path, f"{path}?note=taken"):
            case.problems.append(f"take: {answer.status_code} {location}")
            return
        case.taken += 1
        await self._talk(conversation_id, case)
        person = self.people.get(conversation_id)
        if person is not None:
            person.free.set()

    async def _talk(self, conversation_id: str, case: Case) -> None:
        """Answers until it is enough, and closes when nothing is on its way."""
        wanted, seen = self.chance.randint(*ANSWERS), 0
        person = self.people.get(conversation_id)
        lines: list[Line] = []
        replied: set[int] = set()
        while True:
            for line in await self.watch.lines(conversation_id, seen) or ():
                lines.append(line)
                seen = line.id
            for line in unanswered(lines):
                if line.id not in replied:
                    await self._reply(conversation_id, case, line)
                    replied.add(line.id)
            if len(replied) >= wanted and person is not None:
                person.free.clear()  # "one moment": what comes while it is closed would be answered by nobody
            still = person is None or person.done or (not person.free.is_set() and not person.busy.locked())
            if still and await self._closed(conversation_id, case):
                return
            await asyncio.sleep(LOOK)

    async def _reply(self, conversation_id: str, case: Case, line: Line) -> None:
        number = len(case.sent) + 1
        text = f"Dear newcomer, this is answer {number} to your message {line.id}."
        data = {"text": text, "client_id": f"{conversation_id[:20]}-{number:06}"}
        answer = await self.desk.request("POST", f"/desk/conversations/{conversation_id}/reply", data)
        if answer.status_code not in (204, 303):
            case.problems.append(f"reply {number}: {answer.status_code}")
            return
        case.sent.append(Entry(text, f"desk {number}"))

    async def _closed(self, conversation_id: str, case: Case) -> bool:
        """Closes, unless something waits."""
        look = await self.watch.fresh()
        lines = await self.watch.lines(conversation_id, 0)
        if lines is None or look.inbox[conversation_id] or unanswered(lines):
            return False
        answer = await self.desk.request("POST", f"/desk/conversations/{conversation_id}/close")
        if answer.status_code != 303:
            case.problems.append(f"close: {answer.status_code}")
            return True
        case.closed += 1
        while self.watch.speaker(conversation_id) == AGENT:
            await self.watch.fresh()
        return True


def unanswered(lines: list[Line]) -> list[Line]:
    """What the person wrote after the last answer, of whoever."""
    waiting: list[Line] = []
    for line in lines:
        if line.sender == "person":
            waiting.append(line)
        elif line.sender != "system" or not is_notice(line.text):
            waiting = []
    return waiting
