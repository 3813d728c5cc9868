"""Splits a message into its questions, and what is told around them.

Careful on purpose: a question that is cut in two loses its meaning, one that stays with another is read as before. A
cut inside a sentence needs a sign that a new question begins (a question word, or a verb turned before its subject)
after a question that is complete. Nothing is lost: every word is in a part or in the context.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

FEWEST_WORDS = 3  # a shorter question ("price?", "and where?") stays with the one before it
LONGEST_ABBREVIATION = 12  # with what stands before it
ENOUGH = 300  # characters to see whether a question is complete

_PERSON = r"(?:i|we|you|u|he|she|it|they)"
_SUBJECT = (
    rf"(?:{_PERSON}|this|that|these|those|there|my|our|your|his|her|its|their|an?|the|any|some|"
    r"anyone|anybody|someone|somebody|people|me)"
)
_HELPER = (
    r"(?:do|does|did|can|could|may|must|should|shall|will|would|is|are|am|was|were|"
    r"don'?t|doesn'?t|didn'?t|can'?t|couldn'?t|isn'?t|aren'?t|won'?t|shouldn'?t)"
)
_TURNED = rf"(?:{_HELPER} {_SUBJECT}|(?:have|has|had) {_PERSON})"
_ASKING = r"(?:what|which|how|where|when|who|whom|whose|why)(?:'?s)?"
_WONDERING = r"(?:tell me|i (?:want|need|would like|wish) to (?:know|ask)|i wonder)"
_BEGINS = rf"(?:{_ASKING}|{_TURNED}|{_WONDERING})\b"
_ORDER = r"(?:second|third|other|last|next)"
_ANOTHER = rf"(?:another (?:question|thing)|(?:one|1) more (?:question|thing)|(?:my |the )?{_ORDER} (?:question|thing))"
_BEFORE = (
    rf"(?:hi|hello|hey|dear (?:sir|madam|team|all)|good (?:morning|afternoon|evening|day)|please|pls|plz|sorry|"
    rf"thanks|thank you|ok|okay|so|well|now|and|or|but|also|too|then|plus|next|finally|lastly|by the way|btw|"
    rf"first(?:ly)?|second(?:ly)?|third(?:ly)?|{_ANOTHER}(?: is)?|(?:my )?(?:first )?questions?(?: is)?|"
    r"i have (?:a|another|one more|some|two|three|2|3) questions?)"
)
_OPENING = rf"(?:{_BEFORE}\b|[\W\d_])*"
_VERB = (
    r"(?:need|want|get|go|costs?|pay|work|find|takes?|bring|apply|register|open|rent|buy|renew|change|have|has|give|"
    r"make|send|know|ask|use|live|stay|move|start|become|happens?|to)"
)

_QUESTION = re.compile(rf"{_OPENING}{_BEGINS}", re.IGNORECASE)
_ASKED_LATER = re.compile(
    rf"(?:[,;:]|\b(?:and|but|so|now|please|hi|hello)\b)\s+{_BEGINS}|\b{_WONDERING}\b", re.IGNORECASE
)
_SUBORDINATE = re.compile(
    rf"{_OPENING}(?:when|where|while|if|because|since|after|before|as|once)\s+{_SUBJECT}\b", re.IGNORECASE
)
_COMPLETE = re.compile(rf"\b(?:{_HELPER}|{_PERSON}|{_VERB})\b", re.IGNORECASE)
_LINK = re.compile(
    r"(?<![\s,;])(?:[\s,;]*(?:\b(?:and|but|plus)\b|[+&])(?:\s+(?:also|then|second(?:ly)?|third(?:ly)?|please|so))*"
    rf"|\s*,|\s+-+|\s+also\b(?!\s+when {_SUBJECT}\b))\s+(?={_BEGINS})",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(rf"(?<![\s,;])[\s,;]+(?=(?:(?:and|also) )?(?:{_ANOTHER}|secondly|thirdly)\b)", re.IGNORECASE)
_SENTENCE_END = re.compile(
    r"(?<![?!])[?!]+(?=[\s\w(\"'])|(?<![.…])[.…]+(?=\s)|;(?=\s)|\n\s*\n|\n(?=\s*(?:[-*•]|\d{1,2}[.)]|[A-Z]))"
)
_LINE_THAT_ASKS = re.compile(rf"(?<=\S)\n(?=\s*{_OPENING}{_BEGINS})", re.IGNORECASE)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.?g|i\.?e|etc|nr|no|st|mr|mrs|ms|dr|prof|approx|max|min|art|tel|incl|vs|\w)\.$", re.IGNORECASE
)
_NUMBERS = [re.compile(rf"(?:(?<=\s)|^){number}\s?[.):]\s*(?=[^\W\d])") for number in range(1, 10)]
_CONNECTING = re.compile(rf"(?:{_BEFORE}\b|\d{{1,2}}[.):]|[^\w\"'(])+", re.IGNORECASE)
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Split:
    """The questions of a message in the order asked; `context` is what is told around them."""

    parts: tuple[str, ...]
    context: tuple[str, ...] = ()


def parts(text: str) -> list[str]:
    """Return the questions of a message; one that asks nothing is one part.

    >>> parts("do i need a visa? and how do i open a bank account")
    ['do i need a visa?', 'and how do i open a bank account']
    >>> parts("where and when do i register")
    ['where and when do i register']
    """
    return list(split(text).parts)


def split(text: str) -> Split:
    """Return the questions and the context of a message; a question is not split any further."""
    found = _split_once(text)
    if found.parts == (text,):
        return found
    each = [split(part) for part in found.parts]
    questions = itertools.chain.from_iterable(one.parts for one in each)
    told = itertools.chain.from_iterable(one.context for one in each)
    return Split(tuple(questions), (*found.context, *told))


def _split_once(text: str) -> Split:
    pieces = _sentences(text)
    asked = [_is_question(one) for one in pieces]
    if not any(asked):
        return Split((text.strip(),))
    questions = [cut for piece, asks in zip(pieces, asked, strict=True) if asks for cut in _cut(piece)]
    context = tuple(piece for piece, asks in zip(pieces, asked, strict=True) if not asks)
    return Split(tuple(_with_short_ones(questions)), context)


def bare(part: str) -> str:
    """Return a part without what only joins it to the one before.

    >>> bare("and also how do i register")
    'how do i register'
    """
    found = _CONNECTING.match(part)
    rest = part[found.end() :].strip() if found else part.strip()
    return rest if _WORD.search(rest) else part.strip()


def _is_question(piece: str) -> bool:
    if piece.rstrip(" \t\"')").endswith("?"):
        return True
    if _ASKED_LATER.search(piece):
        return True
    return bool(_QUESTION.match(piece)) and not _SUBORDINATE.match(piece)


def _sentences(text: str) -> list[str]:
    """Cut at sentence ends, before lines that ask, and at the numbers of a list."""
    ends = {found.end() for found in _SENTENCE_END.finditer(text) if not _is_abbreviation(text[: found.end()])}
    ends |= {found.end() for found in _LINE_THAT_ASKS.finditer(text)}
    ends |= set(_points_of_a_list(text))
    borders = [0, *sorted(ends), len(text)]
    return _with_words([text[start:end] for start, end in itertools.pairwise(borders)])


def _is_abbreviation(text: str) -> bool:
    return bool(_ABBREVIATION.search(text[-LONGEST_ABBREVIATION:]))


def _points_of_a_list(text: str) -> list[int]:
    """Return where the points of a numbered list begin; one number alone is no list."""
    places: list[int] = []
    for number in _NUMBERS:
        found = number.search(text, places[-1] + 1 if places else 0)
        if found is None:
            break
        places.append(found.start())
    return places if len(places) > 1 else []


def _cut(piece: str) -> list[str]:
    """Cut one sentence where a complete question is followed by another one."""
    found: list[str] = []
    start = 0
    places = {one.start() for one in _LINK.finditer(piece)} | {one.start() for one in _ANNOUNCED.finditer(piece)}
    for place in sorted(places):
        if _stands_alone(piece[start:place]) and _is_complete(piece[place:]):
            found.append(piece[start:place])
            start = place
    return _with_words([*found, piece[start:]])


def _stands_alone(text: str) -> bool:
    return bool(_QUESTION.match(text)) and not _SUBORDINATE.match(text) and _is_complete(text)


def _is_complete(text: str) -> bool:
    return not _is_short(text) and bool(_COMPLETE.search(bare(text[:ENOUGH])))


def _is_short(text: str) -> bool:
    return len(bare(text[:ENOUGH]).split(maxsplit=FEWEST_WORDS)) < FEWEST_WORDS


def _with_words(pieces: list[str]) -> list[str]:
    """Drop what is empty; marks without a word stay with the piece before them."""
    kept: list[str] = []
    for piece in (one.strip() for one in pieces):
        if kept and piece and not _WORD.search(piece):
            kept[-1] = f"{kept[-1]} {piece}"
        elif piece:
            kept.append(piece)
    return kept


def _with_short_ones(questions: list[str]) -> list[str]:
    """Join a short question to the one before it, a short first one to the second."""
    kept: list[str] = []
    for question in questions:
        if kept and (_is_short(question) or _is_short(kept[-1])):
            kept[-1] = f"{kept[-1]} {question}"
        else:
            kept.append(question)
    return kept
