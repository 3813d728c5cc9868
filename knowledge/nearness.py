"""Which articles a sentence of somebody else is clearly about: how much of what it tells stands in them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from knowledge.library import Library
from knowledge.models import Article
from knowledge.profile import Profile, excludes

ABOUT_THIS, ABOUT_ITS_SUBJECT = 0.62, 0.45  # how much of a sentence an article must cover; less for what is talked of
ENOUGH_WORDS = 3  # fewer telling words, such as “register” and “fee”, belong to many subjects
CLOSE = 0.8  # articles that cover nearly as much as the best one have a say too
TALKED_OF = 0.2  # so much nearer is an article that the conversation is about
_IN_TITLE, _IN_STATEMENTS, _IN_QUESTIONS = 1.0, 0.8, 0.5


def stems(text: str) -> frozenset[str]:
    """The beginnings of a text's words, without those that say nothing about its subject."""
    plain = unicodedata.normalize("NFKD", text.lower())
    words = re.findall(r"[a-z]+\d*|\d+[a-z]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return frozenset(_stem(word) for word in words if len(word) > 1 and word not in _SMALL)


def _stem(word: str) -> str:
    length = 6 if word.startswith(("contr", "trans", "inter")) else 5
    word = word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word
    return (word[:-1] + "i" if word.endswith("y") else word)[:length]


_SMALL = frozenset(
    "the and or if of to in on at for from with by as is are be been was were it its this that these those there then"
    " so"
    " you your yours we our us they them their he she his her who which what when where how not no yes do does did has"
    " have had can could may might must should will would shall need needs get gets got give gives go goes make makes"
    " within until before after during since about around over under than more most least less only also just even very"
    " all any each every some many much such other another same new first last next one two three four five six seven"
    " eight nine ten twelve thirty sixty ninety half day week month year hour days weeks months years hours working"
    " calendar euro euros eur per cent percent deadline latest long time times maximum limit please hello dear thank"
    " thanks kind regards yes here into out up down ask take takes".split()
)


@dataclass(frozen=True, slots=True)
class _Words:
    title: frozenset[str]
    statements: frozenset[str]
    questions: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Index:
    """The words of every article, and how much each word tells."""

    words: dict[str, _Words]
    weight: dict[str, float]


class _Held:
    """A library as a key: it is compared by identity, because nothing in it changes."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __hash__(self) -> int:
        return id(self.library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.library is self.library


@lru_cache(maxsize=2)
def _index(held: _Held) -> _Index:
    words = {}
    for article in held.library.articles.values():
        asked = Counter(stem for question in article.questions for stem in stems(question))
        words[article.id] = _Words(
            stems(article.title),
            stems(" ".join([*(s.text for s in article.statements)])),
            frozenset(stem for stem, times in asked.items() if times > 1),
        )
    spread = Counter(stem for one in words.values() for stem in one.title | one.statements)
    weight = {stem: math.log(1 + len(words) / times) for stem, times in spread.items()}
    return _Index(words, weight)


@dataclass(frozen=True, slots=True)
class Near:
    """An article, and how much of the sentence it covers: 0 to 1, and more for what is talked of."""

    article: Article
    cover: float


def near(sentence: str, library: Library, profile: Profile, subjects: frozenset[str]) -> list[Near]:
    """The articles for this person that a sentence is clearly about, the nearest first."""
    index = _index(_Held(library))
    told = {stem: index.weight[stem] for stem in stems(sentence) if stem in index.weight}
    whole = sum(told.values())
    about_this = ABOUT_THIS if len(told) >= ENOUGH_WORDS else math.inf
    found = []
    for article in library.articles.values():
        if excludes(article, profile) or not told:
            continue
        words = index.words[article.id]
        cover = sum(weight * _share(stem, words) for stem, weight in told.items()) / whole
        if cover >= (ABOUT_ITS_SUBJECT if article.id in subjects else about_this):
            found.append(Near(article, cover + (TALKED_OF if article.id in subjects else 0)))
    found.sort(key=lambda one: -one.cover)
    return [one for one in found if one.cover >= found[0].cover * CLOSE]


def prepare(library: Library) -> None:
    """Reads the articles' words now, so that the first sentence need not wait for it."""
    _index(_Held(library))


def weight(words: frozenset[str], library: Library) -> float:
    """How much some words tell: those that few articles use tell more."""
    weights = _index(_Held(library)).weight
    return sum(weights.get(stem, 0.0) for stem in words)


def _share(stem: str, words: _Words) -> float:
    if stem in words.title:
        return _IN_TITLE
    if stem in words.statements:
        return _IN_STATEMENTS
    return _IN_QUESTIONS if stem in words.questions else 0.0
