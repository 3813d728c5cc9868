"""What the dispatcher sends, and in which order."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from dossiers.database import Database
from tests.channels.platforms import ScriptedPlatform, Slow
from tests.channels.sending import Post

DAY = dt.timedelta(hours=24)


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


async def test_messages_and_their_parts_arrive_in_order_and_once(post: Post) -> None:
    one, two = post.person("1"), post.person("2")
    for text in ("a|b|c", "d", "e|f"):
        post.say(one, text)
        post.say(two, text.upper())
    await post.sends()
    await post.sends(600)
    assert post.platform.seen_by("1") == list("abcdef")
    assert post.platform.seen_by("2") == list("ABCDEF")
    assert set(post.states()) == {"sent"}


async def test_keys_are_our_own_and_different_for_each_part(post: Post) -> None:
    person = post.person()
    first, second = post.say(person, "a|b"), post.say(person, "c")
    await post.sends()
    assert [one.key for one in post.platform.deliveries] == [f"{first}.0", f"{first}.1", f"{second}.0"]


async def test_one_slow_address_does_not_hold_back_the_others(post: Post) -> None:
    slow, quick = post.person("1"), post.person("2")
    post.say(slow, "slow")
    post.say(quick, "quick")
    quick_was_seen = asyncio.Event()

    class Uneven(ScriptedPlatform):
        async def send(self, part: Any, delivery: Any) -> Any:
            if delivery.address == "1":
                await quick_was_seen.wait()
            taken = await super().send(part, delivery)
            quick_was_seen.set()
            return taken

    post.platform = Uneven()
    async with asyncio.timeout(10):
        await post.sends()
    assert post.platform.seen == [("2", "quick"), ("1", "slow")]


async def test_two_dispatchers_send_each_message_once_and_in_order(post: Post) -> None:
    people = [post.person(str(number)) for number in range(6)]
    for number in range(5):
        for person in people:
            post.say(person, f"{number}|and more")
    post.platform.script.extend([Slow(3), Slow(0), Slow(9)] * 20)
    for _ in range(3):
        await asyncio.gather(*(post.dispatcher().work_off() for _ in range(3)))
    for person in people:
        expected = [text for number in range(5) for text in (str(number), "and more")]
        assert post.platform.seen_by(person.address) == expected


async def test_it_sends_what_comes_while_it_runs_and_stops_when_it_is_told_to(post: Post) -> None:
    person = post.person()
    post.hub.bind()
    running = asyncio.create_task(post.dispatcher().run())
    async with asyncio.timeout(10):
        for text in ("one", "two"):
            post.say(person, text)
            post.hub.wake(person.conversation_id)
            while text not in post.platform.seen_by("100"):  # noqa: ASYNC110  (looks as the person does)
                await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_is_being_sent_when_it_must_stop_is_sent_to_its_end(post: Post) -> None:
    person = post.person()
    post.say(person, "one")
    post.say(person, "two")
    begun = asyncio.Event()

    class Busy(ScriptedPlatform):
        async def send(self, *request: Any) -> Any:
            begun.set()
            await asyncio.sleep(0.05)
            return await super().send(*request)

    post.platform = Busy()
    post.hub.bind()
    running = asyncio.create_task(post.dispatcher().run())
    await begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert post.platform.seen_by("100") == ["one"]
    assert post.states() == ["sent", "queued"], "nothing is left of which nobody knows whether it was sent"
