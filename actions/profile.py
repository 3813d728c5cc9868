"""What a person says about themselves, and corrections of it."""

from __future__ import annotations

from actions.answering import give_article
from actions.base import AppAction, Event, Turn, remember
from actions.dossier import wishes
from actions.dossier.keeping import keep as keep_in_dossier
from actions.plan.listening import again, answered
from actions.plan.now import renewed
from actions.plan.questions import open_question
from actions.plan.saying import heard_in_words, make_plan
from actions.plan.situation import Case, case_of, listened, note
from knowledge.profile import Profile
from knowledge.vocabulary import country_name
from knowledge.wording import say

STATES = {"municipality": "home_town", "country": "nationality"}


def stated(turn: Turn) -> tuple[list[Event], list[str]]:
    """The slots that the message states, and the same in words."""
    town, country = said(turn, "municipality") or "", said(turn, "country")
    events: list[Event] = []
    parts: list[str] = []
    if town in turn.services.library.municipalities:
        events += remember(municipality=town)
        parts.append(say("lives_in", town=turn.services.library.municipalities[town].name))
    if country:
        events += remember(country=country)
        key = "comes_from_eu" if Profile(None, country).citizenship == "eu" else "comes_from_non_eu"
        parts.append(say(key, country=country_name(country)))
    return events, parts


def said(turn: Turn, name: str) -> str | None:
    """The person's own town or country: from a button, or as the sentence says it, not that of a partner or a firm."""
    value = turn.entity(name) if turn.text.startswith("/") else listened(turn).get(name)
    return str(value) if value else None


class ActionNoteProfile(AppAction):
    """`inform`: keeps what was said in mind."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_note_profile"

    def act(self, turn: Turn) -> list[Event]:
        """Takes it as the answer to the question of the plan, renews the plan, or says what is kept and gives the last
        answer again when it may now read differently."""
        for entity, key in STATES.items():
            if value := said(turn, entity):
                keep_in_dossier(turn, key, value)  # when there is a dossier
        if (events := wishes.chosen(turn)) is not None:
            return events
        if (events := answered(turn)) is not None:
            return events
        case, noted = note(case_of(turn))
        question = open_question(case)
        if question is not None and not case.heard:
            return again(case, question, say("plan_not_understood"))
        if case.wanted and case.heard and _about_the_plan(turn, case):
            return [*noted, *renewed(case)]
        return [*noted, *self._acknowledged(turn, case)]

    def _acknowledged(self, turn: Turn, case: Case) -> list[Event]:
        events, parts = stated(turn)
        others = {key: value for key, value in case.heard.items() if key not in STATES}
        parts += heard_in_words(others, case)
        if not parts:
            turn.say(say("noted_nothing"), "smalltalk")
            return []
        words = say("and").join(parts) if len(parts) < 3 else ", ".join(parts)
        last = turn.slot("article") or ""
        if events and last in turn.services.library.articles:
            turn.say(say("noted_again", what=words), "smalltalk")
            return events + give_article(turn, last)
        turn.say(f"{say('noted', what=words)} {say('noted_plan')}", "smalltalk", [make_plan()])
        return events


def _about_the_plan(turn: Turn, case: Case) -> bool:
    """Whether the last thing said was the plan, and not an article that may read differently now."""
    shown = turn.tracker.get_slot("shown") or ()
    last = turn.slot("article")
    return last is None or any(case.library.steps[key].article == last for key in shown if key in case.library.steps)


class ActionCorrect(ActionNoteProfile):
    """`correct`: the same, for "no, I meant …"."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_correct"
