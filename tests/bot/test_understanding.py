"""What the trained model adds to a message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.components.encoder import EncoderFeaturizer
from bot.components.entities import DomainEntities
from bot.components.questions import QuestionClassifier

Parse = Callable[[str], dict[str, Any]]


def test_a_question_carries_articles_cover_zone_and_language(parse: Parse) -> None:
    found = parse("my landlord does not give the deposit back")
    assert found["intent"]["name"] == "ask"
    assert found["articles"][0]["id"] == "deposit-return"
    assert len(found["articles"]) == 5
    confidences = [one["confidence"] for one in found["articles"]]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= one <= 1 for one in (*confidences, found["covered"]))
    assert found["zone"] in ("answer", "offer")
    assert found["language"]["code"] == "en"


def test_what_no_article_covers_has_a_lower_cover(parse: Parse) -> None:
    assert parse("how do i get my deposit back")["covered"] > parse("write a python program")["covered"]
    assert parse("tell me a joke")["intent"]["name"] == "out_of_scope"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hello", "greet"),
        ("can i talk to a person", "human"),
        ("what do i do first", "what_now"),
        ("how much does it cost", "follow_up_cost"),
        ("which documents do i need for that", "follow_up_papers"),
        ("skip this question", "skip"),
        ("why do you ask that", "explain"),
        ("delete my dossier", "erase_dossier"),
        ("show my dossier", "show_dossier"),
        ("which data do you have about me", "my_data"),
        ("i do not want to share my profile any more", "withdraw_consent"),
        ("stop the follow-up messages please", "withdraw_consent"),
        ("please end my chat", "end_chat"),
        ("my husband hits me", "emergency"),
        ("there is fire", "emergency"),
        ("someone fainted", "emergency"),
        ("do i need fire insurance", "ask"),
        ("hoe kan ik mijn waarborg terugkrijgen", "other_language"),
        ("bonjour", "other_language"),
        ("can i sue my boss", "legal_opinion"),
    ],
)
def test_intents(parse: Parse, text: str, intent: str) -> None:
    assert parse(text)["intent"]["name"] == intent


def test_a_command_carries_none_of_it(parse: Parse) -> None:
    found = parse('/ask{"article": "lost-card"}')
    assert found["intent"]["name"] == "ask"
    assert [(one["entity"], one["value"]) for one in found["entities"]] == [("article", "lost-card")]
    assert not {"articles", "zone", "covered", "language"} & set(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I moved to SINT Amandsberg", [("municipality", "gent")]),
        ("italian in aalst with my wife", [("country", "IT"), ("municipality", "aalst"), ("family", "partner")]),
        (
            "huurwaarborg and annex 19 in brussels",
            [("document", "deposit"), ("document", "annex-19"), ("region", "brussels")],
        ),
        ("we arrive on 12 May 2027", [("date", "12 May 2027")]),
        ("arriving 15/03/2027", [("date", "15/03/2027")]),
        ("from march 2027", [("date", "march 2027")]),
        ("9000 is my postcode", [("postcode", "9000")]),
        ("mail aya@example.org", [("email", "aya@example.org")]),
        ("call 0470 12 34 56", [("phone", "0470 12 34 56")]),
        ("call +32470123456", [("phone", "+32470123456")]),
        ("may i work", []),
        ("nothing here", []),
    ],
)
def test_entities(parse: Parse, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one["entity"], one["value"]) for one in parse(text)["entities"]] == expected


def test_changed_files_and_code_mean_training_again(
    encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_FILE", str(tmp_path / "knowledge.json"))
    monkeypatch.setenv("ENCODER_DIR", str(tmp_path))
    before = (DomainEntities.fingerprint_addon({}), EncoderFeaturizer.fingerprint_addon({}))
    (tmp_path / "knowledge.json").write_text("{}")
    (tmp_path / "config.json").write_text("{}")
    after = (DomainEntities.fingerprint_addon({}), EncoderFeaturizer.fingerprint_addon({}))
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert EncoderFeaturizer.fingerprint_addon({"directory": str(encoder)}) != after[1]
    assert QuestionClassifier.fingerprint_addon({})
