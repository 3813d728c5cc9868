"""The methods of the Bot API. Names are not case-sensitive, as with Telegram."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.platforms.telegram.checks import Refusal, bad, decoded, keyboard_of, text_of
from tests.platforms.telegram.state import BOT, Account, Post, Webhook

LONGEST_POLL = 50
ACTIONS = frozenset({"typing", "upload_photo", "upload_document", "find_location", "choose_sticker"})
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"

Given = dict[str, Any]


class Methods:
    """Carries out calls on an account."""

    def __init__(self, account: Account, webhook_changed: Callable[[], None]) -> None:
        self.account, self.webhook_changed = account, webhook_changed
        self._poll: asyncio.Event | None = None

    def named(self, method: str) -> Callable[[Given], Awaitable[Any]] | None:
        """The method of this name."""
        call = getattr(self, f"on_{method.lower()}", None)
        return call if callable(call) else None

    async def on_getme(self, _: Given) -> Any:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def on_sendmessage(self, given: Given) -> Any:
        text, entities = text_of(given)
        keyboard = keyboard_of(given)
        content = {"text": text, **({"entities": entities} if entities else {})}
        return self._send(given, content, keyboard)

    async def on_sendlocation(self, given: Given) -> Any:
        return self._send(given, {"location": _location(given)}, keyboard_of(given))

    async def on_sendvenue(self, given: Given) -> Any:
        title, address = str(given.get("title", "")), str(given.get("address", ""))
        if not title or not address:
            raise bad("venue title must be non-empty" if not title else "venue address must be non-empty")
        location = _location(given)
        venue = {"location": location, "title": title, "address": address}
        return self._send(given, {"location": location, "venue": venue}, keyboard_of(given))

    def _send(self, given: Given, content: Given, keyboard: Any) -> Any:
        chat = self.account.reachable(given.get("chat_id"))
        return self.account.message(self.account.post(chat, "bot", content, keyboard))

    async def on_editmessagetext(self, given: Given) -> Any:
        text, entities = text_of(given)
        keyboard = keyboard_of(given)
        post = self._own(given)
        if "text" not in post.content:
            raise bad("there is no text in the message to edit")
        content = {"text": text, **({"entities": entities} if entities else {})}
        return self._edit(post, content, keyboard)

    async def on_editmessagereplymarkup(self, given: Given) -> Any:
        keyboard = keyboard_of(given)
        post = self._own(given)
        return self._edit(post, post.content, keyboard)

    def _own(self, given: Given) -> Post:
        chat = self.account.reachable(given.get("chat_id"))
        try:
            number = int(given.get("message_id") or 0)
        except ValueError:
            number = 0
        post = self.account.posts.get((chat.id, number))
        if post is None:
            raise bad("message to edit not found")
        if post.by != "bot":
            raise bad("message can't be edited")
        return post

    def _edit(self, post: Post, content: Given, keyboard: Any) -> Any:
        if content == post.content and keyboard == post.keyboard:
            raise bad(NOT_MODIFIED)
        post.edits.append({"before": post.content, "keyboard_before": post.keyboard})
        post.content, post.keyboard, post.edited = content, keyboard, int(time.time())
        return self.account.message(post)

    async def on_answercallbackquery(self, given: Given) -> Any:
        callback_id = str(given.get("callback_query_id", ""))
        if callback_id not in self.account.callbacks:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.account.callbacks[callback_id] = True
        return True

    async def on_sendchataction(self, given: Given) -> Any:
        if given.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        chat = self.account.reachable(given.get("chat_id"))
        self.account.actions.append({"chat": chat.id, "action": given["action"]})
        return True

    async def on_setmycommands(self, given: Given) -> Any:
        commands = decoded(given, "commands")
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad("can't parse commands")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", ""))) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.account.commands = commands
        return True

    async def on_leavechat(self, given: Given) -> Any:
        chat = self.account.reachable(given.get("chat_id"))
        if chat.type == "private":
            raise bad("chat member status can't be changed in private chats")
        chat.left = True
        return True

    async def on_setwebhook(self, given: Given) -> Any:
        url, secret = str(given.get("url", "")), str(given.get("secret_token", ""))
        if not url:
            return await self.on_deletewebhook(given)
        if not url.startswith(("http://", "https://")):
            raise bad("invalid webhook URL specified")
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise bad("secret token contains unallowed characters")
        self._allow(given)
        self.account.webhook = Webhook(url, secret)
        self._dropped(given)
        self._end_poll()
        self.webhook_changed()
        return True

    async def on_deletewebhook(self, given: Given) -> Any:
        self.account.webhook = None
        self._dropped(given)
        self.webhook_changed()
        return True

    async def on_getwebhookinfo(self, _: Given) -> Any:
        webhook = self.account.webhook
        info: dict[str, Any] = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.account.pending),
        }
        if webhook and webhook.last_error:
            info["last_error_message"] = webhook.last_error
        return info

    async def on_getupdates(self, given: Given) -> Any:
        if self.account.webhook is not None:
            raise Refusal(409, f"Conflict: {WEBHOOK_ACTIVE}")
        self._end_poll()
        self._allow(given)
        offset, limit = int(given.get("offset") or 0), min(max(int(given.get("limit") or 100), 1), 100)
        waiting = sorted(self.account.pending)
        if offset < 0:
            offset = waiting[offset:][0] if waiting else 0
        for number in waiting:
            if number < offset:
                self.account.drop(number)
        if not self.account.pending:
            await self._wait(min(int(given.get("timeout") or 0), LONGEST_POLL))
        return [self.account.pending[number].body for number in sorted(self.account.pending)[:limit]]

    async def _wait(self, seconds: int) -> None:
        ended = self._poll = asyncio.Event()
        self.account.news.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (self.account.news, ended)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if ended.is_set():
            raise Refusal(409, f"Conflict: {OTHER_POLL}")
        self._poll = None

    def _end_poll(self) -> None:
        if self._poll is not None:
            self._poll.set()
            self._poll = None

    def _allow(self, given: Given) -> None:
        kinds = decoded(given, "allowed_updates")
        if isinstance(kinds, list):
            self.account.allowed = frozenset(map(str, kinds)) if kinds else None

    def _dropped(self, given: Given) -> None:
        if str(given.get("drop_pending_updates", "")).casefold() == "true":
            self.account.pending.clear()


def _location(given: Given) -> dict[str, float]:
    try:
        return {"latitude": float(given["latitude"]), "longitude": float(given["longitude"])}
    except (KeyError, TypeError, ValueError):
        raise bad("latitude is empty") from None
