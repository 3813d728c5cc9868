"""What a message means: the intent, the articles it may be about, and whether to answer, to ask or to say no.

`bot.understanding.training` makes the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrival import asks_for_everything, asks_what_now
from bot.understanding.articles import FIRST_LOOK, QUESTION, QUESTION_WORDS, SENTENCE, ArticleFinder, Found, choose
from bot.understanding.calibration import Judge, Numbers
from bot.understanding.danger import is_danger
from bot.understanding.kernel import Rows
from bot.understanding.linear import Chooser, Linear, softmax
from bot.understanding.vectors import Bag, Compression, Matrix, joined

ASK, OUTSIDE, EMERGENCY, WHAT_NOW = "ask", "out_of_scope", "emergency", "what_now"
SHOWN = 5
SIGNS = 16
AMONG, SMALLEST_SUM = 5, 1e-3  # the first look's best score as a share of its five best
SIGN_WEIGHT = 0.1  # beside a text of length one
SAME = 0.97  # similarity from which on a message is an example question in other letters
SURE_OF_SAME = 0.95
FITS = 0.4  # chance of being right from which on an article speaks against an alarm
LIKELY_ALARM = 0.8
PROBABLY_COVERED, CLEARLY_OUTSIDE = 0.8, 0.95  # what an article probably covers is outside only when that is clear
SURE_OF_DANGER = 0.9  # confidence when the words themselves say that somebody is in danger


Ranking = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Reading:
    """What a message means."""

    intents: Ranking
    articles: tuple[tuple[str, float], ...]
    covered: float
    zone: str


@dataclass(frozen=True)
class Judges:
    """Probabilities that the first article is right, that one of the first three is, that any article covers it."""

    first: Judge
    three: Judge
    covered: Judge


@dataclass(frozen=True)
class Thresholds:
    """Fixed in training."""

    answer: float
    offer: float
    emergency: float


def signs(found: Found, scores: Numbers, lengths: NDArray[np.int64]) -> Numbers:
    """Return what tells a sure match from a doubtful one, for candidates in the order of the second look.

    Args:
        found: the candidates and their evidence.
        scores: of the second look.
        lengths: words in each text; a long message shares less with any example than a short one.
    """
    evidence, elsewhere = found.evidence, found.elsewhere.astype(np.float64)
    chances = softmax(scores)
    if chances.shape[1] < 3:
        chances = np.pad(chances, ((0, 0), (0, 3 - chances.shape[1])))
    first, second, third = chances[:, 0], chances[:, 1], chances[:, 2]
    best, looks = evidence[:, 0, :].astype(np.float64), evidence[:, :, FIRST_LOOK].astype(np.float64)
    others = looks[:, 1:].max(axis=1) if looks.shape[1] > 1 else np.zeros(len(looks))
    length = np.log1p(lengths)
    return np.column_stack(
        [
            np.log(first + 1e-9),
            np.log((first + second + third) + 1e-9),
            first - second,
            scores[:, 0],
            best[:, FIRST_LOOK],
            elsewhere,
            looks.max(axis=1) - elsewhere,
            best[:, QUESTION],
            best[:, SENTENCE],
            best[:, QUESTION_WORDS],
            evidence[:, :, QUESTION].max(axis=1) - best[:, QUESTION],  # another candidate's question is nearer
            length,
            length * looks.max(axis=1),
            length * elsewhere,
            best[:, FIRST_LOOK] - others,
            looks.max(axis=1) / np.maximum(np.sort(looks, axis=1)[:, -AMONG:].sum(axis=1), SMALLEST_SUM),
        ]
    )


def lengths_of(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return the number of words of each text."""
    return np.array([len(text.split()) for text in texts], np.int64)


