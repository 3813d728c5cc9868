"""What the web API takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from channels.web.sites import PoweredBy, Privacy, Site, SiteConsent
from dossiers.feedback import LONGEST_COMMENT
from dossiers.models import Feedback, Message, Verdict

MAX_TEXT = 2000
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z-]{2,60}$")]


class NewConversation(BaseModel):
    """What a widget may say when it starts a conversation. ``consent``: the version of the text that was agreed to,
    where the municipality asks for it (`sites.py`)."""

    model_config = ConfigDict(extra="ignore")
    municipality: Slug | None = None
    consent: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None


class ConversationStarted(BaseModel):
    """The only time that the token is given."""

    id: str
    token: str


class NewMessage(BaseModel):
    """A text, or the payload of an offered option. ``client_id`` makes sending again harmless."""

    model_config = ConfigDict(extra="ignore")
    text: Text | None = None
    payload: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    client_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]

    @model_validator(mode="after")
    def _one_of_both(self) -> NewMessage:
        if bool(self.text) == bool(self.payload):
            raise ValueError("send either a text or a payload, and not an empty one")
        if self.text and "\x00" in self.text:
            raise ValueError("the text holds a character that cannot be stored")
        return self


class NewFeedback(BaseModel):
    """What a person says of an answer. Without `comment` an earlier one stays; an empty one removes it."""

    model_config = ConfigDict(extra="ignore")
    verdict: Verdict
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_COMMENT)] | None = None

    @model_validator(mode="after")
    def _storable(self) -> NewFeedback:
        if self.comment and "\x00" in self.comment:
            raise ValueError("the comment holds a character that cannot be stored")
        return self


class FeedbackOut(BaseModel):
    """What a person said of an answer, as it is kept."""

    verdict: Verdict
    comment: str | None

    @classmethod
    def of(cls, feedback: Feedback) -> FeedbackOut:
        """The feedback as the API gives it back to the person who gave it."""
        return cls(verdict=feedback.verdict, comment=feedback.comment)


class Option(BaseModel):
    """A button."""

    title: str
    payload: str


class Source(BaseModel):
    """An official page behind an answer."""

    title: str
    url: str
    publisher: str
    checked_on: dt.date


class PlanEntry(BaseModel):
    """One step of a plan, as a message tells it. ``when`` says the date in words, ``reason`` the rule behind it."""

    step: str
    title: str
    state: Literal["done", "now", "blocked", "later"]
    late: bool
    by: dt.date | None
    when: str
    reason: str
    waits_for: list[str]
    facts: list[str]
    sources: list[Source]


class MessageOut(BaseModel):
    """One message, as docs/architecture.md describes it. ``agent`` is the name of the colleague who wrote it."""

    id: int
    sender: str
    text: str
    outcome: str | None
    article: str | None
    facts: list[str]
    sources: list[Source]
    options: list[Option]
    plan: list[PlanEntry] = []
    created_at: dt.datetime
    agent: str | None = None
    client_id: str | None = None
    feedback: FeedbackOut | None = None

    @classmethod
    def of(cls, message: Message, agents: dict[str, str], feedback: Feedback | None = None) -> MessageOut:
        """The message as the API gives it. ``agents``: names by id."""
        return cls(
            id=message.id,
            sender=message.sender,
            text=message.text,
            outcome=message.outcome,
            article=message.article,
            facts=message.facts,
            sources=[Source.model_validate(s) for s in message.sources],
            options=[Option.model_validate(o) for o in message.options],
            plan=[PlanEntry.model_validate(p) for p in message.plan],
            created_at=message.created_at,
            agent=agents.get(message.agent_id or ""),
            client_id=message.client_id,
            feedback=FeedbackOut.of(feedback) if feedback else None,
        )


class Messages(BaseModel):
    """Messages after an id, oldest first, and who has the floor now."""

    messages: list[MessageOut]
    speaker: str
    agent: str | None = None


class ContactLinks(BaseModel):
    """Where we are found on other channels; null where we are not."""

    telegram: str | None
    whatsapp: str | None


class SiteOut(BaseModel):
    """What a municipality decided about the chat on its site."""

    municipality: str
    name: str
    powered_by: PoweredBy | None
    privacy: Privacy
    consent: SiteConsent | None
    theme: str | None
    languages: list[str]
    channels: ContactLinks

    @classmethod
    def of(cls, municipality: str, name: str, site: Site, channels: ContactLinks) -> SiteOut:
        """The site as the API gives it; the sites that may show it are nobody else's business."""
        return cls(
            municipality=municipality,
            name=name,
            powered_by=site.powered_by,
            privacy=site.privacy,
            consent=site.consent,
            theme=site.theme,
            languages=list(site.languages),
            channels=channels,
        )
