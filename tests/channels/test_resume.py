"""Codes to go on elsewhere: they work once, for minutes, for who was given them, and cannot be guessed or replayed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import httpx
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from channels.arrivals import Arrival
from channels.incoming import Incoming
from channels.resume.codes import ALPHABET, CODES_AN_HOUR, LENGTH, LIFE, TRIES_AN_HOUR, WRONG_A_MINUTE, found_in, normal
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.models import Address, Conversation, OutboxItem, OutboxState, ResumeCode, Sender
from tests.channels.conftest import Service
from tests.channels.talking import Person

WRONG = "ABCD-EFG2"


async def ask_code(person: Person) -> str:
    answer = await person.client.post(f"/api/conversations/{person.id}/code", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["code"])


async def resume(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post("/api/resume", json={"code": code})


@asynccontextmanager
async def from_host(service: Service, host: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client at another address."""
    transport = httpx.ASGITransport(app=service.app, client=(host, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["error"]["code"])


def link(service: Service, code: str | None, address: str = "4711", channel: str = "telegram") -> str:
    """Somebody writes on another channel, with a code when they have one. Returns the conversation."""
    incoming = Incoming(f"{address}-{code}", f"code {code}" if code else "hello")
    return service.arrivals.take(Arrival(channel, address, incoming, code)).conversation_id


async def test_a_code_comes_with_its_end_and_with_links_that_carry_it(service: Service) -> None:
    service.wire(telegram_link="https://t.me/what_now_bot", whatsapp_link="https://wa.me/3290000000")
    async with service.running() as client:
        person = await Person.arrives(client)
        answer = await client.post(f"/api/conversations/{person.id}/code", headers=person.headers)
    given, code = answer.json(), answer.json()["code"]
    assert dt.datetime.fromisoformat(given["expires_at"]) == service.clock() + dt.timedelta(minutes=15)
    assert given["links"] == {
        "telegram": f"https://t.me/what_now_bot?start={code[:4]}{code[5:]}",
        "whatsapp": f"https://wa.me/3290000000?text=code%20{code}",
    }
    assert found_in(f"code {code}") == normal(code)


async def test_where_we_are_not_there_is_no_link(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        answer = await client.post(f"/api/conversations/{person.id}/code", headers=person.headers)
    assert answer.json()["links"] == {"telegram": None, "whatsapp": None}


async def test_the_conversation_goes_on_here_and_the_token_before_opens_nothing(service: Service) -> None:
    async with service.running() as client:
        before = await Person.arrives(client)
        await before.post(text="how do i get my deposit back")
        kept = await before.reads_until(2)
        started = (await resume(client, await ask_code(before))).json()
        assert set(started) == {"id", "token"}
        after = Person(client, started["id"], started["token"])
        assert after.id == before.id
        assert await after.read() == kept
        for answer in (
            await before.post(text="is this still mine?"),
            await client.get(f"/api/conversations/{before.id}/messages", headers=before.headers),
            await client.post(f"/api/conversations/{before.id}/code", headers=before.headers),
        ):
            assert refused(answer) == (404, "conversation_unknown")
        assert (await after.post(text="and now?")).status_code == 202


async def test_a_live_stream_of_the_token_before_ends(service: Service) -> None:
    async with service.running() as client:
        before = await Person.arrives(client)
        stream = asyncio.create_task(
            client.get(f"/api/conversations/{before.id}/events", headers=before.headers)  # ends with the stream
        )
        await asyncio.sleep(0.2)
        started = (await resume(client, await ask_code(before))).json()
        async with asyncio.timeout(3):
            await stream
        await Person(client, started["id"], started["token"]).post(text="for me alone")
    assert "for me alone" not in stream.result().text


async def test_answers_go_to_the_website_again(service: Service) -> None:
    async with service.running() as client:
        code = await ask_code(await Person.arrives(client))
        conversation_id = link(service, code)
        with service.database.write() as session:
            assert session.get_one(Conversation, conversation_id).channel == "telegram"
            back, _ = service.codes.make(session, conversation_id, service.clock())
        await resume(client, back)
    with service.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        assert conversation.channel == "web"
        assert [a.channel for a in conversations.addresses(session, conversation_id)] == ["telegram"]


@pytest.mark.parametrize("written", ["{}", " {} ", "{lower}", "{bare}", "{spaced}", "{dashed}"])
async def test_a_code_may_be_typed_in_any_usual_way(service: Service, written: str) -> None:
    async with service.running() as client:
        code = await ask_code(await Person.arrives(client))
        forms = {"lower": code.lower(), "bare": code.replace("-", ""), "spaced": code.replace("-", " ")}
        typed = written.format(code, dashed=code.replace("-", "\u2013"), **forms)
        assert (await resume(client, typed)).status_code == 200


@pytest.mark.parametrize("code", ["", "hello", WRONG, "K7QF93M", "K7QF93MXX", "0OIL-1111", "a\x00bcdefg", "Ａ2CD-EFGH"])
async def test_a_wrong_code_is_answered_kindly_and_changes_nothing(service: Service, code: str) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        await ask_code(person)
        answer = await resume(client, code)
        assert refused(answer) == (404, "code_wrong")
        assert "new one" in answer.json()["error"]["message"]
        assert await person.read() == []


async def test_what_is_no_code_at_all_is_refused(service: Service) -> None:
    async with service.running() as client:
        for body in ({}, {"code": None}, {"code": ["A"]}, {"code": "x" * 65}):
            assert (await client.post("/api/resume", json=body)).status_code == 422


async def test_a_code_works_once(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        code = await ask_code(person)
        assert (await resume(client, code)).status_code == 200
        assert refused(await resume(client, code)) == (404, "code_wrong")
        assert link(service, code) != person.id, "nor does it work on another channel"


async def test_a_code_ends_after_a_quarter_of_an_hour(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        code = await ask_code(person)
        service.time[0] += LIFE
        assert refused(await resume(client, code)) == (404, "code_wrong")
        code = await ask_code(person)
        service.time[0] += LIFE - dt.timedelta(seconds=1)
        assert (await resume(client, code)).status_code == 200


async def test_a_new_code_ends_the_one_before(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        first, second = await ask_code(person), await ask_code(person)
        assert refused(await resume(client, first)) == (404, "code_wrong")
        assert (await resume(client, second)).status_code == 200


async def test_of_codes_that_are_made_at_once_one_is_alive(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        await asyncio.gather(*(ask_code(person) for _ in range(6)))
    with service.database.read() as session:
        assert session.query(ResumeCode).count() == 1


async def test_a_code_that_is_used_many_times_at_once_opens_for_one(service: Service) -> None:
    async with service.running() as client:
        for _ in range(2):
            code = await ask_code(await Person.arrives(client))
            answers = await asyncio.gather(*(resume(client, code) for _ in range(8)))
            assert sorted(a.status_code for a in answers) == [200] + [404] * 7
            (won,) = [a.json() for a in answers if a.status_code == 200]
            await Person(client, won["id"], won["token"]).read()


async def test_a_code_that_is_used_on_two_channels_at_once_opens_on_one(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        code = await ask_code(person)
        with ThreadPoolExecutor(3) as threads:
            chats = [threads.submit(link, service, code, address) for address in ("1", "2", "3")]
            answer = await resume(client, code)
    moved = [chat.result() == person.id for chat in chats]
    assert sum(moved) + (answer.status_code == 200) == 1


async def test_only_the_hash_of_a_code_is_kept(service: Service) -> None:
    async with service.running() as client:
        code = await ask_code(await Person.arrives(client))
    with service.database.read() as session:
        (kept,) = session.query(ResumeCode)
    assert code.replace("-", "") not in kept.code_hash.upper()
    assert len(kept.code_hash) == 64


async def test_nobody_asks_for_a_code_to_a_strangers_conversation(service: Service) -> None:
    async with service.running() as client:
        person, stranger = await Person.arrives(client), await Person.arrives(client)
        url = f"/api/conversations/{person.id}"
        for headers, status in (({}, 401), (stranger.headers, 404)):
            assert (await client.post(f"{url}/code", headers=headers)).status_code == status
            assert (await client.get(f"{url}/channels", headers=headers)).status_code == status
            assert (await client.delete(f"{url}/channels/telegram", headers=headers)).status_code == status


async def test_a_conversation_asks_for_so_many_codes_and_no_more(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        codes = [await ask_code(person) for _ in range(CODES_AN_HOUR)]
        answer = await client.post(f"/api/conversations/{person.id}/code", headers=person.headers)
        assert refused(answer) == (429, "too_many_codes")
        assert (await resume(client, codes[-1])).status_code == 200, "the last one still works"


async def test_guessing_from_one_address_ends_before_anything_is_looked_up(service: Service) -> None:
    async with service.running() as client:
        code = await ask_code(await Person.arrives(client))
        for _ in range(TRIES_AN_HOUR):
            assert refused(await resume(client, WRONG)) == (404, "code_wrong")
        assert refused(await resume(client, code)) == (429, "too_many_tries"), "a right one does not work either"
        assert refused(await resume(client, WRONG)) == (429, "too_many_tries"), "so nobody learns which it was"
        async with from_host(service, "192.0.2.2") as elsewhere:
            assert (await resume(elsewhere, code)).status_code == 200, "others are not held up"


async def test_right_tries_count_too(service: Service) -> None:
    async with service.running() as client:
        for _ in range(TRIES_AN_HOUR):
            assert (await resume(client, service.code_for(service.website()))).status_code == 200
        assert refused(await resume(client, service.code_for(service.website()))) == (429, "too_many_tries")


async def test_addresses_of_one_household_count_as_one(service: Service) -> None:
    for number in range(TRIES_AN_HOUR):
        async with from_host(service, f"2001:db8:1:2::{number + 1:x}") as client:
            assert (await resume(client, WRONG)).status_code == 404
    async with from_host(service, "2001:db8:1:2:ffff::1") as client:
        assert (await resume(client, WRONG)).status_code == 429
    async with from_host(service, "2001:db8:1:3::1") as client:
        assert (await resume(client, WRONG)).status_code == 404


async def guess_from_everywhere(service: Service, count: int, code: str = WRONG) -> list[int]:
    found = []
    for number in range(count):
        async with from_host(service, f"198.51.{number // 250}.{number % 250 + 1}") as client:
            found.append((await resume(client, code)).status_code)
    return found


async def test_many_addresses_cannot_guess_for_one_another(service: Service) -> None:
    async with service.running() as client:
        code = await ask_code(await Person.arrives(client))
        with time_machine.travel(service.clock(), tick=False) as traveller:
            found = await guess_from_everywhere(service, WRONG_A_MINUTE + 5)
            assert found == [404] * WRONG_A_MINUTE + [429] * 5
            assert refused(await resume(client, code)) == (429, "too_many_tries")
            traveller.shift(61)
            assert (await resume(client, code)).status_code == 200, "within the life of a code it is over"


async def test_what_cannot_be_a_code_holds_up_nobody(service: Service) -> None:
    async with service.running() as client:
        code = await ask_code(await Person.arrives(client))
        assert await guess_from_everywhere(service, WRONG_A_MINUTE + 5, code="hello") == [404] * (WRONG_A_MINUTE + 5)
        assert (await resume(client, code)).status_code == 200


async def test_guessing_on_a_chat_platform_counts_by_chat(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        code = await ask_code(person)
        for number in range(TRIES_AN_HOUR):
            arrival = Arrival("telegram", "1", Incoming(f"try-{number}", WRONG), WRONG)
            assert service.arrivals.take(arrival).conversation_id != person.id
        assert link(service, code, "1") != person.id
        assert link(service, code, "2") == person.id


async def test_the_linked_channels_are_listed_with_the_moment_they_were_linked(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        url = f"/api/conversations/{person.id}/channels"
        assert (await client.get(url, headers=person.headers)).json() == {"channels": []}
        link(service, None, "1", "whatsapp")  # wrote before, elsewhere
        service.time[0] += dt.timedelta(days=1)
        link(service, await ask_code(person), "2")
        service.time[0] += dt.timedelta(minutes=1)
        link(service, await ask_code(person), "1", "whatsapp")
        listed = (await client.get(url, headers=person.headers)).json()["channels"]
    assert [entry["channel"] for entry in listed] == ["telegram", "whatsapp"]
    since = [dt.datetime.fromisoformat(entry["since"]) for entry in listed]
    assert since == [service.clock() - dt.timedelta(minutes=1), service.clock()]


async def test_unlinking_ends_the_channel_and_what_waits_for_it(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        assert link(service, await ask_code(person)) == person.id
        await person.reads_until(3)
        url = f"/api/conversations/{person.id}/channels"
        assert (await client.delete(f"{url}/telegram", headers=person.headers)).status_code == 204
        assert (await client.get(url, headers=person.headers)).json() == {"channels": []}
        assert refused(await client.delete(f"{url}/telegram", headers=person.headers)) == (404, "channel_unknown")
        again = link(service, None)
        assert again != person.id, "who writes there again begins anew"
    with service.database.read() as session:
        assert session.get_one(Conversation, person.id).channel == "web"
        rows = session.query(OutboxItem).filter_by(conversation_id=person.id).all()
        assert {(row.channel, row.state, row.error) for row in rows} == {("telegram", OutboxState.DEAD, "moved")}
        assert [a.conversation_id for a in session.query(Address)] == [again]


async def test_unlinking_another_channel_leaves_the_one_that_is_used(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        link(service, await ask_code(person), "1")
        link(service, await ask_code(person), "2", "whatsapp")
        await client.delete(f"/api/conversations/{person.id}/channels/telegram", headers=person.headers)
    with service.database.write() as session:
        conversation = session.get_one(Conversation, person.id)
        message = conversations.add(session, conversation, Sender.BOT, Said("still here"), service.clock())
        session.flush()
        (row,) = session.query(OutboxItem).filter_by(message_id=message.id)
        assert (row.channel, row.state) == ("whatsapp", OutboxState.QUEUED)


@pytest.mark.parametrize("channel", ["web", "sms", "%00", "Telegram", "a" * 30])
async def test_what_is_not_linked_cannot_be_unlinked(service: Service, channel: str) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        answer = await client.delete(f"/api/conversations/{person.id}/channels/{channel}", headers=person.headers)
    assert answer.status_code in (404, 422)


codes_of_people = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).filter(lambda c: any(s.isdigit() for s in c))


@given(code=codes_of_people, before=st.sampled_from(["", "code ", "Code: ", "my code is code ", "here is the code\n"]))
def test_a_code_is_found_in_a_message_however_it_is_announced(code: str, before: str) -> None:
    assert found_in(f"{before}{code[:4]}-{code[4:].lower()}.") == code


@pytest.mark.parametrize(
    "text",
    [
        "what is the post code of Ghent",
        "i have a question about ABCD-EFGH",
        "K7QF93MX",
        "my dress code question",
        "the qr code deadline",
        "code",
        "2345-67",
        "",
    ],
)
def test_ordinary_words_are_no_code(text: str) -> None:
    assert found_in(text) is None


def test_codes_have_no_signs_that_look_alike_and_always_a_digit(service: Service) -> None:
    codes = [service.code_for(service.website()) for _ in range(200)]
    assert len(set(codes)) == 200
    assert not set("".join(codes)) & set("01IO")
    assert all(any(sign.isdigit() for sign in code) for code in codes)
