"""How realistic messages look on every channel, word for word."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from channels.rendering import plain, telegram, whatsapp
from tests.channels.rendering.messages import SCENES
from tests.channels.rendering.reading import buttons, choices, telegram_seen, telegram_text, whatsapp_bodies
from tests.channels.rendering.render import GOLDEN, golden, rendered, stored
from tests.channels.whatsapp.limits import refusal
from tests.platforms.telegram.checks import keyboard_of, text_of

ANEW = "look at the change; if it is meant: python -m tests.channels.rendering.render"


@pytest.mark.parametrize("form", ["telegram", "whatsapp", "plain"])
@pytest.mark.parametrize("name", SCENES)
def test_a_message_looks_as_it_was_approved(name: str, form: str) -> None:
    assert rendered(stored(name))[form] == golden(name, form), ANEW


def test_no_golden_file_is_left_over() -> None:
    forms = ("message.json", "telegram.txt", "whatsapp.txt", "plain.txt")
    assert {file.name for file in GOLDEN.iterdir()} == {f"{name}.{form}" for name in SCENES for form in forms}


def test_the_messages_show_what_there_is_to_show() -> None:
    assert stored("answer").sources
    assert "I leave out a number" in stored("answer_withheld").text
    assert len(stored("clarified").options) == 5
    assert len(stored("plan").plan) == 3
    assert any(entry["late"] for entry in stored("plan_late").plan)
    assert [len(stored(name).options) for name in ("dossier_question", "consent", "twelve_options")] == [3, 2, 12]


def test_a_short_answer_is_one_message_and_a_long_one_three() -> None:
    assert len(telegram.render(stored("clarified"))) == len(whatsapp.render(stored("clarified"))) == 1
    assert len(telegram.render(stored("answer"))) == 1
    assert len(telegram.render(stored("long"))) == 3
    assert [part.body["type"] for part in whatsapp.render(stored("long"))] == ["text", "text", "text", "interactive"]


def test_few_short_options_are_buttons_and_others_a_list() -> None:
    kinds = {
        name: whatsapp.render(stored(name))[-1].body["interactive"]["type"] for name in SCENES if stored(name).options
    }
    assert {name for name, kind in kinds.items() if kind == "button"} == {
        "dossier_question", "consent", "emergency", "arabic", "options_only"
    }  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_every_message_keeps_to_the_limits_and_offers_every_option(name: str) -> None:
    message = stored(name)
    assert telegram_seen(telegram.render(message))
    assert len(buttons(telegram.render(message))) == len(message.options)
    assert whatsapp_bodies(whatsapp.render(message))
    assert len(choices(whatsapp.render(message))) == (9 if len(message.options) > 10 else len(message.options))
    assert plain.render(message)


def test_a_place_leads_to_its_page_where_words_can_be_links() -> None:
    message = stored("answer_address")
    (seen,) = telegram_seen(telegram.render(message))
    page = message.sources[-1]
    assert (page["publisher"], page["url"]) in seen.links
    assert plain.render(message).count(page["url"]) == 1


def test_a_step_is_not_told_twice() -> None:
    for name in ("plan", "plan_late"):
        (seen,) = telegram_seen(telegram.render(stored(name)))
        for entry in stored(name).plan:
            assert seen.text.count(entry["when"] or entry["title"]) == 1


def test_a_step_that_the_text_does_not_name_is_told_whole() -> None:
    message = replace(stored("plan_late"), text="Here it is.")
    (seen,) = telegram_seen(telegram.render(message))
    for entry in message.plan:
        assert entry["title"] in seen.text
        assert entry["when"] in seen.text
        assert entry["reason"] in seen.text
        assert entry["sources"][0]["title"] in seen.text
    assert "1. Register with your town hall (late): the last day was" in seen.text


@pytest.mark.parametrize("name", SCENES)
def test_the_stand_ins_of_both_platforms_take_every_message(name: str) -> None:
    for part in telegram.render(stored(name)):
        given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in part.body.items()}
        assert text_of(given)[0] == telegram_text(part.body["text"]).text
        assert bool(keyboard_of(given)) == ("reply_markup" in part.body)
    for part in whatsapp.render(stored(name)):
        body = {"messaging_product": "whatsapp", "to": "32400000000", **part.body}
        assert refusal(body, {}) is None
