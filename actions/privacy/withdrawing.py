"""`withdraw_consent`: takes a consent back, by the words that were used or by a button."""

from __future__ import annotations

import re

from actions.base import AppAction, Event, Turn, option, remember
from dossiers import agreements, consents
from dossiers.agreements import EraseInstead
from dossiers.consents import CHAT, DOSSIER, EVALUATION, FOLLOW_UP, SHARE
from dossiers.models import ConsentRecord, Where
from dossiers.questions import NO
from knowledge.library import Library
from knowledge.wording import say

ERASE_DOSSIER = '/erase_dossier{"choice": "dossier"}'
ERASE_ALL = '/erase_dossier{"choice": "everything"}'
# In this order: the first that fits the words is meant.
_MEANT = {
    FOLLOW_UP: r"follow[- ]?up|\bmessages?\b|writ(?:e|ing) (?:to )?me|contact me|unsubscribe|how it goes|remind",
    EVALUATION: r"evaluat|survey|statistic|research",
    SHARE: r"\bshar|\bprofile\b|partner|employer|compan|recruiter|organi[sz]ation",
    DOSSIER: r"dossier|\bkeep|\bmy answers\b",
}


def taking_back(key: str) -> str:
    """The payload that takes one consent back."""
    return f'/withdraw_consent{{"choice": "{key}"}}'


def meant(text: str, library: Library) -> str | None:
    """Which consent the words are about, as `agreements.Choice.key`; None when they do not tell."""
    if text.startswith("/"):
        return None
    words = set(re.findall(r"\w+", text.casefold()))
    named = [key for key, partner in library.partners.items() if {key, partner.name.casefold()} & words]
    if len(named) == 1:
        return f"{SHARE}:{named[0]}"
    if named:
        return SHARE if len(named) == len(library.partners) else None
    return next((purpose for purpose, pattern in _MEANT.items() if re.search(pattern, text, re.IGNORECASE)), None)


class ActionWithdrawConsent(AppAction):
    """Takes back what was meant; asks which, when the words do not tell."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_withdraw_consent"

    def act(self, turn: Turn) -> list[Event]:
        """Takes it back at once: saying so is enough, nobody has to confirm or explain."""
        with turn.services.database.read() as session:
            conversation = turn.conversation(session)
            held = list(consents.all_held(session, conversation.person_id)) if conversation else []
        if not held:
            turn.say(say("withdraw_none"), "dossier")
            return []
        keys = _keys(held)
        wanted = turn.entity("choice") or meant(turn.text, turn.services.library)
        wanted = keys[0] if wanted is None and len(keys) == 1 else wanted
        if wanted is None:
            return self._ask(turn, keys)
        if wanted == CHAT:
            turn.say(say("withdraw_chat"), "dossier", [option(say("erase_everything"), ERASE_ALL)])
            return []
        return self._take_back(turn, wanted)

    def _ask(self, turn: Turn, keys: list[str]) -> list[Event]:
        options = [option(self._title(turn, key), taking_back(key)) for key in keys]
        turn.say(say("withdraw_which"), "dossier", [*options, option(say("withdraw_keep"), "/deny")])
        return []

    def _take_back(self, turn: Turn, key: str) -> list[Event]:
        services = turn.services
        try:
            with services.database.write() as session:
                conversation = turn.conversation(session)
                assert conversation is not None
                person, now = conversation.person_id, services.clock()
                receipt = agreements.take_back(
                    session, person, key, where=Where.CHAT, message_id=turn.message_id, now=now
                )
                shared = consents.partners_of(session, person)
        except EraseInstead:
            yes, no = option(say("erase_dossier_only"), ERASE_DOSSIER), option(say("erase_no"), "/deny")
            turn.say(say("withdraw_dossier"), "dossier", [yes, no])
            return []
        if receipt is None:
            turn.say(say("withdraw_not_held", what=self._title(turn, key)), "dossier")
            return []
        purpose, _ = agreements.split(key)
        gone = services.library.consents[purpose].gone if purpose in services.library.consents else ""
        done = say("withdraw_done", what=self._title(turn, key))
        turn.say(f"{done} {gone}".strip() + f"\n\n{say('receipt', number=receipt.number)}", "dossier")
        return remember(share_profile=NO) if purpose == SHARE and not shared else []

    def _title(self, turn: Turn, key: str) -> str:
        """What a consent is called: `Follow-up messages`, `Sharing my profile with VDAB`."""
        purpose, partner = agreements.split(key)
        library = turn.services.library
        if partner:
            name = library.partners[partner].name if partner in library.partners else partner
            return say("consent_share_with", partner=name)
        if purpose == SHARE:
            return say("consent_share_all")
        return library.consents[purpose].title if purpose in library.consents else say("consent_chat")


def _keys(held: list[ConsentRecord]) -> list[str]:
    """What holds, each once; with more than one partner also "all partners"."""
    keys = [f"{one.purpose}:{one.partner}" if one.partner else one.purpose for one in held]
    found = list(dict.fromkeys(keys))
    partners = [key for key in found if key.startswith(f"{SHARE}:")]
    return [SHARE, *found] if len(partners) > 1 else found
