"""One conversation on the desk: read, take, reply, close, give back."""

from __future__ import annotations

import pytest

from dossiers.handovers import open_handover
from dossiers.models import Message, OutboxItem, Sender

SOURCE = {
    "title": "Rental deposit",
    "url": "https://www.vlaanderen.be/deposit",
    "publisher": "Flanders",
    "checked_on": "2026-11-01",
}


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


@pytest.fixture
def tom(world):
    world.agent("tom", "Tom De Wit")
    return world.logged_in("tom")


def test_the_transcript_shows_who_said_what_with_source_outcome_and_article(world, mia):
    conversation_id, _ = world.conversation("My landlord keeps\nthe deposit", queued=False)
    article = next(iter(world.library.articles.values()))
    world.says(
        conversation_id,
        "**By when:** soon\n\n- take the lease",
        Sender.BOT,
        outcome="answered",
        article=article.id,
        sources=[SOURCE],
        options=[{"title": "Talk to a person", "payload": "/human"}],
    )
    page = mia.get(f"/desk/conversations/{conversation_id}").text
    for shown in (
        "My landlord keeps\nthe deposit",
        "<strong>By when:</strong> soon",
        "<li>take the lease</li>",
        f'href="{SOURCE["url"]}"',
        "checked on 2026-11-01",
        "Outcome: answered",
        "Offered: Talk to a person",
        "Assistant</strong>",
    ):
        assert shown in page
    from markupsafe import escape

    assert f"Article: {escape(article.title)}" in page


def test_summary_and_dossier_stand_beside_the_transcript(world, mia):
    conversation_id, _ = world.conversation("First line\nsecond line", "How do I register?")
    world.dossier(conversation_id, first_name="Aya", nationality="JP", home_town="gent", job_offer="yes", contact=None)
    page = mia.get(f"/desk/conversations/{conversation_id}").text
    aside = page.split("<aside")[1]
    for shown in ("First line\nsecond line", "How do I register?", "Aya", "Japan", "Gent", "not answered"):
        assert shown in aside
    assert '<h1 id="name">Aya</h1>' in page


def test_take_reply_and_close_reach_the_person_in_order(world, mia):
    conversation_id, token = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    assert "waits for a colleague" in mia.get(page).text
    assert mia.post(f"{page}/take").headers["location"] == f"{page}?note=taken"
    assert "You have this conversation" in mia.get(page).text
    assert mia.post(f"{page}/reply", text=" Did you sign\r\nan inventory? ").status_code == 303
    assert mia.post(f"{page}/close").headers["location"] == "/desk/?note=closed"
    assert world.speaker(conversation_id) == "bot"
    headers = {"authorization": f"Bearer {token}"}
    seen = world.browser().get(f"/api/conversations/{conversation_id}/messages", headers=headers).json()
    assert [m["sender"] for m in seen["messages"]] == ["person", "system", "agent", "system"]
    assert seen["messages"][2]["text"] == "Did you sign\nan inventory?"
    assert seen["messages"][2]["agent"] == "Mia Peeters"


def test_the_second_agent_learns_who_was_first(world, mia, tom):
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    tom.get(page)
    mia.get(page)
    mia.post(f"{page}/take")
    answer = tom.post(f"{page}/take")
    assert answer.headers["location"] == f"{page}?note=first"
    text = tom.get(answer.headers["location"]).text
    assert "A colleague was first" in text
    assert "This conversation is with Mia Peeters." in text
    assert 'id="take"' not in text
    assert len(world.texts(conversation_id, Sender.SYSTEM)) == 1


def test_taking_twice_says_so_to_the_person_only_once(world, mia):
    conversation_id, _ = world.conversation()
    for _ in range(2):
        assert mia.post(f"/desk/conversations/{conversation_id}/take").status_code == 303
    assert len(world.texts(conversation_id, Sender.SYSTEM)) == 1


def test_a_reply_that_is_sent_again_arrives_once(world, mia):
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    mia.post(f"{page}/take")
    for _ in range(3):
        assert mia.post(f"{page}/reply", text="Good morning", client_id="a" * 16).status_code == 303
    assert world.texts(conversation_id, Sender.AGENT) == ["Good morning"]


def test_a_changed_text_under_the_same_id_is_not_lost_silently(world, mia):
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    mia.post(f"{page}/take")
    mia.post(f"{page}/reply", text="Good morning", client_id="a" * 16)
    answer = mia.post(f"{page}/reply", text="Good morning, Aya", client_id="a" * 16)
    assert answer.status_code == 409
    assert "earlier version" in answer.text
    assert world.texts(conversation_id, Sender.AGENT) == ["Good morning"]


