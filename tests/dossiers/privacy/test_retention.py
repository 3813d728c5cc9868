"""What is over its term ends, what is younger stays, and what a count tells is what a run does."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dossiers import consents, conversations, feedback, handovers, plans, record
from dossiers.conversations import Said
from dossiers.database import Base, Database
from dossiers.models import (
    Address,
    Conversation,
    Dossier,
    Feedback,
    Forgetting,
    Handover,
    InboxItem,
    InboxState,
    Message,
    OutboxItem,
    OutboxState,
    PlanRecord,
    RetentionRun,
    Sender,
    Verdict,
)
from dossiers.privacy import retention, running, terms
from dossiers.privacy.retention import RULES
from knowledge.profile import Profile

TERMS = terms.configured({})
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_documents(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))


def somebody(database: Database, at: dt.datetime, *, dossier: dt.datetime | None = None) -> str:
    """A newcomer with a bit of everything, all of it of one moment. Returns the conversation's id."""
    with database.write() as session:
        made, _ = conversations.start(session, channel="telegram", municipality="gent", now=at)
        key = f"key-{made.id}"
        session.add(
            Address(conversation_id=made.id, channel="telegram", key=key, sealed="sealed", created_at=at, heard_at=at)
        )
        session.flush()
        asked = conversations.add(session, made, Sender.PERSON, Said("My landlord keeps the deposit"), at)
        session.add(
            InboxItem(
                channel="telegram", external_id=key, conversation_id=made.id, message_id=asked.id, payload="/ask",
                state=InboxState.DONE, received_at=at, due_at=at,
            )
        )  # fmt: skip
        for _ in range(2):
            said = Said("It stays on an account.", outcome="answered", article="deposit-return")
            answer = conversations.add(session, made, Sender.BOT, said, at)
            feedback.give(session, made.id, answer.id, Verdict.HELPED, "thank you", at)
        handovers.request(session, made, "asked", at)
        session.flush()
        for request in session.query(Handover).filter_by(conversation_id=made.id):
            request.summary, request.closed_at = "Asked: the deposit", at
        for item in session.query(OutboxItem).filter_by(conversation_id=made.id):
            item.state = OutboxState.SENT
        plans.keep(session, made.person_id, Profile(country="JP"), at)
        if dossier is not None:
            _open_dossier(session, made, dossier)
        made.last_message_at = at
        return made.id


def _open_dossier(session, made: Conversation, at: dt.datetime) -> None:
    person = made.person_id
    consents.give(session, person, purpose="dossier", version="1", text="I agree", message_id=None, now=at)
    opened = record.open_dossier(session, person, made.id, at)
    record.state(session, opened, "concern", "the deposit", stated_by=Sender.PERSON, message_id=None, now=at)


def run(database: Database, now: dt.datetime, **changed: int) -> dict[str, int]:
    """A count and the run that it allows; both must tell the same."""
    used = {**TERMS, **changed}
    counted = running.count(database, used, now)
    done = running.carry_out(database, used, now, seen=counted.id)
    assert done.counts == counted.counts
    return {key: number for key, number in done.counts.items() if number}


def words(database: Database, conversation_id: str) -> list[str]:
    with database.read() as session:
        return [one.text for one in session.query(Message).filter_by(conversation_id=conversation_id) if one.text]


def test_words_end_with_their_term_and_figures_stay(database: Database, moment):
    old, young = somebody(database, moment - 181 * DAY), somebody(database, moment - 179 * DAY)
    assert run(database, moment)["texts"] == 1
    assert words(database, old) == []
    assert len(words(database, young)) >= 3
    with database.read() as session:
        kept = (
            session.query(Message)
            .filter_by(conversation_id=old, article="deposit-return")
            .order_by(Message.id)
            .limit(1)
            .one()
        )
        assert (kept.outcome, kept.sender, kept.created_at) == ("answered", "bot", moment - 181 * DAY)
        verdicts = session.query(Feedback).filter_by(message_id=kept.id).one()
        assert (verdicts.verdict, verdicts.comment) == ("helped", None)
        assert session.query(Handover).filter_by(conversation_id=old).one().summary == ""
        assert [one.key for one in session.query(Forgetting).filter_by(place="bot")] == [old]


def test_nobody_opens_a_conversation_whose_words_ended(database: Database, moment):
    with database.write() as session:
        made, token = conversations.start(session, channel="web", municipality=None, now=moment - 200 * DAY)
        conversations.add(session, made, Sender.PERSON, Said("Hello"), moment - 200 * DAY)
    run(database, moment)
    with database.read() as session:
        assert conversations.opened_by(session, made.id, token) is None


