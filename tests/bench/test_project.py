from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import sides
from bench.stock import project
from knowledge.library import load
from tasks.paths import ROOT

ARTICLES = [
    project.Article(
        "deposit", "The deposit", ("Where is my deposit: with whom?", "deposit back\n"), "Two\n\nparts", "Two"
    ),
    project.Article("card", "The card", ("- a card", "yes", "# how much?", "what is 'it' / \"that\""), "One", "One"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stock")
    project.write(folder, ROOT, ARTICLES, 5055)
    return folder


def read(folder: Path, name: str) -> Any:
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def questions(intent: dict[str, str]) -> list[str]:
    return [line.removeprefix("- ") for line in intent["examples"].splitlines()]


def test_every_file_is_yaml(written: Path):
    files = sorted(written.rglob("*.yml"))
    assert {"config.yml", "domain.yml", "endpoints.yml", "credentials.yml"} <= {file.name for file in files}
    for file in files:
        assert isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict)


def test_only_training_data_names_its_version(written: Path):
    assert read(written, "credentials.yml") == {"rest": None}  # Rasa takes every other key for a channel
    for name in ("domain.yml", "data/faq.yml", "data/rules.yml", "data/stories.yml"):
        assert read(written, name)["version"] == "3.1"


def test_every_question_of_every_article_is_there(written: Path):
    found = {intent["intent"]: questions(intent) for intent in read(written, "data/faq.yml")["nlu"]}
    assert found == {
        "faq/deposit": ["Where is my deposit: with whom?", "deposit back"],
        "faq/card": ["- a card", "yes", "# how much?", "what is 'it' / \"that\""],
    }


def test_the_dialogues_examples_are_the_same(written: Path):
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        assert (written / "data" / file.name).read_bytes() == file.read_bytes()


def test_rasa_chooses_pipeline_and_policies_itself(written: Path):
    config = read(written, "config.yml")
    assert config["pipeline"] is None
    assert config["policies"] is None


RASA_DEFAULTS = next(
    (sides.STOCK_PYTHON.parent.parent / "lib").glob("python*/site-packages/rasa/engine/recipes/config_files"), None
)


@pytest.mark.skipif(RASA_DEFAULTS is None, reason="stock Rasa is not installed")
def test_with_fewer_epochs_everything_else_stays_as_rasa_has_it():
    assert RASA_DEFAULTS is not None
    default = yaml.safe_load((RASA_DEFAULTS / "default_config.yml").read_text(encoding="utf-8"))
    ours = project.config(4)
    for part in ("pipeline", "policies"):
        for one in ours[part]:
            if "epochs" in one:
                assert one["epochs"] == 4
                one["epochs"] = project.EPOCHS
        assert ours[part] == default[part]


def test_every_action_of_the_app_becomes_the_one_action(written: Path):
    rules = read(written, "data/rules.yml")["rules"]
    actions = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
    assert {a for a in actions if not a.startswith("utter_")} == {project.ACTION, *project.RASA_OWN}
    assert read(written, "domain.yml")["actions"] == [project.ACTION]


def test_rules_keep_everything_else(written: Path):
    ours = [
        rule
        for file in sorted((ROOT / "data").rglob("*.yml"))
        for rule in yaml.safe_load(file.read_text(encoding="utf-8")).get("rules", [])
    ]
    same = read(written, "data/rules.yml")["rules"]
    assert [rule["rule"] for rule in same[:-1]] == [rule["rule"] for rule in ours]
    assert [rule.get("condition") for rule in same[:-1]] == [rule.get("condition") for rule in ours]
    assert [len(rule["steps"]) for rule in same[:-1]] == [len(rule["steps"]) for rule in ours]


def test_what_rules_and_stories_name_is_in_the_domain(written: Path):
    domain = read(written, "domain.yml")
    known = {*domain["intents"], *domain["actions"], *domain["responses"], *domain["forms"]}
    known |= {"nlu_fallback", "action_deactivate_loop"}
    found = read(written, "data/rules.yml")["rules"] + read(written, "data/stories.yml")["stories"]
    named = {step[key] for one in found for step in one["steps"] for key in ("intent", "action") if key in step}
    assert named <= known


def test_stories_go_by_the_rules(written: Path):
    stories = read(written, "data/stories.yml")["stories"]
    assert len(stories) == len(project.STORIES)
    for story in stories:
        assert len(story["steps"]) >= 4
        assert ["intent" in step for step in story["steps"]] == [True, False] * (len(story["steps"]) // 2)


def test_every_question_of_the_form_has_a_slot_and_words(written: Path):
    domain = read(written, "domain.yml")
    asked = domain["forms"][project.FORM]["required_slots"]
    assert (
        asked
        == yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["forms"][project.FORM]["required_slots"]
    )
    for key in asked:
        assert key in domain["slots"]
        assert f"utter_ask_{key}" in domain["responses"]


def test_each_article_has_the_response_that_rasa_wants_and_the_text_of_the_assistant(written: Path):
    responses = read(written, "domain.yml")["responses"]
    assert {f"utter_faq/{article.id}" for article in ARTICLES} <= set(responses)
    assert yaml.safe_load((written / "articles.json").read_text(encoding="utf-8"))["deposit"]["text"] == "Two\n\nparts"


def test_conversations_are_stored_and_actions_are_called(written: Path):
    endpoints = read(written, "endpoints.yml")
    assert endpoints["tracker_store"]["type"] == "SQL"
    assert endpoints["action_endpoint"]["url"] == "http://127.0.0.1:5055/webhook"
    assert (written / "actions" / "actions.py").exists()


def test_articles_come_with_the_text_that_the_assistant_gives():
    library = load()
    key = next(iter(library.articles))
    (found,) = sides.articles({"articles": [{"id": key, "title": "T", "questions": ["a", "b"]}]})
    assert (found.id, found.title, found.questions) == (key, "T", ("a", "b"))
    assert found.text.startswith(found.short)
    assert len(found.short) > 20
