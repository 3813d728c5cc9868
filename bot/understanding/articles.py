"""Which article a question is about: a fast first look at all of them, and a second look at the best few.

The first look is a linear model over the articles. The second weighs that score with what is near: the article's
own example questions, the sentences of its text, its title, in meaning and in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.linear import Chooser, Linear, fit_chooser, fit_ridge
from bot.understanding.vectors import Matrix, joined, unit_rows

CANDIDATES = 20
TEXT_WEIGHT = 0.7  # a sentence of the article teaches less than a question people ask
CHUNK = 512
# Kinds of evidence, as places in the last axis: the first look's score, the nearest example question, the nearest
# sentence of the article, the words shared with an example question.
FIRST_LOOK, QUESTION, SENTENCE, QUESTION_WORDS = 0, 1, 2, 3
NOTHING = -1.0  # similarity to what is not there


@dataclass(frozen=True)
class Texts:
    """Vectors of texts and the article each belongs to (a number)."""

    embeddings: Matrix
    bags: Matrix
    articles: NDArray[np.int64]

    def take(self, which: NDArray[Any]) -> Texts:
        """Return a selection."""
        return Texts(self.embeddings[which], self.bags[which], self.articles[which])

    def __len__(self) -> int:
        return len(self.articles)


@dataclass(frozen=True)
class Found:
    """For each question the candidates, best first by the first look, and the evidence for each."""

    candidates: NDArray[np.int64]
    evidence: Matrix


class _Groups:
    """Vectors in the order of their articles, so that the best of each article is one step."""

    def __init__(self, vectors: Matrix, articles: NDArray[np.int64], count: int) -> None:
        order = np.argsort(articles, kind="stable")
        self._vectors = vectors[order]
        self._names, self._starts = np.unique(articles[order], return_index=True)
        self._count = count

    def nearest(self, queries: Matrix) -> Matrix:
        """Return for each query and article the highest similarity."""
        best = np.full((len(queries), self._count), NOTHING, np.float32)
        if len(self._names):
            best[:, self._names] = np.maximum.reduceat(queries @ self._vectors.T, self._starts, axis=1)
        return best


class ArticleFinder:
    """The first look and the evidence for the second."""

    def __init__(self, first: Linear, questions: Texts, sentences: Texts, count: int) -> None:
        self.first = first
        self.questions = questions
        self.sentences = sentences
        self.count = count
        sentence_bags = unit_rows(sentences.bags)
        self._nearest = [
            _Groups(questions.embeddings, questions.articles, count),
            _Groups(sentences.embeddings, sentences.articles, count),
            _Groups(unit_rows(questions.bags), questions.articles, count),
            _Groups(sentence_bags, sentences.articles, count),
        ]
        self._embedding_means = self._means(sentences.embeddings)
        self._bag_means = self._means(sentence_bags)

    def _means(self, vectors: Matrix) -> Matrix:
        sums = np.zeros((self.count, vectors.shape[1]), np.float32)
        np.add.at(sums, self.sentences.articles, vectors)
        return unit_rows(sums)

    @classmethod
    def fit(cls, questions: Texts, sentences: Texts, count: int) -> ArticleFinder:
        """Learn from the questions and sentences; `count` articles, of which some may have neither."""
        embeddings = np.vstack([questions.embeddings, sentences.embeddings])
        bags = np.vstack([questions.bags, sentences.bags])
        importance = np.r_[np.ones(len(questions)), np.full(len(sentences), TEXT_WEIGHT)].astype(np.float32)
        labels = np.r_[questions.articles, sentences.articles]
        return cls(fit_ridge(joined(embeddings, bags), labels, count, importance), questions, sentences, count)

    def find(self, embeddings: Matrix, bags: Matrix, without: NDArray[np.bool_] | None = None) -> Found:
        """Return candidates and evidence; `without` marks articles that must not be proposed."""
        parts = [
            self._find(embeddings[start : start + CHUNK], bags[start : start + CHUNK], without)
            for start in range(0, len(embeddings), CHUNK)
        ]
        return Found(np.vstack([part.candidates for part in parts]), np.concatenate([part.evidence for part in parts]))

    def _find(self, embeddings: Matrix, bags: Matrix, without: NDArray[np.bool_] | None) -> Found:
        first = self.first.scores(joined(embeddings, bags))
        if without is not None:
            first = np.where(without, np.float32(-9.0), first)
        unit = unit_rows(bags)
        near = [
            groups.nearest(queries)
            for groups, queries in zip(self._nearest, (embeddings, embeddings, unit, unit), strict=True)
        ]
        whole, whole_words = embeddings @ self._embedding_means.T, unit @ self._bag_means.T
        kinds = (first, *near, whole, whole_words)
        everything = np.stack(kinds, axis=2)
        candidates = np.argsort(-first, axis=1, kind="stable")[:, :CANDIDATES]
        return Found(candidates, np.take_along_axis(everything, candidates[:, :, None], axis=1))


def held_out(questions: Texts, sentences: Texts, count: int, fold: NDArray[np.int64]) -> Found:
    """Find each question with a finder that never saw it."""
    candidates = np.zeros((len(questions), min(CANDIDATES, count)), np.int64)
    evidence: Matrix | None = None
    for one in np.unique(fold):
        inside = fold == one
        finder = ArticleFinder.fit(questions.take(~inside), sentences, count)
        found = finder.find(questions.embeddings[inside], questions.bags[inside])
        if evidence is None:
            evidence = np.zeros((len(questions), *found.evidence.shape[1:]), np.float32)
        candidates[inside], evidence[inside] = found.candidates, found.evidence
    if evidence is None:
        raise ValueError("there are no questions")
    return Found(candidates, evidence)


def article_absent(questions: Texts, sentences: Texts, count: int, fold_of_article: NDArray[np.int64]) -> Found:
    """Find each question with a finder that knows nothing of its article: a question close to what is covered."""
    parts: list[tuple[NDArray[np.bool_], Found]] = []
    for one in np.unique(fold_of_article):
        absent = fold_of_article == one
        inside = absent[questions.articles]
        if inside.all() or not inside.any():
            continue
        known = sentences.take(~absent[sentences.articles])
        finder = ArticleFinder.fit(questions.take(~inside), known, count)
        parts.append((inside, finder.find(questions.embeddings[inside], questions.bags[inside], absent)))
    return Found(
        np.vstack([found.candidates for _, found in parts]), np.concatenate([found.evidence for _, found in parts])
    )


def place_of(candidates: NDArray[np.int64], articles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the right article stands among the candidates, -1 when it is not there."""
    hits = candidates == articles[:, None]
    return np.where(hits.any(axis=1), hits.argmax(axis=1), -1)


def choose(found: Found, chooser: Chooser) -> tuple[NDArray[np.int64], NDArray[np.float64], Matrix]:
    """Return candidates, scores and evidence in the order of the second look, best first."""
    scores = chooser.scores(found.evidence)
    order = np.argsort(-scores, axis=1, kind="stable")
    return (
        np.take_along_axis(found.candidates, order, axis=1),
        np.take_along_axis(scores, order, axis=1),
        np.take_along_axis(found.evidence, order[:, :, None], axis=1),
    )


def fit_second_look(found: Found, articles: NDArray[np.int64]) -> Chooser:
    """Fit the weights of the evidence on questions the finder had not seen."""
    return fit_chooser(found.evidence, place_of(found.candidates, articles))