def test_with_a_dossier_words_stay_as_long_as_the_dossier(database: Database, moment):
    kept = somebody(database, moment - 400 * DAY, dossier=moment - 400 * DAY)
    used = somebody(database, moment - 800 * DAY, dossier=moment - 10 * DAY)
    over = somebody(database, moment - 800 * DAY, dossier=moment - 731 * DAY)
    assert run(database, moment)["dossiers"] == 1
    assert words(database, kept)
    assert words(database, used)
    assert words(database, over) == []
    with database.read() as session:
        assert {one.conversation_id for one in session.query(Dossier)} == {kept, used}
        assert session.query(PlanRecord).count() == 2
        assert {one.conversation_id for one in session.query(Address)} == {kept, used}


def test_the_newest_delivery_to_an_address_stays_for_looking_up_a_lost_one(database: Database, moment):
    conversation_id = somebody(database, moment - 100 * DAY)
    assert run(database, moment)["outbox"] == 1
    with database.read() as session:
        assert session.query(OutboxItem).filter_by(conversation_id=conversation_id).count() == 1


def test_many_end_in_portions_so_that_nobody_waits_long(database: Database, moment, monkeypatch):
    monkeypatch.setattr(retention, "PORTION", 2)
    old = [somebody(database, moment - 400 * DAY) for _ in range(5)]
    done = run(database, moment)
    assert (done["texts"], done["addresses"], done["plans"]) == (5, 5, 5)
    assert [words(database, one) for one in old] == [[]] * 5
    assert run(database, moment) == {}


def test_a_message_that_nobody_has_handled_never_ends(database: Database, moment):
    conversation_id = somebody(database, moment - 100 * DAY)
    with database.write() as session:
        session.query(InboxItem).update({"state": InboxState.RECEIVED})
        session.query(OutboxItem).update({"state": OutboxState.FAILED})
    assert not {"inbox", "outbox"} & set(run(database, moment))
    assert words(database, conversation_id)


AGES = st.integers(min_value=0, max_value=1200)
PEOPLE = st.lists(st.tuples(AGES, st.none() | AGES), min_size=1, max_size=3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, days=st.fixed_dictionaries({}, optional={key: st.integers(1, 900) for key in TERMS}))
def test_nothing_younger_than_its_rule_is_touched_and_twice_is_once(database: Database, moment, people, days):
    _empty(database)
    for age, dossier in people:
        somebody(database, moment - age * DAY, dossier=None if dossier is None else moment - dossier * DAY)
    used = {**TERMS, **days}
    before = _snapshot(database)
    run(database, moment, **used)
    after = _snapshot(database)
    for conversation_id, (silent_since, dossier_at, rows) in before.items():
        assert after[conversation_id][2] == _expected(rows, moment - silent_since, dossier_at, moment, used)
    assert run(database, moment, **used) == {}


def _expected(
    rows: dict[str, int], age: dt.timedelta, dossier_at: dt.datetime | None, now: dt.datetime, used: terms.Terms
) -> dict[str, int]:
    """What must be left of a person of whom everything has one age, said once more and in another way."""
    left = dict(rows)
    over = {key: age > days * DAY for key, days in used.items()}
    if dossier_at is not None:
        ends = over["dossiers"] and now - dossier_at > used["dossiers"] * DAY
        over |= dict.fromkeys(("texts", "addresses", "plans"), ends)
    left["words"] = 0 if over["texts"] else rows["words"]
    left["comments"] = 0 if over["texts"] or over["comments"] else rows["comments"]
    left["inbox"] = 0 if over["inbox"] else rows["inbox"]
    left["addresses"] = 0 if over["addresses"] else rows["addresses"]
    left["plans"] = 0 if over["plans"] else rows["plans"]
    left["outbox"] = 0 if over["addresses"] else 1 if over["outbox"] else rows["outbox"]
    return left


def _empty(database: Database) -> None:
    with database.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "audit_log":
                connection.execute(table.delete())


