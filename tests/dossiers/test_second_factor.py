"""One-time codes, recovery codes, and when they are asked for."""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from dossiers import accounts
from dossiers.accounts import CodeNeeded, LoggedIn, StepOver, Way, passwords, second_factor
from dossiers.accounts.second_factor import Rules
from dossiers.database import Database
from dossiers.models import Agent, AgentSession, Role
from dossiers.sealing import Sealer

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
SEALER = Sealer(["a secret of this installation"])
STEP = dt.timedelta(seconds=second_factor.STEP)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


@pytest.fixture
def agent(database: Database) -> Agent:
    with database.write() as session:
        return accounts.create_agent(session, login="mia", name="Mia", password=PASSWORD, now=NOW)


class Phone:
    """An authenticator app that has taken over the secret."""

    def __init__(self, database: Database, agent: Agent) -> None:
        with database.write() as session:
            second_factor.begin(session, SEALER, session.get_one(Agent, agent.id), NOW)
            offer = second_factor.offered(session, SEALER, agent)
        assert offer is not None
        self.recovery: list[str] = []
        self.totp, self.offer = pyotp.TOTP(offer.secret), offer

    def code(self, at: dt.datetime) -> str:
        return self.totp.at(at)


@pytest.fixture
def phone(database, agent) -> Phone:
    found = Phone(database, agent)
    with database.write() as session:
        early = NOW - 10 * STEP
        codes = second_factor.confirm(session, SEALER, session.get_one(Agent, agent.id), found.code(early), early)
    assert codes is not None
    found.recovery = codes
    return found


def begun(database: Database, now: dt.datetime = NOW) -> str:
    opened = accounts.log_in(database, "mia", PASSWORD, "office", now)
    assert isinstance(opened, CodeNeeded)
    return opened.token


def finish(database: Database, token: str, code: str, now: dt.datetime = NOW) -> LoggedIn | None:
    return accounts.finish(database, SEALER, token, code, "office", now)


def test_the_password_alone_opens_no_session_once_codes_are_on(database, agent, phone):
    token = begun(database)
    with database.read() as session:
        assert accounts.session_of(session, token, NOW) is None
        assert session.query(AgentSession).count() == 0


def test_a_code_finishes_the_log_in_and_the_session_is_a_strong_one(database, agent, phone):
    opened = finish(database, begun(database), phone.code(NOW))
    assert opened is not None
    with database.read() as session:
        found = accounts.session_of(session, opened.token, NOW)
        assert found is not None
        assert (found.strong, found.way) == (True, Way.CODE)


@pytest.mark.parametrize("early", [-1, 0, 1])
def test_a_phone_whose_clock_is_a_little_off_works(database, agent, phone, early):
    assert finish(database, begun(database), phone.code(NOW + early * STEP)) is not None


@pytest.mark.parametrize("early", [-2, 2])
def test_a_code_of_another_minute_does_not(database, agent, phone, early):
    assert finish(database, begun(database), phone.code(NOW + early * STEP)) is None


def test_a_code_is_accepted_once(database, agent, phone):
    code = phone.code(NOW)
    assert finish(database, begun(database), code) is not None
    assert finish(database, begun(database), code, NOW + dt.timedelta(seconds=5)) is None
    assert finish(database, begun(database), phone.code(NOW - STEP)) is None  # nor an earlier one
    assert finish(database, begun(database), phone.code(NOW + STEP), NOW + STEP) is not None


@pytest.mark.parametrize(
    "code", ["", "000000", "12345", "1234567", "abcdef", "１２３４５６", "aaaa-bbbb-cccc", "x" * 50]
)
def test_what_is_no_code_opens_nothing(database, agent, phone, code):
    assert finish(database, begun(database), code) is None


def test_a_half_done_log_in_is_used_once_and_ends_by_itself(database, agent, phone):
    token = begun(database)
    assert finish(database, token, phone.code(NOW)) is not None
    with pytest.raises(StepOver):
        finish(database, token, phone.code(NOW + STEP), NOW + STEP)
    late = begun(database)
    with pytest.raises(StepOver):
        finish(database, late, phone.code(NOW + accounts.steps.LASTS), NOW + accounts.steps.LASTS)
    for forged in ("", "x" * 43):
        with pytest.raises(StepOver):
            finish(database, forged, phone.code(NOW))


def test_a_new_password_or_a_lock_ends_a_half_done_log_in(database, agent, phone):
    first = begun(database)
    with database.write() as session:
        accounts.set_password(session, session.get_one(Agent, agent.id), "an entirely new one")
    with pytest.raises(StepOver):
        finish(database, first, phone.code(NOW))


