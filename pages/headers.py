"""Security headers of every answer of an application with pages. Plain ASGI, so that event streams pass unbuffered."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PRIVATE = "private, no-store"
PERSONAL = {"Cache-Control": PRIVATE}


def secured(**also: str) -> dict[str, str]:
    """The headers: nothing is loaded from elsewhere, no page is embedded, none is found by a search.

    Args:
        also: more directives of the content security policy, with `_` for `-`: `script_src="'self'"`.
    """
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    } | {name.replace("_", "-"): value for name, value in also.items()}
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }


class SecurityHeaders:
    """Adds them. Static files are checked for news at every use; nothing else is stored, unless the answer says so."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app, self.headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    found[name] = value
                found.setdefault(
                    "Cache-Control", "no-cache" if "/static/" in scope["path"] else PERSONAL["Cache-Control"]
                )
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
