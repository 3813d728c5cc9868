"""Rows of the outbox: who may send which, and that looking for them stays fast."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from channels import outbox
from dossiers.database import Database
from dossiers.models import Conversation, OutboxItem
from tests.channels.sending import DEAD, Person, Post, claim, due, keep, leave_unsure, put_off, settle


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def test_a_message_is_taken_once_and_the_next_only_after_it(post: Post) -> None:
    person = post.person()
    first, second = post.say(person, "one"), post.say(person, "two")
    assert claim(post, person) == (first, 1, False)
    assert claim(post, person) is None
    assert settle(post, first, 1)
    assert claim(post, person) == (second, 1, False)


def test_of_many_who_take_at_the_same_moment_one_gets_it(post: Post) -> None:
    person = post.person()
    first = post.say(person, "one")
    post.say(person, "two")
    together = threading.Barrier(8)

    def take() -> tuple[int, int, bool] | None:
        together.wait()
        return claim(post, person)

    with ThreadPoolExecutor(8) as pool:
        taken = [one.result() for one in [pool.submit(take) for _ in range(8)]]
    assert [one for one in taken if one is not None] == [(first, 1, False)]


def test_what_a_dead_sender_left_is_taken_when_its_claim_is_over_and_may_have_been_sent(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    claim(post, person)
    post.passes(59.9)
    assert (due(post), claim(post, person)) == ([], None)
    post.passes(0.1)
    assert due(post) == [person.address_id]
    assert claim(post, person) == (outbox_id, 2, True)


def test_keeping_a_part_makes_the_claim_longer(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one|two")
    claim(post, person)
    post.passes(50)
    assert keep(post, outbox_id, 1, 0, "a")
    post.passes(50)
    assert claim(post, person) is None


def test_a_sender_whose_claim_another_has_by_now_changes_nothing_but_keeps_what_was_taken(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one|two")
    claim(post, person)
    post.passes(61)
    assert claim(post, person) == (outbox_id, 2, True)
    assert not keep(post, outbox_id, 1, 0, "a", 7)
    assert not settle(post, outbox_id, 1)
    assert put_off(post, outbox_id, 1)
    assert leave_unsure(post, outbox_id, 1)
    item = post.item(outbox_id)
    assert (item.state, item.attempts, item.claimed_until) == ("sending", 2, post.time + outbox.CLAIM)
    with post.database.read() as session:
        assert outbox.parts_of(session, outbox_id)[0].number == 7


def test_a_message_that_waits_for_its_next_try_holds_back_what_follows(post: Post) -> None:
    person = post.person()
    first = post.say(person, "one")
    post.say(person, "two")
    claim(post, person)
    assert put_off(post, first, 1, seconds=30)
    assert (due(post), claim(post, person)) == ([], None)
    post.passes(30)
    assert due(post) == [person.address_id]
    assert claim(post, person) == (first, 2, False)


def test_a_message_that_was_given_up_holds_nothing_back(post: Post) -> None:
    person = post.person()
    first, second = post.say(person, "one"), post.say(person, "two")
    claim(post, person)
    assert settle(post, first, 1, DEAD, "blocked")
    assert claim(post, person) == (second, 1, False)


def test_addresses_are_due_in_the_order_in_which_they_wait_and_only_those_of_the_channels_asked_for(post: Post) -> None:
    one, two = post.person("1"), post.person("2")
    post.say(two, "first")
    post.say(one, "second")
    post.say(two, "third")
    assert due(post) == [two.address_id, one.address_id]
    with post.database.read() as session:
        assert outbox.due_addresses(session, ["whatsapp"], post.time) == []
        assert outbox.due_addresses(session, [], post.time) == []


def test_waits_grow_and_differ() -> None:
    assert [outbox.backoff(attempt, 1) for attempt in (0, 1, 2, 3, 4)] == [1, 1, 2, 4, 8]
    assert outbox.backoff(5, 0) == outbox.backoff(5, 1) / 2
    assert outbox.backoff(10_000, 1) == outbox.LONGEST_WAIT


def test_a_message_is_tried_for_about_a_day(post: Post) -> None:
    waits = sum(outbox.backoff(attempt, 0.5) for attempt in range(1, outbox.MOST_ATTEMPTS))
    assert dt.timedelta(hours=20) < dt.timedelta(seconds=waits) < dt.timedelta(hours=30)
    person = post.person()
    refused, unsure = post.say(person, "one"), post.say(person, "two")
    with post.database.write() as session:
        for item in session.scalars(select(OutboxItem)):
            item.attempts = outbox.MOST_ATTEMPTS - 1
    claim(post, person)
    assert not put_off(post, refused, outbox.MOST_ATTEMPTS)
    claim(post, person)
    assert not leave_unsure(post, unsure, outbox.MOST_ATTEMPTS)
    assert [(post.item(one).state, post.item(one).error) for one in (refused, unsure)] == [
        ("dead", "busy"),
        ("dead", outbox.UNSURE),
    ]


def test_a_long_reason_fits(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    claim(post, person)
    assert settle(post, outbox_id, 1, DEAD, "because " * 40)
    assert len(post.item(outbox_id).error or "") == 60


def test_the_only_process_takes_over_at_once_what_was_left(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    claim(post, person)
    with post.database.write() as session:
        outbox.release_all(session, post.time)
    assert claim(post, person) == (outbox_id, 2, True)


def test_the_largest_number_before_a_message_may_have_been_sent_is_known(post: Post) -> None:
    one, two = post.person("1"), post.person("2")
    first = post.say(one, "a")
    claim(post, one)
    keep(post, first, 1, 0, "1:40", 40)
    settle(post, first, 1)
    post.passes(1)
    post.say(one, "b")
    claim(post, one)  # its sender dies
    post.passes(1)
    later = post.say(two, "c")
    claim(post, two)
    keep(post, later, 1, 0, "2:42", 42)
    settle(post, later, 1)
    post.passes(60)
    with post.database.write() as session:
        taken = outbox.claim(session, one.address_id, post.time)
        assert taken is not None
        assert outbox.largest_numbers(session, taken[0]) == (40, 40), "42 was given after it"


# the website


def test_what_the_widget_fetched_is_delivered_and_other_channels_are_left_alone(post: Post) -> None:
    person = post.person()
    with post.database.write() as session:
        session.get_one(Conversation, person.conversation_id).channel = outbox.WEB
    web = post.say(person, "on the website")
    with post.database.write() as session:
        session.get_one(Conversation, person.conversation_id).channel = "telegram"
    elsewhere = post.say(person, "on Telegram")
    last = post.item(elsewhere).message_id
    with post.database.write() as session:
        assert outbox.has_queued(session, person.conversation_id, last)
        outbox.delivered(session, person.conversation_id, last, post.time)
        assert not outbox.has_queued(session, person.conversation_id, last)
    assert [post.item(one).state for one in (web, elsewhere)] == ["delivered", "queued"]


# speed


def fill(post: Post, addresses: int, settled: int, waiting: int) -> list[Person]:
    """So many settled messages, as many of the website that nobody fetched, and some that wait."""
    people = [post.person(str(number)) for number in range(addresses)]
    message_id = post.item(post.say(people[0], "all rows speak of this one")).message_id
    numbers = itertools.count()

    def rows(count: int, state: str, channel: str = "telegram") -> Iterator[dict[str, Any]]:
        for number in range(count):
            person = people[number % addresses]
            yield {
                "idempotency_key": f"key {next(numbers)}", "conversation_id": person.conversation_id,
                "message_id": message_id, "channel": channel, "state": state, "attempts": 1,
                "address_id": person.address_id if channel == "telegram" else None,
                "due_at": post.time, "created_at": post.time,
            }  # fmt: skip

    everything = [*rows(settled, "delivered"), *rows(settled, "queued", outbox.WEB), *rows(waiting, "queued")]
    with post.database.write() as session:
        session.execute(insert(OutboxItem), everything)
    with post.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return people


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    sent_to_it: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *more: Any) -> None:
        sent_to_it.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent_to_it
    event.remove(database.engine, "before_cursor_execute", note)


def plan(database: Database, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if database.engine.dialect.name == "sqlite" else "EXPLAIN "
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(explain + statement, parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("addresses", [1, 500], ids=["one address", "500 addresses"])
def test_looking_for_what_is_due_reads_only_what_waits(post: Post, addresses: int) -> None:
    people = fill(post, addresses, settled=10_000, waiting=500)
    with statements(post.database) as asked:
        assert len(due(post)) == addresses
        claim(post, people[-1])
    selects = [one for one in asked if one[0].startswith("SELECT") and "outbox" in one[0]]
    assert len(selects) == 2
    for statement, parameters in selects:
        used = plan(post.database, statement, parameters)
        assert "ix_outbox_channel_state" in used or "ix_outbox_address_id_state" in used, used
        assert "Seq Scan on outbox" not in used, used
        assert "SCAN outbox" not in used, used
        assert "ix_outbox_state_due" not in used, used
