"""The page of one conversation: read, or shown again with what an agent typed and why it was not sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fastapi import Request, Response

from desk import lookup, pages, template_form
from desk.access import SignedIn
from desk.answering import why_not
from desk.reading import conversation as reading
from desk.services import DeskServices
from desk.template_form import Chosen

LONGEST_REPLY = 4000


@dataclass(frozen=True, slots=True)
class Typed:
    """What an agent is busy with on the page. ``problem``: why the text was not sent; ``client_id``: the identity of
    what was typed, kept so that it can never be sent twice; ``chosen``: a template that is being filled in, and why
    that was not sent."""

    text: str = ""
    problem: str = ""
    client_id: str = ""
    chosen: Chosen | None = None
    template_problem: str = ""


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
    return pages.page(
        request,
        "conversation.html",
        status=status,
        view=view,
        lines=lines,
        last_id=lines[-1].id if lines else 0,
        earlier=lines[0].id if earlier else None,
        note=note,
        just_taken=focus,
        typed=typed,
        template_problem=typed.template_problem or (typed.chosen and why_not(view.window, typed.chosen)),
        offered=template_form.offered(view.window),
        reply_id=(not typed.chosen and typed.client_id) or secrets.token_urlsafe(16),
        template_id=(typed.chosen and typed.client_id) or secrets.token_urlsafe(16),
        longest=LONGEST_REPLY,
    )
