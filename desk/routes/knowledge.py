"""The editors' board, and what one click does from it: still correct, in doubt, read, dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from desk import pages
from desk.access import Desk, Editor, Reader, Refused, signature
from desk.reading import articles, asked, board, feedback
from desk.services import PREFIX, DeskServices
from dossiers import asked as questions
from dossiers import editor_tasks
from dossiers import feedback as verdicts
from knowledge import editing, storing
from knowledge.models import Fact

router = APIRouter(prefix="/knowledge")
log = structlog.get_logger(__name__)
HERE = f"{PREFIX}/knowledge"
Slug = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Back = Annotated[str, Form(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=80)]
MessageId = Annotated[int, Path(ge=1, le=2**31 - 1)]
MOST_AT_ONCE = 1000
NOTES = {
    "discarded": "The draft is put away. What it held is kept in the history of the article.",
    "read": "Marked as read.",
    "settled": "Dealt with. These questions come back only when somebody asks again.",
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turns what the knowledge refuses into a page with the reason.

    Raises:
        editing.Changed: as it is, because it carries what somebody else saved meanwhile.
        Refused: 404 for what is not there, 409 for what cannot be done now, 503 when files cannot be written.

    """
    try:
        yield
    except editing.Changed:
        raise
    except editing.Unknown as error:
        raise Refused(404, str(error)) from None
    except (editing.Refused, storing.Busy) as error:
        raise Refused(409, str(error)) from None
    except OSError as error:
        log.error("knowledge_not_writable", error=type(error).__name__)  # noqa: TRY400
        raise Refused(
            503, "The files of the knowledge cannot be written on this machine, so nothing was changed."
        ) from None


@router.get("")
def show(
    request: Request, desk: Desk, _: Reader, group: str = "", note: str = "", confirmed: str = "", doubted: str = ""
) -> Response:
    """The board; with ``group`` that list alone and whole."""
    library, now = desk.library, desk.clock()
    only = group if group in board.GROUPS else None
    with desk.database.read() as session:
        groups = board.board(session, library, now, desk.today(), only)
        unread = verdicts.unread_count(session)
        open_questions = asked.groups(questions.unanswered(session, now - asked.WINDOW), library, most=5)
    return pages.page(
        request,
        "knowledge.html",
        groups=groups,
        only=only,
        unread=unread,
        asked=open_questions,
        drafts=desk.editing.drafts(),
        titles={key: article.title for key, article in library.articles.items()},
        problems=desk.knowledge.problems,
        trouble=desk.editing.trouble,
        note=NOTES.get(note, ""),
        **notices(desk, confirmed, doubted),
        back="",
    )


def notices(desk: DeskServices, confirmed: str, doubted: str) -> dict[str, Any]:
    """What a page says after a fact was confirmed or doubted: the fact, and what people see of it now."""
    library = desk.library
    where = articles.homes(library)

    def row(key: str) -> articles.FactRow | None:
        fact: Fact | None = library.facts.get(key)
        return articles.fact_row(fact, where[key].id, desk.today()) if fact else None

    return {"confirmed": row(confirmed), "doubted": row(doubted)}


def _back(back: str, what: str, fact_id: str) -> Response:
    page = f"{HERE}/articles/{back}" if back else HERE
    return RedirectResponse(f"{page}?{what}={fact_id}", 303)


@router.post("/facts/{fact_id}/confirm")
def confirm(
    desk: Desk, who: Editor, fact_id: Slug, back: Back = "", page_date: Annotated[str, Form()] = ""
) -> Response:
    """Still correct: somebody has read the page today. People get the figure again at once."""
    with in_words():
        desk.editing.confirm(fact_id, who=signature(who.agent), today=desk.today(), page_date=page_date.strip() or None)
    with desk.database.write() as session:
        editor_tasks.settle(session, fact_id)
    desk.knowledge.refresh()
    log.info("fact_confirmed", fact=fact_id, agent=who.agent.id)
    return _back(back, "confirmed", fact_id)


@router.post("/facts/{fact_id}/doubt")
def doubt(
    desk: Desk, who: Editor, fact_id: Slug, back: Back = "", why: Annotated[str, Form(max_length=300)] = ""
) -> Response:
    """In doubt: the figure is left out of answers at once, until somebody confirms or corrects it."""
    with in_words():
        desk.editing.suspect(fact_id, why=why, today=desk.today(), who=signature(who.agent))
    desk.knowledge.refresh()
    log.info("fact_doubted", fact=fact_id, agent=who.agent.id)
    return _back(back, "doubted", fact_id)


@router.get("/feedback")
def show_feedback(request: Request, desk: Desk, _: Reader, note: str = "") -> Response:
    """What people said of answers and no editor has read yet."""
    with desk.database.read() as session:
        found, total = feedback.unread(session, desk.library), verdicts.unread_count(session)
    return pages.page(request, "feedback.html", found=found, total=total, note=NOTES.get(note, ""))


@router.post("/feedback/{message_id}/read")
def mark_read(desk: Desk, who: Editor, message_id: MessageId) -> Response:
    """Marks one as read; what a colleague has marked before stays as it is."""
    with desk.database.write() as session:
        verdicts.mark_read(session, message_id, who.agent.id, desk.clock())
    return RedirectResponse(f"{HERE}/feedback?note=read", 303)


@router.get("/asked")
def show_asked(request: Request, desk: Desk, _: Reader, note: str = "") -> Response:
    """Questions of the last 90 days that found no answer."""
    with desk.database.read() as session:
        found = questions.unanswered(session, desk.clock() - asked.WINDOW)
    return pages.page(request, "asked.html", found=asked.groups(found, desk.library), note=NOTES.get(note, ""))


@router.post("/asked/settle")
def settle(desk: Desk, who: Editor, messages: Annotated[str, Form(pattern=r"^\d{1,10}(,\d{1,10})*$")]) -> Response:
    """Hides the questions of one group. ``messages``: the ids of what was asked."""
    ids = [int(key) for key in messages.split(",") if int(key) < 2**31]
    if len(ids) > MOST_AT_ONCE:
        raise Refused(422, "That is too much to settle at once. Please reload the page and try again.")
    with desk.database.write() as session:
        questions.settle(session, ids, who.agent.id, desk.clock())
    return RedirectResponse(f"{HERE}/asked?note=settled", 303)
