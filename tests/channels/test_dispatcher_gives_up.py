"""What the dispatcher does not send any more: outside the window, to who stopped us or moved, to who is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from dossiers.database import Database
from dossiers.models import Address, Conversation
from dossiers.sealing import Sealer
from tests.channels.platforms import Lost, ScriptedPlatform
from tests.channels.sending import Post, claim

DAY = dt.timedelta(hours=24)


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


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
