"""What a person may choose while no colleague is with them, and what becomes of it."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import choosing, conversations, handovers, hours
from dossiers.choosing import GO_ON, LEAVE, WAIT
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Agent, Choice, Conversation, Handover, Message, Sender, Speaker
from knowledge.wording import say

MONDAY = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
SUNDAY = MONDAY - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("I'll wait", Choice.WAIT),
        ("ok I will wait.", Choice.WAIT),
        ("okay, I’ll wait for a colleague", Choice.WAIT),
        ("i can wait, thanks", Choice.WAIT),
        ("wait", Choice.WAIT),
        ("leave a message", Choice.MESSAGE),
        ("I'd like to leave a message please", Choice.MESSAGE),
        ("can i leave them a message?", None),  # a question mark may be a question
        ("send a message instead", Choice.MESSAGE),
        ("never mind", Choice.ASSISTANT),
        ("never mind, go on", Choice.ASSISTANT),
        ("Nevermind!", Choice.ASSISTANT),
        ("no thanks, let's go on with the assistant", Choice.ASSISTANT),
        ("go on", Choice.ASSISTANT),
        ("forget it", Choice.ASSISTANT),
        ("back to the bot", Choice.ASSISTANT),
        ("how long do i have to wait?", None),
        ("i can not wait", None),
        ("wait, my landlord also keeps my deposit", None),
        ("the landlord left a message", None),
        ("can i go on holiday", None),
        ("i never mind the noise", None),
        ("hello", None),
    ],
)
def test_a_few_clear_words_choose_and_others_do_not(text: str, choice: Choice | None) -> None:
    assert choosing.typed(text) is choice


@pytest.fixture
def talk(database: Database) -> tuple[Database, str]:
    with database.write() as session:
        session.add(Agent(id="mia", login="mia", name="Mia", password_hash="-", created_at=MONDAY))
        made, _ = conversations.start(session, channel="web", municipality=None, now=MONDAY)
        conversations.add(session, made, Sender.PERSON, Said("my landlord keeps my deposit"), MONDAY)
        return database, made.id


def state(database: Database, conversation_id: str) -> tuple[str, Handover | None]:
    with database.read() as session:
        found = session.get_one(Conversation, conversation_id)
        return found.speaker, handovers.open_handover(session, conversation_id)


def ask(database: Database, conversation_id: str, now: dt.datetime = MONDAY) -> choosing.Offer:
    with database.write() as session:
        return choosing.ask(session, session.get_one(Conversation, conversation_id), "asked", now)


def choose(database: Database, conversation_id: str, choice: Choice, now: dt.datetime = MONDAY) -> Said | None:
    with database.write() as session:
        return choosing.choose(session, session.get_one(Conversation, conversation_id), choice, now)


def leaves(database: Database, conversation_id: str, now: dt.datetime = MONDAY, *, more: bool = False) -> Said | None:
    """The person writes the message that they leave."""
    with database.write() as session:
        found = session.get_one(Conversation, conversation_id)
        conversations.add(session, found, Sender.PERSON, Said("please call me about the deposit"), now)
        handover = choosing.writing(session, found)
        assert handover is not None
        return choosing.message_left(session, found, handover, now, more=more)


def payloads(said: Said | choosing.Offer | None) -> list[str]:
    assert said is not None
    return [option["payload"] for option in said.options]


def test_words_choose_only_where_the_choice_stands(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    with database.write() as session:
        found = session.get_one(Conversation, conversation_id)
        assert choosing.meant(session, found, None, "go on") is None
        offer = choosing.offer(session, found, "I do not know.", MONDAY)
        conversations.add(session, found, Sender.BOT, offer.said("not_covered"), MONDAY)
        assert choosing.meant(session, found, None, "go on") is Choice.ASSISTANT
        assert choosing.meant(session, found, None, "how do i go on from here") is None
        assert choosing.meant(session, found, WAIT, "") is Choice.WAIT
        assert choosing.meant(session, found, "/human", "") is None
    assert state(database, conversation_id) == (Speaker.BOT, None), "an offer queues nothing"


def test_who_waits_is_in_the_queue_with_the_choice_written_down(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    with database.write() as session:
        session.get_one(Conversation, conversation_id).missed_turns = 2
    said = choose(database, conversation_id, Choice.WAIT)
    speaker, handover = state(database, conversation_id)
    assert handover is not None
    assert (speaker, handover.choice, handover.chosen_at, handover.reason) == (
        Speaker.QUEUE, Choice.WAIT, MONDAY, "missed",
    )  # fmt: skip
    assert payloads(said) == [LEAVE, GO_ON]


def test_who_wants_to_wait_while_nobody_is_there_hears_when_somebody_is(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    said = choose(database, conversation_id, Choice.WAIT, SUNDAY)
    assert said is not None
    assert "We answer tomorrow, Monday 23 November, from 9:00." in said.text
    speaker, handover = state(database, conversation_id)
    assert speaker == Speaker.BOT
    assert handover is not None
    assert handover.after_hours


def test_a_message_is_taken_confirmed_and_stays_at_the_desk_while_the_assistant_goes_on(
    talk: tuple[Database, str],
) -> None:
    database, conversation_id = talk
    ask(database, conversation_id)
    assert choose(database, conversation_id, Choice.MESSAGE) == Said(
        say("choice_message_taken"),
        outcome="handed_over",
        options=[{"title": say("queue_back"), "payload": GO_ON}],
    )
    assert state(database, conversation_id)[0] == Speaker.QUEUE, "the assistant does not answer the message"
    said = leaves(database, conversation_id)
    assert said is not None
    assert said.text.startswith(say("message_kept"))
    assert payloads(said) == [LEAVE]
    speaker, handover = state(database, conversation_id)
    assert speaker == Speaker.BOT
    assert handover is not None
    assert (handover.message_left_at, handover.after_hours) == (MONDAY, False)


def test_a_message_in_several_parts_is_confirmed_once(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    choose(database, conversation_id, Choice.MESSAGE)
    assert leaves(database, conversation_id, more=True) is None
    assert state(database, conversation_id)[0] == Speaker.QUEUE
    assert leaves(database, conversation_id) is not None


def test_a_message_left_at_night_says_when_it_is_answered(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    choose(database, conversation_id, Choice.MESSAGE, SUNDAY)
    said = leaves(database, conversation_id, SUNDAY)
    assert said is not None
    assert "tomorrow, Monday 23 November, from 9:00" in said.text
    handover = state(database, conversation_id)[1]
    assert handover is not None
    assert handover.after_hours


def test_a_message_that_was_left_is_answered_by_taking_the_floor(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    choose(database, conversation_id, Choice.MESSAGE)
    leaves(database, conversation_id)
    with database.write() as session:
        found, mia = session.get_one(Conversation, conversation_id), session.get_one(Agent, "mia")
        handovers.take(session, found, mia, say, MONDAY)
        handovers.reply(session, found, mia, "I look at it.", None, MONDAY)
        handovers.close(session, found, mia, say, MONDAY)
    assert state(database, conversation_id) == (Speaker.BOT, None)


@pytest.mark.parametrize("left", [True, False])
def test_going_on_ends_a_request_but_not_a_message_that_was_left(talk: tuple[Database, str], left: bool) -> None:
    database, conversation_id = talk
    ask(database, conversation_id)
    if left:
        choose(database, conversation_id, Choice.MESSAGE)
        leaves(database, conversation_id)
        choose(database, conversation_id, Choice.WAIT)
    assert choose(database, conversation_id, Choice.ASSISTANT) is None, "it is said with the change of the floor"
    speaker, handover = state(database, conversation_id)
    assert (speaker, handover is not None) == (Speaker.BOT, left)
    with database.read() as session:
        last = session.query(Message).order_by(Message.id.desc()).first()
        assert last is not None
        assert last.text == say("back_to_bot_kept" if left else "back_to_bot")


def test_a_request_that_was_kept_overnight_ends_when_the_person_goes_on(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    ask(database, conversation_id, SUNDAY)
    assert choose(database, conversation_id, Choice.ASSISTANT, SUNDAY) == Said(say("back_to_bot"))
    assert state(database, conversation_id) == (Speaker.BOT, None)


def test_asking_again_makes_no_second_request(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    assert ask(database, conversation_id, SUNDAY).fresh
    assert not ask(database, conversation_id, SUNDAY).fresh
    assert ask(database, conversation_id, MONDAY).text.startswith(say("queue_joined"))
    assert ask(database, conversation_id, MONDAY).text.startswith(say("queue_already"))
    with database.read() as session:
        assert session.query(Handover).count() == 1


def test_while_a_colleague_has_the_floor_no_choice_changes_anything(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    with database.write() as session:
        mia = session.get_one(Agent, "mia")
        handovers.take(session, session.get_one(Conversation, conversation_id), mia, say, MONDAY)
    assert [choose(database, conversation_id, choice) for choice in Choice] == [None, None, None]
    assert state(database, conversation_id)[0] == Speaker.AGENT
    assert ask(database, conversation_id).text == say("queue_with_agent")


def look_soon(database: Database, conversation_id: str, *risks: str, now: dt.datetime = MONDAY) -> Said | None:
    with database.write() as session:
        return choosing.look_soon(session, session.get_one(Conversation, conversation_id), risks, now)


def test_a_risk_asks_colleagues_at_once_and_leaves_the_floor_and_the_choice(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    said = look_soon(database, conversation_id, "eviction")
    assert said is not None
    assert said.text.startswith(say("risk_seen"))
    assert payloads(said) == [WAIT, LEAVE, GO_ON]
    speaker, handover = state(database, conversation_id)
    assert handover is not None
    assert (speaker, handover.reason, handover.risks) == (Speaker.BOT, "risk", ["eviction"])
    with database.read() as session:
        assert session.query(Conversation.id).filter(handovers.waits()).all() == [(conversation_id,)]


def test_violence_names_the_emergency_number_before_everything_else(talk: tuple[Database, str]) -> None:
    said = look_soon(*talk, "violence", now=SUNDAY)
    assert said is not None
    assert said.text.startswith(say("risk_danger"))


def test_a_risk_stays_with_the_colleagues_when_the_person_goes_on(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    look_soon(database, conversation_id, "eviction")
    said = choose(database, conversation_id, Choice.ASSISTANT)
    assert said == Said(say("back_to_bot_kept"))
    assert state(database, conversation_id)[1] is not None


def test_more_risks_are_added_to_the_open_request_without_a_word(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    look_soon(database, conversation_id, "eviction")
    assert look_soon(database, conversation_id, "violence", "eviction") is None
    handover = state(database, conversation_id)[1]
    assert handover is not None
    assert handover.risks == ["eviction", "violence"]


def test_what_a_colleague_looked_at_is_not_brought_again_on_the_same_day(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    look_soon(database, conversation_id, "eviction")
    with database.write() as session:
        found, mia = session.get_one(Conversation, conversation_id), session.get_one(Agent, "mia")
        assert handovers.dismiss(session, found, mia, MONDAY)
    soon, later = MONDAY + dt.timedelta(hours=2), MONDAY + dt.timedelta(days=2)
    assert look_soon(database, conversation_id, "eviction", now=soon) is None
    assert look_soon(database, conversation_id, "violence", now=soon) is not None
    with database.write() as session:
        found = session.get_one(Conversation, conversation_id)
        assert handovers.dismiss(session, found, session.get_one(Agent, "mia"), soon)
    assert look_soon(database, conversation_id, "eviction", now=later) is not None


def test_who_waits_for_an_answer_cannot_be_dismissed(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    ask(database, conversation_id)
    with database.write() as session:
        found, mia = session.get_one(Conversation, conversation_id), session.get_one(Agent, "mia")
        assert not handovers.dismiss(session, found, mia, MONDAY)
    assert state(database, conversation_id)[0] == Speaker.QUEUE


def close(database: Database, now: dt.datetime) -> list[str]:
    with database.write() as session:
        return choosing.close_for_the_day(session, now)


def test_who_waits_when_the_desk_closes_is_told_and_becomes_a_message(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    ask(database, conversation_id)
    evening = MONDAY.replace(hour=16, minute=0)  # five o'clock in Belgium
    assert close(database, evening - dt.timedelta(minutes=1)) == []
    assert close(database, evening) == [conversation_id]
    assert close(database, evening) == [], "it is told once"
    speaker, handover = state(database, conversation_id)
    assert handover is not None
    assert (speaker, handover.message_left_at, handover.after_hours) == (Speaker.BOT, evening, True)
    with database.read() as session:
        last = session.query(Message).order_by(Message.id.desc()).first()
        assert last is not None
        assert last.text.startswith(say("closed_for_the_day"))
        assert "tomorrow, Tuesday 24 November, from 9:00" in last.text


def test_who_writes_a_message_when_the_desk_closes_finishes_it(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    choose(database, conversation_id, Choice.MESSAGE)
    evening = MONDAY.replace(hour=16)
    assert close(database, evening) == []
    assert leaves(database, conversation_id, evening) is not None


def test_only_the_team_that_goes_home_closes(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    ask(database, conversation_id)
    with database.write() as session:
        hours.keep(session, None, hours.ALWAYS, MONDAY, on_holidays=True)
    assert close(database, MONDAY.replace(hour=23)) == []


def test_what_was_agreed_is_said_to_the_person_and_kept(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    ask(database, conversation_id)
    with database.write() as session:
        found, mia = session.get_one(Conversation, conversation_id), session.get_one(Agent, "mia")
        found.missed_turns = 2
        handovers.take(session, found, mia, say, MONDAY)
        handovers.close(session, found, mia, say, MONDAY, summary=" You send the lease, I call the landlord. ")
    with database.read() as session:
        last = session.query(Message).order_by(Message.id.desc()).first()
        assert last is not None
        assert "You send the lease, I call the landlord." in last.text
        assert say("agent_closed", name="Mia") in last.text
        assert session.query(Handover).one().closing_summary == "You send the lease, I call the landlord."
        assert session.get_one(Conversation, conversation_id).missed_turns == 0
