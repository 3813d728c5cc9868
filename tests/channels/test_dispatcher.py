"""What the dispatcher sends, when, and what it does when a platform makes trouble."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from channels import dispatcher as dispatching
from channels import outbox
from channels.platform import Later, Refused
from dossiers.database import Database
from dossiers.models import Address, Conversation, OutboxState
from dossiers.sealing import Sealer
from tests.channels.platforms import Lost, Receipt, ScriptedPlatform, Slow
from tests.channels.sending import Post, claim

DAY = dt.timedelta(hours=24)


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


# in order


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


# trouble


async def test_what_the_platform_does_not_take_now_is_sent_later_and_nothing_overtakes_it(post: Post) -> None:
    person = post.person()
    post.say(person, "one|two")
    post.say(person, "three")
    post.platform.script.extend([None, Later("busy", 30)])
    await post.sends()
    assert post.platform.seen_by("100") == ["one"]
    assert post.states() == ["failed", "queued"]
    await post.sends(29)
    assert post.platform.seen_by("100") == ["one"]
    await post.sends(1)
    assert post.platform.seen_by("100") == ["one", "two", "three"]
    assert post.platform.looked_for == [], "it was certainly not sent"


async def test_a_platform_that_asks_for_quiet_is_left_in_quiet(post: Post) -> None:
    one, two = post.person("1"), post.person("2")
    sending = post.dispatcher()
    post.say(one, "one")
    post.platform.script.append(Later("busy", 60, everybody=True))
    await sending.work_off()
    post.say(two, "two")
    post.passes(59)
    await sending.work_off()
    assert len(post.platform.deliveries) == 1
    post.passes(1)
    await sending.work_off()
    assert sorted(post.platform.seen) == [("1", "one"), ("2", "two")]


async def test_a_shorter_quiet_does_not_end_a_longer_one(post: Post) -> None:
    one, two = post.person("1"), post.person("2")
    post.say(one, "one")
    post.say(two, "two")
    sending = post.dispatcher()
    post.platform.script.extend([Later("busy", 60, everybody=True), Later("busy", 5, everybody=True)])
    await sending.work_off()
    post.passes(10)
    await sending.work_off()
    assert post.platform.seen == []


async def test_what_is_refused_for_good_is_given_up_and_what_follows_is_sent(post: Post) -> None:
    person = post.person()
    refused = post.say(person, "one|two|three")
    post.say(person, "four")
    post.platform.script.extend([None, Refused("too odd")])
    await post.sends()
    assert post.platform.seen_by("100") == ["one", "four"]
    assert (post.item(refused).state, post.item(refused).error) == ("dead", "too odd")
    assert post.states()[1] == "sent"


async def test_sent_again_by_hand_only_the_rest_is_sent(post: Post) -> None:
    person = post.person()
    refused = post.say(person, "one|two|three")
    post.platform.script.extend([None, Refused("too odd")])
    await post.sends()
    with post.database.write() as session:
        assert outbox.send_again(session, refused, post.time)
    await post.sends()
    assert post.platform.seen_by("100") == ["one", "two", "three"]


@pytest.mark.parametrize("taken", [True, False])
async def test_a_request_without_an_answer_is_looked_for_before_it_is_sent_again(post: Post, taken: bool) -> None:
    person = post.person()
    post.say(person, "one|two")
    post.say(person, "three")
    post.platform.script.append(Lost(taken))
    await post.sends()
    assert post.states() == ["sending", "queued"]
    await post.sends(1)
    assert post.platform.looked_for == [], "it may be on its way yet"
    await post.sends(2)
    assert len(post.platform.looked_for) == 1
    assert post.platform.seen_by("100") == ["one", "two", "three"]


async def test_when_it_cannot_be_looked_for_it_stays_unsure(post: Post) -> None:
    person = post.person()
    post.say(person, "one")
    post.platform.script.append(Lost(taken=True))
    post.platform.troubled_finds.extend([Later("busy", 1), Later("busy")])
    await post.sends()
    for _ in range(3):
        await post.sends(30)
    assert post.platform.seen_by("100") == ["one"], "not being able to ask is no answer"
    assert post.states() == ["sent"]


async def test_a_request_that_takes_too_long_is_left_and_looked_for(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "LONGEST_REQUEST", 0.05)
    post.say(post.person(), "one")
    taken = asyncio.Event()

    class Silent(ScriptedPlatform):
        async def send(self, *request: Any) -> Any:
            await super().send(*request)
            taken.set()
            await asyncio.sleep(60)

    post.platform = Silent()
    began = time.monotonic()
    await post.sends()
    assert taken.is_set()
    assert time.monotonic() - began < 10
    assert post.states() == ["sending"]
    await post.sends(3)
    assert (post.platform.seen_by("100"), post.states()) == (["one"], ["sent"])


async def test_where_receipts_tell_a_message_is_not_sent_again_when_one_came(post: Post) -> None:
    post.platform = ScriptedPlatform("whatsapp", look_after=20, finds=False)
    person = post.person()
    outbox_id = post.say(person, "one|two")
    post.platform.script.extend([None, Lost(taken=True)])
    await post.sends()
    post.tells(next(one for one in post.platform.receipts if one.key == f"{outbox_id}.1"))
    await post.sends(21)
    assert post.platform.seen_by("100") == ["one", "two"]
    assert post.states() == ["sent"]


async def test_a_receipt_that_comes_while_the_message_is_looked_for_counts(post: Post) -> None:
    class ToldMeanwhile(ScriptedPlatform):
        async def find(self, *request: Any) -> None:
            await asyncio.to_thread(post.tells, self.receipts[0])

    post.platform = ToldMeanwhile("whatsapp", look_after=20)
    post.say(post.person(), "one")
    post.platform.script.append(Lost(taken=True))
    await post.sends()
    await post.sends(21)
    assert (post.platform.seen_by("100"), post.states()) == (["one"], ["sent"])


async def test_a_receipt_that_is_faster_than_the_answer_counts_when_the_message_is_settled(post: Post) -> None:
    class Quick(ScriptedPlatform):
        async def send(self, part: Any, delivery: Any) -> Any:
            taken = await super().send(part, delivery)
            told = Receipt(taken.platform_id, delivery.key, OutboxState.READ)
            await asyncio.to_thread(post.tells, told)
            return taken

    post.platform = Quick("whatsapp")
    post.say(post.person(), "one")
    await post.sends()
    assert post.states() == ["read"]


async def test_a_message_that_cannot_be_rendered_is_given_up_and_stops_nobody(post: Post) -> None:
    person = post.person()
    broken = post.say(person, "unrenderable")
    post.say(person, "two")
    with capture_logs() as logs:
        await post.sends()
    assert post.platform.seen_by("100") == ["two"]
    assert (post.item(broken).state, post.item(broken).error) == ("dead", "not_rendered")
    assert "unrenderable" not in str(logs), "a log holds nothing that was said"


async def test_an_error_of_ours_while_sending_stops_no_other_address_and_is_tried_again(post: Post) -> None:
    for address in ("1", "2"):
        post.say(post.person(address), f"words for {address}")
    post.platform.script.append(KeyError("words"))
    with capture_logs() as logs:
        await post.sends()
    assert len(post.platform.seen) == 1
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["delivery_broken"]
    assert "words" not in str(logs), "a log holds nothing that was said"
    await post.sends(30)
    assert sorted(post.platform.seen) == [("1", "words for 1"), ("2", "words for 2")]


async def test_what_a_platform_took_is_kept_also_when_the_database_is_away_for_a_moment(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "WRITE_EVERY", 0)
    post.say(post.person(), "one")
    real, failures = post.database.write, [3]

    class Shaky(Database):
        def write(self) -> Any:
            if post.platform.seen and failures[0]:
                failures[0] -= 1
                raise OperationalError("no words", None, Exception())
            return real()

    post.database = Shaky(post.database.engine)
    await post.sends()
    assert (post.states(), failures) == (["sent"], [0])
    assert post.platform.looked_for == []


# what must not go out any more


async def test_outside_the_window_only_a_template_is_sent_and_the_rest_waits_for_the_person(post: Post) -> None:
    post.platform = ScriptedPlatform("whatsapp", window=DAY)
    person = post.person()
    held = [post.say(person, text) for text in ("one", "two")]
    template = post.say(person, "a reminder", {"name": "reminder", "language": "en", "values": []})
    await post.sends(DAY.total_seconds() + 1)
    assert post.platform.seen_by("100") == ["a reminder"]
    assert [post.item(one).error for one in (*held, template)] == ["window_closed", "window_closed", None]
    post.writes(person)
    await post.sends()
    assert post.platform.seen_by("100") == ["a reminder", "one", "two"]


async def test_what_may_have_been_sent_before_the_window_closed_is_looked_for_and_not_sent_twice(post: Post) -> None:
    post.platform = ScriptedPlatform("whatsapp", window=DAY)
    person = post.person()
    post.say(person, "one|two")
    post.platform.script.append(Lost(taken=True))
    await post.sends()
    await post.sends(DAY.total_seconds() + 1)
    assert (post.platform.seen_by("100"), post.states()) == (["one"], ["dead"])
    post.writes(person)
    await post.sends()
    assert (post.platform.seen_by("100"), post.states()) == (["one", "two"], ["sent"])


def stop(post: Post, address: Address) -> None:
    address.stopped_at = post.time


def move(post: Post, address: Address) -> None:
    address.conversation_id = post.person("another address").conversation_id


@pytest.mark.parametrize(("change", "reason"), [(stop, "stopped"), (move, "moved")])
@pytest.mark.parametrize("taken", [True, False])
async def test_what_a_dead_sender_left_is_not_sent_any_more_after_the_person_stopped_us_or_moved(
    post: Post, change: Callable[[Post, Address], None], reason: str, taken: bool
) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    post.platform.script.append(Lost(taken))
    await post.sends()
    post.passes(1)
    with post.database.read() as session:
        address = session.get_one(Address, person.address_id)
        change(post, address)
    with post.database.write() as session:
        session.merge(address)
    await post.sends(30)
    assert post.platform.seen_by("100") == ["one"] * taken
    item = post.item(outbox_id)
    assert (item.state, item.error) == (("sent", None) if taken else ("dead", reason))


async def test_the_last_word_to_somebody_who_stopped_us_is_sent(post: Post) -> None:
    person = post.person()
    post.say(person, "we write no more")
    with post.database.write() as session:
        session.get_one(Address, person.address_id).stopped_at = post.time
    await post.sends()
    assert post.platform.seen_by("100") == ["we write no more"]


async def test_an_address_that_cannot_be_read_any_more_gives_up_its_messages(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    post.sealer = Sealer(["another secret altogether"])
    await post.sends()
    assert (post.item(outbox_id).state, post.item(outbox_id).error) == ("dead", "address_unreadable")


async def test_a_conversation_that_is_erased_while_its_message_is_sent_is_no_problem(post: Post) -> None:
    person = post.person()
    post.say(person, "one|two")
    post.say(person, "three")

    class Erasing(ScriptedPlatform):
        async def send(self, *request: Any) -> Any:
            with post.database.write() as session:
                if found := session.get(Conversation, person.conversation_id):
                    session.delete(found)
            return await super().send(*request)

    post.platform = Erasing()
    with capture_logs() as logs:
        await post.sends()
        await post.sends(120)
    assert post.platform.seen_by("100") == ["one"]
    assert not [entry for entry in logs if entry["log_level"] == "error"]


async def test_an_address_that_goes_while_its_message_is_sent_leaves_nothing_open(post: Post) -> None:
    person = post.person()
    post.say(person, "one")
    claim(post, person)  # its sender dies
    with post.database.write() as session:
        session.delete(session.get_one(Address, person.address_id))
    await post.sends(61)
    assert post.states() == ["dead"]


async def test_a_sender_that_stood_still_sends_nothing_because_another_may_have_sent_it(post: Post) -> None:
    class Still(ScriptedPlatform):
        stands = True

        def render(self, message: Any) -> Any:
            if self.stands:
                post.passes(300)
            return super().render(message)

    post.platform = platform = Still()
    post.say(post.person(), "one")
    await post.sends()
    assert platform.deliveries == []
    platform.stands = False
    await post.sends()
    assert platform.seen_by("100") == ["one"]
