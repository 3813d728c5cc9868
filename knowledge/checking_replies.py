"""Looks for what a colleague's draft states otherwise than the knowledge: an amount, a period, a day, a document.

Precise rather than eager: a sentence is compared only with articles that are clearly about the same, only figures of
one kind are compared, and nothing is said when any of these articles agrees. Questions, stories, advice and promises of
our own are left alone. No finding means that nothing was found, not that the draft is right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge import claims
from knowledge.answer import Source
from knowledge.claims import Claim, Kind
from knowledge.figures import Standing, filled, judge, judge_fact, written
from knowledge.library import Library
from knowledge.models import AMOUNT_REFERENCE, Article, Statement
from knowledge.nearness import Near, near, stems, weight
from knowledge.profile import Profile
from knowledge.withheld import REASONS

MOST = 5
AS_GOOD = 0.05  # articles that cover a sentence so nearly as well as the best one contradict it as well
AGREES = 0.75  # how near, beside the nearest statement, one must be that may agree
TELLING = 2.0  # how much the words must tell that a sentence shares with a statement


class Finds(StrEnum):
    """What is wrong."""

    OTHER = "other"
    STALE = "stale"
    NEEDED = "needed"
    OTHER_PAPER = "other-paper"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. ``said``: the words of the draft; ``known``: what the knowledge says, or said before it was
    withheld for ``reason``; ``fact``: what that rests on."""

    finds: Finds
    kind: str
    said: str
    article: str
    title: str
    known: str
    fact: str | None = None
    source: Source | None = None
    reason: str = ""

    @property
    def code(self) -> str:
        """The finding without words of anybody, for records."""
        return f"{self.finds}:{self.kind}:{self.fact or self.article}"


def check(text: str, library: Library, profile: Profile, today: dt.date, subjects: Sequence[str] = ()) -> list[Finding]:
    """What the draft of an answer to this person states otherwise than the knowledge of today, at most five findings.

    ``subjects``: articles that the conversation is about, which need less likeness.
    """
    found: dict[tuple[str, str], Finding] = {}
    for sentence in claims.sentences(text):
        if not claims.states_a_rule(sentence):
            continue
        close = near(sentence, library, profile, frozenset(subjects))
        for finding in (*_figures(sentence, close, library, today), *_papers(sentence, close, library, today)):
            found.setdefault((finding.code, finding.said), finding)
    return list(found.values())[:MOST]


# --- figures ---


@dataclass(frozen=True, slots=True)
class _Known:
    """A figure of the knowledge. ``reason``: why it is withheld today; empty when people get it."""

    claim: Claim
    article: Article
    statement: Statement
    text: str
    reason: str = ""


def _figures(sentence: str, near: Sequence[Near], library: Library, today: dt.date) -> Iterator[Finding]:
    stated = claims.claims(sentence)
    if not near or not stated:
        return
    words, best = stems(sentence), {one.article.id for one in near if one.cover >= near[0].cover - AS_GOOD}
    known = [figure for one in near for figure in _known(one.article, library, today)]
    for claim in stated:
        alike = [one for one in known if claims.comparable(claim, one.claim)]
        against = [one for one in alike if one.article.id in best and one.text and not one.reason]
        nearest = max(
            against, key=lambda one: (_shared(words, one, library), _speaks_of(words, one, library)), default=None
        )
        least = AGREES * _shared(words, nearest, library) if nearest else 0.0
        agree = [one for one in alike if claims.same(claim, one.claim) and _shared(words, one, library) >= least]
        if any(not one.reason for one in agree):
            continue
        stale = next((one for one in agree if _speaks_of(words, one, library)), None)
        if stale is not None:
            yield _finding(Finds.STALE, claim.kind, claim.said, stale, library)
        elif nearest and claim.kind is not Kind.DATE and _speaks_of(words, nearest, library):
            yield _finding(Finds.OTHER, claim.kind, claim.said, nearest, library)


def _shared(words: frozenset[str], known: _Known, library: Library) -> float:
    """How much a sentence has in common with the statement of a figure and its title."""
    return weight(words & (stems(known.statement.text) | stems(known.article.title)), library)


def _speaks_of(words: frozenset[str], known: _Known, library: Library) -> bool:
    """Whether a sentence and the statement itself share a word that tells something, and not the article alone. What
    says by when or how much is about the whole article."""
    if known.statement in (known.article.deadline, known.article.cost):
        return True
    return weight(words & stems(known.text), library) >= TELLING


def _known(article: Article, library: Library, today: dt.date) -> Iterator[_Known]:
    for statement in article.statements:
        verdict = judge(statement, library, today)
        reason = verdict.reason if verdict.standing is Standing.WITHHELD else ""
        text = statement.text if reason else filled(statement, library, today)
        for sentence in claims.sentences(AMOUNT_REFERENCE.sub("", text) if reason else text):
            if not claims.is_hearsay(sentence):
                for claim in claims.claims(sentence, of_the_knowledge=True):
                    yield _Known(claim, article, statement, text, reason)
        yield from _recorded(article, statement, library, today, reason)
    for fact_id in article.fact_ids:
        yield from _also(article, fact_id, library, today)


