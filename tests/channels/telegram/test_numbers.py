"""Which ids a lost message can have is told by counting what came in and what went out."""

from __future__ import annotations

import datetime as dt

from channels.platform import Delivery
from channels.telegram.numbers import AHEAD, MARGIN, MOST, Numbers
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import InboxItem, Kind, OutboxItem, Sender, SentPart
from tests.conftest import MOMENT


class Past:
    """What happened before, minute by minute, in one conversation."""

    def __init__(self, database: Database) -> None:
        self.database, self.now = database, MOMENT
        with database.write() as session:
            self.conversation, _ = conversations.start(session, channel="telegram", municipality=None, now=MOMENT)

    def passes(self) -> None:
        self.now += dt.timedelta(minutes=1)

    def sent(self, number: int | None) -> int:
        """A message of ours; `number`: what Telegram gave it, None when nobody knows. Gives the outbox id."""
        self.passes()
        with self.database.write() as session:
            conversation = session.merge(self.conversation)
            message = conversations.add(session, conversation, Sender.BOT, Said("hello"), self.now)
            item = session.query(OutboxItem).filter_by(message_id=message.id).one()
            if number is not None:
                mark = f"mark {number}"
                session.add(SentPart(outbox_id=item.id, part=0, platform_id=mark, number=number, sent_at=self.now))
            return item.id

    def came_in(self, kind: Kind = Kind.TEXT, times: int = 1) -> None:
        for _ in range(times):
            self.passes()
            with self.database.write() as session:
                conversation = session.merge(self.conversation)
                message = conversations.add(
                    session, conversation, Sender.PERSON, Said("hm"), self.now, client_id=str(self.now), kind=kind
                )
                item = InboxItem(
                    channel="telegram",
                    external_id=str(self.now),
                    conversation_id=conversation.id,
                    message_id=message.id,
                    received_at=self.now,
                    due_at=self.now,
                )
                session.add(item)


def lost(outbox_id: int, here: int = 0, anywhere: int = 0) -> Delivery:
    return Delivery("1", f"{outbox_id}.0", MOMENT, (here, anywhere))


async def test_on_a_quiet_day_the_next_id_is_tried_first(database: Database) -> None:
    past = Past(database)
    past.sent(100)
    found = await Numbers(database).candidates(lost(past.sent(None), 100, 100))
    assert found == list(range(101, 101 + AHEAD))


async def test_messages_that_came_in_move_the_place_on(database: Database) -> None:
    past = Past(database)
    past.sent(100)
    past.came_in(times=40)
    found = await Numbers(database).candidates(lost(past.sent(None), 100, 100))
    assert found[0] == 100 + 40 - MARGIN + 1
    assert 141 in found[: MARGIN + 1]


async def test_changes_and_presses_have_no_id(database: Database) -> None:
    past = Past(database)
    past.sent(100)
    past.came_in(Kind.CHOICE, 20)
    past.came_in(Kind.EDIT, 20)
    found = await Numbers(database).candidates(lost(past.sent(None), 100, 100))
    assert found[0] == 101


async def test_an_id_that_is_known_to_be_another_message_is_never_tried(database: Database) -> None:
    past = Past(database)
    past.sent(100)
    which = past.sent(None)
    past.sent(102)
    past.sent(103)
    numbers = Numbers(database)
    numbers.notice(101)
    numbers.notice(None)
    found = await numbers.candidates(lost(which, 100, 103))
    assert not {100, 101, 102, 103} & set(found)
    assert found[0] == 104


async def test_what_was_sent_after_the_lost_one_does_not_hide_it(database: Database) -> None:
    past = Past(database)
    past.sent(100)
    which = past.sent(None)
    for number in range(102, 180):
        past.sent(number)
    found = await Numbers(database).candidates(lost(which, 100, 179))
    assert found[0] == 101


async def test_nothing_older_than_the_message_itself_is_tried(database: Database) -> None:
    past = Past(database)
    past.sent(500)
    found = await Numbers(database).candidates(lost(past.sent(None), here=20, anywhere=500))
    assert min(found) == 501


async def test_a_part_of_the_same_message_that_is_known_is_the_lower_end(database: Database) -> None:
    past = Past(database)
    past.sent(500)
    found = await Numbers(database).candidates(lost(past.sent(None), here=503, anywhere=503))
    assert min(found) == 504


async def test_the_search_ends_after_a_bounded_number(database: Database) -> None:
    past = Past(database)
    past.sent(100)
    found = await Numbers(database).candidates(lost(past.sent(None), 100, 5000))
    assert len(found) == MOST
    assert found[0] == 101


async def test_without_any_history_the_ids_around_what_was_seen_are_tried(database: Database) -> None:
    numbers = Numbers(database)
    numbers.notice(4711)
    found = await numbers.candidates(lost(Past(database).sent(None)))
    assert found[0] > 4711 - AHEAD
    assert {4712, 4713} <= set(found)


async def test_an_unknown_delivery_is_looked_for_above_what_is_known(database: Database) -> None:
    found = await Numbers(database).candidates(Delivery("1", "nonsense", MOMENT, (7, 9)))
    assert found[:3] == [8, 9, 10]
