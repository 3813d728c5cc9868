"""Assembles these pages as an application of their own: its errors and headers apply to nothing else."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from channels.ticket import pages, routes
from channels.ticket.headers import HEADERS
from channels.ticket.links import PREFIX
from channels.ticket.service import TicketService
from pages.headers import PERSONAL, SecurityHeaders

# Title and text of the page that says why there is no plan.
PROBLEMS = {
    404: ("This link opens no plan", "It may have been cut off on its way. Try to copy the whole link again."),
    410: ("This link has ended", "Links to a plan end after some time, and at once when the plan is erased."),
    429: ("Please wait a minute", "This page was opened very often from here. Try again in a minute."),
    500: ("Something went wrong on our side", "Your plan is kept. Try again in a few minutes."),
}


def create_app(service: TicketService) -> FastAPI:
    """The pages of plans."""
    app = FastAPI(title="Plans", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.ticket = service
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    app.include_router(routes.router)
    app.add_exception_handler(routes.NotOpened, _problem)
    app.add_exception_handler(HTTPException, _problem)
    app.add_exception_handler(RequestValidationError, _problem)
    app.add_exception_handler(Exception, _problem)
    app.add_middleware(SecurityHeaders, headers=HEADERS)
    return app


def install(app: FastAPI, service: TicketService) -> None:
    """Mounts them."""
    app.mount(PREFIX, create_app(service), name="plan")


def _problem(request: Request, error: Exception) -> Response:
    """A friendly page, or one plain sentence for a calendar program."""
    status = error.status if isinstance(error, routes.NotOpened) else getattr(error, "status_code", 500)
    title, text = PROBLEMS.get(status, PROBLEMS[404 if status < 500 else 500])
    if request.url.path.endswith((".ics", ".svg")):
        answer: Response = PlainTextResponse(f"{title}. {text}", status)
    else:
        answer = pages.page("problem.html", status=status, title=title, text=text, new_link=status in (404, 410))
    # a fault of our own is answered outside of the middleware that adds these
    answer.headers.update(HEADERS | PERSONAL)
    if status == 429:
        answer.headers["Retry-After"] = "60"
    return answer
