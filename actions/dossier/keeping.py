"""Keeps and reads dossier answers for the actions of this folder."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from actions.base import Event, Turn, remember
from actions.privacy import sharing
from dossiers import consents, interests, plans, record, topics
from dossiers import fields as dossier_fields
from dossiers.contradictions import IN_PLAN
from dossiers.models import Dossier, DossierField, FieldState, Sender
from dossiers.questions import KEYS, NO, NOT_ASKED, SKIPPED, YES
from knowledge.wording import say

DOSSIER = "dossier"


def consent_given(turn: Turn, purpose: str) -> None:
    """Stores consent to the current text of a purpose, with the message that gave it."""
    text = turn.services.library.consents[purpose]
    now = turn.services.clock()
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is None:
            return
        consents.give(
            session,
            conversation.person_id,
            purpose=purpose,
            version=text.version,
            text=text.text,
            message_id=turn.message_id,
            now=now,
        )
        if purpose == DOSSIER:
            dossier = record.open_dossier(session, conversation.person_id, conversation.id, now)
            _take_over(session, dossier, now)


def _take_over(session: Session, dossier: Dossier, now: dt.datetime) -> None:
    """What the plan knows stands in the dossier as inferred, until the person says it themselves."""
    known = plans.kept(session, dossier.person_id)
    for key, field in IN_PLAN.items():
        if known is not None and (value := getattr(known.profile, field)):
            record.infer(session, dossier, key, value, message_id=None, now=now)


def keep(turn: Turn, key: str, value: str) -> None:
    """Keeps one answer in the dossier. Without a dossier (no consent) nothing is kept. Who corrects themselves settles
    what they said before."""
    if key == "consent":
        if value == YES:
            consent_given(turn, DOSSIER)
        return
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        dossier = record.dossier_of(session, conversation.person_id) if conversation else None
        if dossier is None or value == NOT_ASKED:
            return
        record.state(
            session,
            dossier,
            key,
            None if value == SKIPPED else value,
            stated_by=Sender.PERSON,
            message_id=turn.message_id,
            now=turn.services.clock(),
            settles=turn.intent == "correct",
        )


def kept(turn: Turn) -> dict[str, DossierField] | None:
    """The current answers by key; None when there is no dossier."""
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        dossier = record.dossier_of(session, conversation.person_id) if conversation else None
        return None if dossier is None else record.current_fields(session, dossier)


def agreed_to_current(turn: Turn) -> bool:
    """Whether the person agreed to the text of the dossier as it is now; to a changed one they are asked again."""
    version = turn.services.library.consents[DOSSIER].version
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        return conversation is not None and consents.is_current(session, conversation.person_id, DOSSIER, version)


def form_slots(turn: Turn) -> list[Event]:
    """Slots for every question that was answered or skipped before, so that the form goes on where it stopped.

    When nothing is left, the skipped questions are asked once more.
    """
    held = kept(turn)
    if held is None:
        return remember(**dict.fromkeys(KEYS))
    fields = {key: field for key, field in held.items() if field.state != FieldState.INFERRED}  # those are asked
    open_ones = [key for key in KEYS if key not in fields and key not in ("consent", "share_profile")]
    skipped = SKIPPED if open_ones else None
    values: dict[str, str | None] = {key: (fields[key].value or skipped) if key in fields else None for key in KEYS}
    values["consent"] = YES if agreed_to_current(turn) else None
    if values["share_profile"] == YES and not sharing.shared_with(turn):
        values["share_profile"] = None  # it was said of partners that had no names: asked again
    if values["job_offer"] != NO and "job_offer" in fields and values["share_profile"] is None:
        values["share_profile"] = NOT_ASKED
    return remember(**values)


def in_words(turn: Turn, fields: dict[str, DossierField]) -> str:
    """What is kept, one line a question, as the person may read it; then how far each topic is, and their wishes."""
    lines = []
    for key in KEYS:
        if key not in fields:
            continue
        value = dossier_fields.in_words(turn.services.library, key, fields[key].value)
        inferred = f" ({say('dossier_inferred')})" if fields[key].state == FieldState.INFERRED else ""
        lines.append(f"- **{dossier_fields.label(key)}:** {value}{inferred}")
    return "\n\n".join(["\n".join(lines), *_beside(turn)]).strip()


def _beside(turn: Turn) -> list[str]:
    """The topics and the wishes, each as a paragraph of its own."""
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        dossier = record.dossier_of(session, conversation.person_id) if conversation else None
        status = topics.current(session, dossier.id) if dossier else {}
        wishes = interests.current(session, dossier.id) if dossier else {}
    found = []
    if status:
        lines = [
            f"- **{topics.label(key)}:** {topics.state_label(row.state, row.waits_for)}" for key, row in status.items()
        ]
        found.append("\n".join([say("dossier_topics"), *lines]))
    if wishes:
        lines = [f"- **{interests.label(key)}:** {interests.in_words(row.wanted)}" for key, row in wishes.items()]
        found.append("\n".join([say("dossier_interests"), *lines]))
    return found
