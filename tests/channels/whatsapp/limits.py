"""What the Cloud API refuses of a message to a person, by its documented limits. Lengths are in UTF-16 units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

INVALID, TYPE, PARAMETER = 100, 131051, 131009
NO_TEMPLATE, WRONG_COUNT, WRONG_FORM = 132001, 132000, 132018
PLACE = re.compile(r"\{(\d+)\}")


def _at_most(longest: int, shortest: int = 1) -> Any:
    def check(text: str) -> str:
        if not shortest <= len(text.encode("utf-16-le")) // 2 <= longest or (shortest and not text.strip()):
            raise ValueError(f"must have {shortest} to {longest} characters")
        return text

    return Annotated[str, AfterValidator(check)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Text(Strict):
    body: _at_most(4096)  # type: ignore[valid-type]
    preview_url: bool = False


class Words(Strict):
    text: _at_most(1024)  # type: ignore[valid-type]


class ShortWords(Strict):
    text: _at_most(60)  # type: ignore[valid-type]


class Header(ShortWords):
    type: Literal["text"]


class ReplyButton(Strict):
    id: _at_most(256)  # type: ignore[valid-type]
    title: _at_most(20)  # type: ignore[valid-type]


class Button(Strict):
    type: Literal["reply"]
    reply: ReplyButton


class Buttons(Strict):
    buttons: list[Button] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _unlike(self) -> Buttons:
        for name in ("id", "title"):
            if len({getattr(button.reply, name) for button in self.buttons}) != len(self.buttons):
                raise ValueError(f"every {name} must be unique")
        return self


class Row(Strict):
    id: _at_most(200)  # type: ignore[valid-type]
    title: _at_most(24)  # type: ignore[valid-type]
    description: _at_most(72) | None = None  # type: ignore[valid-type]


class Section(Strict):
    title: _at_most(24) | None = None  # type: ignore[valid-type]
    rows: list[Row] = Field(min_length=1, max_length=10)


class Choices(Strict):
    button: _at_most(20)  # type: ignore[valid-type]
    sections: list[Section] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _unlike(self) -> Choices:
        ids = [row.id for section in self.sections for row in section.rows]
        if len(ids) > 10:
            raise ValueError("at most ten rows in all sections")
        if len(set(ids)) != len(ids):
            raise ValueError("every row id must be unique")
        if len(self.sections) > 1 and not all(section.title for section in self.sections):
            raise ValueError("several sections need titles")
        return self


class Link(Strict):
    display_text: _at_most(20)  # type: ignore[valid-type]
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)]


class LinkAction(Strict):
    name: Literal["cta_url"]
    parameters: Link


class Interactive(Strict):
    type: Literal["button", "list", "cta_url"]
    header: Header | None = None
    body: Words
    footer: ShortWords | None = None
    action: dict[str, Any]

    @model_validator(mode="after")
    def _fits(self) -> Interactive:
        kinds: dict[str, type[Strict]] = {"button": Buttons, "list": Choices, "cta_url": LinkAction}
        kinds[self.type].model_validate(self.action)
        return self


class Location(Strict):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    name: str | None = Field(default=None, max_length=1000)
    address: str | None = Field(default=None, max_length=1000)


class Language(Strict):
    code: str
    policy: Literal["deterministic"] = "deterministic"


class Parameter(Strict):
    type: Literal["text"]
    text: str


class Component(Strict):
    type: Literal["body"]
    parameters: list[Parameter]


class Template(Strict):
    name: str
    language: Language
    components: list[Component] = Field(default=[], max_length=1)

    @property
    def values(self) -> list[str]:
        return [parameter.text for component in self.components for parameter in component.parameters]


class Message(Strict):
    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: Annotated[str, Field(pattern=r"^\+?\d{5,15}$")] | None = None
    recipient: Annotated[str, Field(pattern=r"^[A-Z]{2}(\.ENT)?\.\w{1,128}$")] | None = None
    biz_opaque_callback_data: Annotated[str, Field(max_length=512)] | None = None
    context: dict[str, str] | None = None
    type: Literal["text", "interactive", "location", "template"] = "text"
    text: Text | None = None
    interactive: Interactive | None = None
    location: Location | None = None
    template: Template | None = None

    @model_validator(mode="after")
    def _whole(self) -> Message:
        if not self.to and not self.recipient:
            raise ValueError("to or recipient is required")
        filled = {name for name in ("text", "interactive", "location", "template") if getattr(self, name) is not None}
        if filled != {self.type}:
            raise ValueError("exactly the field named by type must be there")
        return self

    @property
    def options(self) -> list[dict[str, str]]:
        """Buttons and rows to tap, each with the kind of its answer."""
        if self.interactive is None:
            return []
        action = self.interactive.action
        if self.interactive.type == "button":
            return [{"kind": "button_reply", **button["reply"]} for button in action["buttons"]]
        return [{"kind": "list_reply", **row} for section in action.get("sections", ()) for row in section["rows"]]

    def shown(self, approved: Mapping[tuple[str, str], str]) -> str:
        """Its words, as the person reads them."""
        if self.template is not None:
            return filled(self.template.values, approved[self.template.name, self.template.language.code])
        if self.interactive is not None:
            return str(self.interactive.body.text)
        return str(self.text.body) if self.text is not None else ""


def refusal(body: Any, approved: Mapping[tuple[str, str], str]) -> tuple[int, str] | None:
    """The error code and details of a request that is refused; None when it is taken. ``approved``: bodies of the
    approved templates by name and language, with a place like `{1}` for each value."""
    known = Message.model_fields["type"].annotation.__args__  # type: ignore[union-attr]
    if isinstance(body, dict) and body.get("type", "text") not in known:
        return TYPE, "Unsupported message type"
    try:
        message = Message.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        return INVALID, f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    if message.template is None:
        return None
    return _template(message.template, approved)


def _template(template: Template, approved: Mapping[tuple[str, str], str]) -> tuple[int, str] | None:
    body = approved.get((template.name, template.language.code))
    if body is None:
        return NO_TEMPLATE, f"template name ({template.name}) does not exist in {template.language.code}"
    if len(template.values) != len(PLACE.findall(body)):
        return WRONG_COUNT, "number of parameters does not match the expected number of params"
    if any(not value or re.search(r"[\n\t]| {5}", value) for value in template.values):
        return WRONG_FORM, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
    if len(filled(template.values, body)) > 1024:
        return 132005, "Translated text too long"
    return None


def filled(values: list[str], body: str) -> str:
    """A template with its values."""
    return PLACE.sub(lambda place: values[int(place[1]) - 1], body)
