"""What must be true of any message at all."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.incoming import referred
from channels.platform import Outgoing
from channels.rendering import plain, telegram, whatsapp
from channels.rendering.content import clean, content, one_line, safe_url, visible
from tests.channels.rendering.anything import LONG, MESSAGES, OPTIONS, SOURCES, TEXTS, Marked, marked
from tests.channels.rendering.reading import (
    buttons,
    choices,
    formatted,
    letters,
    looks_like,
    telegram_seen,
    whatsapp_bodies,
)

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def squeezed(text: str) -> str:
    """A text without its spaces and line breaks."""
    return "".join(text.split())


@often
@given(MESSAGES)
def test_every_part_keeps_to_the_platforms_rules_and_limits(message: Outgoing) -> None:
    telegram_seen(telegram.render(message))
    whatsapp_bodies(whatsapp.render(message))


@often
@given(MESSAGES)
def test_there_is_a_part_whenever_there_is_something_to_see(message: Outgoing) -> None:
    found = content(message)
    if visible(clean(message.text)) or found.options or found.cards or found.citations or found.author:
        assert telegram.render(message)
        assert whatsapp.render(message)
        assert plain.render(message)
    else:
        assert telegram.render(message) == whatsapp.render(message) == []
        assert plain.render(message) == ""


@often
@given(MESSAGES)
def test_every_option_can_be_reached_once(message: Outgoing) -> None:
    everything = list(range(len(message.options)))
    found = [referred(button["callback_data"]) for button in buttons(telegram.render(message))]
    assert found == [(message.message_id, index) for index in everything]

    sent = whatsapp.render(message)
    chosen = [referred(choice["id"]) for choice in choices(sent)]
    typed = everything[9:] if len(everything) > 10 else []
    assert chosen == [(message.message_id, index) for index in everything if index not in typed]
    lines = [line for body in whatsapp_bodies(sent) for line in looks_like(body).split("\n")]
    for index in typed:
        title = looks_like(one_line(message.options[index]["title"]) or str(index + 1))
        assert squeezed(f"{index + 1}. {title}")[:900] in squeezed(" ".join(lines))


@often
@given(MESSAGES)
def test_no_title_of_an_option_is_lost_on_whatsapp(message: Outgoing) -> None:
    sent = whatsapp.render(message)
    told = letters(looks_like(" ".join(whatsapp_bodies(sent))))
    for choice in choices(sent):
        found = referred(choice["id"])
        assert found is not None
        title = one_line(message.options[found[1]]["title"])
        rest = choice.get("description", "")
        shown = {letters(head + rest) for head in (choice["title"], re.sub(r" \(\d+\)$", "", choice["title"]))}
        assert letters(title) in shown or letters(looks_like(title)) in told


@often
@given(MESSAGES)
def test_the_same_message_always_looks_the_same(message: Outgoing) -> None:
    assert telegram.render(message) == telegram.render(message)
    assert whatsapp.render(message) == whatsapp.render(message)
    assert plain.render(message) == plain.render(message)


@often
@given(MESSAGES)
def test_nothing_that_controls_other_characters_leaves(message: Outgoing) -> None:
    shown = [str(part.body) for part in (*telegram.render(message), *whatsapp.render(message))]
    for text in ("".join(one.text for one in telegram_seen(telegram.render(message))), plain.render(message)):
        assert not DANGEROUS.search(text)
    for text in shown:
        text.encode()
        assert "\u202e" not in text


@often
@given(TEXTS | LONG, st.sampled_from(["agent", "system"]))
def test_what_people_write_is_shown_as_written_and_never_formatted(text: str, sender: str) -> None:
    message = Outgoing(7, text, sender=sender, agent="Zoë")
    name = "Zoë" if sender == "agent" else ""
    wanted = squeezed(name + clean(text))
    seen = telegram_seen(telegram.render(message))
    assert_same_words("".join(one.text for one in seen), wanted)
    assert [words for one in seen for words in one.bold] == [name] * bool(name)
    assert not [link for one in seen for link in one.links]

    bodies = whatsapp_bodies(whatsapp.render(message))
    assert_same_words(looks_like("".join(bodies)), looks_like(wanted).replace("Zoë", "*Zoë*", 1))
    assert [words for body in bodies for words in formatted(body)] == ["*Zoë"] * bool(name)
    assert_same_words(plain.render(message), wanted)


def assert_same_words(shown: str, wanted: str) -> None:
    """Everything that can be seen is there, in order, and nothing else."""
    seen, meant = ([char for char in squeezed(text) if visible(char)] for text in (shown, wanted))
    assert seen == meant


@often
@given(marked())
def test_labels_and_links_are_all_that_is_marked(made: Marked) -> None:
    message = Outgoing(7, made.text)
    seen = telegram_seen(telegram.render(message))
    assert [words for one in seen for words in one.bold] == list(made.labels)
    assert [link for one in seen for link in one.links] == list(made.links)
    assert letters(" ".join(one.text for one in seen)) == letters(made.words)

    bodies = whatsapp_bodies(whatsapp.render(message))
    bold = [words for body in bodies for words in formatted(body)]
    assert [letters(words) for words in bold] == [letters(words) for words in made.labels]
    told = looks_like(" ".join(bodies))
    for words, url in made.links:
        assert f"{words}: {url}" in told
    assert letters(told.replace(": https://what-now.example/plan/a_B-9.c_d", "")) == letters(made.words)


@often
@given(SOURCES, OPTIONS)
def test_no_page_and_no_option_changes_the_text_around_it(
    sources: list[dict[str, str]], options: list[dict[str, str]]
) -> None:
    message = Outgoing(7, "Before.\n\n**Cost:** free", sources=sources, options=options)
    seen = telegram_seen(telegram.render(message))
    links = [link for one in seen for link in one.links]
    good = {source["url"] for source in sources if safe_url(source["url"])}
    assert {url for _, url in links} == good
    assert len(links) == len(good)
    assert sum(len(one.bold) for one in seen) == 1 + bool(content(message).citations)
    assert seen[0].text.startswith("Before.\n\nCost: free")
    for body in whatsapp_bodies(whatsapp.render(message)):
        assert set(formatted(body)) <= {"*Cost:", "*Source", "*Sources"}


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 40))
def test_what_is_seen_as_one_character_is_never_divided(shift: int) -> None:
    for whole in ("👩‍👩‍👧‍👦", "🇧🇪", "👍🏽", "é", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"):
        message = Outgoing(7, "x" * shift + whole * 3000, sender="system")
        for one in telegram_seen(telegram.render(message)):
            assert one.text.lstrip("x").replace(whole, "") == ""
        for body in whatsapp_bodies(whatsapp.render(message)):
            assert body.lstrip("x").replace(whole, "") == ""
