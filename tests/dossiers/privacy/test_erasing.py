"""Who is erased is gone: from every table, from the bytes of every file, from the bot's memory; and nobody else is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, select

from app.housekeeping import Housekeeping
from channels.bot_client import BotUnavailable
from dossiers import consents, conversations, record
from dossiers.conversations import Said
from dossiers.database import Base, Database
from dossiers.models import (
    Conversation,
    Dossier,
    ErasedKey,
    Forgetting,
    OutboxItem,
    OutboxState,
    Person,
    Receipt,
    Right,
    Sender,
)
from dossiers.privacy import copying, erasing, forgetting, journal, reaching, receipts, terms
from dossiers.privacy.declarations import DECLARED
from dossiers.privacy.kinds import PERSONAL
from tests.dossiers.privacy import planting
from tests.dossiers.privacy.planting import Planted


@dataclass
class Bot:
    """Notes which conversations it has to forget; may be away."""

    away: bool = False
    forgotten: list[str] = field(default_factory=list)

    async def forget(self, conversation_id: str) -> None:
        if self.away:
            raise BotUnavailable("away")
        self.forgotten.append(conversation_id)


@dataclass
class Clock:
    now: dt.datetime

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock(moment: dt.datetime) -> Clock:
    return Clock(moment)


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def housekeeping(database: Database, bot: Bot, clock: Clock, tmp_path: Path, monkeypatch) -> Housekeeping:
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))
    return Housekeeping(database, bot, tmp_path / "erased.txt", terms.configured({}), clock)


@pytest.fixture
def two(database: Database, moment: dt.datetime, tmp_path: Path) -> tuple[Planted, Planted]:
    """Two people with something in every column; the first is the one to be erased."""
    with database.write() as session:
        colleague = planting.agent(session, moment)
        both = [planting.plant(session, moment, seed, agent=colleague) for seed in (1, 2)]
    for one in both:
        file = tmp_path / "documents" / one.words["documents", "file_name"]
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"the passport of " + one.words["people", "file"].encode())
    return both[0], both[1]


def started(database: Database, moment: dt.datetime, channel: str = "web") -> tuple[str, str]:
    """Somebody who wrote: the person's and the conversation's id."""
    with database.write() as session:
        made, _ = conversations.start(session, channel=channel, municipality="gent", now=moment)
        conversations.add(session, made, Sender.PERSON, Said("My landlord keeps the deposit"), moment)
        return made.person_id, made.id


def test_the_planting_leaves_out_no_column_that_can_hold_words_of_a_person(two):
    planted = set(two[0].words) | set(planting.CODES)
    wanted = {
        (name, column)
        for name in reaching.reached()
        for column in DECLARED[name].holding(*PERSONAL)
        if isinstance(Base.metadata.tables[name].c[column].type, String | JSON)
        and not Base.metadata.tables[name].c[column].primary_key
    }
    assert wanted - planted == set()
    assert len(wanted) > 25


async def test_nothing_is_left_of_who_is_erased_and_everything_of_the_other(
    database: Database, two, housekeeping: Housekeeping, bot: Bot, tmp_path: Path, moment
):
    gone, other = two
    before = planting.everything(database, tmp_path)
    assert planting.left(gone, before) == set(gone.words), "the search itself finds what is there"
    assert planting.left(other, before) == set(other.words)

    erasing.erase_person(database, gone.person_id, now=moment)
    await housekeeping.once()

    after = planting.everything(database, tmp_path)
    assert planting.left(gone, after) == set()
    assert planting.left(other, after) == set(other.words)
    assert bot.forgotten == [gone.ids["conversations"]]
    with database.read() as session:
        assert reaching.counts(session, gone.person_id) == {}
        assert session.query(Forgetting).count() == 0
        assert set(reaching.counts(session, other.person_id)) == set(other.ids)


async def test_a_copy_holds_nothing_of_who_was_erased_before(
    database: Database, two, housekeeping, tmp_path: Path, moment
):
    if database.engine.dialect.name != "sqlite":
        with pytest.raises(copying.CannotCopy, match="pg_dump"):
            copying.copy(database.engine.url.render_as_string(hide_password=False), tmp_path / "copy.db")
        return
    erasing.erase_person(database, two[0].person_id, now=moment)
    await housekeeping.once()
    copying.copy(str(database.engine.url), tmp_path / "copies" / "copy.db")
    copy = (tmp_path / "copies" / "copy.db").read_bytes()
    in_files = {("documents", "file_name"), ("people", "file")}
    assert planting.left(two[0], copy) == set()
    assert planting.left(two[1], copy) >= set(two[1].words) - in_files
    assert (tmp_path / "copies" / "copy.db").stat().st_mode & 0o077 == 0


async def test_a_bot_that_is_away_forgets_when_it_is_back(database: Database, housekeeping, bot: Bot, clock: Clock):
    person_id, conversation_id = started(database, clock.now)
    bot.away = True
    erasing.erase_person(database, person_id, now=clock.now)
    await housekeeping.once()
    with database.read() as session:
        assert forgetting.waiting(session) == {"bot": 1}
    bot.away = False
    await housekeeping.once()
    assert bot.forgotten == [], "it is not asked all the time"
    clock.now += dt.timedelta(seconds=10)
    await housekeeping.once()
    assert bot.forgotten == [conversation_id]
    with database.read() as session:
        assert forgetting.waiting(session) == {}


async def test_the_bot_forgets_after_the_turn_that_is_running(database: Database, housekeeping, bot: Bot, clock: Clock):
    person_id, conversation_id = started(database, clock.now)
    with database.write() as session:
        session.get_one(Conversation, conversation_id).turn_until = clock.now + dt.timedelta(seconds=45)
    erasing.erase_person(database, person_id, now=clock.now)
    await housekeeping.once()
    assert bot.forgotten == []
    clock.now += dt.timedelta(seconds=51)
    await housekeeping.once()
    assert bot.forgotten == [conversation_id]


def test_the_receipt_says_how_much_of_what_and_nothing_about_whom(database: Database, two, moment):
    receipt = erasing.erase_person(database, two[0].person_id, now=moment)
    with database.read() as session:
        found = receipts.by_number(session, receipt.number.lower().replace("-", " "))
        assert found is not None
        assert found.person_id is None
        assert found.counts["messages"] == 1
        assert set(found.counts) <= {table.called for table in DECLARED.values()}
        assert receipts.of_person(session, two[0].person_id) == []


def test_an_earlier_receipt_stays_and_leads_to_nobody(database: Database, moment):
    person_id, _ = started(database, moment)
    with database.write() as session:
        number = receipts.write(session, person_id, Right.EXPORT, {"messages": 1}, moment).number
    erasing.erase_person(database, person_id, now=moment)
    with database.read() as session:
        assert session.get_one(Receipt, number).person_id is None


def test_who_is_not_there_cannot_be_erased_and_twice_is_once(database: Database, moment):
    person_id, _ = started(database, moment)
    erasing.erase_person(database, person_id, now=moment)
    with pytest.raises(erasing.NobodyThere):
        erasing.erase_person(database, person_id, now=moment)
    with database.read() as session:
        assert session.query(Receipt).count() == 1


async def test_who_asks_in_the_chat_is_told_first_and_erased_then(database: Database, housekeeping, clock: Clock):
    person_id, conversation_id = started(database, clock.now)
    with database.write() as session:
        number = erasing.ask(session, person_id, clock.now)
        conversation = session.get_one(Conversation, conversation_id)
        conversations.add(session, conversation, Sender.BOT, Said("Everything is erased."), clock.now)
        assert erasing.ask(session, person_id, clock.now) == number
    await housekeeping.once()
    with database.write() as session:
        assert session.get(Person, person_id) is not None
        session.query(OutboxItem).one().state = OutboxState.DELIVERED
    await housekeeping.once()
    with database.read() as session:
        assert session.get(Person, person_id) is None
        assert session.get_one(Receipt, number).kind == "erase"


async def test_nobody_waits_longer_than_minutes_to_be_erased(database: Database, housekeeping, clock: Clock):
    person_id, conversation_id = started(database, clock.now)
    with database.write() as session:
        erasing.ask(session, person_id, clock.now)
        conversation = session.get_one(Conversation, conversation_id)
        conversations.add(session, conversation, Sender.BOT, Said("Nobody fetches this."), clock.now)
    clock.now += erasing.LONGEST_WAIT
    await housekeeping.once()
    with database.read() as session:
        assert session.get(Person, person_id) is None


class TestPuttingACopyBack:
    """A copy is older than what was erased since; the journal knows."""

    async def test_who_was_erased_is_erased_again(self, database: Database, housekeeping, clock: Clock, tmp_path, bot):
        erased, conversation_id = started(database, clock.now)
        other, _ = started(database, clock.now)
        erasing.erase_person(database, erased, now=clock.now)
        await housekeeping.once()
        bot.forgotten.clear()
        self._put_back(database, erased, conversation_id, clock.now)
        with database.write() as session:
            assert journal.take_over(session, tmp_path / "erased.txt") > 0
        assert erasing.again(database, clock.now) == 1
        await housekeeping.once()
        assert bot.forgotten == [conversation_id]
        with database.read() as session:
            assert session.scalars(select(Person.id)).all() == [other]

    async def test_so_is_who_became_one_with_somebody_later(self, database: Database, clock: Clock):
        """Their conversation was another's when that one was erased: the conversation is in the journal too."""
        erased, conversation_id = started(database, clock.now)
        erasing.erase_person(database, erased, now=clock.now)
        self._put_back(database, "0" * 32, conversation_id, clock.now, older=False)
        assert erasing.again(database, clock.now) == 1
        with database.read() as session:
            assert session.query(Person).count() == 0

    async def test_the_journal_says_nothing_about_anybody(
        self, database: Database, housekeeping, clock: Clock, tmp_path
    ):
        person_id, conversation_id = started(database, clock.now)
        erasing.erase_person(database, person_id, now=clock.now)
        await housekeeping.once()
        written = (tmp_path / "erased.txt").read_text()
        assert len(written.splitlines()) == 2
        assert person_id not in written
        assert conversation_id not in written
        await housekeeping.once()
        assert (tmp_path / "erased.txt").read_text() == written

    def test_a_line_that_was_cut_off_spoils_no_other(self, database: Database, moment, tmp_path):
        file = tmp_path / "erased.txt"
        with database.write() as session:
            journal.remember(session, ["a"], moment)
            journal.write(session, file)
        file.write_text(file.read_text() + "0123456789abc")
        with database.write() as session:
            journal.remember(session, ["b"], moment)
            assert journal.write(session, file) == 1
        assert set(journal.read(file)) == {conversations.hashed("a"), conversations.hashed("b")}

    def test_so_is_a_dossier_that_was_erased_alone(self, database: Database, clock: Clock):
        person_id, conversation_id = started(database, clock.now)
        dossier_id = with_dossier(database, person_id, conversation_id, clock.now)
        with database.write() as session:
            record.erase(session, person_id, clock.now)
        with database.write() as session:
            session.add(
                Dossier(
                    id=dossier_id, person_id=person_id, conversation_id=conversation_id, created_at=clock.now,
                    changed_at=clock.now,
                )
            )  # fmt: skip
        assert erasing.again(database, clock.now) == 1
        with database.read() as session:
            assert session.query(Dossier).count() == 0
            assert session.get(Person, person_id) is not None

    @staticmethod
    def _put_back(
        database: Database, person_id: str, conversation_id: str, now: dt.datetime, *, older: bool = True
    ) -> None:
        with database.write() as session:
            if older:
                session.query(ErasedKey).delete()
            session.add(Person(id=person_id, created_at=now))
            session.flush()
            session.add(
                Conversation(
                    id=conversation_id, person_id=person_id, channel="web", token_hash="x", created_at=now,
                    last_message_at=now,
                )
            )  # fmt: skip


def test_erasing_the_dossier_alone_leaves_the_conversation(database: Database, moment):
    person_id, conversation_id = started(database, moment)
    with_dossier(database, person_id, conversation_id, moment)
    with database.write() as session:
        assert record.erase(session, person_id, moment)
    with database.read() as session:
        assert session.get(Conversation, conversation_id) is not None
        assert session.query(Dossier).count() == 0


def with_dossier(database: Database, person_id: str, conversation_id: str, now: dt.datetime) -> str:
    with database.write() as session:
        consents.give(session, person_id, purpose="dossier", version="1", text="Yes", message_id=None, now=now)
        return record.open_dossier(session, person_id, conversation_id, now).id
