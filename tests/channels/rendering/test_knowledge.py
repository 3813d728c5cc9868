"""Everything that the knowledge can say today, on every channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pytest

from channels.platform import Outgoing
from channels.rendering import plain, telegram, whatsapp
from knowledge.answer import Aspect, compose, compose_aspect
from knowledge.library import Library, load, read_yaml
from knowledge.planning.plan import plan
from knowledge.profile import Profile
from tests.channels.rendering.messages import DOMAIN, MESSAGE, SCENES, TODAY, WORKER, outgoing, scene
from tests.channels.rendering.reading import buttons, choices, formatted, letters, telegram_seen, whatsapp_bodies
from tests.knowledge.planning.people import PERSONAS


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def answers(library: Library, profile: Profile) -> Iterator[Outgoing]:
    for article in library.articles.values():
        found = [compose(article, library, profile, TODAY)]
        found += [compose_aspect(article, aspect, library, profile, TODAY) for aspect in Aspect]
        for one in found:
            options = [{"title": title, "payload": key} for key, title in one.related]
            yield Outgoing(MESSAGE, one.text, options=options, sources=[asdict(page) for page in one.sources])


def assert_well_rendered(message: Outgoing) -> None:
    sent = telegram.render(message)
    seen = telegram_seen(sent)
    pages = {source["url"] for source in message.sources}
    assert pages <= {url for one in seen for _, url in one.links}
    assert len(buttons(sent)) == len(message.options)
    bodies = whatsapp_bodies(whatsapp.render(message))
    assert len(choices(whatsapp.render(message))) == len(message.options)
    assert {words[0] for body in bodies for words in formatted(body)} <= {"*"}
    assert all(url in plain.render(message) for url in pages)
    told = letters(message.text.replace("https://", ""))
    for text in (" ".join(one.text for one in seen), " ".join(bodies), plain.render(message)):
        assert letters(text.replace("https://", "")).startswith(told)


@pytest.mark.parametrize("profile", [Profile(), WORKER, PERSONAS["mirela"]], ids=["anybody", "ghent", "aalst"])
def test_every_answer_reaches_every_channel_whole(library: Library, profile: Profile) -> None:
    messages = list(answers(library, profile))
    assert len(messages) > 1000
    for message in messages:
        assert_well_rendered(message)


def test_no_answer_of_one_article_needs_two_messages_on_telegram(library: Library) -> None:
    assert {len(telegram.render(message)) for message in answers(library, WORKER)} == {1}


def test_no_title_of_an_article_is_cut_in_a_list_on_whatsapp(library: Library) -> None:
    for article in library.articles.values():
        message = Outgoing(MESSAGE, "Which?", options=[{"title": article.title, "payload": "x"}])
        (part,) = whatsapp.render(message)
        (row,) = choices([part])
        assert letters(row["title"] + row.get("description", "")) == letters(article.title)


def test_every_response_of_the_domain_reaches_every_channel() -> None:
    for found in read_yaml(DOMAIN)["responses"].values():
        for reply in found:
            message = outgoing(reply)
            assert telegram_seen(telegram.render(message))
            assert whatsapp_bodies(whatsapp.render(message))


@pytest.mark.parametrize("person", PERSONAS)
def test_every_plan_reaches_every_channel_with_its_link(library: Library, person: str) -> None:
    with scene(library) as here:
        here.knows(PERSONAS[person])
        messages = here.messages("action_what_now", "what now?", "what_now")
        messages += here.messages("action_show_plan", "my plan", "show_plan")
    assert plan(PERSONAS[person], TODAY, library).entries
    assert any(message.plan for message in messages)
    for message in messages:
        seen = telegram_seen(telegram.render(message))
        text = " ".join(one.text for one in seen)
        bodies = whatsapp_bodies(whatsapp.render(message))
        links = [url for one in seen for _, url in one.links if "/plan/" in url]
        assert len(links) == message.text.count("/plan/") == sum(body.count("/plan/") for body in bodies)
        for entry in message.plan:
            assert entry["title"] in text
            assert entry["when"] in text


@pytest.mark.parametrize("name", SCENES)
def test_the_messages_of_the_golden_files_can_still_be_made(library: Library, name: str) -> None:
    with scene(library) as here:
        assert telegram_seen(telegram.render(SCENES[name](here)))
