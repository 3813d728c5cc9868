"""What is to be done for somebody, and when; nobody is written to without consent."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import consents, plans, tasks
from dossiers.models import ConsentRecord, Conversation, Dossier, Task, TaskKind, TaskState
from dossiers.tasks import New, NoConsent
from knowledge.profile import Profile
from tests.dossiers import work
from tests.dossiers.work import START

TODAY = START.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


@pytest.fixture
def mia(session):
    return work.agent(session, "mia")


@pytest.fixture
def conversation(session) -> Conversation:
    return work.conversation(session)


@pytest.fixture
def finished(session, conversation) -> str:
    """A person with a finished dossier and consent to be written to; they arrive in ten days."""
    dossier = Dossier(
        person_id=conversation.person_id,
        conversation_id=conversation.id,
        created_at=START,
        changed_at=START,
        completed_at=START,
    )
    session.add(dossier)
    agree(session, conversation.person_id)
    plans.keep(session, conversation.person_id, Profile(arrival=dt.date(2026, 11, 30)), START)
    return conversation.person_id


def agree(session, person_id: str) -> None:
    session.add(
        ConsentRecord(
            person_id=person_id, purpose=consents.FOLLOW_UP, text_version="1", text="yes", partner="", given_at=START
        )
    )
    session.flush()


def withdraw(session, person_id: str) -> None:
    session.query(ConsentRecord).filter_by(person_id=person_id, purpose=consents.FOLLOW_UP).update(
        {"withdrawn_at": START}
    )


def add(session, conversation: Conversation, title: str = "Call the school", **more) -> Task:
    new = New(conversation.person_id, conversation.id, title, more.pop("due_on", TODAY), **more)
    return tasks.add(session, new, by=None, now=START)


def test_open_tasks_come_by_day_and_finished_ones_leave_the_list(session, conversation, mia):
    later, late = add(session, conversation, due_on=TODAY + DAY), add(session, conversation, due_on=TODAY - DAY)
    assert [task.id for task in tasks.open_tasks(session, [])] == [late.id, later.id]
    assert tasks.settle(session, late, TaskState.DONE, mia, START)
    assert not tasks.settle(session, late, TaskState.DONE, mia, START)
    assert [task.id for task in tasks.open_tasks(session, [])] == [later.id]
    assert [task.id for task in tasks.of_person(session, conversation.person_id)] == [later.id, late.id]
    assert (late.settled_by, late.settled_at) == (mia.id, START)
    tasks.settle(session, late, TaskState.OPEN, mia, START)
    assert (late.settled_by, late.settled_at) == (None, None)


def test_a_task_says_in_one_line_what_is_to_be_done(session, conversation, mia):
    task = add(session, conversation, "  Call\n the   school ")
    assert task.title == "Call the school"
    for title in ("", "  ", "x" * 201):
        with pytest.raises(ValueError):
            add(session, conversation, title)
        with pytest.raises(ValueError):
            tasks.change(session, task, mia, START, title=title, due_on=TODAY, agent_id=None)
    tasks.change(session, task, mia, START, title="Call again", due_on=TODAY + DAY, agent_id=mia.id)
    assert (task.title, task.due_on, task.agent_id) == ("Call again", TODAY + DAY, mia.id)


def test_after_the_arrival_four_talks_are_proposed_to_nobody_in_particular(session, finished):
    assert tasks.propose_follow_ups(session, finished, START) == 4
    found = tasks.of_person(session, finished)
    assert [(task.months, task.due_on) for task in found] == [
        (1, dt.date(2026, 12, 30)),
        (3, dt.date(2027, 2, 28)),
        (6, dt.date(2027, 5, 30)),
        (12, dt.date(2027, 11, 30)),
    ]
    assert {(task.kind, task.agent_id, task.state) for task in found} == {(TaskKind.FOLLOW_UP, None, TaskState.OPEN)}


def test_what_was_proposed_or_put_away_before_is_not_proposed_again(session, finished, mia):
    tasks.propose_follow_ups(session, finished, START)
    tasks.settle(session, tasks.of_person(session, finished)[0], TaskState.DROPPED, mia, START)
    assert tasks.propose_follow_ups(session, finished, START) == 0
    assert session.query(Task).count() == 4


def test_days_that_have_passed_are_left_out(session, finished):
    later = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)
    assert tasks.propose_follow_ups(session, finished, later) == 2
    assert [task.months for task in tasks.of_person(session, finished)] == [6, 12]


@pytest.mark.parametrize("missing", ["consent", "arrival", "finished questions", "dossier"])
def test_nothing_is_proposed_without(session, finished, missing):
    dossier = session.query(Dossier).one()
    if missing == "consent":
        withdraw(session, finished)
    elif missing == "arrival":
        plans.keep(session, finished, Profile(), START)
    elif missing == "finished questions":
        dossier.completed_at = None
    else:
        session.delete(dossier)
    session.flush()
    assert tasks.propose_follow_ups(session, finished, START) == 0
    assert tasks.propose_all(session, START) == 0
    assert session.query(Task).count() == 0


def test_nobody_is_forgotten_by_the_job_that_runs_now_and_then(session, finished):
    assert tasks.propose_all(session, START) == 4
    assert tasks.propose_all(session, START) == 0


def test_taking_consent_back_takes_the_open_talks_away_at_once_and_other_tasks_stay(
    session, finished, mia, conversation
):
    tasks.propose_follow_ups(session, finished, START)
    done = tasks.of_person(session, finished)[0]
    tasks.settle(session, done, TaskState.DONE, mia, START)
    own = add(session, conversation)
    withdraw(session, finished)
    assert [task.id for task in tasks.open_tasks(session, [])] == [own.id]
    assert [task.id for task in tasks.of_person(session, finished)] == [own.id, done.id]
    with pytest.raises(NoConsent):
        tasks.must_agree(session, own)
    agree(session, finished)
    assert len(tasks.open_tasks(session, [])) == 4
    tasks.must_agree(session, own)


def test_dropping_the_talks_of_somebody_leaves_those_of_others(session, finished):
    tasks.propose_follow_ups(session, finished, START)
    other = work.conversation(session)
    agree(session, other.person_id)
    add(session, other, kind=TaskKind.FOLLOW_UP, months=1)
    assert tasks.drop_follow_ups(session, finished, START) == 4
    assert [task.person_id for task in tasks.open_tasks(session, [])] == [other.person_id]
