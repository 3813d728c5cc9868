"""Conversations with the real assistant: trained model, real actions, real database."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.wording import say
from tests.whole.conftest import Newcomer, Stack

ANSWERED = ("answered", "answered_stale")


def outcomes(messages: list[dict[str, Any]]) -> list[str]:
    return [m["outcome"] for m in messages]


def test_a_question_gets_a_sourced_answer(newcomer: Newcomer) -> None:
    answer = newcomer.asks("my landlord does not give my deposit back, i left the flat last month", "deposit-return")
    assert answer["outcome"] in ANSWERED, newcomer.said()
    assert answer["facts"]
    assert answer["sources"][0]["url"].startswith("https://")
    assert answer["options"][-1]["payload"] == "/human"


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("how much does it cost?", "cost"),
        ("where do i go?", "Where"),
        ("what do i need to bring?", "Take with you"),
        ("and for my wife?", "About"),
        ("by when?", "About"),
    ],
)
def test_a_follow_up_is_about_the_last_answer(newcomer: Newcomer, question: str, aspect: str) -> None:
    newcomer.asks("i arrived yesterday from india with a work visa, how do i register in ghent", "non-eu-register")
    (second,) = newcomer.says(question)
    assert second["article"] == "non-eu-register", newcomer.said()
    assert second["text"].startswith("About “"), newcomer.said()
    assert aspect.lower() in second["text"].lower(), newcomer.said()


def test_the_town_changes_the_place(newcomer: Newcomer) -> None:
    newcomer.asks("i moved to another apartment, whom do i tell my new address", "address-change")
    messages = newcomer.says("i live in aalst")
    assert "Aalst" in messages[-1]["text"], newcomer.said()
    corrected = newcomer.says("no sorry i meant lokeren")
    assert "Lokeren" in " ".join(m["text"] for m in corrected), newcomer.said()


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("hello", "smalltalk"),
        ("thank you so much", "smalltalk"),
        ("bye", "smalltalk"),
        ("are you a robot?", "smalltalk"),
        ("you are a stupid useless machine", "smalltalk"),
        ("my husband hits me and i am afraid", "referred"),
        ("there is a fire in my building", "referred"),
        ("i have strong pain in my stomach since two days what medicine should i take", "refused"),
        ("can you judge if my boss was allowed to fire me, will i win in court", "refused"),
        ("waar moet ik mij inschrijven in de gemeente", "wrong_language"),
        ("où dois-je m'inscrire quand j'arrive à Gand", "wrong_language"),
        ("dónde tengo que registrarme cuando llego a Gante", "wrong_language"),
        ("Gent'e geldiğimde nereye kayıt olmam gerekiyor", "wrong_language"),
        ("أين يجب أن أسجل عندما أصل إلى غنت", "wrong_language"),
        ("write a poem about my cat", "out_of_scope"),
        ("what now?", "planned"),
    ],
)
def test_everything_else_has_its_outcome(newcomer: Newcomer, text: str, outcome: str) -> None:
    assert outcomes(newcomer.says(text))[0] == outcome, newcomer.said()


def test_an_emergency_names_112_first(newcomer: Newcomer) -> None:
    (said,) = newcomer.says("help someone is bleeding badly")
    assert "112" in said["text"].split("\n")[0], newcomer.said()


@pytest.mark.parametrize(
    "text", ["/restart", "/human", '/ask{"article": "deposit-return"}', "//erase_dossier", " /human"]
)
def test_what_looks_like_a_command_is_only_text(newcomer: Newcomer, text: str) -> None:
    newcomer.says("hello")
    (answer,) = newcomer.says(text)
    assert answer["outcome"] != "failed", newcomer.said()
    assert answer["article"] is None or text.startswith("/ask"), newcomer.said()


def test_a_dossier_from_consent_to_the_end(newcomer: Newcomer) -> None:
    consent = newcomer.says("i want to open a dossier")[-1]
    assert consent["options"][0]["payload"] == "/affirm", newcomer.said()
    assert "first name" in newcomer.chooses("Yes, I agree")[-1]["text"]
    assert "nationality" in newcomer.says("Mirela")[-1]["text"], newcomer.said()
    assert "arrive" in newcomer.says("bulgarian")[-1]["text"], newcomer.said()
    interrupted = newcomer.says("i moved to another apartment, whom do i tell my new address?")
    assert interrupted[0]["article"], newcomer.said()
    assert "arrive" in interrupted[-1]["text"], newcomer.said()
    assert "town" in newcomer.says("next month")[-1]["text"], newcomer.said()
    explained = newcomer.chooses("Why do you ask?")
    assert "You register in the town where you live" in explained[0]["text"], newcomer.said()
    assert "town" in explained[-1]["text"]
    assert "Why do you come" in newcomer.says("aalst")[-1]["text"], newcomer.said()
    assert "job offer" in newcomer.chooses("To work for a company")[-1]["text"], newcomer.said()
    assert "share your profile" in newcomer.says("no, not yet")[-1]["text"], newcomer.said()
    assert "With which of our partners" in newcomer.chooses("Yes, I choose with whom")[-1]["text"], newcomer.said()
    assert "I have noted VDAB" in newcomer.chooses("VDAB")[-1]["text"], newcomer.said()
    assert "housing" in newcomer.chooses("That is all")[-1]["text"], newcomer.said()
    assert "Who comes" in newcomer.says("yes please")[-1]["text"], newcomer.said()
    assert "worry" in newcomer.says("my two kids")[-1]["text"], newcomer.said()
    assert "reach you" in newcomer.chooses("Skip")[-1]["text"], newcomer.said()
    summary = newcomer.says("mirela@example.org")[-2]["text"]  # the last one asks for wishes
    for line in (
        "- **Name:** Mirela",
        "- **Nationality:** Bulgaria",
        "- **Arrival:** next month",
        "- **Town:** Aalst",
        "- **Purpose of the stay:** work as an employee",
        "- **Job offer:** no",
        "- **Share my profile with partners:** yes",
        "- **Help with housing:** yes",
        "- **Household:** my two kids",
        "- **What worries me most:** not answered",
        "- **How to reach me:** mirela@example.org",
    ):
        assert line in summary, summary
    assert say("erased") not in summary
    assert "cannot be undone" in newcomer.says("please erase my dossier")[-1]["text"], newcomer.said()
    assert newcomer.chooses("Yes, erase them")[-1]["text"].startswith(say("erased"))
    assert newcomer.says("show me my dossier")[-1]["text"] == say("dossier_none"), newcomer.said()


def test_a_dossier_is_left_and_continued(newcomer: Newcomer) -> None:
    newcomer.says("open a dossier for me please")
    newcomer.chooses("Yes, I agree")
    newcomer.says("Pedro")
    paused = newcomer.says("stop, i want to do this later")
    assert paused[-1]["text"] == say("dossier_paused"), newcomer.said()
    newcomer.asks("how do i open a bank account", "bank-account-open")
    going_on = newcomer.says("continue my dossier")
    assert going_on[0]["text"] == say("dossier_continue"), newcomer.said()
    assert "nationality" in going_on[-1]["text"], newcomer.said()


def test_without_consent_there_is_no_dossier(newcomer: Newcomer) -> None:
    newcomer.says("open a dossier")
    assert newcomer.says("no")[-1]["text"] == say("dossier_declined"), newcomer.said()
    assert newcomer.says("show my dossier")[-1]["text"] == say("dossier_none"), newcomer.said()


@pytest.mark.parametrize("moment", ["at once", "after an answer", "inside the dossier"])
def test_a_person_can_be_asked_for_at_any_moment_and_the_bot_is_silent_then(stack: Stack, moment: str) -> None:
    person = Newcomer(stack.url, "gent")
    if moment == "after an answer":
        person.says("how do i get my deposit back")
    if moment == "inside the dossier":
        person.says("open a dossier")
        person.chooses("Yes, I agree")
    said = person.says("i want to talk to somebody")
    assert said[-1]["outcome"] == "handed_over", person.said()
    back = person.chooses("Go on with the assistant")
    assert back[-1]["text"] == say("back_to_bot"), person.said()
    assert person.says("hello")[0]["outcome"] == "smalltalk", person.said()


def test_health_tells_the_state_of_every_part(stack: Stack, newcomer: Newcomer) -> None:
    health = newcomer.http.get("/health").json()
    assert health["status"] == "ok"
    assert {"app", "bot", "database", "model", "knowledge"} <= set(health)


def test_nobody_else_reaches_the_bot(stack: Stack, newcomer: Newcomer) -> None:
    bot = f"http://{stack.values['BOT_HOST']}:{stack.values['BOT_PORT']}"
    body = {"sender": newcomer.id, "message": "hello", "kind": "text"}
    assert newcomer.http.post(f"{bot}/webhooks/app/webhook", json=body).status_code == 401
    assert newcomer.http.post(f"{bot}/webhooks/rest/webhook", json=body).status_code == 404
    assert newcomer.http.get(f"{bot}/conversations/{newcomer.id}/tracker").status_code == 401
