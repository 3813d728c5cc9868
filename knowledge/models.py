"""What an article, a fact, an amount and a place are. The files in this folder are read into these classes.

Every class refuses unknown fields, so that a misspelt field is an error and not a silent loss.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, HttpUrl, Tag, field_validator, model_validator

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
PARTIAL_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")
AMOUNT_REFERENCE = re.compile(r"\{amount:([a-z0-9-]+)\}")


class Topic(StrEnum):
    """The subject an article belongs to; also its folder."""

    REGISTRATION = "registration"
    PERMITS = "permits"
    HOUSING = "housing"
    TAX = "tax"
    MONEY = "money"
    WORK = "work"
    FAMILY = "family"
    HEALTH = "health"
    MOBILITY = "mobility"
    LANGUAGE = "language"
    HELP = "help"
    SOCIAL = "social"


class Phase(StrEnum):
    """When in a move most people ask this."""

    BEFORE_ARRIVAL = "before-arrival"
    FIRST_8_DAYS = "first-8-days"
    FIRST_3_MONTHS = "first-3-months"
    SETTLED = "settled"
    LEAVING = "leaving"
    ANYTIME = "anytime"


class Status(StrEnum):
    """Who says so. Only ``official`` may carry a figure."""

    OFFICIAL = "official"
    OFFICIAL_ELSEWHERE = "official-elsewhere"
    UNIVERSITY = "university"
    PAYER = "payer"
    UNOFFICIAL = "unofficial"


Citizenship = Literal["eu", "non-eu"]
Purpose = Literal[
    "employee", "researcher", "self-employed", "job-seeker", "family", "student", "visitor", "cross-border"
]


class Record(BaseModel):
    """Base of everything read from a file: immutable, no unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Audience(Record):
    """For whom an article holds. An empty list means that it does not matter."""

    citizenship: tuple[Citizenship, ...] = ()
    purpose: tuple[Purpose, ...] = ()
    municipality: tuple[Slug, ...] = ()

    def fits(self, citizenship: Citizenship, purpose: Purpose) -> bool:
        """Whether it is for people of this citizenship and purpose."""
        return citizenship in (self.citizenship or (citizenship,)) and purpose in (self.purpose or (purpose,))


class Statement(Record):
    """One paragraph. ``fact`` names the fact that a figure in it rests on."""

    text: str = Field(min_length=3)
    fact: Slug | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_plain_text(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value

    @property
    def amounts(self) -> tuple[str, ...]:
        """Ids of the amounts that the text names."""
        return tuple(AMOUNT_REFERENCE.findall(self.text))


class Suspicion(Record):
    """Why a fact may no longer be true, and since when. A person confirms the fact or changes it."""

    since: dt.date
    why: str = Field(min_length=3)


class Fact(Record):
    """One sourced statement. ``says`` paraphrases the page; it is never shown as a quotation."""

    id: Slug
    says: str = Field(min_length=10)
    url: HttpUrl
    title: str = Field(min_length=2)
    publisher: str = Field(min_length=2)
    status: Status
    page_date: str | None
    seen_on: dt.date
    verified_on: dt.date | None = None
    verified_by: str | None = None
    review_by: dt.date
    conflict: str | None = None
    volatile: bool = False
    suspect: Suspicion | None = None

    @field_validator("page_date", mode="before")
    @classmethod
    def _partial_date(cls, value: Any) -> Any:
        if value is None:
            return None
        text = value.isoformat() if isinstance(value, dt.date) else str(value)
        if not PARTIAL_DATE.match(text):
            raise ValueError('write "2025", "2025-06", "2025-06-04" or null')
        return text

    @model_validator(mode="after")
    def _consistent(self) -> Fact:
        if self.review_by <= self.seen_on:
            raise ValueError("review_by must lie after seen_on")
        if (self.verified_on is None) != (self.verified_by is None):
            raise ValueError("verified_on and verified_by go together: give both or neither")
        return self

    @property
    def checked_on(self) -> dt.date:
        """The last day somebody looked at the page."""
        return self.verified_on or self.seen_on


class AmountValue(Record):
    """A value and the days on which it holds (both inclusive; ``valid_to`` null: still valid)."""

    value: float
    valid_from: dt.date
    valid_to: dt.date | None
    source: HttpUrl
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> AmountValue:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to must not lie before valid_from")
        return self


class Amount(Record):
    """A fee, threshold or percentage that changes, with its validity."""

    id: Slug
    title: str
    unit: Literal["EUR", "percent", "hours"]
    facts: tuple[Slug, ...] = Field(min_length=1)
    values: tuple[AmountValue, ...] = Field(min_length=1)


class Place(Record):
    """A counter or authority. ``municipality`` null: it serves every town."""

    id: Slug
    name: str
    roles: tuple[Slug, ...] = Field(min_length=1)
    municipality: Slug | None = None
    serves: str = Field(min_length=10)
    address: str | None = None
    contact: str | None = None
    url: HttpUrl
    source_title: str
    seen_on: dt.date


class Municipality(Record):
    """A town of the province.

    ``also`` lists districts and former names under which people know it; ``seen_on`` is the day on which the address
    of its website was read.
    """

    id: Slug
    name: str
    postcodes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    website: HttpUrl | None = None
    seen_on: dt.date | None = None

    @model_validator(mode="after")
    def _dated(self) -> Municipality:
        if (self.website is None) != (self.seen_on is None):
            raise ValueError("website and seen_on go together: give both or neither")
        return self


def _kind_of_fact(value: object) -> str:
    return "named" if isinstance(value, str) else "written-out"


FactOrId = Annotated[
    Annotated[Fact, Tag("written-out")] | Annotated[Slug, Tag("named")],
    Discriminator(_kind_of_fact),
]


class Article(Record):
    """One answerable subject."""

    id: Slug
    title: str = Field(min_length=5, max_length=90)
    topic: Topic
    phase: Phase
    audience: Audience = Audience()
    answer: tuple[Statement, ...] = Field(min_length=1)
    bring: tuple[Statement, ...] = ()
    deadline: Statement | None = None
    cost: Statement | None = None
    family: tuple[Statement, ...] = ()
    place: Slug | None = None
    related: tuple[Slug, ...] = Field(default=(), max_length=4)
    questions: tuple[Annotated[str, Field(min_length=3, max_length=300)], ...] = Field(min_length=10)
    facts: tuple[FactOrId, ...] = Field(min_length=1)

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """Ids of all facts it covers, its own and those of other articles."""
        return tuple(f.id if isinstance(f, Fact) else f for f in self.facts)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything it can say, in the order of reading."""
        single = tuple(s for s in (self.deadline, self.cost) if s is not None)
        return self.answer + self.bring + single + self.family


class Consent(Record):
    """A text that a person agrees to. A changed text needs a new version.

    ``title`` and ``summary``: what it is for, in short; ``gone``: what happens when it is taken back.
    """

    purpose: Slug
    version: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}(\.\d+)?$")
    text: str = Field(min_length=40)
    title: str = ""
    summary: str = ""
    gone: str = ""

    @field_validator("text")
    @classmethod
    def _unwrapped(cls, text: str) -> str:
        """Paragraphs without the line breaks of the file."""
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


class Partner(Record):
    """An organisation with which people may share their profile. ``does`` completes "It …"; ``privacy``: its own notice
    about personal data, only where we have checked the address."""

    id: Slug
    name: str = Field(min_length=2, max_length=40)
    does: str = Field(min_length=10, max_length=200)
    page: HttpUrl | None = None
    privacy: HttpUrl | None = None
