"""Looks for a message that was handed over to Telegram and of which no answer came.

The Bot API has neither a key that would make sending twice harmless nor receipts, and a bot cannot read its own
messages. But it can edit them, and the answers to an edit differ: “message is not modified” when the message is ours
and already has exactly this content; success when it is ours and had another; “message can't be edited” or “message to
edit not found” for somebody else's message, one of another chat, or none at all.

Messages to one address go out one after the other. So a message of ours in this chat that is newer than the last one
we know of can only be the lost one. It is looked for by giving the few ids that it can have (`Numbers`) exactly the
content of the part: a hit proves that it was sent, and leaves it as it was meant.

Limits. The sequence of ids and the answers to an edit are known from use and from the server that Telegram publishes;
the documentation of the Bot API promises neither. A message that Telegram takes only after the search, or whose id
lies further from all known ones than the search goes, is not found and is then sent a second time. A part that is no
text is recognised by its buttons alone.
"""

from __future__ import annotations

from typing import Any

import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from channels.platform import Delivery, Later, Part, Taken
from channels.telegram import failures
from channels.telegram.numbers import Numbers
from channels.telegram.parts import arguments, forms
from channels.telegram.reading import platform_id

log = structlog.get_logger(__name__)

REMEMBERED = 200  # searches that were broken off, for whom it is kept which ids were ruled out
EDITABLE = frozenset({"text", "parse_mode", "entities", "link_preview_options", "reply_markup"})


class Search:
    """Looks for lost messages; see above why and how."""

    def __init__(self, bot: Bot, numbers: Numbers) -> None:
        self.bot, self.numbers = bot, numbers
        self._ruled_out: dict[str, set[int]] = {}

    async def find(self, part: Part, delivery: Delivery) -> Taken | None:
        """The part, when it was sent; None when it was not.

        Raises:
            Later: Telegram cannot be asked now. Which ids were ruled out is remembered for the next search.
        """
        ruled_out = self._memory(delivery.key)
        left = forms(part)
        places = await self.numbers.candidates(delivery)
        for number in places.ids:
            if number in ruled_out:
                continue
            try:
                while (there := await self._is_there(left[0], delivery.address, number)) is None and left[1:]:
                    del left[0]
            except Forbidden:
                break  # sending will tell why
            except TelegramError as error:
                meant = failures.failure(error)
                raise (meant if isinstance(meant, Later) else Later("unavailable")) from error
            if there:
                self._ruled_out.pop(delivery.key, None)
                self.numbers.notice(number)
                log.info("telegram_part_found", key=delivery.key)
                return Taken(platform_id(delivery.address, number), number)
            if number <= places.used_up_to:  # the others may still be given out, also to the lost message
                ruled_out.add(number)
        self._ruled_out.pop(delivery.key, None)
        return None

    def _memory(self, key: str) -> set[int]:
        found = self._ruled_out.pop(key, set())
        self._ruled_out[key] = found
        if len(self._ruled_out) > REMEMBERED:
            del self._ruled_out[next(iter(self._ruled_out))]
        return found

    async def _is_there(self, part: Part, address: str, number: int) -> bool | None:
        """Whether the message with this id is the part; None: no message can have this form."""
        given: dict[str, Any] = {key: value for key, value in arguments(part).items() if key in EDITABLE}
        try:
            if "text" in given:
                await self.bot.edit_message_text(chat_id=address, message_id=number, **given)
            else:
                keyboard = given.get("reply_markup")
                await self.bot.edit_message_reply_markup(chat_id=address, message_id=number, reply_markup=keyboard)
        except BadRequest as error:
            return None if failures.of_form(error) else failures.not_modified(error)
        return True
