"""The dossier in the conversation: consent first, every question skippable, everything kept with its message."""

from __future__ import annotations

import pytest

from dossiers import plans, record
from dossiers.models import ConsentRecord, Conversation, DossierField
from dossiers.questions import KEYS
from knowledge.profile import Profile
from knowledge.wording import say
from tests.actions.conftest import Talk, payloads
from tests.conftest import MOMENT


def fields(talk: Talk) -> dict[str, DossierField]:
    with talk.database.read() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        dossier = record.dossier_of(session, person)
        return record.current_fields(session, dossier) if dossier else {}


def answer(talk: Talk, asked: str, text: str, intent: str = "inform", **more: object) -> list[dict[str, object]]:
    talk.slots["requested_slot"] = asked
    return talk.run("validate_dossier_form", text, intent=intent, **more)  # type: ignore[arg-type]


def agree(talk: Talk) -> None:
    talk.run("action_open_dossier", "open a dossier", intent="open_dossier")
    talk.run("action_ask_consent")
    answer(talk, "consent", "yes", "affirm")


def test_consent_is_asked_with_its_text_and_kept_with_its_version(talk: Talk) -> None:
    (asked,) = talk.run("action_ask_consent")
    assert asked["text"] == talk.library.consents["dossier"].text.strip()
    agree(talk)
    with talk.database.read() as session:
        (consent,) = session.query(ConsentRecord).all()
    assert consent.text_version == talk.library.consents["dossier"].version
    assert consent.text == talk.library.consents["dossier"].text
    assert consent.message_id is not None


def test_without_consent_nothing_is_kept(talk: Talk) -> None:
    talk.run("action_open_dossier")
    answer(talk, "consent", "no", "deny")
    assert talk.slots["consent"] == "no"
    (said,) = talk.run("action_submit_dossier")
    assert said["text"] == say("dossier_declined")
    with talk.database.read() as session:
        assert session.query(ConsentRecord).count() == 0
    answer(talk, "first_name", "Aya")
    assert fields(talk) == {}


@pytest.mark.parametrize(
    ("asked", "text", "intent", "entities", "kept"),
    [
        ("first_name", "My name is Aya.", "inform", [], "Aya"),
        ("nationality", "japanese", "inform", [("country", "JP")], "JP"),
        ("arrival", "two weeks ago", "out_of_scope", [], "two weeks ago"),
        ("home_town", "gentbrugge", "inform", [("municipality", "gent")], "gent"),
        ("home_town", "a village near Aalst", "inform", [], "a village near Aalst"),
        ("purpose", "postdoc at ugent", "ask", [], "researcher"),
        ("purpose", "/inform", "inform", [("purpose", "employee")], "employee"),
        ("job_offer", "not yet", "inform", [], "no"),
        ("housing_help", "yes please", "affirm", [], "yes"),
        ("household", "my wife and two kids", "ask", [], "my wife and two kids"),
        ("concern", "finding a flat with a long lease is what worries me", "ask", [], None),
        ("contact", "mail me at aya@example.org thanks", "inform", [], "aya@example.org"),
        ("contact", "+32 470 12 34 56", "inform", [], "+32 470 12 34 56"),
    ],
)
def test_an_answer_is_kept_with_the_message_it_came_from(
    talk: Talk, asked: str, text: str, intent: str, entities: list[tuple[str, str]], kept: str | None
) -> None:
    agree(talk)
    answer(talk, asked, text, intent, entities=entities)
    field = fields(talk)[asked]
    assert field.value == (kept or text)
    assert field.message_id is not None
    assert talk.slots[asked] == field.value


@pytest.mark.parametrize(
    ("asked", "text", "intent"),
    [
        ("first_name", "how much is the residence card?", "ask"),
        ("household", "where is the town hall", "follow_up_place"),
        ("consent", "what do you do with it?", "explain"),
        ("job_offer", "can my wife work?", "ask"),
        ("concern", "stop", "stop"),
        ("contact", "i want to talk to a person", "human"),
        ("arrival", "why do you ask", "explain"),
    ],
)
def test_a_question_or_command_is_left_to_the_rules(talk: Talk, asked: str, text: str, intent: str) -> None:
    agree(talk)
    assert answer(talk, asked, text, intent) == []
    assert talk.events == []
    assert asked not in fields(talk)


@pytest.mark.parametrize(
    ("asked", "text", "why"),
    [
        ("nationality", "atlantis", "country_unknown"),
        ("contact", "just call me", "contact_unreadable"),
        ("first_name", "a very long name that goes on and on", "name_too_long"),
        ("concern", "x" * 501, "answer_too_long"),
    ],
)
def test_an_unusable_answer_is_explained_and_asked_again(talk: Talk, asked: str, text: str, why: str) -> None:
    agree(talk)
    (said,) = answer(talk, asked, text)
    assert said["text"] == say(why)
    assert talk.slots[asked] is None
    assert asked not in fields(talk)


def test_sharing_is_only_asked_without_a_job_offer_and_needs_its_own_consent(talk: Talk) -> None:
    agree(talk)
    answer(talk, "job_offer", "yes", "affirm")
    assert talk.slots["share_profile"] == "not_asked"
    answer(talk, "job_offer", "no", "deny")
    answer(talk, "share_profile", "/inform", entities=[("share_profile", "vdab")])
    with talk.database.read() as session:
        kept = sorted((c.purpose, c.partner) for c in session.query(ConsentRecord))
    assert kept == [("dossier", ""), ("share-profile", "vdab")]


