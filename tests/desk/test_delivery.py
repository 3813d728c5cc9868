"""How far each message to a person has come, as the conversation shows it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from channels import outbox
from channels.incoming import shown
from channels.whatsapp.failures import TABLE
from desk import labels
from desk.reading import delivery
from dossiers.models import Kind, OutboxState, Sender
from knowledge.wording import say


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


def states(page: str) -> list[str]:
    """What stands below each message, in order."""
    return re.findall(r'id="delivery-\d+">([^<]*)</p>', page)


def test_every_message_to_the_person_says_how_far_it_has_come(world, clock, mia):
    conversation_id = world.on("whatsapp", "How do I register?")
    expected = {
        OutboxState.QUEUED: "WhatsApp: waiting to be sent",
        OutboxState.SENDING: "WhatsApp: being sent",
        OutboxState.SENT: "WhatsApp: sent, 10:00",
        OutboxState.DELIVERED: "WhatsApp: delivered, 10:00",
        OutboxState.READ: "WhatsApp: read, 10:00",
    }
    for number, state in enumerate(expected):
        sender = (Sender.BOT, Sender.AGENT, Sender.SYSTEM)[number % 3]
        world.delivery(world.says(conversation_id, f"answer {number}", sender), state)
    assert states(mia.get(f"/desk/conversations/{conversation_id}").text) == list(expected.values())
    clock.forward(days=1)
    mia.log_in()
    assert "WhatsApp: read, 23 Nov, 10:00" in states(mia.get(f"/desk/conversations/{conversation_id}").text)


def test_a_refused_message_says_why_and_when_it_is_tried_again(world, clock, mia):
    conversation_id = world.on("telegram")
    message = world.says(conversation_id, "an answer", Sender.BOT)
    world.delivery(message, OutboxState.FAILED, "rate_limit", due_at=clock() + dt.timedelta(minutes=5))
    page = f"/desk/conversations/{conversation_id}"
    (words,) = states(mia.get(page).text)
    assert words == "Telegram: refused for now: too many messages at once; tried again at 10:05"
    clock.forward(minutes=6)
    (words,) = states(mia.get(page).text)
    assert words.endswith("; tried again in a moment")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("blocked", "the person has blocked us"),
        ("gone", "the address does not exist any more"),
        (outbox.WINDOW_CLOSED, "the person had not written for 24 hours"),
        (outbox.STOPPED, "the person asked us to write no more"),
        (outbox.MOVED, "the person went on with the chat elsewhere"),
        (outbox.UNSURE, "nobody knows whether it arrived: the platform did not say for a day"),
        ("undeliverable", "the number is not on WhatsApp, or cannot get messages now"),
        ("error_31337", "the platform did not take it (error 31337)"),
        (None, "for a reason that was not told"),
    ],
)
def test_a_message_that_was_given_up_says_why_in_words(world, mia, error, words):
    conversation_id = world.on("telegram")
    world.delivery(world.says(conversation_id, "an answer", Sender.BOT), OutboxState.DEAD, error)
    found = states(mia.get(f"/desk/conversations/{conversation_id}").text)
    assert found == [f"Telegram: could not be delivered, 10:00: {words}"]


def test_on_the_website_a_message_waits_for_the_chat_to_be_opened(world, mia):
    conversation_id, token = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    mia.post(f"{page}/take")
    mia.post(f"{page}/reply", text="Good morning")
    assert states(mia.get(page).text) == [labels.NOT_FETCHED] * 2
    headers = {"authorization": f"Bearer {token}"}
    world.browser().get(f"/api/conversations/{conversation_id}/messages", headers=headers)
    assert states(mia.get(page).text) == ["delivered, 10:00"] * 2


def test_what_the_person_wrote_has_no_delivery(world, mia):
    assert states(mia.get(f"/desk/conversations/{world.on('whatsapp', 'one', 'two')}").text) == []


def test_every_state_has_words():
    assert set(labels.DELIVERIES) == set(OutboxState)


def test_every_reason_that_whatsapp_gives_has_words():
    assert {failure.reason for failure in TABLE.values()} <= set(labels.FAILURES)


def test_a_stream_watches_the_latest_messages_to_the_person(world):
    conversation_id = world.on("whatsapp")
    ids = [world.says(conversation_id, f"answer {number}", Sender.BOT) for number in range(delivery.WATCHED + 5)]
    world.says(conversation_id, "thank you")
    with world.database.read() as session:
        assert delivery.watched_from(session, conversation_id) == ids[5]
        assert delivery.watched_from(session, "0" * 32) == 0


@pytest.mark.parametrize(
    ("kind", "tag"),
    [(Kind.CHOICE, "pressed a button"), (Kind.COMMAND, "used a command"), (Kind.STOP, "asked us to stop")],
)
def test_what_is_not_plain_words_says_what_it_is(world, mia, kind, tag):
    conversation_id = world.on("whatsapp", "Stop")
    page = f"/desk/conversations/{conversation_id}"
    assert tag not in mia.get(page).text
    world.says(conversation_id, "Stop", kind=kind)
    assert f'</time> <span class="tag">{tag}</span>' in mia.get(page).text


@pytest.mark.parametrize("kind", [Kind.PHOTO, Kind.VOICE, Kind.EDIT, Kind.LOCATION])
def test_what_was_sent_stands_before_its_words(world, mia, kind):
    conversation_id = world.on("whatsapp")
    world.says(conversation_id, shown(kind, "look <here>"), kind=kind)
    page = mia.get(f"/desk/conversations/{conversation_id}").text
    assert f'<div class="text as-written">[{say(f"sent_{kind}")}] look &lt;here&gt;</div>' in page
