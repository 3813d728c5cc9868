"""Cuts a message into clauses, and tells for each whether it asks, and whether it is about the person who writes.

"landed yesterday, my wife works at Volvo, can she drive?" has three: only the first states something about the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.planning.phrases import pattern, says

_SENTENCE = re.compile(r"[!;\n]+|\?+|\.(?=\s|$)")
_COMMA = r"(?<!\d),|(?<=\d),(?!\s?(?:20)?\d)"
_BREAK = re.compile(
    rf"\s*(?:{_COMMA}|[:()]|\s[-–—]\s)\s*"
    r"|\s+(?:and|but|so|then|&|because|cause|while|though|although|plus)\s+"
    r"|\s+(?=(?:who|whose|which|when|after|before|if|once|since|as)\s+(?:i|i'm|we|my|our|he|she|they|is|are|was|has|works?|"
    r"lives?|came|will|studies|wants)\b)"
)
_DAY_COMMA = re.compile(
    r"(day|(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber),(?= ?\d)"
)
_RUN_ON = re.compile(r"\s+(?=(?:i|we)(?:'m|'ve|'re| am| are| have| just| arrived| landed| came| moved| live)\b)")
_AUXILIARY = frozenset(
    "do does did can could should shall must may might will would am are is was have has had if when where what how "
    "why that because before after since as until than which who once while whether and or".split()
)
_OPENING = re.compile(
    r"^(?:(?:and|but|so|also|hi|hello|hey|dear|ok|okay|please|well|then|now|good \w+|there|all|team)\b[ ,]*)+"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message, in lower case. ``asks``: it asks or supposes; ``own``: it is about the person who writes."""

    text: str
    asks: bool
    own: bool

    @property
    def states(self) -> bool:
        """Whether it says something about the person."""
        return self.own and not self.asks


def plain(text: str) -> str:
    """Lower case, with straight quotes and single spaces; line breaks stay. No longer or shorter than it must be."""
    text = text.lower().replace("’", "'").replace("`", "'").replace("´", "'")
    return re.sub(r"[^\S\n]+", " ", re.sub(r"\b(i)m\b(?= )", r"\1'm", text)).strip()


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a message that `plain` has prepared."""
    return tuple(clause for sentence, asked in _sentences(text) for clause in _of(sentence, asked))


def _sentences(text: str) -> Iterator[tuple[str, bool]]:
    start = 0
    for match in (*_SENTENCE.finditer(text), None):
        end = match.start() if match else len(text)
        if part := text[start:end].strip():
            yield part, match is not None and match[0].startswith("?")
        start = match.end() if match else end


def _of(sentence: str, asked: bool) -> Iterator[Clause]:
    parts = [part for part in _parts(sentence) if part]
    opened = [pattern("asks").match(part) is not None for part in parts]
    asks, own = False, True
    for number, part in enumerate(parts):
        subject = pattern("self").match(part) is not None
        if pattern("others").match(part):
            own = False
        elif subject:
            own = True
        last = asked and not any(opened) and number == len(parts) - 1
        asks = opened[number] or last or (asks and asked and not subject)
        yield Clause(part, asks, own)


def _parts(sentence: str) -> Iterator[str]:
    for rough in _BREAK.split(_DAY_COMMA.sub(r"\1", sentence)):
        start = 0
        for match in _RUN_ON.finditer(rough):
            before = rough[start : match.start()].split()
            if before and before[-1] not in _AUXILIARY and says("asks", " ".join(before)):
                yield _OPENING.sub("", rough[start : match.start()])
                start = match.end()
        yield _OPENING.sub("", rough[start:].strip())