def test_sending_again_after_the_conversation_was_closed_is_known_as_sent(world, mia):
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    mia.post(f"{page}/take")
    mia.post(f"{page}/reply", text="Goodbye", client_id="a" * 16)
    mia.post(f"{page}/close")
    assert mia.post(f"{page}/reply", text="Goodbye", client_id="a" * 16).status_code == 303
    assert mia.post(f"{page}/reply", text="And more", client_id="b" * 16).status_code == 409
    assert world.texts(conversation_id, Sender.AGENT) == ["Goodbye"]


def test_the_person_cannot_use_up_an_agents_client_id(world, mia):
    conversation_id, token = world.conversation()
    body = {"text": "mine", "client_id": "a" * 16}
    headers = {"authorization": f"Bearer {token}"}
    world.browser().http.post(f"/api/conversations/{conversation_id}/messages", json=body, headers=headers)
    page = f"/desk/conversations/{conversation_id}"
    mia.post(f"{page}/take")
    assert mia.post(f"{page}/reply", text="ours", client_id="a" * 16).status_code == 303
    assert world.texts(conversation_id, Sender.AGENT) == ["ours"]


@pytest.mark.parametrize(("text", "status"), [("", 422), (" \r\n ", 422), ("x" * 4001, 422), ("a\x00b", 422)])
def test_what_cannot_be_sent_is_refused(world, mia, text, status):
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    mia.post(f"{page}/take")
    assert mia.post(f"{page}/reply", text=text).status_code == status
    assert mia.post(f"{page}/reply", text="fine", client_id="<>").status_code == 422
    assert world.texts(conversation_id, Sender.AGENT) == []


def test_a_form_that_is_far_too_large_is_not_read(world, mia):
    conversation_id, _ = world.conversation()
    assert mia.post(f"/desk/conversations/{conversation_id}/reply", text="x" * 300_000).status_code == 413


def test_giving_back_keeps_the_place_in_the_queue_and_tells_the_person(world, clock, mia, tom):
    conversation_id, _ = world.conversation()
    asked = clock()
    page = f"/desk/conversations/{conversation_id}"
    clock.forward(minutes=20)
    mia.post(f"{page}/take")
    assert mia.post(f"{page}/back").headers["location"] == "/desk/?note=returned"
    assert world.speaker(conversation_id) == "queue"
    assert "waiting for the next colleague" in world.texts(conversation_id, Sender.SYSTEM)[-1]
    with world.database.read() as session:
        handover = open_handover(session, conversation_id)
        assert handover is not None
        assert (handover.requested_at, handover.taken_at, handover.agent_id) == (asked, None, None)
    assert tom.post(f"{page}/take").headers["location"].endswith("note=taken")
    assert mia.post(f"{page}/back").headers["location"].endswith("note=lost")


def test_an_agent_can_take_over_from_the_assistant(world, mia):
    conversation_id, _ = world.conversation(queued=False)
    page = f"/desk/conversations/{conversation_id}"
    assert "Take over from the assistant" in mia.get(page).text
    mia.post(f"{page}/take")
    assert world.speaker(conversation_id) == "agent"


def test_when_the_lease_has_lapsed_the_reply_is_refused_and_taking_again_works(world, clock, mia):
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    mia.post(f"{page}/take")
    clock.forward(minutes=31)
    answer = mia.post(f"{page}/reply", text="Sorry for the wait")
    assert answer.status_code == 409
    assert "Take the conversation again" in answer.text
    assert mia.post(f"{page}/take").headers["location"].endswith("note=taken")
    assert mia.post(f"{page}/reply", text="Sorry for the wait").status_code == 303


def test_a_long_conversation_shows_the_latest_and_an_older_message_on_request(world, mia):
    conversation_id, _ = world.conversation("question 0")
    ids = [world.says(conversation_id, f"question {number}") for number in range(1, 400)]
    page = mia.get(f"/desk/conversations/{conversation_id}").text
    assert "question 399<" in page
    assert "question 300<" in page
    assert "question 299<" not in page
    assert "Show earlier messages" in page
    page = mia.get(f"/desk/conversations/{conversation_id}", params={"around": ids[100]}).text
    assert "question 101<" in page
    assert "question 399<" in page
    assert "Show earlier messages" not in mia.get(f"/desk/conversations/{conversation_id}", params={"around": 1}).text


@pytest.mark.parametrize("address", ["0" * 32, "x", "0" * 31 + "%00"])
def test_a_conversation_that_does_not_exist_is_not_found(world, mia, address):
    for answer in (mia.get(f"/desk/conversations/{address}"), mia.get(f"/desk/conversations/{address}/events")):
        assert answer.status_code in (404, 422), answer.url


def test_a_reply_is_stored_with_its_delivery_and_its_author(world, mia):
    conversation_id, _ = world.conversation()
    mia.post(f"/desk/conversations/{conversation_id}/take")
    mia.post(f"/desk/conversations/{conversation_id}/reply", text="Good morning")
    with world.database.read() as session:
        message = session.query(Message).filter_by(sender="agent").one()
        assert message.agent_id is not None
        assert session.query(OutboxItem).filter_by(message_id=message.id).count() == 1
