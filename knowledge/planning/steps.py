"""What a step is. The files in `knowledge/steps/` are read into these classes; docs/writing-steps.md explains them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from knowledge.models import Phase, Record, Slug, Topic

Anchor = Literal["arrival", "registration", "address", "contract-start", "birth", "card-end", "departure"]
Unit = Literal["working-days", "days", "weeks", "months", "years"]
Short = Annotated[str, Field(min_length=3, max_length=90)]
Sentence = Annotated[str, Field(min_length=10, max_length=220)]


class Requirement(Record):
    """Steps that come first: each of ``all``, and one of ``any``. A step that is not for the person counts as met."""

    all: tuple[Slug, ...] = ()
    any: tuple[Slug, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """Every step it names."""
        return (*self.all, *self.any)


class Period(Record):
    """A length of time. Working days leave out Saturdays, Sundays and Belgian holidays."""

    count: int = Field(ge=0, le=1000)
    unit: Unit


class Deadline(Record):
    """The latest day: a period after (or before) something happens, or after a step is done.

    ``fact`` is the source of the rule; a date is only given while that fact may carry a figure. ``rule`` says it in
    words without a figure ("after you arrive"), ``late`` what to do when the day has passed.
    """

    anchor: Anchor | None = None
    step: Slug | None = None
    after: Period | None = None
    before: Period | None = None
    year_end: Literal["same-year", "next-year"] | None = None
    fact: Slug
    rule: Sentence
    late: Sentence

    @model_validator(mode="after")
    def _one_of_each(self) -> Deadline:
        if (self.anchor is None) == (self.step is None):
            raise ValueError("a deadline counts from an `anchor` or from a `step`: give one of them")
        if sum(one is not None for one in (self.after, self.before, self.year_end)) != 1:
            raise ValueError("give one of `after`, `before` and `year_end`")
        return self


class Opening(Record):
    """The first day on which a step is possible, when that is not at once: a period after (or before) an anchor or a
    step, or the first day of the year after it."""

    anchor: Anchor | None = None
    step: Slug | None = None
    after: Period | None = None
    before: Period | None = None
    next_year: bool = False
    fact: Slug

    @model_validator(mode="after")
    def _one_of_each(self) -> Opening:
        if (self.anchor is None) == (self.step is None):
            raise ValueError("an opening counts from an `anchor` or from a `step`: give one of them")
        if (self.after is not None) + (self.before is not None) + self.next_year != 1:
            raise ValueError("give one of `after`, `before` and `next_year`")
        return self


class LeadTime(Record):
    """That it takes long, and how long before the latest day to begin; ``fact`` is the source of that. Without a length
    that a source gives, only the advice is said."""

    period: Period | None = None
    fact: Slug | None = None
    say: Sentence


class Counter(Record):
    """What to say at the counter, in Dutch, and what it means."""

    dutch: Annotated[str, Field(min_length=10, max_length=300)]
    english: Annotated[str, Field(min_length=10, max_length=300)]


class Trouble(Record):
    """Something that goes wrong with this step, in a few words, and the article that says what to do then."""

    what: Short
    article: Slug


class Step(Record):
    """Something to do.

    ``applies_if`` names facets of the profile and the values of which one must hold, for every facet; a facet that is
    not named does not matter. ``article`` answers everything else about it; its papers and its place are the step's,
    unless the step has its own. ``done_if``: the person need not say that it is done when one of these holds;
    ``marks``: the day it is done is the day of that anchor.
    """

    id: Slug
    title: Short
    topic: Topic
    phase: Phase
    why: Sentence
    applies_if: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    done_if: tuple[dict[str, tuple[str, ...]], ...] = ()
    requires: Requirement = Requirement()
    marks: Anchor | None = None
    opens: Opening | None = None
    deadlines: tuple[Deadline, ...] = ()
    lead_time: LeadTime | None = None
    place: Slug | Literal["none"] | None = None
    article: Slug
    facts: tuple[Slug, ...] = Field(min_length=1)
    optional: bool = False
    repeats: bool = False
    counter: Counter | None = None
    done_when: tuple[Short, ...] = Field(min_length=2)
    trouble: tuple[Trouble, ...] = ()
