"""What stands on the page of one's data, read in one go for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.mydata.plan_facts import Fact, facts
from dossiers import agreements, consents, conversations, documents, fields, interests, plans, record, talent, topics
from dossiers.agreements import Choice
from dossiers.models import (
    ConsentRecord,
    Conversation,
    Document,
    DocumentState,
    DossierField,
    FieldState,
    Interest,
    Message,
    Receipt,
    Sender,
    TopicStatus,
)
from dossiers.privacy import receipts
from dossiers.questions import NO, YES, YES_OR_NO
from dossiers.sealing import Sealer, Unreadable
from knowledge.library import Library
from knowledge.wording import say

SHOWN_MESSAGES = 100
SHOWN_LOOKS = 50
PURPOSES = ("employee", "researcher", "self-employed", "job-seeker", "family", "student")
CHANNELS = {"web": "This website", "telegram": "Telegram", "whatsapp": "WhatsApp"}
SPEAKERS = {Sender.PERSON: "You", Sender.BOT: "Assistant", Sender.AGENT: "Colleague", Sender.SYSTEM: "Notice"}
STATED_BY = {Sender.PERSON: "you", Sender.AGENT: "a colleague", Sender.BOT: "the assistant"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the dossier. ``written``: the answer as the form shows it; ``based_on``: the id of its row;
    ``options``: what can be chosen, none for free words; ``earlier``: what was said before, with its moment."""

    key: str
    label: str
    value: str
    written: str
    by: str
    at: dt.datetime | None
    based_on: str
    options: Sequence[tuple[str, str]]
    earlier: Sequence[tuple[str, str, dt.datetime]]


@dataclass(frozen=True, slots=True)
class Wish:
    """One interest. ``wanted`` None: nothing was said about it."""

    key: str
    label: str
    wanted: bool | None
    words: str
    by: str
    at: dt.datetime | None
    based_on: str


@dataclass(frozen=True, slots=True)
class Topic:
    """How far a topic is."""

    label: str
    state: str
    note: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: listed, or asked for."""

    id: str
    kind: str
    state: str
    note: str
    reason: str
    last_day: dt.date | None


@dataclass(frozen=True, slots=True)
class Past:
    """A consent that does not hold (any more), or the site's. ``title`` in words."""

    title: str
    record: ConsentRecord


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation. ``places``: where it was held; ``lines``: who said what, the newest of them."""

    id: str
    places: Sequence[str]
    began_at: dt.datetime
    last_at: dt.datetime
    ended_at: dt.datetime | None
    count: int
    lines: Sequence[tuple[str, str, dt.datetime]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One time that a partner saw the shared profile. ``words``: how."""

    at: dt.datetime
    partner: str
    words: str


@dataclass(frozen=True, slots=True)
class MyData:
    """The whole page. ``dossier``: whether there is one."""

    dossier: bool
    answers: Sequence[Answer]
    wishes: Sequence[Wish]
    topics: Sequence[Topic]
    asked: Sequence[Paper]
    papers: Sequence[Paper]
    plan: Sequence[Fact]
    revision: int
    choices: Sequence[Choice]
    site: ConsentRecord | None
    past: Sequence[Past]
    chats: Sequence[Chat]
    receipts: Sequence[Receipt]
    looks: Sequence[Seen]


def my_data(session: Session, person_id: str, library: Library, sealer: Sealer) -> MyData:
    """Everything about a person, as it is now."""
    dossier = record.dossier_of(session, person_id)
    kept = plans.kept(session, person_id)
    listed = documents.listed(session, dossier.id) if dossier else ()
    waiting = {one.id for one in documents.requests(session, person_id)}
    offered = agreements.choices(session, person_id, library)
    return MyData(
        dossier=dossier is not None,
        answers=_answers(record.history(session, dossier), library) if dossier else (),
        wishes=_wishes(interests.current(session, dossier.id)) if dossier else (),
        topics=[_topic(*one) for one in topics.current(session, dossier.id).items()] if dossier else (),
        asked=[_paper(one) for one in listed if one.id in waiting],
        papers=[_paper(one) for one in listed if one.id not in waiting],
        plan=facts(kept, library) if kept else (),
        revision=kept.revision if kept else 0,
        choices=[one for one in offered if one.held or dossier is not None or one.purpose == consents.FOLLOW_UP],
        site=consents.held(session, person_id, consents.CHAT),
        past=_past(consents.history(session, person_id), library),
        chats=_chats(session, person_id, sealer),
        receipts=receipts.of_person(session, person_id),
        looks=_looks(session, person_id, library),
    )


