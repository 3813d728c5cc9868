"""Phrases of somebody who has just come, or soon will, and asks for everything at once: "landed today, what now?"."""

from __future__ import annotations

import re

_COMES = re.compile(
    r"\b(?:arrived?|arriving|landed|came|moved|moving|relocat\w+|new here|new in|(?:am|are|is) coming|here since)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:what now|now what|so now|what next|wat nu|(?:first|next) steps?|step by step"
    r"|what (?:do|should|must|shall) (?:i|we) (?:do|arrange) (?:now|first|next)"
    r"|where (?:do (?:i|we)|to|should (?:i|we)) (?:start|begin)|how do (?:i|we) (?:start|begin))\b",
    re.IGNORECASE,
)


def asks_what_now(text: str) -> bool:
    """Whether the words themselves say that somebody arrives and asks what to do first.

    >>> asks_what_now("I just came from Brazil with my wife and kids, working for Volvo. what now")
    True
    >>> asks_what_now("got a letter from the commune, what now")
    False
    """
    return bool(_COMES.search(text) and _ASKS.search(text))