@pytest.mark.parametrize("asked", [key for key in KEYS if key != "consent"])
def test_every_question_can_be_skipped_and_explained(talk: Talk, asked: str) -> None:
    agree(talk)
    talk.slots["requested_slot"] = asked
    (explained,) = talk.run("action_explain_question", "why", intent="explain")
    assert explained["response"] == f"utter_explain_{asked}"
    talk.run("action_skip_question", "skip", intent="skip")
    assert talk.slots[asked] == "skipped"
    assert fields(talk)[asked].value is None


def test_it_can_be_left_and_continued_later(talk: Talk) -> None:
    agree(talk)
    answer(talk, "first_name", "Pedro")
    talk.slots["requested_slot"] = "nationality"
    (paused,) = talk.run("action_pause_dossier", "stop", intent="stop")
    assert "/open_dossier" in payloads(paused)
    talk.slots = {}
    (again,) = talk.run("action_open_dossier", "continue", intent="open_dossier")
    assert again["text"] == say("dossier_continue")
    assert (talk.slots["consent"], talk.slots["first_name"], talk.slots["nationality"]) == ("yes", "Pedro", None)


def test_a_correction_changes_an_earlier_answer_and_keeps_the_history(talk: Talk) -> None:
    agree(talk)
    answer(talk, "home_town", "gent", entities=[("municipality", "gent")])
    (said,) = answer(talk, "purpose", "no i meant aalst", "correct", entities=[("municipality", "aalst")])
    assert said["text"] == say("corrected")
    assert fields(talk)["home_town"].value == "aalst"
    with talk.database.read() as session:
        rows = session.query(DossierField).filter_by(key="home_town").order_by(DossierField.id).all()
    assert [(row.value, row.replaced_at is None) for row in rows] == [("gent", False), ("aalst", True)]


def test_it_is_shown_back_in_words(talk: Talk) -> None:
    agree(talk)
    answer(talk, "nationality", "bulgarian", entities=[("country", "BG")])
    talk.slots["requested_slot"] = "household"
    talk.run("action_skip_question", "skip", intent="skip")
    (shown,) = talk.run("action_show_dossier", intent="show_dossier")
    assert "- **Nationality:** Bulgaria" in shown["text"]
    assert "- **Household:** not answered" in shown["text"]


def test_erasing_asks_once_and_then_leaves_nothing_but_the_withdrawn_consent(talk: Talk) -> None:
    agree(talk)
    answer(talk, "first_name", "Mirela")
    (which,) = talk.run("action_erase_dossier", intent="erase_dossier")
    assert payloads(which)[:2] == ['/erase_dossier{"choice": "dossier"}', '/erase_dossier{"choice": "everything"}']
    (asked,) = talk.run("action_erase_dossier", intent="erase_dossier", entities=[("choice", "dossier")])
    assert fields(talk)
    assert payloads(asked)[0] == '/erase_dossier{"confirm": "yes", "choice": "dossier"}'
    sure = [("choice", "dossier"), ("confirm", "yes")]
    (done,) = talk.run("action_erase_dossier", intent="erase_dossier", entities=sure)
    assert done["text"].startswith(say("erased"))
    assert fields(talk) == {}
    with talk.database.read() as session:
        assert session.query(DossierField).count() == 0
        assert all(c.withdrawn_at for c in session.query(ConsentRecord))
    assert talk.slots["first_name"] is None


def test_a_plan_is_erased_too_also_of_somebody_without_a_dossier(talk: Talk) -> None:
    (nothing,) = talk.run("action_erase_dossier", intent="erase_dossier", entities=[("choice", "dossier")])
    assert nothing["text"] == say("dossier_none_to_erase")
    with talk.database.write() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        plans.keep(session, person, Profile(country="JP"), MOMENT)
    talk.slots["situation"] = {"country": "JP"}
    talk.run("action_erase_dossier", intent="erase_dossier")
    with talk.database.read() as session:
        assert plans.kept(session, person) is not None
    (done,) = talk.run("action_erase_dossier", intent="erase_dossier", entities=[("confirm", "yes")])
    assert done["text"].startswith(say("erased"))
    assert talk.slots["situation"] is None
    with talk.database.read() as session:
        assert plans.kept(session, person) is None


def test_what_is_told_after_the_form_changes_the_dossier(talk: Talk) -> None:
    agree(talk)
    answer(talk, "home_town", "gent", entities=[("municipality", "gent")])
    talk.slots["requested_slot"] = None
    talk.run("action_note_profile", "i live in aalst", intent="inform", entities=[("municipality", "aalst")])
    talk.run("action_note_profile", "my nationality is chilean", intent="inform", entities=[("country", "CL")])
    assert (fields(talk)["home_town"].value, fields(talk)["nationality"].value) == ("aalst", "CL")


def test_going_on_after_the_end_asks_the_skipped_questions_again(talk: Talk) -> None:
    agree(talk)
    for key in KEYS[1:]:
        talk.slots["requested_slot"] = key
        if key == "household":
            talk.run("action_skip_question", "skip", intent="skip")
        else:
            answers = {"nationality": [("country", "BG")]}
            text = {"job_offer": "yes", "share_profile": "no", "housing_help": "no", "contact": "a@example.org"}
            answer(talk, key, text.get(key, "something"), entities=answers.get(key, []))
    talk.run("action_open_dossier", "continue my dossier", intent="open_dossier")
    assert [key for key in KEYS if talk.slots[key] is None] == ["household"]
