"""Sends an agent's answer, or says why it was not sent. Nothing is accepted that would not go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from sqlalchemy.orm import Session

from desk import inserting, lookup, person, template_form
from desk.access import SignedIn
from desk.permissions import Action
from desk.reading import conversation as reading
from desk.reading import reach
from desk.reading.reach import Free, Window
from desk.services import DeskServices
from desk.template_form import Chosen
from dossiers import audit, canned, conversations, drafts, handovers
from dossiers.models import Message
from dossiers.signs import COLLEAGUE_TYPES
from knowledge import checking_replies
from knowledge.checking_replies import Finding
from knowledge.versions import digest

MOST_ARTICLES = 3
log = structlog.get_logger(__name__)


class NotSent(Exception):
    """The answer was not sent; ``text`` tells the agent why. ``used``: something else was sent under its identity."""

    def __init__(self, text: str, *, used: bool = False) -> None:
        super().__init__(text)
        self.text, self.used = text, used


class Doubted(NotSent):
    """The answer states something else than the knowledge. It can be sent all the same: with its ``digest``."""

    def __init__(self, findings: Sequence[Finding], digest: str) -> None:
        super().__init__("Please look at this before you send. Your text was not sent yet.")
        self.findings, self.digest = findings, digest


def send(
    desk: DeskServices,
    who: SignedIn,
    conversation_id: str,
    text: str,
    client_id: str,
    template: Chosen | None = None,
    *,
    articles: Sequence[str] = (),
    looked_at: str = "",
) -> None:
    """Sends words of the agent's own, or a template whose text they are. The same ``client_id`` again sends nothing.

    ``articles``: whose sources go along; ``looked_at``: the digest of the text for which the agent has seen what is
    doubted, and sends it all the same.

    Raises:
        NotSent: the agent does not have the floor, the channel does not take it now, or a gap is still open.
        Doubted: it states something else than the knowledge, and the agent has not seen that yet.
        Refused: 404, there is no such conversation.
    """
    own_id = f"desk-{client_id}" if client_id else None
    now = desk.clock()
    delivery = template.delivery() if template else None
    look = _look_over(desk, who, conversation_id, text, own_id, articles, looked_at) if template is None else None
    try:
        with desk.database.write() as session:
            conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
            conversations.lock(session, conversation_id)
            is_new = own_id is None or conversations.by_client_id(session, conversation_id, own_id) is None
            message = handovers.reply(session, conversation, who.agent, text, own_id, now, template=delivery)
            if is_new:
                problem = why_not(reach.window(session, conversation, now), template)
                if problem:
                    raise NotSent(problem)
                if look is not None:
                    _complete(session, who, message, look, now)
                if template is None:
                    drafts.drop(session, conversation_id, who.agent.id)
            sent = message.text
    except handovers.NotYours:
        with desk.database.read() as session:
            raise NotSent(_not_yours(session, who, conversation_id)) from None
    desk.hub.unsign(conversation_id, COLLEAGUE_TYPES)
    desk.hub.wake(conversation_id)
    if sent != text:
        sentence = "An earlier version of this answer was sent already. Send again if this one should follow."
        raise NotSent(sentence, used=True)


@dataclass(frozen=True, slots=True)
class _Look:
    """What goes along with an answer, and what was found in it that the agent sends all the same."""

    sources: list[dict[str, Any]]
    facts: list[str]
    findings: Sequence[Finding]


def _look_over(
    desk: DeskServices,
    who: SignedIn,
    conversation_id: str,
    text: str,
    own_id: str | None,
    articles: Sequence[str],
    looked_at: str,
) -> _Look | None:
    """Looks at an answer before it goes; nothing is locked meanwhile. None: it will not go, or was sent before."""
    library, today = desk.library, desk.today()
    with desk.database.read() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
        if own_id is not None and conversations.by_client_id(session, conversation_id, own_id) is not None:
            return None
        if not reading.floor_of(session, conversation, who.agent.id).mine:
            return None
        if why_not(reach.window(session, conversation, desk.clock()), None):
            return None
        about = person.of_conversation(session, conversation, who.agent.name, library, today)
    if open_gaps := canned.gaps(text):
        named = " and ".join(f"{{{one}}}" for one in open_gaps)
        raise NotSent(f"Your text was not sent: {named} is still in it. Write what belongs there.")
    chosen = [one for one in dict.fromkeys(articles) if one in library.articles][:MOST_ARTICLES]
    findings = checking_replies.check(text, library, about.profile, today, [*chosen, *about.subjects])
    if findings and looked_at != digest(text):
        raise Doubted(findings, digest(text))
    sources = [asdict(source) for source in inserting.sources(chosen, about, library, today)]
    return _Look(sources, [fact for one in chosen for fact in library.articles[one].fact_ids], findings)


def _complete(session: Session, who: SignedIn, message: Message, look: _Look, now: dt.datetime) -> None:
    """Lets the sources go along, and records with codes what was sent in doubt."""
    message.sources, message.facts = look.sources, look.facts
    session.flush()
    if look.findings:
        codes: dict[str, str | int | bool | None] = {
            f"finding_{place}": one.code[:80] for place, one in enumerate(look.findings, 1)
        }
        actor, subject = f"agent:{who.agent.id}", f"conversation:{message.conversation_id}"
        audit.note(session, actor=actor, action="reply.sent_in_doubt", subject=subject, now=now, details=codes)
        log.info("reply_sent_in_doubt", conversation=message.conversation_id, findings=len(look.findings))


def why_not(window: Window, template: Chosen | None) -> str:
    """Why the channel does not take an answer now, and what can be done; empty when it does."""
    kept = "Your text was not sent; it is kept here."
    if window.free is Free.STOPPED:
        return f"This person asked us to write no more on {window.channel}. {kept}"
    if window.free is Free.ELSEWHERE:
        return f"This person goes on in another conversation on {window.channel}. {kept}"
    if template is not None and not window.templates:
        return f"Templates are for WhatsApp; this person writes on {window.channel}. Write an answer of your own."
    if template is not None and not template_form.allowed(template.template, window):
        return "This template is only for people who agreed to be written to first. Please choose another."
    if template is None and window.free is Free.CLOSED:
        return (
            f"{window.channel} takes no free text now: the person last wrote more than 24 hours ago. {kept} "
            "Send a template; when the person writes back, you can send your answer."
        )
    return ""


def _not_yours(session: Session, who: SignedIn, conversation_id: str) -> str:
    now = reading.floor_of(session, lookup.conversation(session, who, conversation_id), who.agent.id)
    if now.mine:
        return "Your time with this conversation is over. Your text was not sent. Take the conversation again."
    if now.agent:
        return f"This conversation is with {now.agent} now. Your text was not sent."
    return "You do not have this conversation. Your text was not sent. Take the conversation first."