def _snapshot(database: Database) -> dict[str, tuple[dt.datetime, dt.datetime | None, dict[str, int]]]:
    with database.read() as session:
        found = {}
        for one in session.query(Conversation):
            dossier = session.query(Dossier).filter_by(conversation_id=one.id).first()
            messages = session.query(Message).filter_by(conversation_id=one.id).all()
            comments = session.query(Feedback).filter(Feedback.message_id.in_([message.id for message in messages]))
            rows = {
                "comments": comments.filter(Feedback.comment.is_not(None)).count(),
                "messages": len(messages),
                "words": sum(bool(message.text) for message in messages),
                "inbox": session.query(InboxItem).filter_by(conversation_id=one.id).count(),
                "outbox": session.query(OutboxItem).filter_by(conversation_id=one.id).count(),
                "addresses": session.query(Address).filter_by(conversation_id=one.id).count(),
                "plans": session.query(PlanRecord).filter_by(person_id=one.person_id).count(),
            }
            found[one.id] = (one.last_message_at, dossier.changed_at if dossier else None, rows)
        return found


class TestAtNight:
    """02:00 to 05:00 in Belgium, once, and never before it was announced."""

    NIGHT = dt.datetime(2026, 11, 24, 1, 30, tzinfo=dt.UTC)

    def test_the_first_night_only_counts_and_the_second_one_acts(self, database: Database, moment):
        somebody(database, moment - 200 * DAY)
        first = running.tonight(database, TERMS, self.NIGHT)
        assert first is not None
        assert (first.dry, first.counts["texts"]) == (True, 1)
        second = running.tonight(database, TERMS, self.NIGHT + DAY)
        assert second is not None
        assert (second.dry, second.counts["texts"]) == (False, 1)

    def test_a_night_has_one_run(self, database: Database):
        assert running.tonight(database, TERMS, self.NIGHT) is not None
        assert running.tonight(database, TERMS, self.NIGHT + dt.timedelta(minutes=30)) is None

    def test_by_day_nothing_runs(self, database: Database, moment):
        assert running.tonight(database, TERMS, moment) is None

    def test_other_terms_are_announced_anew(self, database: Database):
        running.tonight(database, TERMS, self.NIGHT)
        shorter = {**TERMS, "texts": 30}
        report = running.tonight(database, shorter, self.NIGHT + DAY)
        assert report is not None
        assert report.dry

    def test_a_night_that_comes_some_seconds_early_waits_for_the_whole_day(self, database: Database, moment):
        somebody(database, moment - 200 * DAY)
        running.tonight(database, TERMS, self.NIGHT)
        assert running.tonight(database, TERMS, self.NIGHT + DAY - dt.timedelta(seconds=9)) is None
        report = running.tonight(database, TERMS, self.NIGHT + DAY)
        assert report is not None
        assert not report.dry


class TestByHand:
    """Only what was counted within the hour, with the same terms."""

    def test_not_without_a_count(self, database: Database, moment):
        with pytest.raises(running.NotCounted):
            running.carry_out(database, TERMS, moment, seen=1)

    def test_not_with_an_old_count(self, database: Database, moment):
        counted = running.count(database, TERMS, moment)
        with pytest.raises(running.NotCounted):
            running.carry_out(database, TERMS, moment + dt.timedelta(minutes=61), seen=counted.id)

    def test_not_with_other_terms(self, database: Database, moment):
        counted = running.count(database, TERMS, moment)
        with pytest.raises(running.NotCounted):
            running.carry_out(database, {**TERMS, "texts": 1}, moment, seen=counted.id)

    def test_a_run_is_no_count(self, database: Database, moment):
        done = running.carry_out(database, TERMS, moment, seen=running.count(database, TERMS, moment).id)
        with pytest.raises(running.NotCounted):
            running.carry_out(database, TERMS, moment, seen=done.id)

    def test_it_is_in_the_history_and_in_the_log(self, database: Database, moment):
        running.carry_out(database, TERMS, moment, seen=running.count(database, TERMS, moment).id)
        with database.read() as session:
            assert [one.dry for one in running.history(session)] == [False, True]
            assert session.query(RetentionRun).filter_by(dry=False).one().ended_at == moment
            rows = session.execute(text("SELECT action FROM audit_log")).scalars().all()
            assert "retention.run" in rows


@pytest.mark.parametrize("value", ["0", "-1", "soon", "1.5", "36501"])
def test_a_term_that_is_no_number_of_days_is_refused_by_name(value: str):
    with pytest.raises(terms.WrongTerm, match="RETENTION_TEXTS_DAYS"):
        terms.configured({"RETENTION_TEXTS_DAYS": value})


def test_each_term_is_a_setting_and_empty_means_the_proposal():
    assert terms.configured({"RETENTION_TEXTS_DAYS": " "})["texts"] == 180
    for rule in RULES:
        assert terms.configured({f"RETENTION_{rule.key.upper()}_DAYS": "7"})[rule.key] == 7
