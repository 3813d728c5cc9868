"""`erase_dossier`: erases the dossier and the plan, or everything about the person, after asking what and whether."""

from __future__ import annotations

import re

from actions.base import AppAction, Event, Turn, option, remember
from actions.dossier.keeping import kept
from dossiers import audit, plans, record
from dossiers.models import Right
from dossiers.privacy import erasing, receipts
from dossiers.questions import KEYS
from knowledge.wording import say

# What the bot remembers of the plan.
PLAN_SLOTS = ("situation", "planned", "asked", "unasked", "shown", "before")
DOSSIER, EVERYTHING = "dossier", "everything"
KEEP = "/deny"
_EVERYTHING = re.compile(r"\beverything\b|\bforget me\b|\ball (?:of )?(?:my|the|it)\b|\babout me\b", re.IGNORECASE)
_DOSSIER = re.compile(r"\bdossier\b|\bmy (?:file|plan|answers)\b", re.IGNORECASE)


def asking(what: str) -> str:
    """The payload that asks for this."""
    return f'/erase_dossier{{"choice": "{what}"}}'


def confirming(what: str) -> str:
    """The payload that does it."""
    return f'/erase_dossier{{"confirm": "yes", "choice": "{what}"}}'


def meant(text: str) -> str | None:
    """What the words say is to be erased; None when they do not tell, and for a button."""
    if text.startswith("/"):
        return None
    return EVERYTHING if _EVERYTHING.search(text) else DOSSIER if _DOSSIER.search(text) else None


class ActionEraseDossier(AppAction):
    """Asks what; asks whether it is sure; erases when the person confirms with the button."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_erase_dossier"

    def act(self, turn: Turn) -> list[Event]:
        """Asks, or erases and says so."""
        has_dossier = kept(turn) is not None or has_plan(turn)
        what, sure = turn.entity("choice") or meant(turn.text), turn.entity("confirm") == "yes"
        if what is None and not sure:
            return self._which(turn) if has_dossier else self._sure(turn, EVERYTHING)
        if what == EVERYTHING:
            return self._everything(turn) if sure else self._sure(turn, EVERYTHING)
        if not has_dossier:
            turn.say(say("dossier_none_to_erase"), "dossier", [option(say("erase_everything"), asking(EVERYTHING))])
            return []
        return self._dossier(turn) if sure else self._sure(turn, DOSSIER)

    def _which(self, turn: Turn) -> list[Event]:
        options = [
            option(say("erase_dossier_only"), asking(DOSSIER)),
            option(say("erase_everything"), asking(EVERYTHING)),
            option(say("erase_no"), KEEP),
        ]
        turn.say(say("erase_which"), "dossier", options)
        return []

    def _sure(self, turn: Turn, what: str) -> list[Event]:
        sentence, yes = ("erase_ask", "erase_yes") if what == DOSSIER else ("erase_all_ask", "erase_all_yes")
        turn.say(say(sentence), "dossier", [option(say(yes), confirming(what)), option(say("erase_no"), KEEP)])
        return []

    def _dossier(self, turn: Turn) -> list[Event]:
        now = turn.services.clock()
        number = ""
        with turn.services.database.write() as session:
            conversation = turn.conversation(session)
            if conversation is not None:
                person = f"person:{conversation.person_id}"
                record.erase(session, conversation.person_id, now)
                audit.note(session, actor=person, action="dossier.erased", subject=person, now=now)
                number = receipts.write(session, conversation.person_id, Right.ERASE, {"dossiers": 1}, now).number
        turn.say("\n\n".join([say("erased"), *([say("receipt", number=number)] if number else [])]), "dossier")
        return remember(**dict.fromkeys((*KEYS, *PLAN_SLOTS)))

    def _everything(self, turn: Turn) -> list[Event]:
        """Everything goes as soon as this answer has left, so that the person still gets its number."""
        with turn.services.database.write() as session:
            conversation = turn.conversation(session)
            if conversation is None:
                turn.say(say("dossier_none_to_erase"), "dossier")
                return []
            number = erasing.ask(session, conversation.person_id, turn.services.clock())
        turn.say(f"{say('erased_all')}\n\n{say('receipt', number=number)}", "dossier")
        return remember(**dict.fromkeys((*KEYS, *PLAN_SLOTS, "article", "offered", "municipality", "country")))


def has_plan(turn: Turn) -> bool:
    """Whether a plan is kept of this person, or what would make one is remembered."""
    if turn.tracker.get_slot("situation"):
        return True
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        return conversation is not None and plans.kept(session, conversation.person_id) is not None
