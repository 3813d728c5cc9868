"""One bot and the people it talks to, in memory."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.telegram.checks import Refusal, bad

BOT = {"id": 7000000001, "is_bot": True, "first_name": "What now?", "username": "what_now_test_bot"}
# What comes only when it was asked for by name.
BY_NAME_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass
class Post:
    """One message that people see."""

    chat: int
    number: int
    by: str
    content: dict[str, Any]
    date: int
    keyboard: list[list[dict[str, Any]]] | None = None
    edits: list[dict[str, Any]] = field(default_factory=list)
    edited: int | None = None

    def shown(self) -> dict[str, Any]:
        """A line of the ledger."""
        line = {"chat": self.chat, "message_id": self.number, "by": self.by, "date": self.date}
        return {**line, "text": self.content.get("text", ""), **self._rest(), "edits": self.edits}

    def _rest(self) -> dict[str, Any]:
        return {"content": self.content, "keyboard": self.keyboard}


@dataclass
class Chat:
    """Somebody who opened the bot, or a group it was put into."""

    id: int
    type: str
    name: str = "Amina"
    blocked: bool = False
    deactivated: bool = False
    left: bool = False
    next_number: int = 1

    def described(self) -> dict[str, Any]:
        """As messages show it."""
        named = {"first_name": self.name} if self.type == "private" else {"title": self.name}
        return {"id": self.id, "type": self.type, **named}


@dataclass
class Update:
    """Something the bot is to be told. ``queue``: those with the same are told one after the other."""

    id: int
    queue: str
    body: dict[str, Any]


@dataclass
class Webhook:
    """Where updates are brought."""

    url: str
    secret: str
    last_error: str = ""


class Account:
    """Everything about the bot."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.posts: dict[tuple[int, int], Post] = {}
        self.ledger: dict[int, list[Post]] = defaultdict(list)
        self.next_number = 1
        self.update_ids = itertools.count(500_000_001)
        self.pending: dict[int, Update] = {}
        self.queues: dict[str, deque[int]] = defaultdict(deque)
        self.news = asyncio.Event()
        self.webhook: Webhook | None = None
        self.allowed: frozenset[str] | None = None
        self.callbacks: dict[str, bool] = {}
        self.actions: list[dict[str, Any]] = []
        self.commands: list[dict[str, Any]] = []
        self.requests: Counter[str] = Counter()
        self.deliveries: Counter[str] = Counter()

    def chat(self, chat_id: int, *, name: str | None = None) -> Chat:
        """A chat, opened by somebody when it was not yet."""
        kind = "private" if chat_id > 0 else "supergroup" if str(chat_id).startswith("-100") else "group"
        chat = self.chats.setdefault(chat_id, Chat(chat_id, kind))
        if name is not None:
            chat.name = name
        return chat

    def reachable(self, given: Any) -> Chat:
        """The chat that the bot may write to."""
        try:
            chat = self.chats.get(int(given))
        except (TypeError, ValueError):
            raise bad("chat not found" if given else "chat_id is empty") from None
        if chat is None:
            raise bad("chat not found")
        if chat.deactivated:
            raise Refusal(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat.left:
            raise Refusal(403, f"Forbidden: bot is not a member of the {chat.type} chat")
        return chat

    def post(self, chat: Chat, by: str, content: dict[str, Any], keyboard: Any = None) -> Post:
        """Puts a message into a chat."""
        if chat.type == "supergroup":
            number, chat.next_number = chat.next_number, chat.next_number + 1
        else:
            number, self.next_number = self.next_number, self.next_number + 1
        post = Post(chat.id, number, by, content, int(time.time()), keyboard)
        self.posts[chat.id, number] = post
        self.ledger[chat.id].append(post)
        return post

    def message(self, post: Post) -> dict[str, Any]:
        """A message as the Bot API describes it."""
        chat = self.chats[post.chat]
        whole: dict[str, Any] = {
            "message_id": post.number,
            "from": BOT if post.by == "bot" else self.sender(chat),
            "chat": chat.described(),
            "date": post.date,
            **post.content,
        }
        if post.edited is not None:
            whole["edit_date"] = post.edited
        if post.keyboard:
            whole["reply_markup"] = {"inline_keyboard": post.keyboard}
        return whole

    def sender(self, chat: Chat) -> dict[str, Any]:
        """The person of a chat; in a group somebody of it."""
        number = chat.id if chat.type == "private" else abs(chat.id) % 1_000_000 + 1
        return {"id": number, "is_bot": False, "first_name": chat.name, "language_code": "en"}

    def tell(self, kind: str, content: dict[str, Any], queue: str) -> int | None:
        """Queues an update; None when the bot did not ask for this kind."""
        wanted = kind in self.allowed if self.allowed is not None else kind not in BY_NAME_ONLY
        return self.put({kind: content}, queue) if wanted else None

    def put(self, body: dict[str, Any], queue: str) -> int:
        """Queues an update whatever it is."""
        number = next(self.update_ids)
        self.pending[number] = Update(number, queue, {"update_id": number, **body})
        self.queues[queue].append(number)
        self.news.set()
        return number

    def drop(self, update_id: int) -> None:
        """Forgets an update that was delivered."""
        self.pending.pop(update_id, None)

    def first_of(self, queue: str) -> Update | None:
        """The oldest update of a queue that was not delivered."""
        waiting = self.queues[queue]
        while waiting and waiting[0] not in self.pending:
            waiting.popleft()
        return self.pending[waiting[0]] if waiting else None
