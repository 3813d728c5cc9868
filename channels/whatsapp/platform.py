"""Sends messages over the Cloud API."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

import httpx
import structlog

from channels.outbox import WINDOWS
from channels.platform import Delivery, Later, Outgoing, Part, Refused, Taken, Unknown
from channels.rendering import whatsapp as rendering
from channels.whatsapp.brake import Brake
from channels.whatsapp.failures import Failure, Means, failure
from channels.whatsapp.reading import CHANNEL

log = structlog.get_logger(__name__)

INVALID, NO_SUCH_NUMBER = 100, 33  # the second comes as a subcode of the first too
TIMEOUT = httpx.Timeout(15.0, connect=5.0, pool=5.0)  # all in all below the time that a sender gives to a request
# The request did not leave this machine.
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


class WhatsAppPlatform:
    """One number of ours. ``look_after``: how long a receipt is waited for when it is not known whether a message was
    taken; Meta gives no other way to ask."""

    def __init__(
        self,
        *,
        token: str,
        phone_number_id: str,
        api: str = "https://graph.facebook.com",
        version: str = "v23.0",
        look_after: float = 90.0,
        brake: Brake | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        base = f"{api.rstrip('/')}/{version}/{phone_number_id}/"
        self._http = httpx.AsyncClient(base_url=base, headers=headers, timeout=TIMEOUT)
        self._look_after = look_after
        self._brake = brake or Brake()

    @property
    def name(self) -> str:
        """The channel's name in the database."""
        return CHANNEL

    @property
    def look_after(self) -> float:
        """After how many seconds without a receipt a part with an unknown end is sent again."""
        return self._look_after

    def render(self, message: Outgoing) -> list[Part]:
        """The message as requests, without their address; a template is one request."""
        if message.template is not None:
            return [Part("messages", _template(message.template))]
        return rendering.render(message)

    def window_open(self, heard_at: dt.datetime, now: dt.datetime) -> bool:
        """Whether free text is allowed: for 24 hours after the person's last message."""
        return now - heard_at < WINDOWS[CHANNEL]

    async def send(self, part: Part, delivery: Delivery) -> Taken:
        """Sends one part. Its key comes back in every receipt.

        Raises:
            Later: not now. Refused: never. Unknown: perhaps it was sent.
        """
        body = part.body | {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **_recipient(delivery.address),
            "biz_opaque_callback_data": delivery.key,
        }
        try:
            answer = await self._http.post(part.method, json=body)
        except NOT_SENT as error:
            log.warning("whatsapp_no_connection", error=type(error).__name__)
            raise Later("no_connection") from None
        except httpx.HTTPError as error:
            log.warning("whatsapp_no_answer", key=delivery.key, error=type(error).__name__)
            raise Unknown from None
        if not answer.is_success:
            self._refused(answer)
        platform_id = _platform_id(answer)
        if platform_id is None:
            log.warning("whatsapp_strange_answer", key=delivery.key)
            raise Unknown
        self._brake.free()
        return Taken(platform_id)

    async def find(self, part: Part, delivery: Delivery) -> Taken | None:  # noqa: ARG002
        """Nothing: Meta cannot be asked. A part that was taken is known by the key in its receipts, and is adopted
        (`Arrivals.receipt`) before this is asked."""
        return None

    async def typing(self, address: str) -> None:
        """Nothing: it would need the id of the person's message, and only a keyed hash of it is kept."""

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    def _refused(self, answer: httpx.Response) -> NoReturn:
        code = _code(answer)
        found = failure(answer.status_code, code)
        match found.means:
            case Means.UNKNOWN:
                log.warning("whatsapp_broke", status=answer.status_code, code=code)
                raise Unknown
            case Means.NEVER:
                raise Refused(found.reason)
            case Means.LATER:
                raise Later(found.reason)
            case _:
                raise self._pause(found, code)

    def _pause(self, found: Failure, code: int | None) -> Later:
        seconds, begins = self._brake.pull()
        if begins and found.means is Means.OURS:
            log.error("whatsapp_refuses_us", reason=found.reason, code=code, again_in=seconds)
        return Later(found.reason, seconds, everybody=True)


def _recipient(address: str) -> dict[str, str]:
    """Numbers are digits; who shows only a user name has an id such as `BE.1349…`, which goes into a field of its
    own."""
    return {"to": address} if address.isdigit() else {"recipient": address}


def _template(template: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"name": template["name"], "language": {"code": template["language"]}}
    if values := template.get("values"):
        parameters = [{"type": "text", "text": value} for value in values]
        body["components"] = [{"type": "body", "parameters": parameters}]
    return {"type": "template", "template": body}


def _code(answer: httpx.Response) -> int | None:
    try:
        error = answer.json()["error"]
        code = error["code"]
        if code == INVALID and error.get("error_subcode") == NO_SUCH_NUMBER:
            return NO_SUCH_NUMBER
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return code if isinstance(code, int) else None


def _platform_id(answer: httpx.Response) -> str | None:
    try:
        found = answer.json()["messages"][0]["id"]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return found if isinstance(found, str) and found else None
