"""The draft of an article: write it, ask for a review, publish it or send it back."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from desk import pages
from desk.access import Desk, Editor, Reader, Refused, SignedIn, signature
from desk.editing_page import EditPage, sent_page
from desk.reading import articles
from desk.routes.knowledge import HERE, Slug, in_words
from desk.services import DeskServices
from knowledge import editing
from knowledge.models import Status
from knowledge.refusals import is_among
from knowledge.versions import Draft, difference, digest

router = APIRouter(prefix="/knowledge/articles/{article_id}")
log = structlog.get_logger(__name__)
Reason = Annotated[str, Form(max_length=500)]
NOTES = {
    "saved": "The draft is saved. People still get what is published.",
    "asked": "A colleague can review the draft now. It is on the board, under “Drafts”.",
    "sent-back": "The draft is back with its writer, with your reason.",
    "compared": "The draft now counts as made on top of the article as it is today. Ask for a review again.",
}


# --- writing ----------------------------------------------------------------------------------------------------------


@router.get("/edit")
def edit(request: Request, desk: Desk, _: Editor, article_id: Slug, mode: str = "") -> Response:
    """The form with the draft, or the article when there is no draft; ``mode=text`` shows the whole file."""
    with in_words():
        text, based_on = desk.editing.opened(article_id)
        draft = desk.editing.draft_of(article_id)
    note = draft.note if draft else ""
    return _edit_page(request, desk, EditPage(article_id, text, based_on, as_text=mode == "text", note=note))


@router.post("/edit")
async def save(request: Request, desk: Desk, who: Editor, article_id: Slug) -> Response:
    """Saves the draft, or shows what it would look like. Whatever goes wrong, what was typed is on the next page."""
    fields = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_save, request, desk, who, article_id, fields)


def _save(request: Request, desk: DeskServices, who: SignedIn, article_id: str, fields: dict[str, str]) -> Response:
    page = sent_page(article_id, fields)
    if page.problem:
        return _edit_page(request, desk, page, 422)
    if fields.get("action") == "preview":
        return _edit_page(request, desk, page.previewed())
    signed = signature(who.agent)
    try:
        with in_words():
            desk.editing.draft(
                article_id, page.text, who=signed, now=desk.clock(), note=page.note, based_on=page.based_on
            )
    except editing.Changed as changed:
        return _edit_page(request, desk, page.conflicting(str(changed), changed.theirs, changed.digest), 409)
    except Refused as refused:
        return _edit_page(request, desk, page.refused(refused.text), refused.status)
    log.info("draft_saved", article=article_id, agent=who.agent.id)
    return _to_draft(article_id, "saved")


def _edit_page(request: Request, desk: DeskServices, page: EditPage, status: int = 200) -> Response:
    published = page.article_id in desk.library.articles
    return pages.page(
        request,
        "edit_article.html",
        status=status,
        page=page,
        form=page.form,
        published=published,
        statuses=list(Status),
        problems=desk.editing.problems(page.text, page.article_id),
        seen=articles.preview(page.text, desk.library, None, desk.today()) if page.previewing else None,
        difference=difference(page.theirs, page.text, page.article_id) if page.theirs is not None else "",
    )


# --- reviewing --------------------------------------------------------------------------------------------------------


def _found(desk: DeskServices, article_id: str) -> Draft:
    with in_words():
        draft = desk.editing.draft_of(article_id)
    if draft is None:
        raise Refused(404, "There is no draft of this article. It may have been published or put away.")
    return draft


def _published(desk: DeskServices, article_id: str) -> str:
    try:
        return desk.editing.text(article_id)[0]
    except editing.Unknown:
        return ""


@router.get("/draft")
def show(request: Request, desk: Desk, who: Reader, article_id: Slug, note: str = "") -> Response:
    """The draft beside the published article: what changes, what a person would see, and what may be done."""
    return _draft_page(request, desk, who, article_id, note=NOTES.get(note, ""))


def _draft_page(
    request: Request,
    desk: DeskServices,
    who: SignedIn,
    article_id: str,
    note: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    draft = _found(desk, article_id)
    published = _published(desk, article_id)
    return pages.page(
        request,
        "draft.html",
        status=status,
        draft=draft,
        title=desk.library.articles[article_id].title if article_id in desk.library.articles else article_id,
        published=bool(published),
        published_digest=digest(published) if published else "",
        outdated=draft.based_on != (digest(published) if published else ""),
        own=is_among(signature(who.agent), draft.writers),
        problems=desk.editing.problems(draft.text, article_id),
        difference=difference(published, draft.text, article_id),
        seen=articles.preview(draft.text, desk.library, None, desk.today()),
        model_made_at=desk.model_made_at(),
        note=note,
        problem=problem,
    )


def _to_draft(article_id: str, note: str) -> Response:
    return RedirectResponse(f"{HERE}/articles/{article_id}/draft?note={note}", 303)


@router.post("/draft/submit")
def submit(request: Request, desk: Desk, who: Editor, article_id: Slug) -> Response:
    """Asks a colleague for a review, when nothing is left to mend."""
    draft = _found(desk, article_id)
    if desk.editing.problems(draft.text, article_id):
        text = "Please mend what is listed below first. Then ask for a review."
        return _draft_page(request, desk, who, article_id, problem=text, status=409)
    with in_words():
        desk.editing.submit(article_id, who=signature(who.agent), now=desk.clock())
    log.info("review_asked", article=article_id, agent=who.agent.id)
    return _to_draft(article_id, "asked")


@router.post("/draft/publish")
def publish(
    request: Request, desk: Desk, who: Editor, article_id: Slug, seen: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Publishes what the reviewer has read. ``seen``: the digest of the draft on their page."""
    if _found(desk, article_id).digest != seen:
        text = "The draft was changed while you were reading it, so it was not published. Please read it again."
        return _draft_page(request, desk, who, article_id, problem=text, status=409)
    try:
        with in_words():
            desk.editing.publish(article_id, who=signature(who.agent), now=desk.clock())
    except editing.Changed as changed:
        return _draft_page(request, desk, who, article_id, problem=str(changed), status=409)
    except Refused as refused:
        if refused.status != 409:
            raise
        return _draft_page(request, desk, who, article_id, problem=refused.text, status=409)
    desk.knowledge.refresh()
    log.info("article_published", article=article_id, agent=who.agent.id)
    return RedirectResponse(f"{HERE}/articles/{article_id}?note=published", 303)


