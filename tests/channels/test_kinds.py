"""Every kind of message that people send has an answer, through the real worker."""

from __future__ import annotations

import asyncio
import re

import pytest

from channels.incoming import reference
from channels.resume.codes import CODES_AN_HOUR
from dossiers.models import InboxItem, InboxState, Kind, Message, OutboxState, Sender
from knowledge.wording import say, say_or
from tests.channels.conftest import Service
from tests.channels.talking import Person


async def test_stop_is_not_a_turn_of_the_bot(service: Service) -> None:
    chat = service.chat()
    async with service.running():
        conversation_id = chat.says("STOP", kind=Kind.STOP).conversation_id
        chat.says("hello")
        await answered(service, conversation_id)
    assert [text for _, text, _ in service.bot.asked] == ["hello"]


async def answered(service: Service, conversation_id: str) -> list[str]:
    """What the person was told after their last message, once nothing waits to be processed."""
    async with asyncio.timeout(10):
        while True:
            with service.database.read() as session:
                if not session.query(InboxItem).filter(InboxItem.state == InboxState.RECEIVED).count():
                    break
            await asyncio.sleep(0.02)
    messages = service.told(conversation_id)
    last = max(place for place, (sender, _) in enumerate(messages) if sender == Sender.PERSON)
    return [text for _, text in messages[last + 1 :]]


NOT_WORDS = [
    Kind.PHOTO,
    Kind.VIDEO,
    Kind.VOICE,
    Kind.AUDIO,
    Kind.DOCUMENT,
    Kind.STICKER,
    Kind.LOCATION,
    Kind.CONTACT,
    Kind.EDIT,
    Kind.OTHER,
]
BESIDE_WORDS = [Kind.PHOTO, Kind.VIDEO, Kind.VOICE, Kind.AUDIO, Kind.DOCUMENT]


@pytest.mark.parametrize("kind", NOT_WORDS)
async def test_what_is_not_words_gets_its_own_polite_answer(service: Service, kind: Kind) -> None:
    async with service.running():
        conversation_id = service.chat().says(kind=kind, edits="0" if kind is Kind.EDIT else None).conversation_id
        assert await answered(service, conversation_id) == [say(f"cannot_{kind}")]
    assert service.bot.asked == []
    assert service.deliveries(conversation_id)[-1][1] == OutboxState.QUEUED, "and it goes out"
    assert service.told(conversation_id)[1][1] == f"[{say_or(f'sent_{kind}', '?')}]"


@pytest.mark.parametrize("kind", BESIDE_WORDS)
async def test_words_beside_it_are_answered(service: Service, kind: Kind) -> None:
    async with service.running():
        conversation_id = service.chat().says("what is this letter?", kind=kind).conversation_id
        assert await answered(service, conversation_id) == [say("only_words"), "about what is this letter?"]


async def test_words_commands_and_choices_reach_the_bot(service: Service) -> None:
    service.bot.options = [{"title": "Deposit", "payload": "/ask_deposit"}]
    chat = service.chat()
    async with service.running():
        conversation_id = chat.says("hello").conversation_id
        await answered(service, conversation_id)
        chat.says("/plan", kind=Kind.COMMAND, command="/show_plan")
        await answered(service, conversation_id)
        with service.database.read() as session:
            message = session.query(Message).filter_by(sender=Sender.BOT).first()
            assert message is not None
        chat.says(kind=Kind.CHOICE, choice=reference(message.id, 0))
        await answered(service, conversation_id)
    assert [payload for _, _, payload in service.bot.asked] == [None, "/show_plan", "/ask_deposit"]
    assert service.bot.asked[2][1] == "Deposit"


async def test_a_choice_that_was_not_offered_is_answered_politely(service: Service) -> None:
    async with service.running():
        conversation_id = service.chat().says(kind=Kind.CHOICE, choice="m999:0").conversation_id
        assert await answered(service, conversation_id) == [say("cannot_other")]
    assert service.bot.asked == []


async def test_who_comes_with_a_code_is_welcomed_and_a_wrong_one_is_explained(service: Service) -> None:
    target = service.website()
    code = service.code_for(target)
    async with service.running():
        conversation_id = service.chat(address="1").says("code", code=code).conversation_id
        assert await answered(service, conversation_id) == [say("cannot_moved")]
        conversation_id = service.chat(address="2").says("code", code=code).conversation_id
        assert await answered(service, conversation_id) == [say("cannot_wrong_code")]


async def test_who_asks_for_a_code_gets_one_that_works_on_the_website(service: Service) -> None:
    chat = service.chat()
    async with service.running() as client:
        conversation_id = chat.says("code", kind=Kind.CODE).conversation_id
        (text,) = await answered(service, conversation_id)
        found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
        assert found is not None, text
        assert "I have a code" in text
        started = (await client.post("/api/resume", json={"code": found[0]})).json()
        assert started["id"] == conversation_id
        read = await Person(client, started["id"], started["token"]).read()
        assert [m["text"] for m in read][-1] == text
        for _ in range(CODES_AN_HOUR):
            chat.says("code", kind=Kind.CODE)
        assert (await answered(service, conversation_id))[-1] == say("code_too_many")
    assert service.bot.asked == []


async def test_where_no_codes_are_made_it_says_so(service: Service) -> None:
    service.worker.router.codes = None
    async with service.running():
        conversation_id = service.chat().says("code", kind=Kind.CODE).conversation_id
        assert await answered(service, conversation_id) == [say("cannot_code")]


def test_every_kind_of_message_is_dealt_with_above() -> None:
    with_words = {Kind.TEXT, Kind.COMMAND, Kind.CHOICE, Kind.STOP, Kind.CODE, Kind.MOVED, Kind.WRONG_CODE}
    assert with_words | set(NOT_WORDS) == set(Kind)
