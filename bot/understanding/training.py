"""Fits the model of `bot.understanding.model` on examples.

Every probability comes from examples that the model behind it had not seen: a part of the questions is kept apart from
a first fit, and so is a part of what no article answers (near misses, and what is out of scope).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from bot.understanding import calibration, kernel
from bot.understanding.articles import ArticleFinder, Texts, choose, fit_second_look
from bot.understanding.calibration import Numbers
from bot.understanding.kernel import Rows
from bot.understanding.linear import Chooser, Linear, fit_softmax, softmax
from bot.understanding.model import (
    ASK,
    EMERGENCY,
    OUTSIDE,
    SIGNS,
    Judges,
    QuestionModel,
    Thresholds,
    intent_features,
    lengths_of,
    signs,
)
from bot.understanding.vectors import Bag, Compression, Matrix

FOLDS = 5
OUTSIDE_PARTS = 2  # of what is out of scope half teaches the first look, half the intents and the judges
SUBJECTS = 100
DIALOGUE_WEIGHT = 3.0  # there are many more questions for articles than examples of any other intent


@dataclass(frozen=True)
class Aims:
    """What the thresholds must reach on data that was held out."""

    answer_precision: float = 0.75  # of what is answered this share is right, questions that no article covers included
    offer_chance: float = 0.35  # offer when the chance that one of the first three is right is at least this
    uncovered_share: float = 0.2  # how many questions are expected to be about something no article covers
    emergency_weight: float = 5.0  # a missed emergency weighs as much as this many false alarms


@dataclass(frozen=True)
class Examples:
    """Training examples.

    `articles` is -1 for dialogue and for a question (intent `ask`) that no article answers; `sentences` marks what
    comes from an article's text.
    """

    texts: Sequence[str]
    embeddings: Matrix
    intents: NDArray[Any]
    articles: NDArray[np.int64]
    sentences: NDArray[np.bool_]


@dataclass(frozen=True)
class HeldOut:
    """Predictions for examples that were not seen, kept for measuring."""

    intents: NDArray[Any]
    predicted: NDArray[Any]
    articles: NDArray[np.int64]
    candidates: NDArray[np.int64]
    right: Numbers
    three: Numbers
    uncovered_right: Numbers
    uncovered_three: Numbers


@dataclass(frozen=True)
class _Looks:
    """What the first and second look learned, and what they say of examples that they had not seen."""

    finder: ArticleFinder
    chooser: Chooser
    candidates: NDArray[np.int64]  # of the questions kept apart
    articles: NDArray[np.int64]  # the right ones
    questions: NDArray[np.int64]  # their places among all examples
    uncovered: NDArray[np.int64]  # places of the examples kept apart that no article answers
    honest: NDArray[np.int64]  # places of all examples whose signs are honest
    seen: Numbers  # signs of all examples; zeros where they are not honest


def fit(examples: Examples, article_ids: Sequence[str], aims: Aims) -> tuple[QuestionModel, HeldOut]:
    """Fit the model; also return what it said of examples that were held out."""
    compression, bag = Compression.fit(examples.embeddings), Bag.fit(examples.texts)
    examples = replace(examples, embeddings=compression.apply(examples.embeddings))
    words = bag.words(examples.texts)
    bags = bag.compressed(words)
    is_question = (examples.articles >= 0) & ~examples.sentences
    finder = chooser = judges = None
    answer = calibration.NEVER
    taught, seen = np.flatnonzero(~examples.sentences), np.zeros((len(examples.texts), SIGNS))
    articles, empty = np.zeros(0, np.int64), np.zeros((0, 0), np.int64)
    record: tuple[NDArray[np.int64], Numbers, Numbers, Numbers, Numbers] = (empty, *(np.zeros(0),) * 4)
    if is_question.sum() >= 2 and article_ids:
        looks = _look(examples, Rows(examples.embeddings, words), bags, len(article_ids))
        finder, chooser = looks.finder, looks.chooser
        taught, seen, articles = looks.honest, looks.seen, looks.articles
        fold = calibration.folds(articles, min(FOLDS, max(len(articles), 1)))
        judges, answer, record = _judge(
            looks.candidates, seen[looks.questions], articles, fold, seen[looks.uncovered], aims
        )
    names = sorted(set(examples.intents[taught].tolist()))
    labels = np.array([names.index(intent) for intent in examples.intents[taught]], np.int64)
    scale = (seen[taught].mean(axis=0), np.maximum(seen[taught].std(axis=0), 1e-6))
    features = intent_features(examples.embeddings[taught], bags[taught], seen[taught], scale)
    chances = _held_out_intents(features, labels, names)
    emergency = _emergency_threshold(chances, labels, names, aims.emergency_weight)
    model = QuestionModel(
        compression, bag, names, _fit_intents(features, labels, names), scale, article_ids, finder, chooser, judges,
        Thresholds(answer, aims.offer_chance, emergency),
    )  # fmt: skip
    predicted = np.array([model.ranking(row)[0][0] for row in chances])
    return model, HeldOut(examples.intents[taught], predicted, articles, *record)


def _look(examples: Examples, texts: Rows, bags: Matrix, count: int) -> _Looks:
    is_question = (examples.articles >= 0) & ~examples.sentences
    is_dialogue = examples.articles < 0
    near, outside = is_dialogue & (examples.intents == ASK), is_dialogue & (examples.intents == OUTSIDE)
    labels = np.where(is_question, examples.articles, count)
    teaching = np.flatnonzero(is_question | near | outside)
    if len(teaching) > kernel.MOST_ROWS:  # an even share of every article's questions
        share = calibration.folds(labels[teaching], -(-len(teaching) // kernel.MOST_ROWS))
        teaching = teaching[share == 0]
    labels = labels[teaching]
    apart = calibration.folds(labels, FOLDS) == 0
    strange = near[teaching]
    apart[strange] = _subjects(examples.embeddings[teaching[strange]]) % FOLDS == 0
    halves = outside[teaching]
    apart[halves] = calibration.folds(labels[halves], OUTSIDE_PARTS) == 0
    trial, final = kernel.fit(texts.take(teaching), labels, count + 1, apart)
    everything = Texts(examples.embeddings, bags, examples.articles)
    sentences = everything.take(examples.sentences)
    kept = teaching[~apart]
    tried = ArticleFinder(trial, everything.take(kept[is_question[kept]]), sentences, count)
    honest = np.sort(np.r_[teaching[apart], np.flatnonzero(is_dialogue & ~near & ~outside)])
    found = tried.find(texts.take(honest), bags[honest])
    asked = is_question[honest]
    chooser = fit_second_look(found.take(asked), examples.articles[honest[asked]])
    ordered, scores = choose(found, chooser)
    seen = np.zeros((len(examples.texts), SIGNS))
    seen[honest] = signs(ordered, scores, lengths_of([examples.texts[place] for place in honest]))
    return _Looks(
        ArticleFinder(final, everything.take(is_question), sentences, count),
        chooser, ordered.candidates[asked], examples.articles[honest[asked]], honest[asked],
        honest[(near | outside)[honest]], honest, seen,
    )  # fmt: skip


def _subjects(embeddings: Matrix) -> NDArray[np.int64]:
    """Return a number for each text; texts on one subject share it. What no article answers is kept apart by subject:
    the questions that will come are about other subjects than those that were taught."""
    count = min(SUBJECTS, len(embeddings))
    if count < FOLDS:
        return np.arange(len(embeddings))
    found: NDArray[np.int64] = KMeans(count, n_init=1, random_state=0).fit_predict(embeddings).astype(np.int64)
    return found


def _judge(
    candidates: NDArray[np.int64],
    covered: Numbers,
    articles: NDArray[np.int64],
    fold: NDArray[np.int64],
    strange: Numbers,
    aims: Aims,
) -> tuple[Judges, float, tuple[NDArray[np.int64], Numbers, Numbers, Numbers, Numbers]]:
    """Fit the judges and fix the threshold on probabilities that each judge gave to a fold it had not seen."""
    everything = np.vstack([covered, strange])
    known, unknown = len(covered), len(strange)
    share = aims.uncovered_share / (1 - aims.uncovered_share) * known / max(unknown, 1)
    importance = np.r_[np.ones(known), np.full(unknown, share)]
    folded = np.r_[fold, np.arange(unknown) % (int(fold.max()) + 1)]
    first = np.r_[candidates[:, 0] == articles, np.zeros(unknown, bool)]
    three = np.r_[(candidates[:, :3] == articles[:, None]).any(axis=1), np.zeros(unknown, bool)]
    # with nothing that no article answers to learn from, what is surely right counts as covered
    is_covered = np.r_[np.ones(known, bool), np.zeros(unknown, bool)] if unknown else first
    judges = Judges(*(calibration.fit_judge(everything, holds, importance) for holds in (first, three, is_covered)))
    right = calibration.held_out_probabilities(everything, first, importance, folded)
    among = calibration.held_out_probabilities(everything, three, importance, folded)
    answer = calibration.threshold(right, first, importance, aims.answer_precision)
    record = (candidates, right[:known], among[:known], right[known:], among[known:])
    return judges, answer, record


def _fit_intents(features: Matrix, labels: NDArray[np.int64], names: list[str]) -> Linear:
    ask = names.index(ASK) if ASK in names else -1
    importance = np.where(labels == ask, 1.0, DIALOGUE_WEIGHT).astype(np.float32)
    return fit_softmax(features, labels, len(names), importance=importance)


def _held_out_intents(features: Matrix, labels: NDArray[np.int64], names: list[str]) -> Numbers:
    fold = calibration.folds(labels, max(min(FOLDS, len(labels)), 1))
    chances = np.zeros((len(labels), len(names)))
    for one in np.unique(fold):
        inside = fold == one
        if not inside.all():
            model = _fit_intents(features[~inside], labels[~inside], names)
            chances[inside] = softmax(model.scores(features[inside]))
    return chances


def _emergency_threshold(chances: Numbers, labels: NDArray[np.int64], names: list[str], weight: float) -> float:
    """Return the threshold at which missed emergencies and false alarms together weigh least."""
    if EMERGENCY not in names:
        return calibration.NEVER
    place = names.index(EMERGENCY)
    real = labels == place
    tried = np.linspace(0.02, 0.5, 49)
    harm = [
        weight * float((chances[real, place] < one).sum()) + float((chances[~real, place] >= one).sum())
        for one in tried
    ]
    return float(tried[int(np.argmin(harm))])