def _recorded(
    article: Article, statement: Statement, library: Library, today: dt.date, reason: str
) -> Iterator[_Known]:
    """The values that the amounts of a statement have had and may not be said today."""
    kinds = {"EUR": Kind.AMOUNT, "percent": Kind.PERCENT}
    for amount_id in statement.amounts:
        amount = library.amounts.get(amount_id)
        for value in amount.values if amount is not None else ():
            over = value.valid_to is not None and value.valid_to < today
            if amount is not None and amount.unit in kinds and (reason or over):
                said = written(amount, value)
                text = f"{amount.title}: {said}" + (f", until {value.valid_to}" if over else "")
                claim = Claim(kinds[amount.unit], (value.value,), said)
                yield _Known(claim, article, statement, text, reason or "old")


def _also(article: Article, fact_id: str, library: Library, today: dt.date) -> Iterator[_Known]:
    """What a fact says beyond the article's sentences: a draft may agree with it, and is not held against it."""
    fact = library.facts.get(fact_id)
    if fact is None or judge_fact(fact, today).standing is Standing.WITHHELD:
        return
    statement = Statement(text=fact.says, fact=fact_id)
    for sentence in claims.sentences(fact.says):
        for claim in claims.claims(sentence, of_the_knowledge=True):
            yield _Known(claim, article, statement, "")


def _finding(finds: Finds, kind: str, said: str, known: _Known, library: Library) -> Finding:
    fact = library.facts.get(known.statement.fact or "")
    source = fact and Source(fact.title, str(fact.url), fact.publisher, fact.checked_on.isoformat())
    return Finding(
        finds,
        str(kind),
        said,
        known.article.id,
        known.article.title,
        known.text,
        known.statement.fact,
        source or None,
        REASONS.get(known.reason, known.reason),
    )


# --- papers ---

_CODED = re.compile(r"\b(?:(annex|bijlage)\s?(\d{1,2}(?:bis|ter|quater)?)|([a-mf]\+?|eu\+?) card)\b", re.IGNORECASE)
_ANY = "(?:a |an |the |your |any )*"
_NOT_NEEDED = re.compile(
    r"\b(?:do(?:es)? not|don['’]t|doesn['’]t|no longer) (?:need|have) (?:to (?:bring|take|show|have) )?"
    rf"{_ANY}(?P<what>[a-z' ]+)|\bno need (?:for|to (?:bring|take|show)) {_ANY}(?P<what2>[a-z' ]+)"
    rf"|\bwithout {_ANY}(?P<what3>[a-z' ]+)",
    re.IGNORECASE,
)
_FURTHER = re.compile(r"\b(?:for|when|if|to|at|in|of|with|from|and|or|because)\b", re.IGNORECASE)
_PERHAPS = re.compile(r"\b(?:if|where|when|unless|or|for example|best|not required)\b", re.IGNORECASE)


def _codes(text: str) -> frozenset[str]:
    """Papers that go by a number or letter: “annex 3”, “f card”."""
    return frozenset(
        f"annex {number.lower()}" if number else f"{letter.lower()} card" for _, number, letter in _CODED.findall(text)
    )


def _papers(sentence: str, near: Sequence[Near], library: Library, today: dt.date) -> Iterator[Finding]:
    if not near:
        return
    nearest, words = near[0].article, stems(sentence)
    for match in _NOT_NEEDED.finditer(sentence):
        what = stems(_FURTHER.split(match["what"] or match["what2"] or match["what3"])[0])
        for paper in nearest.bring:
            named = stems(re.split(r",|\bof\b|\bwith\b|\bfrom\b", paper.text)[0])
            if named and named == what and not _PERHAPS.search(paper.text):
                yield _paper(Finds.NEEDED, match[0].strip(), nearest, paper, library)
    yield from _other_papers(sentence, words, near, library, today)


def _other_papers(
    sentence: str, words: frozenset[str], near: Sequence[Near], library: Library, today: dt.date
) -> Iterator[Finding]:
    known: set[str] = set()
    for article in (one.article for one in near):
        facts = [library.facts[fact].says for fact in article.fact_ids if fact in library.facts]
        for text in (article.title, *(s.text for s in article.statements), *facts):
            known |= _codes(text)
    for code in sorted(_codes(sentence) - known):
        family = "annex" if code.startswith("annex") else "card"
        rivals = [s for s in near[0].article.answer if any(family in other for other in _codes(s.text))]
        shown = [s for s in rivals if judge(s, library, today).standing is not Standing.WITHHELD]
        best = max(shown, key=lambda s: len(words & stems(s.text)), default=None)
        if best is not None and weight(words & stems(best.text), library) >= TELLING:
            yield _paper(Finds.OTHER_PAPER, code, near[0].article, best, library)


def _paper(finds: Finds, said: str, article: Article, statement: Statement, library: Library) -> Finding:
    known = _Known(Claim(Kind.DATE, (), said), article, statement, statement.text)
    return _finding(finds, "document", said, known, library)
