"""The part of Meta's webhook payloads that is read.

Models of our own instead of a client library such as pywa: a library takes the request over, while here the raw bytes
must be verified and everything stored before anything is handled.

Unknown fields are ignored and nearly all are optional, because Meta adds and omits fields without a new version. A
message is read by itself, so that one in an unknown form does not take the others with it.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

WHATSAPP = "whatsapp_business_account"
Id = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Given(BaseModel):
    """Base of everything that Meta gives."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Metadata(Given):
    """Which of the numbers it is about."""

    phone_number_id: str = ""


class Value(Given):
    """What happened, of several kinds."""

    metadata: Metadata = Metadata()
    contacts: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []


class Change(Given):
    """News of one kind; only those of the field `messages` have a value that is read."""

    field: str = ""
    value: Any = None


class Entry(Given):
    """News of one business account."""

    changes: list[Change] = []


class Payload(Given):
    """A whole request."""

    object: str
    entry: list[Entry] = []


class Text(Given):
    """Words."""

    body: str = ""


class Reply(Given):
    """A tap on one of our buttons, or on a row of one of our lists."""

    id: Id
    title: str = ""


class Interactive(Given):
    """Which of both it was; neither for kinds that we never send."""

    button_reply: Reply | None = None
    list_reply: Reply | None = None


class Button(Given):
    """A tap on a button of a template."""

    text: str = ""


class Media(Given):
    """A file. ``voice``: sound that was spoken into WhatsApp itself."""

    caption: str | None = None
    voice: bool = False


class ReactionOf(Given):
    """An emoji on one of our messages; none when it was taken away."""

    message_id: Id
    emoji: str | None = None


class Form(Given):
    """What was sent. Only the field named by ``type`` is filled."""

    type: str = ""
    text: Text | None = None
    image: Media | None = None
    video: Media | None = None
    audio: Media | None = None
    document: Media | None = None
    interactive: Interactive | None = None
    button: Button | None = None
    reaction: ReactionOf | None = None


class Edit(Given):
    """The new form of a message."""

    original_message_id: Id
    message: Form = Form()


class System(Given):
    """News of WhatsApp itself, such as `user_changed_number`."""

    type: str = ""


class Message(Form):
    """One message of a person. ``from_`` is missing when they show only a user name; ``from_user_id`` is the id that
    they have for us alone."""

    id: Id
    from_: Id | None = Field(default=None, alias="from")
    from_user_id: Id | None = None
    edit: Edit | None = None
    system: System | None = None


class Problem(Given):
    """An error as Meta tells it; programs go by its code."""

    code: int | None = None


class Status(Given):
    """What became of a message of ours. ``biz_opaque_callback_data`` is our own key, as it was sent along."""

    id: Id
    status: str
    biz_opaque_callback_data: str | None = None
    errors: list[Problem] = []
