"""Signs that somebody should look soon at what a person wrote: a home, a right or a safety is at stake for them, now.

Questions about the rule are answered by the assistant like every other, and a word alone is no sign. It is narrow on
purpose: a colleague who is called for nothing learns to look away. What is told about a friend or the family counts
as well. Immediate danger has its own first answer (112), which this does not replace. The signs themselves are in
`words/risks.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.library import ROOT, read_yaml

MOST = 4000
_SHORT = (
    (r"\bcan'?t\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"n't\b", " not"),
    (r"\b(i)'?m\b", r"\1 am"),
    (r"'ve\b", " have"),
    (r"'re\b", " are"),
    (r"'ll\b", " will"),
    (r"'d\b", " would"),
    (r"\b(he|she|it|that|there|what)'s\b", r"\1 is"),
    (r"'s\b", ""),
    (r"\b(did|does|do|is|was|were|has|have|are)nt\b", r"\1 not"),
    (r"\bu\b", "you"),
)
_SENTENCE = re.compile(r"[^.!?\n;]+")


@dataclass(frozen=True, slots=True)
class _Signs:
    by_risk: Mapping[str, re.Pattern[str]]
    fillers: re.Pattern[str]
    supposed: re.Pattern[str]


@cache
def _signs() -> _Signs:
    data = read_yaml(ROOT / "words" / "risks.yml")
    parts: dict[str, str] = {}
    for name, pattern in data["parts"].items():
        parts[name] = _filled(pattern, parts)
    return _Signs(
        {
            risk: re.compile(
                "|".join(rf"(?:\b{_filled(sign, parts).replace('{{', '{').replace('}}', '}')})" for sign in signs)
            )
            for risk, signs in data["signs"].items()
        },
        re.compile(rf"\b(?:{'|'.join(data['fillers'].split())})\b"),
        re.compile(rf"\b(?:{'|'.join(data['supposed'])})\b"),
    )


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda match: parts[match[1]], pattern)


def codes() -> frozenset[str]:
    """Every risk there is."""
    return frozenset(_signs().by_risk)


def risks(text: str) -> frozenset[str]:
    """What is at stake in a message, as codes; nothing in almost every message.

    >>> sorted(risks("Hello! I got an eviction letter today."))
    ['eviction']
    >>> sorted(risks("can my landlord evict me in winter?"))
    []
    """
    signs = _signs()
    found: set[str] = set()
    for part in _SENTENCE.findall(_plain(text[:MOST])):
        told = sentence = " ".join(part.split())
        if match := signs.supposed.search(sentence):
            told = sentence[: match.start()]  # what it tells before it asks: "i got a letter, what if i stay"
        whole, bare = told.strip(), " ".join(signs.fillers.sub(" ", told).split())
        found |= {risk for risk, pattern in signs.by_risk.items() if pattern.search(whole) or pattern.search(bare)}
    return frozenset(found)


def _plain(text: str) -> str:
    plain = text.lower().replace("’", "'").replace("‘", "'").replace(",", " ")
    for short, long in _SHORT:
        plain = re.sub(short, long, plain)
    return plain
