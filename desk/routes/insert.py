"""Puts a prepared answer or an article into an answer, and makes a good answer the beginning of an article."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from desk import conversation_page, inserting, lookup, pages, person, suggesting
from desk.access import Desk, Refused, SignedIn, needs, signature
from desk.conversation_page import LONGEST_REPLY, Typed
from desk.inserting import Inserted
from desk.permissions import Action
from desk.problems import by_script
from desk.routes.conversation import Articles, Id, Who
from desk.routes.knowledge import in_words
from desk.services import PREFIX, DeskServices
from dossiers import canned
from dossiers.models import Message, Sender
from knowledge import editing

router = APIRouter(prefix="/conversations/{conversation_id}")
Suggests = Annotated[SignedIn, needs(Action.KNOWLEDGE_SUGGEST)]
MessageId = Annotated[int, Path(ge=1, le=2**31 - 1)]
log = structlog.get_logger(__name__)


@router.post("/insert")
def insert(
    request: Request,
    desk: Desk,
    who: Who,
    conversation_id: Id,
    text: Annotated[str, Form(max_length=LONGEST_REPLY * 2)] = "",
    article: Articles = (),
    words: Annotated[str, Form(max_length=200)] = "",
    put: Annotated[str, Form(max_length=160)] = "",
) -> Response:
    """Finds what can be inserted (``words``), or gives one of it (``put``: `answer:<id>` or `article:<id>`) with what
    is known of the person. Without scripts the page is shown again with what was typed."""
    with desk.database.read() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
        about = person.of_conversation(session, conversation, who.agent.name, desk.library, desk.today())
        inserted = _inserted(session, desk, who, put, about) if put else None
        found = inserting.find(session, who, words, about, desk.library)
    if inserted is not None:
        return _put(request, desk, who, conversation_id, text, tuple(article), inserted)
    if by_script(request):
        return HTMLResponse(pages.fragment("_found.html", desk, who, found=found, conversation_id=conversation_id))
    typed = Typed(text, articles=tuple(article), found=found)
    return conversation_page.show(request, desk, who, conversation_id, typed=typed)


def _inserted(session: Session, desk: DeskServices, who: SignedIn, put: str, about: person.Person) -> Inserted:
    kind, _, key = put.partition(":")
    if kind == "article" and key in desk.library.articles:
        return inserting.of_article(desk.library.articles[key], about, desk.library, desk.today())
    if kind == "answer":
        answer = canned.get(session, key, who.agent.id, who.teams, all_teams=inserting.sees_all(who))
        if answer is not None:
            return inserting.of_answer(answer, about)
    raise Refused(404, "This is not there any more. Please search again.")


def _put(
    request: Request,
    desk: DeskServices,
    who: SignedIn,
    conversation_id: str,
    text: str,
    articles: tuple[str, ...],
    inserted: Inserted,
) -> Response:
    if by_script(request):
        given = {"text": inserted.text, "article": inserted.article, "title": inserted.title, "remark": inserted.remark}
        return JSONResponse(given)
    whole = "\n\n".join(part for part in (text.strip(), inserted.text) if part)
    along = tuple(dict.fromkeys([*articles, *([inserted.article] if inserted.article else [])]))
    typed = Typed(whole, articles=along, remark=inserted.remark)
    return conversation_page.show(request, desk, who, conversation_id, typed=typed)


@router.post("/messages/{message_id}/suggest")
def suggest(desk: Desk, who: Suggests, conversation_id: Id, message_id: MessageId) -> Response:
    """Makes a colleague's answer, with the questions before it, the draft of an article. What looks personal is hidden;
    nothing is published by it."""
    with desk.database.read() as session:
        lookup.conversation(session, who, conversation_id)
        message = session.get(Message, message_id)
        if message is None or message.conversation_id != conversation_id or message.sender != Sender.AGENT:
            raise Refused(404, "There is no such answer of a colleague. It may have been erased.")
        made = suggesting.of_answer(session, message, desk.library, desk.today())
    note = "suggested"
    try:
        with in_words():
            who_wrote, why = (
                signature(who.agent),
                "Suggested from a conversation. Read it, find the source, write it anew.",
            )
            desk.editing.draft(made.id, made.text, who=who_wrote, now=desk.clock(), note=why, based_on="")
        log.info("article_suggested", article=made.id, agent=who.agent.id)
    except editing.Changed:
        note = "suggested-before"
    return RedirectResponse(f"{PREFIX}/conversations/{conversation_id}?note={note}#message-{message_id}", 303)
