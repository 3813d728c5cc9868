"""Sharing the profile: whether, then with whom, one partner after the other; each is kept by name with its text."""

from __future__ import annotations

import pytest

from dossiers import agreements, consents, record
from dossiers.models import ConsentRecord, Conversation, Sender, Where
from dossiers.questions import KEYS
from knowledge.wording import say
from tests.actions.conftest import Talk, payloads
from tests.actions.test_dossier import agree, answer, fields
from tests.conftest import MOMENT


def shared(talk: Talk) -> set[str]:
    with talk.database.read() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        return set(consents.partners_of(session, person))


def choose(talk: Talk, value: str) -> None:
    answer(talk, "share_profile", "/inform", entities=[("share_profile", value)])


def test_the_question_names_every_partner_and_what_is_agreed_to(talk: Talk) -> None:
    agree(talk)
    (asked,) = talk.run("action_ask_share_profile", "no", intent="deny")
    assert talk.library.consents["share-profile"].text in asked["text"]
    for partner in talk.library.partners.values():
        assert f"**{partner.name}** {partner.does}" in asked["text"]
    assert payloads(asked) == ["/affirm", "/deny", "/skip", "/explain"]


def test_a_plain_yes_shares_with_nobody_yet_and_asks_with_whom(talk: Talk) -> None:
    agree(talk)
    answer(talk, "share_profile", "yes", "affirm")
    assert (shared(talk), talk.slots["share_profile"]) == (set(), None)
    (asked,) = talk.run("action_ask_share_profile", "yes", intent="affirm")
    wanted = [f'/inform{{"share_profile": "{key}"}}' for key in ("all", "unizo", "vdab", "voka")]
    assert payloads(asked) == [*wanted, "/deny", "/explain"]


def test_one_partner_after_the_other(talk: Talk) -> None:
    agree(talk)
    choose(talk, "voka")
    assert (shared(talk), talk.slots["share_profile"]) == ({"voka"}, None)
    entities = [("share_profile", "voka")]
    (asked,) = talk.run("action_ask_share_profile", "/inform", intent="inform", entities=entities)
    assert asked["text"] == say("share_more", partners="Voka")
    assert '/inform{"share_profile": "voka"}' not in payloads(asked)
    choose(talk, "that-is-all")
    assert (shared(talk), talk.slots["share_profile"], fields(talk)["share_profile"].value) == ({"voka"}, "yes", "yes")


def test_all_of_them_at_once_each_with_its_own_text_and_message(talk: Talk) -> None:
    agree(talk)
    choose(talk, "all")
    assert (shared(talk), talk.slots["share_profile"]) == (set(talk.library.partners), "yes")
    with talk.database.read() as session:
        kept = session.query(ConsentRecord).filter_by(purpose="share-profile").all()
    for one in kept:
        assert one.text == agreements.text_of(talk.library, "share-profile", one.partner)
        assert (one.message_id is not None, one.given_in) == (True, Where.CHAT)


@pytest.mark.parametrize(
    ("text", "partners"),
    [
        ("only VDAB", {"vdab"}),
        ("vdab and voka please", {"vdab", "voka"}),
        ("with all of them", {"vdab", "voka", "unizo"}),
        ("yes but not with voka", set()),
        ("somebody else", set()),
    ],
)
def test_partners_may_be_named_in_words(talk: Talk, text: str, partners: set[str]) -> None:
    agree(talk)
    answer(talk, "share_profile", text)
    assert shared(talk) == partners


def test_no_takes_back_what_was_shared_and_skipping_changes_nothing(talk: Talk) -> None:
    agree(talk)
    choose(talk, "vdab")
    talk.slots["requested_slot"] = "share_profile"
    talk.run("action_skip_question", "skip", intent="skip")
    assert shared(talk) == {"vdab"}
    answer(talk, "share_profile", "no", "deny")
    assert (shared(talk), talk.slots["share_profile"], fields(talk)["share_profile"].value) == (set(), "no", "no")


def test_a_choice_that_is_no_partner_shares_nothing(talk: Talk) -> None:
    agree(talk)
    choose(talk, "somebody")
    assert (shared(talk), talk.slots["share_profile"]) == (set(), None)


def test_a_yes_from_before_partners_had_names_is_asked_again(talk: Talk) -> None:
    agree(talk)
    with talk.database.write() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        dossier = record.dossier_of(session, person)
        assert dossier is not None
        for key, value in (("job_offer", "no"), ("share_profile", "yes")):
            record.state(session, dossier, key, value, stated_by=Sender.PERSON, message_id=None, now=MOMENT)
    talk.run("action_open_dossier", "go on", intent="open_dossier")
    assert talk.slots["share_profile"] is None
    choose(talk, "vdab")
    talk.run("action_open_dossier", "go on", intent="open_dossier")
    assert talk.slots["share_profile"] == "yes"


def test_a_changed_text_of_the_dossier_is_asked_again_and_a_no_keeps_what_was_agreed(talk: Talk) -> None:
    agree(talk)
    answer(talk, "first_name", "Aya")
    with talk.database.write() as session:
        session.query(ConsentRecord).update({"text_version": "2025-01-01"})
    talk.run("action_open_dossier", "go on", intent="open_dossier")
    assert (talk.slots["consent"], talk.slots["first_name"]) == (None, "Aya")
    answer(talk, "consent", "no", "deny")
    (said,) = talk.run("action_submit_dossier", "no", intent="deny")
    assert said["text"] == say("dossier_as_before")
    assert fields(talk)["first_name"].value == "Aya"
    answer(talk, "consent", "yes", "affirm")
    with talk.database.read() as session:
        versions = [one.text_version for one in session.query(ConsentRecord).order_by(ConsentRecord.id)]
    assert versions == ["2025-01-01", talk.library.consents["dossier"].version]


@pytest.mark.parametrize("asked", [key for key in KEYS if key not in ("consent", "share_profile")])
def test_what_is_said_about_sharing_is_no_answer_to_another_question(talk: Talk, asked: str) -> None:
    agree(talk)
    answer(talk, asked, "don't share my profile any more", "withdraw_consent")
    assert asked not in fields(talk)
