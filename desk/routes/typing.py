"""While an agent types: the draft is kept, and the person sees that somebody writes. Never what is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from desk import conversation_page, lookup
from desk.access import Desk, SignedIn
from desk.answering import MOST_ARTICLES
from desk.conversation_page import LONGEST_REPLY
from desk.permissions import Action
from desk.reading import conversation as reading
from desk.routes.conversation import Articles, Id, Who
from desk.services import DeskServices
from dossiers import drafts
from dossiers.drafts import Kept
from dossiers.signs import COLLEAGUE_TYPES
from knowledge import nearness

router = APIRouter(prefix="/conversations/{conversation_id}")


@router.post("/draft")
async def keep(
    desk: Desk,
    who: Who,
    conversation_id: Id,
    text: Annotated[str, Form(max_length=LONGEST_REPLY)] = "",
    article: Articles = (),
    based_on: Annotated[str, Form(max_length=16)] = "",
    typing: Annotated[bool, Form()] = False,
) -> JSONResponse:
    """Keeps the draft and gives its revision; 409 with the other text when another window of this agent wrote
    meanwhile. ``typing``: tell the person, if this agent has the floor."""
    kept, changed, speaks = await run_in_threadpool(
        _keep, desk, who, conversation_id, text, tuple(article)[:MOST_ARTICLES], based_on
    )
    if typing and speaks and text.strip():
        desk.hub.sign(conversation_id, COLLEAGUE_TYPES)
        if desk.typing is not None:
            await desk.typing(conversation_id)
    elif not text.strip():
        desk.hub.unsign(conversation_id, COLLEAGUE_TYPES)
    await run_in_threadpool(nearness.prepare, desk.library)
    titles = conversation_page.attached(desk, kept.articles)
    given = (
        {"text": kept.text, "articles": titles, "revision": kept.revision} if changed else {"revision": kept.revision}
    )
    return JSONResponse(given, 409 if changed else 200)


def _keep(
    desk: DeskServices, who: SignedIn, conversation_id: str, text: str, articles: tuple[str, ...], based_on: str
) -> tuple[Kept, bool, bool]:
    now, text = desk.clock(), text.replace("\r\n", "\n").replace("\x00", "")
    with desk.database.write() as session:
        conversation = lookup.conversation(session, who, conversation_id, Action.CONVERSATION_SPEAK)
        speaks = reading.floor_of(session, conversation, who.agent.id).mine
        try:
            kept = drafts.save(session, conversation_id, who.agent.id, text, articles, based_on=based_on, now=now)
        except drafts.Changed as changed:
            return changed.theirs, True, speaks
        return kept, False, speaks
