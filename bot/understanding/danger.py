"""Signs of somebody being in danger now, which a statistical model may miss and must not.

Narrow on purpose: what happens to a body, to a home, by a violent person, with the words in the order in which
people write them. Words such as "fire" alone belong to insurance and to being fired.
"""

from __future__ import annotations

import re

_PERSON = (
    r"(?:husband|wife|partner|boy ?friend|girl ?friend|ex|father|mother|dad|mom|mum|son|daughter|child|kid|baby|brother|"
    r"sister|friend|neighbou?r|boss|landlord|owner|room ?mate|man|woman|he|she|they|someone|somebody|people|guy)"
)
_ME = r"(?:me|us|him|her|them|my (?:son|daughter|child|children|kids?|mother|wife|baby))"
SIGNS = (
    rf"\b{_PERSON}\b(?: \w+)?? (?:hits?|hit|beats?|is beating|is hitting|kicks?|chok(?:es|ed)|strangl\w+|rap(?:es|ed)|stabb?(?:s|ed))"
    rf"(?: again| \w+)? {_ME}\b(?! out)",
    rf"\b{_PERSON}\b.{{0,20}}\b(?:threaten(?:s|ed|ing)? (?:to )?(?:kill|hit|hurt|beat|stab)|(?:will|wants? to|going to|gonna) kill)",
    r"\bi (?:was|am being|got|am) (?:just )?(?:raped|attacked|stabbed|followed|beaten|robbed now)\b",
    r"\b(?:house|home|flat|apartment|building|kitchen|room|car|roof)\b (?:is |is now )?(?:on fire|burning)\b",
    r"\bthere(?:'?s| is) (?:a )?(?:big )?(?:fire|smoke)\b(?! ?(?:insurance|alarm|detector|place|place|safety|inspection))",
    r"\bfire in (?:the|my|our) (?:house|home|flat|apartment|building|kitchen|room|stairs)\b|^\W*fire\W*!+",
    r"\b(?:smell|smells|smelling)(?: of)? gas\b|\bgas (?:leak|smell)\b",
    r"\b(?:fainted|unconscious|collapsed|not breathing|(?:can(?:'?t| ?not)|doesn'?t|does not|don'?t) breathe?|heart attack|seizure|"
    r"bleeding (?:a lot|heavily|badly|much)|(?:lot|lots) of blood|overdose|poison(?:ed|ing)|choking)\b",
    r"\b(?:does|do|did)(?:n'?t| not) wake up\b|\bis not moving\b",
    r"\b(?:swallowed|drank|drunk) (?:\w+ ){0,2}(?:pills?|medicines?|medication|bleach|cleaning|detergent|poison|battery|batteries)\b",
    r"\b(?:want to|wanna|going to|gonna|will) (?:kill myself|die|end my life|hurt myself|commit suicide)\b|\bsuicid(?:e|al)\b",
    r"\bdon'?t want to live any ?more\b",
    r"\b(?:call|need|send)\b.{0,12}\b(?:ambulance|police|fire brigade|firemen)\b.{0,12}\b(?:now|urgent|quick|immediately|please|asap)\b",
    r"\bi need an ambulance\b|\b(?:i am|i'm|im|we are) in danger\b",
    r"\b(?:thief|thieves|burglar|somebody|someone|man|stranger)\b.{0,15}\b(?:in|into|inside) (?:my|our|the) (?:house|home|flat|apartment)\b.{0,8}\bnow\b",
    r"\b(?:is|are) breaking into\b|\bwith a (?:knife|gun)\b",
    r"\b(?:child|son|daughter|kid|baby) (?:is missing|disappeared|was taken|has been kidnapped)\b|\bkidnapped\b",
    r"\b(?:locks?|locked|keeps?|kept) (?:me|us) (?:up|in|inside|locked)\b",
)  # fmt: skip
_PATTERN = re.compile("|".join(f"(?:{sign})" for sign in SIGNS), re.IGNORECASE)


def is_danger(text: str) -> bool:
    """Tell whether the text says that somebody is in danger.

    >>> is_danger("my husband hits me")
    True
    >>> is_danger("do i need fire insurance")
    False
    """
    return bool(_PATTERN.search(text.replace("’", "'")))
