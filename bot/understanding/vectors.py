"""What a text looks like to the models: the encoder's vector next to words and letters, both compressed.

The bag catches what the encoder does not know: names of cards and annexes, Dutch words, typing errors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

Matrix = NDArray[np.float32]

KINDS: dict[str, dict[str, Any]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "sublinear_tf": True, "max_features": 10_000},
    "letters": {"analyzer": "char_wb", "ngram_range": (2, 4), "sublinear_tf": True, "max_features": 15_000},
}
BAG_WEIGHT = 0.5
MAXIMUM_DIMENSIONS = 256
MEANING_DIMENSIONS = 384


def unit_rows(matrix: NDArray[Any]) -> Matrix:
    """Return the rows with length one; rows of zeros stay zeros."""
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)


@dataclass(frozen=True)
class Compression:
    """Turns the encoder's vectors into shorter ones: what all texts share is taken away (`centre`), and only the
    directions in which texts differ most are kept (principal components, one a column)."""

    centre: Matrix
    directions: Matrix

    @classmethod
    def fit(cls, vectors: Matrix) -> Compression:
        """Learn the centre and the directions from vectors, one a row."""
        centre = vectors.mean(axis=0)
        around = vectors - centre
        _, directions = np.linalg.eigh(around.T @ around)  # ordered by growing variance
        return cls(centre, np.ascontiguousarray(directions[:, ::-1][:, :MEANING_DIMENSIONS], np.float32))

    def apply(self, vectors: Matrix) -> Matrix:
        """Return one row of length one for each vector."""
        return unit_rows((vectors - self.centre) @ self.directions)


class Bag:
    """TF-IDF over words and letters, compressed to a dense vector."""

    def __init__(self, vectorizers: dict[str, TfidfVectorizer], components: Matrix) -> None:
        self._vectorizers = vectorizers
        self._components = np.ascontiguousarray(components)  # one row a word: a product must not copy the table

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Bag:
        """Learn the vocabulary and the directions that matter most from the texts."""
        vectorizers = {name: TfidfVectorizer(**options) for name, options in KINDS.items()}
        sparse = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers.values()]).tocsr()
        dimensions = min(MAXIMUM_DIMENSIONS, len(texts) - 1, sparse.shape[1] - 1)
        reduction = TruncatedSVD(max(dimensions, 1), n_iter=3, random_state=0).fit(sparse)
        return cls(vectorizers, reduction.components_.T.astype(np.float32))

    def transform(self, texts: Sequence[str]) -> Matrix:
        """Return one compressed row for each text."""
        return self.compressed(self.words(texts))

    def words(self, texts: Sequence[str]) -> csr_matrix:
        """Return the words and letters of each text, uncompressed; a row has at most length one."""
        parts = [vectorizer.transform(texts) for vectorizer in self._vectorizers.values()]
        return (hstack(parts) * np.sqrt(1.0 / len(parts))).tocsr().astype(np.float32)

    def compressed(self, words: csr_matrix) -> Matrix:
        """Return the compressed rows of what `words` returned."""
        return np.asarray(words @ self._components, dtype=np.float32) * np.float32(np.sqrt(len(self._vectorizers)))

    def save(self, directory: Path) -> None:
        """Write the bag; only numbers and words, nothing that runs code when it is read."""
        arrays = {"components": self._components.astype(np.float16)}
        vocabularies = {}
        for name, vectorizer in self._vectorizers.items():
            arrays[name] = vectorizer.idf_
            vocabularies[name] = vectorizer.get_feature_names_out().tolist()
        np.savez_compressed(directory / "bag.npz", **arrays)
        (directory / "bag.json").write_text(json.dumps(vocabularies, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Bag:
        """Read what `save` wrote."""
        vocabularies = json.loads((directory / "bag.json").read_text(encoding="utf-8"))
        with np.load(directory / "bag.npz", allow_pickle=False) as arrays:
            vectorizers = {}
            for name, options in KINDS.items():
                vectorizer = TfidfVectorizer(**{**options, "max_features": None}, vocabulary=vocabularies[name])
                vectorizer.idf_ = arrays[name]
                vectorizers[name] = vectorizer
            return cls(vectorizers, arrays["components"].astype(np.float32))


def joined(embeddings: Matrix, bags: Matrix) -> Matrix:
    """Return what the linear models see."""
    return np.hstack([embeddings, np.float32(BAG_WEIGHT) * bags])
