"""Going on elsewhere, from the widget: a code for another channel, a code from one, the channels that are linked."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from channels import outbox
from channels.resume import linking
from channels.resume.codes import Codes, TooManyTries
from channels.web.api import Own, Service
from channels.web.errors import ApiError
from channels.web.limits import visitor
from channels.web.schemas import ContactLinks, ConversationStarted
from channels.web.service import WebService
from dossiers import conversations

ChannelName = Annotated[str, Path(pattern=r"^[a-z]{2,20}$")]
_MANY_CODES = "You asked for many codes. Please wait some time, or use the last one."
_MANY_TRIES = "Many codes were tried. Please wait some time and try again then."
_WRONG = "This code does not work. It may be too old or used already. Ask for a new one where you began the chat."


class CodeGiven(BaseModel):
    """A code, until when it works, and links that carry it; null where we are not on that channel."""

    code: str
    expires_at: dt.datetime
    links: ContactLinks


class CodeEntered(BaseModel):
    """A code as somebody typed it."""

    model_config = ConfigDict(extra="ignore")
    code: Annotated[str, StringConstraints(max_length=64)]


class LinkedChannel(BaseModel):
    """A channel on which the person also writes."""

    channel: str
    since: dt.datetime


class LinkedChannels(BaseModel):
    """Every other channel of a conversation, the oldest first."""

    channels: list[LinkedChannel]


def create_router(codes: Codes) -> APIRouter:
    """The routes. They expect `app.state.web`, as `channels.web.api` does."""
    router = APIRouter(prefix="/api", tags=["going on elsewhere"])

    @router.post("/conversations/{conversation_id}/code")
    def code(own: Own, web: Service) -> CodeGiven:
        """A code to go on with this conversation elsewhere. It works once, for minutes; a new one ends it."""
        try:
            with web.database.write() as session:
                given, until = codes.make(session, own.id, web.clock())
        except TooManyTries:
            raise ApiError(429, "too_many_codes", _MANY_CODES) from None
        return CodeGiven(code=given, expires_at=until, links=_links(web, given))

    @router.post("/resume")
    def resume(request: Request, entered: CodeEntered, web: Service) -> ConversationStarted:
        """Opens the conversation of a code here, with a new token; the token before opens nothing any more."""
        try:
            codes.count_try(f"web {visitor(request)}")
        except TooManyTries:
            raise ApiError(429, "too_many_tries", _MANY_TRIES) from None
        with web.database.write() as session:
            conversation = codes.open(session, entered.code, web.clock())
            if conversation is None:
                raise ApiError(404, "code_wrong", _WRONG)
            conversations.lock(session, conversation.id)
            session.refresh(conversation)
            conversation.channel = outbox.WEB
            started = ConversationStarted(id=conversation.id, token=conversations.new_token(conversation))
        web.hub.wake(started.id)  # ends the streams of the token before
        return started

    @router.get("/conversations/{conversation_id}/channels")
    def channels(own: Own, web: Service) -> LinkedChannels:
        """On which other channels this conversation goes on."""
        with web.database.read() as session:
            found = conversations.addresses(session, own.id)
        return LinkedChannels(channels=[LinkedChannel(channel=a.channel, since=a.created_at) for a in found])

    @router.delete("/conversations/{conversation_id}/channels/{channel}", status_code=204)
    def unlink(own: Own, channel: ChannelName, web: Service) -> None:
        """Ends a channel of this conversation. Who writes there again starts a new conversation."""
        with web.database.write() as session:
            found = linking.unlink(session, own.id, channel, web.clock())
        if not found:
            raise ApiError(404, "channel_unknown", "This chat is not linked to that channel.")
        web.hub.wake(own.id)

    return router


def _links(web: WebService, code: str) -> ContactLinks:
    telegram = f"{web.telegram_link}?start={code.replace('-', '')}" if web.telegram_link else None
    whatsapp = f"{web.whatsapp_link}?text={quote(f'code {code}')}" if web.whatsapp_link else None
    return ContactLinks(telegram=telegram, whatsapp=whatsapp)
