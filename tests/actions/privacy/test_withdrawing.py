"""Taking a consent back: by words or a button, at once, with a receipt."""

from __future__ import annotations

import pytest

from actions.privacy.withdrawing import meant
from dossiers import agreements, consents
from dossiers.models import ConsentRecord, Conversation, Receipt, Right, Where
from knowledge.library import Library
from knowledge.wording import say
from tests.actions.conftest import Talk, payloads
from tests.actions.test_dossier import agree, fields
from tests.conftest import MOMENT


def give(talk: Talk, *keys: str) -> None:
    with talk.database.write() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        for key in keys:
            agreements.give(session, person, talk.library, key, where=Where.CHAT, now=MOMENT)


def held(talk: Talk) -> set[str]:
    with talk.database.read() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        return {f"{one.purpose}:{one.partner}".rstrip(":") for one in consents.all_held(session, person)}


def withdraw(talk: Talk, text: str = "", choice: str | None = None) -> dict[str, object]:
    entities = [("choice", choice)] if choice else []
    (said,) = talk.run("action_withdraw_consent", text or "/withdraw", intent="withdraw_consent", entities=entities)
    return said


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("don't share my profile any more", "share-profile"),
        ("stop sharing my data with vdab", "share-profile:vdab"),
        ("Voka must not see me", "share-profile:voka"),
        ("no more VDAB, Voka and Unizo", "share-profile"),
        ("vdab and voka must not see me", None),
        ("stop the follow-up messages", "follow-up"),
        ("please dont write to me first", "follow-up"),
        ("unsubscribe", "follow-up"),
        ("don't use my answers for your evaluation", "evaluation"),
        ("i do not want you to keep my dossier", "dossier"),
        ("I take back my consent", None),
        ("/withdraw_consent", None),
    ],
)
def test_words_tell_which_consent_is_meant(library: Library, text: str, key: str | None) -> None:
    assert meant(text, library) == key


def test_saying_it_is_enough_and_it_ends_at_once_with_a_receipt(talk: Talk) -> None:
    agree(talk)
    give(talk, "share-profile:vdab", "share-profile:voka", "follow-up")
    said = withdraw(talk, "stop the follow-up messages")
    assert held(talk) == {"dossier", "share-profile:vdab", "share-profile:voka"}
    with talk.database.read() as session:
        receipt = session.query(Receipt).filter_by(kind=Right.WITHDRAW).one()
        row = session.query(ConsentRecord).filter_by(purpose="follow-up").one()
    assert receipt.number in str(said["text"])
    assert (row.withdrawn_in, row.withdrawn_message_id is not None) == (Where.CHAT, True)


def test_sharing_may_end_with_one_partner_or_with_all(talk: Talk) -> None:
    agree(talk)
    give(talk, "share-profile:vdab", "share-profile:voka")
    withdraw(talk, "vdab must not see me any more")
    assert held(talk) == {"dossier", "share-profile:voka"}
    assert fields(talk)["share_profile"].value == "yes"
    withdraw(talk, "don't share my profile any more")
    assert held(talk) == {"dossier"}
    assert (fields(talk)["share_profile"].value, talk.slots["share_profile"]) == ("no", "no")


def test_when_the_words_do_not_tell_each_consent_is_a_button(talk: Talk) -> None:
    agree(talk)
    give(talk, "follow-up", "share-profile:vdab", "share-profile:voka")
    asked = withdraw(talk, "I take back my consent")
    keys = ["share-profile", "dossier", "follow-up", "share-profile:vdab", "share-profile:voka"]
    assert payloads(asked) == [*(f'/withdraw_consent{{"choice": "{key}"}}' for key in keys), "/deny"]
    assert len(held(talk)) == 4
    withdraw(talk, choice="share-profile:vdab")
    assert held(talk) == {"dossier", "follow-up", "share-profile:voka"}


def test_the_only_consent_needs_no_question(talk: Talk) -> None:
    give(talk, "follow-up")
    withdraw(talk, "withdraw consent")
    assert held(talk) == set()


def test_the_consent_of_the_dossier_ends_by_erasing_it_and_that_is_asked_first(talk: Talk) -> None:
    agree(talk)
    asked = withdraw(talk, "withdraw my consent")
    assert asked["text"] == say("withdraw_dossier")
    assert payloads(asked)[0] == '/erase_dossier{"choice": "dossier"}'
    assert held(talk) == {"dossier"}


def test_the_consent_of_the_site_ends_by_erasing_everything(talk: Talk) -> None:
    with talk.database.write() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        consents.give(
            session, person, purpose="chat", version="1", text="what is kept", given_in=Where.SITE, now=MOMENT
        )
    asked = withdraw(talk, "i withdraw my consent")
    assert payloads(asked) == ['/erase_dossier{"choice": "everything"}']


@pytest.mark.parametrize("choice", ["share-profile:vdab", "share-profile:nobody", "evaluation", "nothing", ":"])
def test_what_is_not_held_is_said_so_and_nothing_changes(talk: Talk, choice: str) -> None:
    give(talk, "follow-up")
    said = withdraw(talk, choice=choice)
    assert "nothing to take back" in str(said["text"])
    assert held(talk) == {"follow-up"}


def test_without_any_consent_it_says_so(talk: Talk) -> None:
    assert withdraw(talk, "withdraw consent")["text"] == say("withdraw_none")
