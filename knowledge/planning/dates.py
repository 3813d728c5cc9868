"""Computes days from rules. Working days leave out Saturdays, Sundays and the public holidays of Belgium.

The holidays come from the package `holidays` (law of 4 January 1974: ten days a year).
"""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cache

import holidays

from knowledge.planning.steps import Deadline, Opening, Period

SATURDAY = 5
DAY = dt.timedelta(days=1)


@cache
def _holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def is_working_day(day: dt.date) -> bool:
    """Whether town halls count it."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def shifted(day: dt.date, period: Period, direction: int = 1) -> dt.date:
    """The day a period after (`direction` 1) or before (-1) a day. The day itself is not counted; a month from the
    last day of a longer month ends on the last day of the shorter one."""
    if period.unit == "working-days":
        left = period.count
        while left:
            day += DAY * direction
            left -= is_working_day(day)
        return day
    if period.unit in ("days", "weeks"):
        return day + DAY * period.count * (7 if period.unit == "weeks" else 1) * direction
    months = period.count * (12 if period.unit == "years" else 1) * direction
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def latest_day(rule: Deadline, anchor: dt.date) -> dt.date:
    """The last day that a rule allows."""
    if rule.after is not None:
        return shifted(anchor, rule.after)
    if rule.before is not None:
        return shifted(anchor, rule.before, -1)
    return dt.date(anchor.year + (rule.year_end == "next-year"), 12, 31)


def first_possible_day(rule: Opening, anchor: dt.date) -> dt.date:
    """The first day on which a rule allows something."""
    if rule.after is not None:
        return shifted(anchor, rule.after)
    if rule.before is not None:
        return shifted(anchor, rule.before, -1)
    return dt.date(anchor.year + 1, 1, 1)
