"""Signs of somebody being in danger now, which a statistical model may miss and must not.

Narrow on purpose: what happens to a body, to a home, by a violent person, with the words in the order in which
people write them. Words such as "fire" alone belong to insurance and to being fired.
"""

from __future__ import annotations

import re

_PERSON = (
    r"(?:husband|wife|partner|boy ?friend|girl ?friend|ex|father|mother|dad|mom|mum|son|daughter|child|kid|baby|"
    r"brother|sister|friend|neighbou?r|boss|landlord|owner|room ?mate|man|woman|he|she|they|"
    r"someone|somebody|people|guy)"
)
_ME = r"(?:me|us|him|her|them|my (?:son|daughter|child|children|kids?|mother|wife|baby))"
_HITS = r"(?:hits?|beats?|is beating|is hitting|kicks?|chok(?:es|ed)|strangl\w+|rap(?:es|ed)|stabb?(?:s|ed))"
_NO_FIRE = r"(?! ?(?:insurance|alarm|detector|place|safety|inspection))"
_HOME = r"(?:house|home|flat|apartment|building|kitchen|room|stairs)"
_STRANGER = r"(?:thief|thieves|burglar|somebody|someone|man|stranger)"
_SWALLOWED = r"(?:pills?|medicines?|medication|bleach|cleaning|detergent|poison|battery|batteries)"
_HELP = r"(?:ambulance|police|fire brigade|firemen)"
SIGNS = (
    # violence
    rf"\b{_PERSON}\b(?: \w+)?? {_HITS}(?: again| \w+)? {_ME}\b(?! out)",
    rf"\b{_PERSON}\b.{{0,20}}\bthreaten(?:s|ed|ing)? (?:to )?(?:kill|hit|hurt|beat|stab)",
    rf"\b{_PERSON}\b.{{0,20}}\b(?:will|wants? to|going to|gonna) kill",
    r"\bi (?:was|am being|got|am) (?:just )?(?:raped|attacked|stabbed|followed|beaten|robbed now)\b",
    r"\bwith a (?:knife|gun)\b",
    r"\b(?:locks?|locked|keeps?|kept) (?:me|us) (?:up|in|inside|locked)\b",
    rf"\b{_STRANGER}\b.{{0,15}}\b(?:in|into|inside) (?:my|our|the) {_HOME}\b.{{0,8}}\bnow\b",
    r"\b(?:is|are) breaking into\b",
    r"\b(?:child|son|daughter|kid|baby) (?:is missing|disappeared|was taken|has been kidnapped)\b|\bkidnapped\b",
    # fire and gas
    rf"\b(?:{_HOME}|car|roof)\b (?:is |is now )?(?:on fire|burning)\b",
    rf"\bthere(?:'?s| is) (?:a )?(?:big )?(?:fire|smoke)\b{_NO_FIRE}",
    rf"\bfire in (?:the|my|our) {_HOME}\b|^\W*fire\W*!+",
    r"\bsmell(?:s|ing)?(?: of)? gas\b|\bgas (?:leak|smell)\b",
    # bodies
    r"\b(?:fainted|unconscious|collapsed|not breathing|heart attack|seizure|overdose|poison(?:ed|ing)|choking)\b",
    r"\b(?:can(?:'?t| ?not)|doesn'?t|does not|don'?t) breathe?\b",
    r"\bbleeding (?:a lot|heavily|badly|much)\b|\blots? of blood\b",
    r"\b(?:does|do|did)(?:n'?t| not) wake up\b|\bis not moving\b",
    rf"\b(?:swallowed|drank|drunk) (?:\w+ ){{0,2}}{_SWALLOWED}\b",
    # somebody's own life
    r"\b(?:want to|wanna|going to|gonna|will) (?:kill myself|die|end my life|hurt myself|commit suicide)\b",
    r"\bsuicid(?:e|al)\b|\bdon'?t want to live any ?more\b",
    # a call for help
    rf"\b(?:call|need|send)\b.{{0,12}}\b{_HELP}\b.{{0,12}}\b(?:now|urgent|quick|immediately|please|asap)\b",
    r"\bi need an ambulance\b|\b(?:i am|i'm|im|we are) in danger\b",
)
_PATTERN = re.compile("|".join(f"(?:{sign})" for sign in SIGNS), re.IGNORECASE)


def is_danger(text: str) -> bool:
    """Tell whether the text says that somebody is in danger.

    >>> is_danger("my husband hits me")
    True
    >>> is_danger("do i need fire insurance")
    False
    """
    return bool(_PATTERN.search(text.replace("’", "'")))
