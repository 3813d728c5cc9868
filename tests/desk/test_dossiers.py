"""Dossiers on the desk: found by what they say, shown with where it comes from."""

from __future__ import annotations

import re
import time

import pytest
from sqlalchemy import insert

from dossiers import consents, record, topics
from dossiers.models import Conversation, Dossier, DossierField, Person, Sender, TopicState


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


@pytest.fixture
def three(world, clock):
    """Three people, the last one changed last."""
    made = {}
    people: dict[str, dict[str, str | None]] = {
        "Aya": {"nationality": "JP", "home_town": "gent", "concern": "A school for my 100% shy child"},
        "Pedro": {"nationality": "AR", "home_town": "aalst", "purpose": "employee", "concern": "the bank_account"},
        "Mirela": {"nationality": "BG", "home_town": "a village near Gent", "job_offer": "yes", "contact": None},
    }
    for name, fields in people.items():
        clock.forward(minutes=1)
        conversation_id, _ = world.conversation()
        made[name] = world.dossier(conversation_id, first_name=name, **fields)
    return made


def found(page: str) -> list[str]:
    return re.findall(r'href="/desk/dossiers/\w+">(\w+)</a>', page)


def test_the_list_shows_what_changed_last_first(mia, three):
    assert found(mia.get("/desk/dossiers").text) == ["Mirela", "Pedro", "Aya"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("aya", ["Aya"]),
        ("japan", ["Aya"]),
        ("JP", []),
        ("gent", ["Mirela", "Aya"]),
        ("gent japan", ["Aya"]),
        ("work as", ["Pedro"]),
        ("100%", ["Aya"]),
        ("%", []),
        ("bank_account", ["Pedro"]),
        ("bank account", ["Pedro"]),
        ("_", []),
        ("yes", []),
        ("nothing like this", []),
        ("'; DROP TABLE dossiers; --", []),
        ("", ["Mirela", "Pedro", "Aya"]),
    ],
)
def test_a_search_finds_what_people_said_in_any_field(mia, three, words, names):
    mia.get("/desk/dossiers")
    answer = mia.post("/desk/dossiers", text=words)
    assert answer.status_code == 200
    assert found(answer.text) == names


def test_an_answer_that_was_replaced_is_no_longer_found(world, mia, three):
    with world.database.write() as session:
        dossier = session.get_one(Dossier, three["Aya"])
        record.state(session, dossier, "nationality", "KR", stated_by=Sender.PERSON, message_id=None, now=world.clock())
    mia.get("/desk/dossiers")
    assert found(mia.post("/desk/dossiers", text="japan").text) == []
    assert found(mia.post("/desk/dossiers", text="korea").text) == ["Aya"]


def test_the_list_is_filtered_by_the_status_of_a_topic(world, mia, three):
    with world.database.write() as session:
        dossier = session.get_one(Dossier, three["Aya"])
        set_by = {"set_by": Sender.AGENT, "based_on": None, "now": dossier.changed_at}
        topics.put(session, dossier, "housing", TopicState.OPEN, **set_by)
    mia.get("/desk/dossiers")

    def names(**only: str) -> list[str]:
        return found(mia.post("/desk/dossiers", **only).text)

    assert names(state="open") == names(state="open", topic="housing") == ["Aya"]
    assert names(state="open", topic="work") == []
    assert names(state="not_looked_at", topic="housing") == ["Mirela", "Pedro"]
    assert names(state="bogus", topic="bogus") == ["Mirela", "Pedro", "Aya"]


def test_a_search_leaves_no_trace_in_addresses(mia, three):
    page = mia.get("/desk/dossiers").text
    assert '<form id="search" method="post"' in page
    assert 'method="get"' not in page


def test_many_results_come_in_pages(world, mia):
    for number in range(120):
        conversation_id, _ = world.conversation(queued=False)
        world.dossier(conversation_id, first_name=f"Person{number}")
    page = mia.get("/desk/dossiers").text
    assert "120 dossiers, page 1 of 3" in page
    assert len(found(page)) == 50
    last = mia.post("/desk/dossiers", text="", page="3").text
    assert len(found(last)) == 20
    assert "Next page" not in last


