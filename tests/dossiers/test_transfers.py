"""Passing a conversation on: exactly one has it at any moment, and the person is told who helps them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from dossiers import conversations, floor, handovers, presence, transfers
from dossiers.conversations import Said
from dossiers.handovers import NotYours
from dossiers.models import Agent, Assignment, Availability, Conversation, Message, Role, Sender, Speaker, TransferKind
from dossiers.transfers import MEANT_FOR, NotThere, NotWaiting, Referral, Reserved
from knowledge.wording import say
from tests.dossiers import work
from tests.dossiers.work import START

REFERRAL = Referral("huurdersbond", Said("Go to the Huurdersbond", outcome="referred"))


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


@pytest.fixture
def gent(session):
    return work.team(session, "Gent", "gent")


@pytest.fixture
def mia(session, gent):
    return work.agent(session, "mia", teams=[gent], here=True)


@pytest.fixture
def tom(session, gent):
    return work.agent(session, "tom", teams=[gent], here=True)


@pytest.fixture
def cleo(session):
    return work.agent(session, "cleo", Role.COORDINATOR, here=True)


@pytest.fixture
def waiting(session, gent):
    return work.conversation(session)


@pytest.fixture
def taken(session, waiting, mia):
    handovers.take(session, waiting, mia, say, START)
    return waiting


def texts(session, conversation: Conversation) -> list[str]:
    return [message.text for message in conversations.messages_after(session, conversation.id, 0)]


def has_it(session, conversation: Conversation) -> tuple[str, str | None]:
    session.refresh(conversation)
    return conversation.speaker, conversation.agent_id


class TestMeantForSomebody:
    def test_only_they_can_take_it_at_first_and_then_anybody(self, session, waiting, mia, tom, cleo):
        transfers.assign(session, waiting, mia, cleo, "", START)
        with pytest.raises(Reserved) as refused:
            transfers.take(session, waiting, tom, say, START + MEANT_FOR - dt.timedelta(seconds=1))
        assert (refused.value.name, refused.value.until) == ("Mia", START + MEANT_FOR)
        assert has_it(session, waiting) == (Speaker.QUEUE, None)
        transfers.take(session, waiting, tom, say, START + MEANT_FOR)
        assert has_it(session, waiting) == (Speaker.AGENT, tom.id)

    def test_they_take_it_like_any_other_and_it_is_not_meant_for_them_any_more(self, session, waiting, mia, tom, cleo):
        transfers.assign(session, waiting, mia, cleo, "", START)
        transfers.take(session, waiting, mia, say, START)
        handovers.give_back(session, waiting, mia, say, START)
        assert transfers.meant_for(session, waiting.id) is None
        transfers.take(session, waiting, tom, say, START)
        assert has_it(session, waiting) == (Speaker.AGENT, tom.id)

    def test_meaning_it_for_somebody_else_replaces_what_was(self, session, waiting, mia, tom, cleo):
        transfers.assign(session, waiting, mia, cleo, "", START)
        transfers.assign(session, waiting, tom, cleo, "", START)
        meant = transfers.meant_for(session, waiting.id)
        assert meant is not None
        assert meant.agent_id == tom.id
        assert session.query(Assignment).count() == 1

    def test_nobody_waits_in_a_conversation_that_somebody_has_or_that_the_assistant_has(
        self, session, taken, tom, cleo
    ):
        with pytest.raises(NotWaiting):
            transfers.assign(session, taken, tom, cleo, "", START)
        with pytest.raises(NotWaiting):
            transfers.assign(session, work.conversation(session, queued=False), tom, cleo, "", START)

    def test_it_can_be_meant_only_for_who_serves_its_team(self, session, waiting, cleo):
        for other in (
            work.agent(session, "ana", teams=[work.team(session, "Aalst", "aalst")]),
            work.agent(session, "pat", Role.PARTNER),
        ):
            with pytest.raises(NotThere):
                transfers.assign(session, waiting, other, cleo, "", START)

    def test_the_next_time_that_the_person_asks_it_is_meant_for_nobody(self, session, waiting, mia, cleo):
        transfers.assign(session, waiting, mia, cleo, "", START)
        handovers.go_on_with_bot(session, waiting, say, START)
        handovers.request(session, waiting, "asked", START)
        assert transfers.meant_for(session, waiting.id) is None


class TestToAColleague:
    def test_the_colleague_has_it_now_and_the_person_is_told_who_helps(self, session, taken, mia, tom):
        transfers.to_colleague(session, taken, mia, tom, "speaks Spanish", say, START)
        assert has_it(session, taken) == (Speaker.AGENT, tom.id)
        assert texts(session, taken)[-1] == say("passed_to_colleague", name="Tom")
        handovers.reply(session, taken, tom, "Hello", None, START)
        with pytest.raises(NotYours):
            handovers.reply(session, taken, mia, "Hello", None, START)

    def test_the_colleague_gets_a_whole_lease(self, session, taken, mia, tom):
        later = START + floor.LEASE - dt.timedelta(minutes=1)
        presence.touch(session, tom.id, later)
        transfers.to_colleague(session, taken, mia, tom, "", say, later)
        assert handovers.lapse(session, say, later + floor.LEASE - dt.timedelta(seconds=1)) == []
        assert handovers.lapse(session, say, later + floor.LEASE + dt.timedelta(seconds=1)) == [taken.id]

    def test_who_does_not_have_it_cannot_pass_it_on(self, session, taken, mia, tom, cleo):
        with pytest.raises(NotYours):
            transfers.to_colleague(session, taken, tom, cleo, "", say, START)
        with pytest.raises(NotYours):
            transfers.to_service(session, taken, tom, REFERRAL, "", say, START)
        assert has_it(session, taken) == (Speaker.AGENT, mia.id)

    def test_after_the_lease_it_can_be_passed_on_no_more(self, session, taken, mia, tom):
        over = START + floor.LEASE + dt.timedelta(seconds=1)
        presence.touch(session, tom.id, over)
        with pytest.raises(NotYours):
            transfers.to_colleague(session, taken, mia, tom, "", say, over)
        with pytest.raises(NotYours):
            transfers.to_service(session, taken, mia, REFERRAL, "", say, over)

    @pytest.mark.parametrize("how", ["offline", "away", "other team", "oneself"])
    def test_only_to_who_is_there_and_serves_the_team(self, session, taken, mia, how):
        to = mia
        if how == "offline":
            to = work.agent(session, "off", Role.COORDINATOR)
        elif how == "away":
            to = work.agent(session, "awa", Role.COORDINATOR)
            presence.declare(session, to.id, Availability.AWAY, 3, START)
        elif how == "other team":
            to = work.agent(session, "ana", teams=[work.team(session, "Aalst", "aalst")], here=True)
        with pytest.raises(NotThere):
            transfers.to_colleague(session, taken, mia, to, "", say, START)
        assert has_it(session, taken) == (Speaker.AGENT, mia.id)


class TestToATeam:
    def test_it_waits_in_the_queue_of_the_team_and_keeps_its_place(self, session, taken, mia):
        aalst = work.team(session, "Aalst", "aalst")
        transfers.to_team(session, taken, mia, aalst, "moved there", say, START + dt.timedelta(minutes=9))
        assert has_it(session, taken) == (Speaker.QUEUE, None)
        assert taken.team_id == aalst.id
        handover = handovers.open_handover(session, taken.id)
        assert handover is not None
        assert (handover.requested_at, handover.taken_at) == (START, None)
        assert texts(session, taken)[-1] == say("passed_to_team", team="Aalst")

    def test_one_that_waits_goes_without_a_word_to_the_person(self, session, waiting, mia, tom, cleo):
        transfers.assign(session, waiting, tom, cleo, "", START)
        before = texts(session, waiting)
        aalst = work.team(session, "Aalst", "aalst")
        transfers.to_team(session, waiting, mia, aalst, "", say, START)
        assert waiting.team_id == aalst.id
        assert texts(session, waiting) == before
        assert transfers.meant_for(session, waiting.id) is None

    def test_one_that_a_colleague_has_stays(self, session, taken, mia, tom, gent):
        with pytest.raises(NotYours):
            transfers.to_team(session, taken, tom, work.team(session, "Aalst", "aalst"), "", say, START)
        assert taken.team_id == gent.id
        assert has_it(session, taken) == (Speaker.AGENT, mia.id)


def test_another_service_is_told_to_the_person_and_the_assistant_has_the_floor_again(session, taken, mia):
    transfers.to_service(session, taken, mia, REFERRAL, "asked twice", say, START)
    assert has_it(session, taken) == (Speaker.BOT, None)
    assert handovers.open_handover(session, taken.id) is None
    said = session.query(Message).filter_by(conversation_id=taken.id, sender=Sender.AGENT).one()
    assert (said.text, said.outcome, said.agent_id) == ("Go to the Huurdersbond", "referred", mia.id)


def test_every_time_is_kept_with_its_note_which_the_person_never_gets(session, taken, mia, tom):
    transfers.to_colleague(session, taken, mia, tom, "a delicate matter", say, START)
    transfers.to_service(session, taken, tom, REFERRAL, "nothing we can do", say, START)
    kept = transfers.of_conversation(session, taken.id)
    assert [(one.kind, one.from_agent_id, one.to_agent_id, one.to_place, one.note) for one in kept] == [
        (TransferKind.SERVICE, tom.id, None, "huurdersbond", "nothing we can do"),
        (TransferKind.COLLEAGUE, mia.id, tom.id, None, "a delicate matter"),
    ]
    assert not any("delicate" in text or "nothing we can do" in text for text in texts(session, taken))


def test_what_was_passed_on_to_somebody_is_news_for_them_once(session, taken, mia, tom):
    first = transfers.to_colleague(session, taken, mia, tom, "", say, START)
    assert [one.id for one in transfers.to_agent_after(session, tom.id, 0)] == [first.id]
    assert transfers.to_agent_after(session, tom.id, first.id) == []
    assert transfers.to_agent_after(session, mia.id, 0) == []


def test_keeping_one_for_oneself_is_no_news(session, waiting, mia):
    transfers.assign(session, waiting, mia, mia, "", START)
    assert transfers.to_agent_after(session, mia.id, 0) == []


@pytest.fixture
def three(database) -> tuple[str, list[str]]:
    """A conversation that the first of three agents has."""
    with database.write() as session:
        agents = [work.agent(session, name, here=True) for name in ("ada", "bob", "cam")]
        conversation = work.conversation(session)
        handovers.take(session, conversation, agents[0], say, START)
        return conversation.id, [agent.id for agent in agents]


def at_once(database, *changes) -> list[str]:
    """Does them in threads that start together; gives what became of each."""
    results: list[str] = []
    start = threading.Barrier(len(changes))

    def run(change) -> None:
        start.wait()
        try:
            with database.write() as session:
                change(session)
            results.append("done")
        except (NotYours, NotThere, NotWaiting, Reserved) as error:
            results.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_passed_on_to_two_at_once_it_goes_to_one(database, three):
    conversation_id, (ada, bob, cam) = three

    def to(agent_id: str) -> Callable[[Session], None]:
        def change(session: Session) -> None:
            found = session.get_one(Conversation, conversation_id)
            first, second = session.get_one(Agent, ada), session.get_one(Agent, agent_id)
            transfers.to_colleague(session, found, first, second, "", say, START)

        return change

    assert sorted(at_once(database, to(bob), to(cam))) == ["NotYours", "done"]
    with database.read() as session:
        holder = session.get_one(Conversation, conversation_id).agent_id
        assert [one.to_agent_id for one in transfers.of_conversation(session, conversation_id)] == [holder]


def test_passed_on_and_closed_at_once_only_one_happens(database, three):
    conversation_id, (ada, bob, _) = three

    def pass_on(session):
        found = session.get_one(Conversation, conversation_id)
        first, second = session.get_one(Agent, ada), session.get_one(Agent, bob)
        transfers.to_colleague(session, found, first, second, "", say, START)

    def close(session):
        conversations.lock(session, conversation_id)
        handovers.close(
            session, session.get_one(Conversation, conversation_id), session.get_one(Agent, ada), say, START
        )

    assert sorted(at_once(database, pass_on, close)) == ["NotYours", "done"]
    with database.read() as session:
        found = session.get_one(Conversation, conversation_id)
        assert (found.speaker, found.agent_id) in [(Speaker.AGENT, bob), (Speaker.BOT, None)]


def test_the_lease_runs_out_while_it_is_passed_on_and_only_one_happens(database, three):
    conversation_id, (ada, bob, _) = three
    over = START + floor.LEASE + dt.timedelta(seconds=1)

    def pass_on(session):
        presence.touch(session, bob, over)
        found = session.get_one(Conversation, conversation_id)
        first, second = session.get_one(Agent, ada), session.get_one(Agent, bob)
        transfers.to_colleague(session, found, first, second, "", say, over)

    def sweep(session):
        handovers.lapse(session, say, over)

    assert sorted(at_once(database, pass_on, sweep)) == ["NotYours", "done"]
    with database.read() as session:
        assert session.get_one(Conversation, conversation_id).speaker == Speaker.QUEUE


def test_meant_for_one_and_taken_by_another_at_once_the_floor_has_one_owner(database):
    with database.write() as session:
        ada, bob = (work.agent(session, name, here=True).id for name in ("ada", "bob"))
        conversation_id = work.conversation(session).id

    def mean(session):
        found = session.get_one(Conversation, conversation_id)
        agent = session.get_one(Agent, ada)
        transfers.assign(session, found, agent, agent, "", START)

    def take(session):
        transfers.take(session, session.get_one(Conversation, conversation_id), session.get_one(Agent, bob), say, START)

    outcome = sorted(at_once(database, mean, take))
    with database.read() as session:
        found = session.get_one(Conversation, conversation_id)
        meant = transfers.meant_for(session, conversation_id)
    if outcome == ["NotWaiting", "done"]:
        assert (found.agent_id, meant) == (bob, None)
    else:
        assert outcome == ["Reserved", "done"]
        assert (found.speaker, found.agent_id) == (Speaker.QUEUE, None)
        assert meant is not None
        assert meant.agent_id == ada
