"""The three zones: answer, offer up to three readings, or say that it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.library import Library
from knowledge.profile import Profile, excludes

MAX_READINGS = 3
Zone = Literal["answer", "offer", "unknown"]
Kind = Literal["answer", "offer", "unknown", "out_of_scope", "legal_opinion", "medical_opinion", "unread"]
REFUSED: dict[str, Kind] = {"legal_opinion": "legal_opinion", "medical_opinion": "medical_opinion"}
OUTSIDE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that the question may be about; confidence between 0 and 1."""

    article: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the bot understood of one question."""

    candidates: tuple[Candidate, ...]
    covered: float
    zone: Zone

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Understanding:
        """Reads the keys that the bot adds to a parsed message; a message without them is `unknown`."""
        found = tuple(Candidate(str(c["id"]), float(c["confidence"])) for c in message.get("articles") or ())
        zone = message.get("zone")
        return cls(
            found, float(message.get("covered") or 0.0), zone if zone in ("answer", "offer", "unknown") else "unknown"
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The zone that holds for this person and the articles to answer (one) or offer (up to three)."""

    zone: Zone
    articles: tuple[str, ...]


def decide(understanding: Understanding, library: Library, profile: Profile) -> Decision:
    """Leaves out articles that are not for this person, then keeps to the zone the bot calibrated."""
    fitting = [
        c.article
        for c in understanding.candidates
        if c.article in library.articles and not excludes(library.articles[c.article], profile)
    ]
    if understanding.zone == "unknown" or not fitting:
        return Decision("unknown", ())
    best_fits = bool(understanding.candidates) and understanding.candidates[0].article == fitting[0]
    if understanding.zone == "answer" and best_fits:
        return Decision("answer", (fitting[0],))
    return Decision("offer", tuple(fitting[:MAX_READINGS]))


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a message that asks several: what to do about it, and with which articles."""

    text: str
    kind: Kind
    articles: tuple[str, ...] = ()


def decide_parts(message: Mapping[str, Any], library: Library, profile: Profile) -> list[Part]:
    """What to do about each question of a message, in the order asked; empty when it is to be taken as one.

    Without a single question that can be answered the message is one: three readings of the whole say more than
    several times "I do not know".
    """
    parts = [_part(part, library, profile) for part in message.get("parts") or ()]
    return parts if any(part.kind == "answer" for part in parts) else []


def _part(part: Mapping[str, Any], library: Library, profile: Profile) -> Part:
    text, intent = str(part.get("text") or ""), str(part.get("intent") or "")
    if part.get("zone") == "unread":
        return Part(text, "unread")
    if intent in REFUSED:
        return Part(text, REFUSED[intent])
    decision = decide(Understanding.from_message(part), library, profile)
    if decision.zone != "answer" and intent == OUTSIDE:
        return Part(text, "out_of_scope" if decision.zone == "unknown" else "unknown")
    return Part(text, decision.zone, decision.articles)