class QuestionModel:
    """Reads one message."""

    def __init__(
        self,
        compression: Compression,
        bag: Bag,
        intents: Sequence[str],
        intent_model: Linear,
        scale: tuple[Numbers, Numbers],
        article_ids: Sequence[str],
        finder: ArticleFinder | None,
        chooser: Chooser | None,
        judges: Judges | None,
        thresholds: Thresholds,
    ) -> None:
        self.compression = compression
        self.bag = bag
        self.intents = list(intents)
        self.intent_model = intent_model
        self.scale = scale
        self.article_ids = list(article_ids)
        self.finder = finder
        self.chooser = chooser
        self.judges = judges
        self.thresholds = thresholds

    def read(self, text: str, embedding: Matrix) -> Reading:
        """Return what one message means; `embedding` is the encoder's vector of it."""
        vector = self.compression.apply(np.asarray(embedding, np.float32).reshape(1, -1))
        words = self.bag.words([text])
        bag = self.bag.compressed(words)
        if self.finder is None or self.chooser is None or self.judges is None:
            features = intent_features(vector, bag, np.zeros((1, SIGNS)), self.scale)
            return Reading(self.ranking(softmax(self.intent_model.scores(features))[0]), (), 0.0, "unknown")
        found, scores = choose(self.finder.find(Rows(vector, words), bag), self.chooser)
        seen = signs(found, scores, lengths_of([text]))
        chances = softmax(self.intent_model.scores(intent_features(vector, bag, seen, self.scale)))[0]
        danger = is_danger(text)
        if EMERGENCY in self.intents and danger:
            place = self.intents.index(EMERGENCY)
            chances[place] = max(chances[place], SURE_OF_DANGER)
        right = fits = float(self.judges.first.probability(seen)[0])
        three = float(self.judges.three.probability(seen)[0])
        covered = float(self.judges.covered.probability(seen)[0])
        share = softmax(scores)[0]
        nearest = found.evidence[0, :, QUESTION]
        known = nearest.max() >= SAME  # held-out examples cannot teach what to do with a question that is known
        order = np.argsort(np.arange(len(share)) != int(nearest.argmax()), kind="stable") if known else slice(None)
        if known:
            right, covered = max(right, SURE_OF_SAME), max(covered, SURE_OF_SAME)
        articles = self._articles(found.candidates[0][order], share[order], right)
        zone = "unknown"
        if right >= self.thresholds.answer:
            zone = "answer"
        elif three >= self.thresholds.offer:
            zone = "offer"
        ranking = self.ranking(chances, calm=fits >= FITS and not danger)
        return Reading(self._settled(ranking, text, zone, covered), articles, covered, zone)

    def _settled(self, ranking: Ranking, text: str, zone: str, covered: float) -> Ranking:
        """Put another intent first where the articles or the words themselves know better than the intent model."""
        first, confidence = ranking[0]
        if first == OUTSIDE and confidence < CLEARLY_OUTSIDE and covered >= PROBABLY_COVERED:
            ranking = _with_first(ranking, ASK)
        if ranking[0][0] in (ASK, OUTSIDE) and asks_what_now(text, plainly=zone == "answer"):
            ranking = _with_first(ranking, WHAT_NOW)
        if zone == "answer" and ranking[0][0] == WHAT_NOW and not asks_for_everything(text):
            ranking = _with_first(ranking, ASK)
        return ranking

    def _articles(self, numbers: NDArray[np.int64], share: Numbers, right: float) -> tuple[tuple[str, float], ...]:
        """The first with its calibrated confidence; the others share the rest, and none is surer than the first."""
        rest = share[1:] / max(float(share[1:].sum()), 1e-9) * (1.0 - right)
        confidence = [right, *np.minimum(rest, right).tolist()]
        return tuple(
            (self.article_ids[number], chance)
            for number, chance in sorted(
                zip(numbers[:SHOWN].tolist(), confidence, strict=False), key=lambda one: -one[1]
            )
        )

    def ranking(self, chances: Numbers, *, calm: bool = False) -> tuple[tuple[str, float], ...]:
        """Best first; danger is put first as soon as it is likely enough.

        Args:
            chances: one for each intent.
            calm: an article fits well and no word says danger ("the police did not come for the address check"):
                an alarm then needs to be likely.
        """
        order = np.argsort(-chances, kind="stable").tolist()
        if EMERGENCY in self.intents:
            place = self.intents.index(EMERGENCY)
            alarm = chances[place] >= (LIKELY_ALARM if calm else self.thresholds.emergency)
            position = 0 if alarm else max(order.index(place), 1)
            order.remove(place)
            order.insert(position, place)
        return tuple((self.intents[number], float(chances[number])) for number in order)


def _with_first(ranking: Ranking, name: str) -> Ranking:
    """This intent first, the others in their order; the same when it is not there."""
    return tuple(sorted(ranking, key=lambda one: one[0] != name))


def intent_features(embeddings: Matrix, bags: Matrix, seen: Numbers, scale: tuple[Numbers, Numbers]) -> Matrix:
    """Return what the intent model sees: the text itself, and how well it matches an article."""
    mean, deviation = scale
    return np.hstack([joined(embeddings, bags), (SIGN_WEIGHT * (seen - mean) / deviation).astype(np.float32)])
