"""`erase_dossier`: withdraws consent and erases, after asking once."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, option, remember
from actions.dossier.keeping import kept
from dossiers import record
from dossiers.questions import KEYS
from knowledge.wording import say

CONFIRM = '/erase_dossier{"confirm": "yes"}'


class ActionEraseDossier(AppAction):
    """Asks first; erases when the person confirms with the button."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_erase_dossier"

    def act(self, turn: Turn) -> list[Event]:
        """Asks, or erases and says so."""
        if kept(turn) is None:
            turn.say(say("dossier_none_to_erase"), "dossier")
            return []
        if turn.entity("confirm") != "yes":
            turn.say(say("erase_ask"), "dossier", [option(say("erase_yes"), CONFIRM), option(say("erase_no"), "/deny")])
            return []
        with turn.services.database.write() as session:
            conversation = turn.conversation(session)
            if conversation is not None:
                record.erase(session, conversation.person_id, turn.services.clock())
        turn.say(say("erased"), "dossier")
        return remember(**dict.fromkeys(KEYS))
