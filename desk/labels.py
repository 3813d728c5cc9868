"""Plain words for states, outcomes and values."""

from __future__ import annotations

from dossiers.models import Kind, OutboxState
from knowledge.figures import Standing

REASONS = {
    "asked": "asked for a person",
    "failed": "the assistant failed",
    "agent": "taken over by a colleague",
    "missed": "two questions without an answer",
    "risk": "something urgent",
}
RISKS = {
    "eviction": "losing their home",
    "violence": "violence",
    "deadline_passed": "a deadline has passed",
    "refused": "an application was refused",
    "order_to_leave": "an order to leave the country",
    "homeless": "no place to sleep",
    "exploitation": "exploitation at work",
    "court": "a letter of a court",
}
CHOICES = {
    "wait": "wants to wait for a colleague",
    "message": "left a message; answer it when you can",
    "assistant": "went on with the assistant",
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
    OutboxState.QUEUED: "waiting to be sent",
    OutboxState.SENDING: "being sent",
    OutboxState.SENT: "sent",
    OutboxState.DELIVERED: "delivered",
    OutboxState.READ: "read",
    OutboxState.FAILED: "refused for now",
    OutboxState.DEAD: "could not be delivered",
}
NOT_FETCHED = "waiting to be delivered: the person does not have the chat open"
FAILURES = {
    # of our own
    "window_closed": "the person had not written for 24 hours",
    "stopped": "the person asked us to write no more",
    "moved": "the person went on with the chat elsewhere",
    "unsure": "nobody knows whether it arrived: the platform did not say for a day",
    "address_unreadable": "the address can no longer be decrypted",
    # the person
    "blocked": "the person has blocked us",
    "gone": "the address does not exist any more",
    "undeliverable": "the number is not on WhatsApp, or cannot get messages now",
    "needs_number": "WhatsApp asks for the person's number first",
    "opted_out": "the person wants no messages of this kind",
    "too_many_marketing": "the person gets too many messages of this kind",
    "experiment": "WhatsApp keeps messages of this kind from this person",
    "country_not_allowed": "WhatsApp does not let us write to the person's country",
    "number_not_allowed": "our account may not write to this number yet",
    "own_number": "it is our own number",
    # the message
    "invalid": "the platform cannot read the message",
    "unsupported": "the platform does not know this kind of message",
    "policy": "it goes against the platform's rules",
    "template_values": "the words that were filled in do not fit the template",
    "template_unknown": "the template is not approved in this language",
    "template_policy": "the template goes against the platform's rules",
    "template_paused": "the template is paused by WhatsApp",
    "template_disabled": "the template was taken away by WhatsApp",
    # the moment
    "rate_limit": "too many messages at once",
    "rate_limit_person": "too many messages to this person at once",
    "rate_limit_spam": "the platform slows us down, because people blocked or reported us",
    "unreachable": "the platform could not be reached",
    "unavailable": "the platform does not work at the moment",
    "maintenance": "the platform is being repaired",
    "something_wrong": "something went wrong at the platform",
    "api_unknown": "something went wrong at the platform",
    "failed": "the platform did not say why",
    # our account: somebody who runs the service must look at it
    "token_refused": "the platform does not accept our token; tell who runs the service",
    "not_permitted": "our account may not do this; tell who runs the service",
    "account_locked": "our account is locked; tell who runs the service",
    "name_not_approved": "our name is not approved; tell who runs the service",
    "payment_problem": "there is a problem with paying the platform; tell who runs the service",
    "number_unknown": "our number is not known there; tell who runs the service",
    "number_not_registered": "our number is not registered there; tell who runs the service",
}
FAILURE_UNKNOWN = "the platform did not take it"
# Kinds of messages that their text does not tell: “[photo]” and “[changed]” are in it.
KINDS = {
    Kind.CHOICE: "pressed a button",
    Kind.COMMAND: "used a command",
    Kind.STOP: "asked us to stop",
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
PURPOSES = {
    "dossier": "Keeping a dossier",
    "share-profile": "Sharing the profile with partner organisations",
    "follow-up": "Messages to ask how it goes",
    "evaluation": "Using the answers to evaluate the service",
    "chat": "Keeping the chat",
}


def spoken(labels: dict[str, str], key: str) -> str:
    """The label, or the key itself in words when there is none yet."""
    return labels.get(key, key.replace("_", " ").replace("-", " "))


def newcomer(first_name: str | None, conversation_id: str) -> str:
    """What to call somebody who may not have given a name."""
    return first_name or f"Newcomer {conversation_id[:4]}"
