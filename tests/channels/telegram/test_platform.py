"""Sending with the real library: what every answer of Telegram means for a message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from telegram.constants import MessageLimit

from channels.platform import Later, Outgoing, Part, Refused, Unknown
from channels.telegram.numbers import Numbers
from channels.telegram.platform import API_URL, TelegramPlatform
from dossiers.database import Database, make_engine
from knowledge.wording import say
from tests.channels.telegram.conftest import CHAT, TOKEN, People, delivery, keyboard, marked, part, until
from tests.conftest import MOMENT
from tests.servers import free_port


def made(url: str, **more: float) -> TelegramPlatform:
    """A platform that never has to look for anything: its database is empty."""
    return TelegramPlatform(TOKEN, Numbers(Database(make_engine("sqlite://"))), api_url=url, **more)


@pytest.fixture
async def platform(people: People) -> AsyncIterator[TelegramPlatform]:
    """A platform, and Amina, who has opened the bot."""
    await people.says("/start")
    platform = made(people.url)
    yield platform
    await platform.close()


async def test_a_sent_part_is_seen_and_gives_its_id(people: People, platform: TelegramPlatform) -> None:
    buttons = keyboard(callback_data="m1:0")
    taken = await platform.send(marked("*Hello*\\!", reply_markup=buttons), delivery())
    (line,) = [line for line in await people.sees() if line["by"] == "bot"]
    assert (line["text"], line["keyboard"]) == ("Hello!", buttons["inline_keyboard"])
    assert line["content"]["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert (taken.platform_id, taken.number) == (f"{CHAT}:{line['message_id']}", line["message_id"])


async def test_a_whole_message_is_rendered_and_taken(people: People, platform: TelegramPlatform) -> None:
    long = "\n\n".join(f"**Step {step}.** Bring your passport (and a copy) - it costs 12.50!" for step in range(120))
    options = [{"title": "What now?", "payload": "/what_now"}]
    parts = platform.render(Outgoing(7, long, options=options))
    assert len(parts) > 1
    for each in parts:
        await platform.send(each, delivery())
    lines = [line for line in await people.sees() if line["by"] == "bot"]
    assert all(len(line["text"]) <= MessageLimit.MAX_TEXT_LENGTH for line in lines)
    assert lines[-1]["keyboard"] == [[{"text": "What now?", "callback_data": "m7:0"}]]


async def test_places_can_be_sent(people: People, platform: TelegramPlatform) -> None:
    place = {"latitude": 51.05, "longitude": 3.72, "title": "Town hall", "address": "Botermarkt 1"}
    await platform.send(Part("sendVenue", place), delivery())
    await platform.send(Part("sendLocation", {"latitude": 51.05, "longitude": 3.72}), delivery())
    found = [line["content"] for line in await people.sees() if line["by"] == "bot"]
    assert found[0]["venue"]["title"] == "Town hall"
    assert "location" in found[1]


async def test_the_limit_says_how_long_to_wait(people: People, platform: TelegramPlatform) -> None:
    await people.trouble("retry_after", seconds=17)
    with pytest.raises(Later) as caught:
        await platform.send(part(), delivery())
    assert (caught.value.seconds, caught.value.everybody) == (17, False)
    await platform.send(part(), delivery())
    assert await people.reads() == ["hello"]


async def test_the_limit_in_two_chats_at_once_is_one_for_everybody(people: People, platform: TelegramPlatform) -> None:
    await people.says("/start", chat=CHAT + 1)
    await people.trouble("retry_after", seconds=17, times=3)
    for chat, everybody in ((CHAT, False), (CHAT, False), (CHAT + 1, True)):
        with pytest.raises(Later) as caught:
            await platform.send(part(), delivery(chat))
        assert caught.value.everybody is everybody


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("taken", [True, False])
async def test_after_a_server_error_nobody_knows(
    people: People, platform: TelegramPlatform, status: int, taken: bool
) -> None:
    await people.trouble("error", status=status, taken=taken)
    with pytest.raises(Unknown):
        await platform.send(part(), delivery())
    assert await people.reads() == (["hello"] if taken else [])


@pytest.mark.parametrize("taken", [True, False])
async def test_a_connection_that_broke_after_sending_leaves_it_unknown(
    people: People, platform: TelegramPlatform, taken: bool
) -> None:
    await people.trouble("drop", taken=taken)
    with pytest.raises(Unknown):
        await platform.send(part(), delivery())
    assert await people.reads() == (["hello"] if taken else [])


async def test_no_answer_in_time_leaves_it_unknown(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.telegram.platform.ANSWER_SECONDS", 0.2)
    platform = made(people.url)
    await people.says("/start")
    await people.trouble("slow", seconds=1.0, taken=True)
    with pytest.raises(Unknown):
        await platform.send(part(), delivery())
    await platform.close()


async def test_a_connection_that_was_never_made_proves_that_nothing_was_sent() -> None:
    platform = made(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Later) as caught:
        await platform.send(part(), delivery())
    assert caught.value.reason == "unreachable"
    await platform.close()


@pytest.mark.parametrize(
    ("cause", "meaning"),
    [
        (httpx.ConnectError, Later),
        (httpx.ConnectTimeout, Later),
        (httpx.PoolTimeout, Later),
        (httpx.ProxyError, Later),
        (httpx.ReadError, Unknown),
        (httpx.ReadTimeout, Unknown),
        (httpx.WriteError, Unknown),
        (httpx.WriteTimeout, Unknown),
        (httpx.CloseError, Unknown),
        (httpx.RemoteProtocolError, Unknown),
    ],
)
async def test_only_an_error_from_before_the_connection_is_not_unknown(
    people: People, monkeypatch: pytest.MonkeyPatch, cause: type[httpx.HTTPError], meaning: type[Exception]
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise cause("broken")

    monkeypatch.setattr(httpx.AsyncClient, "request", fail)
    platform = made(people.url)
    with pytest.raises(meaning):
        await platform.send(part(), delivery())
    await platform.close()


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"ok": true}', b'{"ok": true, "result": {}}'])
async def test_a_success_that_cannot_be_read_is_unknown(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    async def garbled(*_: object, **__: object) -> httpx.Response:
        return httpx.Response(200, content=answer)

    monkeypatch.setattr(httpx.AsyncClient, "request", garbled)
    platform = made(API_URL)
    with pytest.raises(Unknown):
        await platform.send(part(), delivery())
    await platform.close()


async def test_who_blocked_us_gets_nothing_more(people: People, platform: TelegramPlatform) -> None:
    await people.does("block")
    with pytest.raises(Refused) as caught:
        await platform.send(part(), delivery())
    assert caught.value.reason == "blocked"


async def test_a_deleted_account_and_an_unknown_chat_are_gone(people: People, platform: TelegramPlatform) -> None:
    await people.does("deactivate")
    for chat in (CHAT, 123456):
        with pytest.raises(Refused) as caught:
            await platform.send(part(), delivery(chat))
        assert caught.value.reason == "gone"


async def test_a_form_that_is_not_understood_goes_out_as_plain_words(
    people: People, platform: TelegramPlatform
) -> None:
    buttons = keyboard(callback_data="m1:0")
    broken = "*Rent* costs 600\\-700 a month. See [the page](https://stad.gent/a_b)"
    await platform.send(marked(broken, reply_markup=buttons), delivery())
    (line,) = [line for line in await people.sees() if line["by"] == "bot"]
    assert line["text"] == "Rent costs 600-700 a month. See the page: https://stad.gent/a_b"
    assert "entities" not in line["content"]
    assert line["keyboard"] == buttons["inline_keyboard"]


async def test_buttons_that_are_refused_do_not_hold_back_the_words(people: People, platform: TelegramPlatform) -> None:
    await platform.send(marked("*Hello*", reply_markup=keyboard(callback_data="x" * 65)), delivery())
    (line,) = [line for line in await people.sees() if line["by"] == "bot"]
    assert (line["text"], line["keyboard"]) == ("Hello", None)


@pytest.mark.parametrize(
    "never",
    [
        part("a" * 4097),
        marked("_" + "a" * 4097),
        part("  "),
        Part("sendPhoto", {"photo": "x"}),
        part("hello", reply_markup={"inline_keyboard": [{"nothing": 1}]}),
    ],
)
async def test_what_telegram_will_never_take_is_refused(
    people: People, platform: TelegramPlatform, never: Part
) -> None:
    with pytest.raises(Refused):
        await platform.send(never, delivery())
    assert await people.reads() == []


async def test_a_wrong_token_holds_everything_back_and_loses_nothing(people: People) -> None:
    platform = TelegramPlatform("nonsense", Numbers(Database(make_engine("sqlite://"))), api_url=people.url)
    with pytest.raises(Later) as caught:
        await platform.send(part(), delivery())
    assert caught.value.everybody
    assert caught.value.seconds is not None
    await platform.close()


async def test_more_than_telegram_wants_in_a_second_waits_here(people: People) -> None:
    platform = made(people.url, per_second=1)
    await people.says("/start")
    await platform.send(part("first"), delivery())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(platform.send(part("second"), delivery()), 0.3)
    assert await people.reads() == ["first"]
    await platform.close()


async def test_typing_is_shown_and_never_waited_for(people: People, platform: TelegramPlatform) -> None:
    await people.trouble("slow", on="sendChatAction", seconds=0.5)
    await platform.typing(str(CHAT))
    assert (await people.state())["actions"] == []

    async def shown() -> bool:
        return (await people.state())["actions"] == [{"chat": CHAT, "action": "typing"}]

    await until(shown)


async def test_typing_never_raises(people: People, platform: TelegramPlatform) -> None:
    await people.does("block")
    await platform.typing(str(CHAT))
    await platform.typing("no chat")

    async def tried() -> bool:
        return (await people.state())["requests"].get("sendchataction") == 2

    await until(tried)


async def test_a_press_is_acknowledged_and_an_old_one_harms_nothing(people: People, platform: TelegramPlatform) -> None:
    await people.call("getUpdates", allowed_updates=["callback_query"])
    taken = await platform.send(part("hello", reply_markup=keyboard(callback_data="m1:0")), delivery())
    press = await people.does("press", message_id=taken.number)
    await platform.answer_choice("no such press")
    await platform.answer_choice(press["callback_id"])
    assert (await people.state())["callbacks"] == {press["callback_id"]: True}


async def test_the_menu_shows_our_commands(people: People, platform: TelegramPlatform) -> None:
    await platform.set_commands()
    commands = (await people.state())["commands"]
    assert [command["command"] for command in commands] == ["plan", "person", "mydata", "code", "help", "stop"]
    assert commands[0]["description"] == say("telegram_command_plan")


async def test_a_webhook_is_set_with_the_kinds_we_read_and_removed(people: People, platform: TelegramPlatform) -> None:
    await platform.set_webhook("http://127.0.0.1:9/telegram/webhook", "secret_1")
    state = await people.state()
    assert state["webhook"]["url"] == "http://127.0.0.1:9/telegram/webhook"
    assert {"message_reaction", "callback_query", "edited_message", "my_chat_member"} <= set(state["allowed"])
    await platform.remove_webhook()
    assert (await people.state())["webhook"] is None


async def test_a_group_is_told_once_and_left(people: People, platform: TelegramPlatform) -> None:
    await people.says("hello everybody", chat=-100123)
    await platform.leave(-100123)
    await platform.leave(-100123)
    assert await people.reads(chat=-100123) == [say("only_private")]
    assert (await people.state())["left"] == [-100123]


def test_there_is_no_window_on_telegram() -> None:
    platform = made(API_URL)
    assert platform.window_open(MOMENT.replace(year=2020), MOMENT)
    assert (platform.name, platform.look_after) == ("telegram", 2.0)
