"""Signs of who types and reads: they end by themselves, travel between processes and are stored nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from channels.hub import EVERYTHING, Hub, wait
from channels.signs import READS_SECONDS, TYPES_SECONDS, Signs
from dossiers.signs import COLLEAGUE_TYPES, PERSON_TYPES, readers, reads


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_sign_ends_by_itself_and_longer_when_it_is_given_again(time):
    signs = Signs(time)
    assert signs.give("c", PERSON_TYPES)
    time.now = TYPES_SECONDS - 1
    assert not signs.give("c", PERSON_TYPES)
    time.now += TYPES_SECONDS - 1
    assert signs.now("c") == {PERSON_TYPES}
    time.now += 1
    assert signs.now("c") == frozenset()


def test_a_sign_belongs_to_one_conversation_and_can_be_taken_back(time):
    signs = Signs(time)
    signs.give("c", PERSON_TYPES)
    assert signs.now("d") == frozenset()
    assert signs.take_back("c", PERSON_TYPES)
    assert not signs.take_back("c", PERSON_TYPES)
    assert signs.now("c") == frozenset()


def test_readers_are_known_by_their_ids_until_their_page_is_closed(time):
    signs = Signs(time)
    signs.give("c", reads("mia"))
    signs.give("c", COLLEAGUE_TYPES)
    assert readers(signs.now("c")) == {"mia"}
    time.now = READS_SECONDS
    assert readers(signs.now("c")) == frozenset()


class Line:
    """Stands where Redis stands: what one process tells, the other hears."""

    def __init__(self) -> None:
        self.others: list[Line] = []
        self.woken: Callable[[str], None] = lambda _: None

    def start(self, woken: Callable[[str], None]) -> None:
        self.woken = woken

    def send(self, told: str) -> None:
        for other in self.others:
            other.woken(told)

    def stop(self) -> None:
        pass


def test_a_sign_wakes_who_watches_the_conversation_in_every_process_and_no_list():
    async def run() -> None:
        one, two = Line(), Line()
        one.others, two.others = [two], [one]
        here, there = Hub(one), Hub(two)
        here.bind()
        there.bind()
        async with there.listen("c") as watched, there.listen(EVERYTHING) as listed:
            here.sign("c", PERSON_TYPES)
            assert await wait(watched, 2)
            assert not listed.is_set()
            assert there.signs("c") == here.signs("c") == {PERSON_TYPES}
            watched.clear()
            here.sign("c", PERSON_TYPES)
            assert not await wait(watched, 0.05)

    asyncio.run(run())
