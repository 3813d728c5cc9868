"""Answers, readings, and saying that it is not known."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers import consents, handovers, hours, record
from dossiers.models import Conversation, EditorTask, Sender, Speaker
from knowledge.wording import say
from tests.actions.conftest import Talk, payloads
from tests.conftest import MOMENT

CHOICES = ["/wait_for_person", "/leave_message", "/back_to_bot"]

SURE: dict[str, Any] = {"zone": "answer", "covered": 0.95, "articles": [{"id": "deposit-return", "confidence": 0.9}]}


def test_a_sure_question_gets_its_article_with_sources_next_questions_and_a_person(talk: Talk) -> None:
    (said,) = talk.run("action_answer", "landlord keeps my deposit", **SURE)
    content = said["custom"]
    assert content["article"] == "deposit-return"
    assert content["outcome"] in ("answered", "answered_stale")
    assert "deposit-return" in content["facts"]
    assert content["sources"][0]["url"].startswith("https://")
    assert payloads(said)[-1] == "/human"
    assert any(p.startswith("/ask{") for p in payloads(said))
    assert talk.slots["article"] == "deposit-return"


def test_a_doubtful_question_gets_up_to_three_readings(talk: Talk) -> None:
    articles = [
        {"id": key, "confidence": 0.3} for key in ("deposit-return", "rental-deposit", "lease-end-early", "repairs")
    ]
    (said,) = talk.run("action_answer", "deposit?", zone="offer", covered=0.8, articles=articles)
    assert said["custom"]["outcome"] == "clarified"
    assert payloads(said) == [
        '/ask{"article": "deposit-return"}',
        '/ask{"article": "rental-deposit"}',
        '/ask{"article": "lease-end-early"}',
        "/not_helpful",
        "/human",
    ]


def test_a_chosen_reading_is_answered(talk: Talk) -> None:
    (said,) = talk.run("action_answer", '/ask{"article": "repairs"}', entities=[("article", "repairs")])
    assert said["custom"]["article"] == "repairs"


def test_what_is_not_known_is_said_and_the_second_time_the_person_chooses_about_a_colleague(talk: Talk) -> None:
    (first,) = talk.run("action_answer", "hunting licence?", zone="unknown", covered=0.1)
    (second,) = talk.run("action_answer", "hunting licence!", zone="unknown", covered=0.1)
    assert [first["custom"]["outcome"], second["custom"]["outcome"]] == ["not_covered"] * 2
    assert first["text"] == say("unknown")
    assert payloads(first) == ["/human"]
    assert second["text"].startswith(say("unknown_again"))
    assert payloads(second) == CHOICES
    with talk.database.read() as session:
        assert session.get_one(Conversation, talk.conversation_id).speaker == Speaker.BOT
        assert handovers.open_handover(session, talk.conversation_id) is None, "nothing is queued before they choose"


def test_a_withheld_figure_leaves_one_task_that_counts_and_holds_no_words_of_the_person(talk: Talk) -> None:
    article: dict[str, Any] = {
        "zone": "answer",
        "covered": 0.9,
        "articles": [{"id": "residence-card-fee", "confidence": 0.9}],
    }
    for _ in range(2):
        (said,) = talk.run("action_answer", "my name is Aya how much is the card", **article)
        assert said["custom"]["outcome"] == "answered_stale"
    with talk.database.read() as session:
        tasks = session.query(EditorTask).all()
        assert tasks
        assert {task.times for task in tasks} == {2}
        assert not any("Aya" in f"{task.subject}{task.article}" for task in tasks)


def test_what_is_for_others_is_not_answered(talk: Talk) -> None:
    talk.slots["country"] = "DE"
    articles = [{"id": "non-eu-register", "confidence": 0.8}, {"id": "eu-register", "confidence": 0.1}]
    (said,) = talk.run("action_answer", "how do i register", zone="answer", covered=0.9, articles=articles)
    assert said["custom"]["outcome"] == "clarified"
    assert '/ask{"article": "non-eu-register"}' not in payloads(said)


@pytest.mark.parametrize(
    ("intent", "label"),
    [("follow_up_place", "**Where:**"), ("follow_up_papers", "**Take with you:**"), ("follow_up_source", "rests on")],
)
def test_a_follow_up_is_about_the_last_article(talk: Talk, intent: str, label: str) -> None:
    talk.slots["article"] = "non-eu-register"
    (said,) = talk.run("action_follow_up", "and where", intent=intent)
    assert label in said["text"]
    assert said["custom"]["article"] == "non-eu-register"


def test_a_follow_up_without_a_question_asks_for_one(talk: Talk) -> None:
    (said,) = talk.run("action_follow_up", "how much", intent="follow_up_cost")
    assert said["text"] == say("no_article_yet")


def test_a_follow_up_after_an_offer_asks_to_choose_first(talk: Talk) -> None:
    articles = [{"id": key, "confidence": 0.3} for key in ("deposit-return", "rental-deposit")]
    talk.run("action_answer", "deposit?", zone="offer", covered=0.8, articles=articles)
    (said,) = talk.run("action_follow_up", "how much", intent="follow_up_cost")
    assert said["text"] == say("choose_first")
    assert payloads(said)[:2] == ['/ask{"article": "deposit-return"}', '/ask{"article": "rental-deposit"}']


def test_more_offers_the_next_questions(talk: Talk) -> None:
    talk.slots["article"] = "deposit-return"
    (said,) = talk.run("action_follow_up", "what else", intent="follow_up_more")
    assert said["custom"]["outcome"] == "clarified"


def test_telling_the_town_gives_the_last_answer_again_for_it(talk: Talk) -> None:
    talk.slots["article"] = "address-change"
    noted, answer = talk.run(
        "action_note_profile", "i live in aalst", intent="inform", entities=[("municipality", "aalst")]
    )
    assert "you live in Aalst" in noted["text"]
    assert answer["custom"]["article"] == "address-change"
    assert "Aalst" in answer["text"]
    assert talk.slots["municipality"] == "aalst"


def test_until_the_person_names_a_town_it_is_that_of_the_site(talk: Talk) -> None:
    with talk.database.write() as session:
        session.get_one(Conversation, talk.conversation_id).municipality = "aalst"
    article = [("article", "address-change")]
    assert "Aalst" in talk.run("action_answer", entities=article)[0]["text"]
    lokeren = talk.run("action_answer", entities=[*article, ("municipality", "lokeren")])[0]["text"]
    assert "Lokeren" in lokeren
    assert "Aalst" not in lokeren


@pytest.mark.parametrize(("country", "words"), [("BG", "Bulgaria"), ("AR", "from outside the EU (Argentina)")])
def test_telling_the_nationality_is_noted(talk: Talk, country: str, words: str) -> None:
    (said,) = talk.run("action_note_profile", "i am from there", intent="inform", entities=[("country", country)])
    assert words in said["text"]
    assert talk.slots["country"] == country


def test_a_country_in_a_question_is_not_taken_for_the_persons_own(talk: Talk) -> None:
    talk.run("action_answer", "tax on savings in germany", entities=[("country", "DE")], **SURE)
    assert "country" not in talk.slots


def test_an_unhelpful_answer_leads_to_other_readings_then_to_the_choice_about_a_colleague(talk: Talk) -> None:
    talk.slots["article"] = "deposit-return"
    (first,) = talk.run("action_not_helpful", "that is not what i meant", intent="not_helpful")
    assert first["text"] == say("not_helpful")
    (second,) = talk.run("action_not_helpful", "no", intent="not_helpful")
    assert second["text"].startswith(say("not_helpful_person"))
    assert payloads(second) == CHOICES


def test_outside_of_the_hours_nobody_is_offered_to_wait(talk: Talk) -> None:
    with talk.database.write() as session:
        hours.keep(session, None, ((),) * 7, MOMENT)
    talk.run("action_answer", "hunting licence?", zone="unknown", covered=0.1)
    (second,) = talk.run("action_answer", "hunting licence!", zone="unknown", covered=0.1)
    assert payloads(second) == CHOICES[1:]
    assert say("closed_unknown") in second["text"]


@pytest.mark.parametrize("code", ["nl", "fr", "es", "tr", "ar", "pl"])
def test_another_language_is_told_in_it_and_in_english(talk: Talk, code: str) -> None:
    (said,) = talk.run(
        "action_other_language", "…", intent="other_language", language={"code": code, "confidence": 0.9}
    )
    assert said["custom"]["outcome"] == "wrong_language"
    assert say("language_en") in said["text"]
    assert (len(said["text"].split("\n\n")) == 2) is (code != "pl")
    assert payloads(said) == ["/human"]


def test_asking_for_a_person_queues_the_conversation_once(talk: Talk) -> None:
    (first,) = talk.run("action_request_human", "a person please", intent="human")
    (second,) = talk.run("action_request_human", "a person please", intent="human")
    assert first["text"].startswith(say("queue_joined"))
    assert say("wait_unknown") in first["text"], "nothing is promised without figures"
    assert second["text"].startswith(say("queue_already"))
    assert first["custom"]["outcome"] == "handed_over"
    assert payloads(first) == CHOICES
    assert talk.woken == [talk.conversation_id] * 2


def test_asking_for_a_person_at_night_says_when_somebody_is_there_and_the_assistant_goes_on(talk: Talk) -> None:
    with talk.database.write() as session:
        tomorrow = (hours.read_day("13-17"),) * 7
        hours.keep(session, None, tomorrow, MOMENT)
    (said,) = talk.run("action_request_human", "a person please", intent="human")
    assert "We answer today from 13:00." in said["text"]
    assert payloads(said) == CHOICES[1:]
    with talk.database.read() as session:
        assert session.get_one(Conversation, talk.conversation_id).speaker == Speaker.BOT
        request = handovers.open_handover(session, talk.conversation_id)
        assert request is not None
        assert request.after_hours


def correct(talk: Talk, key: str, value: str) -> None:
    """A colleague puts something right in the dossier."""
    with talk.database.write() as session:
        person_id = session.get_one(Conversation, talk.conversation_id).person_id
        consents.give(session, person_id, purpose="dossier", version="1", text="…", message_id=None, now=MOMENT)
        dossier = record.open_dossier(session, person_id, talk.conversation_id, MOMENT)
        record.state(session, dossier, key, value, stated_by=Sender.AGENT, message_id=None, now=MOMENT)


def test_what_a_colleague_put_right_is_what_the_assistant_goes_by(talk: Talk) -> None:
    talk.slots |= {"municipality": "gent", "country": "AR"}
    correct(talk, "home_town", "aalst")
    correct(talk, "nationality", "DE")
    (said,) = talk.run("action_answer", entities=[("article", "address-change")])
    assert "Aalst" in said["text"]
    articles = [{"id": "non-eu-register", "confidence": 0.8}, {"id": "eu-register", "confidence": 0.1}]
    (said,) = talk.run("action_answer", "how do i register", zone="answer", covered=0.9, articles=articles)
    assert '/ask{"article": "non-eu-register"}' not in payloads(said)


def test_a_question_about_another_region_is_not_answered_with_the_rules_of_this_one(talk: Talk) -> None:
    (said,) = talk.run("action_answer", "deposit in leuven?", entities=[("region", "flanders-other")], **SURE)
    assert said["text"] == say("other_region")
    assert payloads(said)[0] == '/ask{"article": "deposit-return"}'