def test_codes_are_throttled_like_passwords_and_a_right_password_forgives_nothing(database, agent, phone):
    for _ in range(accounts.FAILURES_PER_LOGIN):
        assert finish(database, begun(database), "000000") is None
    with pytest.raises(accounts.ThrottledError):
        finish(database, begun(database), phone.code(NOW))
    later = NOW + accounts.WINDOW + STEP
    assert finish(database, begun(database, later), phone.code(later), later) is not None


def test_each_recovery_code_works_once_however_it_is_typed(database, agent, phone):
    first, second = phone.recovery[:2]
    opened = finish(database, begun(database), first.upper().replace("-", " "))
    assert opened is not None
    with database.read() as session:
        found = accounts.session_of(session, opened.token, NOW)
        assert found is not None
        assert found.way == Way.RECOVERY
        assert second_factor.status(session, agent.id).recovery_codes == 9
    assert finish(database, begun(database), first) is None
    assert finish(database, begun(database), second) is not None


def test_a_recovery_code_of_a_colleague_opens_nothing(database, agent, phone):
    with database.write() as session:
        tom = accounts.create_agent(session, login="tom", name="Tom", password=PASSWORD, now=NOW)
        codes = second_factor.new_recovery_codes(session, SEALER, tom.id)
    assert finish(database, begun(database), codes[0]) is None


def test_new_recovery_codes_replace_the_earlier_ones(database, agent, phone):
    with database.write() as session:
        new = second_factor.new_recovery_codes(session, SEALER, agent.id)
    assert len(set(new)) == 10
    assert finish(database, begun(database), phone.recovery[0]) is None
    assert finish(database, begun(database), new[0]) is not None


def test_the_database_holds_neither_the_secret_nor_a_recovery_code(database, agent, phone):
    rows = []
    with database.read() as session:
        for table in ("second_factors", "recovery_codes", "login_steps", "agents"):
            rows += session.execute(text(f"SELECT * FROM {table}")).all()
    content = str(rows)
    for secret in (phone.offer.secret, *phone.recovery, *(code.replace("-", "") for code in phone.recovery)):
        assert secret not in content


def test_a_secret_counts_for_nothing_before_its_first_code_and_is_never_shown_again_after(database, agent):
    phone = Phone(database, agent)
    assert isinstance(accounts.log_in(database, "mia", PASSWORD, "office", NOW), LoggedIn)
    with database.write() as session:
        me = session.get_one(Agent, agent.id)
        assert second_factor.confirm(session, SEALER, me, "000000", NOW) is None
        assert second_factor.confirm(session, SEALER, me, phone.code(NOW), NOW) is not None
        assert second_factor.offered(session, SEALER, me) is None
        with pytest.raises(accounts.AccountError, match="already"):
            second_factor.begin(session, SEALER, me, NOW)


def test_a_secret_that_cannot_be_opened_any_more_lets_nobody_in(database, agent, phone):
    other = Sealer(["another secret of this installation"])
    assert accounts.finish(database, other, begun(database), phone.code(NOW), "office", NOW) is None


def test_an_earlier_secret_of_the_installation_still_opens_what_it_sealed(database, agent, phone):
    replaced = Sealer(["a newer secret of this installation", "a secret of this installation"])
    assert accounts.finish(database, replaced, begun(database), phone.code(NOW), "office", NOW) is not None
    assert accounts.finish(database, replaced, begun(database), phone.recovery[0], "office", NOW) is not None


@pytest.mark.parametrize("role", list(Role))
def test_roles_that_see_or_decide_much_need_one_after_the_days_of_grace(database, role):
    rules = Rules(dt.timedelta(days=14))
    with database.write() as session:
        made = accounts.create_agent(session, login="x", name="X", password=PASSWORD, now=NOW, roles=[role])
    needed = role in {Role.ADMINISTRATOR, Role.COORDINATOR, Role.PRIVACY_OFFICER}
    assert rules.due_at(made) == (NOW + dt.timedelta(days=14) if needed else None)


def test_the_days_of_grace_count_from_the_role_or_from_the_next_log_in_of_an_old_account(database, agent):
    later = NOW + dt.timedelta(days=30)
    with database.write() as session:
        me = session.get_one(Agent, agent.id)
        me.roles = ["administrator"]  # from before there were second factors
    assert accounts.log_in(database, "mia", PASSWORD, "office", later) is not None
    with database.read() as session:
        assert session.get_one(Agent, agent.id).second_factor_since == later


def test_the_demonstration_goes_without_only_where_nobody_else_reaches_the_desk(database):
    with database.write() as session:
        demo = accounts.create_agent(
            session, login="demo", name="Demo", password=PASSWORD, now=NOW, roles=[Role.ADMINISTRATOR]
        )
        demo.second_factor_exempt = True
    assert Rules(on_this_machine_only=True).due_at(demo) is None
    assert Rules(on_this_machine_only=False).due_at(demo) is not None
