"""How far a message has come: receipts, giving up and sending again."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from channels import outbox
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Address, Conversation, OutboxItem, OutboxState, Sender
from tests.channels.sending import (
    DEAD,
    SENT,
    Post,
    claim,
    keep,
    leave_unsure,
    put_off,
    receipt,
    send_again,
    sent,
    settle,
)

DELIVERED, READ = OutboxState.DELIVERED, OutboxState.READ


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@pytest.mark.parametrize("order", list(itertools.permutations([SENT, DELIVERED, READ])))
def test_receipts_in_any_order_end_in_the_furthest_state(database: Database, order: tuple[OutboxState, ...]) -> None:
    post = Post(database)
    outbox_id = sent(post, post.person(), "a")
    seen = []
    for state in (*order, *order):
        assert receipt(post, "a", state) == post.item(outbox_id).message_id
        seen.append(outbox.PROGRESS[OutboxState(post.item(outbox_id).state)])
    assert seen == sorted(seen)
    assert post.item(outbox_id).state == READ


def test_a_message_is_as_far_as_its_last_part(post: Post) -> None:
    outbox_id = sent(post, post.person(), "a", "b")
    receipt(post, "a", READ)
    assert post.item(outbox_id).state == SENT
    receipt(post, "b", DELIVERED)
    assert post.item(outbox_id).state == DELIVERED


@pytest.mark.parametrize("order", list(itertools.permutations([("a", DEAD), ("b", DELIVERED), ("b", READ)])))
def test_a_message_of_which_one_part_failed_has_failed(
    database: Database, order: tuple[tuple[str, OutboxState], ...]
) -> None:
    post = Post(database)
    outbox_id = sent(post, post.person(), "a", "b")
    for platform_id, state in order:
        receipt(post, platform_id, state, "130472" if state is DEAD else None)
    assert (post.item(outbox_id).state, post.item(outbox_id).error) == (DEAD, "130472")


def test_receipts_that_come_before_the_sender_has_settled_count_when_it_has(post: Post) -> None:
    person = post.person()
    read, failed = post.say(person, "one"), post.say(person, "two")
    for outbox_id, platform_id in ((read, "a"), (failed, "b")):
        claim(post, person)
        keep(post, outbox_id, 1, 0, platform_id)
        receipt(post, platform_id, READ if outbox_id == read else DEAD, "131026")
        assert post.item(outbox_id).state == OutboxState.SENDING
        settle(post, outbox_id, 1)
    assert [(post.item(one).state, post.item(one).error) for one in (read, failed)] == [(READ, None), (DEAD, "131026")]


def test_a_receipt_for_a_message_that_was_given_up_half_sent_does_not_make_it_delivered(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one|two")
    claim(post, person)
    keep(post, outbox_id, 1, 0, "a")
    settle(post, outbox_id, 1, DEAD, "blocked")
    receipt(post, "a", READ)
    assert (post.item(outbox_id).state, post.item(outbox_id).error) == (DEAD, "blocked")


def test_a_receipt_for_an_unknown_message_is_no_problem(post: Post) -> None:
    assert receipt(post, "never heard of", READ) is None


def test_a_part_that_a_receipt_and_its_sender_keep_at_the_same_moment_is_kept_once(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    claim(post, person)
    together = threading.Barrier(6)

    def store() -> None:
        together.wait()
        with post.database.write() as session:
            outbox.part_sent(session, outbox_id, 0, "a", 5, post.time)
            outbox.receipt(session, "a", DELIVERED, None, post.time)

    with ThreadPoolExecutor(6) as pool:
        for stored in [pool.submit(store) for _ in range(6)]:
            stored.result()
    assert settle(post, outbox_id, 1)
    assert post.item(outbox_id).state == DELIVERED


def test_settling_and_a_receipt_at_the_same_moment_lose_nothing(post: Post) -> None:
    person = post.person()
    for number in range(15):
        outbox_id = post.say(person, "one")
        claim(post, person)
        keep(post, outbox_id, 1, 0, f"part {number}")
        together = threading.Barrier(2)
        settling = threading.Thread(target=lambda: (together.wait(), settle(post, outbox_id, 1)))  # noqa: B023
        settling.start()
        together.wait()
        receipt(post, f"part {number}", READ)
        settling.join()
        assert post.item(outbox_id).state == READ


def test_what_is_gone_is_no_problem(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    claim(post, person)
    with post.database.write() as session:
        session.delete(session.get_one(Conversation, person.conversation_id))
    assert not keep(post, outbox_id, 1, 0, "a")
    assert not settle(post, outbox_id, 1)
    assert put_off(post, outbox_id, 1)
    assert leave_unsure(post, outbox_id, 1)
    assert receipt(post, "a", READ) is None
    assert not send_again(post, outbox_id)


def test_only_a_message_that_was_given_up_is_sent_again_and_once(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    assert not send_again(post, outbox_id)
    claim(post, person)
    assert not send_again(post, outbox_id)
    settle(post, outbox_id, 1, DEAD, "blocked")
    assert send_again(post, outbox_id)
    assert not send_again(post, outbox_id)
    item = post.item(outbox_id)
    assert (item.state, item.attempts, item.error, item.settled_at) == ("queued", 0, None, None)


def test_what_is_sent_again_goes_before_everything_that_still_waits_and_after_what_is_being_sent(post: Post) -> None:
    person = post.person()
    first, second, third = (post.say(person, number) for number in ("one", "two", "three"))
    claim(post, person)
    settle(post, first, 1, DEAD, "blocked")
    assert claim(post, person) == (second, 1, False)
    assert send_again(post, first)
    assert claim(post, person) is None, "the second is on its way"
    settle(post, second, 1)
    assert claim(post, person) == (first, 1, False)
    settle(post, first, 1)
    assert claim(post, person) == (third, 1, False)


def test_what_may_have_been_sent_is_looked_for_also_when_it_is_sent_again_by_hand(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    with post.database.write() as session:
        session.get_one(OutboxItem, outbox_id).attempts = outbox.MOST_ATTEMPTS - 1
    claim(post, person)
    leave_unsure(post, outbox_id, outbox.MOST_ATTEMPTS)
    assert send_again(post, outbox_id)
    assert claim(post, person) == (outbox_id, 1, True)


def test_of_a_message_that_failed_later_only_the_failed_parts_are_sent_again(post: Post) -> None:
    outbox_id = sent(post, post.person(), "a", "b", "c")
    receipt(post, "c", READ)
    receipt(post, "b", DEAD, "131026")
    assert send_again(post, outbox_id)
    with post.database.read() as session:
        assert set(outbox.parts_of(session, outbox_id)) == {0, 2}
    receipt(post, "b", DEAD, "131026")
    assert post.item(outbox_id).state == OutboxState.QUEUED, "the platform repeats what it told of the first try"
    with post.database.write() as session:
        outbox.part_sent(session, outbox_id, 1, "b", None, post.time)
        assert set(outbox.parts_of(session, outbox_id)) == {0, 2}, "nor does it count as the second try"


def test_a_part_may_fail_more_than_once(post: Post) -> None:
    person = post.person()
    outbox_id = sent(post, person, "a", "b")
    for attempt in ("c", "d"):
        receipt(post, "b" if attempt == "c" else "c", DEAD)
        assert send_again(post, outbox_id)
        taken = claim(post, person)
        assert taken is not None
        keep(post, outbox_id, taken[1], 1, attempt)
        settle(post, outbox_id, taken[1])
    receipt(post, "d", READ)
    assert post.item(outbox_id).state == READ


@pytest.mark.parametrize("why", ["stopped", "moved"])
def test_nothing_is_sent_again_to_who_stopped_it_or_went_on_elsewhere(post: Post, why: str) -> None:
    person, other = post.person("1"), post.person("2")
    outbox_id = post.say(person, "one")
    with post.database.write() as session:
        give_up: Callable[..., None] = outbox.stop if why == "stopped" else outbox.move
        give_up(session, person.address_id, post.time)
        address = session.get_one(Address, person.address_id)
        if why == "stopped":
            address.stopped_at = post.time
        else:
            address.conversation_id = other.conversation_id
    assert (post.item(outbox_id).state, post.item(outbox_id).error) == (DEAD, why)
    assert not send_again(post, outbox_id)


def test_stopping_gives_up_what_waits_and_leaves_what_is_on_its_way(post: Post) -> None:
    person, other = post.person("1"), post.person("2")
    for text_ in ("one", "two", "three"):
        post.say(person, text_)
    post.say(other, "four")
    claim(post, person)
    with post.database.write() as session:
        outbox.stop(session, person.address_id, post.time)
    assert post.states() == ["sending", "dead", "dead", "queued"]


def test_when_the_window_opens_only_what_it_had_held_back_goes_out(post: Post) -> None:
    person = post.person()
    blocked, held, later = (post.say(person, number) for number in ("one", "two", "three"))
    for outbox_id, reason in ((blocked, "blocked"), (held, outbox.WINDOW_CLOSED)):
        claim(post, person)
        settle(post, outbox_id, 1, DEAD, reason)
    post.writes(person)
    assert post.states() == ["dead", "queued", "queued"]
    assert claim(post, person) == (held, 1, False)
    settle(post, held, 1)
    assert claim(post, person) == (later, 1, False)


def test_a_message_that_the_platform_held_back_later_because_of_the_window_goes_out_when_it_opens(post: Post) -> None:
    person = post.person()
    outbox_id = sent(post, person, "a")
    receipt(post, "a", DEAD, outbox.WINDOW_CLOSED)
    post.writes(person)
    assert claim(post, person) == (outbox_id, 1, False)
    with post.database.read() as session:
        assert outbox.parts_of(session, outbox_id) == {}


def test_a_message_held_back_because_of_the_window_goes_out_although_its_receipt_comes_after_the_person_wrote(
    post: Post,
) -> None:
    person = post.person()
    outbox_id = sent(post, person, "a")
    post.passes(60)
    post.writes(person)
    receipt(post, "a", DEAD, outbox.WINDOW_CLOSED)
    assert post.states() == ["queued"]
    assert claim(post, person) == (outbox_id, 1, False)


def test_a_refusal_because_of_the_window_that_its_sender_learns_after_the_person_wrote_is_no_end(post: Post) -> None:
    person = post.person()
    outbox_id = post.say(person, "one")
    claim(post, person)
    post.passes(60)
    post.writes(person)
    settle(post, outbox_id, 1, DEAD, outbox.WINDOW_CLOSED)
    assert post.states() == ["queued"]


def test_who_joined_a_day_ago_is_not_told_when_the_window_opens(post: Post) -> None:
    person = post.person()
    with post.database.write() as session:
        conversation = session.get_one(Conversation, person.conversation_id)
        conversations.add(session, conversation, Sender.SYSTEM, Said("Mia has joined."), post.time)
    answer = post.say(person, "An answer.")
    for place in (answer - 1, answer):
        claim(post, person)
        settle(post, place, 1, DEAD, outbox.WINDOW_CLOSED)
    post.writes(person)
    assert post.states() == ["dead", "queued"]
