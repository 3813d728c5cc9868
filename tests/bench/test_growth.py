"""Growth is measured on copies of the articles for towns that do not exist."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.understanding import growth
from bench.understanding.run import in_bot
from tasks.paths import BOT_PYTHON, ROOT, VAR

ARTICLES = [
    {"id": "lease", "questions": [f"lease question {number}" for number in range(8)]},
    {"id": "card", "questions": [f"card question {number}" for number in range(8)]},
    {"id": "short", "questions": ["too few"]},
]


def test_each_article_has_its_questions_and_another_is_asked():
    task = growth.grown(ARTICLES, 6, questions=3)
    assert len({label for _, label in task.train}) == 6
    assert len(task.train) == 18
    assert len(task.test) == 6
    assert not {text for text, _ in task.train} & {text for text, _ in task.test}


def test_the_first_articles_are_the_real_ones_and_copies_name_their_town():
    task = growth.grown(ARTICLES, 4)
    names = list(dict.fromkeys(label for _, label in task.train))
    town = growth.MADE_UP[0]
    assert names == ["lease", "card", f"lease-in-{town}", f"card-in-{town}"]
    assert all(text.endswith(f" in {town}") for text, label in task.train if label.endswith(town))


def test_towns_are_different():
    assert len(set(growth.MADE_UP)) == len(growth.MADE_UP)


def test_more_than_can_be_made_is_refused():
    with pytest.raises(ValueError, match="500 articles cannot be made of 2: at most 242"):
        growth.grown(ARTICLES, 500)


def test_the_real_articles_make_ten_thousand():
    compiled = VAR / "knowledge.json"
    if not compiled.exists():
        pytest.skip("the knowledge is not compiled")
    articles = json.loads(compiled.read_text(encoding="utf-8"))["articles"]
    assert len(growth.grown(articles, max(growth.SIZES)).test) == growth.ASKED


def test_the_ratio_is_that_of_the_whole_understanding():
    def step(name: str, job: Path, model: Path) -> dict[str, Any]:
        if name == "fit":
            return {"encode_s": 1.0, "fit_s": 1.0, "fit_peak_mb": 1.0}
        asked = json.loads(job.read_text(encoding="utf-8"))["test"]
        each = [float(len(asked))] * len(asked)
        return {
            "answers": [("lease", 1.0)] * len(asked),
            "encoder_ms": [2.0] * len(asked),
            "model_ms": each,
            "serve_peak_mb": 1.0,
        }

    found = growth.growth(ARTICLES, [8, 2], step)
    assert [row["articles"] for row in found["rows"]] == [2, 8]
    assert found["ratio"] == 2.5  # (2 + 8) / (2 + 2)


def test_the_pipeline_that_serves_learns_and_answers(tmp_path: Path):
    if not BOT_PYTHON.exists() or not (ROOT / "var" / "encoder" / "config.json").exists():
        pytest.skip("the bot's environment or the encoder is not made")
    words = {"garden": "tulips and roses", "kitchen": "bread and soup", "garage": "cars and tyres", "bath": "hot water"}
    train = [(f"{start} {what}", label) for label, what in words.items() for start in ("where are", "i want", "no")]
    job = {"train": train, "outside": [], "test": [f"please {what}" for what in words.values()]}
    (tmp_path / "job.json").write_text(json.dumps(job), encoding="utf-8")
    learned = in_bot("fit", tmp_path / "job.json", tmp_path / "model")
    read = in_bot("answer", tmp_path / "job.json", tmp_path / "model")
    assert [label for label, _ in read["answers"]] == list(words)
    assert all(0 <= score <= 1 for _, score in read["answers"])
    assert len(read["encoder_ms"]) == len(read["model_ms"]) == 4
    assert min(learned["fit_s"], learned["fit_peak_mb"], read["serve_peak_mb"], *read["model_ms"]) > 0
