"""`end_chat`: ends the conversation, after asking once."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, option
from dossiers.privacy import ending
from knowledge.wording import say

CONFIRM = '/end_chat{"confirm": "yes"}'


class ActionEndChat(AppAction):
    """Asks first: nobody can go on in a chat that was ended."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_end_chat"

    def act(self, turn: Turn) -> list[Event]:
        """Asks, or ends it and says goodbye."""
        services = turn.services
        conversation_id = str(turn.tracker.sender_id)
        with services.database.read() as session:
            known = turn.conversation(session) is not None
        if not known:
            turn.dispatcher.utter_message(response="utter_goodbye")
            return []
        if turn.entity("confirm") != "yes":
            link = f"[{say('my_data_open')}]({services.data_link(conversation_id)})"
            options = [option(say("end_chat_yes"), CONFIRM), option(say("end_chat_no"), "/deny")]
            turn.say(f"{say('end_chat_ask')}\n\n{link}", "smalltalk", options)
            return []
        receipt = ending.end_chat(services.database, conversation_id, services.clock())
        services.wake(conversation_id)
        turn.say(say("receipt", number=receipt.number) if receipt else say("end_chat_over"), "smalltalk")
        return []