def test_a_dossier_tells_who_stated_what_when_and_in_which_message(world, clock, mia):
    conversation_id, _ = world.conversation("I want a dossier")
    dossier_id = world.dossier(conversation_id, first_name="Aya", nationality="JP", contact=None)
    clock.forward(days=1)
    corrected = world.says(conversation_id, "my nationality is Korean")
    with world.database.write() as session:
        dossier = session.get_one(Dossier, dossier_id)
        record.state(session, dossier, "nationality", "KR", stated_by=Sender.PERSON, message_id=corrected, now=clock())
    mia.log_in()
    page = mia.get(f"/desk/dossiers/{dossier_id}").text
    sections = dict(re.findall(r'<section aria-labelledby="(\w+)"(.*?)</section>', page, re.DOTALL))
    answers, history = sections["answers"].split("Earlier answers (1)")
    assert "South Korea" in answers
    assert "the newcomer, 24 November 2026, 10:00" in answers
    assert f'href="/desk/conversations/{conversation_id}?around={corrected}#message-{corrected}"' in answers
    assert "<em>skipped</em>" in answers
    assert re.search(r"Not asked yet: <a [^>]+>Arrival</a>, <a [^>]+>Town</a>", answers)
    assert "Japan" in history
    assert "23 November 2026" in history
    assert world.library.consents["dossier"].version in sections["consents"]
    assert "Do you agree that your answers are kept for this?" in sections["consents"]
    assert "holds" in sections["consents"]


def test_a_withdrawn_consent_is_shown_as_withdrawn(world, clock, mia):
    conversation_id, _ = world.conversation()
    dossier_id = world.dossier(conversation_id, first_name="Aya")
    clock.forward(days=1)
    with world.database.write() as session:
        person = session.get_one(Conversation, conversation_id).person_id
        consents.withdraw(session, person, "dossier", now=clock())
    mia.log_in()
    page = mia.get(f"/desk/dossiers/{dossier_id}").text
    assert "withdrawn</span> on 24 November 2026" in page


def test_an_erased_dossier_is_gone_from_every_page(world, mia):
    conversation_id, _ = world.conversation()
    dossier_id = world.dossier(conversation_id, first_name="Aya", concern="planted worry")
    with world.database.write() as session:
        record.erase(session, session.get_one(Conversation, conversation_id).person_id, world.clock())
    assert mia.get(f"/desk/dossiers/{dossier_id}").status_code == 404
    for address in ("/desk/", "/desk/dossiers", f"/desk/conversations/{conversation_id}"):
        assert "planted worry" not in mia.get(address).text
        assert ">Aya<" not in mia.get(address).text


def test_10000_dossiers_are_searched_quickly(world, mia):
    conversation_id, _ = world.conversation()
    now = world.clock()
    ids = [f"{number:032x}" for number in range(10_000)]
    with world.database.write() as session:
        session.execute(insert(Person), [{"id": each, "created_at": now} for each in ids])
        session.execute(
            insert(Dossier),
            [
                {
                    "id": each,
                    "person_id": each,
                    "conversation_id": conversation_id,
                    "created_at": now,
                    "changed_at": now,
                }
                for each in ids
            ],
        )
        session.execute(
            insert(DossierField),
            [
                {
                    "dossier_id": each,
                    "key": key,
                    "value": value,
                    "state": "stated",
                    "stated_by": "person",
                    "stated_at": now,
                }
                for number, each in enumerate(ids)
                for key, value in {
                    "first_name": f"Person{number}",
                    "nationality": "JP" if number % 2 else "IN",
                    "concern": f"worry about the school number {number}",
                    "household": "a partner and two children",
                }.items()
            ],
        )
    mia.get("/desk/dossiers")
    started = time.perf_counter()
    page = mia.post("/desk/dossiers", text="japan 9999").text
    assert time.perf_counter() - started < 5
    assert found(page) == ["Person9999"]
