"""Assembles these pages as an application of their own: its errors and headers apply to nothing else."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from channels.mydata import changes, pages, routes
from channels.mydata.access import NotOpened
from channels.mydata.access_log import hide_links
from channels.mydata.headers import HEADERS
from channels.mydata.links import PREFIX
from channels.mydata.service import MyDataService
from pages.headers import PERSONAL, SecurityHeaders

# Title and text of the page that says why there is nothing to see.
PROBLEMS = {
    403: ("This form is not from your page", "Open your data page again and try once more. Nothing was changed."),
    404: ("This link opens nothing", "It may have been cut off on its way. Try to copy the whole link again."),
    410: ("This link has ended", "Links to your data work for a few hours only, and end at once when all is erased."),
    422: ("That could not be read", "Go back and try again. Nothing was changed."),
    429: ("Please wait a minute", "This page was opened or changed very often. Try again in a minute."),
    500: ("Something went wrong on our side", "Nothing was lost. Try again in a few minutes."),
}


def create_app(service: MyDataService) -> FastAPI:
    """The pages of one's data."""
    app = FastAPI(title="My data", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.mydata = service
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    app.include_router(routes.router)
    app.include_router(changes.router)
    app.add_exception_handler(NotOpened, _problem)
    app.add_exception_handler(HTTPException, _problem)
    app.add_exception_handler(RequestValidationError, _problem)
    app.add_exception_handler(Exception, _problem)
    app.add_middleware(SecurityHeaders, headers=HEADERS)
    return app


def install(app: FastAPI, service: MyDataService) -> None:
    """Mounts them, and keeps links out of the access log."""
    hide_links()
    app.mount(PREFIX, create_app(service), name="mydata")


def _problem(_request: Request, error: Exception) -> Response:
    """A friendly page."""
    fallback = 422 if isinstance(error, RequestValidationError) else 500
    status = error.status if isinstance(error, NotOpened) else getattr(error, "status_code", fallback)
    title, text = PROBLEMS.get(status, PROBLEMS[404 if status < 500 else 500])
    answer = pages.page("problem.html", status=status, title=title, text=text, new_link=status in (404, 410))
    # a fault of our own is answered outside of the middleware that adds these
    answer.headers.update(HEADERS | PERSONAL)
    if status == 429:
        answer.headers["Retry-After"] = "60"
    return answer
