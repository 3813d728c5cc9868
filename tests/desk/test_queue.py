"""The queue: who waits and who has taken what."""

from __future__ import annotations

import re

from dossiers.models import Sender


def section(page: str, name: str) -> str:
    """One list of the page."""
    return page.split(f'<section aria-labelledby="{name}"')[1].split("</section>", maxsplit=1)[0]


def test_whoever_waits_longest_comes_first_with_reason_town_and_last_words(world, clock):
    world.agent()
    first, _ = world.conversation("Hello", "How do I register in Gent?")
    clock.forward(minutes=12)
    second, _ = world.conversation("My landlord keeps the deposit", town="aalst")
    world.says(first, "Is anybody there?")
    clock.forward(minutes=61)
    waiting = section(world.logged_in().get("/desk/").text, "waiting")
    assert re.findall(r'id="open-(\w+)"', waiting) == [first, second]
    for shown in (
        "How do I register in Gent? · Is anybody there?",
        "asked for a person",
        "Gent",
        "Aalst",
        "1 h 13 min",
        "1 h 01 min",
    ):
        assert shown in waiting
    assert "Hello" not in waiting


def test_the_page_tells_how_many_wait_in_words(world):
    world.agent()
    browser = world.logged_in()
    assert "Nobody is waiting." in browser.get("/desk/").text
    world.conversation()
    assert "1 person is waiting." in browser.get("/desk/").text
    world.conversation()
    assert "2 people are waiting." in browser.get("/desk/").text


def test_a_taken_conversation_is_with_me_and_for_the_colleague_with_me(world):
    world.agent()
    world.agent("tom", "Tom De Wit")
    taken, _ = world.conversation()
    mia, tom = world.logged_in(), world.logged_in("tom")
    mia.post(f"/desk/conversations/{taken}/take")
    own, other = mia.get("/desk/").text, tom.get("/desk/").text
    assert taken in section(own, "with-me")
    assert taken not in section(own, "with-colleagues")
    assert taken in section(other, "with-colleagues")
    assert "with Mia Peeters" in section(other, "with-colleagues")
    assert taken not in section(own, "waiting") + section(other, "waiting")


def test_a_conversation_that_waits_for_my_answer_says_so_and_comes_first(world, clock):
    world.agent()
    mia = world.logged_in()
    ids = [world.conversation(f"Question {number}")[0] for number in range(2)]
    for conversation_id in ids:
        mia.post(f"/desk/conversations/{conversation_id}/take")
        mia.post(f"/desk/conversations/{conversation_id}/reply", text="One moment please")
    assert "waits for your answer" not in mia.get("/desk/").text
    world.says(ids[0], "Thank you, and my bank?")
    clock.forward(minutes=1)
    world.says(ids[1], "I have it", Sender.SYSTEM)
    mine = section(mia.get("/desk/").text, "with-me")
    assert mine.count("waits for your answer") == 1
    assert re.findall(r'id="open-(\w+)"', mine) == ids


def test_conversations_with_the_assistant_are_listed_the_latest_first(world, clock):
    world.agent()
    ids = []
    for number in range(3):
        ids.append(world.conversation(f"Question {number}", queued=False)[0])
        clock.forward(minutes=1)
    assistant = section(world.logged_in().get("/desk/").text, "with-assistant")
    assert re.findall(r'id="open-(\w+)"', assistant) == ids[::-1]


def test_the_name_and_town_of_the_dossier_are_used(world):
    world.agent()
    conversation_id, _ = world.conversation(town="gent")
    world.dossier(conversation_id, first_name="Aya", home_town="aalst")
    waiting = section(world.logged_in().get("/desk/").text, "waiting")
    assert ">Aya</a>" in waiting
    assert "Aalst" in waiting
    assert "Gent" not in waiting


def test_what_people_write_is_shown_as_text_everywhere(world):
    world.agent()
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} javascript:alert(1)"
    conversation_id, _ = world.conversation(evil)
    source = {"title": evil, "url": "javascript:alert(1)", "publisher": "x", "checked_on": "2026-11-01"}
    world.says(
        conversation_id, f"**{evil}**\n\n- {evil}", Sender.BOT, outcome=evil[:20], article=evil, sources=[source]
    )
    dossier = world.dossier(conversation_id, first_name=evil, concern=evil, nationality=evil, home_town=evil)
    browser = world.logged_in()
    pages = ("/desk/", f"/desk/conversations/{conversation_id}", "/desk/dossiers", f"/desk/dossiers/{dossier}")
    for address in pages:
        text = browser.get(address).text
        assert "<script>alert" not in text, address
        assert "<img" not in text, address
        assert 'href="javascript' not in text, address
        assert "&lt;script&gt;" in text, address


def test_500_open_conversations_are_shown_quickly(world):
    import time

    world.agent()
    for number in range(500):
        world.conversation(f"Question {number}")
    browser = world.logged_in()
    started = time.perf_counter()
    page = browser.get("/desk/").text
    assert time.perf_counter() - started < 5
    assert "500 people are waiting." in page


def test_who_only_asked_for_a_person_is_shown_with_the_question_before(world):
    conversation_id, _ = world.conversation("How long do I have to register?", "I want to talk to a person")
    world.agent()
    mia = world.logged_in()
    board = mia.get("/desk/").text
    assert "How long do I have to register? · I want to talk to a person" in board
    world.clock.forward(minutes=1)
    world.says(conversation_id, "It is about my wife")
    assert "I want to talk to a person · It is about my wife" in mia.get("/desk/").text


def test_what_was_urgent_stays_in_view_when_the_person_then_asks_for_a_colleague(world):
    conversation_id, _ = world.conversation("My landlord wants me out on Friday")
    world.says(conversation_id, "I want to talk to a person")
    world.agent()
    board = world.logged_in().get("/desk/").text
    assert "My landlord wants me out on Friday · I want to talk to a person" in board
