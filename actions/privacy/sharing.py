"""Sharing the profile, partner by partner: the question of the dossier, and what its answers mean."""

from __future__ import annotations

import re
from collections.abc import Collection

from actions.base import AppAction, Event, Turn, option
from dossiers import agreements, consents
from dossiers.consents import SHARE
from dossiers.models import Where
from dossiers.questions import NO, YES
from knowledge.library import Library
from knowledge.wording import say

ALL, THAT_IS_ALL = "all", "that-is-all"
_NOT = re.compile(r"\b(?:no|not|none|never|without|except|don'?t|neither|nee|non)\b", re.IGNORECASE)
_ALL = re.compile(
    r"^\W*(?:yes\W+)?(?:with\s+)?(?:all|everyone|everybody)\b|\ball (?:of (?:them|these)|partners)\b", re.IGNORECASE
)


def choose(value: str) -> str:
    """The payload that answers the question of the dossier with a partner, or with one of the words above."""
    return f'/inform{{"share_profile": "{value}"}}'


def named(library: Library, text: str) -> list[str]:
    """The partners that somebody names, or all of them; none when the words also take something away."""
    if text.startswith("/") or _NOT.search(text):
        return []
    if _ALL.search(text):
        return list(library.partners)
    words = set(re.findall(r"\w+", text.casefold()))
    return [key for key, partner in library.partners.items() if {key, partner.name.casefold()} & words]


def shared_with(turn: Turn) -> frozenset[str]:
    """The partners with which the person shares their profile now, of those that there are."""
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        held = consents.partners_of(session, conversation.person_id) if conversation else frozenset()
    return held & turn.services.library.partners.keys()


def share(turn: Turn, partners: Collection[str]) -> None:
    """Keeps the consent to share with each of these partners."""
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is None:
            return
        for partner in partners:
            agreements.give(
                session,
                conversation.person_id,
                turn.services.library,
                f"{SHARE}:{partner}",
                where=Where.CHAT,
                message_id=turn.message_id,
                now=turn.services.clock(),
            )


def share_with_none(turn: Turn) -> None:
    """Takes back what may have been agreed before."""
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is not None:
            agreements.take_back(
                session,
                conversation.person_id,
                SHARE,
                where=Where.CHAT,
                message_id=turn.message_id,
                now=turn.services.clock(),
            )


def answered(turn: Turn, value: str) -> str | None:
    """What an answer to the question means for the dossier: yes, no, or None: a partner must still be chosen.

    ``value``: what was read as the answer, or the choice that a button carries.
    """
    library = turn.services.library
    picked = list(library.partners) if value == ALL else [value] if value in library.partners else []
    picked = picked or named(library, turn.text)
    if picked:
        share(turn, picked)
        return YES if shared_with(turn) >= library.partners.keys() else None
    if value == THAT_IS_ALL:
        return YES if shared_with(turn) else NO
    if value == NO or not library.partners:
        share_with_none(turn)
        return NO
    return None


class ActionAskShareProfile(AppAction):
    """The question of the dossier about sharing: whether, then with whom, then with whom else."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_ask_share_profile"

    def act(self, turn: Turn) -> list[Event]:
        """Asks what is still open after the last answer."""
        partners = turn.services.library.partners
        held = shared_with(turn)
        names = [partners[key].name for key in partners if key in held]
        if turn.entity("share_profile") in partners or (names and named(turn.services.library, turn.text)):
            turn.say(say("share_more", partners=joined(names)), "dossier", _options(turn, held, more=True))
        elif turn.intent == "affirm" or turn.text.casefold().startswith("yes"):
            turn.say(say("share_with_whom"), "dossier", _options(turn, held, more=False))
        else:
            turn.say(_question(turn), "dossier", _yes_or_no())
        return []


def joined(names: Collection[str]) -> str:
    """Names in a sentence."""
    found = list(names)
    return "".join(found) if len(found) < 2 else f"{', '.join(found[:-1])}{say('and')}{found[-1]}"


def _question(turn: Turn) -> str:
    """The text that is agreed to, with each partner by name."""
    library = turn.services.library
    lines = "\n".join(f"- {agreements.partner_line(library, key)}" for key in library.partners)
    return f"{say('share_ask')}\n\n{library.consents[SHARE].text}\n\n{lines}"


def _options(turn: Turn, held: Collection[str], *, more: bool) -> list[dict[str, str]]:
    left = {key: one for key, one in turn.services.library.partners.items() if key not in held}
    found = [option(say("share_with", partner=one.name), choose(key)) for key, one in left.items()]
    if len(left) > 1:
        found.insert(0, option(say("share_with_all"), choose(ALL)))
    last = option(say("share_that_is_all"), choose(THAT_IS_ALL)) if more else option(say("share_no"), "/deny")
    return [*found, last, option(say("why_do_you_ask"), "/explain")]


def _yes_or_no() -> list[dict[str, str]]:
    return [
        option(say("share_yes"), "/affirm"),
        option(say("share_no"), "/deny"),
        option(say("skip_question"), "/skip"),
        option(say("why_do_you_ask"), "/explain"),
    ]
