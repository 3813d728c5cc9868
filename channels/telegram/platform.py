"""Sends to Telegram, with the library's own calls and its rate limiter."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Bot, BotCommand
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from channels.platform import Delivery, Later, Outgoing, Part, Refused, Taken, Unknown
from channels.rendering import telegram as rendering
from channels.telegram import commands, failures
from channels.telegram.numbers import Numbers
from channels.telegram.parts import arguments, forms
from channels.telegram.reading import CHANNEL, platform_id
from channels.telegram.searching import Search
from knowledge.wording import say

log = structlog.get_logger(__name__)

API_URL = "https://api.telegram.org"
AT_ONCE = 32
CONNECT_SECONDS, ANSWER_SECONDS, QUICK_SECONDS = 5.0, 15.0, 5.0
# Kinds of updates that we read. A reaction comes only to who asks for it by name.
WANTED = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "channel_post")


class TelegramPlatform:
    """One bot on Telegram. ``per_second``: messages at most in a second over all chats, as Telegram asks; within one
    chat it allows one a second and short bursts, and says itself how long to wait when that was too much."""

    name = CHANNEL
    look_after = 2.0

    def __init__(self, token: str, numbers: Numbers, *, api_url: str = API_URL, per_second: float = 30.0) -> None:
        self.numbers = numbers
        self._request = HTTPXRequest(
            connection_pool_size=AT_ONCE,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            write_timeout=ANSWER_SECONDS,
            pool_timeout=CONNECT_SECONDS,
        )
        base_url = f"{api_url.rstrip('/')}/bot"
        limiter = AIORateLimiter(overall_max_rate=per_second, overall_time_period=1, max_retries=0)
        self.bot: ExtBot[int] = ExtBot(
            token, base_url, request=self._request, get_updates_request=self._request, rate_limiter=limiter
        )
        self._unlimited = Bot(token, base_url, request=self._request, get_updates_request=self._request)
        self._search = Search(self.bot, numbers)
        self._hints: set[asyncio.Task[None]] = set()
        self._limited: tuple[str, float] | None = None

    async def close(self) -> None:
        """Closes the connections."""
        for task in tuple(self._hints):
            task.cancel()
        await self._request.shutdown()

    def render(self, message: Outgoing) -> list[Part]:
        """The message as calls of the Bot API."""
        return rendering.render(message)

    def window_open(self, heard_at: dt.datetime, now: dt.datetime) -> bool:  # noqa: ARG002  (Telegram has no window)
        """Always: who did not block the bot can be written to."""
        return True

    async def send(self, part: Part, delivery: Delivery) -> Taken:
        """Sends one part. One whose form Telegram does not understand is sent again as plain text, and without its
        buttons when they are at fault.

        Raises:
            Later: not now. Refused: never. Unknown: perhaps it was sent.
        """
        *others, last = forms(part)
        try:
            for form in others:
                try:
                    return await self._call(form, delivery.address)
                except BadRequest as error:
                    if not failures.of_form(error):
                        raise
                    log.warning("telegram_form_refused", key=delivery.key)
            return await self._call(last, delivery.address)
        except TelegramError as error:
            raise self._meaning(error, delivery.address) from error

    async def find(self, part: Part, delivery: Delivery) -> Taken | None:
        """Looks for a part of which no answer came, by editing the ids that it can have to exactly what it is; why
        that tells, and where it ends, is written in `channels.telegram.searching`.

        Raises:
            Later: Telegram cannot be asked now.
        """
        return await self._search.find(part, delivery)

    async def typing(self, address: str) -> None:
        """Shows “typing …” for some seconds. Returns at once, so that no answer waits for it; never raises."""
        task = asyncio.create_task(self._hint(address))
        self._hints.add(task)
        task.add_done_callback(self._hints.discard)

    async def answer_choice(self, callback_query_id: str) -> None:
        """Stops the spinner on a button that was pressed. Never raises: it stops by itself after a while."""
        try:
            await self._unlimited.answer_callback_query(callback_query_id)
        except TelegramError as error:
            log.info("telegram_choice_not_acknowledged", error=type(error).__name__)

    async def leave(self, chat_id: int) -> None:
        """Says in a group or channel that we answer in private only, and leaves it. Never raises: where it does not
        succeed, the next message there brings us back to it."""
        try:
            await self.bot.send_message(chat_id, say("only_private"))
        except TelegramError as error:  # perhaps only its owners may write there, or we left it already
            log.info("telegram_group_not_told", error=type(error).__name__)
        try:
            await self.bot.leave_chat(chat_id)
        except TelegramError as error:
            log.info("telegram_group_not_left", error=type(error).__name__)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Has updates brought to this address, with the secret in a header.

        Raises:
            TelegramError: Telegram did not take it.
        """
        await self.bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED)

    async def remove_webhook(self) -> None:
        """Has updates kept until they are asked for.

        Raises:
            TelegramError: Telegram did not take it.
        """
        await self.bot.delete_webhook()

    async def set_commands(self) -> None:
        """Puts our commands into the menu of the app.

        Raises:
            TelegramError: Telegram did not take them.
        """
        menu = [BotCommand(name, say(f"telegram_command_{name}")) for name in commands.IN_MENU]
        await self.bot.set_my_commands(menu)

    async def updates(self, offset: int, seconds: int) -> Sequence[Any]:
        """Updates from this id on, as they come; waits so many seconds for the first. All before are forgotten.

        They are not parsed here, and the method's name is written as the library does not know it: one update that
        the library cannot read would otherwise hide all others, and end up in the log with what somebody wrote.

        Raises:
            TelegramError: Telegram could not be asked.
        """
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": list(WANTED)}
        found = await self._unlimited.do_api_request("getupdates", asked, read_timeout=seconds + ANSWER_SECONDS)
        return found if isinstance(found, list) else []

    async def _call(self, part: Part, address: str) -> Taken:
        calls = {
            "sendMessage": self.bot.send_message,
            "sendLocation": self.bot.send_location,
            "sendVenue": self.bot.send_venue,
        }
        if part.method not in calls:
            raise Refused("unsupported")
        given = arguments(part)
        call: Any = calls[part.method]
        try:
            sent = await call(chat_id=address, **given)
        except (KeyError, TypeError, ValueError, AttributeError) as error:  # a success that the library could not read
            raise Unknown(type(error).__name__) from error
        self.numbers.notice(sent.message_id)
        return Taken(platform_id(address, sent.message_id), sent.message_id)

    async def _hint(self, address: str) -> None:
        try:
            await self._unlimited.send_chat_action(
                address, ChatAction.TYPING, connect_timeout=QUICK_SECONDS, read_timeout=QUICK_SECONDS
            )
        except TelegramError as error:
            log.debug("telegram_typing_not_shown", error=type(error).__name__)

    def _meaning(self, error: TelegramError, address: str) -> Later | Refused | Unknown:
        """What an error means. When a second chat meets the limit while the first waits, it is the limit for all."""
        meant, now = failures.failure(error), time.monotonic()
        if not isinstance(meant, Later) or meant.reason != "rate_limit" or meant.seconds is None:
            return meant
        others = self._limited is not None and self._limited[0] != address and self._limited[1] > now
        self._limited = (address, now + meant.seconds)
        return Later(meant.reason, meant.seconds, everybody=others)
