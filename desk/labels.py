"""Plain words for states, outcomes and values."""

from __future__ import annotations

from dossiers.models import OutboxState
from dossiers.questions import NO, YES
from knowledge.library import Library
from knowledge.vocabulary import country_name
from knowledge.wording import say, say_or

REASONS = {
    "asked": "asked for a person",
    "failed": "the assistant failed",
    "agent": "taken over by a colleague",
}
OUTCOMES = {
    "answered": "answered",
    "answered_stale": "answered, a number withheld",
    "clarified": "offered a choice",
    "planned": "planned",
    "dossier": "dossier",
    "referred": "referred elsewhere",
    "handed_over": "handed over",
    "not_covered": "no checked answer",
    "out_of_scope": "out of scope",
    "refused": "gave no opinion",
    "smalltalk": "small talk",
    "wrong_language": "another language",
    "failed": "failed",
}
DELIVERIES = {
    OutboxState.QUEUED: "waiting to be delivered",
    OutboxState.SENT: "sent",
    OutboxState.DELIVERED: "delivered",
    OutboxState.READ: "read",
    OutboxState.FAILED: "not delivered yet, will be tried again",
    OutboxState.DEAD: "could not be delivered",
}
CHANNELS = {"web": "website", "telegram": "Telegram", "whatsapp": "WhatsApp"}
PURPOSES = {"dossier": "Keeping a dossier", "share-profile": "Sharing the profile with partner organisations"}


def spoken(labels: dict[str, str], key: str) -> str:
    """The label, or the key itself in words when there is none yet."""
    return labels.get(key, key.replace("_", " ").replace("-", " "))


def town_name(library: Library, slug: str | None) -> str | None:
    """A town as people call it."""
    if slug is None:
        return None
    return library.municipalities[slug].name if slug in library.municipalities else slug


def field_label(key: str) -> str:
    """What a field of the dossier is called."""
    return say_or(f"field_{key}", key.replace("_", " "))


def field_value(library: Library, key: str, value: str | None) -> str:
    """The value of a field as people say it."""
    if value is None:
        return say("field_skipped")
    if key == "nationality":
        return country_name(value)
    if key == "home_town":
        return town_name(library, value) or value
    if value in (YES, NO) or key == "purpose":
        return say_or(f"value_{value}", value)
    return value


def newcomer(first_name: str | None, conversation_id: str) -> str:
    """What to call somebody who may not have given a name."""
    return first_name or f"Newcomer {conversation_id[:4]}"
