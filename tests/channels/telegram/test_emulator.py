"""The Bot API of the tests refuses what Telegram refuses, and delivers as Telegram delivers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.helpers import escape_markdown

from tests.channels.telegram.conftest import CHAT, SECRET, People, keyboard, until
from tests.platforms.telegram import serving
from tests.platforms.telegram.markdown import BadMarkup, parse


@pytest.mark.parametrize("sign", "]()>#+-=|{}.!")
def test_a_reserved_sign_must_be_escaped(sign: str) -> None:
    with pytest.raises(BadMarkup, match="is reserved and must be escaped with the preceding"):
        parse(f"a{sign}b")
    assert parse(f"a\\{sign}b") == (f"a{sign}b", [])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a *b", "Can't find end of Bold entity at byte offset 2"),
        ("é _b", "Can't find end of Italic entity at byte offset 3"),
        ("__b_", "Can't find end of Italic entity at byte offset 3"),
        ("`b", "Can't find end of Code entity at byte offset 0"),
        ("```b", "Can't find end of Pre entity at byte offset 0"),
        ("||b", "Can't find end of Spoiler entity at byte offset 0"),
        ("[b](http://x", "Can't find end of a URL at byte offset 4"),
        ("*b\\*", "Can't find end of Bold entity at byte offset 0"),
        (">*b\nc", "Can't find end of Bold entity at byte offset 1"),
    ],
)
def test_what_is_begun_must_end(source: str, words: str) -> None:
    with pytest.raises(BadMarkup) as refused:
        parse(source)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*b* c", "b c", [("bold", 0, 1)]),
        ("🏟 _b_", "🏟 b", [("italic", 3, 1)]),
        ("_a *b*_", "a b", [("italic", 0, 3), ("bold", 2, 1)]),
        ("__a__ ~b~ ||c||", "a b c", [("underline", 0, 1), ("strikethrough", 2, 1), ("spoiler", 4, 1)]),
        ("`a_*b`", "a_*b", [("code", 0, 4)]),
        ("```py\nx = 1```", "x = 1", [("pre", 0, 5)]),
        ("[a\\.b](https://x.be/_y\\)z)", "a.b", [("text_link", 0, 3)]),
        ("[a](nonsense)", "a", []),
        (">q\n>r\ns", "q\nr\ns", [("blockquote", 0, 3)]),
        ("**", "", []),
    ],
)
def test_forms_become_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found, made = parse(source)
    assert found == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in made] == entities


def test_what_the_library_escapes_reads_as_it_was() -> None:
    everything = "".join(map(chr, range(32, 127)))
    assert parse(escape_markdown(everything, version=2)) == (everything, [])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": " "}, "Bad Request: message text is empty"),
        ({"text": "a" * 4097}, "Bad Request: message is too long"),
        ({"text": "🏟" * 2049}, "Bad Request: message is too long"),
        ({"text": "a", "parse_mode": "Word"}, "Bad Request: unsupported parse_mode"),
        ({"text": "a", "reply_markup": keyboard(callback_data="é" * 33)}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": keyboard(callback_data="")}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": {"inline_keyboard": [{"text": "x"}]}}, "must be an Array of Arrays"),
        ({"text": "a", "reply_markup": keyboard()}, "Text buttons are unallowed"),
        ({"text": "a", "reply_markup": keyboard(url="nowhere")}, "Wrong HTTP URL"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"text": "a", "chat_id": 99}, "Bad Request: chat not found"),
        ({"text": "a.", "parse_mode": "MarkdownV2", "chat_id": 99}, "can't parse entities: Character '.'"),
    ],
)
async def test_a_message_that_telegram_would_refuse_is_refused(
    people: People, given: dict[str, Any], words: str
) -> None:
    await people.says("hello")
    answer = await people.call("sendMessage", **{"chat_id": CHAT, **given})
    assert answer.status_code == 400
    assert words in answer.json()["description"]
    assert await people.reads() == []


async def test_the_length_counts_after_parsing(people: People) -> None:
    await people.says("hello")
    answer = await people.call("sendMessage", chat_id=CHAT, text="\\." * 4096, parse_mode="MarkdownV2")
    assert answer.status_code == 200
    assert await people.reads() == ["." * 4096]


async def test_all_private_chats_share_one_sequence_of_ids(people: People) -> None:
    first = await people.says("one")
    second = await people.says("two", chat=CHAT + 1)
    sent = (await people.call("SENDMESSAGE", chat_id=CHAT, text="three")).json()["result"]["message_id"]
    assert [second - first, sent - second] == [1, 1]


async def test_edits_tell_apart_what_is_there(people: People) -> None:
    theirs = await people.says("hello")
    sent = (await people.call("sendMessage", chat_id=CHAT, text="hi")).json()["result"]["message_id"]
    elsewhere = await people.says("hello", chat=CHAT + 1)

    async def edit(number: int, text: str = "hi") -> str:
        answer = await people.call("editMessageText", chat_id=CHAT, message_id=number, text=text)
        return str(answer.json().get("description", "edited"))

    assert await edit(theirs) == "Bad Request: message can't be edited"
    assert await edit(elsewhere) == "Bad Request: message to edit not found"
    assert (await edit(sent)).startswith("Bad Request: message is not modified")
    assert await edit(sent, "new") == "edited"
    assert await people.reads() == ["new"]


async def test_updates_wait_until_their_number_is_passed(people: People) -> None:
    await people.says("one")
    await people.says("two")
    first = (await people.call("getUpdates")).json()["result"]
    again = (await people.call("getUpdates")).json()["result"]
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert first == again
    rest = (await people.call("getUpdates", offset=first[0]["update_id"] + 1)).json()["result"]
    assert rest == first[1:]
    assert (await people.call("getUpdates", offset=first[1]["update_id"] + 1)).json()["result"] == []


async def test_a_held_question_is_answered_when_something_comes_and_ended_by_another(people: People) -> None:
    held = asyncio.create_task(people.call("getUpdates", timeout=20))
    await asyncio.sleep(0.1)
    await people.says("one")
    (update,) = (await held).json()["result"]
    first = asyncio.create_task(people.call("getUpdates", timeout=20, offset=update["update_id"] + 1))
    await asyncio.sleep(0.1)
    await people.call("getUpdates", timeout=0, offset=update["update_id"] + 1)
    assert (await first).status_code == 409


@pytest.fixture
async def hook() -> AsyncIterator[tuple[str, list[tuple[str, Any]], list[int]]]:
    """A webhook that notes what it gets and answers with the statuses it was told, then with 200."""
    got: list[tuple[str, Any]] = []
    statuses: list[int] = []

    async def take(request: Request) -> Response:
        secret = request.headers.get("x-telegram-bot-api-secret-token", "")
        status = statuses.pop(0) if statuses else 200
        got.append((secret, json.loads(await request.body())))
        return Response(status_code=status, headers={"Retry-After": "0.3"} if status == 429 else None)

    async with serving(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as url:
        yield f"{url}/hook", got, statuses


async def test_a_webhook_gets_everything_in_order_until_it_says_ok(
    people: People, hook: tuple[str, list[tuple[str, Any]], list[int]]
) -> None:
    url, got, statuses = hook
    statuses += [500, 503, 429]
    await people.says("one")
    assert (await people.call("setWebhook", url=url, secret_token=SECRET)).status_code == 200
    await people.says("two")

    async def all_there() -> bool:
        return (await people.state())["pending"] == 0

    await until(all_there)
    assert [update["message"]["text"] for _, update in got] == ["one"] * 4 + ["two"]
    assert {secret for secret, _ in got} == {SECRET}
    assert (await people.call("getUpdates")).status_code == 409


async def test_what_was_not_asked_for_is_not_brought(people: People) -> None:
    number = await people.says("hello")
    assert (await people.does("react", message_id=number, emoji="👍"))["update_id"] is None
    await people.call("getUpdates", allowed_updates=["message", "message_reaction"])
    assert (await people.does("react", message_id=number, emoji="👎"))["update_id"] is not None


async def test_a_token_or_method_that_does_not_exist_is_refused(people: People) -> None:
    async with httpx.AsyncClient() as http:
        assert (await http.post(f"{people.url}/botnonsense/getMe")).status_code == 401
    assert (await people.call("flyToTheMoon")).status_code == 404
    assert (await people.call("getMe")).json()["result"]["is_bot"] is True
