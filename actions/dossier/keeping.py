"""Keeps and reads dossier answers for the actions of this folder."""

from __future__ import annotations

from actions.base import Event, Turn, remember
from dossiers import fields as dossier_fields
from dossiers import record
from dossiers.models import DossierField, Sender
from dossiers.questions import KEYS, NO, NOT_ASKED, SKIPPED, YES

DOSSIER, SHARE = "dossier", "share-profile"


def consent_given(turn: Turn, purpose: str) -> None:
    """Stores consent to the current text of a purpose, with the message that gave it."""
    text = turn.services.library.consents[purpose]
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is None:
            return
        record.give_consent(
            session,
            conversation.person_id,
            purpose=purpose,
            version=text.version,
            text=text.text,
            message_id=turn.message_id,
            now=turn.services.clock(),
        )
        if purpose == DOSSIER:
            record.open_dossier(session, conversation.person_id, conversation.id, turn.services.clock())


def consent_withdrawn(turn: Turn, purpose: str) -> None:
    """Ends the consent for a purpose."""
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is not None:
            record.withdraw_consent(session, conversation.person_id, purpose, turn.services.clock())


def keep(turn: Turn, key: str, value: str) -> None:
    """Keeps one answer in the dossier. Without a dossier (no consent) nothing is kept."""
    if key == "consent":
        if value == YES:
            consent_given(turn, DOSSIER)
        return
    if key == "share_profile":
        (consent_given if value == YES else consent_withdrawn)(turn, SHARE)
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
        )


def kept(turn: Turn) -> dict[str, DossierField] | None:
    """The current answers by key; None when there is no dossier."""
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        dossier = record.dossier_of(session, conversation.person_id) if conversation else None
        return None if dossier is None else record.current_fields(session, dossier)


def form_slots(turn: Turn) -> list[Event]:
    """Slots for every question that was answered or skipped before, so that the form goes on where it stopped.

    When nothing is left, the skipped questions are asked once more.
    """
    fields = kept(turn)
    if fields is None:
        return remember(**dict.fromkeys(KEYS))
    open_ones = [key for key in KEYS if key not in fields and key not in ("consent", "share_profile")]
    skipped = SKIPPED if open_ones else None
    values: dict[str, str | None] = {key: (fields[key].value or skipped) if key in fields else None for key in KEYS}
    values["consent"] = YES
    if values["job_offer"] != NO and "job_offer" in fields and values["share_profile"] is None:
        values["share_profile"] = NOT_ASKED
    return remember(**values)


def in_words(turn: Turn, fields: dict[str, DossierField]) -> str:
    """What is kept, one line a question, as the person may read it."""
    lines = []
    for key in KEYS:
        if key not in fields:
            continue
        value = dossier_fields.in_words(turn.services.library, key, fields[key].value)
        lines.append(f"- **{dossier_fields.label(key)}:** {value}")
    return "\n".join(lines)
