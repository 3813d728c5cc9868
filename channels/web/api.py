"""The widget's API: start a conversation, send, read, and follow it live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from channels import inbox, outbox
from channels.hub import wait
from channels.incoming import Incoming
from channels.web.errors import ApiError
from channels.web.reading import news
from channels.web.schemas import (
    ConversationStarted,
    FeedbackOut,
    MessageOut,
    Messages,
    NewConversation,
    NewFeedback,
    NewMessage,
)
from channels.web.service import WebService
from dossiers import conversations, feedback
from dossiers.models import Conversation

router = APIRouter(prefix="/api/conversations", tags=["conversations"])
LOOK_EVERY = 5.0


def service(request: Request) -> WebService:
    """What the web channel works with, wired once in `app.main`."""
    found: WebService = request.app.state.web
    return found


Service = Annotated[WebService, Depends(service)]
LastId = Annotated[int, Query(ge=0)]
MessageId = Annotated[int, Path(ge=1, le=2**31 - 1)]


def bearer(authorization: Annotated[str | None, Header()] = None) -> str:
    """The token of the request.

    Raises:
        ApiError: 401, none was given.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ApiError(401, "token_missing", "Send the conversation's token as “Authorization: Bearer …”.")
    return token


def own_conversation(conversation_id: str, token: Annotated[str, Depends(bearer)], web: Service) -> Conversation:
    """The conversation that the token opens.

    Raises:
        ApiError: 404, wrong id or token; which of both is not told.
    """
    with web.database.read() as session:
        conversation = conversations.opened_by(session, conversation_id, token)
    if conversation is None:
        raise ApiError(404, "conversation_unknown", "This conversation has ended or does not exist. Start a new one.")
    return conversation


Own = Annotated[Conversation, Depends(own_conversation)]


@router.post("", status_code=201)
def start(request: Request, web: Service, new: NewConversation | None = None) -> ConversationStarted:
    """Starts a conversation; `municipality` is the slug of the town whose site shows the widget."""
    web.limits.conversation(request.client.host if request.client else "unknown")
    town = new.municipality if new and new.municipality in web.library.municipalities else None
    with web.database.write() as session:
        conversation, token = conversations.start(session, channel="web", municipality=town, now=web.clock())
    return ConversationStarted(id=conversation.id, token=token)


@router.post("/{conversation_id}/messages", status_code=202)
def send(own: Own, new: NewMessage, web: Service) -> MessageOut:
    """Stores a message and answers at once; the reply comes over `events` or `messages`. Sending again with the same
    `client_id` changes nothing and gives the first message back."""
    web.limits.message(own.id)
    incoming = Incoming(new.client_id, new.text or "", payload=new.payload)
    with web.database.write() as session:
        conversation = session.get_one(Conversation, own.id)
        conversation.channel = outbox.WEB
        try:
            message, _ = inbox.receive(session, conversation, incoming, web.clock())
        except inbox.NotOffered:
            raise ApiError(
                422, "not_offered", "This choice was not offered in this conversation. Please type your question."
            ) from None
    web.hub.wake(own.id)
    return MessageOut.of(message, {})


@router.get("/{conversation_id}/messages")
def read(own: Own, web: Service, after: LastId = 0) -> Messages:
    """Messages after an id, oldest first, at most 200 at once."""
    found = news(web.database, own.id, after, web.clock())
    assert found is not None
    return found


@router.post("/{conversation_id}/messages/{message_id}/feedback")
def judge(own: Own, message_id: MessageId, new: NewFeedback, web: Service) -> FeedbackOut:
    """Keeps whether an answer helped, with a comment of at most 500 characters. Sending again replaces it."""
    web.limits.message(own.id)
    with web.database.write() as session:
        try:
            kept = feedback.give(session, own.id, message_id, new.verdict, new.comment, web.clock())
        except feedback.NotAnAnswer:
            raise ApiError(
                422, "not_an_answer", "There is no answer of the assistant under this number in this conversation."
            ) from None
        return FeedbackOut.of(kept)


@router.get("/{conversation_id}/events")
async def events(
    own: Own,
    web: Service,
    after: LastId = 0,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> EventSourceResponse:
    """Server-Sent Events: `message` (id: the message's) and `floor`. Resumes after `Last-Event-ID` or `after`."""

    async def stream() -> AsyncIterator[ServerSentEvent]:
        seen, floor = max(after, last_event_id or 0), ""
        async with web.hub.listen(own.id) as changed:
            while not web.hub.closing:
                changed.clear()
                found = await asyncio.to_thread(news, web.database, own.id, seen, web.clock())
                if found is None:
                    return
                state = found.model_dump_json(include={"speaker", "agent"})
                for message in found.messages:
                    seen = message.id
                    yield ServerSentEvent(message.model_dump_json(), event="message", id=str(seen))
                if state != floor:
                    floor = state
                    yield ServerSentEvent(state, event="floor")
                if not found.messages:
                    await wait(changed, LOOK_EVERY)

    return EventSourceResponse(stream(), ping=15, headers={"X-Accel-Buffering": "no"})
