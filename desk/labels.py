"""Plain words for states, outcomes and values."""

from __future__ import annotations

from dossiers.models import OutboxState
from knowledge.figures import Standing

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
STEPS = {"now": "to do now", "blocked": "waiting", "later": "later", "done": "done"}
DELIVERIES = {
    OutboxState.QUEUED: "waiting to be delivered",
    OutboxState.SENT: "sent",
    OutboxState.DELIVERED: "delivered",
    OutboxState.READ: "read",
    OutboxState.FAILED: "not delivered yet, will be tried again",
    OutboxState.DEAD: "could not be delivered",
}
STANDING = {
    Standing.SHOWN: "figure shown",
    Standing.CAUTIOUS: "figure shown with a remark",
    Standing.WITHHELD: "figure left out",
}
REMARKS = {"undated": "its page carries no date", "old": "its page is some years old"}
STATUSES = {
    "official": "official",
    "official-elsewhere": "official, of another place",
    "university": "a university",
    "payer": "a recognised payer",
    "unofficial": "not official",
}
VERSIONS = {
    "published": "published",
    "confirmed": "still correct",
    "suspect": "in doubt",
    "discarded": "draft put away",
}
VERDICTS = {"helped": "helped", "not_helped": "did not help"}
CHANNELS = {"web": "website", "telegram": "Telegram", "whatsapp": "WhatsApp"}
PURPOSES = {"dossier": "Keeping a dossier", "share-profile": "Sharing the profile with partner organisations"}


def spoken(labels: dict[str, str], key: str) -> str:
    """The label, or the key itself in words when there is none yet."""
    return labels.get(key, key.replace("_", " ").replace("-", " "))


def newcomer(first_name: str | None, conversation_id: str) -> str:
    """What to call somebody who may not have given a name."""
    return first_name or f"Newcomer {conversation_id[:4]}"
