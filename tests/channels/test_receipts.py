"""Thumbs are feedback, and receipts find the message they are about, also one whose sender died."""

from __future__ import annotations

from functools import partial

import pytest

from channels import outbox
from dossiers import feedback
from dossiers.models import OutboxItem, OutboxState, SentPart, Verdict
from tests.channels.conftest import Service, at_once


def sent(service: Service, delivery: int, platform_id: str, part: int = 0) -> None:
    """The platform has taken a part of a message."""
    with service.database.write() as session:
        mark = service.sealer.mark("telegram", platform_id)
        outbox.part_sent(session, delivery, part, mark, None, service.clock())


@pytest.mark.parametrize(
    ("emoji", "verdict"),
    [("👍", Verdict.HELPED), ("👍🏽", Verdict.HELPED), ("❤️", Verdict.HELPED), ("👎", Verdict.NOT_HELPED)],
)
def test_a_thumb_on_an_answer_is_what_the_person_thinks_of_it(service: Service, emoji: str, verdict: Verdict) -> None:
    conversation_id = service.chat().says("hello").conversation_id
    delivery = service.bot_says(conversation_id, article="deposit-return")
    sent(service, delivery, "4711:9")
    sent(service, delivery, "4711:10", part=1)
    assert service.arrivals.react("telegram", "4711:10", emoji)
    with service.database.read() as session:
        assert feedback.counts(session, "deposit-return") == feedback.Counts(
            helped=int(verdict is Verdict.HELPED), not_helped=int(verdict is Verdict.NOT_HELPED)
        )


def test_what_says_nothing_about_an_answer_is_no_feedback(service: Service) -> None:
    conversation_id = service.chat().says("hello").conversation_id
    sent(service, service.bot_says(conversation_id, article="deposit-return"), "4711:9")
    sent(service, service.bot_says(conversation_id), "4711:10")
    for platform_id, emoji in [("4711:9", None), ("4711:9", ""), ("4711:9", "🐳"), ("4711:10", "👍"), ("0:9", "👍")]:
        assert not service.arrivals.react("telegram", platform_id, emoji)
    assert not service.arrivals.react("whatsapp", "4711:9", "👍")
    with service.database.read() as session:
        assert feedback.unread_count(session) == 0


def test_a_message_whose_sender_died_is_known_by_our_key_in_its_receipt(service: Service) -> None:
    conversation_id = service.chat("whatsapp").says("hello").conversation_id
    delivery = service.bot_says(conversation_id)
    service.arrivals.receipt("whatsapp", "wamid.1", OutboxState.SENT, key=f"{delivery}.0")
    with service.database.write() as session:
        (part,) = session.query(SentPart)
        assert (part.outbox_id, part.part) == (delivery, 0)
        session.get_one(OutboxItem, delivery).state = OutboxState.SENT
    service.arrivals.receipt("whatsapp", "wamid.1", OutboxState.READ)
    assert service.deliveries(conversation_id)[-1][1] == OutboxState.READ


def test_many_receipts_of_one_message_at_once_adopt_it_once(service: Service) -> None:
    conversation_id = service.chat("whatsapp").says("hello").conversation_id
    delivery = service.bot_says(conversation_id)

    receipt = partial(service.arrivals.receipt, "whatsapp", "wamid.1", key=f"{delivery}.0")
    at_once(*[partial(receipt, state) for state in (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)])
    with service.database.read() as session:
        (part,) = session.query(SentPart)
        assert part.state == OutboxState.READ


@pytest.mark.parametrize(
    "key", ["", ".", "1", "1.", ".0", "x.0", "1.x", "-1.0", "1.0.0", "²", "9" * 30 + ".0", "1.9999"]
)
def test_a_key_that_is_not_ours_adopts_nothing(service: Service, key: str) -> None:
    conversation_id = service.chat("whatsapp").says("hello").conversation_id
    service.bot_says(conversation_id)
    service.arrivals.receipt("whatsapp", "wamid.1", OutboxState.SENT, key=key)
    assert service.count(SentPart) == [0]


def test_a_key_of_another_channel_adopts_nothing(service: Service) -> None:
    delivery = service.bot_says(service.chat("telegram").says("hello").conversation_id)
    service.arrivals.receipt("whatsapp", "wamid.1", OutboxState.SENT, key=f"{delivery}.0")
    assert service.count(SentPart) == [0]
