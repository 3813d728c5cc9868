"""What each kind of webhook payload means. The payloads have the forms of Meta's reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.arrivals import Arrival
from channels.incoming import Incoming
from channels.web.schemas import MAX_TEXT
from channels.whatsapp.reading import News, Reaction, Receipt, Unreadable, read
from dossiers.models import Kind, OutboxState

PAYLOADS = Path(__file__).parent / "payloads"
NUMBER = "106540352242922"
SAM = "32470123456"
USER = "BE.1349120865530274"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def news(name: str) -> News:
    return read((PAYLOADS / f"{name}.json").read_bytes(), NUMBER)


def told(given: Any) -> News:
    return read(json.dumps(given).encode(), NUMBER)


def messages(name: str) -> Any:
    return payload(name)["entry"][0]["changes"][0]["value"]["messages"]


def saying(text: str) -> Arrival:
    given = payload("text")
    given["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = text
    (arrival,) = told(given).arrivals
    return arrival


def wordless(kind: Kind, text: str = "") -> dict[str, Any]:
    return {"kind": kind, "text": text}


ONE_MESSAGE: dict[str, dict[str, Any]] = {
    "text": {"text": "My landlord keeps the deposit 😟 – c’est légal?"},
    "text-reply": {"text": "And how long?"},
    "text-forwarded": {"text": "Is this true?"},
    "text-from-ad": {"text": "Can I get more info?"},
    "text-stop": {"text": "Stop!", "kind": Kind.STOP},
    "text-start": {"text": "START", "kind": Kind.COMMAND, "command": "/greet"},
    "text-code-word": {"text": "code", "kind": Kind.CODE},
    "text-code-command": {"text": "/code", "kind": Kind.CODE},
    "text-with-code": {"text": "My code: K7QF-93MX"},
    "button-reply": {"text": "By tram", "kind": Kind.CHOICE, "choice": "m41:1"},
    "list-reply": {"text": "Register at the town ha…", "kind": Kind.CHOICE, "choice": "m42:7"},
    "flow-reply": wordless(Kind.OTHER),
    "template-button": {"text": "Yes, please"},
    "template-button-stop": {"text": "Stop", "kind": Kind.STOP},
    "image": wordless(Kind.PHOTO),
    "image-caption": wordless(Kind.PHOTO, "What is this letter?"),
    "video": wordless(Kind.VIDEO, "See the mould"),
    "audio": wordless(Kind.AUDIO),
    "voice": wordless(Kind.VOICE),
    "document": wordless(Kind.DOCUMENT, "Which paper is this?"),
    "sticker": wordless(Kind.STICKER),
    "location": wordless(Kind.LOCATION),
    "contacts": wordless(Kind.CONTACT),
    "order": wordless(Kind.OTHER),
    "unsupported": wordless(Kind.OTHER),
    "unknown-type": wordless(Kind.OTHER),
    "unknown-form": wordless(Kind.OTHER),
}
KEY = "17.0"
ONE_RECEIPT = {
    "status-sent": (OutboxState.SENT, KEY, None),
    "status-delivered": (OutboxState.DELIVERED, KEY, None),
    "status-read": (OutboxState.READ, KEY, None),
    "status-failed": (OutboxState.DEAD, KEY, "undeliverable"),
    "status-failed-window": (OutboxState.DEAD, KEY, "window_closed"),
    "status-failed-unknown": (OutboxState.DEAD, KEY, "error_139999"),
    "status-without-key": (OutboxState.SENT, None, None),
}
NOTHING = {"revoke", "system", "other-number", "account-update", "value-errors", "status-played"}
BY_THEMSELVES = {
    *("text-from-user-name", "text-other-wa-id", "reaction", "reaction-removed", "edit", "edit-caption"),
    *("several", "several-people", "statuses"),
}


def test_every_recorded_payload_has_a_test() -> None:
    recorded = {path.stem for path in PAYLOADS.glob("*.json")}
    assert recorded == {*ONE_MESSAGE, *ONE_RECEIPT, *NOTHING, *BY_THEMSELVES}


@pytest.mark.parametrize(("name", "meaning"), ONE_MESSAGE.items(), ids=ONE_MESSAGE)
def test_a_message_is_taken_for_what_it_is(name: str, meaning: dict[str, Any]) -> None:
    (arrival,) = news(name).arrivals
    (sent,) = messages(name)
    assert arrival.incoming == Incoming(sent["id"], **meaning)
    assert (arrival.channel, arrival.address) == ("whatsapp", SAM)
    assert arrival.code == ("K7QF93MX" if name == "text-with-code" else None)


@pytest.mark.parametrize(("name", "meaning"), ONE_RECEIPT.items(), ids=ONE_RECEIPT)
def test_a_receipt_tells_how_far_a_message_came(name: str, meaning: tuple[OutboxState, str | None, str | None]) -> None:
    (status,) = payload(name)["entry"][0]["changes"][0]["value"]["statuses"]
    assert news(name) == News(receipts=(Receipt(status["id"], *meaning),))


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_what_nobody_said_to_this_number_is_left_out(name: str) -> None:
    assert news(name) == News()


def test_several_messages_keep_their_order() -> None:
    assert [arrival.incoming.text for arrival in news("several").arrivals] == ["one", "two", "three"]


def test_each_message_of_several_people_has_its_own_sender() -> None:
    found = [(arrival.address, arrival.incoming.text) for arrival in news("several-people").arrivals]
    assert found == [(SAM, "from Sam"), ("32470987654", "from Amina"), (SAM, "again Sam")]


def test_several_receipts_keep_their_order() -> None:
    states = [receipt.state for receipt in news("statuses").receipts]
    assert states == [OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ]


def test_somebody_who_shows_only_a_user_name_has_an_address_too() -> None:
    (arrival,) = news("text-from-user-name").arrivals
    assert (arrival.address, arrival.incoming.text) == (USER, "Hello")


def test_the_whatsapp_id_is_the_address_where_it_differs_from_the_number() -> None:
    (arrival,) = news("text-other-wa-id").arrivals
    assert arrival.address == "525550100123"


def test_a_reaction_names_our_message_and_the_emoji() -> None:
    (sent,) = messages("reaction")
    assert news("reaction") == News(reactions=(Reaction(sent["reaction"]["message_id"], "👍"),))


def test_a_reaction_that_is_taken_away_has_no_emoji() -> None:
    (found,) = news("reaction-removed").reactions
    assert found.emoji is None


@pytest.mark.parametrize(
    ("name", "text"), [("edit", "My landlady keeps the deposit"), ("edit-caption", "Which letter is this?")]
)
def test_an_edit_has_the_new_words_and_names_what_it_changes(name: str, text: str) -> None:
    (arrival,) = news(name).arrivals
    (sent,) = messages(name)
    changed = sent["edit"]["original_message_id"]
    assert arrival.incoming == Incoming(sent["id"], text, Kind.EDIT, edits=changed)


@pytest.mark.parametrize("text", ["STOP", "stop", "Stop.", "  sToP !! ", "stop…", "STOP\n"])
def test_stop_alone_asks_us_to_stop_however_it_is_written(text: str) -> None:
    assert saying(text).incoming.kind is Kind.STOP


@pytest.mark.parametrize("text", ["stop it", "Where is the tram stop?", "non stop", "stopp", "s top", "'stop'"])
def test_stop_among_other_words_is_a_question(text: str) -> None:
    assert saying(text).incoming == Incoming(saying(text).incoming.external_id, text)


@pytest.mark.parametrize("text", ["Start", "start!", " START "])
def test_start_alone_greets(text: str) -> None:
    assert saying(text).incoming.command == "/greet"


@pytest.mark.parametrize("text", ["start a business", "zip code", "code please"])
def test_the_other_words_of_command_count_only_alone(text: str) -> None:
    assert saying(text).incoming.kind is Kind.TEXT
    assert saying(text).incoming.command is None


def test_a_code_is_found_as_it_is_typed() -> None:
    assert saying("k7qf-93mx").code == "K7QF93MX"
    assert saying("K7QF 93MX").code is None


def test_a_long_text_keeps_what_the_web_would_take() -> None:
    text = saying("é" * (MAX_TEXT + 1)).incoming.text
    assert text == "é" * MAX_TEXT


def test_a_message_without_words_is_not_taken_for_words() -> None:
    assert saying(" \n ").incoming.kind is Kind.OTHER


def test_characters_that_no_database_stores_are_left_out() -> None:
    assert saying("a\x00b\ud83d c").incoming.text == "ab? c"


def test_a_message_that_cannot_be_read_leaves_the_others() -> None:
    given = payload("several")
    value = given["entry"][0]["changes"][0]["value"]
    value["messages"][1] = {"type": "text"}
    assert [arrival.incoming.text for arrival in told(given).arrivals] == ["one", "three"]


def test_a_change_that_cannot_be_read_leaves_the_others() -> None:
    given = payload("text")
    given["entry"][0]["changes"].insert(0, {"field": "messages", "value": {"messages": "none"}})
    given["entry"][0]["changes"].insert(0, {"field": "messages", "value": None})
    assert len(told(given).arrivals) == 1


def test_a_receipt_that_cannot_be_read_leaves_the_others() -> None:
    given = payload("statuses")
    del given["entry"][0]["changes"][0]["value"]["statuses"][0]["id"]
    assert [receipt.state for receipt in told(given).receipts] == [OutboxState.DELIVERED, OutboxState.READ]


def test_a_message_of_nobody_is_left_out() -> None:
    given = payload("text")
    value = given["entry"][0]["changes"][0]["value"]
    del value["messages"][0]["from"], value["contacts"]
    assert told(given) == News()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"object": "page", "entry": []}',
        b'{"entry": []}',
        b'{"object": "whatsapp_business_account", "entry": 5}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_payload_is_said_to_be_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body, NUMBER)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.dictionaries(
    st.sampled_from(["id", "from", "type", "text", "interactive", "image", "reaction", "edit", "system", "errors"]),
    anything | st.sampled_from(["text", "image", "interactive", "reaction", "edit", "system", "sticker", SAM]),
)


@given(st.lists(fields, max_size=4), st.lists(fields, max_size=2), st.lists(fields, max_size=2))
def test_whatever_stands_in_a_payload_reading_never_breaks(
    sent: list[Any], statuses: list[Any], contacts: list[Any]
) -> None:
    value = {"metadata": {"phone_number_id": NUMBER}, "messages": sent, "statuses": statuses, "contacts": contacts}
    found = told(
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    )
    assert all(arrival.address and arrival.incoming.external_id for arrival in found.arrivals)
