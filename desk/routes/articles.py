"""An article as a person sees it today, with its facts, questions, feedback and history; and a new one."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from desk import pages
from desk.access import Desk, Editor, Reader, Refused, signature
from desk.masking import known_words
from desk.new_article import Start, starting_text
from desk.reading import articles, asked
from desk.reading.board import WINDOW
from desk.routes.knowledge import HERE, Slug, in_words, notices
from dossiers import asked as questions
from dossiers import feedback
from knowledge import editing
from knowledge.models import Phase, Topic

router = APIRouter(prefix="/knowledge/articles")
log = structlog.get_logger(__name__)
NOTES = {"published": "Published. People get this article from now on."}


@router.get("/new")
def ask_new(
    request: Request, desk: Desk, _: Editor, question: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None
) -> Response:
    """The form for a new article. ``question``: a message whose words become its first example question."""
    text = ""
    if question is not None:
        with desk.database.read() as session:
            found = questions.by_id(session, question)
        if found is None:
            raise Refused(404, "There is no such question any more. It may have been erased.")
        text = asked.shown(found, known_words(desk.library))
    return _new_page(request, Start(question=text))


def _new_page(request: Request, start: Start, problem: str = "", status: int = 200) -> Response:
    return pages.page(
        request, "new_article.html", status=status, start=start, problem=problem, topics=list(Topic), phases=list(Phase)
    )


@router.post("/new")
def make_new(
    request: Request,
    desk: Desk,
    who: Editor,
    article_id: Annotated[str, Form(max_length=200)] = "",
    title: Annotated[str, Form(max_length=200)] = "",
    topic: Annotated[str, Form(max_length=40)] = "",
    phase: Annotated[str, Form(max_length=40)] = "",
    question: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Starts a draft of a new article and opens it; what was typed stays on the page when something is missing."""
    start = Start(article_id.strip().lower(), " ".join(title.split()), topic, phase, " ".join(question.split()))
    if problem := start.problem(desk.library):
        return _new_page(request, start, problem, 422)
    text = starting_text(start, desk.library, desk.today())
    try:
        with in_words():
            desk.editing.draft(start.id, text, who=signature(who.agent), now=desk.clock(), based_on="")
    except editing.Changed:
        problem = f"There is a draft of an article “{start.id}” already. Choose another id, or go on with that draft."
        return _new_page(request, start, problem, 409)
    except Refused as refused:
        return _new_page(request, start, refused.text, refused.status)
    log.info("article_started", article=start.id, agent=who.agent.id)
    return RedirectResponse(f"{HERE}/articles/{start.id}/edit", 303)


@router.get("/{article_id}")
def show(
    request: Request,
    desk: Desk,
    _: Reader,
    article_id: Slug,
    town: Annotated[str, Query(max_length=60)] = "",
    note: str = "",
    confirmed: str = "",
    doubted: str = "",
) -> Response:
    """The article's page; a new article that nobody has published yet shows its draft."""
    library, today = desk.library, desk.today()
    article = library.articles.get(article_id)
    with in_words():
        draft = desk.editing.draft_of(article_id)
        history = desk.editing.history(article_id)
    if article is None and draft is not None:
        return RedirectResponse(f"{HERE}/articles/{article_id}/draft", 303)
    if article is None:
        raise Refused(404, "There is no such article.")
    made_at = desk.model_made_at()
    with desk.database.read() as session:
        counts = feedback.counts(session, article_id)
        times = questions.times_answered(session, desk.clock() - WINDOW).get(article_id, 0)
    return pages.page(
        request,
        "article.html",
        article=article,
        seen=articles.seen_by_person(article, library, town if town in library.municipalities else None, today),
        town=town,
        towns=sorted(library.municipalities.values(), key=lambda t: t.name),
        facts=articles.fact_rows(article, library, today),
        history=history,
        draft=draft,
        counts=counts,
        times=times,
        untrained=articles.untrained(history, made_at),
        model_made_at=made_at,
        note=NOTES.get(note, ""),
        **notices(desk, confirmed, doubted),
        back=article_id,
    )
