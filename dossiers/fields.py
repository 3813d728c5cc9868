"""How a field of the dossier and its value are said, in the chat and at the desk alike."""

from __future__ import annotations

from dossiers.questions import NO, YES
from knowledge.library import Library
from knowledge.vocabulary import country_name
from knowledge.wording import say, say_or


def label(key: str) -> str:
    """What a field is called."""
    return say_or(f"field_{key}", key.replace("_", " "))


def town_name(library: Library, slug: str | None) -> str | None:
    """A town as people call it; what was written when it is none that is known."""
    return library.municipalities[slug].name if slug is not None and slug in library.municipalities else slug


def in_words(library: Library, key: str, value: str | None) -> str:
    """The value of a field as people say it; None was skipped."""
    if value is None:
        return say("field_skipped")
    if key == "nationality":
        return country_name(value)
    if key == "home_town":
        return town_name(library, value) or value
    return say_or(f"value_{value}", value) if value in (YES, NO) or key == "purpose" else value
