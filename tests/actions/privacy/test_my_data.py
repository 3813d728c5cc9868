"""The link to one's data, erasing everything and the end of the chat, said in the chat."""

from __future__ import annotations

import pytest

from dossiers.models import Conversation, ErasureAsked, Handover, Person, Receipt, Right, Speaker
from knowledge.wording import say
from tests.actions.conftest import Talk, payloads
from tests.actions.test_dossier import agree
from tests.conftest import MOMENT


def test_the_link_is_that_of_the_own_conversation_and_the_buttons_fit(talk: Talk) -> None:
    (said,) = talk.run("action_my_data", "my data", intent="my_data")
    assert f"[{say('my_data_open')}](/mydata/{talk.conversation_id})" in said["text"]
    assert payloads(said) == ["/erase_dossier", "/end_chat"]
    agree(talk)
    (said,) = talk.run("action_my_data", "my data", intent="my_data")
    assert payloads(said) == ["/show_dossier", "/withdraw_consent", "/erase_dossier", "/end_chat"]


def test_everything_is_erased_only_after_a_confirmation_and_once_the_answer_has_left(talk: Talk) -> None:
    agree(talk)
    talk.run("action_erase_dossier", "forget me", intent="erase_dossier")
    (asked,) = talk.run("action_erase_dossier", entities=[("choice", "everything")], intent="erase_dossier")
    assert asked["text"] == say("erase_all_ask")
    with talk.database.read() as session:
        assert session.query(ErasureAsked).count() == 0
    sure = [("choice", "everything"), ("confirm", "yes")]
    (said,) = talk.run("action_erase_dossier", entities=sure, intent="erase_dossier")
    with talk.database.read() as session:
        waiting = session.query(ErasureAsked).one()
        assert session.query(Person).count() == 1  # this answer must still reach the person
    assert waiting.number in said["text"]
    assert talk.slots["consent"] is None
    assert talk.slots["municipality"] is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("please erase my dossier", "dossier"),
        ("delete my plan", "dossier"),
        ("forget me", "everything"),
        ("remove everything about me, my dossier too", "everything"),
        ("delete my data", None),
        ("/erase_dossier", None),
    ],
)
def test_words_that_tell_what_to_erase_spare_a_question(talk: Talk, text: str, what: str | None) -> None:
    agree(talk)
    (asked,) = talk.run("action_erase_dossier", text, intent="erase_dossier")
    expected = {"dossier": say("erase_ask"), "everything": say("erase_all_ask"), None: say("erase_which")}
    assert asked["text"] == expected[what]


def test_who_has_no_dossier_is_asked_about_everything_at_once(talk: Talk) -> None:
    (asked,) = talk.run("action_erase_dossier", "erase everything", intent="erase_dossier")
    assert payloads(asked)[0] == '/erase_dossier{"confirm": "yes", "choice": "everything"}'


def test_the_chat_ends_only_after_a_confirmation_with_its_hand_over(talk: Talk) -> None:
    (asked,) = talk.run("action_end_chat", "end my chat", intent="end_chat")
    assert payloads(asked) == ['/end_chat{"confirm": "yes"}', "/deny"]
    with talk.database.write() as session:
        conversation = session.get_one(Conversation, talk.conversation_id)
        assert conversation.ended_at is None
        conversation.speaker, before = Speaker.QUEUE, conversation.token_hash
        session.add(Handover(conversation_id=conversation.id, reason="asked", summary="", requested_at=MOMENT))
    (said,) = talk.run("action_end_chat", intent="end_chat", entities=[("confirm", "yes")])
    with talk.database.read() as session:
        conversation = session.get_one(Conversation, talk.conversation_id)
        receipt = session.query(Receipt).filter_by(kind=Right.END).one()
        assert session.query(Handover).one().closed_at == MOMENT
    assert (conversation.ended_at, conversation.speaker) == (MOMENT, Speaker.BOT)
    assert conversation.token_hash != before
    assert receipt.number in said["text"]
    (again,) = talk.run("action_end_chat", intent="end_chat", entities=[("confirm", "yes")])
    assert again["text"] == say("end_chat_over")
