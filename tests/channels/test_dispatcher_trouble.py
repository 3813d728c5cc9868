"""What the dispatcher does when a platform, the database or we ourselves make trouble."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from channels import dispatcher as dispatching
from channels import outbox
from channels.platform import Delivery, Later, Part, Refused
from dossiers.database import Database
from dossiers.models import OutboxState
from tests.channels.platforms import Lost, Receipt, ScriptedPlatform
from tests.channels.sending import Post, claim

DAY = dt.timedelta(hours=24)


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


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


async def test_after_a_crash_a_receipt_is_waited_for_as_long_as_after_a_lost_answer(post: Post) -> None:
    post.platform = ScriptedPlatform("whatsapp", look_after=90, finds=False)
    person = post.person()
    outbox_id = post.say(person, "one")
    claim(post, person)  # its sender dies after the platform took it
    await post.platform.send(Part("send", {"text": "one"}), Delivery("100", f"{outbox_id}.0", post.time))
    await post.sends(61)
    assert post.states() == ["sending"]
    post.tells(post.platform.receipts[-1])
    await post.sends(30)
    assert (post.platform.seen_by("100"), post.states()) == (["one"], ["read"])


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
