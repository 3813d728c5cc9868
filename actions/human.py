"""`human`: brings in a person, at any moment."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, option
from dossiers import handovers
from knowledge.wording import say

BACK_TO_BOT = "/back_to_bot"


class ActionRequestHuman(AppAction):
    """Puts the conversation in the queue with its transcript and a summary."""

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
            asked = handovers.request(session, conversation, "asked", turn.services.clock())
        turn.services.wake(str(turn.tracker.sender_id))
        text = say("queue_joined" if asked else "queue_already")
        turn.say(text, "handed_over", [option(say("queue_back"), BACK_TO_BOT)])
        return []
