"""A Bot API of one bot on this machine: `python -m tests.platforms.telegram --port 8081`.

Why an own one: npm's `telegram-test-api` 4.2.1 was looked at. It sends no secret token, tries a webhook only once,
takes any text and any keyboard, answers edits with nothing, has no blocked chats and no faults, and forgets updates
when they are read instead of by the offset. All of that is what has to be tested here.

It does what is documented for the Bot API or known of Telegram's published server, as far as our channel uses it:

* every message of a private chat, whoever wrote it, takes the next id of one sequence; groups have their own;
* updates wait until they are delivered: to the webhook in order within a chat, several chats at once, again and again
  with growing pauses until an answer of 2xx, `Retry-After` respected; or by `getUpdates`, confirmed by its offset;
* MarkdownV2 is parsed, and refused with Telegram's words when a reserved character is not escaped;
* text is at most 4096 characters after parsing (counted as UTF-16, the stricter reading), buttons have their limits.

What differs: plain HTTP is allowed for webhooks, any well-formed token is accepted, and only MarkdownV2 is known.

Its other side, for tests, is under `/_control/`; see `control.py`. Everything lives in memory.
"""

from tests.platforms.telegram.app import create_app, serving

__all__ = ["create_app", "serving"]
