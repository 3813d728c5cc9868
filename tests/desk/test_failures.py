"""What was set aside: read it, page through it, send a message again."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from channels import outbox
from desk.reading import failures
from dossiers.models import Address, Conversation, InboxItem, OutboxItem, OutboxState, Sender, Team

PAGE = "/desk/set-aside"
TEMPLATE = {"name": "colleague_answer_1", "language": "en", "values": ["the deposit"]}


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


@pytest.fixture
def woken(world, monkeypatch) -> list[str]:
    """Conversations of which the hub was told."""
    found: list[str] = []
    monkeypatch.setattr(world.hub, "wake", found.append)
    return found


def section(page: str, name: str) -> str:
    """One list of the page."""
    return page.split(f'<section aria-labelledby="{name}"')[1].split("</section>", maxsplit=1)[0]


def given_up(world, error: str | None = "blocked", channel: str = "telegram", **more) -> tuple[str, int]:
    """An answer that did not reach somebody: the conversation's and the delivery's id."""
    conversation_id = world.on(channel, **more)
    message = world.says(conversation_id, "an answer nobody got", Sender.BOT)
    return conversation_id, world.delivery(message, OutboxState.DEAD, error)


def test_a_message_that_was_given_up_is_listed_with_reason_channel_and_moment(world, mia):
    conversation_id, outbox_id = given_up(world)
    row = section(mia.get(PAGE).text, "outgoing")
    for shown in ("an answer nobody got", "the person has blocked us", "Telegram", "Message of 10:00"):
        assert shown in row
    assert f'action="/desk/set-aside/{outbox_id}/again"' in row
    assert re.search(rf'href="/desk/conversations/{conversation_id}#floor">Answer in another way', row)
    assert f"/desk/conversations/{conversation_id}?around=" in row


def test_a_message_that_is_tried_again_by_itself_has_a_list_of_its_own_without_a_button(world, clock, mia):
    conversation_id = world.on("telegram")
    message = world.says(conversation_id, "an answer on its way", Sender.BOT)
    due_at = clock() + dt.timedelta(minutes=5)
    world.delivery(message, OutboxState.FAILED, "rate_limit", due_at=due_at, attempts=3)
    page = mia.get(PAGE).text
    row = section(page, "retrying")
    for shown in ("an answer on its way", "tried again at 10:05", "tried 3 times", "Telegram"):
        assert shown in row
    assert "again-" not in row
    assert "an answer on its way" not in section(page, "outgoing")


def test_a_message_that_could_not_be_processed_keeps_its_place(world, mia):
    conversation_id, token = world.conversation()
    body = {"text": "a message that breaks", "client_id": "a" * 16}
    headers = {"authorization": f"Bearer {token}"}
    world.browser().http.post(f"/api/conversations/{conversation_id}/messages", json=body, headers=headers)
    assert "Every message was processed." in mia.get(PAGE).text
    with world.database.write() as session:
        item = session.query(InboxItem).one()
        item.state, item.error = "dead", "KeyError"
    row = section(mia.get(PAGE).text, "incoming")
    for shown in ("a message that breaks", "KeyError", "website", f"#message-{item.message_id}"):
        assert shown in row


def test_sending_again_puts_the_message_back_wakes_the_sender_and_says_so(world, mia, woken):
    conversation_id, outbox_id = given_up(world)
    mia.get(PAGE)
    woken.clear()
    answer = mia.post(f"{PAGE}/{outbox_id}/again", outgoing="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?outgoing=1&note=sent")
    (item,) = world.outbox(conversation_id)
    assert (item.state, item.error, item.attempts, item.due_at) == (OutboxState.QUEUED, None, 0, world.clock())
    assert woken == [conversation_id]
    page = mia.get(answer.headers["location"]).text
    assert "on its way again" in page
    assert "Every message could be delivered." in page


def test_sending_twice_sends_once(world, mia, woken):
    conversation_id, outbox_id = given_up(world)
    mia.get(PAGE)
    mia.post(f"{PAGE}/{outbox_id}/again")
    world.delivery(world.outbox(conversation_id)[0].message_id, OutboxState.SENT)
    woken.clear()
    answer = mia.post(f"{PAGE}/{outbox_id}/again")
    assert answer.headers["location"].endswith("note=changed")
    assert "Somebody was first" in mia.get(answer.headers["location"]).text
    assert world.outbox(conversation_id)[0].state == OutboxState.SENT
    assert woken == []


def stopped(world, conversation_id: str) -> None:
    world.address(conversation_id, stopped_at=world.clock())


def long_silent(world, conversation_id: str) -> None:
    world.address(conversation_id, channel="whatsapp", heard_at=world.clock() - dt.timedelta(hours=25))


def moved(world, conversation_id: str) -> None:
    world.address(conversation_id, conversation_id=world.conversation(queued=False)[0])


def erased(world, conversation_id: str) -> None:
    with world.database.write() as session:
        session.delete(session.query(Address).filter_by(conversation_id=conversation_id).one())


def on_the_website(world, conversation_id: str) -> None:
    with world.database.write() as session:
        item = session.query(OutboxItem).filter_by(conversation_id=conversation_id).one()
        item.channel, item.address_id = outbox.WEB, None


@pytest.mark.parametrize(
    ("change", "error", "hint"),
    [
        (stopped, outbox.STOPPED, "Nothing is sent there until the person writes again."),
        (long_silent, outbox.WINDOW_CLOSED, "It goes out by itself when the person writes again."),
        (long_silent, "blocked", "WhatsApp takes no free text now"),
        (moved, outbox.MOVED, "The person went on in another conversation."),
        (erased, "gone", "There is no address for it any more."),
        (on_the_website, None, "The chat on the website shows it"),
    ],
)
def test_what_would_not_arrive_or_is_not_wanted_is_not_sent_again(world, mia, woken, change, error, hint):
    conversation_id, outbox_id = given_up(world, error)
    assert f'id="again-{outbox_id}"' in mia.get(PAGE).text
    change(world, conversation_id)
    row = section(mia.get(PAGE).text, "outgoing")
    assert hint in row
    assert f'id="again-{outbox_id}"' not in row
    woken.clear()
    answer = mia.post(f"{PAGE}/{outbox_id}/again")
    assert f"It was not sent again. {hint}" in mia.get(answer.headers["location"]).text
    assert world.outbox(conversation_id)[0].state == OutboxState.DEAD
    assert woken == []


def test_a_template_may_be_sent_again_to_somebody_who_has_been_silent(world, mia):
    conversation_id, outbox_id = given_up(world)
    long_silent(world, conversation_id)
    with world.database.write() as session:
        session.get_one(OutboxItem, outbox_id).template = TEMPLATE
    mia.get(PAGE)
    assert mia.post(f"{PAGE}/{outbox_id}/again").headers["location"].endswith("note=sent")
    assert world.outbox(conversation_id)[0].state == OutboxState.QUEUED


def test_a_message_that_was_erased_cannot_be_sent_again(world, mia):
    conversation_id, outbox_id = given_up(world)
    mia.get(PAGE)
    with world.database.write() as session:
        session.delete(session.get_one(Conversation, conversation_id))
    assert mia.post(f"{PAGE}/{outbox_id}/again").status_code == 404
    for strange in ("0", "-1", "x", str(2**70)):
        assert mia.post(f"{PAGE}/{strange}/again").status_code in (404, 422)


def test_nobody_else_can_send_again(world, mia):
    conversation_id, outbox_id = given_up(world)
    mia.get(PAGE)
    address = f"{PAGE}/{outbox_id}/again"
    assert mia.http.post(address, data={"csrf_token": "x" * 43}).status_code == 403
    assert world.browser().http.post(address).headers["location"].startswith("/desk/login")
    assert mia.get(address).status_code == 405
    assert world.outbox(conversation_id)[0].state == OutboxState.DEAD


def test_many_are_paged_and_each_list_keeps_its_own_page(world, mia, monkeypatch):
    monkeypatch.setattr(failures, "ON_A_PAGE", 2)
    conversation_id = world.on("telegram")
    for number in range(5):
        world.delivery(world.says(conversation_id, f"lost answer {number}", Sender.BOT), OutboxState.DEAD, "blocked")
        world.delivery(world.says(conversation_id, f"late answer {number}", Sender.BOT), OutboxState.FAILED, "limit")
    page = mia.get(PAGE, params={"outgoing": "2", "retrying": "3"}).text
    assert re.findall('(?<=excerpt">)lost answer \\d', page) == ["lost answer 2", "lost answer 1"]
    assert re.findall('(?<=excerpt">)late answer \\d', page) == ["late answer 0"]
    assert "Page 2 of 3" in section(page, "outgoing")
    assert '<span class="count">5</span>' in section(page, "outgoing")
    assert 'href="/desk/set-aside?outgoing=3&retrying=3&incoming=1#outgoing"' in page.replace("&amp;", "&")
    assert "Older" not in section(page, "retrying")
    # the last page when there are not so many
    assert "lost answer 0" in mia.get(PAGE, params={"outgoing": "99"}).text
    assert mia.get(PAGE, params={"outgoing": "0"}).status_code == 422


def test_neither_number_nor_chat_id_is_shown(world, mia):
    given_up(world)
    page = mia.get(PAGE).text
    assert "sealed-" not in page
    assert "key-" not in page


def not_processed(world) -> tuple[str, int]:
    """A message that could not be processed: the conversation's id and the inbox row's."""
    conversation_id, token = world.conversation()
    body = {"text": "a message that breaks", "client_id": "a" * 16}
    headers = {"authorization": f"Bearer {token}"}
    world.browser().http.post(f"/api/conversations/{conversation_id}/messages", json=body, headers=headers)
    with world.database.write() as session:
        item = session.query(InboxItem).filter_by(conversation_id=conversation_id).one()
        item.state, item.error = "dead", "KeyError"
        return conversation_id, item.id


def to_another_team(world, *conversations: str) -> None:
    with world.database.write() as session:
        team = Team(name="another", created_at=world.clock())
        session.add(team)
        session.flush()
        for conversation_id in conversations:
            session.get_one(Conversation, conversation_id).team_id = team.id


def test_messages_of_another_teams_conversations_are_in_no_list(world, mia, clock):
    dead, _ = given_up(world)
    broken, _ = not_processed(world)
    retried = world.on("telegram")
    message = world.says(retried, "an answer on its way", Sender.BOT)
    world.delivery(message, OutboxState.FAILED, "rate_limit", due_at=clock())
    assert mia.get(PAGE).text.count('<span class="count">1</span>') == 3
    to_another_team(world, dead, broken, retried)
    page = mia.get(PAGE).text
    assert page.count('<span class="count">0</span>') == 3
    assert not [words for words in ("an answer nobody got", "a message that breaks", "on its way") if words in page]


@pytest.mark.parametrize("kind", ["outgoing", "incoming"])
def test_what_is_put_away_leaves_the_list_and_stays_in_its_conversation(world, mia, kind):
    conversation_id, row = given_up(world) if kind == "outgoing" else not_processed(world)
    mia.get(PAGE)
    answer = mia.post(f"{PAGE}/{row}/put-away" if kind == "outgoing" else f"{PAGE}/incoming/{row}/put-away")
    assert answer.headers["location"] == f"{PAGE}?note=away"
    page = mia.get(answer.headers["location"]).text
    assert "Put away." in page
    assert '<span class="count">0</span>' in section(page, kind)
    words = "an answer nobody got" if kind == "outgoing" else "a message that breaks"
    assert words not in page
    assert words in mia.get(f"/desk/conversations/{conversation_id}").text


def test_what_fails_again_after_it_was_put_away_is_listed_again(world, mia, clock):
    _, outbox_id = given_up(world)
    mia.get(PAGE)
    mia.post(f"{PAGE}/{outbox_id}/put-away")
    clock.forward(hours=1)
    with world.database.write() as session:
        session.get_one(OutboxItem, outbox_id).settled_at = clock()
    assert "an answer nobody got" in section(mia.get(PAGE).text, "outgoing")


def test_only_what_was_given_up_can_be_put_away(world, mia):
    conversation_id = world.on("telegram")
    outbox_id = world.delivery(world.says(conversation_id, "on its way", Sender.BOT), OutboxState.QUEUED)
    mia.get(PAGE)
    assert mia.post(f"{PAGE}/{outbox_id}/put-away").headers["location"] == f"{PAGE}?note=changed"
    with world.database.read() as session:
        assert session.get_one(OutboxItem, outbox_id).put_away_at is None


def test_nothing_of_another_team_can_be_put_away(world, mia):
    dead, outbox_id = given_up(world)
    broken, inbox_id = not_processed(world)
    to_another_team(world, dead, broken)
    mia.get(PAGE)
    assert mia.post(f"{PAGE}/{outbox_id}/put-away").status_code == 403
    assert mia.post(f"{PAGE}/incoming/{inbox_id}/put-away").status_code == 403
    assert mia.post(f"{PAGE}/999999/put-away").status_code == 404
    assert mia.post(f"{PAGE}/incoming/999999/put-away").status_code == 404
