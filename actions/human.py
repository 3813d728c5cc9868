"""`human`: brings in a person, at any moment."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn
from dossiers import choosing
from knowledge.wording import say


class ActionRequestHuman(AppAction):
    """Asks for a colleague: says how long it takes, or when somebody is there, and what can be done meanwhile."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_request_human"

    def act(self, turn: Turn) -> list[Event]:
        """Asks for a person once; asking again changes nothing."""
        with turn.services.database.write() as session:
            conversation = turn.conversation(session)
            if conversation is None:
                turn.say(say("no_desk_here"), "referred")
                return []
            offer = choosing.ask(session, conversation, "asked", turn.services.clock())
        turn.services.wake(str(turn.tracker.sender_id))
        turn.say(offer.text, "handed_over", offer.options)
        return []


def missed(turn: Turn) -> bool:
    """Counts a question that was not answered. True from the second in a row on; every answer starts anew."""
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is None:
            return False
        conversation.missed_turns += 1
        return conversation.missed_turns >= choosing.MISSES_TO_OFFER_PERSON


def offer_person(turn: Turn, opening: str, outcome: str) -> None:
    """Offers a colleague and leaves the choice to the person; nothing is queued before they choose."""
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is None:
            turn.say(opening, outcome)
            return
        offer = choosing.offer(session, conversation, opening, turn.services.clock())
    turn.say(offer.text, outcome, offer.options)
