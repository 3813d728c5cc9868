"""A message that was handed over and of which no answer came is found when it was sent, and only then."""

from __future__ import annotations

import pytest

from channels.platform import Later, Part, Refused, Taken, Unknown
from channels.telegram.numbers import MOST
from tests.channels.telegram.conftest import CHAT, World, delivery, keyboard, marked, part

BEFORE = marked("*What* now\\?", reply_markup=keyboard(callback_data="m1:0"))


async def lose(world: World, lost: Part, *, taken: bool, chat: int = CHAT) -> None:
    """Sends a part whose answer never comes."""
    await world.people.trouble("drop", taken=taken, chat=chat)
    with pytest.raises(Unknown):
        await world.platform.send(lost, delivery(chat))


async def first(world: World) -> int:
    """Amina opens the bot and gets an answer, whose id this is."""
    await world.people.says("/start")
    taken = await world.platform.send(part("welcome"), delivery())
    assert taken.number is not None
    return taken.number


async def test_what_was_taken_is_found_and_left_as_it_is(world: World) -> None:
    known = await first(world)
    await lose(world, BEFORE, taken=True)
    seen = await world.people.sees()
    found = await world.new_platform().find(BEFORE, delivery(before=(known, known)))
    assert found == Taken(f"{CHAT}:{seen[-1]['message_id']}", seen[-1]["message_id"])
    assert await world.people.sees() == seen


async def test_what_was_not_taken_is_not_found_and_nothing_else_is_touched(world: World) -> None:
    known = await first(world)
    await lose(world, BEFORE, taken=False)
    seen = await world.people.sees()
    assert await world.new_platform().find(BEFORE, delivery(before=(known, known))) is None
    assert await world.people.sees() == seen


async def test_it_is_found_among_what_other_people_wrote_and_got(world: World) -> None:
    known = await first(world)
    for other in range(1, 6):
        await world.people.says("hello", chat=CHAT + other)
    await lose(world, BEFORE, taken=True)
    lost = (await world.people.sees())[-1]["message_id"]
    for other in range(1, 6):
        await world.platform.send(BEFORE, delivery(CHAT + other))
    await world.people.says("still there?")
    found = await world.new_platform().find(BEFORE, delivery(before=(known, known)))
    assert found is not None
    assert found.number == lost
    for other in range(1, 6):
        assert (await world.people.sees(CHAT + other))[-1]["edits"] == []


async def test_the_same_words_in_another_chat_are_not_taken_for_it(world: World) -> None:
    known = await first(world)
    await world.people.says("/start", chat=CHAT + 1)
    await world.platform.send(BEFORE, delivery(CHAT + 1))
    await lose(world, BEFORE, taken=False)
    assert await world.new_platform().find(BEFORE, delivery(before=(known, known))) is None


async def test_a_message_of_the_person_with_the_same_words_is_not_taken_for_it(world: World) -> None:
    known = await first(world)
    await lose(world, part("hello"), taken=False)
    await world.people.says("hello")
    assert await world.new_platform().find(part("hello"), delivery(before=(known, known))) is None


async def test_what_had_to_go_out_as_plain_words_is_found_too(world: World) -> None:
    known = await first(world)
    broken = marked("Rent *costs* 600-700", reply_markup=keyboard(callback_data="x" * 65))
    taken = await world.platform.send(broken, delivery())
    found = await world.new_platform().find(broken, delivery(before=(known, known)))
    assert found == taken


async def test_what_is_no_text_is_found_by_its_buttons(world: World) -> None:
    known = await first(world)
    place = Part("sendVenue", {"latitude": 51.05, "longitude": 3.72, "title": "Town hall", "address": "Botermarkt 1"})
    await lose(world, place, taken=True)
    found = await world.new_platform().find(place, delivery(before=(known, known)))
    assert found is not None
    assert found.number == (await world.people.sees())[-1]["message_id"]


async def test_a_search_that_is_broken_off_decides_nothing_and_goes_on_where_it_was(world: World) -> None:
    known = await first(world)
    for _ in range(8):
        await world.people.says("hm")
    await lose(world, BEFORE, taken=True)
    platform = world.new_platform()
    for trouble in ({"do": "retry_after"}, {"do": "error"}, {"do": "drop"}):
        await world.people.trouble(**trouble, on="editMessageText")
        with pytest.raises(Later):
            await platform.find(BEFORE, delivery(before=(known, known)))
    before = (await world.people.state())["requests"]["editmessagetext"]
    assert await platform.find(BEFORE, delivery(before=(known, known))) is not None
    needed = (await world.people.state())["requests"]["editmessagetext"] - before
    assert needed <= 9


async def test_who_blocked_us_meanwhile_is_not_searched_further(world: World) -> None:
    known = await first(world)
    await lose(world, BEFORE, taken=True)
    await world.people.does("block")
    assert await world.platform.find(BEFORE, delivery(before=(known, known))) is None
    with pytest.raises(Refused):
        await world.platform.send(BEFORE, delivery())
    assert (await world.people.state())["requests"]["editmessagetext"] == 1


async def test_a_search_in_vain_asks_a_bounded_number_of_times(world: World) -> None:
    known = await first(world)
    assert await world.platform.find(BEFORE, delivery(before=(known, known + 5000))) is None
    assert (await world.people.state())["requests"]["editmessagetext"] <= MOST
