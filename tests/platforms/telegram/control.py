"""The side of the people and of the tests.

| call | does |
|---|---|
| `POST /_control/say` | `{chat, text}` writes to the bot; `{chat, content}` sends something else, by its fields |
|   | `{chat, edit, text}` changes a message; `{update}` brings any update |
| `POST /_control/press` | `{chat, message_id, index}` presses a button, counted through all rows |
| `POST /_control/react` | `{chat, message_id, emoji}` reacts to a message, with null takes the reaction back |
| `POST /_control/block`, `unblock`, `deactivate` | `{chat}` |
| `POST /_control/trouble` | a fault (`troubles.Fault`), or `{clear: true}` |
| `GET /_control/log` | what people see, in order: `{"chats": {"111": [...]}}`; `?chat=111` for one |
| `GET /_control/state` | everything else |
"""

from __future__ import annotations

import time
from typing import Any

from tests.platforms.telegram.courier import Courier
from tests.platforms.telegram.state import BOT, Account, Post
from tests.platforms.telegram.troubles import Troubles

Given = dict[str, Any]


class Control:
    """Carries out what tests ask for."""

    def __init__(self, account: Account, troubles: Troubles, courier: Courier) -> None:
        self.account, self.troubles, self.courier = account, troubles, courier
        self._presses = 0
        self._reactions: dict[tuple[int, int], str] = {}

    def say(self, given: Given) -> Given:
        """Somebody writes. Gives the ids that came of it; `update_id` is null when the bot did not ask for it."""
        if "update" in given:
            return self._raw(given["update"])
        chat = self.account.chat(int(given["chat"]), name=given.get("name"))
        content = dict(given.get("content") or {})
        if "text" in given:
            content |= _text(str(given["text"]))
        if "edit" in given:
            return self._edit(self.account.posts[chat.id, int(given["edit"])], content)
        if chat.blocked:
            self.block({"chat": chat.id}, blocked=False)
        post = self.account.post(chat, "person", content)
        update_id = self._tell("message", self.account.message(post), f"{chat.id}:message")
        return {"update_id": update_id, "message_id": post.number}

    def _edit(self, post: Post, content: Given) -> Given:
        post.edits.append({"before": post.content})
        post.content, post.edited = content, int(time.time())
        update_id = self._tell("edited_message", self.account.message(post), f"{post.chat}:message")
        return {"update_id": update_id, "message_id": post.number}

    def _raw(self, update: Given) -> Given:
        body = {key: value for key, value in update.items() if key != "update_id"}
        content = next((value for value in body.values() if isinstance(value, dict)), {})
        chat_id = int((content.get("chat") or content.get("from") or {}).get("id", 0))
        if chat_id:
            self.account.chat(chat_id)
        queue = f"{chat_id}:raw"
        update_id = self.account.put(body, queue)
        self.courier.told(queue)
        return {"update_id": update_id}

    def press(self, given: Given) -> Given:
        """Somebody presses a button."""
        post = self.account.posts[int(given["chat"]), int(given["message_id"])]
        buttons = [button for row in post.keyboard or () for button in row]
        self._presses += 1
        callback_id = str(4_000_000_000_000 + self._presses)
        self.account.callbacks[callback_id] = False
        chat = self.account.chats[post.chat]
        query = {
            "id": callback_id,
            "from": self.account.sender(chat),
            "message": self.account.message(post),
            "chat_instance": "-1",
            "data": buttons[int(given.get("index", 0))]["callback_data"],
        }
        update_id = self._tell("callback_query", query, f"{chat.id}:callback_query")
        return {"update_id": update_id, "callback_id": callback_id}

    def react(self, given: Given) -> Given:
        """Somebody reacts to a message."""
        where = int(given["chat"]), int(given["message_id"])
        before, now = self._reactions.pop(where, None), given.get("emoji")
        if now is not None:
            self._reactions[where] = str(now)
        chat = self.account.chats[where[0]]
        reaction = {
            "chat": chat.described(),
            "message_id": where[1],
            "user": self.account.sender(chat),
            "date": int(time.time()),
            "old_reaction": [{"type": "emoji", "emoji": before}] if before else [],
            "new_reaction": [{"type": "emoji", "emoji": now}] if now else [],
        }
        return {"update_id": self._tell("message_reaction", reaction, f"{chat.id}:message_reaction")}

    def block(self, given: Given, *, blocked: bool) -> Given:
        """Somebody blocks the bot, or takes that back."""
        chat = self.account.chat(int(given["chat"]))
        chat.blocked = blocked
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        changed = {
            "chat": chat.described(),
            "from": self.account.sender(chat),
            "date": int(time.time()),
            "old_chat_member": _member(before),
            "new_chat_member": _member(after),
        }
        return {"update_id": self._tell("my_chat_member", changed, f"{chat.id}:my_chat_member")}

    def deactivate(self, given: Given) -> Given:
        """Somebody deletes their account."""
        self.account.chat(int(given["chat"])).deactivated = True
        return {}

    def trouble(self, given: Given) -> Given:
        """Something is to go wrong."""
        if given.pop("clear", False):
            self.troubles.faults.clear()
        if given:
            self.troubles.add(given)
        return {"faults": len(self.troubles.faults)}

    def log(self, chat: int | None) -> Given:
        """What people see."""
        chosen = [chat] if chat is not None else list(self.account.ledger)
        return {"chats": {str(each): [post.shown() for post in self.account.ledger.get(each, ())] for each in chosen}}

    def state(self) -> Given:
        """Everything that people do not see."""
        account, webhook = self.account, self.account.webhook
        return {
            "webhook": {"url": webhook.url, "last_error": webhook.last_error} if webhook else None,
            "allowed": sorted(account.allowed) if account.allowed is not None else None,
            "pending": len(account.pending),
            "largest_message_id": account.next_number - 1,
            "callbacks": account.callbacks,
            "actions": account.actions,
            "commands": account.commands,
            "left": [chat.id for chat in account.chats.values() if chat.left],
            "requests": dict(account.requests),
            "deliveries": dict(account.deliveries),
            "faults": len(self.troubles.faults),
        }

    def _tell(self, kind: str, content: Given, queue: str) -> int | None:
        update_id = self.account.tell(kind, content, queue)
        self.courier.told(queue)
        return update_id


def _text(text: str) -> Given:
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if len(command) > 1 else []
    return {"text": text, **({"entities": entities} if entities else {})}


def _member(status: str) -> Given:
    return {"user": BOT, "status": status, **({"until_date": 0} if status == "kicked" else {})}
