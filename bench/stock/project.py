"""Writes a Rasa project as Rasa's documentation teaches it, with the assistant's articles, examples and rules.

Understanding and policies are Rasa's own defaults, as `rasa init` leaves them. The articles are a retrieval intent,
`faq`, as the documentation advises for questions with one answer each. Every action of the app becomes one custom
action, so that both sides call an action server in the same turns; only the checking of each answer in the form is
left out.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ACTION = "action_answer"
FAQ = "faq"
ASK = "ask"
FORM = "dossier_form"
VERSION = {"version": "3.1"}  # of the format of training data
ACTION_FILE = Path(__file__).with_name("actions.py")
RASA_OWN = (FORM, "action_deactivate_loop")
# Asked or said by an action on the assistant's side, by a response here.
ADDED_RESPONSES: dict[str, dict[str, Any]] = {
    "utter_ask_consent": {
        "text": "May we keep what you tell us, so that an adviser can prepare your move with you?",
        "buttons": [{"title": "Yes, I agree", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}],
    },
    "utter_ask_share_profile": {
        "text": "May we share your profile with our partners, so that employers can find you?",
        "buttons": [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}],
    },
    "utter_please_rephrase": {"text": "I did not understand that. Could you say it in other words?"},
}
# `rasa init` gives its newcomer stories too, and two of its policies learn from nothing else.
STORIES: tuple[tuple[str, ...], ...] = (
    ("greet", FAQ, "thank", "goodbye"),
    ("greet", FAQ, "follow_up_cost", "follow_up_place", "thank"),
    ("greet", "help", FAQ, FAQ),
    (FAQ, "follow_up_papers", FAQ, "follow_up_deadline", "goodbye"),
    (FAQ, "not_helpful", FAQ, "thank"),
    ("what_now", FAQ, "follow_up_family", FAQ),
    ("greet", "inform", FAQ, "follow_up_more", "goodbye"),
    ("out_of_scope", FAQ, "thank"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """One article: what people ask, and what both sides answer."""

    id: str
    title: str
    questions: tuple[str, ...]
    text: str
    short: str


class _Readable(yaml.SafeDumper):
    """Writes many lines as a block, as people do, and never refers back to what was written before."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _block)


def to_yaml(content: Mapping[str, Any]) -> str:
    """The content of a file."""
    text: str = yaml.dump(content, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=4000)
    return text


def examples(questions: Iterable[str]) -> str:
    """Questions as the list that Rasa reads from a block of text."""
    return "".join(f"- {' '.join(question.split())}\n" for question in questions)


def faq(articles: Sequence[Article]) -> dict[str, Any]:
    """Every question of every article."""
    return {"nlu": [{"intent": f"{FAQ}/{article.id}", "examples": examples(article.questions)} for article in articles]}


def _steps(steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for step in steps:
        new = dict(step)
        if new.get("intent") == ASK:
            new["intent"] = FAQ
        action = new.get("action", "")
        if action.startswith("action_") and action not in RASA_OWN:
            new["action"] = ACTION
        found.append(new)
    return found


def rules(ours: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The same rules with the one custom action in place of the app's, and one for what is not understood."""
    found: list[dict[str, Any]] = [{**rule, "steps": _steps(rule["steps"])} for rule in ours]
    found.append(
        {
            "rule": "not understood",
            "steps": [{"intent": "nlu_fallback"}, {"action": "utter_please_rephrase"}],
        }
    )
    return {"rules": found}


def replies(found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What follows an intent outside the form, by the rules."""
    return {
        rule["steps"][0]["intent"]: rule["steps"][1]["action"]
        for rule in found
        if not rule.get("condition") and len(rule["steps"]) == 2 and "intent" in rule["steps"][0]
    }


def stories(found: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Short conversations that go by the rules; an intent that has no rule is left out."""
    after = replies(found)
    return {
        "stories": [
            {
                "story": f"conversation {number}",
                "steps": [
                    step for name in names if name in after for step in ({"intent": name}, {"action": after[name]})
                ],
            }
            for number, names in enumerate(STORIES, 1)
        ]
    }


def domain(ours: Mapping[str, Any], articles: Sequence[Article]) -> dict[str, Any]:
    """The assistant's domain with the retrieval intent, the one action, and slots that Rasa fills by itself."""
    asked: list[str] = ours["forms"][FORM]["required_slots"]
    intents = [FAQ, *(intent for intent in ours["intents"] if intent != ASK)]
    questions = [intent for intent in intents if intent not in ("affirm", "deny", "inform", "correct")]
    responses = {key: list(value) for key, value in ours["responses"].items()}
    responses |= {key: [response] for key, response in ADDED_RESPONSES.items() if key not in responses}
    responses |= {f"utter_{FAQ}/{article.id}": [{"text": article.title}] for article in articles}
    slots: dict[str, Any] = {"article": _slot([{"type": "custom"}])}
    for key in asked:
        here = {"conditions": [{"active_loop": FORM, "requested_slot": key}]}
        slots[key] = _slot(
            [{"type": "from_entity", "entity": key, **here}, {"type": "from_text", "not_intent": questions, **here}]
        )
    return {
        "intents": intents,
        "entities": list(dict.fromkeys([*ours["entities"], *asked])),
        "slots": slots,
        "forms": {FORM: {"required_slots": asked}},
        "actions": [ACTION],
        "responses": responses,
        "session_config": ours["session_config"],
    }


def _slot(mappings: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "text", "influence_conversation": False, "mappings": mappings}


EPOCHS = 100


def config(epochs: int = EPOCHS) -> dict[str, Any]:
    """No pipeline and no policies: Rasa then takes its defaults, as after `rasa init`.

    With another number of epochs the same defaults are written out. Fewer epochs train faster and understand worse; the
    model keeps its size, so that turns and memory cost the same.
    """
    head = {"recipe": "default.v1", "assistant_id": "stock", "language": "en"}
    if epochs == EPOCHS:
        return {**head, "pipeline": None, "policies": None}
    trained = {"epochs": epochs, "constrain_similarities": True}
    words = {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
    return {
        **head,
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", **words},
            {"name": "DIETClassifier", **trained},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", **trained},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, **trained},
        ],
    }


def endpoints(action_port: int, database: Path) -> dict[str, Any]:
    """The action server, and conversations kept in a file as the assistant keeps them."""
    return {
        "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(database)},
    }


def write(folder: Path, root: Path, articles: Sequence[Article], action_port: int, epochs: int = EPOCHS) -> None:
    """Write the whole project; `root` holds the assistant's domain.yml and data/."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    ours: list[dict[str, Any]] = []
    for file in sorted((root / "data").rglob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        ours += content.get("rules") or ()
        if "nlu" in content:
            shutil.copyfile(file, data / file.name)
    same = rules(ours)
    files = {
        "config.yml": config(epochs),
        "domain.yml": VERSION | domain(yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8")), articles),
        "endpoints.yml": endpoints(action_port, folder / "conversations.db"),
        "credentials.yml": {"rest": None},
        "data/faq.yml": VERSION | faq(articles),
        "data/rules.yml": VERSION | same,
        "data/stories.yml": VERSION | stories(same["rules"]),
    }
    for name, content in files.items():
        (folder / name).write_text(to_yaml(content), encoding="utf-8")
    (folder / "actions").mkdir(exist_ok=True)
    (folder / "actions" / "__init__.py").touch()
    shutil.copyfile(ACTION_FILE, folder / "actions" / "actions.py")
    texts = {article.id: {"text": article.text, "short": article.short} for article in articles}
    (folder / "articles.json").write_text(json.dumps(texts), encoding="utf-8")
