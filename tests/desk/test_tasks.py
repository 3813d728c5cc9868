"""Tasks on the desk: by day, for whom, and a message to the person only with their consent."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import consents, tasks
from dossiers.models import ConsentRecord, Conversation, Role, Sender, Task, TaskKind, TaskState
from dossiers.tasks import New
from tests.desk import working

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


@pytest.fixture
def mia(world):
    return working.member(world, "mia", name="Mia Peeters")


@pytest.fixture
def conversation(world, mia):
    conversation_id, _ = world.conversation()
    world.dossier(conversation_id, first_name="Aya")
    return conversation_id


def add(world, conversation_id: str, title: str, agent_id: str | None = None, due_on: dt.date = TODAY, **more) -> int:
    with world.database.write() as session:
        person_id = session.get_one(Conversation, conversation_id).person_id
        new = New(person_id, conversation_id, title, due_on, agent_id, **more)
        return tasks.add(session, new, by=None, now=world.clock()).id


def agree(world, conversation_id: str) -> None:
    with world.database.write() as session:
        person_id = session.get_one(Conversation, conversation_id).person_id
        session.add(
            ConsentRecord(
                person_id=person_id,
                purpose=consents.FOLLOW_UP,
                partner="",
                text_version="1",
                text="yes",
                given_at=world.clock(),
            )
        )


def section(page: str, name: str) -> str:
    return page.split(f'<section aria-labelledby="{name}"')[1].split("</section>", maxsplit=1)[0]


def task(world, number: int) -> Task:
    with world.database.read() as session:
        return session.get_one(Task, number)


def test_my_tasks_are_listed_by_day_with_who_they_are_about(world, mia, conversation):
    for title, day in {"Call back": -1, "Ask the school": 0, "Look again": 9}.items():
        add(world, conversation, title, mia, TODAY + day * DAY)
    add(world, conversation, "Of nobody")
    page = world.logged_in().get("/desk/tasks").text
    assert "Call back" in section(page, "late")
    assert "Ask the school" in section(page, "today")
    assert "Look again" in section(page, "later")
    assert "Aya" in section(page, "today")
    assert "Of nobody" not in page
    assert "Of nobody" in world.logged_in().get("/desk/tasks?whose=team").text
    queue = world.logged_in().get("/desk/").text
    assert "1 late" in queue
    assert "1 today" in queue


def test_a_task_is_added_changed_done_and_opened_again(world, mia, conversation):
    browser = world.logged_in()
    back = f"/desk/conversations/{conversation}"
    fields = {"conversation_id": conversation, "title": "Call the school", "due_on": "2026-11-30", "back": back}
    answer = browser.post("/desk/tasks", agent_id=mia, **fields)
    assert answer.headers["location"] == back
    with world.database.read() as session:
        number = session.query(Task).one().id
    browser.post(f"/desk/tasks/{number}", title="Call again", due_on="2026-12-01", agent_id="")
    changed = task(world, number)
    assert (changed.title, changed.due_on, changed.agent_id) == ("Call again", dt.date(2026, 12, 1), None)
    browser.post(f"/desk/tasks/{number}/settle", state="done")
    assert (task(world, number).state, task(world, number).settled_by) == (TaskState.DONE, mia)
    browser.post(f"/desk/tasks/{number}/settle", state="open")
    assert task(world, number).state == TaskState.OPEN


def test_a_form_leads_back_to_no_other_site(world, mia, conversation):
    number = add(world, conversation, "Call", mia)
    answer = world.logged_in().post(f"/desk/tasks/{number}/settle", state="done", back="https://evil.example/")
    assert answer.headers["location"] == "/desk/"


@pytest.mark.parametrize(
    "fields", [{"title": " "}, {"title": "x" * 201}, {"due_on": "tomorrow"}, {"agent_id": "f" * 32}, {"due_on": ""}]
)
def test_a_task_without_sense_is_refused(world, mia, conversation, fields):
    whole = {"conversation_id": conversation, "title": "Call", "due_on": "2026-11-30", "agent_id": mia}
    assert world.logged_in().post("/desk/tasks", **(whole | fields)).status_code == 422
    with world.database.read() as session:
        assert session.query(Task).count() == 0


def test_another_teams_tasks_can_be_neither_seen_nor_changed(world, mia):
    aalst = working.team(world, "Aalst", "aalst")
    working.member(world, "ana", aalst)
    working.member(world, "cleo", role=Role.COORDINATOR)
    conversation_id, _ = world.conversation(town="aalst")
    number = add(world, conversation_id, "Only for Aalst")
    browser = world.logged_in()
    for whose in ("mine", "team", "all"):
        assert "Only for Aalst" not in browser.get(f"/desk/tasks?whose={whose}").text
    fields = {"title": "Mine now", "due_on": "2026-11-30", "state": "done", "text": "Hello", "client_id": "x" * 16}
    for path in ("", "/settle", "/message"):
        assert browser.post(f"/desk/tasks/{number}{path}", **fields).status_code == 403
    new = {"conversation_id": conversation_id, "title": "New", "due_on": "2026-11-30"}
    assert browser.post("/desk/tasks", **new).status_code == 403
    assert task(world, number).state == TaskState.OPEN
    assert "Only for Aalst" in world.logged_in("ana").get("/desk/tasks?whose=team").text
    assert "Only for Aalst" in world.logged_in("cleo").get("/desk/tasks?whose=all").text


class TestFollowUp:
    @pytest.fixture
    def number(self, world, mia, conversation):
        agree(world, conversation)
        return add(world, conversation, "Ask how it goes", mia, kind=TaskKind.FOLLOW_UP, months=1)

    def send(self, world, number: int, text: str = "Hello Aya. How are you doing?"):
        return world.logged_in().post(f"/desk/tasks/{number}/message", text=text, client_id="a" * 16)

    def test_the_message_is_prepared_and_sent_by_who_then_has_the_conversation(self, world, conversation, number):
        page = world.logged_in().get("/desk/tasks").text
        assert "Hello Aya." in page
        answer = self.send(world, number)
        assert answer.headers["location"] == f"/desk/conversations/{conversation}"
        assert world.texts(conversation, Sender.AGENT) == ["Hello Aya. How are you doing?"]
        assert world.speaker(conversation) == "agent"
        assert task(world, number).state == TaskState.DONE

    def test_sent_twice_it_is_one_message(self, world, conversation, number):
        for _ in range(2):
            self.send(world, number)
        assert len(world.texts(conversation, Sender.AGENT)) == 1

    def test_without_consent_nothing_is_sent_or_taken(self, world, conversation, number):
        with world.database.write() as session:
            session.query(ConsentRecord).filter_by(purpose=consents.FOLLOW_UP).update({"withdrawn_at": world.clock()})
        answer = self.send(world, number)
        assert answer.status_code == 403
        assert "Nothing was sent." in answer.text
        assert world.texts(conversation, Sender.AGENT) == []
        assert world.speaker(conversation) == "queue"
        assert "Ask how it goes" not in world.logged_in().get("/desk/tasks").text

    def test_a_plain_task_is_no_way_around_the_consent(self, world, mia):
        conversation_id, _ = world.conversation()
        assert self.send(world, add(world, conversation_id, "Call", mia)).status_code == 403
        assert world.texts(conversation_id, Sender.AGENT) == []

    def test_while_a_colleague_talks_with_them_nothing_is_sent(self, world, conversation, number):
        working.member(world, "tom")
        world.logged_in("tom").post(f"/desk/conversations/{conversation}/take")
        answer = self.send(world, number)
        assert answer.status_code == 409
        assert "A colleague is talking with this person now" in answer.text
        assert world.texts(conversation, Sender.AGENT) == []
        assert task(world, number).state == TaskState.OPEN

    def test_what_the_channel_does_not_take_is_kept_and_takes_nothing(self, world, mia, clock):
        conversation_id = world.on("whatsapp", heard=dt.timedelta(hours=30))
        agree(world, conversation_id)
        number = add(world, conversation_id, "Ask how it goes", mia, kind=TaskKind.FOLLOW_UP, months=1)
        answer = self.send(world, number)
        assert answer.status_code == 409
        assert "takes no free text now" in answer.text
        assert "How are you doing?" in answer.text
        assert world.speaker(conversation_id) == "queue"
        assert task(world, number).state == TaskState.OPEN
