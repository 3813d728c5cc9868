"""What a person says about themselves, and corrections of it."""

from __future__ import annotations

from actions.answering import give_article
from actions.base import AppAction, Event, Turn, remember
from actions.dossier.keeping import keep
from knowledge.profile import Profile
from knowledge.vocabulary import country_name
from knowledge.wording import say

STATES = {"municipality": "home_town", "country": "nationality"}


def stated(turn: Turn) -> tuple[list[Event], str]:
    """The slots that the message states, and the same in words."""
    town, country = turn.entity("municipality") or "", turn.entity("country")
    events: list[Event] = []
    parts: list[str] = []
    if town in turn.services.library.municipalities:
        events += remember(municipality=town)
        parts.append(say("lives_in", town=turn.services.library.municipalities[town].name))
    if country:
        events += remember(country=country)
        key = "comes_from_eu" if Profile(None, country).citizenship == "eu" else "comes_from_non_eu"
        parts.append(say(key, country=country_name(country)))
    return events, say("and").join(parts)


class ActionNoteProfile(AppAction):
    """`inform`: keeps what was said in mind."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_note_profile"

    def act(self, turn: Turn) -> list[Event]:
        """Says what is kept, and gives the last answer again when it may now read differently."""
        events, words = stated(turn)
        for entity, key in STATES.items():
            if value := turn.entity(entity):
                keep(turn, key, value)  # when there is a dossier
        if not events:
            turn.say(say("noted_nothing"), "smalltalk")
            return []
        last = turn.slot("article") or ""
        if last in turn.services.library.articles:
            turn.say(say("noted_again", what=words), "smalltalk")
            return events + give_article(turn, last)
        turn.say(say("noted", what=words), "smalltalk")
        return events


class ActionCorrect(ActionNoteProfile):
    """`correct`: the same, for "no, I meant …"."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_correct"
