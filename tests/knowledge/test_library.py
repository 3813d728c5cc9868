"""A file that cannot be used is refused with its name, the field and what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.library import KnowledgeError, load
from tests.knowledge.builder import article, fact, write


def problems(root: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load(root)
    return [str(problem) for problem in caught.value.problems]


def test_a_correct_folder_loads(tmp_path: Path) -> None:
    library = load(write(tmp_path, article()))
    assert library.articles["lease-end"].fact_ids == ("lease-notice",)
    assert library.facts["lease-notice"].publisher == "Town of Example"


@pytest.mark.parametrize(
    ("change", "field", "advice"),
    [
        ({"topic": "cooking"}, "topic", "write 'registration', 'permits'"),
        ({"anser": ["x"]}, "anser", "remove it, or correct its spelling"),
        ({"questions": ["how do i end my lease"]}, "questions", "write at least 10"),
        ({"facts": []}, "facts", "write at least 1"),
        ({"audience": {"citizenship": ["martian"]}}, "audience.citizenship.0", "write 'eu' or 'non-eu'"),
        ({"answer": "text"}, "answer", "write a list, one item a line"),
        ({"facts": [fact(url="not a page")]}, "facts.0.url", "https://"),
        ({"facts": [fact(page_date="spring")]}, "facts.0.page_date", '"2025-06"'),
        ({"facts": [fact(review_by="2026-01-01")]}, "facts.0", "review_by must lie after seen_on"),
        ({"facts": [fact(verified_on="2026-11-20")]}, "facts.0", "verified_on and verified_by go together"),
    ],
)
def test_a_wrong_field_is_named_with_what_to_write(
    tmp_path: Path, change: dict[str, Any], field: str, advice: str
) -> None:
    changed = article(**change)
    folder = tmp_path / "articles" / "housing"
    folder.mkdir(parents=True)
    (folder / "lease-end.yml").write_text(yaml.safe_dump(changed), encoding="utf-8")
    messages = [m for m in problems(tmp_path) if m.startswith(f"articles/housing/lease-end.yml: {field}:")]
    assert messages, problems(tmp_path)
    assert advice in messages[0]


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    folder = tmp_path / "articles" / "housing"
    folder.mkdir(parents=True)
    (folder / "bad.yml").write_text("id: bad\ntitle: one: two\n", encoding="utf-8")
    assert problems(tmp_path) == [
        (
            "articles/housing/bad.yml: line 2: not valid YAML; "
            "put texts that contain ': ' or start with a sign between quotes"
        )
    ]


def test_the_file_is_named_after_the_id(tmp_path: Path) -> None:
    write(tmp_path, article())
    (tmp_path / "articles" / "housing" / "lease-end.yml").rename(tmp_path / "articles" / "housing" / "other.yml")
    assert "rename the file to lease-end.yml" in problems(tmp_path)[0]


def test_two_files_cannot_share_an_id(tmp_path: Path) -> None:
    write(tmp_path, article(), article(topic="tax"))
    assert any("is already used by articles/housing/lease-end.yml" in p for p in problems(tmp_path))


def test_all_broken_files_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, article(title="x"), article(id="second", phase="never"))
    named = " ".join(problems(tmp_path))
    assert "lease-end.yml: title" in named
    assert "second.yml: phase" in named
