"""Decides whether a figure may be said today, and writes amounts.

The rule (docs/writing-articles.md): only an official fact without conflict, inside its review date and not suspect
may carry a figure. When its page carries no date, or an old one, the figure is said with a remark. A value that
changes every year needs a page of this year.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from knowledge.library import Library
from knowledge.models import AMOUNT_REFERENCE, Amount, AmountValue, Fact, Statement, Status

OLD_PAGE_YEARS = 3


# Number words that state a quantity. "one" is left out: "one paper" is rarely a figure.
_NUMBER_WORD = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|twenty|thirty"
    r"|forty|fifty|sixty|ninety|hundred|thousand|half"
)
_UNIT = r"(?:working |calendar )?(?:days?|weeks?|months?|years?|hours?|euros?|%|per ?cent|times)"
_MONTH = r"(?:january|february|march|april|june|july|august|september|october|november|december)"
FIGURE = re.compile(
    rf"€|\b\d+(?:[.,]\d+)*\s*(?:-\s*)?{_UNIT}|\b(?:{_NUMBER_WORD}|one)[ -]{_UNIT}\b"
    rf"|\b\d{{1,2}} {_MONTH}\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)

BELGIUM = ZoneInfo("Europe/Brussels")


class Standing(StrEnum):
    """Whether a figure is said, said with a remark, or left out."""

    SHOWN = "shown"
    CAUTIOUS = "cautious"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The standing of a fact or statement and, when it is not shown plainly, why."""

    standing: Standing
    reason: str = ""
    fact: str | None = None


SHOWN = Verdict(Standing.SHOWN)


def _page_year(fact: Fact) -> int | None:
    if fact.verified_on is not None:
        return fact.verified_on.year
    return int(fact.page_date[:4]) if fact.page_date else None


def judge_fact(fact: Fact, today: dt.date) -> Verdict:
    """Standing of one fact on a day. The reasons are the kinds of editors' tasks."""
    year = _page_year(fact)
    if fact.suspect is not None:
        return Verdict(Standing.WITHHELD, "suspect", fact.id)
    if fact.conflict:
        return Verdict(Standing.WITHHELD, "conflict", fact.id)
    if fact.status is not Status.OFFICIAL:
        return Verdict(Standing.WITHHELD, "unofficial", fact.id)
    if today > fact.review_by:
        return Verdict(Standing.WITHHELD, "overdue", fact.id)
    if fact.volatile and year != today.year:
        return Verdict(Standing.WITHHELD, "undated" if year is None else "old", fact.id)
    if year is None:
        return Verdict(Standing.CAUTIOUS, "undated", fact.id)
    if today.year - year > OLD_PAGE_YEARS:
        return Verdict(Standing.CAUTIOUS, "old", fact.id)
    return SHOWN


def today() -> dt.date:
    """The day in Belgium."""
    return dt.datetime.now(BELGIUM).date()


def value_on(amount: Amount, day: dt.date) -> AmountValue | None:
    """The value that holds on a day, past or future; None when no recorded period covers it."""
    for value in amount.values:
        if value.valid_from <= day and (value.valid_to is None or day <= value.valid_to):
            return value
    return None


def written(amount: Amount, value: AmountValue) -> str:
    """An amount as people read it: €1,234 · €29.50 · 35% · 600 hours."""
    number = f"{value.value:,.2f}".removesuffix(".00")
    return {"EUR": f"€{number}", "percent": f"{number}%", "hours": f"{number} hours"}[amount.unit]


def judge(statement: Statement, library: Library, today: dt.date) -> Verdict:
    """Standing of a statement: the worst of its fact and of every amount it names."""
    verdicts: list[Verdict] = []
    if statement.fact is not None:
        fact = library.facts.get(statement.fact)
        missing = Verdict(Standing.WITHHELD, "unofficial", statement.fact)
        verdicts.append(judge_fact(fact, today) if fact else missing)
    for amount_id in statement.amounts:
        amount = library.amounts.get(amount_id)
        if amount is None or value_on(amount, today) is None:
            verdicts.append(Verdict(Standing.WITHHELD, "no-current-value", statement.fact))
    order = [Standing.SHOWN, Standing.CAUTIOUS, Standing.WITHHELD]
    return max(verdicts, key=lambda v: order.index(v.standing), default=SHOWN)


def filled(statement: Statement, library: Library, today: dt.date) -> str:
    """The text with its amounts written in.

    Raises:
        LookupError: an amount has no value today; ask `judge` first.
    """
    text = statement.text
    for amount_id in statement.amounts:
        amount = library.amounts[amount_id]
        value = value_on(amount, today)
        if value is None:
            raise LookupError(f"amount {amount_id} has no value on {today}")
        text = text.replace(f"{{amount:{amount_id}}}", written(amount, value))
    assert not AMOUNT_REFERENCE.search(text)
    return text
