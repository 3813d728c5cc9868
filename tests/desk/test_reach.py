"""On which channels a person can be reached, and what an agent may write to them now."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from desk.reading import reach
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.models import Conversation, InboxItem, OutboxState, Sender

DAY = dt.timedelta(hours=24)


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


def taken(mia, conversation_id: str) -> str:
    """The address of the page of a conversation that the agent has taken."""
    page = f"/desk/conversations/{conversation_id}"
    mia.get(page)
    mia.post(f"{page}/take")
    mia.get(page)
    return page


def window(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page.split('<div id="window"')[1].split("<form", maxsplit=1)[0]).split())


def channels(page: str) -> str:
    card = page.split('id="channels-title"')[1].split("</section>", maxsplit=1)[0]
    return " ".join(re.sub("<[^>]+>", " ", card).split())


# --- channels ---------------------------------------------------------------------------------------------------------


def test_beside_the_conversation_stands_where_the_person_can_be_reached_and_where_the_answer_goes(world, mia):
    conversation_id = world.on("whatsapp", heard=dt.timedelta(minutes=70))
    with world.database.write() as session:
        session.add(
            InboxItem(
                channel="web",
                external_id="x",
                conversation_id=conversation_id,
                message_id=conversations.messages_after(session, conversation_id, 0)[0].id,
                received_at=world.clock() - dt.timedelta(hours=2),
                due_at=world.clock(),
            )
        )
    assert channels(mia.get(f"/desk/conversations/{conversation_id}").text).endswith(
        "Channels website Since 08:00. WhatsApp the next answer goes here Since 08:50; last wrote here 08:50."
    )


def test_a_person_of_the_website_alone_is_reached_there(world, mia):
    conversation_id, _ = world.conversation()
    shown = channels(mia.get(f"/desk/conversations/{conversation_id}").text)
    assert shown.endswith("Channels website the next answer goes here Since 10:00.")
    assert "WhatsApp" not in shown


def test_who_asked_us_to_stop_and_who_agreed_to_be_written_to_is_shown(world, clock, mia):
    agreed = world.on("whatsapp", agreed_at=clock())
    assert "Agreed to be written to first: 10:00." in channels(mia.get(f"/desk/conversations/{agreed}").text)
    stopped = world.on("telegram", stopped_at=clock())
    shown = channels(mia.get(f"/desk/conversations/{stopped}").text)
    assert "Telegram asked us to stop" in shown
    assert "Asked us to write no more here: 10:00." in shown
    assert "the next answer goes here" not in shown


def test_neither_number_nor_chat_id_is_shown(world, mia):
    page = mia.get(f"/desk/conversations/{world.on('whatsapp')}").text
    assert "sealed-" not in page
    assert "key-" not in page


# --- the 24 hours of WhatsApp -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "shown"),
    [
        (dt.timedelta(0), "WhatsApp takes free text for another 1 day , until 24 Nov, 10:00."),
        (dt.timedelta(hours=20, minutes=48), "WhatsApp takes free text for another 3 h 12 min , until 13:12."),
        (DAY - dt.timedelta(seconds=30), "WhatsApp takes free text for another less than 1 min , until 10:00."),
        (DAY, "WhatsApp takes no free text now."),
        (dt.timedelta(days=30), "WhatsApp takes no free text now."),
    ],
)
def test_the_page_says_how_long_free_text_still_works(world, mia, heard, shown):
    conversation_id = world.on("whatsapp", heard=heard)
    assert shown in window(mia.get(f"/desk/conversations/{conversation_id}").text)


@pytest.mark.parametrize("channel", ["web", "telegram"])
def test_other_channels_take_free_text_at_any_time(world, clock, mia, channel):
    conversation_id = world.conversation()[0] if channel == "web" else world.on(channel)
    clock.forward(days=40)
    mia.log_in()
    page = taken(mia, conversation_id)
    assert 'data-free="yes"' in mia.get(page).text
    assert "free text" not in mia.get(page).text
    assert mia.post(f"{page}/reply", text="Good morning").status_code == 303


def test_a_free_text_outside_the_window_is_not_accepted_and_the_draft_stays(world, mia):
    conversation_id = world.on("whatsapp", heard=dt.timedelta(hours=25))
    page = taken(mia, conversation_id)
    answer = mia.post(f"{page}/reply", text="My <long> answer", client_id="a" * 16)
    assert answer.status_code == 409
    assert "takes no free text now: the person last wrote more than 24 hours ago" in answer.text
    assert ">My &lt;long&gt; answer</textarea>" in answer.text
    assert f'value="{"a" * 16}"' in answer.text
    assert world.texts(conversation_id, Sender.AGENT) == []
    by_script = mia.http.post(
        f"{page}/reply",
        data={"text": "My answer"},
        headers={"hx-request": "true", "x-csrf-token": mia.csrf()},
    )
    assert by_script.status_code == 409
    assert by_script.text.startswith("WhatsApp takes no free text now")
    assert "<" not in by_script.text


def test_when_the_person_writes_again_the_answer_goes(world, mia):
    conversation_id = world.on("whatsapp", heard=dt.timedelta(hours=25))
    page = taken(mia, conversation_id)
    assert mia.post(f"{page}/reply", text="Good morning").status_code == 409
    world.address(conversation_id, heard_at=world.clock())
    assert mia.post(f"{page}/reply", text="Good morning").status_code == 303
    assert world.texts(conversation_id, Sender.AGENT) == ["Good morning"]


def test_an_answer_that_went_is_known_as_sent_also_after_the_window_has_closed(world, mia):
    conversation_id = world.on("whatsapp")
    page = taken(mia, conversation_id)
    mia.post(f"{page}/reply", text="Goodbye", client_id="a" * 16)
    world.address(conversation_id, heard_at=world.clock() - DAY)
    assert mia.post(f"{page}/reply", text="Goodbye", client_id="a" * 16).status_code == 303
    assert world.texts(conversation_id, Sender.AGENT) == ["Goodbye"]


def test_an_answer_to_somebody_who_asked_us_to_stop_is_not_accepted(world, mia):
    conversation_id = world.on("telegram", stopped_at=world.clock())
    page = taken(mia, conversation_id)
    assert "asked us to write no more on Telegram" in window(mia.get(page).text)
    answer = mia.post(f"{page}/reply", text="But listen")
    assert answer.status_code == 409
    assert ">But listen</textarea>" in answer.text
    assert world.texts(conversation_id, Sender.AGENT) == []


def test_an_answer_to_somebody_who_goes_on_elsewhere_is_not_accepted(world, mia):
    conversation_id = world.on("telegram")
    page = taken(mia, conversation_id)
    world.address(conversation_id, conversation_id=world.conversation(queued=False)[0])
    assert "goes on in another conversation on Telegram" in window(mia.get(page).text)
    assert "cannot be reached" in channels(mia.get(page).text)
    assert mia.post(f"{page}/reply", text="Are you there?").status_code == 409
    assert world.texts(conversation_id, Sender.AGENT) == []


def test_the_agent_hurries_in_the_last_two_hours(world):
    def closes_soon(heard: dt.timedelta) -> bool:
        with world.database.read() as session:
            conversation = session.get_one(Conversation, world.on("whatsapp", heard=heard))
            return reach.window(session, conversation, world.clock()).closes_soon(world.clock())

    assert not closes_soon(dt.timedelta(hours=21))
    assert closes_soon(dt.timedelta(hours=22, minutes=1))
    assert not closes_soon(DAY)


def test_an_address_on_a_channel_where_the_person_wrote_earlier_does_not_count(world, mia):
    conversation_id = world.on("whatsapp", heard=dt.timedelta(days=3))
    with world.database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        conversation.channel = "web"
        conversations.add(session, conversation, Sender.PERSON, Said("here now"), world.clock())
    page = taken(mia, conversation_id)
    assert mia.post(f"{page}/reply", text="Good morning").status_code == 303
    assert world.outbox(conversation_id)[-1].channel == "web"
    assert world.outbox(conversation_id)[-1].state == OutboxState.QUEUED
