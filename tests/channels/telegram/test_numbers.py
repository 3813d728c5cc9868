"""Which ids a lost message can have is told by counting what came in and what went out."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from channels import outbox
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

    def sends(self, number: int | None = None) -> int:
        """A message of ours; ``number``: what Telegram gave it, None when nobody knows. Gives the outbox id."""
        self.now += dt.timedelta(minutes=1)
        with self.database.write() as session:
            conversation = session.merge(self.conversation)
            message = conversations.add(session, conversation, Sender.BOT, Said("hello"), self.now)
            item = session.scalars(select(OutboxItem).where(OutboxItem.message_id == message.id)).one()
            if number is not None:
                mark, sent_at = f"mark {number}", self.now + dt.timedelta(seconds=1)
                session.add(SentPart(outbox_id=item.id, part=0, platform_id=mark, number=number, sent_at=sent_at))
            return int(item.id)

    def gets(self, kind: Kind = Kind.TEXT, times: int = 1) -> None:
        """Messages of people."""
        for _ in range(times):
            self.now += dt.timedelta(minutes=1)
            with self.database.write() as session:
                conversation = session.merge(self.conversation)
                message = conversations.add(
                    session, conversation, Sender.PERSON, Said("hm"), self.now, client_id=str(self.now), kind=kind
                )
                row = {"channel": "telegram", "conversation_id": conversation.id, "message_id": message.id}
                session.add(InboxItem(external_id=str(self.now), received_at=self.now, due_at=self.now, **row))

    def lost(self, outbox_id: int, here: int | None = None) -> Delivery:
        """What the dispatcher knows of a message that may have been sent."""
        with self.database.read() as session:
            known_here, anywhere = outbox.largest_numbers(session, session.get_one(OutboxItem, outbox_id))
        return Delivery("1", f"{outbox_id}.0", MOMENT, (known_here if here is None else here, anywhere))


async def test_on_a_quiet_day_the_next_id_is_tried_first(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    found = (await Numbers(database).candidates(past.lost(past.sends()))).ids
    assert found[:AHEAD] == list(range(101, 101 + AHEAD))


async def test_messages_that_came_in_move_the_place_on(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    past.gets(times=70)
    found = (await Numbers(database).candidates(past.lost(past.sends()))).ids
    assert found.index(171) <= MARGIN


async def test_changes_and_presses_have_no_id(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    past.gets(Kind.CHOICE, 20)
    past.gets(Kind.EDIT, 20)
    found = (await Numbers(database).candidates(past.lost(past.sends()))).ids
    assert found[0] == 101


async def test_an_id_that_is_known_to_be_another_message_is_never_tried(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    which = past.sends()
    past.sends(102)
    past.sends(103)
    numbers = Numbers(database)
    numbers.notice(101)
    numbers.notice(None)
    found = (await numbers.candidates(past.lost(which, here=100))).ids
    assert not {100, 101, 102, 103} & set(found)
    assert found[0] == 104


async def test_what_was_sent_after_the_lost_one_does_not_hide_it(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    which = past.sends()
    for number in range(102, 180):
        past.sends(number)
    found = (await Numbers(database).candidates(past.lost(which, here=100))).ids
    assert found[0] == 101


async def test_nothing_of_this_chat_that_is_known_or_older_is_tried(database: Database) -> None:
    past = Past(database)
    past.sends(500)
    for here, least in ((20, 500 - MARGIN), (498, 499), (500, 501)):
        found = (await Numbers(database).candidates(past.lost(past.sends(), here=here))).ids
        assert min(found) >= least
        assert 501 in found


async def test_what_came_in_meanwhile_widens_the_search_upwards(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    which = past.sends()
    past.gets(times=20)
    found = (await Numbers(database).candidates(past.lost(which))).ids
    assert found[0] == 101
    assert 100 + 20 + AHEAD in found


async def test_the_search_ends_after_a_bounded_number(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    which = past.sends()
    past.sends(5000)
    found = (await Numbers(database).candidates(past.lost(which, here=100))).ids
    assert found == list(range(101, 101 + MOST))


async def test_ids_that_may_not_be_given_out_yet_are_told_apart(database: Database) -> None:
    past = Past(database)
    past.sends(100)
    which = past.sends()
    past.gets(times=3)
    places = await Numbers(database).candidates(past.lost(which, here=100))
    assert places.used_up_to == 103
    assert max(places.ids) == 103 + AHEAD


async def test_without_any_history_the_ids_around_what_was_seen_are_tried(database: Database) -> None:
    numbers, past = Numbers(database), Past(database)
    numbers.notice(4711)
    found = (await numbers.candidates(past.lost(past.sends()))).ids
    assert {4712, 4713} <= set(found)
    assert min(found) > 4711 - AHEAD


async def test_an_unknown_delivery_is_looked_for_above_what_is_known(database: Database) -> None:
    found = (await Numbers(database).candidates(Delivery("1", "nonsense", MOMENT, (7, 9)))).ids
    assert found[:3] == [10, 11, 12]
    assert min(found) == 8
