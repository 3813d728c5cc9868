"""Answers a question from the knowledge: by zone answers, offers readings, or says that it is not known."""

from __future__ import annotations

from dataclasses import replace

from actions.base import NOT_HELPFUL, AppAction, Event, Turn, ask_article, option, remember, talk_to_person
from actions.human import missed, offer_person
from dossiers import editor_tasks
from knowledge.answer import compose
from knowledge.decide import Part, Understanding, decide, decide_parts
from knowledge.wording import say

MAX_PARTS = 3
LONGEST_QUOTE = 120
OUTCOMES = {
    "unknown": "not_covered",
    "out_of_scope": "out_of_scope",
    "legal_opinion": "refused",
    "medical_opinion": "refused",
}


def give_article(turn: Turn, article_id: str, heading: str = "") -> list[Event]:
    """Answers one article, leaves a task for every figure that was withheld, and remembers the article."""
    services = turn.services
    answer = compose(services.library.articles[article_id], services.library, turn.profile, services.today())
    turn.give(replace(answer, text=f"{heading}\n\n{answer.text}") if heading else answer)
    if answer.withheld:
        with services.database.write() as session:
            for fact, reason in answer.withheld.items():
                editor_tasks.note(session, reason, fact, article_id, services.clock())
    return remember(article=article_id, offered=None)


def offer(turn: Turn, articles: list[str], sentence: str) -> list[Event]:
    """Offers up to three readings as buttons."""
    library = turn.services.library
    options = [option(library.articles[key].title, ask_article(key)) for key in articles]
    turn.say(sentence, "clarified", [*options, option(say("none_of_these"), NOT_HELPFUL), talk_to_person()])
    return remember(offered=articles)


def not_known(turn: Turn, outcome: str = "not_covered") -> list[Event]:
    """Says that there is no checked answer; from the second miss in a row on, the person chooses about a colleague."""
    with turn.services.database.write() as session:
        editor_tasks.note(session, outcome, turn.intent or "unknown", None, turn.services.clock())
    if missed(turn):
        offer_person(turn, say("unknown_again"), outcome)
    else:
        turn.say(say("unknown"), outcome, [talk_to_person()])
    return []


def answer_parts(turn: Turn, parts: list[Part]) -> list[Event]:
    """Answers the questions of one message one after the other, each under its own words."""
    taken = [part for part in parts if part.kind != "unread"][:MAX_PARTS]
    events: list[Event] = []
    for number, part in enumerate(taken, start=1):
        events += _answer_part(turn, part, say("part", number=str(number), text=quoted(part.text)))
    left = [quoted(part.text) for part in parts if part not in taken]
    if left:
        turn.say(say("parts_left", text=" ".join(f"“{text}”" for text in left)), "clarified")
    return events


def _answer_part(turn: Turn, part: Part, heading: str) -> list[Event]:
    if part.kind in OUTCOMES:
        outcome = OUTCOMES[part.kind]
        if outcome == "not_covered":
            with turn.services.database.write() as session:
                editor_tasks.note(session, outcome, turn.intent or "unknown", None, turn.services.clock())
        turn.say(f"{heading}\n\n{say(f'part_{part.kind}')}", outcome, [talk_to_person()])
        return []
    if part.kind == "answer" and not turn.entity("region"):
        return give_article(turn, part.articles[0], heading)
    sentence = say("other_region" if part.kind == "answer" else "offer")
    return offer(turn, list(part.articles), f"{heading}\n\n{sentence}")


def quoted(text: str) -> str:
    """A person's own words on one line, shortened, without the signs that mark a label."""
    line = " ".join(text.replace("*", "").split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"


class ActionAnswer(AppAction):
    """`ask`, and a button that names an article."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_answer"

    def act(self, turn: Turn) -> list[Event]:
        """Answers, offers or declines."""
        library = turn.services.library
        chosen = turn.entity("article") or ""
        learned = learn(turn)
        if chosen in library.articles:
            return learned + give_article(turn, chosen)
        parts = decide_parts(turn.message, library, turn.profile)
        if parts:
            return learned + answer_parts(turn, parts)
        decision = decide(Understanding.from_message(turn.message), library, turn.profile)
        if decision.zone == "answer" and turn.entity("region"):
            return learned + offer(turn, list(decision.articles), say("other_region"))
        if decision.zone == "answer":
            return learned + give_article(turn, decision.articles[0])
        if decision.zone == "offer":
            return learned + offer(turn, list(decision.articles), say("offer"))
        return learned + not_known(turn)


class ActionNotKnown(AppAction):
    """`out_of_scope`."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_not_known"

    def act(self, turn: Turn) -> list[Event]:
        """Declines."""
        turn.say(say("out_of_scope"), "out_of_scope", [talk_to_person()])
        return []


class ActionNotHelpful(AppAction):
    """`not_helpful`: the other readings of the last question, or a person."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_not_helpful"

    def act(self, turn: Turn) -> list[Event]:
        """Offers what was not offered before, once."""
        last = turn.slot("article") or ""
        library = turn.services.library
        related = (
            [key for key in library.articles[last].related if key in library.articles]
            if last in library.articles
            else []
        )
        again = missed(turn)
        if related and not turn.tracker.get_slot("offered"):
            return offer(turn, related[:3], say("not_helpful"))
        if again:
            offer_person(turn, say("not_helpful_person"), "clarified")
        else:
            turn.say(say("not_helpful_none"), "clarified", [talk_to_person()])
        return remember(offered=None)


def learn(turn: Turn) -> list[Event]:
    """Remembers a stated town; a country only when the message is about the person, not about their question."""
    events: list[Event] = []
    if (town := turn.entity("municipality")) in turn.services.library.municipalities:
        events += remember(municipality=town)
    if (country := turn.entity("country")) and turn.intent in ("inform", "correct"):
        events += remember(country=country)
    return events