def _looks(session: Session, person_id: str, library: Library) -> list[Seen]:
    names = {key: partner.name for key, partner in library.partners.items()}
    return [
        Seen(look.at, names.get(look.partner, look.partner), say(f"look_{look.action.replace('.', '_')}"))
        for look in talent.looks(session, person_id, SHOWN_LOOKS)
    ]


def _answers(rows: Sequence[DossierField], library: Library) -> list[Answer]:
    current = {row.key: row for row in rows if row.replaced_at is None}
    return [_answer(key, current.get(key), rows, library) for key in fields.EDITABLE]


def _answer(key: str, row: DossierField | None, rows: Sequence[DossierField], library: Library) -> Answer:
    value = row.value if row else None
    words = fields.in_words(library, key, value) if row else say("my_data_not_said")
    written = words if value is not None and key not in YES_OR_NO and key != "purpose" else value or ""
    earlier = [
        (fields.in_words(library, key, old.value), _by(old), old.stated_at)
        for old in reversed(rows)
        if old.key == key and old.replaced_at is not None
    ]
    return Answer(
        key=key,
        label=fields.label(key),
        value=words,
        written=written,
        by=_by(row) if row else "",
        at=row.stated_at if row else None,
        based_on=str(row.id) if row else "",
        options=_options(key, value, library),
        earlier=earlier,
    )


def _options(key: str, value: str | None, library: Library) -> list[tuple[str, str]]:
    known_values = (YES, NO) if key in YES_OR_NO else PURPOSES if key == "purpose" else ()
    if not known_values:
        return []
    own = [value] if value and value not in known_values else []
    return [(one, fields.in_words(library, key, one)) for one in (*known_values, *own)]


def _by(row: DossierField | Interest) -> str:
    if getattr(row, "state", None) == FieldState.INFERRED:
        return say("my_data_concluded")
    return STATED_BY.get(Sender(row.stated_by), "the service")


def _wishes(held: dict[str, Interest]) -> list[Wish]:
    found = []
    for key in interests.INTERESTS:
        row = held.get(key)
        words = interests.in_words(row.wanted) if row else say("my_data_not_said")
        wanted, at = (row.wanted, row.stated_at) if row else (None, None)
        based_on = str(row.id) if row else ""
        found.append(Wish(key, interests.label(key), wanted, words, _by(row) if row else "", at, based_on))
    return found


def _topic(key: str, row: TopicStatus) -> Topic:
    return Topic(topics.label(key), topics.state_label(row.state, row.waits_for), row.note, row.set_at)


def _paper(row: Document) -> Paper:
    kind, held = documents.kind_label(row.kind), row.state == DocumentState.HELD
    state = say("my_data_document_held") if held else documents.state_label(row.state)
    return Paper(row.id, kind, state, row.note, row.reason or "", row.last_day)


def _past(rows: Sequence[ConsentRecord], library: Library) -> list[Past]:
    found = []
    for row in reversed(rows):
        if row.withdrawn_at is None:
            continue
        text = library.consents.get(row.purpose)
        title = text.title if text else say("consent_chat")
        if row.partner:
            partner = library.partners.get(row.partner)
            title = say("consent_share_with", partner=partner.name if partner else row.partner)
        found.append(Past(title, row))
    return found


def _chats(session: Session, person_id: str, sealer: Sealer) -> list[Chat]:
    own = select(Conversation).where(Conversation.person_id == person_id).order_by(Conversation.last_message_at.desc())
    return [_chat(session, conversation, sealer) for conversation in session.scalars(own)]


def _chat(session: Session, conversation: Conversation, sealer: Sealer) -> Chat:
    mine = Message.conversation_id == conversation.id
    newest = session.scalars(select(Message).where(mine).order_by(Message.id.desc()).limit(SHOWN_MESSAGES)).all()
    return Chat(
        id=conversation.id,
        places=_places(session, conversation, sealer),
        began_at=conversation.created_at,
        last_at=conversation.last_message_at,
        ended_at=conversation.ended_at,
        count=session.scalar(select(func.count()).where(mine)) or 0,
        lines=[(SPEAKERS[Sender(one.sender)], one.text, one.created_at) for one in reversed(newest)],
    )


def _places(session: Session, conversation: Conversation, sealer: Sealer) -> list[str]:
    found = []
    for address in conversations.addresses(session, conversation.id):
        name = CHANNELS.get(address.channel, address.channel)
        number = _opened(address.sealed, sealer) if address.channel == "whatsapp" else ""
        found.append(f"{name} ({number})" if number else name)
    return found or [CHANNELS["web"]]


def _opened(sealed: str, sealer: Sealer) -> str:
    """The last digits of a number: enough to know which it is."""
    try:
        return f"number ending in {sealer.open(sealed)[-3:]}"
    except Unreadable:
        return ""
