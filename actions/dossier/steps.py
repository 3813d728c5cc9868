"""The other actions around the form: open, consent, explain, skip, pause, finish, show."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, option, remember, talk_to_person
from actions.dossier import wishes
from actions.dossier.keeping import form_slots, in_words, keep, kept
from dossiers import record, tasks
from dossiers.questions import KEYS, NO, NOT_ASKED, SKIPPED
from knowledge.wording import say

OPEN, ERASE = "/open_dossier", "/erase_dossier"


class ActionOpenDossier(AppAction):
    """Before the form: starts, or goes on where it stopped."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_open_dossier"

    def act(self, turn: Turn) -> list[Event]:
        """Fills the form's slots from what is kept."""
        if kept(turn) is not None:
            turn.say(say("dossier_continue"), "dossier")
        return form_slots(turn)


class ActionAskConsent(AppAction):
    """The consent question, with its current text."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_ask_consent"

    def act(self, turn: Turn) -> list[Event]:
        """Asks."""
        text = turn.services.library.consents["dossier"].text.strip()
        turn.say(text, "dossier", [option(say("consent_yes"), "/affirm"), option(say("consent_no"), "/deny")])
        return []


class ActionExplainQuestion(AppAction):
    """`explain` in the form: why a question is asked."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_explain_question"

    def act(self, turn: Turn) -> list[Event]:
        """Explains the open question; outside the form there is nothing to explain."""
        asked = turn.slot("requested_slot")
        if asked in KEYS:
            turn.dispatcher.utter_message(response=f"utter_explain_{asked}")
        else:
            turn.say(say("nothing_to_explain"), "smalltalk")
        return []


class ActionSkipQuestion(AppAction):
    """`skip` in the form."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_skip_question"

    def act(self, turn: Turn) -> list[Event]:
        """Keeps that the question was skipped. Consent cannot be skipped: without it there is no dossier."""
        asked = turn.slot("requested_slot")
        if asked not in KEYS:
            return []
        if asked == "consent":
            return remember(consent=NO, requested_slot=None)
        keep(turn, asked, SKIPPED)
        events = remember(**{asked: SKIPPED})
        if asked == "job_offer":
            events += remember(share_profile=NOT_ASKED)
        return events


class ActionPauseDossier(AppAction):
    """`stop` in the form."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_pause_dossier"

    def act(self, turn: Turn) -> list[Event]:
        """Says that everything is kept and how to go on."""
        if kept(turn) is None:
            turn.say(say("dossier_not_opened"), "dossier")
        else:
            turn.say(say("dossier_paused"), "dossier", [option(say("dossier_go_on"), OPEN), talk_to_person()])
        return []


class ActionSubmitDossier(AppAction):
    """After the form: shows back what is kept."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_submit_dossier"

    def act(self, turn: Turn) -> list[Event]:
        """Closes the form's part, or respects that the person did not agree."""
        fields = kept(turn)
        if turn.slot("consent") == NO and fields is not None:  # not to the new text: what holds is the one before
            turn.say(say("dossier_as_before"), "dossier", [option(say("dossier_erase"), ERASE), talk_to_person()])
            return remember(**dict.fromkeys(KEYS))
        if fields is None:
            turn.say(say("dossier_declined"), "dossier", [talk_to_person()])
            return remember(**dict.fromkeys(KEYS))
        with turn.services.database.write() as session:
            conversation = turn.conversation(session)
            dossier = record.dossier_of(session, conversation.person_id) if conversation else None
            if dossier is not None:
                dossier.completed_at = dossier.completed_at or turn.services.clock()
                tasks.propose_follow_ups(session, dossier.person_id, turn.services.clock())
        show(turn, "dossier_done")
        wishes.offer(turn)
        town = fields["home_town"].value if "home_town" in fields else None
        events = remember(municipality=town) if town in turn.services.library.municipalities else []
        country = fields["nationality"].value if "nationality" in fields else None
        return events + (remember(country=country) if country else [])


class ActionShowDossier(AppAction):
    """`show_dossier`."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_show_dossier"

    def act(self, turn: Turn) -> list[Event]:
        """Shows back what is kept, or offers to start."""
        if kept(turn) is None:
            turn.say(say("dossier_none"), "dossier", [option(say("dossier_start"), OPEN)])
        else:
            show(turn, "dossier_shown")
        return []


def show(turn: Turn, sentence: str) -> None:
    """Says what is kept, with the ways to change it."""
    lines = in_words(turn, kept(turn) or {}) or say("dossier_empty")
    options = [option(say("dossier_go_on"), OPEN), talk_to_person(), option(say("dossier_erase"), ERASE)]
    turn.say(f"{say(sentence)}\n\n{lines}\n\n{say('dossier_change')}", "dossier", options)
