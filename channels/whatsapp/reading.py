"""From a webhook payload to what the core takes: messages, reactions, receipts."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from channels.arrivals import Arrival
from channels.incoming import Incoming
from channels.resume import codes
from channels.web.schemas import MAX_TEXT
from channels.whatsapp import failures
from channels.whatsapp.schemas import WHATSAPP, Edit, Form, Media, Message, Payload, Status, Value
from dossiers.models import Kind, OutboxState

log = structlog.get_logger(__name__)

CHANNEL = "whatsapp"
END_OF_SENTENCE = " \t\r\n.,;:!?…"
MEDIA = {"image": Kind.PHOTO, "video": Kind.VIDEO, "audio": Kind.AUDIO, "document": Kind.DOCUMENT}
WORDLESS = {"sticker": Kind.STICKER, "location": Kind.LOCATION, "contacts": Kind.CONTACT}
# Nothing to answer: a changed number; a message that was deleted, of which we learn only that.
IGNORED = frozenset({"system", "revoke"})
STATES = {
    "sent": OutboxState.SENT,
    "delivered": OutboxState.DELIVERED,
    "read": OutboxState.READ,
    "failed": OutboxState.DEAD,
}


class Unreadable(Exception):
    """It is not a payload of WhatsApp."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji on a message of ours, whose platform id this is; None: it was taken away."""

    platform_id: str
    emoji: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours. ``key``: the one we sent along; ``error``: why it failed."""

    platform_id: str
    state: OutboxState
    key: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class News:
    """Everything that a payload tells, each kind in the order given."""

    arrivals: tuple[Arrival, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    receipts: tuple[Receipt, ...] = ()


def read(body: bytes, phone_number_id: str) -> News:
    """What a request tells about this number; what is about other numbers is left out.

    Raises:
        Unreadable: it is not JSON, or not a payload of WhatsApp.
    """
    try:
        payload = Payload.model_validate(_storable(json.loads(body)))
    except (ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None
    if payload.object != WHATSAPP:
        raise Unreadable("another object")
    arrivals: list[Arrival] = []
    reactions: list[Reaction] = []
    receipts: list[Receipt] = []
    for value in _values(payload, phone_number_id):
        for item in value.messages:
            told = _message(item, value.contacts)
            if isinstance(told, Arrival):
                arrivals.append(told)
            elif told is not None:
                reactions.append(told)
        receipts += [receipt for item in value.statuses if (receipt := _receipt(item)) is not None]
    return News(tuple(arrivals), tuple(reactions), tuple(receipts))


def _storable(given: Any) -> Any:
    """The same without what no database stores: null characters and halves of surrogate pairs."""
    if isinstance(given, str):
        return given.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(given, list):
        return [_storable(item) for item in given]
    if isinstance(given, dict):
        return {_storable(key): _storable(item) for key, item in given.items()}
    return given


def _values(payload: Payload, phone_number_id: str) -> Iterator[Value]:
    for change in (change for entry in payload.entry for change in entry.changes if change.field == "messages"):
        try:
            value = Value.model_validate(change.value)
        except ValidationError:
            log.warning("whatsapp_change_unreadable")
            continue
        if value.metadata.phone_number_id != phone_number_id:
            log.info("whatsapp_other_number")
            continue
        for problem in value.errors:
            log.warning("whatsapp_error", code=problem.get("code"))
        yield value


def _message(item: dict[str, Any], contacts: list[dict[str, Any]]) -> Arrival | Reaction | None:
    message = _readable(item)
    if message is None:
        log.warning("whatsapp_message_unreadable")
        return None
    if message.type == "reaction" and message.reaction is not None:
        return Reaction(message.reaction.message_id, message.reaction.emoji or None)
    if message.type in IGNORED:
        log.info("whatsapp_ignored", type=message.type, what=message.system.type if message.system else None)
        return None
    address = _address(message, contacts)
    if address is None:
        log.warning("whatsapp_sender_unknown", type=message.type)
        return None
    incoming = _edit(message.id, message.edit) if message.edit is not None else _incoming(message.id, message)
    code = codes.found_in(incoming.text) if incoming.kind is Kind.TEXT else None
    return Arrival(CHANNEL, address, incoming, code)


def _readable(item: dict[str, Any]) -> Message | None:
    """The message; without its content when that has an unknown form, so that the person is told and not ignored."""
    with contextlib.suppress(ValidationError):
        return Message.model_validate(item)
    with contextlib.suppress(ValidationError):
        known = {key: item.get(key) for key in ("id", "from", "from_user_id")}
        return Message.model_validate({**known, "type": str(item.get("type"))})
    return None


def _address(message: Message, contacts: list[dict[str, Any]]) -> str | None:
    """The sender's `wa_id`, which can differ from the number; of somebody who shows no number, their id for us."""
    known = [str(contact["wa_id"]) for contact in contacts if contact.get("wa_id")]
    if len(known) == 1 and len(contacts) == 1:
        return known[0]
    if message.from_ is not None:
        return message.from_
    users = [str(contact["user_id"]) for contact in contacts if contact.get("user_id")] if len(contacts) == 1 else []
    return message.from_user_id or next(iter(users), None)


def _incoming(message_id: str, form: Form) -> Incoming:
    kind = form.type
    if kind == "text" and form.text is not None:
        return _words(message_id, form.text.body)
    if kind == "button" and form.button is not None:
        return _words(message_id, form.button.text)
    if kind == "interactive" and form.interactive is not None:
        reply = form.interactive.button_reply or form.interactive.list_reply
        if reply is not None:
            return Incoming(message_id, _cut(reply.title), Kind.CHOICE, choice=reply.id)
    if kind in MEDIA:
        media: Media = getattr(form, kind) or Media()
        return Incoming(message_id, _cut(media.caption or ""), Kind.VOICE if media.voice else MEDIA[kind])
    return Incoming(message_id, kind=WORDLESS.get(kind, Kind.OTHER))


def _words(message_id: str, text: str) -> Incoming:
    words = _cut(text)
    command = words.rstrip(END_OF_SENTENCE).removeprefix("/").casefold()
    if command == "stop":
        return Incoming(message_id, words, Kind.STOP)
    if command == "start":
        return Incoming(message_id, words, Kind.COMMAND, command="/greet")
    if command == "mydata":
        return Incoming(message_id, words, Kind.COMMAND, command="/my_data")
    if command == "code":
        return Incoming(message_id, words, Kind.CODE)
    return Incoming(message_id, words, Kind.TEXT if words else Kind.OTHER)


def _edit(message_id: str, edit: Edit) -> Incoming:
    """The new words of a message, or of what stands beside a picture."""
    new = _incoming(message_id, edit.message)
    return new if new.kind is Kind.STOP else Incoming(message_id, new.text, Kind.EDIT, edits=edit.original_message_id)


def _cut(text: str) -> str:
    return text.strip()[:MAX_TEXT].strip()


def _receipt(item: dict[str, Any]) -> Receipt | None:
    try:
        status = Status.model_validate(item)
    except ValidationError:
        log.warning("whatsapp_receipt_unreadable")
        return None
    if status.status not in STATES:
        return None
    state = STATES[status.status]
    error = None
    if state is OutboxState.DEAD:
        error = failures.reason(next((problem.code for problem in status.errors), None))
    return Receipt(status.id, state, status.biz_opaque_callback_data, error)
