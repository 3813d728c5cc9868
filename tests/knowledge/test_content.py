"""What must hold for the real articles, whoever edits them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.answer import Aspect, compose, compose_aspect
from knowledge.compiled import compiled, near_misses
from knowledge.figures import Standing, judge
from knowledge.library import Library, load
from knowledge.profile import Profile

COLLECTED = Path(__file__).with_name("collected_facts.txt")
DAYS = [dt.date(2026, 11, 23), dt.date(2026, 12, 31), dt.date(2027, 1, 1), dt.date(2028, 2, 29)]
PEOPLE = [Profile(), Profile("gent", "IN"), Profile("aalst", "DE"), Profile("lokeren", "GB")]


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def test_every_collected_fact_is_covered_by_an_article(library: Library) -> None:
    covered = {key for article in library.articles.values() for key in article.fact_ids}
    wanted = {line.split()[1] for line in COLLECTED.read_text().splitlines()}
    assert sorted(wanted - covered) == []


def test_every_article_answers_everybody_on_every_day(library: Library) -> None:
    for article in library.articles.values():
        for day in DAYS:
            for person in PEOPLE:
                answer = compose(article, library, person, day)
                assert answer.text, article.id
                assert "{" not in answer.text, article.id
                assert answer.sources, article.id
                for aspect in Aspect:
                    assert compose_aspect(article, aspect, library, person, day).text, (article.id, aspect)


def test_no_figure_survives_its_review_date(library: Library) -> None:
    late = max(fact.review_by for fact in library.facts.values()) + dt.timedelta(days=1)
    for article in library.articles.values():
        for statement in article.statements:
            if statement.fact is not None:
                assert judge(statement, library, late).standing is Standing.WITHHELD, (article.id, statement.text)


def test_every_article_has_a_way_on(library: Library) -> None:
    assert [a.id for a in library.articles.values() if not a.related] == []


def test_near_misses_reach_the_bot(library: Library) -> None:
    written = near_misses()
    assert len(written) > 1000
    assert compiled(library)["near_misses"] == written
    assert all(isinstance(text, str) and text.strip() for text in written)
