"""Whatever happens to the processes, the platform and the receipts: every message is seen once and in order."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from channels import outbox
from channels.platform import Later, Refused
from dossiers.database import Database
from dossiers.models import OutboxItem, OutboxState
from dossiers.models import Person as PersonRow
from tests.channels.platforms import Life, Lost, Receipt, ScriptedPlatform, Slow, Trouble, in_steps, living
from tests.channels.sending import Person, Post

PEOPLE = 3
RANK = {"queued": 0, "sending": 1, "failed": 1, "sent": 2, "delivered": 3, "read": 4, "dead": 5}


@dataclass(frozen=True)
class Say:
    """A message to somebody."""

    to: int
    parts: int


@dataclass(frozen=True)
class Process:
    """A process that sends. It is killed, or stands still for a while, at its so-manieth point."""

    points: int | None = None
    stands_still: bool = False


@dataclass(frozen=True)
class Work:
    """Processes work at the same time, while the platform makes trouble."""

    processes: tuple[Process, ...]
    troubles: tuple[Trouble, ...] = ()
    troubled_finds: tuple[Later | None, ...] = ()


@dataclass(frozen=True)
class Tell:
    """The platform tells some of what it has to tell, in its own order, some of it twice."""

    which: tuple[int, ...]


@dataclass(frozen=True)
class Wait:
    """Time passes."""

    seconds: float


Step = Say | Work | Tell | Wait

troubles = st.sampled_from(
    [None, None, Slow(0), Slow(3), Slow(11), Lost(taken=True), Lost(taken=False), Later("busy"), Later("busy", 20),
     Later("busy", 5, everybody=True), Refused("odd"), KeyError("a bug")]
)  # fmt: skip
processes = st.builds(Process, st.none() | st.integers(0, 25), st.booleans())
steps = st.lists(
    st.one_of(
        st.builds(Say, st.integers(0, PEOPLE - 1), st.integers(1, 3)),
        st.builds(Say, st.integers(0, PEOPLE - 1), st.integers(1, 3)),
        st.builds(
            Work,
            st.lists(processes, min_size=1, max_size=3).map(tuple),
            st.lists(troubles, max_size=6).map(tuple),
            st.lists(st.sampled_from([None, Later("busy"), Later("busy", 3)]), max_size=2).map(tuple),
        ),
        st.builds(Tell, st.lists(st.integers(0, 20), max_size=8).map(tuple)),
        st.builds(Wait, st.sampled_from([0.4, 3.0, 21.0, 61.0, 700.0])),
    ),
    min_size=3,
    max_size=14,
)


@dataclass
class World:
    """Plays steps, and looks after each whether all is well."""

    post: Post
    people: list[Person]
    said: dict[int, tuple[str, list[str]]] = field(default_factory=dict)
    told: set[Receipt] = field(default_factory=set)
    ranks: dict[int, int] = field(default_factory=dict)

    async def play(self, step: Step) -> None:
        match step:
            case Say(to, count):
                person, number = self.people[to], len(self.said)
                parts = [f"{number}.{part}" for part in range(count)]
                self.said[self.post.say(person, "|".join(parts))] = (person.address, parts)
            case Work():
                await self.work(step)
            case Tell(which):
                for index in which:
                    if self.post.platform.receipts:
                        self.tell(self.post.platform.receipts[index % len(self.post.platform.receipts)])
            case Wait(seconds):
                self.wait(seconds)
        self.check()

    async def work(self, step: Work) -> None:
        platform = self.post.platform
        platform.script.extend(copy.copy(trouble) for trouble in step.troubles)
        platform.troubled_finds.extend(step.troubled_finds)

        async def others_take_over() -> None:
            self.wait(90)
            await self.post.dispatcher().work_off()

        lives = [Life(one.points, others_take_over if one.stands_still else None) for one in step.processes]
        await asyncio.gather(*(living(one, self.post.dispatcher().work_off) for one in lives))
        platform.script.clear()
        platform.troubled_finds.clear()

    def wait(self, seconds: float) -> None:
        """Nothing is on its way for so long, and a platform that cannot be asked tells in time what it took."""
        self.post.platform.arrive()
        if not self.post.platform.finds:
            for receipt in list(self.post.platform.receipts):
                if receipt.state is OutboxState.SENT and receipt not in self.told:
                    self.tell(receipt)
        self.post.passes(seconds)

    def tell(self, receipt: Receipt) -> None:
        self.told.add(receipt)
        self.post.tells(receipt)

    def check(self) -> None:
        for person in self.people:
            full = [part for address, parts in self.said.values() if address == person.address for part in parts]
            places = [full.index(part) for part in self.post.platform.seen_by(person.address)]
            assert places == sorted(set(places)), f"doubled or out of order: {self.post.platform.seen}"
        with self.post.database.read() as session:
            for item in session.scalars(select(OutboxItem)):
                assert RANK[item.state] >= self.ranks.get(item.id, 0), f"{item.id} went back to {item.state}"
                self.ranks[item.id] = RANK[item.state]

    async def heal(self) -> None:
        """All troubles are over, and enough time passes."""
        for _ in range(40):
            if all(RANK[state] >= RANK["sent"] for state in self.post.states()):
                return
            self.wait(700)
            await self.post.dispatcher().work_off()
            self.check()
        raise AssertionError(f"never settled: {self.post.states()}")

    def check_all_is_seen(self) -> None:
        with self.post.database.read() as session:
            for person in self.people:
                expected = []
                for outbox_id, (address, parts) in self.said.items():
                    if address == person.address:
                        item = session.get_one(OutboxItem, outbox_id)
                        taken = len(outbox.parts_of(session, outbox_id))
                        assert item.error == ("odd" if item.state == "dead" else None)
                        expected += parts[:taken] if item.state == "dead" else parts
                assert self.post.platform.seen_by(person.address) == expected
        for receipt in reversed(self.post.platform.receipts):
            if receipt not in self.told:
                self.tell(receipt)
        self.check()
        assert set(self.post.states()) <= {"read", "dead"}


async def play(database: Database, platform: ScriptedPlatform, chosen: list[Step]) -> World:
    with database.write() as session:
        session.execute(delete(PersonRow))
    post = Post(database, platform)
    world = World(post, [post.person(str(number)) for number in range(PEOPLE)])
    for step in chosen:
        await world.play(step)
    await world.heal()
    world.check_all_is_seen()
    return world


PLATFORMS: dict[str, Callable[[], ScriptedPlatform]] = {
    "a platform that can be asked": ScriptedPlatform,
    "a platform that tells by receipts": lambda: ScriptedPlatform("whatsapp", look_after=20, finds=False),
}


@pytest.mark.parametrize("make", PLATFORMS.values(), ids=PLATFORMS)
def test_whatever_happens_every_message_is_seen_once_and_in_order(
    database: Database, make: Callable[[], ScriptedPlatform], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "to_thread", in_steps)
    examples = 50 if database.engine.dialect.name == "sqlite" else 12

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def check(chosen: list[Step]) -> None:
        world = asyncio.run(play(database, make(), chosen))
        event(f"looked for something: {bool(world.post.platform.looked_for)}")

    check()


@pytest.mark.parametrize("make", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("stands_still", [False, True], ids=["killed", "standing still"])
def test_at_each_single_point_of_sending(
    database: Database, make: Callable[[], ScriptedPlatform], stands_still: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The points of a message of two parts and the one after it, one by one; once with an answer, once without."""
    monkeypatch.setattr(asyncio, "to_thread", in_steps)
    for point in range(0, 18, 1 if database.engine.dialect.name == "sqlite" else 3):
        for trouble in (None, Lost(taken=True)):
            first, second = Process(point, stands_still), Process(point // 2, stands_still)
            story: list[Step] = [Say(0, 2), Say(0, 1), Work((first,), (trouble,)), Wait(61), Work((second,))]
            asyncio.run(play(database, make(), story))
