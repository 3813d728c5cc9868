"""From an update of Telegram to what the core takes. Nothing is fetched: of a picture only its caption is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionType,
    ReactionTypeEmoji,
    Update,
)
from telegram.constants import ChatType

from channels.arrivals import Arrival
from channels.incoming import Incoming
from channels.resume import codes
from channels.telegram import commands
from channels.web.schemas import MAX_TEXT
from dossiers.models import Kind

CHANNEL = "telegram"
END_OF_SENTENCE = " \t\r\n.,;:!?…"
# What a message holds besides words, the more telling name first: an animation also comes as a document, a venue also
# as a location. Everything else that Telegram puts into a message is a note of its own, such as a pinned message.
CONTENTS = {
    "live_photo": Kind.PHOTO,
    "photo": Kind.PHOTO,
    "animation": Kind.VIDEO,
    "video_note": Kind.VIDEO,
    "video": Kind.VIDEO,
    "voice": Kind.VOICE,
    "audio": Kind.AUDIO,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "venue": Kind.LOCATION,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
    "poll": Kind.OTHER,
    "dice": Kind.OTHER,
    "game": Kind.OTHER,
    "story": Kind.OTHER,
    "checklist": Kind.OTHER,
    "paid_media": Kind.OTHER,
    "giveaway": Kind.OTHER,
    "invoice": Kind.OTHER,
    "passport_data": Kind.OTHER,
    "web_app_data": Kind.OTHER,
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji on a message of ours, whose platform id this is; None: it was taken away, or is no common one."""

    address: str
    platform_id: str
    emoji: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Something happened in a chat where others read along."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked the bot at that moment."""

    address: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Read:
    """What an update means; ``news`` None: nothing for us. ``button``: the press that waits to be acknowledged;
    ``number``: the message id that it used up in the sequence of the bot's private chats."""

    news: Arrival | Reaction | Group | Blocked | None = None
    button: str | None = None
    number: int | None = None


def read(update: Update) -> Read:
    """What an update means. Kinds that are not ours to answer give an empty `Read`."""
    if update.message is not None:
        return _message(update.message)
    if update.edited_message is not None:
        return _edit(update.edited_message)
    if update.callback_query is not None:
        return _choice(update.callback_query)
    if update.message_reaction is not None:
        return Read(_reaction(update.message_reaction))
    if update.my_chat_member is not None:
        return Read(_member(update.my_chat_member))
    post = update.channel_post or update.edited_channel_post
    return Read(Group(post.chat.id)) if post is not None else Read()


def platform_id(chat_id: int | str, message_id: int) -> str:
    """The name by which a message is known to us."""
    return f"{chat_id}:{message_id}"


def _message(message: Message) -> Read:
    chat = message.chat
    if chat.type != ChatType.PRIVATE:
        return Read(Group(chat.id))
    number, external_id = message.message_id, platform_id(chat.id, message.message_id)
    if message.text is not None:
        meant = _words(external_id, _cut(message.text))
        return Read(Arrival(CHANNEL, str(chat.id), meant.incoming, meant.code), number=number)
    kind = _content(message)
    if kind is None:
        return Read(number=number)
    words = _cut(message.caption or "")
    if not words and message.media_group_id is not None:
        external_id = f"{chat.id}:album:{message.media_group_id}"  # pictures sent at once are answered once
    return Read(Arrival(CHANNEL, str(chat.id), Incoming(external_id, words, kind)), number=number)


def _words(external_id: str, text: str) -> commands.Meant:
    """A command, a code, the one word that the notice of privacy names, or plain words."""
    meant = commands.understood(external_id, text)
    if meant is not None:
        return meant
    if _is_stop(text):
        return commands.Meant(Incoming(external_id, text, Kind.STOP))
    words = text.lstrip("/ ")
    return commands.Meant(Incoming(external_id, words, Kind.TEXT if words else Kind.OTHER), codes.found_in(words))


def _is_stop(text: str) -> bool:
    return text.rstrip(END_OF_SENTENCE).casefold() in ("stop", "/stop")


def _content(message: Message) -> Kind | None:
    """What a message holds; None for a note that Telegram made itself. What the library does not know yet counts as
    sent by the person, so that nobody waits for an answer in vain."""
    for name, kind in CONTENTS.items():
        if getattr(message, name):
            return kind
    return Kind.OTHER if message.caption or message.api_kwargs else None


def _edit(message: Message) -> Read:
    """Only new words count: a live location changes every few seconds."""
    chat, words = message.chat, _cut(message.text or message.caption or "")
    if chat.type != ChatType.PRIVATE:
        return Read(Group(chat.id))
    if not words or message.edit_date is None:
        return Read()
    plain = platform_id(chat.id, message.message_id)
    external_id = f"{plain}:edit:{int(message.edit_date.timestamp())}"
    incoming = Incoming(external_id, words, Kind.EDIT, edits=plain)
    if _is_stop(words):
        incoming = Incoming(external_id, words, Kind.STOP)
    return Read(Arrival(CHANNEL, str(chat.id), incoming))


def _choice(query: CallbackQuery) -> Read:
    chat = query.message.chat if query.message is not None else None
    if chat is not None and chat.type != ChatType.PRIVATE:
        return Read(Group(chat.id), button=query.id)
    if query.data is None:
        return Read(button=query.id)
    address = str(chat.id if chat is not None else query.from_user.id)
    incoming = Incoming(f"callback:{query.id}", kind=Kind.CHOICE, choice=_cut(query.data))
    return Read(Arrival(CHANNEL, address, incoming), button=query.id)


def _reaction(changed: MessageReactionUpdated) -> Reaction | None:
    if changed.chat.type != ChatType.PRIVATE:
        return None
    before = _emojis(changed.old_reaction)
    added = [emoji for emoji in _emojis(changed.new_reaction) if emoji not in before]
    about = platform_id(changed.chat.id, changed.message_id)
    return Reaction(str(changed.chat.id), about, added[-1] if added else None)


def _emojis(reactions: Iterable[ReactionType]) -> list[str]:
    return [str(reaction.emoji) for reaction in reactions if isinstance(reaction, ReactionTypeEmoji)]


def _member(changed: ChatMemberUpdated) -> Blocked | Group | None:
    chat, status = changed.chat, changed.new_chat_member.status
    if chat.type == ChatType.PRIVATE:
        return Blocked(str(chat.id), changed.date) if status == ChatMember.BANNED else None
    return None if status in (ChatMember.LEFT, ChatMember.BANNED) else Group(chat.id)


def _cut(text: str) -> str:
    """The words as they are kept: at most as many as the website takes, without what no database stores."""
    storable = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return storable.strip()[:MAX_TEXT].strip()
