"""The widget's API: what the site decided, start a conversation, send, read, and follow it live."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from channels import inbox, outbox
from channels.hub import wait
from channels.incoming import Incoming
from channels.web.errors import ApiError
from channels.web.limits import visitor
from channels.web.reading import news
from channels.web.schemas import (
    ContactLinks,
    ConversationStarted,
    FeedbackOut,
    MessageOut,
    Messages,
    NewConversation,
    NewFeedback,
    NewMessage,
    SiteOut,
    Slug,
)
from channels.web.service import WebService
from channels.web.sites import Site
from dossiers import consents, conversations, feedback
from dossiers.models import Conversation, Speaker, Where
from dossiers.signs import COLLEAGUE_TYPES, PERSON_TYPES

router = APIRouter(prefix="/api", tags=["conversations"])
LOOK_EVERY = 5.0
SITE_SECONDS = 60  # how long a browser may keep what a site decided
_ID = re.compile(r"[0-9a-f]{32}")


def service(request: Request) -> WebService:
    """What the web channel works with, wired once in `app.main`."""
    found: WebService = request.app.state.web
    return found


Service = Annotated[WebService, Depends(service)]
LastId = Annotated[int, Query(ge=0, le=inbox.LARGEST_ID)]
MessageId = Annotated[int, Path(ge=1, le=inbox.LARGEST_ID)]


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
    conversation = None
    if _ID.fullmatch(conversation_id):
        with web.database.read() as session:
            conversation = conversations.opened_by(session, conversation_id, token)
    if conversation is None:
        raise ApiError(404, "conversation_unknown", "This conversation has ended or does not exist. Start a new one.")
    return conversation


Own = Annotated[Conversation, Depends(own_conversation)]


@router.get("/sites/{municipality}")
def site(municipality: Slug, web: Service, response: Response) -> SiteOut:
    """What a municipality decided about the chat on its site. One that decided nothing has what holds for all."""
    response.headers["Cache-Control"] = f"public, max-age={SITE_SECONDS}"
    found, town = web.sites.of(municipality), web.library.municipalities.get(municipality)
    name = found.name if town is None or web.sites.knows(municipality) else town.name
    links = ContactLinks(telegram=web.telegram_link, whatsapp=web.whatsapp_link)
    return SiteOut.of(municipality, name, found, links)


@router.post("/conversations", status_code=201)
def start(
    request: Request, web: Service, new: NewConversation | None = None, origin: Annotated[str | None, Header()] = None
) -> ConversationStarted:
    """Starts a conversation; `municipality` is the slug of the town whose site shows the widget, `consent` the version
    of its text that the person agreed to."""
    web.limits.conversation(visitor(request))
    new = new or NewConversation()
    place = web.sites.of(new.municipality)
    _check(place, origin, new.consent)
    town = new.municipality if new.municipality in web.library.municipalities else None
    now = web.clock()
    with web.database.write() as session:
        conversation, token = conversations.start(session, channel=outbox.WEB, municipality=town, now=now)
        if (given := place.consent) is not None:
            consents.give(
                session,
                conversation.person_id,
                purpose=consents.CHAT,
                version=given.version,
                text=given.text,
                given_in=Where.SITE,
                now=now,
            )
    return ConversationStarted(id=conversation.id, token=token)


def _check(place: Site, origin: str | None, consent: str | None) -> None:
    """Whether a conversation may be started there.

    Raises:
        ApiError: 403, on a page that the municipality does not name; 422, its text was not agreed to.
    """
    if not place.admits(origin):
        raise ApiError(
            403, "origin_not_allowed", "This chat may not be used on this site. Use it on the town's own site."
        )
    if place.consent is not None and consent != place.consent.version:
        message = "Before the chat begins, read what is kept about you and agree to it. Then your message is sent."
        raise ApiError(422, "consent_needed", message)


@router.post("/conversations/{conversation_id}/messages", status_code=202)
def send(own: Own, new: NewMessage, web: Service) -> MessageOut:
    """Stores a message and answers at once; the reply comes over `events` or `messages`. Sending again with the same
    `client_id` changes nothing and gives the first message back."""
    web.limits.message(own.id)
    incoming = Incoming(new.client_id, new.text or "", payload=new.payload)
    with web.database.write() as session:
        conversations.lock(session, own.id)
        conversation = session.get_one(Conversation, own.id)
        conversation.channel = outbox.WEB
        try:
            message, _ = inbox.receive(session, conversation, incoming, web.clock())
        except inbox.NotOffered:
            raise ApiError(
                422, "not_offered", "This choice was not offered in this conversation. Please type your question."
            ) from None
    web.hub.unsign(own.id, PERSON_TYPES)
    web.hub.wake(own.id)
    return MessageOut.of(message, {})


@router.post("/conversations/{conversation_id}/typing", status_code=204)
def typing(own: Own, web: Service) -> None:
    """Tells a colleague that the person types, for some seconds. Nothing of what is typed is sent, nothing is kept."""
    web.limits.typing(own.id)
    if own.speaker != Speaker.BOT:
        web.hub.sign(own.id, PERSON_TYPES)


@router.get("/conversations/{conversation_id}/messages")
def read(own: Own, web: Service, after: LastId = 0) -> Messages:
    """Messages after an id, oldest first, at most 200 at once."""
    found = news(web.database, own.id, after, web.clock())
    assert found is not None
    return found


@router.post("/conversations/{conversation_id}/messages/{message_id}/feedback")
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


@router.get("/conversations/{conversation_id}/events")
async def events(
    own: Own,
    web: Service,
    after: LastId = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=inbox.LARGEST_ID)] = None,
) -> EventSourceResponse:
    """Server-Sent Events: `message` (id: the message's), `floor` and `typing`. Resumes after `Last-Event-ID` or
    `after`. Ends when the conversation goes on elsewhere with a new token."""

    async def stream() -> AsyncIterator[ServerSentEvent]:
        seen, floor, typing = max(after, last_event_id or 0), "", False
        async with web.hub.listen(own.id) as changed:
            while not web.hub.closing:
                changed.clear()
                found = await asyncio.to_thread(_news, web, own, seen)
                if found is None:
                    return
                state = found.model_dump_json(include={"speaker", "agent"})
                for message in found.messages:
                    seen = message.id
                    yield ServerSentEvent(message.model_dump_json(), event="message", id=str(seen))
                if state != floor:
                    floor = state
                    yield ServerSentEvent(state, event="floor")
                types = found.speaker == Speaker.AGENT and COLLEAGUE_TYPES in web.hub.signs(own.id)
                if types != typing:
                    typing = types
                    yield ServerSentEvent(f'{{"colleague":{"true" if types else "false"}}}', event="typing")
                if not found.messages:
                    await wait(changed, LOOK_EVERY)

    return EventSourceResponse(stream(), ping=15, headers={"X-Accel-Buffering": "no"})


def _news(web: WebService, own: Conversation, seen: int) -> Messages | None:
    """What is new, as long as the token that opened the stream is still the conversation's."""
    with web.database.read() as session:
        now = session.get(Conversation, own.id)
        if now is None or now.token_hash != own.token_hash:
            return None
    return news(web.database, own.id, seen, web.clock())
