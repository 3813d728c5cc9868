"""Every kind of update has a meaning, or deliberately none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.arrivals import Arrival
from channels.telegram.reading import Blocked, Group, Reaction, Read
from channels.web.schemas import MAX_TEXT
from dossiers.models import Kind
from tests.channels.telegram.updates import AMINA, NAMES, meaning, payload, text

GROUP, CHANNEL, FLAT = -1001234567890, -1009876543210, -4455
WORDLESS = {
    "photo": Kind.PHOTO,
    "video_note": Kind.VIDEO,
    "animation": Kind.VIDEO,
    "voice": Kind.VOICE,
    "audio": Kind.AUDIO,
    "sticker": Kind.STICKER,
    "location": Kind.LOCATION,
    "live_location": Kind.LOCATION,
    "venue": Kind.LOCATION,
    "contact": Kind.CONTACT,
    "poll": Kind.OTHER,
    "dice": Kind.OTHER,
    "story": Kind.OTHER,
    "game": Kind.OTHER,
    "unknown_content": Kind.OTHER,
}
WITH_WORDS = {
    "photo_caption": (Kind.PHOTO, "What does this letter mean?"),
    "video": (Kind.VIDEO, "My room"),
    "document": (Kind.DOCUMENT, "Is this the right annex?"),
    "text": (Kind.TEXT, "Do I need a residence card?"),
    "text_reply": (Kind.TEXT, "And how much is it?"),
    "text_forwarded": (Kind.TEXT, "Your appointment is on 3 December."),
    "text_with_link": (Kind.TEXT, "what is this https://stad.gent"),
}
COMMANDS = {
    "command_start": "/greet",
    "command_start_topic": "/greet",
    "command_plan": "/show_plan",
    "command_plan_named": "/show_plan",
    "command_person": "/human",
    "command_mydata": "/my_data",
    "command_help": "/help",
}
# Nothing for us: notes that Telegram makes itself, and kinds that we never ask for.
NOTHING = {
    "pinned_message",
    "auto_delete_timer",
    "chat_background",
    "edited_live_location",
    "unblocked",
    "removed_from_group",
    "left_group",
    "reaction_group",
    "inline_query",
    "poll_answer",
    "chat_member",
    "business_message",
    "kind_of_tomorrow",
}
GROUPS = {
    "group_message": GROUP,
    "group_edited_message": GROUP,
    "group_members": FLAT,
    "added_to_group": GROUP,
    "added_to_channel": CHANNEL,
    "channel_post": CHANNEL,
    "edited_channel_post": CHANNEL,
    "callback_query_group": GROUP,
}


def arrival(name: str) -> Arrival:
    """The message that an update brings."""
    found = meaning(name).news
    assert isinstance(found, Arrival)
    assert (found.channel, found.address) == ("telegram", AMINA)
    return found


@pytest.mark.parametrize(("name", "kind"), WORDLESS.items())
def test_what_is_not_words_arrives_by_its_kind_and_nothing_of_it_is_kept(name: str, kind: Kind) -> None:
    incoming = arrival(name).incoming
    assert (incoming.kind, incoming.text) == (kind, "")
    assert incoming.external_id == f"{AMINA}:101"


@pytest.mark.parametrize(("name", "expected"), WITH_WORDS.items())
def test_words_arrive_also_those_beside_a_picture(name: str, expected: tuple[Kind, str]) -> None:
    incoming = arrival(name).incoming
    assert (incoming.kind, incoming.text) == expected
    assert incoming.external_id == f"{AMINA}:101"


@pytest.mark.parametrize(("name", "command"), COMMANDS.items())
def test_a_command_stands_for_what_the_bot_is_told(name: str, command: str) -> None:
    found = arrival(name)
    assert (found.incoming.kind, found.incoming.command, found.code) == (Kind.COMMAND, command, None)
    assert found.incoming.text == payload(name)["message"]["text"].split("@")[0].split(" topic-")[0]


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_what_is_not_ours_to_answer_brings_nothing(name: str) -> None:
    found = meaning(name)
    assert (found.news, found.button) == (None, None)


@pytest.mark.parametrize(("name", "chat_id"), GROUPS.items())
def test_where_others_read_along_nothing_is_taken_but_the_chat(name: str, chat_id: int) -> None:
    assert meaning(name).news == Group(chat_id)


def test_stop_and_code_have_kinds_of_their_own() -> None:
    assert arrival("command_stop").incoming.kind is Kind.STOP
    assert arrival("command_code").incoming.kind is Kind.CODE


@pytest.mark.parametrize(
    "words", ["STOP", "stop", "Stop.", " stop! ", "/STOP", "/stop please", "/stop@what_now_test_bot"]
)
def test_the_word_of_the_privacy_notice_stops_however_it_is_typed(words: str) -> None:
    found = meaning(text(words)).news
    assert isinstance(found, Arrival)
    assert found.incoming.kind is Kind.STOP


@pytest.mark.parametrize("words", ["stop the rent", "How do I stop my contract?", "bus stop"])
def test_a_question_with_that_word_in_it_is_a_question(words: str) -> None:
    found = meaning(text(words)).news
    assert isinstance(found, Arrival)
    assert (found.incoming.kind, found.incoming.text) == (Kind.TEXT, words)


def test_an_edit_to_stop_stops() -> None:
    assert arrival("edited_to_stop").incoming.kind is Kind.STOP


@pytest.mark.parametrize("name", ["command_start_code"])
def test_a_link_with_a_code_brings_the_code(name: str) -> None:
    found = arrival(name)
    assert (found.code, found.incoming.text) == ("K7QF93MX", "")


@pytest.mark.parametrize("typed", ["K7QF-93MX", "k7qf 93mx", "my code K7QF93MX"])
def test_a_typed_code_is_seen(typed: str) -> None:
    found = meaning(text(typed if "code" in typed or "-" in typed else f"code {typed}")).news
    assert isinstance(found, Arrival)
    assert found.code == "K7QF93MX"


@pytest.mark.parametrize("parameter", ["topic-housing", "PLANTERS", "x", "K7QF-93M", "K7QF-93MXX", "a b"])
def test_what_is_no_code_after_start_only_greets(parameter: str) -> None:
    found = meaning(text(f"/start {parameter}")).news
    assert isinstance(found, Arrival)
    assert (found.code, found.incoming.command) == (None, "/greet")


def test_a_command_that_does_not_exist_is_read_as_its_words() -> None:
    incoming = arrival("command_unknown").incoming
    assert (incoming.kind, incoming.text, incoming.command) == (Kind.TEXT, "residence card how much", None)


@pytest.mark.parametrize(("typed", "words"), [("//plan", "plan"), ("/ how much", "how much"), ("/café", "café")])
def test_a_slash_never_reaches_the_bot_as_a_command(typed: str, words: str) -> None:
    found = meaning(text(typed)).news
    assert isinstance(found, Arrival)
    assert (found.incoming.text, found.incoming.command) == (words, None)


def test_a_message_of_slashes_alone_is_no_words() -> None:
    found = meaning(text("///")).news
    assert isinstance(found, Arrival)
    assert (found.incoming.kind, found.incoming.text) == (Kind.OTHER, "")


def test_words_after_a_command_are_kept_for_whoever_reads_them() -> None:
    found = meaning(text("/person I lost my passport")).news
    assert isinstance(found, Arrival)
    assert (found.incoming.command, found.incoming.text) == ("/human", "/person I lost my passport")


def test_pictures_sent_together_are_one_message_unless_they_carry_words() -> None:
    first, second = arrival("photo_album_1"), arrival("photo_album_2")
    assert first.incoming.external_id == second.incoming.external_id
    told = payload("photo_album_2")
    told["message"]["caption"] = "And this?"
    found = meaning(told).news
    assert isinstance(found, Arrival)
    assert (found.incoming.external_id, found.incoming.text) == (f"{AMINA}:111", "And this?")


def test_a_long_text_is_cut_where_the_website_cuts_it() -> None:
    found = meaning(text("a" * (MAX_TEXT + 500))).news
    assert isinstance(found, Arrival)
    assert found.incoming.text == "a" * MAX_TEXT


@given(st.text(alphabet=st.characters(codec=None, categories=None), min_size=1, max_size=60))
def test_any_text_is_read_as_something_that_can_be_stored(words: str) -> None:
    found = meaning(text(words)).news
    assert isinstance(found, Arrival)
    assert "\x00" not in found.incoming.text
    found.incoming.text.encode()
    assert found.incoming.text or found.incoming.kind is Kind.OTHER or found.code


def test_an_edit_names_what_it_changes() -> None:
    incoming = arrival("edited_text").incoming
    assert (incoming.kind, incoming.text) == (Kind.EDIT, "Do I need a new residence card?")
    assert incoming.edits == f"{AMINA}:101"
    assert incoming.external_id == f"{AMINA}:101:edit:{payload('edited_text')['edited_message']['edit_date']}"
    assert arrival("edited_caption").incoming.text == "And this letter?"


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("callback_query", "m12:0"),
        ("callback_query_old_message", "m2:1"),
        ("callback_query_without_message", "m2:1"),
    ],
)
def test_a_press_is_a_choice_by_reference(name: str, choice: str) -> None:
    incoming = arrival(name).incoming
    query_id = payload(name)["callback_query"]["id"]
    assert (incoming.kind, incoming.choice, incoming.external_id) == (Kind.CHOICE, choice, f"callback:{query_id}")


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("callback_query")])
def test_every_press_is_acknowledged(name: str) -> None:
    assert meaning(name).button == payload(name)["callback_query"]["id"]


@pytest.mark.parametrize(
    ("name", "emoji"),
    [("reaction", "👍"), ("reaction_changed", "👎"), ("reaction_removed", None), ("reaction_custom", None)],
)
def test_a_reaction_tells_what_was_added_and_to_which_message(name: str, emoji: str | None) -> None:
    assert meaning(name).news == Reaction(AMINA, f"{AMINA}:99", emoji)


def test_who_blocks_the_bot_is_known_with_the_moment() -> None:
    assert meaning("blocked").news == Blocked(AMINA, dt.datetime(2026, 11, 23, 9, 31, tzinfo=dt.UTC))


@pytest.mark.parametrize("name", NAMES)
def test_what_takes_a_number_of_the_sequence_is_counted_and_nothing_else(name: str) -> None:
    message = payload(name).get("message", {"chat": {"type": "none"}})
    expected = message["message_id"] if message["chat"]["type"] == "private" else None
    assert meaning(name).number == expected


def test_every_recorded_update_is_looked_at_by_a_test_above() -> None:
    single = {"command_stop", "command_code", "command_start_code", "command_unknown", "photo_album_1", "photo_album_2"}
    single |= {"edited_text", "edited_caption", "edited_to_stop", "blocked", "callback_query_game"}
    shapes = {name for name in NAMES if name.startswith(("reaction", "callback_query"))}
    seen = {*WORDLESS, *WITH_WORDS, *COMMANDS, *NOTHING, *GROUPS, *single, *shapes}
    assert seen == set(NAMES)


def test_an_update_without_anything_known_is_empty() -> None:
    assert meaning("kind_of_tomorrow") == Read()
