"""The statistics behind understanding, on numbers made up for the purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.understanding import calibration, kernel, storage
from bot.understanding.kernel import Rows
from bot.understanding.linear import fit_chooser, fit_softmax
from bot.understanding.training import Aims, Examples, fit
from bot.understanding.vectors import Compression, unit_rows

RANDOM = np.random.default_rng(0)


def cloud(classes: int, each: int, dimensions: int = 16) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    centres = RANDOM.normal(size=(classes, dimensions))
    labels = np.repeat(np.arange(classes), each)
    return (centres[labels] + 0.2 * RANDOM.normal(size=(len(labels), dimensions))).astype(np.float32), labels


def test_the_linear_models_find_separate_classes() -> None:
    features, labels = cloud(4, 10)
    assert (fit_softmax(features, labels, 4).scores(features).argmax(axis=1) == labels).all()


def rows_of(features: np.ndarray) -> Rows:  # type: ignore[type-arg]
    return Rows(unit_rows(features), csr_matrix(np.abs(unit_rows(features))))


def test_the_kernel_finds_separate_classes_it_was_not_shown() -> None:
    features, labels = cloud(4, 10)
    rows, apart = rows_of(features), np.arange(len(labels)) % 5 == 0
    trial, final = kernel.fit(rows, labels, 5, apart)
    assert (trial.scores(rows.take(np.flatnonzero(apart))).argmax(axis=1) == labels[apart]).all()
    assert (final.scores(rows).argmax(axis=1) == labels).all()


def test_one_factorisation_gives_what_two_separate_fits_give() -> None:
    features, labels = cloud(3, 12)
    rows, apart = rows_of(features), np.arange(len(labels)) % 4 == 0
    trial, _ = kernel.fit(rows, labels, 3, apart)
    kept = rows.take(np.flatnonzero(~apart))
    alone = kernel.fit(kept, labels[~apart], 3, np.zeros(int((~apart).sum()), bool))[1]
    assert np.allclose(trial.scores(rows), alone.scores(rows), atol=1e-3)


def test_with_very_many_classes_the_near_ones_are_weighed_as_always(monkeypatch: pytest.MonkeyPatch) -> None:
    features, labels = cloud(30, 4)
    rows = rows_of(features)
    final = kernel.fit(rows, labels, 31, np.arange(len(labels)) % 4 == 0)[1]
    all_weighed = final.scores(rows)
    monkeypatch.setattr(kernel, "MOST_WEIGHED", 5)
    few_weighed = final.scores(rows)
    assert np.allclose(few_weighed.max(axis=1), all_weighed.max(axis=1), atol=1e-5)
    assert (few_weighed.argmax(axis=1) == labels).all()
    assert np.allclose(few_weighed[:, 30], all_weighed[:, 30], atol=1e-5)  # what no article answers


def test_far_from_every_example_the_kernel_is_sure_of_nothing() -> None:
    features, labels = cloud(4, 10)
    _, final = kernel.fit(rows_of(features), labels, 4, np.arange(40) == 0)
    near, far = final.scores(rows_of(features)).max(axis=1), final.scores(rows_of(-features)).max(axis=1)
    assert far.mean() < near.mean() / 2


def test_the_chooser_learns_which_evidence_counts() -> None:
    evidence = RANDOM.normal(size=(200, 5, 3)).astype(np.float32)
    chooser = fit_chooser(evidence, evidence[:, :, 1].argmax(axis=1))
    assert abs(chooser.weights[1]) > 5 * abs(chooser.weights[0])


def test_a_judge_is_calibrated() -> None:
    signs = RANDOM.normal(size=(4000, 1))
    holds = RANDOM.random(4000) < 1 / (1 + np.exp(-2 * signs[:, 0]))
    probability = calibration.fit_judge(signs, holds, np.ones(4000)).probability(signs)
    middle = (probability > 0.4) & (probability < 0.6)
    assert holds[middle].mean() == pytest.approx(0.5, abs=0.08)


def test_a_threshold_reaches_its_aim_or_is_never_reached() -> None:
    probability = np.linspace(0, 1, 200)
    holds = RANDOM.random(200) < probability
    reached = calibration.threshold(probability, holds, np.ones(200), 0.8)
    assert holds[probability >= reached].mean() >= 0.8
    assert calibration.threshold(probability, np.zeros(200, bool), np.ones(200), 0.5) == calibration.NEVER


def test_folds_spread_every_class() -> None:
    fold = calibration.folds(np.repeat([0, 1, 2], 10), 5)
    assert all(np.bincount(fold[start : start + 10], minlength=5).tolist() == [2] * 5 for start in (0, 10, 20))


def examples(articles: int, questions: int, dialogue: int = 6) -> tuple[Examples, list[str]]:
    vectors, labels = cloud(articles + 3, max(questions, dialogue))
    texts, intents, numbers, sentences, rows = [], [], [], [], []
    seen: dict[int, int] = {}
    for row, label in enumerate(labels.tolist()):
        seen[label] = seen.get(label, 0) + 1
        limit = questions if label < articles else dialogue
        if seen[label] > limit:
            continue
        rows.append(row)
        texts.append(f"thing{label} number {row}")
        intents.append("ask" if label < articles else ("greet", "emergency", "out_of_scope")[label - articles])
        numbers.append(label if label < articles else -1)
        sentences.append(False)
    vectors = vectors[rows] / np.linalg.norm(vectors[rows], axis=1, keepdims=True)
    made = Examples(texts, vectors, np.array(intents), np.array(numbers), np.array(sentences))
    return made, [f"article-{number}" for number in range(articles)]


@pytest.mark.parametrize(("articles", "questions"), [(2, 1), (2, 3), (3, 8), (40, 2), (0, 1), (1, 4)])
def test_it_trains_with_few_examples(articles: int, questions: int, tmp_path: Path) -> None:
    given, ids = examples(articles, questions)
    model, _ = fit(given, ids, Aims())
    reading = model.read(given.texts[0], given.embeddings[0])
    assert reading.zone in ("answer", "offer", "unknown")
    assert len(reading.articles) <= 5
    assert all(0 <= confidence <= 1 for _, confidence in (*reading.intents, *reading.articles))
    storage.save(model, tmp_path)
    again = storage.load(tmp_path).read(given.texts[0], given.embeddings[0])
    assert [name for name, _ in again.intents] == [name for name, _ in reading.intents]
    assert [name for name, _ in again.articles] == [name for name, _ in reading.articles]
    assert again.covered == pytest.approx(reading.covered, abs=0.01)


def test_a_thousand_articles_train_in_bearable_time() -> None:
    given, ids = examples(1000, 4)
    model, held_out = fit(given, ids, Aims())
    assert (held_out.candidates[:, 0] == held_out.articles).mean() > 0.5
    assert model.read(given.texts[0], given.embeddings[0]).articles[0][0] == "article-0"


def test_compressed_vectors_keep_who_is_close_to_whom() -> None:
    few = RANDOM.normal(size=(500, 20)) @ RANDOM.normal(size=(20, 600)) + 5.0  # 20 real directions, far from zero
    vectors = few.astype(np.float32)
    compression = Compression.fit(vectors)
    around = unit_rows(vectors - vectors.mean(axis=0))
    short = compression.apply(vectors)
    assert short.shape == (500, 384)
    assert np.allclose(short @ short.T, around @ around.T, atol=1e-3)
