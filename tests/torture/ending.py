"""Reads both ends of every conversation when all is at rest, for the checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select

from channels.incoming import referred
from channels.platform import Outgoing
from channels.rendering import telegram, whatsapp
from dossiers.models import Agent, Conversation, InboxItem, Message, OutboxItem, Sender, SentPart
from tests.platforms.telegram.markdown import parse
from tests.torture.colleague import Case
from tests.torture.ledger import Entry
from tests.torture.notices import change_of, is_notice
from tests.torture.options import TELEGRAM, WEB, WHATSAPP
from tests.torture.people import Person
from tests.torture.records import Fault, Finding, Kept, Sent, Talk
from tests.torture.stub_bot import answer_of

Row = Mapping[str, Any]


@dataclass
class Stored:
    """Everything the database has of the conversations."""

    conversations: dict[str, str] = field(default_factory=dict)
    messages: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    inbox: dict[int, Row] = field(default_factory=dict)
    outbox: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    agents: dict[str, str] = field(default_factory=dict)
    parts: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def of(self, conversation_id: str) -> list[dict[str, Any]]:
        """Everything about one conversation, for whoever looks for the reason of a finding."""
        return [
            {
                "message": row,
                "inbox": self.inbox.get(row["id"]),
                "outbox": self.outbox.get(row["id"], []),
                "parts": [part for box in self.outbox.get(row["id"], ()) for part in self.parts.get(box["id"], ())],
            }
            for row in self.messages.get(conversation_id, ())
        ]


def read(engine: Engine) -> Stored:
    """All of it, in the order of the messages."""
    stored = Stored()
    with engine.connect() as connection:

        def rows(model: type[Any]) -> Iterable[Row]:
            return (dict(row) for row in connection.execute(select(model.__table__)).mappings())

        stored.conversations = {row["id"]: row["channel"] for row in rows(Conversation)}
        stored.agents = {row["id"]: row["name"] for row in rows(Agent)}
        for row in sorted(rows(Message), key=lambda one: one["id"]):
            stored.messages[row["conversation_id"]].append(row)
        stored.inbox = {row["message_id"]: row for row in rows(InboxItem)}
        for row in rows(OutboxItem):
            stored.outbox[row["message_id"]].append(row)
        for row in rows(SentPart):
            stored.parts[row["outbox_id"]].append(row)
    return stored


def talk(stored: Stored, person: Person, case: Case) -> Talk:
    """One conversation on all its ends."""
    rows = stored.messages.get(person.conversation, [])
    channel = person.phone.channel
    read_one = _Reading(stored, channel)
    seen = [Entry(one.label, f"seen as {one.where}") for one in person.phone.screen.seen if one.ours or channel == WEB]
    return Talk(
        id=person.conversation,
        channel=channel,
        person=person.name,
        sent=tuple(_resolved(sent, rows) for sent in person.sent),
        kept=tuple(read_one.kept(row) for row in rows),
        seen=tuple(seen),
        agent_sent=tuple(case.sent),
        taken=case.taken,
        closed=case.closed,
    )


def _resolved(sent: Sent, rows: Sequence[Row]) -> Sent:
    """A press of a platform's button as the payload that it stands for."""
    if not isinstance(sent.label, tuple) or sent.label[0] != "choice":
        return sent
    found = referred(str(sent.label[1]))
    options: Sequence[Row] = next((row["options"] for row in rows if found and row["id"] == found[0]), [])
    if found is None or found[1] >= len(options):
        return sent
    return Sent(("press", options[found[1]]["payload"]), sent.where, sent.waited)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Turns rows of one conversation into what the checks compare."""

    stored: Stored
    channel: str

    def kept(self, row: Row) -> Kept:
        """One message with how far it has come."""
        sender, text = str(row["sender"]), str(row["text"])
        item = self.stored.inbox.get(row["id"])
        boxes = self.stored.outbox.get(row["id"], [])
        person, system = sender == Sender.PERSON, sender == Sender.SYSTEM
        state = (item["state"] if item else None) if person else _state(boxes)
        return Kept(
            id=row["id"],
            sender=sender,
            label=self._label(row, item) if person else text,
            shown=self._shown(row, person=person),
            state=None if state is None else str(state),
            notice=system and is_notice(text),
            change=change_of(text) if system else None,
            answer=answer_of(text) if sender == Sender.BOT else None,
        )

    def _label(self, row: Row, item: Row | None) -> Hashable:
        payload = item["payload"] if item else None
        if self.channel == WEB:
            return row["client_id"], payload or row["text"]
        return ("press", payload) if payload else ("text", row["text"])

    def _shown(self, row: Row, *, person: bool) -> tuple[Hashable, ...]:
        if self.channel == WEB:
            return (row["id"],)
        return () if person else tuple(RENDERED[self.channel](outgoing(row, self.stored.agents)))


def outgoing(row: Row, agents: Mapping[str, str]) -> Outgoing:
    """A message as the app gives it to a platform."""
    return Outgoing(
        message_id=row["id"],
        text=row["text"],
        sender=row["sender"],
        agent=agents.get(row["agent_id"] or ""),
        options=row["options"],
        sources=row["sources"],
        plan=row["plan"],
    )


def _state(boxes: Sequence[Row]) -> str | None:
    """How far a message of ours has come; more than one delivery of it is as wrong as none."""
    return str(boxes[0]["state"]) if len(boxes) == 1 else None


def _on_whatsapp(message: Outgoing) -> Iterable[Hashable]:
    for part in whatsapp.render(message):
        body = part.body
        if body["type"] == "text":
            yield body["text"]["body"], ()
            continue
        interactive = body["interactive"]
        action = interactive["action"]
        buttons = [button["reply"]["id"] for button in action.get("buttons", ())]
        rows = [row["id"] for section in action.get("sections", ()) for row in section["rows"]]
        yield interactive["body"]["text"], tuple(buttons or rows)


def _on_telegram(message: Outgoing) -> Iterable[Hashable]:
    for part in telegram.render(message):
        rows = part.body.get("reply_markup", {}).get("inline_keyboard", ())
        text, _ = parse(part.body["text"])
        yield text.strip(), tuple(button["callback_data"] for row in rows for button in row)


RENDERED: dict[str, Callable[[Outgoing], Iterable[Hashable]]] = {WHATSAPP: _on_whatsapp, TELEGRAM: _on_telegram}


def strangers(stored: Stored, people: Iterable[Person]) -> list[Finding]:
    """Conversations of nobody, and people without one. A start that was repeated on the web leaves an empty one."""
    known = {person.conversation for person in people if person.conversation}
    found = [
        Finding(Fault.LOST, person.phone.channel, "none", f"the conversation of {person.name}", "in")
        for person in people
        if person.conversation not in stored.conversations
    ]
    for conversation_id, channel in stored.conversations.items():
        if conversation_id not in known and (channel != WEB or stored.messages.get(conversation_id)):
            found.append(Finding(Fault.STRANGE, channel, conversation_id, "a conversation of nobody", "in"))
    return found
