"""How errors look: a page for a person, one plain sentence for a script of the desk."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from desk import access, pages
from desk.headers import HEADERS
from desk.services import PREFIX
from pages.headers import PERSONAL

_PLAIN = {
    404: "There is nothing at this address. It may have been erased.",
    405: "That does not work at this address.",
}


def by_script(request: Request) -> bool:
    """Whether a script of the desk asks, and not the browser itself."""
    return request.headers.get("hx-request") == "true"


def answer(request: Request, status: int, text: str) -> Response:
    """The sentence, as a page or plain."""
    if by_script(request):
        return PlainTextResponse(text, status)
    return pages.page(request, "problem.html", status=status, text=text)


def login_needed(request: Request, _: Exception) -> Response:
    """To the log-in, and back to the same page afterwards; streams and other parts of a page only get the status."""
    wanted = access.own_page(request.url.path if request.method == "GET" else None)
    login = f"{PREFIX}/login" + (f"?next={quote(wanted)}" if wanted != f"{PREFIX}/" else "")
    if by_script(request):
        here = access.own_page(urlsplit(request.headers.get("hx-current-url", "")).path)
        return PlainTextResponse("Please log in again.", 401, headers={"HX-Redirect": f"{PREFIX}/login?next={here}"})
    if "text/event-stream" in request.headers.get("accept", ""):
        return PlainTextResponse("Please log in again.", 401)
    return RedirectResponse(login, 303)


def go_to(request: Request, error: Exception) -> Response:
    """To the page that comes first; streams and other parts of a page only get the status."""
    assert isinstance(error, access.GoTo)
    if by_script(request):
        return PlainTextResponse("Please look at this first.", 403, headers={"HX-Redirect": error.address})
    if "text/event-stream" in request.headers.get("accept", ""):
        return PlainTextResponse("Please look at another page first.", 403)
    return RedirectResponse(error.address, 303)


def refused(request: Request, error: Exception) -> Response:
    """What `access` or a route refused."""
    assert isinstance(error, access.Refused)
    return answer(request, error.status, error.text)


def http(request: Request, error: Exception) -> Response:
    """Errors of the framework."""
    status = getattr(error, "status_code", 500)
    return answer(request, status, _PLAIN.get(status, "That did not work. Please try again."))


def invalid(request: Request, _: Exception) -> Response:
    """A form that was not filled in as the page would."""
    return answer(request, 422, "Something in this form cannot be used. Please check it and try again.")


def unexpected(request: Request, _: Exception) -> Response:
    """A fault of our own. It is answered outside of the middleware that adds the headers."""
    found = answer(request, 500, "Something went wrong on our side. What you sent before is kept. Please try again.")
    found.headers.update(HEADERS | PERSONAL)
    return found
