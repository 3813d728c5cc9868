"""The page of one conversation: read, or shown again with what an agent typed and why it was not sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request, Response
from sqlalchemy.orm import Session

from desk import lookup, pages, template_form
from desk.access import SignedIn
from desk.answering import Doubted, why_not
from desk.inserting import Found
from desk.permissions import Action
from desk.reading import conversation as reading
from desk.reading import tasks as follow_up
from desk.reading import transfers as passed_on
from desk.reading.beside import Around
from desk.services import DeskServices
from desk.template_form import Chosen
from dossiers import briefing, drafts, handovers, notes
from dossiers.models import Conversation

LONGEST_REPLY = 4000
LONGEST_SUMMARY = handovers.LONGEST_SUMMARY
LONGEST_NOTE = notes.LONGEST


@dataclass(frozen=True, slots=True)
class Typed:
    """What an agent is busy with on the page. ``problem``: why the text was not sent; ``client_id``: the identity of
    what was typed, kept so that it can never be sent twice; ``chosen``: a template that is being filled in, and why
    that was not sent; ``articles``: whose sources will go along; ``doubted``: what was found in the text; ``found``:
    what can be put into it, and a ``remark`` about what just was; ``note``: a note that was not kept, and why."""

    text: str = ""
    problem: str = ""
    client_id: str = ""
    chosen: Chosen | None = None
    template_problem: str = ""
    articles: tuple[str, ...] = ()
    doubted: Doubted | None = None
    found: Found | None = None
    remark: str = ""
    note: str = ""
    note_problem: str = ""


NOTHING = Typed()


def show(
    request: Request,
    desk: DeskServices,
    who: SignedIn,
    conversation_id: str,
    *,
    around: int | None = None,
    note: str = "",
    focus: bool = False,
    typed: Typed = NOTHING,
    status: int = 200,
) -> Response:
    """The page. ``around``: the id of an older message that must be on it; ``focus``: whether the answer's field has
    the focus at once.

    Raises:
        Refused: 404, there is no such conversation.
    """
    with desk.database.read() as session:
        conversation = lookup.conversation(session, who, conversation_id)
        view = reading.view(session, conversation, who.agent.id, desk.library, desk.clock())
        first = reading.first_shown(session, conversation_id, around)
        lines = reading.lines(session, conversation, first, view.name, desk.library)
        earlier = bool(lines) and reading.has_earlier(session, conversation_id, lines[0].id)
        draft = drafts.of(session, conversation_id, who.agent.id)
        more = _beside(session, desk, who, conversation, told=bool(view.summary))
    if typed is NOTHING or (not typed.text and not typed.articles):
        typed = replace(typed, text=draft.text, articles=draft.articles)
    _seen(desk, who, conversation_id)
    return pages.page(
        request,
        "conversation.html",
        status=status,
        view=view,
        here=conversation_id,
        conversation_id=conversation_id,
        lines=lines,
        last_id=lines[-1].id if lines else 0,
        earlier=lines[0].id if earlier else None,
        note=note,
        just_taken=focus,
        typed=typed,
        draft=draft,
        attached=attached(desk, typed.articles),
        template_problem=typed.template_problem or (typed.chosen and why_not(view.window, typed.chosen)),
        offered=template_form.offered(view.window),
        reply_id=(not typed.chosen and typed.client_id) or secrets.token_urlsafe(16),
        template_id=(typed.chosen and typed.client_id) or secrets.token_urlsafe(16),
        longest=LONGEST_REPLY,
        longest_summary=LONGEST_SUMMARY,
        longest_note=LONGEST_NOTE,
        **more,
    )


def attached(desk: DeskServices, articles: tuple[str, ...]) -> list[tuple[str, str]]:
    """Id and title of the articles whose sources go along."""
    return [(one, desk.library.articles[one].title) for one in articles if one in desk.library.articles]


def _beside(
    session: Session, desk: DeskServices, who: SignedIn, conversation: Conversation, *, told: bool
) -> dict[str, Any]:
    """What stands beside the messages, but for what `reading.view` gives. ``told``: the summary of the request tells
    the last questions already."""
    now = desk.clock()
    brief = briefing.brief(session, conversation, desk.library, desk.today())
    return {
        **dict(Around.of(session, desk, who, conversation.id).parts()),
        "briefing": replace(brief, asked=()) if told else brief,
        "titles": {article.id: article.title for article in desk.library.articles.values()},
        "today": desk.today(),
        "transfers": passed_on.history(session, conversation.id, desk.library),
        "tasks": follow_up.of_person(session, who, conversation.person_id, now, conversation.id)
        if who.may(Action.TASK_EDIT)
        else None,
    }


def _seen(desk: DeskServices, who: SignedIn, conversation_id: str) -> None:
    """Notes that name this agent count as read once the page is shown."""
    with desk.database.read() as session:
        unread = any(
            one.note.conversation_id == conversation_id for one in notes.mentions_of(session, who.agent.id, unread=True)
        )
    if unread:
        with desk.database.write() as session:
            notes.seen(session, conversation_id, who.agent.id, desk.clock())
        desk.hub.wake(conversation_id)
