"""`validate_dossier_form`: reads each answer; what is no answer is left to the rules."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, remember
from actions.dossier.keeping import keep
from actions.privacy import sharing
from actions.profile import STATES
from dossiers.questions import KEYS, NO, NOT_ASKED, YES, Heard, Unclear, read_answer
from knowledge.wording import say


def heard(turn: Turn, asked: str) -> Heard:
    """The person's words with what the bot understood of them."""
    intent = turn.message.get("intent") or {}
    names = ("country", "municipality", asked)
    entities = {name: value for name in names if (value := turn.entity(name))}
    return Heard(turn.text, turn.intent, float(intent.get("confidence") or 0.0), entities)


class ValidateDossierForm(AppAction):
    """Called by Rasa after each message while the form is open."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "validate_dossier_form"

    def act(self, turn: Turn) -> list[Event]:
        """Sets the slot that was asked for. No event means: not an answer, let the rules handle it."""
        asked = turn.slot("requested_slot")
        if asked not in KEYS or (turn.entity("field") and turn.text.startswith("/")):  # a button of something else
            return []
        said = heard(turn, asked)
        if turn.intent == "correct" and (corrected := self._corrections(turn, said, asked)):
            return corrected
        try:
            value = read_answer(asked, said)
        except Unclear as unclear:
            turn.say(say(unclear.key), "dossier")
            return remember(**{asked: None})
        if asked == "share_profile" and (value or sharing.named(turn.services.library, turn.text)):
            value = sharing.answered(turn, value or YES)
            if value is None:  # with whom, or with whom else?
                return remember(share_profile=None)
        if value is None:
            return []
        keep(turn, asked, value)
        if asked == "consent" and value == NO:
            return remember(consent=NO, requested_slot=None)
        events = remember(**{asked: value})
        if asked == "job_offer" and value == YES:
            events += remember(share_profile=NOT_ASKED)
        return events

    def _corrections(self, turn: Turn, said: Heard, asked: str) -> list[Event]:
        events: list[Event] = []
        for entity, key in STATES.items():
            if (value := said.entities.get(entity)) and turn.slot(key):
                keep(turn, key, value)
                events += remember(**{key: value})
        if events:
            turn.say(say("corrected"), "dossier")
            events += remember(**{asked: turn.tracker.get_slot(asked)})
        return events
