"""The questions of the dossier: their order, and how an answer in free words is read. Wording lives in domain.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SKIPPED = "skipped"
NOT_ASKED = "not_asked"
YES, NO = "yes", "no"
MAX_ANSWER = 500

KEYS = (
    "consent",
    "first_name",
    "nationality",
    "arrival",
    "home_town",
    "purpose",
    "job_offer",
    "share_profile",
    "housing_help",
    "household",
    "concern",
    "contact",
)
YES_OR_NO = frozenset({"consent", "job_offer", "share_profile", "housing_help"})
FREE_TEXT = frozenset(
    {"first_name", "arrival", "household", "concern", "purpose", "nationality", "home_town", "contact"}
)

CONSENTS = frozenset({"consent", "share_profile"})

# Intents that are an answer to a question, or that say nothing about whether they are one.
ANSWERS = frozenset(
    {"affirm", "deny", "inform", "correct", "ask", "out_of_scope", "what_now", "greet", "thank", "other_language"}
)
# What is said about one's own data may begin like an answer ("don't share my profile any more") and is none, except
# to a question about consent.
ABOUT_DATA = frozenset({"my_data", "withdraw_consent", "end_chat", "erase_dossier"})
# Below this confidence another intent may be part of the story ("I need housing and a lawyer").
UNCERTAIN = 0.6

_YES = re.compile(r"^(?:yes|yeah|yep|yup|ok|okay|sure|of course|i do|i have|i agree|please|ja|oui|si)\b", re.IGNORECASE)
_NO = re.compile(r"^(?:no|nope|not|none|nothing|never|i don'?t|i do not|i haven'?t|don'?t|nee|non)\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\?\s*$|^(?:what|where|when|how|why|who|which|can|could|do|does|is|are|should|must|may|will|whats|wat|hoe)\b",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"\+?\d[\d\s/().-]{6,}\d")
_PURPOSES = {
    "researcher": r"research|phd|postdoc|professor|hosting agreement",
    "student": r"stud(?:y|ies|ent)|erasmus|master|bachelor",
    "self-employed": r"self[- ]?employ|freelanc|own (?:business|company)|entrepreneur|start a company",
    "job-seeker": r"look(?:ing)? for (?:a |some )?(?:job|work)|find (?:a )?(?:job|work)|job ?seek|no job",
    "employee": r"work|job|employ|contract|company|single permit|posting|transfer",
    "family": r"famil|wife|husband|partner|spouse|marr|join|child",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person said in answer to a question.

    ``entities`` holds what was recognised and, under a question's own key, the value that one of its buttons carries.
    """

    text: str
    intent: str
    confidence: float
    entities: Mapping[str, str]

    @property
    def is_question(self) -> bool:
        """Whether it reads as a question."""
        return bool(_QUESTION.search(self.text))


class Unclear(Exception):
    """It is meant as an answer, but cannot be used; `key` names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_answer(key: str, heard: Heard) -> str | None:
    """The value to keep for a question, or None when what was said is no answer to it but a question or a command.

    Raises:
        Unclear: an answer that cannot be used.
    """
    if chosen := heard.entities.get(key):
        return chosen
    if key in YES_OR_NO:
        if heard.intent in ABOUT_DATA and heard.confidence >= UNCERTAIN:
            refuses = heard.intent == "withdraw_consent" and key in CONSENTS and not heard.text.startswith("/")
            return NO if refuses else None
        return _yes_or_no(heard)
    if heard.intent not in ANSWERS and heard.confidence >= UNCERTAIN:
        return None
    if heard.is_question or not heard.text:
        return None
    if len(heard.text) > MAX_ANSWER:
        raise Unclear("answer_too_long")
    reader = {
        "first_name": _first_name,
        "nationality": _nationality,
        "home_town": _home_town,
        "purpose": _purpose,
        "contact": _contact,
    }.get(key)
    return reader(heard) if reader else heard.text


def _yes_or_no(heard: Heard) -> str | None:
    if heard.intent == "affirm":
        return YES
    if heard.intent == "deny":
        return NO
    if heard.is_question:
        return None
    if _YES.search(heard.text):
        return YES
    return NO if _NO.search(heard.text) else None


def _first_name(heard: Heard) -> str | None:
    name = re.sub(r"^(?:my name is|i am|i'm|im|call me|it'?s|name)\s+", "", heard.text, flags=re.IGNORECASE).strip(
        " .,!"
    )
    if len(name) > 60 or len(name.split()) > 4:
        raise Unclear("name_too_long")
    return name or None


def _nationality(heard: Heard) -> str:
    if country := heard.entities.get("country"):
        return country
    raise Unclear("country_unknown")


def _home_town(heard: Heard) -> str:
    return heard.entities.get("municipality") or heard.text


def _purpose(heard: Heard) -> str:
    for purpose, pattern in _PURPOSES.items():
        if re.search(pattern, heard.text, re.IGNORECASE):
            return purpose
    return heard.text


def _contact(heard: Heard) -> str:
    found = _EMAIL.search(heard.text) or _PHONE.search(heard.text)
    if found is None:
        raise Unclear("contact_unreadable")
    return found[0].strip(" .,;")
