"""`my_data`: the link to the page on which people see and decide everything that is kept about them."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, option
from dossiers import consents, record
from knowledge.wording import say

SHOW, ERASE, WITHDRAW, END = "/show_dossier", "/erase_dossier", "/withdraw_consent", "/end_chat"


class ActionMyData(AppAction):
    """Gives the link, and what can be done here in the chat too."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_my_data"

    def act(self, turn: Turn) -> list[Event]:
        """Says it."""
        services = turn.services
        with services.database.read() as session:
            conversation = turn.conversation(session)
            if conversation is None:
                turn.say(say("my_data_nothing"), "smalltalk")
                return []
            dossier = record.dossier_of(session, conversation.person_id) is not None
            agreed = bool(consents.all_held(session, conversation.person_id))
        link = f"[{say('my_data_open')}]({services.data_link(conversation.id)})"
        options = [option(say("my_data_show"), SHOW)] if dossier else []
        options += [option(say("my_data_withdraw"), WITHDRAW)] if agreed else []
        options += [option(say("dossier_erase"), ERASE), option(say("my_data_end"), END)]
        hours = str(services.data_link_hours)
        turn.say(f"{say('my_data')}\n\n{link}\n\n{say('my_data_link', hours=hours)}", "dossier", options)
        return []
