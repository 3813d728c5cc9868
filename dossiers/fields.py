"""How a field of the dossier and its value are said and read, in the chat, on forms and at the desk alike."""

from __future__ import annotations

from dataclasses import dataclass

from dossiers.questions import KEYS, MAX_ANSWER, NO, YES, YES_OR_NO, Heard, Unclear, read_answer
from knowledge.library import Library
from knowledge.vocabulary import country_code, country_name
from knowledge.wording import say, say_or

CONSENTS = frozenset({"consent", "share_profile"})
ASKED = tuple(key for key in KEYS if key != "consent")
# Never asked in the chat: what partners may read, written by who wants to be found.
LOOKING_FOR = "looking_for"
EDITABLE = (*(key for key in KEYS if key not in CONSENTS), LOOKING_FOR)
READ_AS_WORDS = frozenset({"first_name", "purpose", "contact"})


@dataclass(frozen=True, slots=True)
class Written(Heard):
    """What somebody wrote in the field of a form: an answer, whatever it looks like."""

    @property
    def is_question(self) -> bool:
        """Never: a form asks."""
        return False


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


def read(library: Library, key: str, text: str) -> str | None:
    """The value to keep for what somebody wrote in a form, or chose in it; None for an empty field: no answer.

    Raises:
        Unclear: it cannot be used; its key names the sentence that says why.
    """
    text = text.replace("\x00", " ").strip()
    if not text:
        return None
    if len(text) > MAX_ANSWER:
        raise Unclear("answer_too_long")
    if key in YES_OR_NO:
        if text not in (YES, NO):
            raise Unclear("choose_yes_or_no")
        return text
    if key == "nationality":
        if (code := country_code(text)) is None:
            raise Unclear("country_unknown")
        return code
    if key == "home_town":
        return _town(library, text)
    if key == "purpose" and say_or(f"value_{text}", "") and text not in (YES, NO):
        return text
    return read_answer(key, Written(text, "inform", 1.0, {})) if key in READ_AS_WORDS else text


def _town(library: Library, text: str) -> str:
    """The slug of a town that is known by this name, else what was written."""
    wanted = text.casefold()
    return next((slug for slug, town in library.municipalities.items() if wanted in (slug, town.name.casefold())), text)
