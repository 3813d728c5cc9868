"""What a bot message means to the app."""

from __future__ import annotations

import datetime as dt

import pytest
import respx

from channels.bot_client import BotClient, BotSilent, BotUnavailable, said
from channels.web.schemas import MessageOut
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Conversation, Message, Sender

STEP = {
    "step": "register-non-eu",
    "title": "Register with your town hall",
    "state": "now",
    "late": False,
    "by": "2026-12-02",
    "when": "by Wednesday 2 December 2026 (9 days left)",
    "reason": "You must register with the town soon after you arrive with a visa D.",
    "waits_for": [],
    "facts": ["non-eu-register-8-working-days"],
    "sources": [
        {"title": "A card", "url": "https://stad.gent/a", "publisher": "City of Ghent", "checked_on": "2026-11-22"}
    ],
}


def test_an_action_may_say_steps_of_a_plan():
    reply = {"text": "This comes first:", "custom": {"outcome": "planned", "plan": [STEP]}}
    assert said(reply) == Said("This comes first:", outcome="planned", plan=[STEP])
    assert said({"text": "Hello", "metadata": {"outcome": "greeted"}}).plan == []


def test_the_steps_reach_whoever_reads_the_conversation(database: Database, moment: dt.datetime):
    with database.write() as session:
        conversation, _ = conversations.start(session, channel="web", municipality=None, now=moment)
        conversations.add(session, conversation, Sender.BOT, Said("This comes first:", plan=[STEP]), moment)
        conversations.add(session, conversation, Sender.PERSON, Said("thanks"), moment)
    with database.read() as session:
        assert session.query(Conversation).count() == 1
        told, plain = session.query(Message).order_by(Message.id)
        (entry,) = MessageOut.of(told, {}).model_dump(mode="json")["plan"]
        assert MessageOut.of(plain, {}).plan == []
    assert entry == STEP


@pytest.mark.parametrize(
    ("status", "meaning"), [(500, BotSilent), (502, BotSilent), (503, BotUnavailable), (401, BotUnavailable)]
)
async def test_what_a_refusal_of_the_bot_means(
    status: int, meaning: type[Exception], respx_mock: respx.MockRouter
) -> None:
    """503: the turn did not begin, so it is asked again. Other errors of the bot: it may have, so it is not."""
    respx_mock.post("http://bot/webhooks/app/webhook").respond(status)
    bot = BotClient("http://bot", "token")
    with pytest.raises(meaning):
        await bot.turn("c", 1, "hello", None)
    await bot.close()
