"""`erase_dossier`: withdraws consent and erases the dossier and the plan, after asking once."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, option, remember
from actions.dossier.keeping import kept
from dossiers import plans, record
from dossiers.questions import KEYS
from knowledge.wording import say

# What the bot remembers of the plan.
PLAN_SLOTS = ("situation", "planned", "asked", "unasked", "shown", "before")
CONFIRM = '/erase_dossier{"confirm": "yes"}'


class ActionEraseDossier(AppAction):
    """Asks first; erases when the person confirms with the button."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_erase_dossier"

    def act(self, turn: Turn) -> list[Event]:
        """Asks, or erases and says so."""
        if kept(turn) is None and not has_plan(turn):
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
        return remember(**dict.fromkeys((*KEYS, *PLAN_SLOTS)))


def has_plan(turn: Turn) -> bool:
    """Whether a plan is kept of this person, or what would make one is remembered."""
    if turn.tracker.get_slot("situation"):
        return True
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        return conversation is not None and plans.kept(session, conversation.person_id) is not None
