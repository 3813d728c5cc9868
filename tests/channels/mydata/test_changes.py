"""What people see and change: answers, interests, consents, documents. Each change leaves a receipt."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from dossiers import consents, documents, plans, record
from dossiers.models import Agent, AuditEntry, DossierField, FieldState, Sender, Where
from dossiers.vault import configured
from knowledge.profile import Profile
from knowledge.wording import say
from tests.channels.mydata.conftest import World

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def row(world: World, conversation_id: str, key: str) -> DossierField:
    with world.database.read() as session:
        dossier = record.dossier_of(session, world.person_id(conversation_id))
        assert dossier is not None
        return record.current_fields(session, dossier)[key]


def test_everything_is_shown_with_who_said_it_and_when(world: World) -> None:
    conversation = world.person(home_town="gent", nationality="JP", contact=None, said="i come from japan")
    world.plan(conversation, Profile(country="JP", purpose="researcher"))
    world.give(conversation, "follow-up")
    page = world.text(world.path(conversation))
    assert "Town Gent Said by you on 23 November 2026." in page
    assert "Nationality Japan" in page
    assert "When you change something here, the plan changes at once." in page
    assert "Follow-up messages" in page
    assert "You agreed on 23 November 2026, in the chat" in page
    assert re.search(r"You 23 November 2026, \d\d:\d\d i come from japan", page)


def test_somebody_without_a_dossier_sees_what_there_is(world: World) -> None:
    page = world.text(world.path(world.person(dossier=False)))
    assert "You have no dossier." in page
    assert "No plan is kept." in page
    assert "My chats" in page


@pytest.mark.parametrize(
    ("key", "text", "kept"),
    [
        ("home_town", "Aalst", "aalst"),
        ("nationality", "Chile", "CL"),
        ("job_offer", "yes", "yes"),
        ("purpose", "researcher", "researcher"),
        ("household", "just me", "just me"),
        ("contact", "aya@example.org", "aya@example.org"),
        ("first_name", "", None),
    ],
)
def test_an_answer_is_corrected_as_the_person_with_its_history_and_a_receipt(
    world: World, key: str, text: str, kept: str | None
) -> None:
    conversation = world.person(home_town="gent", first_name="Aya")
    path = world.path(conversation)
    before = world.fields(conversation).get(key)
    based_on = str(row(world, conversation, key).id) if before else ""
    page = world.follow(world.send(path, "answer", key=key, text=text, based_on=based_on))
    assert world.fields(conversation)[key] == kept
    changed = row(world, conversation, key)
    assert changed.stated_by == Sender.PERSON
    assert changed.state == (FieldState.SKIPPED if kept is None else FieldState.STATED)
    (receipt,) = world.receipts()
    assert receipt.number in page
    with world.database.read() as session:
        entry = session.query(AuditEntry).filter_by(action="dossier.corrected").one()
    assert entry.details == {"field": key}  # and not what was written


def test_an_answer_that_cannot_be_used_is_explained_beside_the_field_and_kept_in_it(world: World) -> None:
    conversation = world.person(nationality="JP")
    answer = world.send(
        world.path(conversation),
        "answer",
        key="nationality",
        text="atlantis",
        based_on=str(row(world, conversation, "nationality").id),
    )
    assert answer.status_code == 422
    assert say("country_unknown").partition('"')[0].strip() in answer.text
    assert 'value="atlantis"' in answer.text
    assert world.fields(conversation) == {"nationality": "JP"}


def test_what_somebody_changed_meanwhile_is_not_overwritten(world: World) -> None:
    conversation = world.person(home_town="gent")
    seen = str(row(world, conversation, "home_town").id)
    path = world.path(conversation)
    assert world.send(path, "answer", key="home_town", text="Aalst", based_on=seen).status_code == 303
    again = world.send(path, "answer", key="home_town", text="Deinze", based_on=seen)
    assert again.status_code == 409
    assert say("my_data_changed") in again.text
    assert world.fields(conversation)["home_town"] == "aalst"


@pytest.mark.parametrize("key", ["consent", "share_profile", "nothing", "id"])
def test_only_the_answers_of_the_dossier_can_be_changed(world: World, key: str) -> None:
    conversation = world.person()
    assert world.send(world.path(conversation), "answer", key=key, text="yes").status_code == 303
    assert world.fields(conversation) == {}
    assert world.receipts() == []


def profile(world: World, conversation_id: str) -> Profile:
    with world.database.read() as session:
        kept = plans.kept(session, world.person_id(conversation_id))
        assert kept is not None
        return kept.profile


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("country", "Chile", "CL"),
        ("municipality", "Aalst", "aalst"),
        ("purpose", "student", "student"),
        ("arrival", "2026-12-03", dt.date(2026, 12, 3)),
        ("partner", "no", False),
        ("children", "7, 3", (3, 7)),
        ("children", "0", ()),
        ("purpose", "", None),
    ],
)
def test_what_the_plan_is_made_from_is_corrected_with_a_receipt(
    world: World, key: str, text: str, value: object
) -> None:
    conversation = world.person(dossier=False)
    world.plan(conversation, Profile(country="JP", purpose="researcher", partner=True))
    path = world.path(conversation)
    page = world.follow(world.send(path, "plan", key=key, text=text, revision="1"))
    assert getattr(profile(world, conversation), key) == value
    assert world.receipts()[0].number in page
    again = world.send(path, "plan", key="stay", text="long", revision="1")
    assert again.status_code == 409
    assert profile(world, conversation).stay is None


def test_a_day_of_arrival_tells_whether_somebody_is_here(world: World) -> None:
    conversation = world.person(dossier=False)
    world.plan(conversation, Profile(country="JP"))
    path = world.path(conversation)
    world.send(path, "plan", key="arrival", text="2026-11-20", revision="1")
    assert profile(world, conversation).here is True
    world.send(path, "plan", key="arrival", text="", revision="2")
    assert profile(world, conversation).here is None


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("arrival", "soon"),
        ("arrival", "0001-01-01"),
        ("children", "two"),
        ("children", "99"),
        ("municipality", "Atlantis"),
        ("country", "Atlantis"),
        ("purpose", "anything"),
        ("partner", "perhaps"),
        ("link_id", "x"),
        ("__class__", "x"),
    ],
)
def test_what_the_plan_cannot_use_is_explained_and_changes_nothing(world: World, key: str, text: str) -> None:
    conversation = world.person(dossier=False)
    world.plan(conversation, Profile(country="JP"))
    answer = world.send(world.path(conversation), "plan", key=key, text=text, revision="1")
    assert answer.status_code == 422
    assert profile(world, conversation) == Profile(country="JP")
    assert world.receipts() == []


def test_interests_are_said_and_unsaid(world: World) -> None:
    conversation = world.person()
    path = world.path(conversation)
    page = world.follow(world.send(path, "interest", key="buddy", wanted="yes"))
    assert f"{say('interest_buddy')} {say('interest_yes')}" in page
    assert world.send(path, "interest", key="buddy", wanted="no", based_on="").status_code == 409
    assert world.send(path, "interest", key="nothing", wanted="yes").status_code == 303
    assert len(world.receipts()) == 1


def test_a_consent_is_given_to_the_text_that_was_shown_and_taken_back_at_once(world: World) -> None:
    conversation = world.person()
    path = world.path(conversation)
    shown = world.text(path)
    assert "is the public employment service of Flanders" in shown
    assert world.send(path, "consent", key="share-profile:vdab", give="yes").status_code == 303
    person = world.person_id(conversation)
    with world.database.read() as session:
        held = consents.held(session, person, "share-profile", "vdab")
        assert held is not None
        assert held.given_in == Where.MY_DATA
        assert "VDAB" in held.text
        assert session.scalars(consents.shares_with("vdab")).all() == [person]
    assert world.fields(conversation) == {"share_profile": "yes"}
    page = world.follow(world.send(path, "consent", key="share-profile:vdab", give="no"))
    with world.database.read() as session:
        assert session.scalars(consents.shares_with("vdab")).all() == []
        assert consents.history(session, person)[-1].withdrawn_in == Where.MY_DATA
    assert world.fields(conversation) == {"share_profile": "no"}
    assert world.receipts()[0].number in page


@pytest.mark.parametrize("key", ["dossier", "chat", "share-profile", "share-profile:nobody", "nothing", ""])
def test_no_other_consent_can_be_given_here(world: World, key: str) -> None:
    conversation = world.person(dossier=False)
    assert world.send(world.path(conversation), "consent", key=key, give="yes").status_code in (303, 422)
    with world.database.read() as session:
        assert consents.history(session, world.person_id(conversation)) == []


def test_the_consent_of_the_dossier_leads_to_erasing_it(world: World) -> None:
    conversation = world.person(first_name="Aya")
    path = world.path(conversation)
    assert world.send(path, "consent", key="dossier", give="no").status_code == 303
    assert world.fields(conversation) == {"first_name": "Aya"}
    assert f'{path}/erase?what=dossier"' in world.get(path).text


def asked_for(world: World, conversation_id: str) -> str:
    """A document that an agent asks for."""
    with world.database.write() as session:
        agent = Agent(login="an", name="An", password_hash="x", created_at=world.now)
        session.add(agent)
        session.flush()
        dossier = record.dossier_of(session, world.person_id(conversation_id))
        assert dossier is not None
        made = documents.request(
            session,
            dossier,
            "lease",
            reason="To check your address",
            last_day=dt.date(2026, 12, 1),
            agent_id=agent.id,
            now=world.now,
        )
        return made.id


def upload(world: World, path: str, document: str, name: str = "lease.pdf", data: bytes = PDF):
    token = world.links.form_token(path.rpartition("/")[2])
    files = {"file": (name, data, "application/pdf")}
    return world.http.post(f"{path}/documents/{document}", data={"form_token": token}, files=files)


def test_a_document_that_was_asked_for_can_be_sent_once(world: World) -> None:
    conversation = world.person()
    document, path = asked_for(world, conversation), world.path(conversation)
    assert "To check your address" in world.text(path)
    page = world.follow(upload(world, path, document))
    assert world.receipts()[0].number in page
    with world.database.read() as session:
        assert documents.read(session, world.sealer, document) == PDF
    folder = configured().folder
    assert all(PDF not in one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert upload(world, path, document).status_code == 422


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("lease.pdf", b"not a pdf", "document_type_unknown"),
        ("lease.png", PDF, "document_type_differs"),
        ("lease.pdf", b"", "document_empty"),
        ("lease.pdf", PDF + b"x" * (documents.LARGEST + 100_000), "document_too_large"),
    ],
)
def test_a_file_that_is_not_taken_is_explained(world: World, name: str, data: bytes, key: str) -> None:
    conversation = world.person()
    document = asked_for(world, conversation)
    answer = upload(world, world.path(conversation), document, name, data)
    assert answer.status_code == 422
    assert say(key) in answer.text
    assert world.receipts() == []


def test_nobody_sends_a_document_to_another_person(world: World) -> None:
    document = asked_for(world, world.person())
    answer = upload(world, world.path(world.person()), document)
    assert answer.status_code == 422
    assert world.receipts() == []


def test_hostile_values_are_shown_as_words(world: World) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    conversation = world.person(first_name=evil, concern=evil, said=evil)
    path = world.path(conversation)
    for answer in (world.get(path), world.send(path, "export", kind="page")):
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert "&lt;script&gt;" in answer.text
    answer = world.send(path, "answer", key="nationality", text=evil)
    assert "<script" not in answer.text