@router.post("/draft/send-back")
def send_back(request: Request, desk: Desk, who: Editor, article_id: Slug, why: Reason = "") -> Response:
    """Gives the draft back to its writer with a reason."""
    try:
        with in_words():
            desk.editing.send_back(article_id, who=signature(who.agent), now=desk.clock(), why=why)
    except Refused as refused:
        if refused.status != 409:
            raise
        return _draft_page(request, desk, who, article_id, problem=refused.text, status=409)
    log.info("draft_sent_back", article=article_id, agent=who.agent.id)
    return _to_draft(article_id, "sent-back")


@router.post("/draft/take-over")
def take_over(
    request: Request, desk: Desk, who: Editor, article_id: Slug, seen: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """The writer has compared the draft with the article as it is now (digest ``seen``)."""
    try:
        with in_words():
            desk.editing.take_over(article_id, who=signature(who.agent), now=desk.clock(), seen=seen)
    except editing.Changed:
        text = "The article was changed once more while you were comparing. Please compare again."
        return _draft_page(request, desk, who, article_id, problem=text, status=409)
    return _to_draft(article_id, "compared")


@router.post("/draft/discard")
def discard(desk: Desk, who: Editor, article_id: Slug) -> Response:
    """Puts the draft away; what it held stays in the history."""
    with in_words():
        desk.editing.discard(article_id, who=signature(who.agent), now=desk.clock())
    log.info("draft_discarded", article=article_id, agent=who.agent.id)
    return RedirectResponse(f"{HERE}?note=discarded", 303)
