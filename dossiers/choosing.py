"""The person's side of a hand-over: they ask for a colleague, and choose to wait, to leave a message, or to go on with
the assistant. Nothing here speaks without the floor; every change of it is one of `dossiers.floor`.

A message that is left goes like this: the queue has the floor while the person writes it, so that the assistant does
not answer it. When it is written the assistant has the floor again, and the request stays open at the desk.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers import conversations, floor, handovers, hours, waiting
from dossiers.conversations import Said
from dossiers.models import Choice, Conversation, Handover, Message, Sender, Speaker
from dossiers.waiting import Outlook
from knowledge.wording import say

WAIT, LEAVE, GO_ON = "/wait_for_person", "/leave_message", "/back_to_bot"
PAYLOADS = {WAIT: Choice.WAIT, LEAVE: Choice.MESSAGE, GO_ON: Choice.ASSISTANT}
MISSES_TO_OFFER_PERSON = 2
LOOKED_AT = dt.timedelta(days=1)  # what a colleague closed is not brought to them again for so long
LOOK_BACK = 5
MOVED_AT_ONCE = 200

_I = (
    r"(?:(?:i(?:'ll| will|'d like to|'d rather|'m going to| would like to| want to| prefer to| can)|can (?:i|we)|may i|"
)
_I += r"let me|let's|let us) )?(?:just )?"
_PERSON = r"(?: for (?:(?:a|the|your|my) (?:colleague|person|human|agent)|some(?:one|body)|them|later))?"
_BOT = r"(?:the |you |this )*(?:assistant|chat ?bot|bot|computer)?"
_TYPED = {
    Choice.WAIT: rf"{_I}wait(?: here| then)?{_PERSON}",
    Choice.MESSAGE: rf"{_I}(?:leave|write|send) (?:you |them )?(?:a|my) message(?: instead| then)?{_PERSON}",
    Choice.ASSISTANT: r"never ?mind|forget (?:it|about it)|"
    rf"(?:(?:never ?mind|no|forget it)[, ]+)?{_I}(?:go|carry) on(?: with {_BOT})?|{_I}(?:go |talk )?back to {_BOT}",
}
_POLITE = r"(?:ok(?:ay)?|all ?right|fine|good|yes|no|sure|well|thanks|thank you|please|then|now|no problem)"


@dataclass(frozen=True, slots=True)
class Offer:
    """What to say to somebody who may talk to a colleague, and the buttons below it. ``fresh``: the request is new."""

    text: str
    options: list[dict[str, str]] = field(default_factory=list)
    fresh: bool = True

    def said(self, outcome: str = "handed_over") -> Said:
        """As a message."""
        return Said(self.text, outcome=outcome, options=self.options)


def typed(text: str) -> Choice | None:
    """The choice that a few words plainly make: "I'll wait", "leave a message", "never mind, go on"."""
    words = re.sub(r"[.!…]+", " ", text.lower().replace("’", "'")).strip()
    words = " ".join(words.split())
    for choice, pattern in _TYPED.items():
        if re.fullmatch(rf"(?:{_POLITE}[, ]+)*(?:{pattern})(?:[, ]+{_POLITE})*", words):
            return choice
    return None


def meant(session: Session, conversation: Conversation, payload: str | None, text: str) -> Choice | None:
    """The choice that a message makes: a button, or words while the buttons stand there. None: it is none."""
    if payload is not None:
        return PAYLOADS.get(payload)
    choice = typed(text)
    if choice is None:
        return None
    if conversation.speaker == Speaker.QUEUE:
        return choice
    statement = (
        select(Message.options)
        .where(Message.conversation_id == conversation.id, Message.sender != Sender.PERSON)
        .order_by(Message.id.desc())
        .limit(1)
    )
    offered = {option.get("payload") for option in session.scalars(statement).first() or ()}
    return choice if offered & {WAIT, LEAVE} else None


def options(found: Outlook | None, *leave_out: str) -> list[dict[str, str]]:
    """The buttons. Waiting is offered only while somebody is there."""
    titles = {WAIT: say("choice_wait"), LEAVE: say("choice_message"), GO_ON: say("queue_back")}
    left_out = {*leave_out, *(() if found is None or found.is_open else (WAIT,))}
    return [{"title": title, "payload": payload} for payload, title in titles.items() if payload not in left_out]


def offer(session: Session, conversation: Conversation, opening: str, now: dt.datetime) -> Offer:
    """Offers a colleague. Nothing is queued before the person chooses."""
    found = waiting.outlook(session, conversation.team_id, now)
    return Offer(" ".join([opening, waiting.told(found, now), _ask(found)]), options(found), fresh=False)


def _ask(found: Outlook) -> str:
    return say("choose_open" if found.is_open else "choose_closed")


def ask(session: Session, conversation: Conversation, reason: str, now: dt.datetime, opening: str = "") -> Offer:
    """Asks for a colleague. While somebody is there the conversation joins the queue; else the request is kept, the
    assistant goes on, and the person hears when somebody is there again."""
    if conversation.speaker == Speaker.AGENT:
        return Offer(say("queue_with_agent"), fresh=False)
    earlier = handovers.open_handover(session, conversation.id)
    found = _outlook(session, conversation, earlier, now)
    if found.is_open:
        fresh = handovers.request(session, conversation, reason, now)
        opening = opening or say("queue_joined" if fresh else "queue_already")
    else:
        fresh = earlier is None
        handovers.keep_open(session, conversation, reason, now).after_hours = True
        opening = opening or say("queue_kept" if fresh else "queue_kept_already")
    return Offer(" ".join([opening, waiting.told(found, now), _ask(found)]), options(found), fresh)


def _outlook(session: Session, conversation: Conversation, request: Handover | None, now: dt.datetime) -> Outlook:
    return waiting.outlook(session, conversation.team_id, now, before=request.requested_at if request else None)


def choose(session: Session, conversation: Conversation, choice: Choice, now: dt.datetime) -> Said | None:
    """Does what the person chose and gives what they are told. None: nothing is to be said, because a colleague has
    the floor, or because it was said already."""
    if conversation.speaker == Speaker.AGENT:
        return None
    match choice:
        case Choice.WAIT:
            return _wait(session, conversation, now)
        case Choice.MESSAGE:
            return _leave(session, conversation, now)
        case _:
            return _go_on(session, conversation, now)


def _reason(conversation: Conversation) -> str:
    return "missed" if conversation.missed_turns >= MISSES_TO_OFFER_PERSON else "asked"


def _wait(session: Session, conversation: Conversation, now: dt.datetime) -> Said:
    found = _outlook(session, conversation, handovers.open_handover(session, conversation.id), now)
    if not found.is_open:
        return ask(session, conversation, _reason(conversation), now).said()
    handovers.request(session, conversation, _reason(conversation), now)
    handover = handovers.keep_open(session, conversation, _reason(conversation), now)
    handover.choice, handover.chosen_at = Choice.WAIT, now
    text = f"{say('choice_wait_taken')} {waiting.told(found, now)}"
    return Said(text, outcome="handed_over", options=options(found, WAIT))


def _leave(session: Session, conversation: Conversation, now: dt.datetime) -> Said:
    handovers.request(session, conversation, _reason(conversation), now)
    handover = handovers.keep_open(session, conversation, _reason(conversation), now)
    handover.choice, handover.chosen_at = Choice.MESSAGE, now
    handover.after_hours = handover.after_hours or not hours.open_now(session, conversation.team_id, now)
    return Said(say("choice_message_taken"), outcome="handed_over", options=options(None, WAIT, LEAVE))


def _go_on(session: Session, conversation: Conversation, now: dt.datetime) -> Said | None:
    conversation.missed_turns = 0
    if handovers.go_on_with_bot(session, conversation, say, now):
        return None
    handover = handovers.open_handover(session, conversation.id)
    if handover is None:
        return Said(say("back_to_bot"))
    handover.choice, handover.chosen_at = Choice.ASSISTANT, now
    kept = handovers.stays_open(handover)
    handover.closed_at = None if kept else now
    return Said(say("back_to_bot_kept" if kept else "back_to_bot"))


def writing(session: Session, conversation: Conversation) -> Handover | None:
    """The request whose message the person is about to write; None: they write no message to be left."""
    if conversation.speaker != Speaker.QUEUE:
        return None
    handover = handovers.open_handover(session, conversation.id)
    return handover if handover is not None and handover.choice == Choice.MESSAGE else None


def message_left(
    session: Session, conversation: Conversation, handover: Handover, now: dt.datetime, *, more: bool = False
) -> Said | None:
    """The person wrote the message. It is kept for the colleagues, and the assistant has the floor again.

    ``more``: another message waits behind it and belongs to it; then nothing is said yet.
    """
    handover.message_left_at = handover.message_left_at or now
    handover.after_hours = handover.after_hours or not hours.open_now(session, conversation.team_id, now)
    if more or not floor.resume(session, conversation.id):
        return None
    found = _outlook(session, conversation, handover, now)
    answered = say("message_answered_open") if found.is_open else waiting.told(found, now)
    again = [{"title": say("choice_message_more"), "payload": LEAVE}]
    return Said(f"{say('message_kept')} {answered} {say('message_go_on')}", outcome="handed_over", options=again)


def look_soon(session: Session, conversation: Conversation, risks: Iterable[str], now: dt.datetime) -> Said | None:
    """Asks colleagues to look, because of what the person wrote. They are told, and choose what happens meanwhile.

    None: a colleague has the floor, looks already, or has looked at the same not long ago.
    """
    risks = set(risks)
    if not risks or conversation.speaker == Speaker.AGENT:
        return None
    earlier = handovers.open_handover(session, conversation.id)
    if earlier is None:
        risks -= _looked_at(session, conversation, now)
        if not risks:
            return None
    handover = handovers.keep_open(session, conversation, "risk", now, risks=risks)
    if earlier is not None:
        return None
    found = _outlook(session, conversation, handover, now)
    handover.after_hours = not found.is_open
    danger = [say("risk_danger")] if "violence" in risks else []
    text = " ".join([*danger, say("risk_seen"), waiting.told(found, now), _ask(found)])
    return Offer(text, options(found)).said()


def _looked_at(session: Session, conversation: Conversation, now: dt.datetime) -> set[str]:
    statement = select(Handover.risks).where(
        Handover.conversation_id == conversation.id, Handover.closed_at > now - LOOKED_AT
    )
    return {risk for risks in session.scalars(statement) for risk in risks or ()}


def close_for_the_day(session: Session, now: dt.datetime) -> list[str]:
    """Turns the requests of everybody who waits for a team that has gone home into messages, and tells them. Who is
    writing a message finishes it. Returns the conversations."""
    waiting_for = session.scalars(select(Conversation.team_id).where(Conversation.speaker == Speaker.QUEUE).distinct())
    calendars = {team_id: hours.calendar(session, team_id, now) for team_id in waiting_for.all()}
    moved = []
    for team_id, calendar in calendars.items():
        if calendar.is_open(now):
            continue
        told = waiting.closed_in_words(calendar.next_open(now), now)
        for conversation, handover in _in_queue(session, team_id):
            if floor.resume(session, conversation.id):
                _moved(session, conversation, handover, told, now)
                moved.append(conversation.id)
    return moved


def _in_queue(session: Session, team_id: str | None) -> Sequence[tuple[Conversation, Handover]]:
    statement = (
        select(Conversation, Handover)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .where(Conversation.speaker == Speaker.QUEUE, Handover.closed_at.is_(None))
        .where(Conversation.team_id.is_(None) if team_id is None else Conversation.team_id == team_id)
        .where((Handover.choice.is_(None)) | (Handover.choice != Choice.MESSAGE))
        .order_by(Handover.id)
        .limit(MOVED_AT_ONCE)
    )
    return [(conversation, handover) for conversation, handover in session.execute(statement)]


def _moved(session: Session, conversation: Conversation, handover: Handover, told: str, now: dt.datetime) -> None:
    handover.message_left_at, handover.after_hours = handover.message_left_at or now, True
    text = f"{say('closed_for_the_day')} {told} {say('message_go_on')}"
    more = [{"title": say("choice_message_more"), "payload": LEAVE}]
    conversations.add(session, conversation, Sender.SYSTEM, Said(text, outcome="handed_over", options=more), now)
