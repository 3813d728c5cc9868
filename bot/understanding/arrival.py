"""Phrases of somebody who has just come, or soon will, and asks for everything at once: "landed today, what now?"."""

from __future__ import annotations

import re

_COMES = re.compile(
    r"\b(?:arrived?|arriving|landed|came|moved|moving|relocat\w+|new here|new in|(?:am|are|is) coming|(?:i|we) come"
    r"|here since|in (?:belgium|ghent|gent|aalst) since)\b",
    re.IGNORECASE,
)
_I_COME = re.compile(
    r"\b(?:(?:i|we)(?:'m|'re| am| are| have|'ve)? (?:just |already |now )?(?:arriv\w+|land\w+|came|come|mov(?:e|ed|ing)"
    r"|relocat\w+|new here|new in)"
    r"|(?:am|are|'m|'re) (?:\w+ )?(?:moving|coming)|here (?:in \w+ )?since|in (?:belgium|ghent|gent|aalst) since"
    r"|(?:came|arrived|landed|moved) (?:\w+ ){0,3}(?:ago|yesterday|today|last (?:week|month)))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:what now|now what|so now|what'?s next|what next|wat nu|(?:first|next) steps?|step by step|what to do"
    r"|where to begin|to-?do list|checklist"
    r"|what (?:else )?(?:do|should|must|shall) (?:i|we) (?:have to |need to )?(?:do|arrange)"
    r"(?! (?:with|about|if|for|when|against))"
    r"|where (?:do (?:i|we)|to|should (?:i|we)) (?:start|begin)|how do (?:i|we) (?:start|begin))\b",
    re.IGNORECASE,
)


def asks_for_everything(text: str) -> bool:
    """Whether the words ask what to do, and not about one thing.

    >>> asks_for_everything("i arrived yesterday, how do i register in ghent")
    False
    >>> asks_for_everything("we come in march, what do we have to do")
    True
    """
    return _ASKS.search(text) is not None


def asks_what_now(text: str, *, plainly: bool = False) -> bool:
    """Whether the words themselves say that somebody arrives and asks what to do first.

    Args:
        text: the message.
        plainly: only when it is the person who comes; "the police came, what now" may be about something else.

    >>> asks_what_now("I just came from Brazil with my wife and kids, working for Volvo. what now", plainly=True)
    True
    >>> asks_what_now("got a letter from the commune, what now")
    False
    """
    return (_I_COME if plainly else _COMES).search(text) is not None and asks_for_everything(text)
