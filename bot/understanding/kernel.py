"""The first look: kernel ridge regression over everything the articles' questions teach.

Least squares in the space of a Gaussian-like kernel, exp(WIDTH * (similarity - 1)), where the similarity of two texts
weighs their sentence vectors with the words and letters they share. It has a closed form (Saunders,
Gammerman and Vovk, 1998): (K + PENALTY * I) weights = labels. Far from every example the scores fall back to the
share of each class, so a low score means "never seen anything like it".
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.sparse import csr_matrix

from bot.understanding.vectors import Matrix

WIDTH = 2.0
WORDS = 0.25  # share of the words in the similarity
PENALTY = 0.3
CHUNK = 2000
MOST_WEIGHED = 300  # classes; with more, a message would cost more with each article
MOST_ROWS = 26_000  # the table of all pairs then takes 2.7 GB while training


@dataclass(frozen=True)
class Rows:
    """Texts as the kernel sees them: `embeddings` (unit rows around a common centre) and `words` (and letters)."""

    embeddings: Matrix
    words: csr_matrix

    def take(self, which: NDArray[np.int64]) -> Rows:
        """Return a selection."""
        return Rows(self.embeddings[which], self.words[which])

    @cached_property
    def texts_by_word(self) -> csr_matrix:
        """The words turned: for a message only the texts that share a word with it are looked at."""
        return self.words.T.tocsr()

    def __len__(self) -> int:
        return len(self.embeddings)


@dataclass(frozen=True)
class Kernel:
    """Scores of the classes from the likeness to the examples."""

    examples: Rows
    labels: NDArray[np.int64]  # the class of each example
    weights: Matrix  # one row a class, one column an example
    shares: Matrix  # of each class among the examples

    def scores(self, texts: Rows) -> Matrix:
        """Return one column for each class. Of very many classes only those with the nearest examples are weighed, and
        the last; the others get the score of a text that is like nothing."""
        table = _likeness(texts, self.examples)
        if len(self.weights) <= MOST_WEIGHED:
            return np.asarray(table @ self.weights.T + self.shares, np.float32)
        result = np.tile(self.shares, (len(texts), 1))
        for row, likeness in enumerate(table):
            near = self._nearest_classes(likeness)
            result[row, near] += self.weights[near] @ likeness
        return result

    def _nearest_classes(self, likeness: Matrix) -> NDArray[np.int64]:
        order, starts = self._by_class
        best = np.maximum.reduceat(likeness[order], starts)
        classes = self.labels[order[starts]]
        near = classes[np.argpartition(-best, min(MOST_WEIGHED, len(best)) - 1)[:MOST_WEIGHED]]
        return np.union1d(near, [len(self.weights) - 1])

    @cached_property
    def _by_class(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The examples in the order of their classes, and where each class begins."""
        order = np.argsort(self.labels, kind="stable")
        return order, np.flatnonzero(np.r_[True, np.diff(self.labels[order]) > 0])


def fit(texts: Rows, labels: NDArray[np.int64], classes: int, apart: NDArray[np.bool_]) -> tuple[Kernel, Kernel]:
    """Return a kernel that never saw the rows `apart`, and one that learned from all rows.

    Both come from one factorisation: the rows that are kept apart are its last block.

    Args:
        texts: the examples.
        labels: class numbers below `classes`.
        classes: how many there are; a class may have no example.
        apart: which rows the first kernel must not see; not all of them.
    """
    order = np.argsort(apart, kind="stable")
    kept = int((~apart).sum())
    examples = texts.take(order)
    table = _lower_half(examples)
    table[np.diag_indices(len(order))] += np.float32(PENALTY)
    factor, whole = _factor(table, kept)
    return (
        _solved(examples.take(np.arange(kept)), labels[order][:kept], classes, factor),
        _solved(examples, labels[order], classes, whole),
    )


def _lower_half(examples: Rows) -> Matrix:
    """Return the likeness of each example to those before it and to itself; the other half is not needed."""
    table = np.zeros((len(examples), len(examples)), np.float32)

    def fill(start: int) -> None:
        end = min(start + CHUNK, len(examples))
        table[start:end, :end] = _likeness(examples.take(np.arange(start, end)), examples.take(np.arange(end)))

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(fill, range(0, len(examples), CHUNK)))
    return table


def _factor(table: Matrix, kept: int) -> tuple[Matrix, Matrix]:
    """Return the lower factors of the leading block and of the whole table, which is overwritten."""
    table[:kept, :kept] = cholesky(table[:kept, :kept], lower=True, check_finite=False)
    head = table[:kept, :kept]
    if kept < len(table):
        side = solve_triangular(head, table[kept:, :kept].T, lower=True, check_finite=False).T
        table[kept:, :kept] = side
        table[kept:, kept:] = cholesky(table[kept:, kept:] - side @ side.T, lower=True, check_finite=False)
        table[:kept, kept:] = 0.0
    return head, table


def _solved(examples: Rows, labels: NDArray[np.int64], classes: int, factor: Matrix) -> Kernel:
    wanted = np.zeros((len(labels), classes), np.float32, order="F")
    wanted[np.arange(len(labels)), labels] = 1.0
    shares = wanted.mean(axis=0)
    wanted -= shares
    half = solve_triangular(factor, wanted, lower=True, check_finite=False, overwrite_b=True)
    weights = solve_triangular(factor, half, lower=True, trans="T", check_finite=False, overwrite_b=True)
    return Kernel(examples, labels, np.ascontiguousarray(weights.T, np.float32), shares.astype(np.float32))


def _likeness(texts: Rows, examples: Rows) -> Matrix:
    """Return exp(WIDTH * (similarity - 1)) for every text and example."""
    table = np.asarray(texts.embeddings @ examples.embeddings.T, np.float32)
    table *= np.float32(1.0 - WORDS)
    for start in range(0, len(texts), CHUNK):
        shared = texts.words[start : start + CHUNK] @ examples.texts_by_word
        table[start : start + CHUNK] += np.float32(WORDS) * shared.toarray()
    table -= np.float32(1.0)
    table *= np.float32(WIDTH)
    result: Matrix = np.exp(table, out=table)
    return result
