"""What a person would like beside what must be arranged: offered once after the form, one button each.

The buttons are `/inform{"field": "interest", "value": "…"}`: what is told about oneself, as with those of the plan.
"""

from __future__ import annotations

from actions.base import Event, Turn, option, talk_to_person
from dossiers import interests, record
from dossiers.models import Dossier, Sender
from knowledge.wording import say

FIELD, ENOUGH = "interest", "none"
OPEN = "/open_dossier"


def offer(turn: Turn) -> None:
    """Asks, with a button for each interest of which nothing was said yet; says nothing when all were."""
    open_ones = _open(turn)
    if open_ones:
        turn.say(say("interests_ask"), "dossier", _buttons(open_ones))


def chosen(turn: Turn) -> list[Event] | None:
    """Keeps the interest that a button names and offers the others; None when the message is no such button."""
    if turn.entity("field") != FIELD:
        return None
    key = turn.entity("value") or ENOUGH
    if key not in interests.INTERESTS:
        turn.say(say("interests_done"), "dossier")
        return []
    if not _keep(turn, key):
        turn.say(say("interests_no_dossier"), "dossier", [option(say("dossier_start"), OPEN), talk_to_person()])
        return []
    left = _open(turn)
    sentence = say("interests_more" if left else "interests_all", what=interests.label(key))
    turn.say(sentence, "dossier", _buttons(left) if left else [])
    return []


def _keep(turn: Turn, key: str) -> bool:
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        dossier = record.dossier_of(session, conversation.person_id) if conversation else None
        if dossier is None:
            return False
        now = turn.services.clock()
        interests.put(session, dossier, key, True, stated_by=Sender.PERSON, message_id=turn.message_id, now=now)
    return True


def _open(turn: Turn) -> list[str]:
    """The interests of which nothing was said; none without a dossier."""
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        dossier: Dossier | None = record.dossier_of(session, conversation.person_id) if conversation else None
        said = interests.current(session, dossier.id) if dossier else dict.fromkeys(interests.INTERESTS)
    return [key for key in interests.INTERESTS if key not in said]


def _buttons(keys: list[str]) -> list[dict[str, str]]:
    return [
        *(option(interests.label(key), _payload(key)) for key in keys),
        option(say("interests_none"), _payload(ENOUGH)),
    ]


def _payload(key: str) -> str:
    return f'/inform{{"field": "{FIELD}", "value": "{key}"}}'
